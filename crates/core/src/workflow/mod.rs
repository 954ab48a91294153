//! Workflows: drawing them. Reading them is in `queue::workflow`, following them in `transition`.

mod input;
pub(crate) mod on_comment;
pub mod ops;
mod order;
pub(crate) mod rules;
pub mod screen;
pub(crate) mod switch;

#[cfg(test)]
mod tests;
