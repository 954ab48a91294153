//! Who may see and do what (permissions.md): the one place where it is decided. The decision for a
//! single issue and its set form for searches stand side by side; a test holds them together.

mod entity;
mod issue;
mod queue;
mod shared;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trackway_search::{Cond, Index, RoaringBitmap};

pub use entity::{EntityRight, find_entity, may_entity};
pub use issue::{Editable, Visible};
pub(crate) use queue::in_use;
pub use queue::{
    may_create, may_create_some, may_create_with, may_grant, may_read_all, may_write_all,
    sees_queue,
};
pub use shared::{
    is_offered, may_change_board, may_change_filter, may_delete_board, sees_board, sees_filter,
};

use crate::actor::Actor;
use crate::dict::model::{Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object};
use crate::field::no;
use crate::issue::Issue;

/// What somebody may do with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See it and comment on it.
    Read,
    /// Edit it.
    Write,
}

/// Roles that an issue gives, with the field that says who holds them.
const ISSUE_ROLES: [(Role, no::FieldNo); 4] = [
    (Role::Author, no::CREATED_BY),
    (Role::Assignee, no::ASSIGNEE),
    (Role::Follower, no::FOLLOWERS),
    (Role::Access, no::ACCESS),
];

fn names(subjects: &Subjects, actor: &Actor) -> bool {
    subjects.users.contains(&actor.uid) || subjects.groups.iter().any(|g| actor.groups.contains(g))
}

/// Whether the actor is named directly, by a group, or by a role the queue gives.
fn holds(subjects: &Subjects, actor: &Actor, queue: &Queue) -> bool {
    names(subjects, actor)
        || subjects.roles.iter().any(|role| match role {
            Role::QueueLead => queue.lead == actor.uid,
            Role::TeamMember => {
                queue.team.contains(&actor.uid)
                    || queue.team_groups.iter().any(|group| actor.groups.contains(group))
            }
            _ => false,
        })
}

/// Whether the actor holds a role of `subjects` on the issue itself.
fn holds_on_issue(subjects: &Subjects, actor: &Actor, issue: &Issue) -> bool {
    ISSUE_ROLES.iter().any(|(role, field)| {
        subjects.roles.contains(role)
            && (issue.one(*field) == Some(actor.uid) || issue.many(*field).contains(&actor.uid))
    })
}

/// The subjects that give a right; write counts as read (permissions.md, 2).
fn granting(permissions: &Permissions, right: Right) -> impl Iterator<Item = &Subjects> {
    let read = (right == Right::Read).then_some(&permissions.read);
    std::iter::once(&permissions.write).chain(read)
}

fn grants(
    permissions: &Permissions,
    right: Right,
    actor: &Actor,
    queue: &Queue,
    issue: &Issue,
) -> bool {
    granting(permissions, right).any(|s| holds(s, actor, queue) || holds_on_issue(s, actor, issue))
}

/// The decision for one issue (permissions.md, 2.2).
pub fn may(dict: &Dict, actor: &Actor, issue: &Issue, right: Right) -> bool {
    let Some(queue) = dict.queues.get(issue.queue).filter(|q| !q.body.deleted) else {
        return false;
    };
    if !actor.reaches(queue.id) {
        return false;
    }
    if right == Right::Write && !actor.full {
        return false;
    }
    if actor.admin || actor.robot {
        return true;
    }
    let queue = &queue.body;
    if names(&queue.permissions.deny, actor) {
        return false;
    }
    let mut ruled = issue
        .many(no::COMPONENTS)
        .iter()
        .filter_map(|id| dict.components.get(*id)?.body.permissions.as_ref())
        .peekable();
    if ruled.peek().is_some() {
        let mut admits = |rules: &Permissions| {
            !denied_by_component(rules, actor, queue, issue)
                && grants(rules, right, actor, queue, issue)
        };
        return if queue.use_component_permissions_intersection {
            ruled.all(&mut admits)
        } else {
            ruled.any(&mut admits)
        };
    }
    grants(&queue.permissions, right, actor, queue, issue)
}

fn denied_by_component(rules: &Permissions, actor: &Actor, queue: &Queue, issue: &Issue) -> bool {
    holds(&rules.deny, actor, queue) || holds_on_issue(&rules.deny, actor, issue)
}

/// The issues of the index that the actor may read: the set form of [`may`]; with `within` only
/// those of a set.
pub fn visible(
    dict: &Dict,
    actor: &Actor,
    index: &Index,
    within: Option<&RoaringBitmap>,
) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    for queue in dict.queues.iter().filter(|q| !q.body.deleted && actor.reaches(q.id)) {
        let Some(issues) = index.bitmap(no::QUEUE, queue.id) else { continue };
        let issues = within.map_or(Cow::Borrowed(issues), |within| Cow::Owned(issues & within));
        if issues.is_empty() {
            continue;
        }
        if actor.admin || actor.robot {
            all |= &*issues;
            continue;
        }
        if names(&queue.body.permissions.deny, actor) {
            continue;
        }
        all |= readable_in(dict, actor, index, queue, &issues);
    }
    all
}

/// Whether the actor may read every issue of the index, whatever it is like.
pub fn sees_all(dict: &Dict, actor: &Actor, index: &Index) -> bool {
    let has_issues = |queue: &Object<Queue>| index.bitmap(no::QUEUE, queue.id).is_some();
    dict.queues.iter().filter(|queue| has_issues(queue)).all(|queue| {
        let components = dict.components_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
        let ruled =
            |id: &i64| dict.components.get(*id).is_some_and(|c| c.body.permissions.is_some());
        !queue.body.deleted
            && may_read_all(queue, actor)
            && (actor.admin || actor.robot || !components.iter().any(ruled))
    })
}

fn readable_in(
    dict: &Dict,
    actor: &Actor,
    index: &Index,
    queue: &Object<Queue>,
    issues: &RoaringBitmap,
) -> RoaringBitmap {
    let mut readable = granted(&queue.body.permissions, actor, index, &queue.body, issues);
    let components = dict.components_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
    let ruled: Vec<(i64, &Permissions)> = components
        .iter()
        .filter_map(|id| Some((*id, dict.components.get(*id)?.body.permissions.as_ref()?)))
        .collect();
    // Rules of components replace those of the queue.
    let (mut admitted, mut refused) = (RoaringBitmap::new(), RoaringBitmap::new());
    for (id, rules) in ruled {
        let Some(carrying) = index.bitmap(no::COMPONENTS, id) else { continue };
        readable -= carrying;
        let carrying = carrying & issues;
        let denied = by_roles(&rules.deny, actor, index, &queue.body, &carrying);
        let granted = granted(rules, actor, index, &queue.body, &carrying) - denied;
        refused |= carrying - &granted;
        admitted |= granted;
    }
    if queue.body.use_component_permissions_intersection {
        admitted -= refused;
    }
    readable | admitted
}

fn granted(
    permissions: &Permissions,
    actor: &Actor,
    index: &Index,
    queue: &Queue,
    issues: &RoaringBitmap,
) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    for subjects in granting(permissions, Right::Read) {
        all |= by_roles(subjects, actor, index, queue, issues);
    }
    all
}

fn by_roles(
    subjects: &Subjects,
    actor: &Actor,
    index: &Index,
    queue: &Queue,
    issues: &RoaringBitmap,
) -> RoaringBitmap {
    if holds(subjects, actor, queue) {
        return issues.clone();
    }
    let mut mine = RoaringBitmap::new();
    for (role, field) in ISSUE_ROLES {
        if subjects.roles.contains(&role) {
            mine |= index.eval(&Cond::Has(field, actor.uid));
        }
    }
    mine & issues
}
