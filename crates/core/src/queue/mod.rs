//! Queues and what belongs to one: permissions, components, versions, workflows.

pub mod component;
pub mod create;
pub mod effective;
pub(crate) mod input;
pub mod ops;
pub mod permissions;
pub(crate) mod render;
pub(crate) mod rules;
pub mod version;
pub mod workflow;

#[cfg(test)]
mod tests;
