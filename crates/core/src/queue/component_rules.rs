//! Rules of components, which replace those of the queue for issues that carry them
//! (permissions.md, 2.2).

use std::sync::Arc;

use trackway_api::queues::{
    AccessParticipants, AccessSet, DeleteComponentPermissions, GetComponentAccess,
    GetComponentAccessOne, GetComponentPermission, GetComponentPermissions, Participants,
    PermissionSet, UpdateComponentPermissions,
};

use super::permissions::{self, Permission, Rules};
use super::{effective, ops, rules};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Component, Permissions, Queue};
use crate::dict::{Object, store};
use crate::error::{Code, Result};

type Found = (Arc<Object<Component>>, Arc<Object<Queue>>);

/// A component with its queue, if the caller may see that.
pub(super) fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Found> {
    let missing = || Code::ComponentNotFound.err();
    let found = cx.dict.components.find(id).filter(|c| !c.body.deleted).ok_or_else(missing)?;
    let queue = ops::owner(cx, found.body.queue, Code::ComponentNotFound)?;
    Ok((Arc::clone(found), queue))
}

/// A component whose rules the caller may change.
fn to_configure(cx: &Cx<'_, '_>, id: &str) -> Result<Found> {
    let (component, queue) = find(cx, id)?;
    cx.queue_to_configure(&queue.id.to_string())?;
    Ok((component, queue))
}

fn place<'a>(
    component: &Object<Component>,
    queue: &'a Object<Queue>,
    permissions: &'a Permissions,
) -> Rules<'a> {
    Rules { path: component.path(), queue: &queue.body, permissions }
}

/// The rules of a component; one without rules has no members (permissions.md, 2.2).
pub fn get(cx: &mut Cx<'_, '_>, r: &GetComponentPermissions) -> Result<Reply<PermissionSet>> {
    cx.view.localize(r.localized);
    let (component, queue) = find(cx, &r.component)?;
    let rules = component.body.permissions.clone().unwrap_or_default();
    Ok(permissions::set(&cx.dict, &cx.view, &place(&component, &queue, &rules)).into())
}

/// Holders of one right in the rules of a component.
pub fn get_one(cx: &mut Cx<'_, '_>, r: &GetComponentPermission) -> Result<Reply<Participants>> {
    cx.view.localize(r.localized);
    let (component, queue) = find(cx, &r.component)?;
    let permission = Permission::from_code(&r.permission)?;
    let rules = component.body.permissions.clone().unwrap_or_default();
    let place = place(&component, &queue, &rules);
    Ok(permissions::participants(&cx.dict, &cx.view, &place, permission).into())
}

/// Whoever really holds rights on issues of a component: by its rules, or by those of the queue
/// while it has none.
pub fn access(cx: &mut Cx<'_, '_>, r: &GetComponentAccess) -> Result<Reply<AccessSet>> {
    cx.view.localize(r.localized);
    let (component, queue) = find(cx, &r.component)?;
    let rules = component.body.permissions.as_ref().unwrap_or(&queue.body.permissions);
    let mut set = effective::set(&cx.dict, &cx.view, &place(&component, &queue, rules));
    // Settings belong to queues.
    set.grant = None;
    Ok(set.into())
}

/// Whoever really holds one right on issues of a component.
pub fn access_one(
    cx: &mut Cx<'_, '_>,
    r: &GetComponentAccessOne,
) -> Result<Reply<AccessParticipants>> {
    cx.view.localize(r.localized);
    let (component, queue) = find(cx, &r.component)?;
    if Permission::from_code(&r.permission)? == Permission::Grant {
        return Err(Code::PermissionNotFound.err());
    }
    let rules = component.body.permissions.as_ref().unwrap_or(&queue.body.permissions);
    let place = place(&component, &queue, rules);
    Ok(effective::one(&cx.dict, &cx.view, &place, &r.permission)?.into())
}

/// Gives a component rules of its own, or changes them.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateComponentPermissions) -> Result<Reply<PermissionSet>> {
    cx.view.localize(r.localized);
    let (component, queue) = to_configure(cx, &r.component)?;
    let old = component.body.permissions.clone().unwrap_or_default();
    let mut rules = rules::patched(&cx.dict, &old, &r.body.0, rules::Whose::Component)?;
    if rules != old || component.body.permissions.is_none() {
        rules.version += 1;
        let body = Component { permissions: Some(rules.clone()), ..component.body.clone() };
        store::update(cx, &component, body)?;
    }
    Ok(permissions::set(&cx.dict, &cx.view, &place(&component, &queue, &rules)).into())
}

/// Takes the rules of a component away, so that those of the queue apply again.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteComponentPermissions) -> Result<Reply<()>> {
    let (component, _) = to_configure(cx, &r.component)?;
    if component.body.permissions.is_some() {
        let body = Component { permissions: None, ..component.body.clone() };
        store::update(cx, &component, body)?;
    }
    Ok(().into())
}
