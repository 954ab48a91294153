//! Names of filters: which field, or which condition that is no field, a query or filter means
//! (query-language.md, 6 and 10).

use trackway_query::FieldName;

use super::guess;
use crate::dict::model::Field;
use crate::dict::{Dict, Object};
use crate::error::{Code, Error, Result};
use crate::field::no::{self, FieldNo};
use crate::link::kinds::LinkKind;

/// Where a name stands; this decides what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// In a query text: displayed names only. Keys are refused there unless they are names too,
    /// as the real service does (query-language.md, 2, "Parameter vocabulary").
    Query,
    /// In a filter object, an order or a parameter: ids and short names besides.
    Filter,
    /// In an expression of query language 2.0: ids and the macros of the language only.
    Ids,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A field.
    Field(FieldNo),
    /// A condition that is no field.
    Special(Special),
}

/// Conditions that are no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Related,
    ComponentOwner,
    QueueOwner,
    Comment,
    /// The name of a file; the original has no such filter.
    Attachment,
    History,
    CommentAuthor,
    SavedFilter,
    SprintInProgressByBoard,
    SprintsByBoard,
    /// Linked to one of some issues.
    Linked(Relation),
    /// Linked to an issue of one of some queues.
    LinkedToQueue(Relation),
}

/// How the found issue is linked to the one named (query-language.md, 6.2 and 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// By any link.
    Any,
    /// By a link of this type, whichever part the found issue plays.
    Either(LinkKind),
    /// It plays the outward part: it depends, duplicates, is the parent, the epic, the clone.
    Outward(LinkKind),
    /// It plays the inward part.
    Inward(LinkKind),
}

/// Filters that are no fields, as they are shown.
const SPECIAL: &[(&str, Special)] = &[
    ("Related", Special::Related),
    ("Component Owner", Special::ComponentOwner),
    ("Queue Owner", Special::QueueOwner),
    ("Comment", Special::Comment),
    ("Attachment", Special::Attachment),
    ("History", Special::History),
    ("Comment Author", Special::CommentAuthor),
    ("Filter", Special::SavedFilter),
    ("Sprint In Progress By Board", Special::SprintInProgressByBoard),
    ("Sprints By Board", Special::SprintsByBoard),
    ("Linked to", Special::Linked(Relation::Any)),
    ("Relates", Special::Linked(Relation::Either(LinkKind::Relates))),
    ("Depends On", Special::Linked(Relation::Outward(LinkKind::Depends))),
    ("Is Dependent By", Special::Linked(Relation::Inward(LinkKind::Depends))),
    ("Is Subtask For", Special::Linked(Relation::Inward(LinkKind::Subtask))),
    ("Is Parent Task For", Special::Linked(Relation::Outward(LinkKind::Subtask))),
    ("Duplicates", Special::Linked(Relation::Outward(LinkKind::Duplicates))),
    ("Is Duplicated By", Special::Linked(Relation::Inward(LinkKind::Duplicates))),
    ("Has Epic", Special::Linked(Relation::Inward(LinkKind::Epic))),
    ("Is Epic Of", Special::Linked(Relation::Outward(LinkKind::Epic))),
    // The documentation words both alike (query-language.md, 6.2).
    ("Clone", Special::Linked(Relation::Outward(LinkKind::Cloners))),
    ("Original", Special::Linked(Relation::Outward(LinkKind::Cloners))),
    ("Have Links To Queue", Special::LinkedToQueue(Relation::Any)),
    ("Related To Queue", Special::LinkedToQueue(Relation::Either(LinkKind::Relates))),
    ("Block Queue", Special::LinkedToQueue(Relation::Inward(LinkKind::Depends))),
    ("Depend On Queue", Special::LinkedToQueue(Relation::Outward(LinkKind::Depends))),
    ("Subtasks For Queue", Special::LinkedToQueue(Relation::Inward(LinkKind::Subtask))),
    ("Parent Tasks For Queue", Special::LinkedToQueue(Relation::Outward(LinkKind::Subtask))),
    ("Duplicates In Queue", Special::LinkedToQueue(Relation::Outward(LinkKind::Duplicates))),
    ("Duplicated In Queue", Special::LinkedToQueue(Relation::Inward(LinkKind::Duplicates))),
    ("Epics For Queue", Special::LinkedToQueue(Relation::Outward(LinkKind::Epic))),
    ("In Epics Of Queue", Special::LinkedToQueue(Relation::Inward(LinkKind::Epic))),
    ("Clones Of Queue", Special::LinkedToQueue(Relation::Outward(LinkKind::Cloners))),
    ("Originals Of Queue", Special::LinkedToQueue(Relation::Inward(LinkKind::Cloners))),
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
    ("dueDate", no::DEADLINE),
];

/// Whether two texts are equal but for the case of their letters.
pub(crate) fn same(a: &str, b: &str) -> bool {
    fn lower(text: &str) -> impl Iterator<Item = char> {
        text.chars().flat_map(char::to_lowercase)
    }
    match (a.is_ascii(), b.is_ascii()) {
        (true, true) => a.eq_ignore_ascii_case(b),
        (false, false) => lower(a).eq(lower(b)),
        // A query is held against the names in both languages, one of which it cannot be.
        _ => false,
    }
}

/// What a name means.
///
/// # Errors
/// 422 when there is no such filter.
pub(crate) fn lookup(dict: &Dict, name: &FieldName, style: Style) -> Result<Target> {
    find(dict, name, style).ok_or_else(|| unknown(dict, name, style))
}

fn unknown(dict: &Dict, name: &FieldName, style: Style) -> Error {
    let error = Code::FilterUnknown.with(shown(name));
    match guess::closest(&name.name, &candidates(dict, name, style)) {
        Some(guess) => error.hint(Code::QueryGuess.with(guess)),
        None => error,
    }
}

/// Names that may have been meant.
fn candidates<'d>(dict: &'d Dict, name: &FieldName, style: Style) -> Vec<&'d str> {
    let queue = name.queue.as_deref().and_then(|key| dict.live_queue(key)).map(|queue| queue.id);
    let fields = dict.fields.iter().filter(|f| !f.body.hidden && f.body.queue == queue);
    let mut names: Vec<&str> = Vec::new();
    for field in fields {
        if style != Style::Ids {
            names.extend([field.name.en.as_str(), field.name.ru.as_str()]);
        }
        if style != Style::Query {
            names.push(&field.key);
        }
    }
    if queue.is_none() && style != Style::Ids {
        names.extend(SPECIAL.iter().map(|(name, _)| *name));
    }
    names
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
    let by_id = if style == Style::Query { None } else { outside() };
    if style == Style::Ids && by_id.is_none() {
        // Only the macro for saved filters has a name of this kind.
        return special(text).filter(|s| *s == Special::SavedFilter).map(Target::Special);
    }
    by_id
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
