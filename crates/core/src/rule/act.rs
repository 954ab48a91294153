//! Doing what a rule says (automation.md, 1.2).

use serde_json::{Map, Value as Json, json};
use trackway_api::List;
use trackway_api::checklists::AddChecklistItem;
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::UpdateIssue;
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::transitions::ExecuteTransition;
use trackway_api::types::{Members, RefInput};

use super::formula::{self, Worth};
use super::robot;
use super::scene::Scene;
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Action, ChecklistItem, FieldUpdate, ValueType};
use crate::error::{Code, Error, Result};
use crate::event::{EventBody, EventKind, store as events};
use crate::field::no;
use crate::issue::transfer::Options;
use crate::issue::value::Val;
use crate::issue::{self, Issue, store};
use crate::time::{self, DAY_MS};
use crate::{comment, link, transition, webhook};

/// Which rule acts, on what, and for whom.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The rule: a trigger or an automatic action.
    pub rule: i64,
    /// Rules that led to it, first to last.
    pub chain: Vec<i64>,
    /// Nobody is notified of what it does.
    pub silent: bool,
    /// The issue.
    pub issue: i64,
    /// Who set it off.
    pub user: i64,
}

/// Does one action. If it fails, nothing of it remains.
///
/// # Errors
/// Why it failed; a status of 500 and more means that everything has to be tried again.
pub fn perform(cx: &mut Cx<'_, '_>, acting: &Acting, number: usize, action: &Action) -> Result<()> {
    cx.unraced(|cx| {
        cx.actor = robot::actor(&cx.dict)?;
        cx.cause.rules.clone_from(&acting.chain);
        cx.cause.rules.push(acting.rule);
        cx.cause.silent = acting.silent;
        one(cx, acting, number, action)
    })
}

fn one(cx: &mut Cx<'_, '_>, acting: &Acting, number: usize, action: &Action) -> Result<()> {
    let loaded = store::by_id(cx, acting.issue)?.ok_or_else(|| Code::IssueNotFound.err())?;
    let issue = loaded.full(cx)?;
    let scene = Scene::new(cx, issue, acting.user)?;
    let dict = std::sync::Arc::clone(&cx.dict);
    let key = scene.issue.key(&dict);
    match action {
        Action::Transition { status } => to_status(cx, &key, *status),
        Action::Update { update } => {
            let values = filled_updates(&dict, &scene, update);
            change(cx, &key, values)
        }
        Action::CalculateFormula { formula, result_field } => {
            let Some(value) = calculated(cx, &scene.issue, formula, result_field)? else {
                return Ok(());
            };
            change(cx, &key, Members::from_iter([(result_field.clone(), value)]))
        }
        Action::CreateComment { text, from_robot, besides } => {
            act_as(cx, acting, *from_robot)?;
            let mut body = scene.fill_json(&dict, &Json::Object(besides.clone()));
            if let Json::Object(members) = &mut body {
                members.insert("text".to_owned(), scene.fill(&dict, text).into());
            }
            let body: CommentCreate = serde_json::from_value(body).map_err(Error::internal)?;
            let request = AddComment::new(key, body).is_add_to_followers(false);
            comment::ops::add(cx, &request).map(drop)
        }
        Action::CreateIssue { queue, summary, field_templates, link, from_robot } => {
            if made_by_rule(cx, scene.issue.id)? {
                return Ok(());
            }
            act_as(cx, acting, *from_robot)?;
            let mut body = new_issue(&dict, &scene, field_templates);
            body.insert("queue".to_owned(), (*queue).into());
            body.insert("summary".to_owned(), scene.fill(&dict, summary).into());
            create(cx, &key, &body, link.as_deref())
        }
        Action::Move { queue } => {
            act_as(cx, acting, false)?;
            move_to(cx, &key, *queue)
        }
        Action::CreateChecklist { checklist_items } => {
            if scene.issue.one(no::CHECKLIST_TOTAL).unwrap_or(0) > 0 {
                return Ok(());
            }
            checklist(cx, &scene, &key, checklist_items)
        }
        Action::Webhook(hook) => webhook::queue(cx, acting, number, hook, &scene),
    }
}

/// The rule acts as the robot, or as whoever set it off, with the rights of that user.
fn act_as(cx: &mut Cx<'_, '_>, acting: &Acting, from_robot: bool) -> Result<()> {
    if !from_robot && robot::uid(&cx.dict) != Some(acting.user) {
        let actor = Actor::of(&cx.dict, acting.user).ok_or_else(|| Code::WriteDenied.err())?;
        cx.actor = std::sync::Arc::new(actor);
    }
    Ok(())
}

fn to_status(cx: &mut Cx<'_, '_>, key: &str, status: i64) -> Result<()> {
    let status = cx.dict.statuses.get(status).ok_or_else(|| Code::StatusNotFound.err())?;
    let transition = format!("{}Meta", status.key);
    transition::ops::execute(cx, &ExecuteTransition::new(key, transition, Members::new())).map(drop)
}

fn change(cx: &mut Cx<'_, '_>, key: &str, values: Members) -> Result<()> {
    // Nobody reads the answer.
    let fields = Some(List::from(["key"]));
    let request = UpdateIssue { fields, ..UpdateIssue::new(key, values) };
    issue::ops::update(cx, &request).map(drop)
}

fn filled_updates(dict: &Dict, scene: &Scene, updates: &[FieldUpdate]) -> Members {
    updates.iter().map(|u| (u.field.clone(), scene.fill_json(dict, &u.update))).collect()
}

fn new_issue(dict: &Dict, scene: &Scene, templates: &Map<String, Json>) -> Members {
    templates.iter().map(|(name, value)| (name.clone(), scene.fill_json(dict, value))).collect()
}

fn create(cx: &mut Cx<'_, '_>, from: &str, body: &Members, link: Option<&str>) -> Result<()> {
    let created = issue::ops::create_from(cx, body)?;
    let Some(relationship) = link else { return Ok(()) };
    let key = created.issue.key(&cx.dict);
    let body = LinkCreate { relationship: relationship.to_owned(), issue: RefInput::from(&*key) };
    link::ops::add(cx, &AddLink::new(from, body)).map(drop)
}

/// Whether an issue was itself made by a rule, which is how chains of new issues end.
fn made_by_rule(cx: &mut Cx<'_, '_>, issue: i64) -> Result<bool> {
    let first = events::page(cx, issue, events::Order::Asc, None, 1)?;
    let Some(row) = first.first().filter(|row| row.kind == EventKind::IssueCreated.name()) else {
        return Ok(false);
    };
    let body: EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
    Ok(!body.cause.rules.is_empty())
}

/// What a formula writes into its field; nothing when it has no value.
fn calculated(cx: &Cx<'_, '_>, issue: &Issue, formula: &str, result: &str) -> Result<Option<Json>> {
    let dict = &cx.dict;
    let def = dict.field_index.by_wire(result).ok_or_else(|| Code::FieldUnknown.at(result))?;
    let worth = formula::evaluate(formula, cx.now, |name| {
        let def = dict.field_index.by_wire(name)?;
        worth(def.value_type, issue.get(def.no))
    });
    let Ok(worth) = worth else { return Ok(None) };
    Ok(match (worth, def.value_type) {
        (Worth::Number(n), ValueType::Integer) => formula::whole(n).map(Json::from),
        (Worth::Number(n), ValueType::Float) if n.is_finite() => Some(n.into()),
        (Worth::Number(ms), ValueType::Timetracking) => {
            formula::whole(ms / 1000.0).map(|s| time::span_text(s).into())
        }
        (Worth::Period(0, ms), ValueType::Timetracking) => Some(time::span_text(ms / 1000).into()),
        (Worth::Number(n), ValueType::String | ValueType::Text) => Some(n.to_string().into()),
        (Worth::At(at), ValueType::Date) => Some(time::day_text(time::day_of(at)).into()),
        (Worth::At(at), ValueType::Datetime) => Some(time::instant_text(at).into()),
        _ => None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts and durations")]
fn worth(kind: ValueType, val: Option<&Val>) -> Option<Worth> {
    Some(match (kind, val) {
        (ValueType::Float | ValueType::Integer | ValueType::Timetracking, None) => {
            Worth::Number(0.0)
        }
        (ValueType::Date | ValueType::Datetime, None) => Worth::Empty,
        (_, Some(Val::Num(n))) => Worth::Number(*n),
        (ValueType::Integer, Some(Val::Ref(n))) => Worth::Number(*n as f64),
        (_, Some(Val::Span(seconds))) => Worth::Number(*seconds as f64 * 1000.0),
        (_, Some(Val::Day(day))) => Worth::At(i64::from(*day) * DAY_MS),
        (_, Some(Val::At(at))) => Worth::At(*at),
        _ => return None,
    })
}

/// Moves an issue with the rights of whoever set the rule off.
fn move_to(cx: &mut Cx<'_, '_>, key: &str, queue: i64) -> Result<()> {
    let editable = cx.issue(key)?.editable(cx)?;
    let queue = cx.dict.queues.get(queue).filter(|queue| !queue.body.deleted).cloned();
    let queue = queue.ok_or_else(|| Code::QueueNotFound.err())?;
    // Nobody is there to choose a type or status that the target has.
    let mut values = Members::new();
    let issue = editable.issue();
    let mut kind = issue.issue_type();
    if queue.body.type_config(kind).is_none() {
        kind = queue.body.default_type;
        values.insert("type".to_owned(), kind.into());
    }
    let workflow = queue.body.type_config(kind).and_then(|c| cx.dict.workflows.get(c.workflow));
    let known = workflow.is_some_and(|w| w.body.status_type(issue.status()).is_some());
    let options = Options { all_fields: true, initial_status: !known };
    issue::transfer::carry(cx, &editable, &queue, options, &values).map(drop)
}

fn checklist(cx: &mut Cx<'_, '_>, scene: &Scene, key: &str, items: &[ChecklistItem]) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let items: Json = items
        .iter()
        .map(|item| {
            let mut members = Map::new();
            members.insert("text".to_owned(), scene.fill(&dict, &item.text).into());
            if let Some(uid) = item.assignee {
                members.insert("assignee".to_owned(), uid.to_string().into());
            }
            match &item.deadline {
                None => {}
                // The older form of a deadline is the date alone.
                Some(Json::String(date)) => {
                    let date = json!({ "date": scene.fill(&dict, date), "deadlineType": "date" });
                    members.insert("deadline".to_owned(), date);
                }
                Some(deadline) => {
                    members.insert("deadline".to_owned(), deadline.clone());
                }
            }
            Json::Object(members)
        })
        .collect();
    crate::checklist::ops::add(cx, &AddChecklistItem::new(key, items)).map(drop)
}
