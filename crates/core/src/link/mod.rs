//! Links between issues.

pub(crate) mod again;
pub mod auto;
mod ends;
pub mod header;
pub mod hierarchy;
mod import;
pub mod kinds;
pub mod ops;
pub mod page;
pub mod remote;
pub mod remote_store;
pub mod render;
mod resolved;
pub mod store;
#[cfg(test)]
mod tests;

pub(crate) use ends::forget;
pub use hierarchy::follow as follow_hierarchy;
pub use import::import;
pub use resolved::tell as tell_resolution;
