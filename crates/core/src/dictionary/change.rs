//! Creating and changing statuses, issue types, priorities and resolutions: administrators only.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::dictionaries::{
    CreateIssueType, CreatePriority, CreateResolution, CreateStatus, IssueType, Priority,
    Resolution, Status, UpdateIssueType, UpdatePriority, UpdateResolution, UpdateStatus,
};
use trackway_api::types::Members;

use super::ops::Wire;
use crate::cx::{Cx, Reply};
use crate::dict::model::{self, Body, StatusType};
use crate::dict::{Object, Table, store};
use crate::error::{Code, Result};
use crate::field::input as fields;
use crate::issue::edit::MAX_VERSION;
use crate::lang::Name;
use crate::queue::input::{self, Expected, Problems, alike, required, shown};

/// Longest key, in characters.
const MAX_KEY: usize = 100;
/// Most objects of a dictionary: all of them are in every answer that lists them.
const MAX_OBJECTS: usize = 2000;

/// What the four kinds have in common.
pub(super) trait Named: Body + Default + Clone {
    /// Name, description and position in lists.
    fn parts(&mut self) -> (&mut Name, &mut Name, &mut i64);
    /// Reads what the kind has besides.
    fn besides(&mut self, body: &Members, problems: &mut Problems, new: bool) {
        let _ = (body, problems, new);
    }
}

macro_rules! named {
    ($($kind:ident $besides:tt)*) => {$(
        impl Named for model::$kind {
            fn parts(&mut self) -> (&mut Name, &mut Name, &mut i64) {
                (&mut self.name, &mut self.description, &mut self.order)
            }
            named!(@besides $besides);
        }
    )*};
    (@besides {}) => {};
    (@besides { $read:ident }) => {
        fn besides(&mut self, body: &Members, problems: &mut Problems, new: bool) {
            $read(self, body, problems, new);
        }
    };
}
named! { Status { status_type } IssueType {} Priority {} Resolution {} }

/// The type of a status; a workflow that has the status already keeps the type it was given there.
fn status_type(status: &mut model::Status, body: &Members, problems: &mut Problems, new: bool) {
    let json = body.get("type").filter(|json| !json.is_null());
    if !new && json.is_none() {
        return;
    }
    let kind = required(json, "type").and_then(|json| {
        let text = input::text(json, "type")?;
        let known = StatusType::ALL.into_iter().find(|kind| kind.key() == text);
        known.ok_or_else(|| Code::ValueUnknown.with(shown(json)).under("type"))
    });
    status.status_type = problems.note(kind).unwrap_or_default();
}

/// Creates an object under its key.
fn create<T: Named>(
    cx: &mut Cx<'_, '_>,
    table: impl Fn(&crate::dict::Dict) -> &Table<T>,
    body: &Members,
) -> Result<Object<T>> {
    cx.actor.admin_only()?;
    let dict = Arc::clone(&cx.dict);
    let table = table(&dict);
    if table.len() >= MAX_OBJECTS {
        return Err(Code::TooManyValues.with(MAX_OBJECTS));
    }
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    let mut problems = Problems::default();
    let key = problems.note(required(given("key"), "key").and_then(key));
    let name = required(given("name"), "name").and_then(|json| fields::name(json, "name"));
    let name = problems.note(name);
    if let Some(name) = &name {
        problems.note(free_name(table, name, None));
    }
    let mut object = T::default();
    let (slot, _, order) = object.parts();
    *slot = name.unwrap_or_default();
    *order = table.iter().map(|o| o.body.order()).max().unwrap_or(0).saturating_add(1);
    common(&mut object, body, &mut problems);
    object.besides(body, &mut problems, true);
    problems.end()?;
    let key = key.unwrap_or_default();
    if table.by_key(&key).is_some() {
        return Err(Code::KeyTaken.with(&key).under("key"));
    }
    store::insert(cx, &key, object)
}

/// What a caller says about a change besides the body.
struct Request<'r> {
    id: &'r str,
    version: Option<i64>,
    if_match: Option<trackway_api::IfMatch>,
    body: &'r Members,
}

/// Changes an object; the version need not be named, but must be the present one if it is.
fn update<T: Named>(
    cx: &mut Cx<'_, '_>,
    table: impl Fn(&crate::dict::Dict) -> &Table<T>,
    missing: Code,
    r: &Request<'_>,
) -> Result<Arc<Object<T>>> {
    cx.actor.admin_only()?;
    let dict = Arc::clone(&cx.dict);
    let table = table(&dict);
    let old = table.find(r.id).ok_or_else(|| missing.err())?;
    if matches!(Expected::new(old.version, r.version, r.if_match), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let mut body = old.body.clone();
    let mut problems = Problems::default();
    if let Some(json) = r.body.get("key")
        && json.as_str() != Some(&old.key)
    {
        problems.note::<()>(Err(Code::FieldReadonly.at("key")));
    }
    if let Some(json) = r.body.get("name").filter(|json| !json.is_null()) {
        let (slot, _, _) = body.parts();
        if let Some(name) = problems.note(renamed(json, slot, cx.view.lang)) {
            problems.note(free_name(table, &name, Some(old.id)));
            *slot = name;
        }
    }
    common(&mut body, r.body, &mut problems);
    body.besides(r.body, &mut problems, false);
    problems.end()?;
    if alike(&old.body, &body) {
        return Ok(Arc::clone(old));
    }
    if old.version >= MAX_VERSION {
        return Err(Code::ObjectLocked.err());
    }
    store::update(cx, old, body).map(Arc::new)
}

/// A name by language merges into the old one; a plain text is in the language of the caller.
fn renamed(json: &Json, old: &Name, lang: crate::lang::Lang) -> Result<Name> {
    let Json::String(text) = json else { return fields::renamed(json, old) };
    let name = Json::from_iter([(lang.tag(), Json::from(text.as_str()))]);
    if text.trim().is_empty() {
        return Err(Code::ValueEmpty.at("name"));
    }
    fields::renamed(&name, old)
}

fn common<T: Named>(object: &mut T, body: &Members, problems: &mut Problems) {
    let (_, description, order) = object.parts();
    if let Some(json) = body.get("description")
        && let Some(text) = problems.note(fields::description(json))
    {
        *description = text;
    }
    if let Some(value) = problems.note(fields::order(body)).flatten() {
        *order = value;
    }
}

/// Latin letters, digits, `_` and `-`, a lower-case letter first.
fn key(json: &Json) -> Result<String> {
    let text = input::text(json, "key")?.trim();
    let fits = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && text.len() <= MAX_KEY;
    if fits { Ok(text.to_owned()) } else { Err(Code::DictionaryKeyForm.with(MAX_KEY).under("key")) }
}

/// Names mean objects in queries and requests, so each is used once.
fn free_name<T: Body>(table: &Table<T>, name: &Name, itself: Option<i64>) -> Result<()> {
    let texts = [&name.ru, &name.en];
    let taken = texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .find(|text| table.iter().any(|other| Some(other.id) != itself && other.name.is(text)));
    match taken {
        Some(text) => Err(Code::NameTaken.with(text).under("name")),
        None => Ok(()),
    }
}

macro_rules! operations {
    ($($kind:literal $create:ident $update:ident $table:ident
        $create_request:ident $update_request:ident $wire:ident $missing:ident;)*) => {$(
        #[doc = concat!("Creates ", $kind, ".")]
        ///
        /// # Errors
        /// 403 unless the caller is an administrator; 409 when key or name is taken, 422 for
        /// wrong members.
        pub fn $create(cx: &mut Cx<'_, '_>, r: &$create_request) -> Result<Reply<$wire>> {
            let object = create(cx, |dict| &dict.$table, &r.body.0)?;
            Ok(Reply::new(Wire::wire(&object, &cx.view)))
        }

        #[doc = concat!("Changes ", $kind, ".")]
        ///
        /// # Errors
        /// 403 unless the caller is an administrator; 404, 412, 422; 423 when the object has too
        /// many versions.
        pub fn $update(cx: &mut Cx<'_, '_>, r: &$update_request) -> Result<Reply<$wire>> {
            cx.view.localize(r.localized);
            let request =
                Request { id: &r.id, version: r.version, if_match: r.if_match, body: &r.body.0 };
            let object = update(cx, |dict| &dict.$table, Code::$missing, &request)?;
            Ok(Reply::new(Wire::wire(object.as_ref(), &cx.view)))
        }
    )*};
}

operations! {
    "a status" create_status update_status statuses
        CreateStatus UpdateStatus Status StatusNotFound;
    "an issue type" create_issue_type update_issue_type types
        CreateIssueType UpdateIssueType IssueType IssueTypeNotFound;
    "a priority" create_priority update_priority priorities
        CreatePriority UpdatePriority Priority PriorityNotFound;
    "a resolution" create_resolution update_resolution resolutions
        CreateResolution UpdateResolution Resolution ResolutionNotFound;
}
