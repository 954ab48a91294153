//! The rules that hold for one issue: those of its queue, or of its components where these have
//! rules of their own (permissions.md, 2.2).

use trackway_api::issues::{GetIssuePermission, GetIssuePermissions};
use trackway_api::queues::{Participants, PermissionSet};

use super::permissions::{Permission, Rules, participants, set};
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::dict::model::{Permissions, Subjects};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::Issue;
use crate::view::View;

/// Who may do what with an issue. Roles are told as such: the issue itself says who holds them.
///
/// # Errors
/// 404 and 403 as for the issue.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetIssuePermissions) -> Result<Reply<PermissionSet>> {
    let visible = cx.issue(&r.issue)?;
    let shown = of(&cx.dict, &cx.view, visible.issue());
    shown.map(Reply::new).ok_or_else(|| Code::QueueNotFound.err())
}

/// Holders of one permission.
///
/// # Errors
/// 404 and 403 as for the issue, 404 for an unknown permission.
pub fn get_one(cx: &mut Cx<'_, '_>, r: &GetIssuePermission) -> Result<Reply<Participants>> {
    let visible = cx.issue(&r.issue)?;
    let permission = match Permission::from_code(&r.permission)? {
        Permission::Deny => return Err(Code::PermissionNotFound.err()),
        permission => permission,
    };
    let issue = visible.issue();
    let queue = cx.dict.queues.get(issue.queue).ok_or_else(|| Code::QueueNotFound.err())?;
    let permissions = effective(&cx.dict, &queue.body.permissions, issue);
    let path = format!("/issues/{}", issue.key(&cx.dict));
    let rules = Rules { path, queue: &queue.body, permissions: &permissions };
    Ok(participants(&cx.dict, &cx.view, &rules, permission).into())
}

/// The rules of an issue as they are shown.
pub(crate) fn of(dict: &Dict, view: &View, issue: &Issue) -> Option<PermissionSet> {
    let queue = dict.queues.get(issue.queue)?;
    let permissions = effective(dict, &queue.body.permissions, issue);
    let path = format!("/issues/{}", issue.key(dict));
    let rules = Rules { path, queue: &queue.body, permissions: &permissions };
    Some(PermissionSet { deny: None, ..set(dict, view, &rules) })
}

fn effective(dict: &Dict, queue: &Permissions, issue: &Issue) -> Permissions {
    let rules = |id: &i64| dict.components.get(*id)?.body.permissions.as_ref();
    let ruled: Vec<&Permissions> = issue.many(no::COMPONENTS).iter().filter_map(rules).collect();
    if ruled.is_empty() {
        return Permissions { deny: Subjects::default(), ..queue.clone() };
    }
    let union = |pick: fn(&Permissions) -> &Subjects| {
        let mut all = Subjects::default();
        for subjects in ruled.iter().map(|rules| pick(rules)) {
            all.users.extend(&subjects.users);
            all.groups.extend(&subjects.groups);
            all.roles.extend(&subjects.roles);
        }
        for list in [&mut all.users, &mut all.groups] {
            list.sort_unstable();
            list.dedup();
        }
        all.roles.sort_unstable();
        all.roles.dedup();
        all
    };
    Permissions {
        version: queue.version,
        create: union(|p| &p.create),
        read: union(|p| &p.read),
        write: union(|p| &p.write),
        grant: queue.grant.clone(),
        deny: Subjects::default(),
    }
}
