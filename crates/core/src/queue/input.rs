//! What bodies about queues, components and versions have in common.

use serde_json::Value as Json;
use trackway_api::IfMatch;
use trackway_api::types::Members;

use crate::dict::model::{Body, Member};
use crate::dict::{Dict, Object, Table};
use crate::error::{Code, Error, Result};
use crate::issue::input::MAX_TEXT;
use crate::issue::refs;
use crate::time::{self, Day};

/// Longest name, in characters.
const MAX_NAME: usize = 255;

/// Collects what is wrong with a body, so that a caller hears of everything at once. A wrong value
/// is told before a missing object.
#[derive(Debug, Default)]
pub(crate) struct Problems(Option<Error>);

impl Problems {
    /// The value, or nothing after noting why there is none.
    pub(crate) fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(error);
                None
            }
        }
    }

    fn add(&mut self, error: Error) {
        self.0 = Some(match self.0.take() {
            Some(first) if first.code == error.code => first.join(error),
            Some(first) if first.status() == 422 => first,
            _ => error,
        });
    }

    /// The first problem with all that fit to it.
    pub(crate) fn end(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// A value that must be there.
pub(crate) fn required<'v, T: ?Sized>(value: Option<&'v T>, member: &str) -> Result<&'v T> {
    value.ok_or_else(|| Code::FieldRequired.at(member))
}

/// A name: some text, not too long, without blanks around it.
pub(crate) fn name(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Code::ValueEmpty.at("name"));
    }
    limited(text, "name", MAX_NAME)
}

/// A description, which may be empty.
pub(crate) fn description(text: &str) -> Result<String> {
    limited(text, "description", MAX_TEXT)
}

/// A text of bounded length.
///
/// # Errors
/// 422 with the member named.
pub(crate) fn limited(text: &str, member: &str, limit: usize) -> Result<String> {
    if text.chars().count() > limit {
        return Err(Code::ValueTooLong.with(limit).under(member));
    }
    Ok(text.to_owned())
}

/// A name nobody else in the queue has, in any letter case.
pub(crate) fn free_name<T: Body>(
    table: &Table<T>,
    siblings: Option<&Vec<i64>>,
    name: &str,
    itself: Option<i64>,
) -> Result<()> {
    let taken = siblings
        .into_iter()
        .flatten()
        .filter(|id| Some(**id) != itself)
        .filter_map(|id| table.get(*id))
        .any(|other| other.name.is(name));
    if taken { Err(Code::NameUsed.with(name).under("name")) } else { Ok(()) }
}

/// A person who is still in the organisation.
pub(crate) fn person(dict: &Dict, json: &Json) -> Option<i64> {
    active(refs::user(dict, json)?)
}

fn active(user: &Object<Member>) -> Option<i64> {
    (!user.body.dismissed).then_some(user.id)
}

/// A day of a version.
pub(crate) fn day(text: &str, member: &str) -> Result<Day> {
    time::parse_day(text).ok_or_else(|| Code::ValueType.with("date").under(member))
}

/// A text member of a patch.
pub(crate) fn text<'j>(json: &'j Json, member: &str) -> Result<&'j str> {
    json.as_str().ok_or_else(|| Code::ValueType.with("string").under(member))
}

/// The name of a time zone.
pub(crate) fn zone(json: &Json, member: &str) -> Result<String> {
    let name = text(json, member)?;
    if jiff::tz::TimeZone::get(name).is_err() {
        return Err(Code::ValueUnknown.with(shown(json)).under(member));
    }
    Ok(name.to_owned())
}

/// A yes-or-no member of a patch; `null` and absence change nothing.
pub(crate) fn flag(body: &Members, member: &str) -> Result<Option<bool>> {
    match body.get(member) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => {
            json.as_bool().map(Some).ok_or_else(|| Code::ValueType.with("boolean").under(member))
        }
    }
}

/// A queue that an object of another queue is told to belong to.
pub(crate) fn same_queue(dict: &Dict, queue: i64, json: Option<&Json>) -> Result<()> {
    let Some(json) = json.filter(|j| !j.is_null()) else { return Ok(()) };
    match refs::object(&dict.queues, json, |q| !q.deleted) {
        Some(named) if named.id == queue => Ok(()),
        _ => Err(Code::FieldReadonly.at("queue")),
    }
}

/// What a caller said about the version a change is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nothing.
    Unsaid,
    /// The present one.
    Current,
    /// Another one.
    Stale(i64),
}

impl Expected {
    /// Reads `?version=` and `If-Match`, which mean the same (contract, head of the fragment).
    pub(crate) fn new(version: i64, param: Option<i64>, header: Option<IfMatch>) -> Self {
        let tag = match header {
            Some(IfMatch::Version(tag)) => Some(tag),
            _ => None,
        };
        match [param, tag].into_iter().flatten().find(|said| *said != version) {
            Some(stale) => Self::Stale(stale),
            None if param.is_none() && header.is_none() => Self::Unsaid,
            None => Self::Current,
        }
    }
}

/// Whether two bodies are stored alike: a change to the same is none.
pub(crate) fn alike<T: Body>(a: &T, b: &T) -> bool {
    match (serde_json::to_value(a), serde_json::to_value(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// A value as it is quoted in a message.
pub(crate) fn shown(json: &Json) -> String {
    let text = match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(80).collect()
}
