//! What the queue's settings say about an issue: the ways through its workflow, its resolutions.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

/// The settings of the issue's type in its queue.
async fn settings(session: &Session<'_, '_>, issue: &Value) -> Result<Value, Failure> {
    let path = Session::at("/queues/{queue}", &[&cell(issue["queue"].get("key"))]);
    let queue = session.get(&path, &[("expand", "issueTypesConfig".to_owned())]).await?;
    let of_type = |config: &&Value| config["issueType"]["key"] == issue["type"]["key"];
    let mut all = queue["issueTypesConfig"].as_array().into_iter().flatten();
    Ok(all.find(of_type).cloned().unwrap_or_default())
}

/// Keys of the resolutions that an issue may be closed with; none if nobody says.
pub(super) async fn resolutions(session: &Session<'_, '_>, key: &str) -> Vec<String> {
    let Ok(issue) = session.get(&Session::at("/issues/{key}", &[key]), &[]).await else {
        return Vec::new();
    };
    let settings = settings(session, &issue).await.unwrap_or_default();
    let all = settings["resolutions"].as_array().into_iter().flatten();
    all.map(|resolution| cell(resolution.get("key"))).collect()
}

/// The workflow of the issue's type in its queue; nothing if nobody says.
pub(super) async fn workflow(
    session: &Session<'_, '_>,
    issue: &Value,
) -> Result<Option<Value>, Failure> {
    let settings = settings(session, issue).await?;
    let id = cell(settings["workflow"].get("id"));
    if id.is_empty() {
        return Ok(None);
    }
    Ok(Some(session.get(&Session::at("/workflows/{id}", &[&id]), &[]).await?))
}

/// The statuses on the shortest way of a workflow from one to one that `is_there`, without the steps
/// that are `shut`; none if there is no way. Breadth first, so that the first way found is a shortest
/// one.
pub(super) fn way(
    workflow: &Value,
    from: &str,
    is_there: impl Fn(&Value) -> bool,
    shut: &[(String, String)],
) -> Vec<Value> {
    let next = |from: &str| -> Vec<Value> {
        let steps = workflow["steps"].as_array().into_iter().flatten();
        let of_status = steps.filter(|step| step["status"]["key"] == from);
        let actions = of_status.flat_map(|step| step["actions"].as_array().into_iter().flatten());
        actions.map(|action| action["target"].clone()).collect()
    };
    let mut came: BTreeMap<String, Option<(String, Value)>> = BTreeMap::new();
    came.insert(from.to_owned(), None);
    let mut waiting = VecDeque::from([from.to_owned()]);
    while let Some(status) = waiting.pop_front() {
        for target in next(&status) {
            let key = cell(target.get("key"));
            let is_shut = |(a, b): &(String, String)| *a == status && *b == key;
            if came.contains_key(&key) || shut.iter().any(is_shut) {
                continue;
            }
            let there = is_there(&target);
            came.insert(key.clone(), Some((status.clone(), target)));
            if there {
                return back(&came, key);
            }
            waiting.push_back(key);
        }
    }
    Vec::new()
}

/// The way to a status, in order.
fn back(came: &BTreeMap<String, Option<(String, Value)>>, to: String) -> Vec<Value> {
    let mut way = Vec::new();
    let mut at = to;
    while let Some(Some((before, status))) = came.get(&at) {
        way.push(status.clone());
        at.clone_from(before);
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_shortest_way_is_found() {
        let step = |from: &str, to: &[&str]| {
            let actions: Vec<Value> = to
                .iter()
                .map(|to| json!({"id": to, "target": {"key": to, "display": to.to_uppercase()}}))
                .collect();
            json!({"status": {"key": from}, "actions": actions})
        };
        let workflow = json!({"steps": [step("new", &["doing"]), step("doing", &["test", "new"]),
            step("test", &["doing", "closed"]), json!({"status": {"key": "closed"}})]});
        let keys = |from: &str, to: &str| -> Vec<String> {
            let way = way(&workflow, from, |status| status["key"] == to, &[]);
            way.iter().map(|status| cell(status.get("key"))).collect()
        };
        assert_eq!(keys("new", "closed"), ["doing", "test", "closed"]);
        assert_eq!(keys("doing", "closed"), ["test", "closed"]);
        assert!(keys("closed", "new").is_empty());
        let shut = [("test".to_owned(), "closed".to_owned())];
        assert!(way(&workflow, "new", |status| status["key"] == "closed", &shut).is_empty());
    }
}
