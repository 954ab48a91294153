//! Comments of issues.

pub mod import;
mod input;
pub mod ops;
pub mod reaction;
mod render;
pub mod store;
#[cfg(test)]
mod tests;
