//! Links between issues.

pub mod ends;
pub mod header;
pub mod hierarchy;
pub mod kinds;
pub mod ops;
pub mod render;
pub mod store;
#[cfg(test)]
mod tests;

pub use hierarchy::follow as follow_hierarchy;
