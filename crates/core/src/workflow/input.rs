//! Workflows as clients draw them: steps with the transitions that leave them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::rules::Reader;
use super::{on_comment, order};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{
    CommentRule, Screen, ScreenField, StatusType, Step, Transition, Workflow,
};
use crate::error::{Code, Result};
use crate::field::input as fields;
use crate::ids::{Series, Tag, hex_id};
use crate::issue::refs;
use crate::lang::Name;
use crate::queue::input::{limited, shown};
use crate::queue::workflow::type_name;

/// Most statuses of a workflow.
const MAX_STEPS: usize = 100;
/// Most transitions out of one status.
const MAX_ACTIONS: usize = 50;
/// Most fields of a screen.
const MAX_ELEMENTS: usize = 50;
/// Longest id of a transition.
const MAX_ID: usize = 100;

/// The member under which problems of the graph are told.
const STEPS: &str = "steps";

/// The comment on a screen, which is no field.
pub(super) const COMMENT: &str = "comment";

type Members = Map<String, Json>;

fn given<'j>(members: &'j Members, name: &str) -> Option<&'j Json> {
    members.get(name).filter(|json| !json.is_null())
}

fn members(json: &Json) -> Result<&Members> {
    json.as_object().ok_or_else(|| Code::ValueType.with("object").under(STEPS))
}

/// Statuses and transitions of a workflow.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) steps: Vec<Step>,
    pub(super) notes: BTreeMap<i64, Name>,
    pub(super) on_comment: BTreeMap<i64, CommentRule>,
    pub(super) transitions: Vec<Transition>,
}

/// Reads `steps`.
///
/// # Errors
/// 422 under `steps`, or under `action.name` for a transition without a name.
pub(super) fn graph(cx: &mut Cx<'_, '_>, queue: Option<i64>, json: &Json) -> Result<Graph> {
    let items = json.as_array().ok_or_else(|| Code::ValueType.with("array").under(STEPS))?;
    if items.len() > MAX_STEPS {
        return Err(Code::TooManyValues.with(MAX_STEPS).under(STEPS));
    }
    let mut graph = Graph::default();
    for item in items {
        let (step, note) = step(&cx.dict, members(item)?)?;
        if graph.steps.iter().any(|other| other.status == step.status) {
            let key = status_key(&cx.dict, step.status);
            return Err(Code::ValueRepeated.with(key).under(STEPS));
        }
        if !note.is_empty() {
            graph.notes.insert(step.status, note);
        }
        graph.steps.push(step);
    }
    let mut sequences = Vec::with_capacity(items.len());
    for (item, step) in items.iter().zip(graph.steps.clone()) {
        let item = members(item)?;
        let empty = Vec::new();
        let actions = match given(item, "actions") {
            None => &empty,
            Some(Json::Array(actions)) if actions.len() <= MAX_ACTIONS => actions,
            Some(Json::Array(_)) => return Err(Code::TooManyValues.with(MAX_ACTIONS).under(STEPS)),
            Some(_) => return Err(Code::ValueType.with("array").under(STEPS)),
        };
        let mut own = Vec::with_capacity(actions.len());
        for json in actions {
            let mut transition = action(cx, queue, members(json)?, None)?;
            transition.from = vec![step.status];
            own.push(graph.add(&cx.dict, transition)?);
        }
        sequences.push(own);
        if let Some(json) = given(item, "metaAction") {
            let transition = action(cx, queue, members(json)?, Some(step.status))?;
            if transition.to != step.status {
                let key = status_key(&cx.dict, transition.to);
                return Err(Code::TargetOutside.with(key).under(STEPS));
            }
            graph.add(&cx.dict, transition)?;
        }
    }
    let order = order::merged(&sequences, graph.transitions.len());
    graph.transitions =
        order.into_iter().filter_map(|place| graph.transitions.get(place).cloned()).collect();
    check(&cx.dict, &graph.steps, &graph.transitions)?;
    for (item, step) in items.iter().zip(&graph.steps) {
        if let Some(json) = given(members(item)?, on_comment::MEMBER) {
            let rule = on_comment::read(json, step.status, &graph.transitions)?;
            graph.on_comment.insert(step.status, rule);
        }
    }
    Ok(graph)
}

/// Rules that every graph keeps (workflow.md, 2): two statuses at least, each part of a transition,
/// and no way out of them.
pub(super) fn check(dict: &Dict, steps: &[Step], transitions: &[Transition]) -> Result<()> {
    if steps.len() < 2 {
        return Err(Code::StepsTooFew.at(STEPS));
    }
    for transition in transitions {
        if !steps.iter().any(|step| step.status == transition.to) {
            let key = status_key(dict, transition.to);
            return Err(Code::TargetOutside.with(key).under(STEPS));
        }
    }
    let lonely = steps.iter().find(|step| {
        !transitions.iter().any(|t| t.to == step.status || t.from.contains(&step.status))
    });
    match lonely {
        Some(step) => Err(Code::StatusLonely.with(status_key(dict, step.status)).under(STEPS)),
        None => Ok(()),
    }
}

pub(super) fn status_key(dict: &Dict, status: i64) -> String {
    dict.statuses.get(status).map_or_else(String::new, |status| status.key.clone())
}

fn step(dict: &Dict, item: &Members) -> Result<(Step, Name)> {
    let status = status(dict, given(item, "status"))?;
    let default = dict.statuses.get(status).map(|s| s.body.status_type).unwrap_or_default();
    let status_type = match given(item, "statusType") {
        None => default,
        Some(json) => {
            let known = |kind: &StatusType| {
                json.as_str().is_some_and(|text| {
                    type_name(*kind).eq_ignore_ascii_case(text) || kind.key() == text
                })
            };
            let unknown = || Code::ValueUnknown.with(shown(json)).under(STEPS);
            StatusType::ALL.into_iter().find(known).ok_or_else(unknown)?
        }
    };
    let note = given(item, "description").map(fields::description).transpose()?;
    Ok((Step { status, status_type }, note.unwrap_or_default()))
}

fn status(dict: &Dict, json: Option<&Json>) -> Result<i64> {
    let json = json.ok_or_else(|| Code::FieldRequired.at(STEPS))?;
    let found = refs::object(&dict.statuses, json, |_| true);
    found.map(|s| s.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)).under(STEPS))
}

/// Reads a transition without its sources. `meta` is the status of a meta-transition, which need
/// not repeat it as its target.
///
/// # Errors
/// 422 under `steps` or `action.name`.
pub(super) fn action(
    cx: &mut Cx<'_, '_>,
    queue: Option<i64>,
    item: &Members,
    meta: Option<i64>,
) -> Result<Transition> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let name = action_name(given(item, "name"))?;
    let to = match (given(item, "target"), meta) {
        (None, Some(status)) => status,
        (json, _) => status(&dict, json)?,
    };
    let id = match given(item, "id") {
        Some(json) => action_id(json)?,
        None => String::new(),
    };
    let reader = Reader { dict: &dict, queue, mail: cx.mail };
    let rules = || -> Result<_> {
        Ok((reader.conditions(item.get("conditions"))?, reader.functions(item.get("functions"))?))
    };
    let (conditions, functions) = rules().map_err(|error| error.under(STEPS))?;
    let description = given(item, "description").map(fields::description).transpose()?;
    Ok(Transition {
        id,
        name,
        description: description.unwrap_or_default(),
        from: Vec::new(),
        to,
        conditions,
        screen: screen(cx, reader, item.get("screen")).map_err(|error| error.under(STEPS))?,
        functions,
    })
}

/// The name of a button: Russian at least (contract, `createWorkflow`).
pub(super) fn action_name(json: Option<&Json>) -> Result<Name> {
    let member = "action.name";
    let json = json.ok_or_else(|| Code::FieldRequired.at(member))?;
    let name = fields::name(json, member)?;
    if name.ru.is_empty() { Err(Code::FieldRequired.at(member)) } else { Ok(name) }
}

pub(super) fn action_id(json: &Json) -> Result<String> {
    let id = json.as_str().map(str::trim).unwrap_or_default();
    let fits = !id.is_empty()
        && id.len() <= MAX_ID
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if fits { Ok(id.to_owned()) } else { Err(Code::ActionIdForm.with(MAX_ID).under(STEPS)) }
}

impl Graph {
    /// Adds a transition and gives its place; one that other statuses have too is stored once.
    fn add(&mut self, dict: &Dict, mut transition: Transition) -> Result<usize> {
        if transition.id.is_empty() {
            transition.id =
                self.free_id(&status_key(dict, transition.to), transition.from.is_empty());
        }
        let alike = self.transitions.iter_mut().enumerate().find(|(_, other)| {
            !other.from.is_empty()
                && !transition.from.is_empty()
                && Transition { from: transition.from.clone(), ..(**other).clone() } == transition
        });
        if let Some((place, alike)) = alike {
            if alike.from.iter().any(|status| transition.from.contains(status)) {
                return Err(Code::ValueRepeated.with(transition.id).under(STEPS));
            }
            alike.from.append(&mut transition.from);
            return Ok(place);
        }
        if clashes(&self.transitions, &transition) {
            return Err(Code::ValueRepeated.with(transition.id).under(STEPS));
        }
        self.transitions.push(transition);
        Ok(self.transitions.len() - 1)
    }

    /// An id made from the status a transition leads to.
    fn free_id(&self, target: &str, meta: bool) -> String {
        let base = if meta { format!("{target}Meta") } else { format!("to_{target}") };
        let taken = |id: &str| self.transitions.iter().any(|t| t.id == id);
        if !taken(&base) {
            return base;
        }
        (2..=MAX_STEPS * MAX_ACTIONS)
            .map(|n| format!("{base}_{n}"))
            .find(|id| !taken(id))
            .unwrap_or(base)
    }
}

/// Whether another transition of this id can start where this one does.
pub(super) fn clashes(transitions: &[Transition], one: &Transition) -> bool {
    transitions.iter().any(|other| {
        other.id == one.id
            && (other.from.is_empty()
                || one.from.is_empty()
                || other.from.iter().any(|status| one.from.contains(status)))
    })
}

/// A screen: one that exists, by its id, or a new one with its fields.
fn screen(cx: &mut Cx<'_, '_>, reader: Reader<'_>, json: Option<&Json>) -> Result<Option<Screen>> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(None) };
    let elements = ["elements", "fields"].iter().find_map(|name| json.get(*name));
    let Some(elements) = elements else {
        let id = json.as_str().or_else(|| json.get("id")?.as_str()).unwrap_or_default();
        let known = super::screen::find(reader.dict, id);
        return known.map(Some).ok_or_else(|| Code::ValueUnknown.with(shown(json)));
    };
    let elements = elements.as_array().ok_or_else(|| Code::ValueType.with("array"))?;
    if elements.len() > MAX_ELEMENTS {
        return Err(Code::TooManyValues.with(MAX_ELEMENTS));
    }
    let mut screen = Screen::default();
    for element in elements {
        let field = element_of(cx, reader, element)?;
        if screen.fields.iter().any(|other| other.field == field.field) {
            return Err(Code::ValueRepeated.with(field.field));
        }
        screen.fields.push(field);
    }
    let name = json.get("name").filter(|json| !json.is_null());
    screen.name = match name {
        Some(json) => fields::name(json, STEPS)?,
        None => Name::new("Экран перехода", "Transition screen"),
    };
    let number = cx.next(Series::Object)?;
    screen.id = hex_id(Tag::Screen, cx.now, number);
    Ok(Some(screen))
}

fn element_of(cx: &mut Cx<'_, '_>, reader: Reader<'_>, json: &Json) -> Result<ScreenField> {
    let members = json.as_object().ok_or_else(|| Code::ValueType.with("{field, required}"))?;
    let json = members.get("field").unwrap_or(&Json::Null);
    let required = match given(members, "required") {
        None => false,
        Some(json) => json.as_bool().ok_or_else(|| Code::ValueType.with("boolean"))?,
    };
    let default = ["defaultValue", "default"].iter().find_map(|name| given(members, name)).cloned();
    let named = json.as_str().or_else(|| json.get("id")?.as_str());
    if named == Some(COMMENT) {
        let text = default.as_ref().is_none_or(Json::is_string);
        if !text {
            return Err(Code::ValueType.with("string"));
        }
        return Ok(ScreenField { field: COMMENT.to_owned(), required, default });
    }
    let def = reader.named(json, |def| !def.readonly)?;
    if let Some(value) = &default {
        crate::issue::input::apply(cx, def, reader.queue.unwrap_or_default(), None, value)?;
    }
    Ok(ScreenField { field: def.wire.clone(), required, default })
}

/// Reads `initialAction`: where new issues start.
pub(super) fn initial(dict: &Dict, workflow: &mut Workflow, json: &Json) -> Result<()> {
    let member = "initialAction";
    let wrong = || Code::ValueType.with("{id, name, target}").under(member);
    let members = json.as_object().ok_or_else(wrong)?;
    let target = given(members, "target").ok_or_else(|| Code::FieldRequired.at(member))?;
    let found = refs::object(&dict.statuses, target, |_| true);
    let unknown = || Code::ValueUnknown.with(shown(target)).under(member);
    workflow.initial = found.map(|status| status.id).ok_or_else(unknown)?;
    let id = match given(members, "id") {
        Some(json) => action_id(json).map_err(|_| Code::ActionIdForm.with(MAX_ID).under(member))?,
        None => "new".to_owned(),
    };
    workflow.creation = Some((id, action_name(given(members, "name"))?));
    Ok(())
}

/// The name of a workflow; a text is the same in both languages.
pub(super) fn name(json: &Json) -> Result<Name> {
    if let Json::String(text) = json {
        limited(text, "name", 255)?;
    }
    fields::name(json, "name")
}
