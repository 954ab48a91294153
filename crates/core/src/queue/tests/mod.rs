//! What the operations on queues answer, to whom.

mod archiving;
mod changing;
mod components;
mod creating;
mod defaulting;
mod local_fields;
mod parts;
mod permitting;
mod reading;
mod rights;
mod subjects;

use serde_json::{Value as Json, json};
use trackway_api::Json as Body;
use trackway_api::queues::{CreateQueue, GetQueuePermissions, UpdateQueuePermissions};

use super::{create, permissions};
use crate::dict::model::{Group, Member};
use crate::error::{Error, Result};
use crate::lang::{Lang, Name};
use crate::testing::{Fixture, body};

/// Creates a queue as a member.
fn create_queue(f: &Fixture, uid: i64, queue: Json) -> Result<Json> {
    let input = serde_json::from_value(queue).expect("a body");
    let request = CreateQueue { body: Body(input), localized: None };
    f.write(uid, move |cx| create::op(cx, &request).map(body))
}

/// A body that makes a queue.
fn plum() -> Json {
    json!({
        "key": "PLUM",
        "name": "Plum orchard",
        "lead": "ann",
        "defaultType": "task",
        "defaultPriority": {"key": "normal"},
        "issueTypesConfig": [
            {"issueType": "task", "workflow": "developmentPresetWorkflow",
                "resolutions": ["fixed", "wontFix"]},
            {"issueType": {"id": "1", "key": "bug"},
                "workflow": {"id": "quickStartV2PresetWorkflow"}, "resolutions": []},
        ],
    })
}

/// The body with a member replaced, or taken out by `null`.
fn with(mut object: Json, member: &str, value: Json) -> Json {
    let members = object.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    object
}

/// Changes the permissions of a queue as a member.
fn permit(f: &Fixture, uid: i64, queue: &str, patch: Json) -> Result<Json> {
    let Json::Object(patch) = patch else { panic!("an object") };
    let request = UpdateQueuePermissions::new(queue, patch);
    f.write(uid, move |cx| permissions::update(cx, &request).map(body))
}

/// The permissions of a queue as a member sees them.
fn permissions(f: &Fixture, uid: i64, queue: &str) -> Result<Json> {
    let request = GetQueuePermissions::new(queue);
    f.read(uid, |cx| permissions::get(cx, &request).map(body))
}

/// Ids of references.
fn ids(references: &Json) -> Vec<String> {
    let references = references.as_array().map(Vec::as_slice).unwrap_or_default();
    references.iter().map(|r| r["id"].as_str().expect("an id").to_owned()).collect()
}

/// Status of an error and the fields it names.
fn fault(error: &Error) -> (u16, Vec<String>) {
    let body = error.body(Lang::En);
    (body.status_code, body.errors.into_keys().collect())
}

/// Adds a group with these people.
pub(crate) fn group(f: &Fixture, name: &'static str, people: &[i64]) -> i64 {
    let people = people.to_vec();
    f.write(f.boss, move |cx| {
        let group = Group { name: Name::new(name, name), ..Group::default() };
        let group = crate::dict::store::insert(cx, "", group)?;
        for uid in &people {
            let old = std::sync::Arc::clone(cx.dict.users.get(*uid).expect("a member"));
            let mut body: Member = old.body.clone();
            body.groups.push(group.id);
            crate::dict::store::update(cx, &old, body)?;
        }
        Ok(group.id)
    })
    .expect("a group")
}
