//! The people and groups that the rules of a queue come down to (real-samples, 4: `access`).

use trackway_api::queues::{AccessParticipants, AccessSet, GetQueueAccess, GetQueueAccessOne};

use super::permissions::{self, Permission};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Queue, Role};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::user;
use crate::view::View;

/// Holders of every permission.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueueAccess) -> Result<Reply<AccessSet>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let of = |permission| {
        let holders = holders(&cx.dict, &cx.view, &queue, permission);
        (!holders.users.is_empty() || !holders.groups.is_empty()).then_some(holders)
    };
    let set = AccessSet {
        self_url: cx.view.url(&format!("{}/access", queue.path())),
        create: of(Permission::Create),
        write: of(Permission::Write),
        read: of(Permission::Read),
        grant: of(Permission::Grant),
    };
    Ok(set.into())
}

/// Holders of one permission.
pub fn get_one(cx: &mut Cx<'_, '_>, r: &GetQueueAccessOne) -> Result<Reply<AccessParticipants>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    match Permission::from_code(&r.permission)? {
        Permission::Deny => Err(Code::PermissionNotFound.err()),
        permission => Ok(holders(&cx.dict, &cx.view, &queue, permission).into()),
    }
}

/// Roles that the queue gives become people; those that only an issue gives mean nobody yet. Who
/// is refused, or gone, holds nothing.
fn holders(
    dict: &Dict,
    view: &View,
    queue: &Object<Queue>,
    permission: Permission,
) -> AccessParticipants {
    let body = &queue.body;
    let rules = &body.permissions;
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    let mut take = |permission: Permission| {
        let subjects = permission.of(rules);
        users.extend_from_slice(&subjects.users);
        groups.extend_from_slice(&subjects.groups);
        for role in &subjects.roles {
            match role {
                Role::QueueLead => users.push(body.lead),
                Role::TeamMember => users.extend_from_slice(&body.team),
                _ => {}
            }
        }
    };
    take(permission);
    if permission == Permission::Read {
        take(Permission::Write);
    }
    let settings = permission == Permission::Grant;
    if settings {
        users.push(body.lead);
    }
    users.sort_unstable();
    users.dedup();
    users.retain(|uid| {
        dict.users.get(*uid).is_some_and(|member| {
            let refused = rules.deny.users.contains(uid)
                || member.body.groups.iter().any(|group| rules.deny.groups.contains(group));
            !member.body.dismissed && (settings || !refused)
        })
    });
    groups.sort_unstable();
    groups.dedup();
    groups.retain(|group| settings || !rules.deny.groups.contains(group));
    AccessParticipants {
        self_url: view.url(&format!("{}/access/{}", queue.path(), permission.code())),
        users: users.iter().map(|uid| user::reference(dict, view, *uid)).collect(),
        groups: groups.iter().map(|id| permissions::group(dict, view, *id)).collect(),
    }
}
