//! Conditions and actions as the API shows them.

use serde_json::{Map, Value as Json, json};

use crate::cx::Cx;
use crate::dict::model::{Action, Auth, Condition, FieldUpdate, Hook};
use crate::error::{Error, Result};
use crate::user;
use crate::view::ApiVersion;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// The one group of a rule's conditions, in a list.
///
/// # Errors
/// Conditions that cannot be written, which is a bug.
pub fn conditions(condition: &Condition) -> Result<Vec<Json>> {
    Ok(vec![serde_json::to_value(condition).map_err(Error::internal)?])
}

/// Actions, each with its number.
///
/// # Errors
/// Actions that cannot be written, which is a bug.
pub fn actions(cx: &Cx<'_, '_>, actions: &[Action]) -> Result<Vec<Json>> {
    (1_u64..)
        .zip(actions)
        .map(|(number, one)| {
            let mut json = action(cx, one)?;
            if let Json::Object(members) = &mut json {
                members.insert("id".to_owned(), number.into());
            }
            Ok(json)
        })
        .collect()
}

fn action(cx: &Cx<'_, '_>, action: &Action) -> Result<Json> {
    let (dict, view) = (&cx.dict, &cx.view);
    Ok(match action {
        Action::Transition { status } => json!({
            "type": "Transition",
            "status": dict.statuses.get(*status).map(|s| s.keyed_ref(view)),
        }),
        Action::Move { queue } => json!({
            "type": "Move",
            "queue": dict.queues.get(*queue).map(|q| q.keyed_ref(view)),
        }),
        Action::Update { update } => json!({ "type": "Update", "update": updates(cx, update) }),
        Action::CalculateFormula { formula, result_field } => json!({
            "type": "CalculateFormula",
            "formula": formula,
            "resultField": field(cx, result_field),
        }),
        Action::CreateComment { text, from_robot, besides } => {
            let mut members = besides.clone();
            members.insert("type".to_owned(), "CreateComment".into());
            members.insert("text".to_owned(), text.as_str().into());
            members.insert("fromRobot".to_owned(), (*from_robot).into());
            Json::Object(members)
        }
        Action::CreateChecklist { checklist_items } => {
            let items: Vec<Json> = checklist_items
                .iter()
                .map(|item| {
                    let mut members = Map::new();
                    members.insert("text".to_owned(), item.text.as_str().into());
                    if let Some(uid) = item.assignee {
                        let user = user::reference(dict, view, uid);
                        members.insert("assignee".to_owned(), json!(user));
                    }
                    if let Some(deadline) = &item.deadline {
                        members.insert("deadline".to_owned(), deadline.clone());
                    }
                    Json::Object(members)
                })
                .collect();
            json!({ "type": "CreateChecklist", "checklistItems": items })
        }
        Action::CreateIssue { queue, summary, field_templates, link, from_robot } => {
            let mut members = Map::new();
            members.insert("type".to_owned(), "CreateIssue".into());
            let queue = dict.queues.get(*queue).map(|q| q.keyed_ref(view));
            members.insert("queue".to_owned(), json!(queue));
            members.insert("summary".to_owned(), summary.as_str().into());
            members.insert("fieldTemplates".to_owned(), field_templates.clone().into());
            if let Some(link) = link {
                members.insert("linkWithInitialIssue".to_owned(), link.as_str().into());
            }
            members.insert("fromRobot".to_owned(), (*from_robot).into());
            Json::Object(members)
        }
        Action::Webhook(hook) => webhook(hook)?,
    })
}

/// Changes of fields: a list under v2, a map under v3 (contract, `ActionUpdate`).
pub fn updates(cx: &Cx<'_, '_>, updates: &[FieldUpdate]) -> Json {
    match cx.view.version {
        ApiVersion::V3 => updates
            .iter()
            .map(|u| (u.field.clone(), u.update.clone()))
            .collect::<Map<_, _>>()
            .into(),
        ApiVersion::V2 => updates
            .iter()
            .map(|u| json!({ "field": field(cx, &u.field), "update": u.update }))
            .collect(),
    }
}

/// A reference to a field; its id alone for what is no field, such as `comment`.
pub fn field(cx: &Cx<'_, '_>, wire: &str) -> Json {
    match cx.dict.fields.by_key(wire) {
        Some(field) => json!(field.plain_ref(&cx.view)),
        None => wire.into(),
    }
}

fn webhook(hook: &Hook) -> Result<Json> {
    let mut shown = hook.clone();
    match &mut shown.auth_context {
        Auth::Noauth => {}
        Auth::Basic { password, .. } => MASK.clone_into(password),
        Auth::Oauth { access_token, .. } => MASK.clone_into(access_token),
    }
    let mut json = serde_json::to_value(shown).map_err(Error::internal)?;
    if let Json::Object(members) = &mut json {
        members.insert("type".to_owned(), "Webhook".into());
    }
    Ok(json)
}
