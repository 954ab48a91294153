//! Boards: what they show, their columns, and how issues come on them.

pub mod auto;
mod auto_input;
pub mod columns;
pub mod expiry;
pub(crate) mod input;
pub mod ops;
pub mod rank;
mod render;

#[cfg(test)]
mod rank_tests;
#[cfg(test)]
mod tests;
