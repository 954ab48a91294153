//! Absences of people (contract, tag gaps).

pub mod ops;
mod store;
#[cfg(test)]
mod tests;
