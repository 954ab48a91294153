//! `trackway board copy`: a new board with the settings of another one.

use clap::Args;
use serde_json::{Map, Value, json};
use trackway_client::api::HttpMethod;

use super::BOARD;
use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

/// Arguments of `trackway board copy`.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// Id of the board.
    id: String,
    /// Name of the new one.
    name: String,
}

/// Members that a new board takes as they are read.
const SAME: [&str; 7] = [
    "filter",
    "query",
    "orderBy",
    "orderAsc",
    "useRanking",
    "backlogAvailable",
    "sprintsAvailable",
];

pub(super) async fn copy(arguments: Copy, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let Copy { id, name } = arguments;
    let board = session.get(&Session::at("/boards/{id}", &[&id]), &[]).await?;
    let columns = session.whole(&Session::at("/boards/{id}/columns", &[&id]), &[]).await?;
    let body = settings(&board, &columns, &name);
    let kind = if body.get("autoFilters").is_some() { "/liveBoards" } else { "/boards" };
    let made = session.write(HttpMethod::POST, kind, &[], Some(body)).await?;
    made.map_or(Ok(()), |made| {
        let line = format!("board {} created: {name}", cell(made.get("id")));
        session.output.changed(BOARD, &line, made)
    })
}

/// What a new board is to be like another one.
fn settings(board: &Value, columns: &[Value], name: &str) -> Value {
    let mut body = Map::new();
    body.insert("name".to_owned(), name.into());
    let present = |value: &&Value| !value.is_null();
    for member in SAME {
        if let Some(value) = board.get(member).filter(present) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(queue) = board["defaultQueue"].get("key") {
        body.insert("defaultQueue".to_owned(), queue.clone());
    }
    if let Some(country) = board["country"].get("id") {
        body.insert("country".to_owned(), json!({"id": country}));
    }
    body.insert("columns".to_owned(), columns.iter().map(column).collect());
    if let Some(filters) = board.get("autoFilterSettings").filter(present) {
        // Issues come to such a board by these rules alone.
        for member in
            ["filter", "query", "orderBy", "orderAsc", "useRanking", "defaultQueue", "country"]
        {
            body.remove(member);
        }
        body.insert("autoFilters".to_owned(), auto(filters));
    } else {
        body.remove("backlogAvailable");
    }
    Value::Object(body)
}

fn column(column: &Value) -> Value {
    let mut settings = json!({"name": column["name"], "statuses": keys(&column["statuses"])});
    if let Some(limit) = column.get("limit").filter(|limit| !limit.is_null()) {
        settings["limit"] = limit.clone();
    }
    settings
}

fn keys(all: &Value) -> Value {
    all.as_array().into_iter().flatten().map(|one| one["key"].clone()).collect()
}

/// The rules by which issues come and go, as they are sent.
fn auto(settings: &Value) -> Value {
    let mut filters = Map::new();
    if let Some(add) = settings.get("addFilterSettings") {
        let fields = add["liveFilter"]["fieldValues"].as_array().into_iter().flatten();
        let values: Map<String, Value> = fields
            .map(|field| {
                let values = field["value"].as_array().into_iter().flatten().map(value);
                (cell(field.get("id")), values.collect())
            })
            .collect();
        let filter = json!({"enabled": add["enabled"], "liveFilter": {"fieldValues": values}});
        filters.insert("addFilter".to_owned(), filter);
    }
    if let Some(remove) = settings.get("removeFilterSettings") {
        let mut filter = remove.clone();
        filter["statuses"] = keys(&remove["statuses"]);
        filters.insert("removeFilter".to_owned(), filter);
    }
    Value::Object(filters)
}

/// A value of a rule: what it refers to by its key, or else its id.
fn value(value: &Value) -> Value {
    let mut sent = value.clone();
    if let Some(fixed) = sent.get_mut("fixed") {
        let key = fixed.get("key").or_else(|| fixed.get("id")).cloned();
        *fixed = key.unwrap_or_else(|| fixed.clone());
    }
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_sent_as_the_api_takes_them() {
        let columns = [json!({"id": 1, "name": "New", "limit": 3,
            "statuses": [{"id": "1", "key": "open"}, {"id": "2", "key": "needInfo"}]})];
        let board = json!({"id": 5, "name": "A", "query": "Queue: A", "version": 3,
            "backlogAvailable": false, "sprintsAvailable": true,
            "defaultQueue": {"id": "1", "key": "A"}, "country": {"id": "643", "display": "R"}});
        let wanted = json!({"name": "B", "query": "Queue: A", "sprintsAvailable": true,
            "defaultQueue": "A", "country": {"id": "643"},
            "columns": [{"name": "New", "limit": 3, "statuses": ["open", "needInfo"]}]});
        assert_eq!(settings(&board, &columns, "B"), wanted);
        let live = json!({"backlogAvailable": true, "autoFilterSettings": {
            "addFilterSettings": {"enabled": true, "liveFilter": {"fieldValues": [
                {"id": "priority", "value": [{"fixed": {"id": "4", "key": "critical"}, "invert": false}]}]}},
            "removeFilterSettings": {"enabled": true, "statuses": [{"id": 26, "key": "closed"}]}}});
        let wanted = json!({
            "addFilter": {"enabled": true, "liveFilter": {"fieldValues":
                {"priority": [{"fixed": "critical", "invert": false}]}}},
            "removeFilter": {"enabled": true, "statuses": ["closed"]}});
        let sent = settings(&live, &columns, "C");
        assert_eq!(sent["autoFilters"], wanted);
        assert_eq!(sent["backlogAvailable"], true);
    }
}
