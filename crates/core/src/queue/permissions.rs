//! Permissions of queues: reading, changing and asking for them (permissions.md, 2).

use trackway_api::queues::{
    CheckQueuePermission, GetQueuePermission, GetQueuePermissions, Participants, PermissionSet,
    RoleRef, UpdateQueuePermissions,
};
use trackway_api::types::{PlainRef, UserRef};

use super::{render, rules};
use crate::access;
use crate::actor::Actor;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::user;
use crate::view::View;

/// A permission, or the list of those who are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Permission {
    Create,
    Read,
    Write,
    Grant,
    Deny,
}

impl Permission {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Create, Self::Read, Self::Write, Self::Grant, Self::Deny];

    /// Name on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Write => "write",
            Self::Grant => "grant",
            Self::Deny => "deny",
        }
    }

    /// The permission of a code in any letter case.
    ///
    /// # Errors
    /// 404.
    pub fn from_code(code: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|p| p.code().eq_ignore_ascii_case(code))
            .ok_or_else(|| Code::PermissionNotFound.err())
    }

    /// Who holds it.
    pub const fn of(self, permissions: &Permissions) -> &Subjects {
        match self {
            Self::Create => &permissions.create,
            Self::Read => &permissions.read,
            Self::Write => &permissions.write,
            Self::Grant => &permissions.grant,
            Self::Deny => &permissions.deny,
        }
    }

    /// Who holds it, to be changed.
    pub const fn of_mut(self, permissions: &mut Permissions) -> &mut Subjects {
        match self {
            Self::Create => &mut permissions.create,
            Self::Read => &mut permissions.read,
            Self::Write => &mut permissions.write,
            Self::Grant => &mut permissions.grant,
            Self::Deny => &mut permissions.deny,
        }
    }

    /// Whether the actor holds it on a queue.
    fn held(self, queue: &Object<Queue>, actor: &Actor) -> Option<bool> {
        match self {
            Self::Create => Some(access::may_create(queue, actor)),
            Self::Read => Some(access::may_read_all(queue, actor)),
            Self::Write => Some(access::may_write_all(queue, actor)),
            Self::Grant => Some(access::may_grant(queue, actor)),
            Self::Deny => None,
        }
    }
}

/// The rules of a queue, or of a component, with the place they are read at.
pub(super) struct Rules<'a> {
    /// Path of the queue or component.
    pub(super) path: String,
    /// The queue, which gives some roles.
    pub(super) queue: &'a Queue,
    /// The rules.
    pub(super) permissions: &'a Permissions,
}

impl<'a> Rules<'a> {
    /// Those of a queue.
    pub(super) fn of(queue: &'a Object<Queue>) -> Self {
        Self { path: queue.path(), queue: &queue.body, permissions: &queue.body.permissions }
    }
}

/// The rules of a queue.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueuePermissions) -> Result<Reply<PermissionSet>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(set(&cx.dict, &cx.view, &Rules::of(&queue)).into())
}

/// The holders of one permission.
pub fn get_one(cx: &mut Cx<'_, '_>, r: &GetQueuePermission) -> Result<Reply<Participants>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let permission = Permission::from_code(&r.permission)?;
    Ok(participants(&cx.dict, &cx.view, &Rules::of(&queue), permission).into())
}

/// Changes the rules of a queue. Its owner and administrators cannot lose the right to repair them
/// (contract, `updateQueuePermissions`).
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateQueuePermissions) -> Result<Reply<PermissionSet>> {
    cx.view.localize(r.localized);
    let queue = cx.queue_to_configure(&r.queue)?;
    let mut permissions =
        rules::patched(&cx.dict, &queue.body.permissions, &r.body.0, rules::Whose::Queue)?;
    if permissions == queue.body.permissions {
        return Ok(set(&cx.dict, &cx.view, &Rules::of(&queue)).into());
    }
    permissions.version += 1;
    let body = Queue { permissions, ..queue.body.clone() };
    let queue = store::update(cx, &queue, body)?;
    Ok(set(&cx.dict, &cx.view, &Rules::of(&queue)).into())
}

/// Whether the caller holds a permission: 200 or 403 (contract, `checkQueuePermission`).
pub fn check(cx: &mut Cx<'_, '_>, r: &CheckQueuePermission) -> Result<Reply<bool>> {
    let queue = cx.dict.live_queue(&r.queue).ok_or_else(|| Code::QueueNotFound.err())?;
    let permission = Permission::from_code(&r.permission)?;
    let refusal = match permission {
        Permission::Create => Code::CreateDenied,
        Permission::Grant => Code::GrantDenied,
        _ => Code::QueueDenied,
    };
    match permission.held(queue, &cx.actor) {
        Some(true) => Ok(true.into()),
        Some(false) => Err(refusal.with(&queue.key)),
        None => Err(Code::PermissionNotFound.err()),
    }
}

/// Permissions that nobody holds are left out.
pub(super) fn set(dict: &Dict, view: &View, rules: &Rules<'_>) -> PermissionSet {
    let of = |permission: Permission| {
        (!permission.of(rules.permissions).is_empty())
            .then(|| participants(dict, view, rules, permission))
    };
    PermissionSet {
        self_url: view.url(&format!("{}/permissions", rules.path)),
        version: rules.permissions.version,
        create: of(Permission::Create),
        write: of(Permission::Write),
        read: of(Permission::Read),
        grant: of(Permission::Grant),
        deny: of(Permission::Deny),
    }
}

/// Holders of one permission.
pub(super) fn participants(
    dict: &Dict,
    view: &View,
    rules: &Rules<'_>,
    permission: Permission,
) -> Participants {
    let subjects = permission.of(rules.permissions);
    Participants {
        self_url: view.url(&format!("{}/permissions/{}", rules.path, permission.code())),
        users: subjects.users.iter().map(|uid| holder(dict, view, *uid)).collect(),
        groups: subjects.groups.iter().map(|id| group(dict, view, *id)).collect(),
        roles: subjects.roles.iter().map(|r| role(view, *r)).collect(),
    }
}

/// A reference to a user who holds a permission. A published client takes `passportUid` for text
/// here, the documentation for a number: it is left out, and `id` says the same.
fn holder(dict: &Dict, view: &View, uid: i64) -> UserRef {
    UserRef { passport_uid: None, ..user::reference(dict, view, uid) }
}

/// A reference to a group.
pub(super) fn group(dict: &Dict, view: &View, id: i64) -> PlainRef {
    render::plain(&dict.groups, id, view)
}

/// A reference to a role.
pub(super) fn role(view: &View, role: Role) -> RoleRef {
    RoleRef {
        self_url: view.url(&format!("/roles/{}", role.id())),
        id: role.id().to_owned(),
        display: role.name().text(view.names),
    }
}
