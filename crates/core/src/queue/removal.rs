//! Taking components and versions away. Issues lose them at once as far as anybody sees; the rows
//! of many follow in the background ([`crate::upkeep`]).

use std::sync::Arc;

use trackway_api::queues::{DeleteComponent, DeleteVersion};

use super::ops;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Component, Version};
use crate::dict::store;
use crate::error::{Code, Result};
use crate::field::no;
use crate::upkeep;

/// Deletes a component; issues lose it. Its object stays for the histories that mention it.
pub fn component(cx: &mut Cx<'_, '_>, r: &DeleteComponent) -> Result<Reply<()>> {
    let missing = || Code::ComponentNotFound.err();
    let old = cx.dict.components.find(&r.id).filter(|c| !c.body.deleted).ok_or_else(missing)?;
    let old = Arc::clone(old);
    ops::owner(cx, old.body.queue, Code::ComponentNotFound)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    let body = Component { deleted: true, permissions: None, ..old.body.clone() };
    store::update(cx, &old, body)?;
    upkeep::values::forget(cx, &[no::COMPONENTS], old.id)?;
    Ok(().into())
}

/// Deletes a version; issues lose it. Its object stays for the histories that mention it.
pub fn version(cx: &mut Cx<'_, '_>, r: &DeleteVersion) -> Result<Reply<()>> {
    let missing = || Code::VersionNotFound.err();
    let old = cx.dict.versions.find(&r.id).filter(|v| !v.body.deleted).ok_or_else(missing)?;
    let old = Arc::clone(old);
    ops::owner(cx, old.body.queue, Code::VersionNotFound)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    store::update(cx, &old, Version { deleted: true, ..old.body.clone() })?;
    upkeep::values::forget(cx, &[no::FIX_VERSIONS, no::AFFECTED_VERSIONS], old.id)?;
    Ok(().into())
}
