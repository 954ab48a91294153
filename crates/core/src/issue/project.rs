//! Projects of an issue: a main one and others (contract, `IssueProject`, `IssueProjectInput`).

use serde_json::Value as Json;

use super::value::Val;
use crate::access::find_entity;
use crate::dict::Dict;
use crate::dict::model::EntityType;
use crate::error::{Code, Result};

/// Most projects of an issue.
const MAX_PROJECTS: usize = 100;

/// The projects after what a client wrote is applied to what they were: one project, `null`, or
/// `{primary, secondary}`, whose parts stay as they are where they are left out.
pub(super) fn apply(dict: &Dict, before: Option<&Val>, json: &Json) -> Result<Option<Val>> {
    let (mut primary, mut secondary) = parts(dict, before);
    match json {
        Json::Object(members) if members.contains_key("set") => {
            return apply(dict, before, members.get("set").unwrap_or(&Json::Null));
        }
        Json::Object(members)
            if members.contains_key("primary") || members.contains_key("secondary") =>
        {
            if let Some(json) = members.get("primary") {
                primary = if json.is_null() { None } else { Some(one(dict, json)?) };
            }
            if let Some(json) = members.get("secondary") {
                secondary = others(dict, secondary, json)?;
            }
        }
        // An old client that knows of one project only names or clears that one.
        Json::Null => (primary, secondary) = (None, Vec::new()),
        Json::Array(items) if items.is_empty() => (primary, secondary) = (None, Vec::new()),
        Json::Array(items) if items.len() == 1 => {
            primary = items.first().map(|json| one(dict, json)).transpose()?;
        }
        Json::Object(members) if members.contains_key("remove") => {
            let gone = members.get("remove").map(|json| one(dict, json)).transpose()?;
            primary = primary.filter(|primary| Some(*primary) != gone);
            secondary.retain(|other| Some(*other) != gone);
        }
        Json::Object(members) if members.contains_key("add") => {
            let added = members.get("add").map(|json| one(dict, json)).transpose()?;
            match (primary, added) {
                (None, added) => primary = added,
                (Some(_), Some(added)) => secondary.push(added),
                (Some(_), None) => {}
            }
        }
        json => primary = Some(one(dict, json)?),
    }
    let mut kept = Vec::new();
    for id in secondary {
        if Some(id) != primary && !kept.contains(&id) {
            kept.push(id);
        }
    }
    if kept.len() >= MAX_PROJECTS {
        return Err(Code::TooManyValues.with(MAX_PROJECTS));
    }
    if primary.is_none() && kept.is_empty() {
        return Ok(None);
    }
    let mut ids = vec![primary.unwrap_or_default()];
    ids.extend(kept);
    Ok(Some(Val::Refs(ids)))
}

/// The main project and the others of a stored value, those left out that are no more.
pub(crate) fn parts(dict: &Dict, val: Option<&Val>) -> (Option<i64>, Vec<i64>) {
    let ids = match val {
        Some(Val::Refs(ids)) => ids.as_slice(),
        _ => &[],
    };
    let live = |id: &i64| dict.entities.get(*id).is_some();
    let primary = ids.first().copied().filter(live);
    let others = ids.iter().skip(1).copied().filter(live).collect();
    (primary, others)
}

fn one(dict: &Dict, json: &Json) -> Result<i64> {
    let text = match json {
        Json::Number(n) => n.to_string(),
        Json::String(text) => text.trim().to_owned(),
        Json::Object(members) => {
            let named = ["id", "shortId", "key", "name", "display"];
            let json = named.iter().find_map(|name| members.get(*name));
            return one(dict, json.ok_or_else(|| Code::ValueType.with("project"))?);
        }
        _ => return Err(Code::ValueType.with("project")),
    };
    if text.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    let project = |kind| kind != EntityType::Goal;
    let found = find_entity(dict, &text)
        .filter(|entity| project(entity.body.kind))
        .or_else(|| dict.entities.by_name(&text, |entity| entity.kind == EntityType::Project));
    let shown = || text.chars().take(80).collect::<String>();
    found.map(|entity| entity.id).ok_or_else(|| Code::ValueUnknown.with(shown()))
}

fn others(dict: &Dict, old: Vec<i64>, json: &Json) -> Result<Vec<i64>> {
    let several = |json: &Json| match json {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => items.iter().map(|item| one(dict, item)).collect(),
        item => Ok(vec![one(dict, item)?]),
    };
    let Json::Object(members) = json else { return several(json) };
    if !["set", "add", "remove"].iter().any(|name| members.contains_key(*name)) {
        return several(json);
    }
    let mut ids = match members.get("set") {
        Some(set) => several(set)?,
        None => old,
    };
    if let Some(gone) = members.get("remove") {
        let gone = several(gone)?;
        ids.retain(|id| !gone.contains(id));
    }
    if let Some(added) = members.get("add") {
        ids.extend(several(added)?);
    }
    Ok(ids)
}
