//! Demo data: a believable company, and any number of issues for load tests.

mod agile;
pub mod company;
pub mod content;
pub mod filler;
