//! What happens to whole issues.

mod importing;
mod moving;
mod removing;
mod restoring;
mod shelving;
mod voting;

use serde_json::Value;

use crate::testing::{Fixture, body};

/// The history of an issue.
fn history(f: &Fixture, key: &str) -> Vec<Value> {
    let r = trackway_api::changelog::ListChangelog::new(key);
    let reply = f.read(f.boss, |cx| crate::event::ops::list(cx, &r)).expect("a history");
    serde_json::from_value(body(reply)).expect("a list")
}

/// Ids of the fields that an entry of a history names.
fn fields(entry: &Value) -> Vec<&str> {
    let fields = entry["fields"].as_array().map_or(&[][..], Vec::as_slice);
    fields.iter().filter_map(|change| change["field"]["id"].as_str()).collect()
}

fn members(json: Value) -> serde_json::Map<String, Value> {
    let Value::Object(members) = json else { panic!("an object") };
    members
}
