//! Who may see and do what with projects, portfolios and goals (contract, entities: `Who may act`).

use std::sync::Arc;

use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::model::{EVERYBODY, Entity, EntityRole, EntitySubjects, EntityType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::ids::{Tag, parse_hex_id};

/// What somebody may do with an entity; each right contains the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum EntityRight {
    Read,
    Write,
    Grant,
}

/// Access is inherited over at most this many steps; parents may not form a ring, but sources
/// named long ago might.
const MAX_STEPS: usize = 16;

/// The decision for one entity. Author and lead may do everything. Where nobody is named and
/// nothing is inherited, everybody may read and whoever has full access may write, unless access
/// is for participants only.
pub fn may_entity(dict: &Dict, actor: &Actor, entity: &Object<Entity>, right: EntityRight) -> bool {
    if right > EntityRight::Read && !actor.full {
        return false;
    }
    actor.admin || actor.robot || allowed(dict, actor, entity, right, MAX_STEPS)
}

fn allowed(
    dict: &Dict,
    actor: &Actor,
    entity: &Object<Entity>,
    right: EntityRight,
    steps: usize,
) -> bool {
    let body = &entity.body;
    if body.author == actor.uid || body.created_by == actor.uid || body.lead == Some(actor.uid) {
        return true;
    }
    let acl = &body.acl;
    let named = [
        (EntityRight::Grant, &acl.grant),
        (EntityRight::Write, &acl.write),
        (EntityRight::Read, &acl.read),
    ];
    if named.iter().any(|(given, subjects)| *given >= right && holds(subjects, actor, body)) {
        return true;
    }
    let Some(steps) = steps.checked_sub(1) else { return false };
    let mut sources = body.sources.iter().filter_map(|id| dict.entities.get(*id));
    if sources.any(|source| allowed(dict, actor, source, right, steps)) {
        return true;
    }
    if right == EntityRight::Grant {
        return false;
    }
    if body.team_access == Some(true) {
        return match right {
            EntityRight::Read => takes_part(actor, body),
            _ => is(EntityRole::Member, actor, body),
        };
    }
    acl.is_empty() && body.sources.is_empty()
}

fn holds(subjects: &EntitySubjects, actor: &Actor, entity: &Entity) -> bool {
    subjects.users.contains(&actor.uid)
        || subjects.groups.iter().any(|g| *g == EVERYBODY || actor.groups.contains(g))
        || subjects.roles.iter().any(|role| is(*role, actor, entity))
}

fn takes_part(actor: &Actor, entity: &Entity) -> bool {
    [EntityRole::Client, EntityRole::Follower, EntityRole::Member]
        .into_iter()
        .any(|role| is(role, actor, entity))
}

fn is(role: EntityRole, actor: &Actor, entity: &Entity) -> bool {
    match role {
        EntityRole::Author => entity.author == actor.uid,
        EntityRole::Owner => entity.lead == Some(actor.uid),
        EntityRole::Client => entity.clients.contains(&actor.uid),
        EntityRole::Follower => entity.followers.contains(&actor.uid),
        EntityRole::Member => {
            entity.team_users.contains(&actor.uid)
                || entity.team_groups.iter().any(|g| actor.groups.contains(g))
        }
    }
}

/// The entity that an id or short number means, of any kind, whoever may see it.
pub fn find_entity<'d>(dict: &'d Dict, id: &str) -> Option<&'d Arc<Object<Entity>>> {
    if let Some(number) = parse_hex_id(Tag::Entity, id) {
        let entity = dict.entities.get(number)?;
        return entity.body.hex(number).eq_ignore_ascii_case(id).then_some(entity);
    }
    dict.entities.get(id.parse().ok()?)
}

impl Cx<'_, '_> {
    /// An entity on which the actor has a right.
    ///
    /// # Errors
    /// 404 when there is none of this kind, 403 when the actor lacks the right.
    pub fn entity(
        &self,
        kind: EntityType,
        id: &str,
        right: EntityRight,
    ) -> Result<Arc<Object<Entity>>> {
        let entity = find_entity(&self.dict, id)
            .filter(|entity| entity.body.kind == kind)
            .ok_or_else(|| Code::EntityNotFound.err())?;
        self.may_entity(entity, right)?;
        Ok(Arc::clone(entity))
    }

    /// Whether the actor has a right on an entity.
    ///
    /// # Errors
    /// 403.
    pub fn may_entity(&self, entity: &Object<Entity>, right: EntityRight) -> Result<()> {
        if may_entity(&self.dict, &self.actor, entity, right) {
            return Ok(());
        }
        let code = match right {
            EntityRight::Read => Code::EntityReadDenied,
            _ if !self.actor.full => Code::FullAccessRequired,
            _ => Code::EntityWriteDenied,
        };
        Err(code.err())
    }
}
