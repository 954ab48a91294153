//! Who may see and do what (permissions.md): the one place where it is decided. The decision for a
//! single issue and its set form for searches stand side by side; a test holds them together.

use std::borrow::Cow;

mod entity;

use trackway_search::{Cond, Index, RoaringBitmap};

pub use entity::{EntityRight, find_entity, may_entity};

use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::model::{Board, Filter, Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::Issue;
use crate::issue::store::{self, Loaded};

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

/// Whether the actor may see a queue at all: any permission on it, or a role that may apply.
pub fn sees_queue(queue: &Object<Queue>, actor: &Actor) -> bool {
    if !actor.reaches(queue.id) {
        return false;
    }
    if actor.admin || actor.robot {
        return true;
    }
    let p = &queue.body.permissions;
    if holds(&p.grant, actor, &queue.body) {
        return true;
    }
    let denied = names(&p.deny, actor);
    !denied
        && [&p.create, &p.read, &p.write].into_iter().any(|s| {
            holds(s, actor, &queue.body)
                || s.roles.iter().any(|r| ISSUE_ROLES.iter().any(|(role, _)| role == r))
        })
}

/// Whether the actor may create issues in a queue. Roles on issues give nothing before there is
/// one, except that the author of a new issue is its author.
pub fn may_create(queue: &Object<Queue>, actor: &Actor) -> bool {
    let p = &queue.body.permissions;
    actor.full
        && actor.reaches(queue.id)
        && (actor.robot || !names(&p.deny, actor))
        && (actor.robot || holds(&p.create, actor, &queue.body))
}

/// Whether the actor may create an issue with these components: rules of components replace those
/// of the queue.
pub fn may_create_with(
    dict: &Dict,
    queue: &Object<Queue>,
    actor: &Actor,
    components: &[i64],
) -> bool {
    let mut ruled = components
        .iter()
        .filter_map(|id| dict.components.get(*id)?.body.permissions.as_ref())
        .peekable();
    if ruled.peek().is_none() || actor.robot {
        return may_create(queue, actor);
    }
    if !actor.full || names(&queue.body.permissions.deny, actor) {
        return false;
    }
    let mut admits = |rules: &Permissions| component_creates(rules, queue, actor);
    if queue.body.use_component_permissions_intersection {
        ruled.all(&mut admits)
    } else {
        ruled.any(&mut admits)
    }
}

fn component_creates(rules: &Permissions, queue: &Object<Queue>, actor: &Actor) -> bool {
    !holds(&rules.deny, actor, &queue.body) && holds(&rules.create, actor, &queue.body)
}

/// Whether the actor may create issues in a queue with some components at least.
pub fn may_create_some(dict: &Dict, queue: &Object<Queue>, actor: &Actor) -> bool {
    let components = dict.components_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
    may_create(queue, actor)
        || components.iter().any(|id| may_create_with(dict, queue, actor, &[*id]))
}

/// Whether the actor may read the issues of a queue whatever their people are; components with
/// rules of their own may still hide some.
pub fn may_read_all(queue: &Object<Queue>, actor: &Actor) -> bool {
    let p = &queue.body.permissions;
    actor.reaches(queue.id)
        && (actor.admin
            || actor.robot
            || !names(&p.deny, actor)
                && granting(p, Right::Read).any(|s| holds(s, actor, &queue.body)))
}

/// Whether the actor may edit the issues of a queue whatever their people are; components with
/// rules of their own may still forbid some.
pub fn may_write_all(queue: &Object<Queue>, actor: &Actor) -> bool {
    let p = &queue.body.permissions;
    actor.full
        && actor.reaches(queue.id)
        && (actor.admin
            || actor.robot
            || (!names(&p.deny, actor) && holds(&p.write, actor, &queue.body)))
}

/// Whether the actor may change the settings of a queue. The owner and administrators always may
/// (permissions.md, 1 and the contract of `updateQueuePermissions`).
pub fn may_grant(queue: &Object<Queue>, actor: &Actor) -> bool {
    actor.reaches(queue.id)
        && (actor.admin
            || actor.robot
            || actor.full
                && (queue.body.lead == actor.uid
                    || holds(&queue.body.permissions.grant, actor, &queue.body)))
}

/// Whether the actor may see a saved filter; nobody but the owner may until it is shared.
pub fn sees_filter(filter: &Filter, actor: &Actor) -> bool {
    actor.admin || actor.robot || is_offered(filter, actor)
}

/// Whether a saved filter is the actor's own or shared with the actor.
pub fn is_offered(filter: &Filter, actor: &Actor) -> bool {
    filter.owner == actor.uid || names(&filter.read, actor) || names(&filter.write, actor)
}

/// Whether the actor may change a saved filter.
pub fn may_change_filter(filter: &Filter, actor: &Actor) -> bool {
    actor.robot
        || (actor.full && (actor.admin || filter.owner == actor.uid || names(&filter.write, actor)))
}

/// Whether the actor may see a board. The issues on it are another matter.
pub fn sees_board(board: &Board, actor: &Actor) -> bool {
    !board.private || actor.admin || actor.robot || board.owner == actor.uid
}

/// Whether the actor may change a board, its columns and its sprints.
pub fn may_change_board(board: &Board, actor: &Actor) -> bool {
    actor.robot || (actor.full && sees_board(board, actor))
}

/// Whether the actor may delete a board (contract, `deleteBoard`).
pub fn may_delete_board(board: &Board, actor: &Actor) -> bool {
    actor.robot || (actor.full && (actor.admin || board.owner == actor.uid))
}

/// An issue the actor may read; the only way to get one.
#[derive(Debug)]
pub struct Visible(Loaded);

/// An issue the actor may edit; what mutating functions ask for.
#[derive(Debug)]
pub struct Editable(Loaded);

impl Visible {
    /// The issue.
    pub fn issue(&self) -> &Issue {
        &self.0.issue
    }

    /// The issue with its stored form.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// The issue if the actor may edit it too.
    ///
    /// # Errors
    /// 403.
    pub fn editable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if may(&cx.dict, &cx.actor, &self.0.issue, Right::Write) {
            return Ok(Editable(self.0));
        }
        let code = if cx.actor.full { Code::WriteDenied } else { Code::FullAccessRequired };
        Err(code.err())
    }

    /// The issue to be changed by a comment, which needs no more than reading it and full access
    /// (permissions.md, 3).
    ///
    /// # Errors
    /// 403.
    pub fn commentable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if cx.actor.full { Ok(Editable(self.0)) } else { Err(Code::FullAccessRequired.err()) }
    }

    /// The issue to be given history by an import: administrators may, and whoever may edit it
    /// (contract, importComment).
    ///
    /// # Errors
    /// 403.
    pub(crate) fn importable(self, cx: &Cx<'_, '_>) -> Result<Editable> {
        if cx.actor.admin { Ok(self.affected()) } else { self.editable(cx) }
    }

    /// The issue to be changed as a consequence of a change of another one: the other end of a
    /// link needs to be readable only (workflow.md, section 6).
    pub fn affected(self) -> Editable {
        Editable(self.0)
    }
}

impl Editable {
    /// The issue.
    pub fn issue(&self) -> &Issue {
        &self.0.issue
    }

    /// The issue with its stored form.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// An issue that changes only because another one did, such as a former parent, which the
    /// actor may not even read.
    pub(crate) fn consequence(loaded: Loaded) -> Self {
        Self(loaded)
    }

    /// A new issue, which its creator may fill.
    pub(crate) fn created(loaded: Loaded) -> Self {
        Self(loaded)
    }
}

impl Cx<'_, '_> {
    /// The issue with this key or id, if the actor may read it.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not read it.
    pub fn issue(&mut self, key_or_id: &str) -> Result<Visible> {
        let loaded = store::find(self, key_or_id)?.ok_or_else(|| Code::IssueNotFound.err())?;
        self.admit(loaded)
    }

    /// The issue with this number, if the actor may read it.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not read it.
    pub fn issue_by_id(&mut self, id: i64) -> Result<Visible> {
        let loaded = store::by_id(self, id)?.ok_or_else(|| Code::IssueNotFound.err())?;
        self.admit(loaded)
    }

    fn admit(&self, loaded: Loaded) -> Result<Visible> {
        let queue = self.dict.queues.get(loaded.issue.queue);
        let Some(queue) = queue.filter(|q| !q.body.deleted) else {
            return Err(Code::IssueNotFound.err());
        };
        if may(&self.dict, &self.actor, &loaded.issue, Right::Read) {
            return Ok(Visible(loaded));
        }
        if names(&queue.body.permissions.deny, &self.actor) || !sees_queue(queue, &self.actor) {
            return Err(Code::QueueDenied.with(&queue.key));
        }
        Err(Code::ReadDenied.err())
    }

    /// A queue the actor may see.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not see it.
    pub fn queue(&self, key_or_id: &str) -> Result<std::sync::Arc<Object<Queue>>> {
        let queue = self.dict.live_queue(key_or_id).ok_or_else(|| Code::QueueNotFound.err())?;
        if sees_queue(queue, &self.actor) {
            return Ok(std::sync::Arc::clone(queue));
        }
        Err(Code::QueueDenied.with(&queue.key))
    }

    /// A queue whose settings the actor may change.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not.
    pub fn queue_to_configure(&self, key_or_id: &str) -> Result<std::sync::Arc<Object<Queue>>> {
        let queue = self.dict.live_queue(key_or_id).ok_or_else(|| Code::QueueNotFound.err())?;
        if may_grant(queue, &self.actor) {
            return Ok(std::sync::Arc::clone(queue));
        }
        Err(Code::GrantDenied.with(&queue.key))
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
