//! Issues of another system (contract, importIssue).

use serde_json::Value as Json;
use trackway_api::issues::{ImportIssue, Issue as IssueReply};
use trackway_api::types::Members;

use super::edit::{self, Purpose};
use super::expand::Shape;
use super::store::{self, Loaded, split_key};
use super::value::Val;
use super::{Issue, input, ops, refs};
use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Queue;
use crate::error::{Code, Error, Result};
use crate::field::no::{self, FieldNo};
use crate::history::{self, Act, Story};
use crate::queue::input::{Problems, shown};
use crate::time;

/// Members that only an import has; all others are those of a creation.
const OWN: [&str; 15] = [
    "key",
    "aliases",
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
    "resolvedAt",
    "resolvedBy",
    "status",
    "originalEstimation",
    "estimation",
    "spent",
    "votedBy",
    "favoritedBy",
    "author",
];

/// Durations, which are milliseconds here.
const SPANS: [(&str, FieldNo); 3] = [
    ("originalEstimation", no::ORIGINAL_ESTIMATION),
    ("estimation", no::ESTIMATION),
    ("spent", no::SPENT),
];

/// Former keys of one issue.
const MOST_ALIASES: usize = 100;

/// Creates an issue with the history it had elsewhere.
///
/// # Errors
/// 403 unless the caller is an administrator; 404 for an unknown queue; 409 when the key or
/// `unique` is taken; 422 for wrong members.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportIssue) -> Result<Reply<IssueReply>> {
    cx.imported();
    cx.actor.admin_only()?;
    let body = &r.body.0;
    let queue = input::queue(&cx.dict, body.get("queue"))?;
    access::in_use(&queue)?;
    let story = Story::read(cx, |name| body.get(name))?;
    let resolved = resolved(cx, body, &story)?;
    let number = body.get("key").filter(|json| !json.is_null());
    let number = number.map(|json| number_of(cx, &queue, json)).transpose()?;
    let made = cx.as_happened(story.created, |cx| {
        let (issue, files) = build(cx, &queue, body, &story, resolved)?;
        store_at(cx, issue, number, &files)
    })?;
    ops::reply(cx, &made, &Shape::default())
}

fn build(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    body: &Members,
    story: &Story,
    resolved: Option<Act>,
) -> Result<(Issue, Vec<i64>)> {
    let mut issue = ops::blank(cx, queue);
    let mut common = body.clone();
    common.retain(|member, _| !OWN.contains(&member.as_str()));
    let mut problems = Problems::default();
    let besides = problems.note(edit::apply(cx, &mut issue, &common, Purpose::Create));
    for (member, field) in SPANS {
        if let Some(json) = body.get(member).filter(|json| !json.is_null())
            && let Some(seconds) = problems.note(span(json, member))
        {
            issue.set(field, Some(Val::Span(seconds)));
        }
    }
    for (member, field) in [("votedBy", no::VOTED_BY), ("favoritedBy", no::FAVORITED_BY)] {
        if let Some(people) = problems.note(people(cx, body.get(member), member)) {
            issue.set(field, Some(Val::Refs(people)));
        }
    }
    let former = problems.note(aliases(body.get("aliases"))).unwrap_or_default();
    issue.set(no::ALIASES, (!former.is_empty()).then_some(Val::Texts(former)));
    problems.end()?;
    if issue.text(no::SUMMARY).is_empty() {
        return Err(Code::FieldRequired.at("summary"));
    }
    edit::check(cx, None, &issue)?;
    ops::enter_workflow(cx, &mut issue, queue)?;
    if let Some(json) = body.get("status").filter(|json| !json.is_null()) {
        put_into_status(cx, &mut issue, queue, json)?;
    }
    let votes = i64::try_from(issue.many(no::VOTED_BY).len()).map_err(Error::internal)?;
    issue.set(no::VOTES, (votes > 0).then_some(Val::Ref(votes)));
    let (at, by) = story.updated();
    issue.set(no::UPDATED_AT, Some(Val::At(at)));
    issue.set(no::UPDATED_BY, Some(Val::Ref(by)));
    issue.set(no::RESOLVED_AT, resolved.map(|(at, _)| Val::At(at)));
    issue.set(no::RESOLVED_BY, resolved.map(|(_, by)| Val::Ref(by)));
    Ok((issue, besides.unwrap_or_default().files))
}

fn store_at(
    cx: &mut Cx<'_, '_>,
    issue: Issue,
    number: Option<i64>,
    files: &[i64],
) -> Result<Loaded> {
    if let Some(number) = number {
        store::reserve_number(cx, issue.queue, number)?;
    }
    ops::add(cx, issue, number, files)
}

/// When and by whom the issue was resolved: all of `resolution`, `resolvedAt` and `resolvedBy` or
/// none, between creation and last change.
fn resolved(cx: &Cx<'_, '_>, body: &Members, story: &Story) -> Result<Option<Act>> {
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    let mut problems = Problems::default();
    let act = history::act(cx, &mut problems, "resolved", given("resolvedAt"), given("resolvedBy"));
    problems.end()?;
    match (given("resolution"), act) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Code::FieldRequired.at("resolution")),
        (Some(_), None) => Err(Code::FieldRequired.at("resolvedAt")),
        (Some(_), Some((at, _))) if !(story.created.0..=story.updated().0).contains(&at) => {
            Err(Code::ValueRange.at("resolvedAt"))
        }
        (Some(_), act) => Ok(act),
    }
}

/// Keys that the issue had in the other system. They are shown; here they lead nowhere, for another issue
/// may have them.
fn aliases(json: Option<&Json>) -> Result<Vec<String>> {
    let wrong = || Code::ValueType.with("string").under("aliases");
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(Vec::new()) };
    let keys = json.as_array().filter(|keys| keys.len() <= MOST_ALIASES).ok_or_else(wrong)?;
    let key = |key: &Json| key.as_str().filter(|key| split_key(key).is_some()).map(str::to_owned);
    keys.iter().map(|one| key(one).ok_or_else(wrong)).collect()
}

/// The number of a given key, which must be one of the queue and free.
fn number_of(cx: &mut Cx<'_, '_>, queue: &Object<Queue>, json: &Json) -> Result<i64> {
    let wrong = || Code::ValueUnknown.with(shown(json)).under("key");
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string").under("key"))?;
    let (name, number) = split_key(text.trim()).ok_or_else(wrong)?;
    // Keys are searched for as one number of queue and issue.
    if name != queue.key || number < 1 || number > i64::from(u32::MAX) {
        return Err(wrong());
    }
    if store::find(cx, text.trim())?.is_some() || store::was_removed(cx, queue.id, number)? {
        return Err(Code::KeyTaken.with(text.trim()));
    }
    Ok(number)
}

fn put_into_status(
    cx: &Cx<'_, '_>,
    issue: &mut Issue,
    queue: &Object<Queue>,
    json: &Json,
) -> Result<()> {
    let status = refs::object(&cx.dict.statuses, json, |_| true)
        .ok_or_else(|| Code::ValueUnknown.with(shown(json)).under("status"))?;
    let config = queue.body.type_config(issue.issue_type());
    let workflow = config.and_then(|c| cx.dict.workflows.get(c.workflow));
    let kind = workflow.and_then(|w| w.body.status_type(status.id));
    let kind = kind.ok_or_else(|| Code::ValueNotAllowed.with(&status.key).under("status"))?;
    issue.set(no::STATUS, Some(Val::Ref(status.id)));
    issue.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
    Ok(())
}

/// Milliseconds as a number or as digits; a duration as elsewhere is taken too.
fn span(json: &Json, member: &str) -> Result<i64> {
    let digits = |text: &str| text.trim().parse::<i64>().ok();
    let millis = json.as_i64().or_else(|| json.as_str().and_then(digits));
    let seconds = match millis {
        Some(millis) => Some(millis).filter(|ms| (0..=1 << 50).contains(ms)).map(|ms| ms / 1000),
        None => json.as_str().and_then(time::parse_span),
    };
    seconds.ok_or_else(|| Code::ValueType.with("milliseconds").under(member))
}

fn people(cx: &Cx<'_, '_>, json: Option<&Json>, member: &str) -> Result<Vec<i64>> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(Vec::new()) };
    let items = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    let mut uids = Vec::with_capacity(items.len());
    for item in items {
        let uid = history::person(cx, item, member)?;
        if !uids.contains(&uid) {
            uids.push(uid);
        }
    }
    Ok(uids)
}
