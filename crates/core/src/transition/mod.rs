//! Transitions of issues through their workflows.

mod conditions;
mod functions;
pub mod ops;

#[cfg(test)]
mod tests;
