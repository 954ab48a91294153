//! Transitions of issues through their workflows.

pub mod ops;

#[cfg(test)]
mod tests;
