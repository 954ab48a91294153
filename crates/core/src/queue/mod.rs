//! Queues and what belongs to one: permissions, components, versions, workflows.

pub mod create;
