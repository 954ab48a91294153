//! The people and groups that the rules of a queue come down to (real-samples, 4: `access`).

use trackway_api::queues::{AccessParticipants, AccessSet, GetQueueAccess, GetQueueAccessOne};

use super::permissions::{self, Permission, Rules};
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::dict::model::Role;
use crate::error::{Code, Result};
use crate::user;
use crate::view::View;

/// Holders of every permission.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueueAccess) -> Result<Reply<AccessSet>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(set(&cx.dict, &cx.view, &Rules::of(&queue)).into())
}

/// Holders of one permission.
pub fn get_one(cx: &mut Cx<'_, '_>, r: &GetQueueAccessOne) -> Result<Reply<AccessParticipants>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(one(&cx.dict, &cx.view, &Rules::of(&queue), &r.permission)?.into())
}

/// Holders of every permission of these rules.
pub(super) fn set(dict: &Dict, view: &View, rules: &Rules<'_>) -> AccessSet {
    let of = |permission| {
        let holders = holders(dict, view, rules, permission);
        (!holders.users.is_empty() || !holders.groups.is_empty()).then_some(holders)
    };
    AccessSet {
        self_url: view.url(&format!("{}/access", rules.path)),
        create: of(Permission::Create),
        write: of(Permission::Write),
        read: of(Permission::Read),
        grant: of(Permission::Grant),
    }
}

/// Holders of the permission of a code.
///
/// # Errors
/// 404 when there is no such permission; being refused is none.
pub(super) fn one(
    dict: &Dict,
    view: &View,
    rules: &Rules<'_>,
    code: &str,
) -> Result<AccessParticipants> {
    match Permission::from_code(code)? {
        Permission::Deny => Err(Code::PermissionNotFound.err()),
        permission => Ok(holders(dict, view, rules, permission)),
    }
}

/// Roles that the queue gives become people; those that only an issue gives mean nobody yet. Who
/// is refused, or gone, holds nothing.
fn holders(
    dict: &Dict,
    view: &View,
    place: &Rules<'_>,
    permission: Permission,
) -> AccessParticipants {
    let (body, rules) = (place.queue, place.permissions);
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    let mut take = |permission: Permission| {
        let subjects = permission.of(rules);
        users.extend_from_slice(&subjects.users);
        groups.extend_from_slice(&subjects.groups);
        for role in &subjects.roles {
            match role {
                Role::QueueLead => users.push(body.lead),
                Role::TeamMember => {
                    users.extend_from_slice(&body.team);
                    groups.extend_from_slice(&body.team_groups);
                }
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
                || member
                    .body
                    .all_groups(dict)
                    .iter()
                    .any(|group| rules.deny.groups.contains(group));
            !member.body.dismissed && (settings || !refused)
        })
    });
    groups.sort_unstable();
    groups.dedup();
    groups.retain(|group| settings || !rules.deny.groups.contains(group));
    AccessParticipants {
        self_url: view.url(&format!("{}/access/{}", place.path, permission.code())),
        users: users.iter().map(|uid| user::reference(dict, view, *uid)).collect(),
        groups: groups.iter().map(|id| permissions::group(dict, view, *id)).collect(),
    }
}
