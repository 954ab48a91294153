//! Queues and what belongs to one: permissions, components, versions, workflows.

pub mod component;
pub mod component_rules;
pub mod create;
pub mod default_values;
pub mod effective;
pub(crate) mod input;
pub mod lifecycle;
pub mod local_field;
pub mod of_issue;
pub mod ops;
pub mod permissions;
pub mod removal;
pub(crate) mod render;
pub(crate) mod rules;
pub mod subject;
pub mod tag;
pub mod update;
pub(crate) mod usage;
pub mod version;
pub mod workflow;

#[cfg(test)]
pub(crate) mod tests;
