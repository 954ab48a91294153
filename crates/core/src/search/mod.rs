//! Search: from filters and queries to issues.

pub mod build;
pub mod ops;
pub mod order;
pub mod resolve;
