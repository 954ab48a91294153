//! Search: from filters and queries to issues.

mod bounds;
pub mod build;
mod changed;
pub(crate) mod check;
mod criteria;
mod guess;
mod hierarchy;
pub mod links;
pub(crate) mod names;
pub mod ops;
pub mod order;
mod place;
pub mod resolve;
pub mod scroll;
pub mod special;
mod text;
pub mod text_order;
mod values;
pub(crate) mod visible;

#[cfg(test)]
mod tests;
