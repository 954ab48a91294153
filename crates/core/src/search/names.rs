//! Names of filters: which field, or which condition that is no field, a query or filter means
//! (query-language.md, 6 and 10).

use trackway_query::FieldName;

use crate::dict::model::Field;
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::field::no::{self, FieldNo};

/// Where a name stands; this decides what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// In a query text: displayed names only. Keys are refused there unless they are names too,
    /// as the real service does (query-language.md, 2, "Parameter vocabulary").
    Query,
    /// In a filter object, an order or a parameter: ids and short names besides.
    Filter,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A field.
    Field(FieldNo),
    /// A condition that is no field.
    Special(Special),
}

/// Conditions that are no fields, as far as the index can answer them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Related,
    ComponentOwner,
    QueueOwner,
    IsSubtaskFor,
    IsParentTaskFor,
    HasEpic,
    IsEpicOf,
    SubtasksForQueue,
    ParentTasksForQueue,
    EpicsForQueue,
    InEpicsOfQueue,
    SprintInProgressByBoard,
    SprintsByBoard,
    /// Known, but this server cannot answer it yet.
    Unserved,
}

/// Filters that are no fields, in lower case.
const SPECIAL: &[(&str, Special)] = &[
    ("related", Special::Related),
    ("component owner", Special::ComponentOwner),
    ("queue owner", Special::QueueOwner),
    ("is subtask for", Special::IsSubtaskFor),
    ("is parent task for", Special::IsParentTaskFor),
    ("has epic", Special::HasEpic),
    ("is epic of", Special::IsEpicOf),
    ("subtasks for queue", Special::SubtasksForQueue),
    ("parent tasks for queue", Special::ParentTasksForQueue),
    ("epics for queue", Special::EpicsForQueue),
    ("in epics of queue", Special::InEpicsOfQueue),
    ("comment", Special::Unserved),
    ("history", Special::Unserved),
    ("comment author", Special::Unserved),
    ("filter", Special::Unserved),
    ("sprint in progress by board", Special::SprintInProgressByBoard),
    ("sprints by board", Special::SprintsByBoard),
    ("linked to", Special::Unserved),
    ("relates", Special::Unserved),
    ("depends on", Special::Unserved),
    ("is dependent by", Special::Unserved),
    ("duplicates", Special::Unserved),
    ("is duplicated by", Special::Unserved),
    ("clone", Special::Unserved),
    ("original", Special::Unserved),
    ("have links to queue", Special::Unserved),
    ("related to queue", Special::Unserved),
    ("block queue", Special::Unserved),
    ("depend on queue", Special::Unserved),
    ("duplicates in queue", Special::Unserved),
    ("duplicated in queue", Special::Unserved),
    ("clones of queue", Special::Unserved),
    ("originals of queue", Special::Unserved),
];

/// Short names of fields outside queries. `update` is what the README of the official client
/// sorts by.
const SHORT: &[(&str, FieldNo)] = &[
    ("created", no::CREATED_AT),
    ("updated", no::UPDATED_AT),
    ("update", no::UPDATED_AT),
    ("resolved", no::RESOLVED_AT),
    ("author", no::CREATED_BY),
    ("modifier", no::UPDATED_BY),
    ("resolver", no::RESOLVED_BY),
];

/// Whether two texts are equal but for the case of their letters.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let lower = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).collect() };
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { lower(a) == lower(b) }
}

/// What a name means.
///
/// # Errors
/// 422 when there is no such filter.
pub(crate) fn lookup(dict: &Dict, name: &FieldName, style: Style) -> Result<Target> {
    find(dict, name, style).ok_or_else(|| Code::FilterUnknown.with(shown(name)))
}

fn find(dict: &Dict, name: &FieldName, style: Style) -> Option<Target> {
    let text = name.name.trim();
    if let Some(queue) = &name.queue {
        return local(dict, queue, text).map(Target::Field);
    }
    let outside = || {
        short(text).or_else(|| by_wire(dict, text)).or_else(|| {
            let (queue, local_name) = text.split_once('.')?;
            local(dict, queue, local_name)
        })
    };
    let named = if style == Style::Filter { outside() } else { None };
    named
        .or_else(|| by_name(dict, text))
        .map(Target::Field)
        .or_else(|| special(text).map(Target::Special))
}

fn short(text: &str) -> Option<FieldNo> {
    SHORT.iter().find(|(name, _)| same(name, text)).map(|(_, no)| *no)
}

fn special(text: &str) -> Option<Special> {
    SPECIAL.iter().find(|(name, _)| same(name, text)).map(|(_, special)| *special)
}

fn by_wire(dict: &Dict, text: &str) -> Option<FieldNo> {
    let exact = dict.field_index.by_wire(text).map(|def| def.no);
    let visible = |no: &FieldNo| dict.fields.get(i64::from(*no)).is_some_and(|f| !f.body.hidden);
    exact
        .filter(visible)
        .or_else(|| number(dict.fields.iter().find(|f| !f.body.hidden && same(&f.key, text))?))
}

/// A field of the whole organisation by its displayed name; of several the system's own.
fn by_name(dict: &Dict, text: &str) -> Option<FieldNo> {
    dict.fields
        .iter()
        .filter(|f| f.body.queue.is_none() && !f.body.hidden && is_named(f, text))
        .filter_map(number)
        .min()
}

/// A field of a queue by its displayed name or the part of its key after `--`.
fn local(dict: &Dict, queue: &str, text: &str) -> Option<FieldNo> {
    let queue = dict.live_queue(queue).or_else(|| dict.live_queue(&queue.to_uppercase()))?;
    let mut fields = dict.fields.iter().filter(|f| f.body.queue == Some(queue.id));
    number(fields.find(|f| {
        let key = f.key.split_once("--").map_or(f.key.as_str(), |(_, key)| key);
        same(key, text) || is_named(f, text)
    })?)
}

fn is_named(field: &Object<Field>, text: &str) -> bool {
    same(&field.name.en, text) || same(&field.name.ru, text)
}

fn number(field: &std::sync::Arc<Object<Field>>) -> Option<FieldNo> {
    FieldNo::try_from(field.id).ok()
}

/// A name as a message repeats it.
pub(crate) fn shown(name: &FieldName) -> String {
    match &name.queue {
        Some(queue) => format!("{queue}.{}", name.name),
        None => name.name.clone(),
    }
}
