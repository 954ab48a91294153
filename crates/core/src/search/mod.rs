//! Search: from filters and queries to issues.

mod bounds;
pub mod build;
pub(crate) mod check;
mod criteria;
mod hierarchy;
mod names;
pub mod ops;
pub mod order;
pub mod resolve;
pub mod store;
mod values;

#[cfg(test)]
mod tests;
