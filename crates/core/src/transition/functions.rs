//! What transitions do besides changing the status (workflow.md, 2.1).

use crate::cx::Cx;
use crate::dict::model::{Function, SprintStatus, ValueType};
use crate::error::Result;
use crate::field::no::{self, FieldNo};
use crate::issue::Issue;
use crate::issue::value::Val;
use crate::notice;
use crate::rule::scene::Scene;
use crate::time::day_of;

/// A comment that a function adds once the issue is saved.
pub(super) struct Remark<'f> {
    pub(super) text: &'f str,
    pub(super) author: Option<i64>,
}

/// A letter that a function sends once the issue is saved.
pub(super) struct Message<'f> {
    users: &'f [i64],
    fields: &'f [FieldNo],
    subject: &'f str,
    text: &'f str,
}

/// What is left to be done once the issue is saved.
#[derive(Default)]
pub(super) struct Rest<'f> {
    pub(super) remarks: Vec<Remark<'f>>,
    pub(super) messages: Vec<Message<'f>>,
}

/// Runs functions on an issue that has its new status already. Comments and letters are left to the
/// caller.
pub(super) fn run<'f>(cx: &Cx<'_, '_>, issue: &mut Issue, functions: &'f [Function]) -> Rest<'f> {
    let mut rest = Rest::default();
    for function in functions {
        match function {
            Function::UnsetResolution => issue.set(no::RESOLUTION, None),
            Function::RemoveValue { field } => issue.set(*field, None),
            Function::SetCurrentTime { field } => set_time(cx, issue, *field),
            Function::CalculateField { fields, field } => add_up(cx, issue, fields, *field),
            Function::MoveUsers { from, to, copy } => move_users(cx, issue, *from, *to, *copy),
            Function::RemoveFollowers { users } => {
                let left = issue.many(no::FOLLOWERS).iter().filter(|uid| !users.contains(uid));
                let left: Vec<i64> = left.copied().collect();
                issue.set(no::FOLLOWERS, Some(Val::Refs(left)));
            }
            Function::SetText { field, text } => {
                issue.set(*field, Some(Val::Text(text.clone())));
            }
            Function::AddComment { text, author } => {
                rest.remarks.push(Remark { text, author: *author });
            }
            Function::SendEmail { users, fields, subject, text } => {
                rest.messages.push(Message { users, fields, subject, text });
            }
            Function::SetActiveSprint { board } => {
                let active = cx.dict.sprints.iter().find(|sprint| {
                    sprint.body.board == *board && sprint.body.status == SprintStatus::InProgress
                });
                if let Some(sprint) = active {
                    issue.set(no::SPRINT, Some(Val::Refs(vec![sprint.id])));
                }
            }
        }
    }
    rest
}

/// Sends a letter about a saved issue to everybody it is meant for, with its variables filled in.
///
/// # Errors
/// The database fails.
pub(super) fn send(cx: &mut Cx<'_, '_>, issue: &Issue, message: &Message<'_>) -> Result<()> {
    if cx.cause.silent {
        return Ok(());
    }
    let mut readers = message.users.to_vec();
    readers.extend(message.fields.iter().flat_map(|field| people(issue, *field)));
    readers.sort_unstable();
    readers.dedup();
    let dict = std::sync::Arc::clone(&cx.dict);
    let scene = Scene::new(cx, issue.clone(), cx.actor.uid)?;
    let subject = match message.subject {
        "" => format!("[{}] {}", issue.key(&dict), issue.text(no::SUMMARY)),
        subject => scene.fill(&dict, subject),
    };
    let text = scene.fill(&dict, message.text);
    notice::mail::write(cx, issue.id, &readers, &subject, &text)
}

fn kind(cx: &Cx<'_, '_>, field: FieldNo) -> Option<(ValueType, bool)> {
    cx.dict.field_index.get(field).map(|def| (def.value_type, def.array))
}

fn set_time(cx: &Cx<'_, '_>, issue: &mut Issue, field: FieldNo) {
    let val = match kind(cx, field) {
        Some((ValueType::Datetime, false)) => Some(Val::At(cx.now)),
        Some((ValueType::Date, false)) => Some(Val::Day(day_of(cx.now))),
        // The field is gone.
        _ => return,
    };
    issue.set(field, val);
}

/// Numbers are added as fractions; durations are whole seconds.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "sums of numbers people write; a cast of a float saturates"
)]
fn add_up(cx: &Cx<'_, '_>, issue: &mut Issue, fields: &[FieldNo], target: FieldNo) {
    let number = |field: &FieldNo| match issue.get(*field) {
        Some(Val::Num(n)) => *n,
        Some(Val::Ref(n) | Val::Span(n)) => *n as f64,
        _ => 0.0,
    };
    let sum: f64 = fields.iter().map(number).sum();
    let val = match kind(cx, target) {
        Some((ValueType::Float, false)) if sum.is_finite() => Val::Num(sum),
        Some((ValueType::Integer, false)) => Val::Ref(sum.round() as i64),
        Some((ValueType::Timetracking, false)) => Val::Span(sum.round() as i64),
        _ => return,
    };
    issue.set(target, Some(val));
}

fn people(issue: &Issue, field: FieldNo) -> Vec<i64> {
    issue.one(field).into_iter().chain(issue.many(field).iter().copied()).collect()
}

fn move_users(cx: &Cx<'_, '_>, issue: &mut Issue, from: FieldNo, to: FieldNo, copy: bool) {
    let moved = people(issue, from);
    if moved.is_empty() || from == to {
        return;
    }
    let val = match kind(cx, to) {
        Some((ValueType::User, true)) => {
            let mut all = people(issue, to);
            all.extend(moved);
            let mut once = Vec::with_capacity(all.len());
            for uid in all {
                if !once.contains(&uid) {
                    once.push(uid);
                }
            }
            Some(Val::Refs(once))
        }
        Some((ValueType::User, false)) => moved.first().copied().map(Val::Ref),
        _ => return,
    };
    issue.set(to, val);
    if !copy {
        issue.set(from, None);
    }
}
