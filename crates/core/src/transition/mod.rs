//! Transitions of issues through their workflows.

mod conditions;
mod functions;
pub(crate) mod on_comment;
pub mod ops;

#[cfg(test)]
mod tests;
