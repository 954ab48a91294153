//! Comments of issues.

pub mod import;
pub(crate) mod input;
pub mod ops;
pub mod reaction;
pub(crate) mod render;
pub mod store;
#[cfg(test)]
mod tests;
pub(crate) mod thread;
