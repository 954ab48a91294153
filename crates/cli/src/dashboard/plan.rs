//! `trackway dashboard apply`: what differs from the file, and how that is sent.

use std::path::Path;

use serde_json::{Map, Value, json};
use trackway_client::api::HttpMethod;

use super::file::{self, OWN, PLACE, State, Widget, number, without};
use super::{DASHBOARD, id_of};
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::session::Session;
use crate::shape::{cell, cut};

/// Letters of a value that is told.
const TOLD: usize = 60;

/// A widget as the file wants it.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    /// One that is there already.
    id: Option<String>,
    settings: Map<String, Value>,
    place: Map<String, Value>,
}

/// What is to be sent.
#[derive(Debug, Default)]
struct Plan {
    /// Members of the dashboard; all of them for a new one.
    own: Map<String, Value>,
    /// Widgets that change: id, version, members.
    changed: Vec<(String, i64, Map<String, Value>)>,
    /// All widgets in their order; those without an id are made.
    widgets: Vec<Wanted>,
    /// The places are to be sent.
    placed: bool,
    lines: Vec<String>,
}

/// Makes a dashboard what a file says.
pub(super) async fn apply(path: &Path, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let form = file::read(path)?;
    let state = present(&form, session).await?;
    let plan = plan(state.as_ref(), &form);
    for line in &plan.lines {
        session.output.remark(line);
    }
    if plan.lines.is_empty() {
        session.output.remark("nothing to change");
        return Ok(());
    }
    if session.dry_run {
        return Ok(());
    }
    session.confirm("continue?")?;
    let id = send(plan, state.as_ref(), session).await?;
    let made = session.get(&Session::at("/dashboards/{id}", &[&id]), &[]).await?;
    let line = format!("dashboard {id} is as the file says");
    session.output.changed(DASHBOARD, &line, made)
}

/// The dashboard that is meant: that of the file's id, or of its name.
async fn present(form: &Value, session: &Session<'_, '_>) -> Result<Option<State>, Failure> {
    let id = cell(form.get("id"));
    if !id.is_empty() {
        match session.get(&Session::at("/dashboards/{id}", &[&id]), &[]).await {
            Ok(raw) => return State::of(raw, session).await.map(Some),
            // A file from another server: its name decides.
            Err(failure) if failure.kind() == Kind::NotFound => {}
            Err(failure) => return Err(failure),
        }
    }
    let Some(id) = id_of(&cell(form.get("name")), session).await? else { return Ok(None) };
    let raw = session.get(&Session::at("/dashboards/{id}", &[&id]), &[]).await?;
    State::of(raw, session).await.map(Some)
}

fn plan(state: Option<&State>, form: &Value) -> Plan {
    let mut plan = Plan::default();
    let own: Map<String, Value> = OWN
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), form.get(*name)?.clone())))
        .collect();
    let nothing = Map::new();
    let now = state.map_or(&nothing, |state| &state.own);
    if state.is_none() {
        plan.lines.push(format!("+ {} \"{}\"", shown("dashboard"), cell(form.get("name"))));
    }
    for (name, value) in own {
        if now.get(&name) != Some(&value) {
            if state.is_some() {
                plan.lines.push(format!(
                    "~ {name} {} → {}",
                    told(now.get(&name)),
                    told(Some(&value))
                ));
            }
            plan.own.insert(name, value);
        }
    }
    let there: &[Widget] = state.map_or(&[], |state| &state.widgets);
    for table in form["widgets"].as_array().into_iter().flatten() {
        let id = cell(table.get("id"));
        let known = there.iter().find(|widget| widget.id == id);
        let wanted = Wanted {
            id: known.map(|widget| widget.id.clone()),
            settings: without(table, &["id", PLACE]),
            place: without(&table[PLACE], &["id"]),
        };
        match known {
            Some(known) => change(&mut plan, known, &wanted),
            None => plan.lines.push(format!("+ {} {}", shown("widget"), called(&wanted.settings))),
        }
        plan.widgets.push(wanted);
    }
    for gone in
        there.iter().filter(|one| plan.widgets.iter().all(|w| w.id.as_ref() != Some(&one.id)))
    {
        plan.lines.push(format!("- {} {} {}", shown("widget"), gone.id, called(&gone.settings)));
    }
    let before = there.iter().map(|widget| (Some(&widget.id), &widget.place));
    let after = plan.widgets.iter().map(|widget| (widget.id.as_ref(), &widget.place));
    plan.placed = !before.eq(after);
    if plan.placed && plan.lines.is_empty() {
        plan.lines.push(format!("~ {}", shown("widgets in other places")));
    }
    plan
}

/// Notes what differs of a widget.
fn change(plan: &mut Plan, now: &Widget, wanted: &Wanted) {
    let mut members: Map<String, Value> = wanted
        .settings
        .iter()
        .filter(|(name, value)| now.settings.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let gone = now.settings.keys().filter(|name| !wanted.settings.contains_key(*name));
    members.extend(gone.map(|name| (name.clone(), Value::Null)));
    for (name, value) in &members {
        let old = told(now.settings.get(name));
        let word = shown("widget");
        plan.lines.push(format!("~ {word} {}: {name} {old} → {}", now.id, told(Some(value))));
    }
    if !members.is_empty() {
        plan.changed.push((now.id.clone(), now.version, members));
    }
}

fn told(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    cut(&text.replace('\n', " "), TOLD)
}

pub(super) fn called(settings: &Map<String, Value>) -> String {
    let name = ["title", "description", "type"].iter().find_map(|name| settings.get(*name));
    format!("\"{}\"", told(name))
}

/// Sends it all, and gives the id of the dashboard.
async fn send(
    plan: Plan,
    state: Option<&State>,
    session: &mut Session<'_, '_>,
) -> Result<String, Failure> {
    let own = Value::Object(plan.own.clone());
    let id = if let Some(state) = state {
        if !plan.own.is_empty() {
            let path = Session::at("/dashboards/{id}", &[&state.id]);
            let query = [("version", state.version.to_string())];
            session.write(HttpMethod::PATCH, &path, &query, Some(own)).await?;
        }
        state.id.clone()
    } else {
        let made = session.write(HttpMethod::POST, "/dashboards", &[], Some(own)).await?;
        cell(made.unwrap_or_default().get("id"))
    };
    for (widget, version, members) in plan.changed {
        let path = Session::at("/widgets/{id}", &[&widget]);
        let query = [("version", version.to_string())];
        session.write(HttpMethod::PATCH, &path, &query, Some(members.into())).await?;
    }
    if !plan.placed {
        return Ok(id);
    }
    let mut places = Vec::new();
    for wanted in plan.widgets {
        let widget = match wanted.id {
            Some(widget) => widget,
            None => make(&id, wanted.settings, session).await?,
        };
        let mut place = wanted.place;
        place.insert("id".to_owned(), number(&widget));
        places.push(Value::Object(place));
    }
    let path = Session::at("/dashboards/{id}", &[&id]);
    let version = cell(session.get(&path, &[]).await?.get("version"));
    let body = json!({"widgets": {"set": places}});
    session.write(HttpMethod::PATCH, &path, &[("version", version)], Some(body)).await?;
    Ok(id)
}

/// Makes a widget and gives its id. One of cycle time has a way of its own.
async fn make(
    dashboard: &str,
    settings: Map<String, Value>,
    session: &mut Session<'_, '_>,
) -> Result<String, Failure> {
    let cycle_time = settings.contains_key("bucket") && !settings.contains_key("type");
    let below = if cycle_time { "widgets/cycleTime" } else { "widgets" };
    let path = Session::at(&format!("/dashboards/{{id}}/{below}"), &[dashboard]);
    let made = session.write(HttpMethod::POST, &path, &[], Some(settings.into())).await?;
    Ok(cell(made.unwrap_or_default().get("id")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let widget = |id: &str, kind: &str, row: i64| Widget {
            id: id.to_owned(),
            version: 2,
            settings: without(&json!({"type": kind, "perPage": 10}), &[]),
            place: without(&json!({"column": 1, "row": row}), &[]),
        };
        State {
            id: "5".to_owned(),
            version: 3,
            own: without(&json!({"name": "Team", "layout": "two-columns", "owner": "ann"}), &[]),
            widgets: vec![widget("7", "issueList", 1), widget("8", "note", 2)],
        }
    }

    #[test]
    fn what_is_as_the_file_says_is_left_alone() {
        let state = state();
        let plan = plan(Some(&state), &state.form());
        assert!(plan.lines.is_empty() && !plan.placed, "{plan:?}");
    }

    #[test]
    fn only_what_differs_is_sent() {
        let state = state();
        let mut form = state.form();
        form["name"] = "Crew".into();
        form["widgets"][0]["perPage"] = 20.into();
        form["widgets"][1] = json!({"type": "note", "title": "New", "place": {"column": 2}});
        let plan = plan(Some(&state), &form);
        assert_eq!(
            plan.lines,
            [
                "~ name Team → Crew",
                "~ widget 7: perPage 10 → 20",
                "+ widget \"New\"",
                "- widget 8 \"note\""
            ]
        );
        assert_eq!(Value::Object(plan.own), json!({"name": "Crew"}));
        assert_eq!(plan.changed.len(), 1);
        assert!(plan.placed && plan.widgets[1].id.is_none());
    }

    #[test]
    fn places_are_a_change_too() {
        let state = state();
        let mut form = state.form();
        form["widgets"][0]["place"]["row"] = 9.into();
        let plan = plan(Some(&state), &form);
        assert_eq!(plan.lines, ["~ widgets in other places"]);
        assert!(plan.placed && plan.changed.is_empty());
    }
}
