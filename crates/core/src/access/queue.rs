//! Who may see queues, create issues in them, and change their settings.

use std::sync::Arc;

use super::{ISSUE_ROLES, Right, granting, holds, names};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::model::{Permissions, Queue};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};

/// Whether the actor may see a queue at all: any permission on it, or a role that may apply.
pub fn sees_queue(queue: &Object<Queue>, actor: &Actor) -> bool {
    if !actor.reaches(queue.id) {
        return false;
    }
    if actor.admin || actor.robot {
        return true;
    }
    let p = &queue.body.permissions;
    // Whoever may change the settings must find the queue, on a deny list even.
    if queue.body.lead == actor.uid || holds(&p.grant, actor, &queue.body) {
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
/// one.
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
    if !actor.full || !actor.reaches(queue.id) || names(&queue.body.permissions.deny, actor) {
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

/// Whether things in a queue may be made and changed, whoever wants to.
///
/// # Errors
/// 423 when it is archived.
pub(crate) fn in_use(queue: &Object<Queue>) -> Result<()> {
    if queue.body.archived { Err(Code::QueueArchived.with(&queue.key)) } else { Ok(()) }
}

impl Cx<'_, '_> {
    /// Whether the actor may create issues in a queue, with some components at least.
    ///
    /// # Errors
    /// 403; 423 when the queue is archived.
    pub(crate) fn to_create_in(&self, queue: &Object<Queue>) -> Result<()> {
        if may_create_some(&self.dict, queue, &self.actor) {
            return in_use(queue);
        }
        let code = if self.actor.full { Code::CreateDenied } else { Code::FullAccessRequired };
        Err(code.with(&queue.key))
    }

    /// A queue the actor may see.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not see it.
    pub fn queue(&self, key_or_id: &str) -> Result<Arc<Object<Queue>>> {
        let queue = self.dict.live_queue(key_or_id).ok_or_else(|| Code::QueueNotFound.err())?;
        if sees_queue(queue, &self.actor) {
            return Ok(Arc::clone(queue));
        }
        Err(Code::QueueDenied.with(&queue.key))
    }

    /// A queue whose settings the actor may change.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not; 423 when it is archived.
    pub fn queue_to_configure(&self, key_or_id: &str) -> Result<Arc<Object<Queue>>> {
        let queue = self.queue_to_administer(key_or_id)?;
        in_use(&queue)?;
        Ok(queue)
    }

    /// A queue whose settings the actor may see as one who may change them, or whose fate they may
    /// decide: it may be archived.
    ///
    /// # Errors
    /// 404 when there is none, 403 when the actor may not.
    pub fn queue_to_administer(&self, key_or_id: &str) -> Result<Arc<Object<Queue>>> {
        let queue = self.dict.live_queue(key_or_id).ok_or_else(|| Code::QueueNotFound.err())?;
        if may_grant(queue, &self.actor) {
            return Ok(Arc::clone(queue));
        }
        Err(Code::GrantDenied.with(&queue.key))
    }
}
