//! What may be chosen as the value of a field whose values are references.

use serde_json::Value as Json;

use super::refs;
use super::value::Val;
use crate::access::find_entity;
use crate::dict::Dict;
use crate::dict::model::{EntityType, SprintStatus, StatusType, ValueType};
use crate::field::FieldDef;

/// The object that a reference means, if it may be chosen.
pub(super) fn reference(dict: &Dict, kind: ValueType, queue: i64, json: &Json) -> Option<i64> {
    let any = |_: &_| true;
    match kind {
        ValueType::User => refs::user(dict, json).filter(|u| !u.body.dismissed).map(|u| u.id),
        ValueType::Group => refs::object(&dict.groups, json, |_| true).map(|o| o.id),
        ValueType::Queue => refs::object(&dict.queues, json, |q| !q.deleted).map(|o| o.id),
        ValueType::IssueType => refs::object(&dict.types, json, any).map(|o| o.id),
        ValueType::Priority => refs::object(&dict.priorities, json, |_| true).map(|o| o.id),
        ValueType::Status => refs::object(&dict.statuses, json, |_| true).map(|o| o.id),
        ValueType::Resolution => refs::object(&dict.resolutions, json, |_| true).map(|o| o.id),
        ValueType::Component => {
            refs::named(&dict.components, json, |c| c.queue == queue && !c.archived && !c.deleted)
                .map(|o| o.id)
        }
        ValueType::Version => {
            refs::named(&dict.versions, json, |v| v.queue == queue && !v.archived && !v.deleted)
                .map(|o| o.id)
        }
        ValueType::Project => entity(dict, json, EntityType::Project),
        ValueType::Goal => entity(dict, json, EntityType::Goal),
        ValueType::Sprint => sprint(dict, json),
        ValueType::Board => refs::named(&dict.boards, json, |_| true).map(|o| o.id),
        ValueType::Maillist => refs::maillist(dict, json).map(|o| o.id),
        ValueType::StatusType => {
            let text = json.as_str()?;
            StatusType::ALL.into_iter().find(|t| t.key() == text).map(StatusType::number)
        }
        _ => None,
    }
}

/// A value that could be chosen once: an option that left its list, somebody who left, an archived
/// component or version.
pub(super) fn former(dict: &Dict, def: &FieldDef, queue: i64, json: &Json) -> Option<Val> {
    match def.value_type {
        ValueType::String | ValueType::Uri => json.as_str().map(|text| Val::Text(text.to_owned())),
        ValueType::Integer => super::input::integer(json).map(Val::Ref),
        ValueType::User => refs::user(dict, json).map(|user| Val::Ref(user.id)),
        ValueType::Component => {
            refs::named(&dict.components, json, |c| c.queue == queue).map(|c| Val::Ref(c.id))
        }
        ValueType::Version => {
            refs::named(&dict.versions, json, |v| v.queue == queue).map(|v| Val::Ref(v.id))
        }
        _ => None,
    }
}

/// A sprint by id or name; of several with the name one that is not archived.
fn sprint(dict: &Dict, json: &Json) -> Option<i64> {
    let current = refs::named(&dict.sprints, json, |s| s.status != SprintStatus::Archived);
    current.or_else(|| refs::named(&dict.sprints, json, |_| true)).map(|o| o.id)
}

fn entity(dict: &Dict, json: &Json, kind: EntityType) -> Option<i64> {
    let text = match refs::written(json)? {
        refs::Written::Id(id) => id.to_string(),
        refs::Written::Word(text) | refs::Written::Name(text) => text.to_owned(),
    };
    let found = find_entity(dict, &text).filter(|entity| entity.body.kind == kind);
    found.or_else(|| dict.entities.by_name(&text, |e| e.kind == kind)).map(|entity| entity.id)
}
