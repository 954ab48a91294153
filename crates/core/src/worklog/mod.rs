//! Time spent on issues (workflow.md, section 10).

mod import;
mod input;
pub mod ops;
mod render;
mod search;
mod spent;
pub mod store;
#[cfg(test)]
mod tests;

pub use import::import;
pub use search::{list, search};
