//! What a row asks for, checked against the fields of its queue before anything is sent.

use std::collections::BTreeMap;

use serde_json::Value;
use trackway_client::api::types::Members;

use super::read::Row;
use crate::failure::{Failure, Kind};
use crate::issue::fields::duration;
use crate::session::Session;
use crate::shape::cell;

/// Cells that are no fields of issues.
const ADDRESS: &[&str] = &["key", "queue"];
/// What only new issues take.
const NEW_ONLY: &[&str] = &["unique"];

/// A row that can be sent.
#[derive(Debug, PartialEq)]
pub(super) struct Wish {
    pub(super) line: usize,
    /// The issue to edit; none for a new one.
    pub(super) key: Option<String>,
    pub(super) body: Members,
}

/// A row that cannot be sent.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) key: Option<String>,
    pub(super) why: String,
}

/// Fields of queues, each asked for once.
#[derive(Debug, Default)]
pub(super) struct Queues(BTreeMap<String, Option<Vec<Value>>>);

impl Queues {
    /// The fields of a queue; none where there is no such queue.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub(super) async fn fields(
        &mut self,
        queue: &str,
        session: &Session<'_, '_>,
    ) -> Result<Option<&[Value]>, Failure> {
        if !self.0.contains_key(queue) {
            let path = Session::at("/queues/{key}/fields", &[queue]);
            let found = match session.list(&path, &[], 0).await {
                Ok(found) => Some([found.items, local(queue, session).await?].concat()),
                Err(failure) if failure.kind() == Kind::NotFound => None,
                Err(failure) => return Err(failure),
            };
            self.0.insert(queue.to_owned(), found);
        }
        Ok(self.0.get(queue).and_then(|fields| fields.as_deref()))
    }
}

/// The fields of a queue alone.
///
/// # Errors
/// The server cannot be asked.
pub(super) async fn local(queue: &str, session: &Session<'_, '_>) -> Result<Vec<Value>, Failure> {
    let path = Session::at("/queues/{key}/localFields", &[queue]);
    Ok(session.list(&path, &[], 0).await?.items)
}

/// What a row asks for, or why it cannot be sent; `default` is the queue of new issues whose row
/// names none.
///
/// # Errors
/// The server cannot be asked.
pub(super) async fn wish(
    row: Row,
    default: Option<&str>,
    queues: &mut Queues,
    session: &Session<'_, '_>,
) -> Result<Result<Wish, Wrong>, Failure> {
    let line = row.line;
    let wrong = |key, why| Ok(Err(Wrong { line, key, why }));
    let cells = match row.cells {
        Ok(cells) => cells,
        Err(why) => return wrong(None, why),
    };
    let named = |name: &str| cells.get(name).map(|value| cell(Some(value)));
    let key = named("key").filter(|key| !key.is_empty()).map(|key| session.key(&key));
    let queue = match &key {
        Some(key) => key.rsplit_once('-').map(|(queue, _)| queue.to_owned()),
        None => named("queue").or_else(|| default.map(str::to_owned)),
    };
    let Some(queue) = queue else {
        return wrong(key, "no queue is given".to_owned());
    };
    let Some(fields) = queues.fields(&queue, session).await? else {
        return wrong(key, format!("there is no queue {queue}"));
    };
    Ok(match members(&cells, fields, key.is_some()) {
        Ok(mut body) => {
            if key.is_none() {
                body.insert("queue".to_owned(), queue.into());
            }
            Ok(Wish { line, key, body })
        }
        Err(why) => Err(Wrong { line, key, why }),
    })
}

/// The body of a request; every wrong cell is named.
fn members(cells: &Members, fields: &[Value], editing: bool) -> Result<Members, String> {
    let mut body = Members::new();
    let mut bad = Vec::new();
    for (name, value) in cells.iter().filter(|(name, _)| !ADDRESS.contains(&name.as_str())) {
        match member(name, value, fields, editing) {
            Ok((id, value)) => {
                body.insert(id, value);
            }
            Err(why) => bad.push(format!("{name}: {why}")),
        }
    }
    if !editing && body.get("summary").is_none_or(Value::is_null) {
        bad.push("summary: a new issue needs one".to_owned());
    }
    if editing && body.is_empty() && bad.is_empty() {
        bad.push("nothing to change".to_owned());
    }
    if bad.is_empty() { Ok(body) } else { Err(bad.join("; ")) }
}

fn member(
    name: &str,
    value: &Value,
    fields: &[Value],
    editing: bool,
) -> Result<(String, Value), String> {
    if NEW_ONLY.contains(&name) {
        return if editing {
            Err("only new issues take it".to_owned())
        } else {
            Ok((name.to_owned(), value.clone()))
        };
    }
    let is_it = |field: &&Value| field["id"] == name || field["key"] == name;
    let field = fields.iter().find(is_it).ok_or("there is no such field")?;
    if name == "status" {
        return Err("a status is changed by `trackway issue transition`".to_owned());
    }
    if field["readonly"] == true {
        return Err("it cannot be set".to_owned());
    }
    Ok((cell(field.get("id")), typed(value, &field["schema"])?))
}

/// A value as its field takes it. Values of JSON are sent as they are; texts are what CSV has.
fn typed(value: &Value, schema: &Value) -> Result<Value, String> {
    let Some(text) = value.as_str() else { return Ok(value.clone()) };
    match schema["type"].as_str().unwrap_or_default() {
        // A text may well be this word.
        "string" | "text" => Ok(value.clone()),
        _ if text == "none" => Ok(Value::Null),
        "array" => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Ok(parts.map(Value::from).collect())
        }
        "integer" => parsed::<i64>(text, "a number"),
        "float" => parsed::<f64>(text, "a number"),
        "boolean" => parsed::<bool>(text, "true or false"),
        "date" => match text.parse::<jiff::civil::Date>() {
            Ok(day) => Ok(day.to_string().into()),
            Err(_) => Err(format!("{text:?} is not a day, as 2026-11-30")),
        },
        "timetracking" => duration(text).map(Value::from).map_err(|failure| failure.to_string()),
        _ => Ok(value.clone()),
    }
}

fn parsed<T: std::str::FromStr + serde::Serialize>(
    text: &str,
    what: &str,
) -> Result<Value, String> {
    let value = text.parse::<T>().ok().and_then(|value| serde_json::to_value(value).ok());
    value.ok_or_else(|| format!("{text:?} is not {what}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields() -> Vec<Value> {
        let field = |id: &str, schema: Value, readonly: bool| json!({"id": id, "key": id.rsplit("--").next(), "schema": schema, "readonly": readonly});
        vec![
            field("summary", json!({"type": "string"}), false),
            field("tags", json!({"type": "array", "items": "string"}), false),
            field("storyPoints", json!({"type": "float"}), false),
            field("deadline", json!({"type": "date"}), false),
            field("estimation", json!({"type": "timetracking"}), false),
            field("status", json!({"type": "status"}), false),
            field("votes", json!({"type": "integer"}), true),
            field("17--place", json!({"type": "string"}), false),
        ]
    }

    fn checked(cells: &Value, editing: bool) -> Result<Value, String> {
        let cells = cells.as_object().expect("members").clone();
        members(&cells, &fields(), editing).map(Value::Object)
    }

    #[test]
    fn texts_become_values() {
        let cells = json!({"queue": "A", "summary": "none", "tags": "a, b", "storyPoints": "2.5",
            "deadline": "2026-11-30", "estimation": "1h", "place": "here", "unique": "u"});
        let body = json!({"summary": "none", "tags": ["a", "b"], "storyPoints": 2.5,
            "deadline": "2026-11-30", "estimation": "PT60M", "17--place": "here", "unique": "u"});
        assert_eq!(checked(&cells, false), Ok(body));
        let cells = json!({"key": "A-1", "deadline": "none", "tags": {"add": ["x"]}});
        assert_eq!(checked(&cells, true), Ok(json!({"deadline": null, "tags": {"add": ["x"]}})));
    }

    #[test]
    fn every_wrong_cell_is_named() {
        let cells = json!({"storyPoints": "many", "nosuch": "1", "votes": "3", "deadline": "soon"});
        let why = checked(&cells, false).expect_err("wrong");
        for name in ["storyPoints: ", "nosuch: ", "votes: ", "deadline: ", "summary: "] {
            assert!(why.contains(name), "{name}{why}");
        }
        for cells in [json!({"key": "A-1"}), json!({"status": "closed"}), json!({"unique": "u"})] {
            assert!(checked(&cells, true).is_err(), "{cells}");
        }
    }
}
