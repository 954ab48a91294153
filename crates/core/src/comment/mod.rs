//! Comments of issues.

mod input;
pub mod ops;
mod render;
pub mod store;
#[cfg(test)]
mod tests;
