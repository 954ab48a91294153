//! Clones of an issue (workflow.md, 5.3; contract, cloneIssue).

use std::sync::Arc;

use trackway_api::issues::{CloneIssue, Issue as IssueReply};
use trackway_api::types::Members;

use super::edit::{self, Purpose};
use super::expand::Shape;
use super::store::{self, Loaded};
use super::transfer::twins;
use super::value::Val;
use super::{Issue, ops};
use crate::access::{self, Editable};
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Queue;
use crate::error::{Code, Result};
use crate::event::{self, EventBody, EventKind, LinkDelta};
use crate::field::no::{self, FieldNo};
use crate::link;
use crate::link::kinds::{Direction, Relationship};

/// Most clones of one request.
const MAX_QUEUES: usize = 50;

/// What every clone gets.
const ALWAYS: [FieldNo; 6] =
    [no::SUMMARY, no::DESCRIPTION, no::TYPE, no::PRIORITY, no::TAGS, no::FOLLOWERS];

/// What no clone gets: it tells of the original's own life and place.
const NEVER: [FieldNo; 6] =
    [no::UNIQUE, no::ALIASES, no::PARENT, no::EPIC, no::CREATED_BY, no::PENDING_REPLY_FROM];

/// Clones an issue into queues and answers the clones in their order.
///
/// # Errors
/// 404 and 403 as for reading the issue; 404 for an unknown queue, 403 when the caller may not
/// create issues there; 422 for wrong members of the body.
pub fn clone(cx: &mut Cx<'_, '_>, r: &CloneIssue) -> Result<Reply<Vec<IssueReply>>> {
    let visible = cx.issue(&r.issue)?;
    let original = visible.loaded().full(cx)?;
    let named = r.queues.as_ref().map_or(&[][..], |list| list.0.as_slice());
    if named.is_empty() || named.len() > MAX_QUEUES {
        let why = format!("must name 1 to {MAX_QUEUES} queues");
        return Err(Code::BadParameter.with("queues").and(why));
    }
    let queues = named.iter().map(|name| target(cx, name)).collect::<Result<Vec<_>>>()?;
    let nothing = Members::new();
    let body = r.body.0.as_ref().unwrap_or(&nothing);
    let mut made = Vec::with_capacity(queues.len());
    for queue in &queues {
        let all = r.clone_all_fields.unwrap_or_default();
        let mut issue = copied(cx, &original, queue, all);
        let besides = edit::apply(cx, &mut issue, body, Purpose::Create)?;
        if !access::may_create_with(&cx.dict, queue, &cx.actor, issue.many(no::COMPONENTS)) {
            return Err(Code::CreateDenied.with(&queue.key));
        }
        let clone = ops::settle(cx, issue, queue, &besides.files)?;
        made.push(clone.issue.id);
        tell(cx, &original, &clone)?;
        if r.link_with_original.unwrap_or_default() {
            tie(cx, original.id, clone.issue.id)?;
        }
    }
    let clones = store::by_ids(cx, &made)?;
    ops::reply_list(cx, &clones, &Shape::default())
}

fn target(cx: &Cx<'_, '_>, name: &str) -> Result<Arc<Object<Queue>>> {
    let queue = cx.dict.live_queue(name).ok_or_else(|| Code::QueueNotFound.err())?;
    cx.to_create_in(queue)?;
    Ok(Arc::clone(queue))
}

/// A new issue with what it takes over from the original. Components and versions of another queue
/// become those of the same name, where there are any; values of local fields stay in their queue.
fn copied(cx: &Cx<'_, '_>, original: &Issue, queue: &Object<Queue>, all: bool) -> Issue {
    let dict = &cx.dict;
    let mut issue = ops::blank(cx, queue);
    for (field, val) in original.vals() {
        let Some(def) = dict.field_index.get(field) else { continue };
        let elsewhere = def.queue.is_some_and(|home| home != queue.id);
        let taken = ALWAYS.contains(&field)
            || (all && !def.readonly && !NEVER.contains(&field) && !elsewhere);
        if taken {
            issue.set(field, Some(val.clone()));
        }
    }
    if original.queue != queue.id {
        let id = queue.id;
        let components =
            twins(&dict.components, issue.many(no::COMPONENTS), |c| c.queue == id && !c.archived);
        issue.set(no::COMPONENTS, Some(Val::Refs(components)));
        for field in [no::FIX_VERSIONS, no::AFFECTED_VERSIONS] {
            let versions =
                twins(&dict.versions, issue.many(field), |v| v.queue == id && !v.archived);
            issue.set(field, Some(Val::Refs(versions)));
        }
    }
    if queue.body.type_config(issue.issue_type()).is_none() {
        issue.set(no::TYPE, Some(Val::Ref(queue.body.default_type)));
    }
    // A clone starts anew, so it is not resolved.
    issue.set(no::RESOLUTION, None);
    issue
}

/// The original's history names its clones.
fn tell(cx: &mut Cx<'_, '_>, original: &Issue, clone: &Loaded) -> Result<()> {
    let Relationship { kind, direction } = Relationship::CLONE;
    let end = kind.end(direction.reversed(), clone.issue.id);
    let body =
        EventBody { links: vec![LinkDelta { from: None, to: Some(end) }], ..EventBody::default() };
    event::record(cx, original.id, EventKind::IssueCloned, &body)
}

fn tie(cx: &mut Cx<'_, '_>, original: i64, clone: i64) -> Result<()> {
    debug_assert_eq!(Relationship::CLONE.direction, Direction::Outward);
    let this = store::by_id(cx, clone)?.ok_or_else(|| Code::IssueNotFound.err())?;
    let other = cx.issue_by_id(original)?;
    link::ops::make(cx, &Editable::created(this), other, Relationship::CLONE)?;
    Ok(())
}
