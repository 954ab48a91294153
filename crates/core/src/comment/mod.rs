//! Comments of issues.

pub mod ops;
