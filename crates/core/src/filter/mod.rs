//! Saved filters.

mod input;
pub mod ops;
mod render;

#[cfg(test)]
mod tests;
