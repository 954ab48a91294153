//! A dashboard as a file: its name, layout and owner, and its widgets with their places.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::queue_files::text;
use crate::refs::People;
use crate::session::{self, Session};
use crate::shape::cell;

/// Members of a dashboard that a file has.
pub(super) const OWN: [&str; 3] = ["name", "layout", "owner"];
/// Member of a widget's table that says where it stands.
pub(super) const PLACE: &str = "place";
/// Members of a widget that only the server writes.
const SERVERS: [&str; 7] =
    ["id", "self", "version", "createdBy", "createdAt", "dashboard", "datasetInfo"];

/// A widget as it is now.
#[derive(Clone, Debug)]
pub(super) struct Widget {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) settings: Map<String, Value>,
    pub(super) place: Map<String, Value>,
}

/// A dashboard as it is now.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) own: Map<String, Value>,
    pub(super) widgets: Vec<Widget>,
}

impl State {
    /// Of a dashboard that was read; its widgets are read here.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub(super) async fn of(raw: Value, session: &Session<'_, '_>) -> Result<Self, Failure> {
        let mut people = People::default();
        let mut widgets = Vec::new();
        for place in raw["widgets"].as_array().into_iter().flatten() {
            let id = cell(place.get("id"));
            let widget = session.get(&Session::at("/widgets/{id}", &[&id]), &[]).await?;
            widgets.push(Widget {
                version: widget["version"].as_i64().unwrap_or_default(),
                settings: without(&people.plain(widget, session).await?, &SERVERS),
                place: without(place, &["id", "self", "display"]),
                id,
            });
        }
        let owner = people.plain(raw["owner"].clone(), session).await?;
        let own = json!({"name": raw["name"], "layout": raw["layout"], "owner": owner});
        Ok(Self {
            id: cell(raw.get("id")),
            version: raw["version"].as_i64().unwrap_or_default(),
            own: without(&own, &[]),
            widgets,
        })
    }

    /// What the file has.
    pub(super) fn form(&self) -> Value {
        let widget = |widget: &Widget| {
            let mut form = widget.settings.clone();
            form.insert("id".to_owned(), number(&widget.id));
            form.insert(PLACE.to_owned(), Value::Object(widget.place.clone()));
            Value::Object(form)
        };
        let mut form = self.own.clone();
        form.insert("id".to_owned(), number(&self.id));
        form.insert("widgets".to_owned(), self.widgets.iter().map(widget).collect());
        Value::Object(form)
    }
}

/// The TOML of a dashboard.
pub(super) fn written(form: &Value) -> String {
    text::written(form)
}

/// Reads a file, whether it is JSON or TOML.
///
/// # Errors
/// Usage: it cannot be read, or holds what does not belong there.
pub(super) fn read(path: &Path) -> Result<Value, Failure> {
    let name = path.display().to_string();
    let given = if name == "-" { name.clone() } else { format!("@{name}") };
    let found = session::text(&given)?;
    parsed(&found).map_err(|why| Failure::usage(format!("{name}: {why}")))
}

fn parsed(found: &str) -> Result<Value, String> {
    let form = if found.trim_start().starts_with('{') {
        serde_json::from_str(found).map_err(|error| error.to_string())?
    } else {
        text::read(found)?
    };
    let names = ["id", "name", "layout", "owner", "widgets"];
    let odd =
        form.as_object().and_then(|all| all.keys().find(|key| !names.contains(&key.as_str())));
    if let Some(odd) = odd {
        return Err(format!("there is no setting {odd:?}; there are {}", names.join(", ")));
    }
    if form["name"].as_str().is_none_or(str::is_empty) {
        return Err("the dashboard has no name".to_owned());
    }
    Ok(form)
}

/// Members but those named, and but those that say nothing.
pub(super) fn without(value: &Value, names: &[&str]) -> Map<String, Value> {
    let members = value.as_object().into_iter().flatten();
    members
        .filter(|(name, value)| !names.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// An id as a number where it is one.
pub(super) fn number(id: &str) -> Value {
    id.parse::<i64>().map_or_else(|_| id.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_as_they_were() {
        let widget = json!({"type": "issueList", "query": "Queue: A", "perPage": 10});
        let state = State {
            id: "5".to_owned(),
            version: 3,
            own: without(&json!({"name": "Team", "layout": "two-columns", "owner": "ann"}), &[]),
            widgets: vec![Widget {
                id: "7".to_owned(),
                version: 1,
                settings: without(&widget, &[]),
                place: without(&json!({"column": 1, "row": 2}), &[]),
            }],
        };
        let form = state.form();
        assert_eq!(parsed(&written(&form)), Ok(form.clone()));
        assert_eq!(parsed(&form.to_string()), Ok(form));
        for (text, why) in [("name = \"\"", "no name"), ("nam = \"A\"", "there is no setting")] {
            assert!(parsed(text).expect_err(text).contains(why), "{text}");
        }
    }
}
