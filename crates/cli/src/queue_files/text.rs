//! Settings as TOML, and back. TOML has no `null`: such a value is written as the text
//! `json:null`, and a text that begins with `json:` as the JSON of it.

use serde_json::{Map, Number, Value};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as Toml};

/// Stands in front of JSON in a text.
const MARK: &str = "json:";
/// How deep lists of objects are written as tables of their own.
const TABLES: usize = 2;
/// Longest list on one line, in characters.
const LINE: usize = 80;

/// Members that a reader looks for first; the others follow by name.
const FIRST: [&str; 16] = [
    "id",
    "key",
    "name",
    "description",
    "issueType",
    "status",
    "statusType",
    "type",
    "field",
    "target",
    "lead",
    "active",
    "create",
    "read",
    "write",
    "conditions",
];

/// The TOML of an object.
pub(crate) fn written(object: &Value) -> String {
    let mut document = DocumentMut::new();
    fill(document.as_table_mut(), object, 0);
    document.to_string()
}

/// Members in the order in which they are written: those with tables below them come last.
fn ordered(object: &Value) -> Vec<(&String, &Value)> {
    let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let mut members: Vec<_> = object.as_object().into_iter().flatten().collect();
    members.sort_by_key(|(name, _)| (place(name), (*name).clone()));
    members
}

fn fill(table: &mut Table, object: &Value, depth: usize) {
    for (name, value) in ordered(object) {
        let item = match value {
            Value::Array(items)
                if depth < TABLES && !items.is_empty() && items.iter().all(Value::is_object) =>
            {
                let mut tables = ArrayOfTables::new();
                for item in items {
                    let mut below = Table::new();
                    fill(&mut below, item, depth + 1);
                    tables.push(below);
                }
                Item::ArrayOfTables(tables)
            }
            other => Item::Value(plain(other)),
        };
        table.insert(name, item);
    }
}

fn plain(value: &Value) -> Toml {
    let json = || Toml::from(format!("{MARK}{value}"));
    match value {
        Value::Null => json(),
        Value::Bool(flag) => Toml::from(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Toml::from(whole),
            (None, Some(broken)) if number.is_f64() => Toml::from(broken),
            _ => json(),
        },
        Value::String(text) if text.starts_with(MARK) => json(),
        Value::String(text) => Toml::from(text.as_str()),
        Value::Array(items) => Toml::Array(list(items)),
        Value::Object(_) => {
            let mut table = InlineTable::new();
            for (name, value) in ordered(value) {
                table.insert(name, plain(value));
            }
            Toml::InlineTable(table)
        }
    }
}

/// A list on one line, or with a line for each item where it is long.
fn list(items: &[Value]) -> Array {
    let mut array: Array = items.iter().map(plain).collect();
    let long = items.iter().any(Value::is_object) || array.to_string().chars().count() > LINE;
    if long && !items.is_empty() {
        for item in array.iter_mut() {
            item.decor_mut().set_prefix("\n  ");
        }
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    array
}

/// The object of a TOML text.
///
/// # Errors
/// What is wrong, and where.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    object(document.iter())
}

fn object<'i>(members: impl Iterator<Item = (&'i str, &'i Item)>) -> Result<Value, String> {
    let mut found = Map::new();
    for (name, item) in members {
        let value = match item {
            Item::None => continue,
            Item::Value(value) => json(value)?,
            Item::Table(table) => object(table.iter())?,
            Item::ArrayOfTables(tables) => {
                Value::Array(tables.iter().map(|t| object(t.iter())).collect::<Result<_, _>>()?)
            }
        };
        found.insert(name.to_owned(), value);
    }
    Ok(Value::Object(found))
}

fn json(value: &Toml) -> Result<Value, String> {
    Ok(match value {
        Toml::String(text) => match text.value().strip_prefix(MARK) {
            Some(json) => serde_json::from_str(json)
                .map_err(|error| format!("{:?} is no JSON: {error}", text.value()))?,
            None => text.value().as_str().into(),
        },
        Toml::Integer(number) => (*number.value()).into(),
        Toml::Float(number) => Number::from_f64(*number.value()).map_or(Value::Null, Value::Number),
        Toml::Boolean(flag) => (*flag.value()).into(),
        Toml::Datetime(time) => time.value().to_string().into(),
        Toml::Array(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Toml::InlineTable(table) => {
            let mut found = Map::new();
            for (name, value) in table {
                found.insert(name.to_owned(), json(value)?);
            }
            Value::Object(found)
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let settings = json!({
            "key": "TEST", "name": "Тест \"x\"", "description": "two\nlines\n\n\tand \\ more",
            "assignAuto": false, "empty": [], "none": {}, "big": 3.5, "whole": 7,
            "strange key": "json:null", "nothing": null, "huge": u64::MAX,
            "triggers": [
                {"name": "A", "conditions": [{"type": "And", "conditions": [{"type": "X", "v": null}]}],
                    "actions": [{"type": "Update", "update": {"a.b": {"add": ["x", 1, true]}}}]},
                {"name": "B", "actions": [[{"deep": []}], []]}],
            "words": (0..40).map(|n| n.to_string()).collect::<Vec<_>>()});
        let text = written(&settings);
        assert_eq!(read(&text).expect(&text), settings, "{text}");
        assert!(text.contains("\n[[triggers]]\nname = \"A\"\n"), "{text}");
        assert!(text.contains("\n[[triggers.actions]]\n"), "{text}");
    }

    #[test]
    fn days_need_no_quotes_and_errors_name_their_line() {
        assert_eq!(read("due = 2026-11-24"), Ok(json!({"due": "2026-11-24"})));
        assert!(read("a = 1\nb =").expect_err("broken").contains("line 2"));
        assert!(read("a = \"json:{\"").expect_err("broken").contains("no JSON"));
    }
}
