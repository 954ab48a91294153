//! Taking components and versions away, and out of the issues that have them.

use std::sync::Arc;

use trackway_api::queues::{DeleteComponent, DeleteVersion};

use super::{ops, usage};
use crate::access::Editable;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Component, Version};
use crate::dict::store;
use crate::error::{Code, Result};
use crate::event::EventKind;
use crate::field::no::{self, FieldNo};
use crate::issue::value::Val;
use crate::issue::{edit, store as issues};

/// Most issues that are changed along with the removal. An object on more of them cannot be removed
/// in one piece: the write would keep everybody else waiting.
const MAX_ISSUES: usize = 10_000;

/// How many issues are read at a time.
const CHUNK: usize = 500;

/// Deletes a component; issues lose it. Its object stays for the histories that mention it.
pub fn component(cx: &mut Cx<'_, '_>, r: &DeleteComponent) -> Result<Reply<()>> {
    let missing = || Code::ComponentNotFound.err();
    let old = cx.dict.components.find(&r.id).filter(|c| !c.body.deleted).ok_or_else(missing)?;
    let old = Arc::clone(old);
    ops::owner(cx, old.body.queue, Code::ComponentNotFound)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    detach(cx, &[no::COMPONENTS], old.id)?;
    let body = Component { deleted: true, permissions: None, ..old.body.clone() };
    store::update(cx, &old, body)?;
    Ok(().into())
}

/// Deletes a version; issues lose it. Its object stays for the histories that mention it.
pub fn version(cx: &mut Cx<'_, '_>, r: &DeleteVersion) -> Result<Reply<()>> {
    let missing = || Code::VersionNotFound.err();
    let old = cx.dict.versions.find(&r.id).filter(|v| !v.body.deleted).ok_or_else(missing)?;
    let old = Arc::clone(old);
    ops::owner(cx, old.body.queue, Code::VersionNotFound)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    detach(cx, &[no::FIX_VERSIONS, no::AFFECTED_VERSIONS], old.id)?;
    store::update(cx, &old, Version { deleted: true, ..old.body.clone() })?;
    Ok(().into())
}

/// Takes a reference out of list fields of all issues. Whoever may remove the object needs no
/// right on each issue.
fn detach(cx: &mut Cx<'_, '_>, fields: &[FieldNo], id: i64) -> Result<()> {
    let ids = usage::holders(cx, fields, id);
    if ids.len() > MAX_ISSUES {
        return Err(Code::InUse.with(ids.len()));
    }
    for chunk in ids.chunks(CHUNK) {
        for loaded in issues::by_ids(cx, chunk)? {
            let mut after = loaded.full(cx)?;
            for field in fields {
                let left: Vec<i64> =
                    after.many(*field).iter().copied().filter(|other| *other != id).collect();
                after.set(*field, Some(Val::Refs(left)));
            }
            let editable = Editable::consequence(loaded);
            match edit::commit(cx, &editable, after, EventKind::IssueUpdated) {
                // An issue with too many versions keeps the reference, which nobody sees.
                Err(error) if error.code != Code::IssueLocked => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}
