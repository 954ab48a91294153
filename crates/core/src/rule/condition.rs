//! Whether a trigger's conditions hold (automation.md, 1.1).

use serde_json::Value as Json;

use super::occasion::Occasion;
use crate::cx::Cx;
use crate::dict::model::{Action, CommentText, Condition, EVERYBODY, OfElements, ValueType};
use crate::error::Result;
use crate::event::EventKind;
use crate::field::no::{self, FieldNo};
use crate::issue::value::Val;
use crate::issue::{Issue, input, refs};
use crate::link::kinds::Relationship;
use crate::time::{self, DAY_MS, Instant};

/// Whether conditions hold on an occasion. `actions` are those of the same trigger, whose formulas
/// may be watched.
///
/// # Errors
/// The database fails.
pub fn holds(
    cx: &mut Cx<'_, '_>,
    condition: &Condition,
    on: &Occasion,
    actions: &[Action],
) -> Result<bool> {
    Ok(match condition {
        Condition::And(group) => {
            let mut all = !group.conditions.is_empty();
            for inner in &group.conditions {
                all = all && holds(cx, inner, on, actions)?;
            }
            all
        }
        Condition::Or(group) => {
            let mut any = false;
            for inner in &group.conditions {
                any = any || holds(cx, inner, on, actions)?;
            }
            any
        }
        Condition::EventCreate => on.is(EventKind::IssueCreated),
        Condition::EventComment => on.is(EventKind::IssueCommentAdded),
        Condition::EventUpdate => {
            !on.is(EventKind::IssueCreated) && !on.kind.starts_with("IssueComment")
        }
        Condition::CalculationFormulaWatch => watched(cx, on, actions),
        Condition::ChecklistDone => checklist_done(&on.after) && !checklist_done(&on.before),
        Condition::CommentEquals(c) => comment(on, c, |text, word| text.trim() == word.trim()),
        Condition::CommentContains(c) => comment(on, c, |text, word| text.contains(word)),
        Condition::CommentLacks(c) => comment(on, c, |text, word| !text.contains(word)),
        Condition::CommentContainsAny(c) | Condition::CommentContainsNone(c) => {
            let any = matches!(condition, Condition::CommentContainsAny(_));
            let matches = |text: &str| {
                let text = prepared(text, c.ignore_case, c.remove_markup);
                let mut words = c.words.iter().map(|word| cased(word, c.ignore_case));
                words.any(|word| text.contains(&word)) == any
            };
            on.comment().is_some_and(|(old, new)| {
                matches(new) && !(c.no_match_before && old.is_some_and(matches))
            })
        }
        Condition::CommentAuthor(c) => on.comment().is_some() && is_user(cx, &c.user, on.actor),
        Condition::CommentAuthorNot(c) => on.comment().is_some() && !is_user(cx, &c.user, on.actor),
        Condition::CommentMessageInternal => on.comment().is_some(),
        // Letters do not come in yet.
        Condition::CommentMessageExternal => false,
        Condition::LinkCreated(c) => linked(on, &c.relationship, [false, true]),
        Condition::LinkUpdated(c) => linked(on, &c.relationship, [true, true]),
        Condition::LinkRemoved(c) => linked(on, &c.relationship, [true, false]),
        Condition::FieldChanged(c) => number(cx, &c.field).is_some_and(|no| on.changed(no)),
        Condition::FieldIsEmpty(c) => is_empty(cx, &c.field, &on.after),
        Condition::FieldIsNotEmpty(c) => !is_empty(cx, &c.field, &on.after),
        Condition::FieldBecameEmpty(c) => {
            is_empty(cx, &c.field, &on.after) && !is_empty(cx, &c.field, &on.before)
        }
        Condition::FieldBecameNotEmpty(c) => {
            let new = on.is(EventKind::IssueCreated);
            !is_empty(cx, &c.field, &on.after) && (new || is_empty(cx, &c.field, &on.before))
        }
        Condition::FieldEquals(c) => equals(cx, &c.field, &c.value, &on.after)?,
        Condition::FieldBecameEqual(c) => {
            let touched = number(cx, &c.field).is_some_and(|no| on.changed(no));
            touched && equals(cx, &c.field, &c.value, &on.after)?
        }
        Condition::FieldEqualsString(c) => {
            cased(&text_of(cx, &c.field, &on.after), c.ignore_case)
                == cased(&c.value, c.ignore_case)
        }
        Condition::ContainsAnyOfStrings(c) | Condition::ContainsNoneOfStrings(c) => {
            let text = cased(&text_of(cx, &c.field, &on.after), c.ignore_case);
            let any = c.value.iter().any(|part| text.contains(&cased(part, c.ignore_case)));
            any == matches!(condition, Condition::ContainsAnyOfStrings(_))
        }
        Condition::Greater(c) => compare(cx, &c.field, &on.after, &c.value, |a, b| a > b),
        Condition::GreaterOrEqual(c) => compare(cx, &c.field, &on.after, &c.value, |a, b| a >= b),
        Condition::Less(c) => compare(cx, &c.field, &on.after, &c.value, |a, b| a < b),
        Condition::LessOrEqual(c) => compare(cx, &c.field, &on.after, &c.value, |a, b| a <= b),
        Condition::BecameGreater(c) => became(cx, &c.field, on, &c.value, |a, b| a > b),
        Condition::BecameGreaterOrEqual(c) => became(cx, &c.field, on, &c.value, |a, b| a >= b),
        Condition::BecameLess(c) => became(cx, &c.field, on, &c.value, |a, b| a < b),
        Condition::BecameLessOrEqual(c) => became(cx, &c.field, on, &c.value, |a, b| a <= b),
        Condition::DateEqual(c) => date(cx, &c.field, &on.after, &c.value, |a, b| a == b),
        Condition::DateGreater(c) => date(cx, &c.field, &on.after, &c.value, |a, b| a > b),
        Condition::DateGreaterOrEqual(c) => date(cx, &c.field, &on.after, &c.value, |a, b| a >= b),
        Condition::DateLess(c) => date(cx, &c.field, &on.after, &c.value, |a, b| a < b),
        Condition::DateLessOrEqual(c) => date(cx, &c.field, &on.after, &c.value, |a, b| a <= b),
        Condition::SizeEquals(c) => size(cx, &c.field, &on.after) == c.value as usize,
        Condition::SizeNotEquals(c) => size(cx, &c.field, &on.after) != c.value as usize,
        Condition::SizeGreater(c) => size(cx, &c.field, &on.after) > c.value as usize,
        Condition::SizeGreaterOrEquals(c) => size(cx, &c.field, &on.after) >= c.value as usize,
        Condition::SizeLess(c) => size(cx, &c.field, &on.after) < c.value as usize,
        Condition::SizeLessOrEquals(c) => size(cx, &c.field, &on.after) <= c.value as usize,
        Condition::ContainerContainsAll(c) => contains(cx, c, on, Quantity::All)?,
        Condition::ContainerContainsAny(c) => contains(cx, c, on, Quantity::Any)?,
        Condition::ContainerContainsNone(c) => contains(cx, c, on, Quantity::None)?,
        Condition::UserInGroups(c) => in_groups(cx, &c.field, &on.after, &c.value),
        Condition::UserNotInGroups(c) => !in_groups(cx, &c.field, &on.after, &c.value),
    })
}

fn number(cx: &Cx<'_, '_>, field: &str) -> Option<FieldNo> {
    cx.dict.field_index.by_wire(field).map(|def| def.no)
}

fn watched(cx: &Cx<'_, '_>, on: &Occasion, actions: &[Action]) -> bool {
    actions.iter().any(|action| match action {
        Action::CalculateFormula { formula, result_field } => {
            let fields = super::formula::fields(formula).unwrap_or_default();
            // What the formula itself writes must not set it off again.
            let mut fields = fields.iter().filter(|field| *field != result_field);
            fields.any(|field| number(cx, field).is_some_and(|no| on.changed(no)))
        }
        _ => false,
    })
}

fn checklist_done(issue: &Issue) -> bool {
    let total = issue.one(no::CHECKLIST_TOTAL).unwrap_or(0);
    total > 0 && issue.one(no::CHECKLIST_DONE).unwrap_or(0) >= total
}

fn cased(text: &str, ignore_case: bool) -> String {
    if ignore_case { text.to_lowercase() } else { text.to_owned() }
}

fn prepared(text: &str, ignore_case: bool, remove_markup: bool) -> String {
    let text = if remove_markup { crate::markup::plain(text) } else { text.to_owned() };
    cased(&text, ignore_case)
}

fn comment(on: &Occasion, c: &CommentText, matches: impl Fn(&str, &str) -> bool) -> bool {
    let word = cased(&c.word, c.ignore_case);
    let matches = |text: &str| matches(&prepared(text, c.ignore_case, c.remove_markup), &word);
    on.comment()
        .is_some_and(|(old, new)| matches(new) && !(c.no_match_before && old.is_some_and(matches)))
}

fn is_user(cx: &Cx<'_, '_>, user: &Json, uid: i64) -> bool {
    refs::user(&cx.dict, user).is_some_and(|member| member.id == uid)
}

/// Whether a link event has the ends `[before, after]` and one of the relationships.
fn linked(on: &Occasion, relationships: &[String], ends: [bool; 2]) -> bool {
    on.body.links.iter().any(|link| {
        if [link.from.is_some(), link.to.is_some()] != ends {
            return false;
        }
        let Some(end) = link.to.as_ref().or(link.from.as_ref()) else { return false };
        relationships.is_empty()
            || relationships.iter().filter_map(|name| Relationship::parse(name)).any(|wanted| {
                wanted.kind.key() == end.kind
                    && (end.kind == "relates" || wanted.direction.key() == end.direction)
            })
    })
}

fn is_empty(cx: &Cx<'_, '_>, field: &str, issue: &Issue) -> bool {
    match number(cx, field) {
        Some(no::KEY | no::QUEUE) => false,
        Some(no) => issue.get(no).is_none(),
        None => true,
    }
}

fn equals(cx: &mut Cx<'_, '_>, field: &str, value: &Json, issue: &Issue) -> Result<bool> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let Some(def) = dict.field_index.by_wire(field) else { return Ok(false) };
    match def.no {
        no::KEY => return Ok(value.as_str().is_some_and(|key| key == issue.key(&dict))),
        no::QUEUE => {
            let queue = refs::object(&dict.queues, value, |_| true);
            return Ok(queue.is_some_and(|queue| queue.id == issue.queue));
        }
        _ => {}
    }
    let wanted = match input::apply(cx, def, issue.queue, None, value) {
        Ok(wanted) => wanted,
        Err(error) if error.status() < 500 => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(match (wanted, issue.get(def.no)) {
        (None | Some(Val::Ref(0)), None) => true,
        (Some(Val::Refs(wanted)), Some(Val::Refs(held))) => same(&wanted, held),
        (Some(Val::Texts(wanted)), Some(Val::Texts(held))) => same(&wanted, held),
        (Some(Val::Num(wanted)), None) => wanted == 0.0,
        (Some(wanted), Some(held)) => wanted == *held,
        _ => false,
    })
}

fn same<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.iter().all(|item| b.contains(item))
}

fn text_of(cx: &Cx<'_, '_>, field: &str, issue: &Issue) -> String {
    match number(cx, field) {
        Some(no::KEY) => issue.key(&cx.dict),
        Some(no) => issue.text(no).to_owned(),
        None => String::new(),
    }
}

/// A number field; durations count in milliseconds, and no value counts as 0.
#[expect(clippy::cast_precision_loss, reason = "counts and durations")]
fn amount(cx: &Cx<'_, '_>, field: &str, issue: &Issue) -> f64 {
    match number(cx, field).and_then(|no| issue.get(no)) {
        Some(Val::Num(n)) => *n,
        Some(Val::Ref(n)) => *n as f64,
        Some(Val::Span(seconds)) => *seconds as f64 * 1000.0,
        _ => 0.0,
    }
}

fn compare(
    cx: &Cx<'_, '_>,
    field: &str,
    issue: &Issue,
    value: &serde_json::Number,
    matches: impl Fn(f64, f64) -> bool,
) -> bool {
    value.as_f64().is_some_and(|value| matches(amount(cx, field, issue), value))
}

fn became(
    cx: &Cx<'_, '_>,
    field: &str,
    on: &Occasion,
    value: &serde_json::Number,
    matches: impl Fn(f64, f64) -> bool,
) -> bool {
    let changed = number(cx, field).is_some_and(|no| on.changed(no));
    changed
        && compare(cx, field, &on.after, value, &matches)
        && (on.is(EventKind::IssueCreated) || !compare(cx, field, &on.before, value, &matches))
}

fn date(
    cx: &Cx<'_, '_>,
    field: &str,
    issue: &Issue,
    value: &str,
    matches: impl Fn(Instant, Instant) -> bool,
) -> bool {
    let held = match number(cx, field).and_then(|no| issue.get(no)) {
        Some(Val::At(at)) => *at,
        Some(Val::Day(day)) => i64::from(*day) * DAY_MS,
        _ => return false,
    };
    time::parse_instant(value).is_some_and(|value| matches(held, value))
}

fn size(cx: &Cx<'_, '_>, field: &str, issue: &Issue) -> usize {
    match number(cx, field).and_then(|no| issue.get(no)) {
        Some(Val::Refs(ids)) => ids.len(),
        Some(Val::Texts(texts)) => texts.len(),
        Some(Val::Json(Json::Array(items))) => items.len(),
        Some(_) => 1,
        None => 0,
    }
}

#[derive(Clone, Copy)]
enum Quantity {
    All,
    Any,
    None,
}

fn contains(cx: &mut Cx<'_, '_>, c: &OfElements, on: &Occasion, how: Quantity) -> Result<bool> {
    let now = contains_in(cx, c, &on.after, how)?;
    if !now || !c.no_match_before {
        return Ok(now);
    }
    let new = on.is(EventKind::IssueCreated);
    Ok(new || !contains_in(cx, c, &on.before, how)?)
}

fn contains_in(cx: &mut Cx<'_, '_>, c: &OfElements, issue: &Issue, how: Quantity) -> Result<bool> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let Some(def) = dict.field_index.by_wire(&c.field) else { return Ok(false) };
    let mut found = 0;
    for value in &c.value {
        let one = match input::apply(cx, def, issue.queue, None, value) {
            Ok(Some(one)) => one,
            Ok(None) => continue,
            Err(error) if error.status() < 500 => continue,
            Err(error) => return Err(error),
        };
        let here = match (one, issue.get(def.no)) {
            (Val::Refs(ids), Some(Val::Refs(held))) => ids.iter().all(|id| held.contains(id)),
            (Val::Texts(texts), Some(Val::Texts(held))) => texts.iter().all(|t| held.contains(t)),
            (one, Some(held)) => one == *held,
            _ => false,
        };
        found += usize::from(here);
    }
    Ok(match how {
        Quantity::All => found == c.value.len(),
        Quantity::Any => found > 0,
        Quantity::None => found == 0,
    })
}

/// Whether the user of a field is in one of the groups or in a group below one.
fn in_groups(cx: &Cx<'_, '_>, field: &str, issue: &Issue, value: &Json) -> bool {
    let Some(def) = cx.dict.field_index.by_wire(field) else { return false };
    if def.value_type != ValueType::User {
        return false;
    }
    let Some(member) = issue.one(def.no).and_then(|uid| cx.dict.users.get(uid)) else {
        return false;
    };
    let wanted: Vec<i64> = match value {
        Json::Array(items) => items.iter().filter_map(|item| group(cx, item)).collect(),
        one => group(cx, one).into_iter().collect(),
    };
    let mut held: Vec<i64> = vec![EVERYBODY];
    for id in &member.body.groups {
        let mut next = Some(*id);
        while let Some(id) = next.filter(|id| !held.contains(id)) {
            held.push(id);
            next = cx.dict.groups.get(id).and_then(|group| group.body.parent);
        }
    }
    wanted.iter().any(|id| held.contains(id))
}

fn group(cx: &Cx<'_, '_>, json: &Json) -> Option<i64> {
    refs::object(&cx.dict.groups, json, |_| true).map(|group| group.id)
}
