//! New queues.

use crate::dict::model::{EVERYBODY, Permissions, Role, Subjects};

/// The permissions of a new queue: everybody works with its issues, the owner with its settings
/// (permissions.md, 2.3).
pub fn default_permissions(owner: i64) -> Permissions {
    let everybody = |roles: &[Role]| Subjects {
        users: Vec::new(),
        groups: vec![EVERYBODY],
        roles: roles.to_vec(),
    };
    let create = [Role::Author, Role::QueueLead, Role::Assignee];
    let work = [Role::Author, Role::QueueLead, Role::Assignee, Role::Follower, Role::Access];
    Permissions {
        version: 1,
        create: everybody(&create),
        read: everybody(&work),
        write: everybody(&work),
        grant: Subjects { users: vec![owner], groups: Vec::new(), roles: vec![Role::QueueLead] },
        deny: Subjects::default(),
    }
}
