//! `trackway goal checkin`: how far a goal is.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::types::Members;

use super::{Which, change, find};
use crate::failure::{Failure, Kind};
use crate::session::{Session, text};
use crate::shape::cell;

/// Arguments of `trackway goal checkin`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Name, short id or id.
    name: String,
    /// What there is to say: a text, @file, or - for standard input.
    comment: Option<String>,
    /// Status, as according_to_plan, at_risk or blocked.
    #[arg(short, long)]
    status: Option<String>,
    /// How far a key result is: a part of its text or its number, and its value, or done. May be
    /// repeated.
    #[arg(long, value_name = "RESULT=VALUE")]
    result: Vec<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut members = Members::new();
    members.extend(arguments.status.map(|to| ("entityStatus".to_owned(), to.into())));
    if !arguments.result.is_empty() {
        let goal = find(Which::Goal, &arguments.name, "keyResultItems", session).await?;
        let items = goal["fields"]["keyResultItems"].as_array().cloned().unwrap_or_default();
        members.insert("keyResultItems".to_owned(), measured(items, &arguments.result)?);
    }
    let comment = arguments.comment.as_deref().map(text).transpose()?;
    if members.is_empty() && comment.is_none() {
        return Err(
            Failure::usage("nothing to change").hint("give a comment, --status or --result")
        );
    }
    change(Which::Goal, &arguments.name, members, comment, session).await
}

/// The key results with the values that are given.
fn measured(mut items: Vec<Value>, given: &[String]) -> Result<Value, Failure> {
    for pair in given {
        let (name, value) = pair
            .rsplit_once('=')
            .ok_or_else(|| Failure::usage(format!("--result {pair}: must be RESULT=VALUE")))?;
        let place = place(&items, name.trim())?;
        let Some(item) = items.get_mut(place) else { continue };
        match value.trim() {
            "done" => item["achieved"] = true.into(),
            "open" => item["achieved"] = false.into(),
            number => {
                let number: f64 = number.parse().map_err(|_| {
                    Failure::usage(format!("--result {pair}: {number:?} is no number"))
                        .hint("a number, done, or open")
                })?;
                item["progress"]["current"] = number.into();
            }
        }
    }
    Ok(items.iter().map(sent).collect())
}

/// The key result of a number, from 1, or with this in its text.
fn place(items: &[Value], name: &str) -> Result<usize, Failure> {
    let numbered = name.parse::<usize>().ok().filter(|n| (1..=items.len()).contains(n));
    if let Some(number) = numbered {
        return Ok(number - 1);
    }
    let part = name.to_lowercase();
    let has = |item: &Value| cell(item.get("text")).to_lowercase().contains(&part);
    let found: Vec<usize> =
        (0..items.len()).filter(|at| items.get(*at).is_some_and(&has)).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        several => {
            let texts: Vec<String> = items.iter().map(|item| cell(item.get("text"))).collect();
            let why = if several.is_empty() {
                format!("the goal has no key result called {name:?}")
            } else {
                format!("the goal has several key results called {name:?}")
            };
            Err(Failure::new(Kind::NotFound, why).note("possible", texts.join(", ")))
        }
    }
}

/// A key result as a request takes it: with the id that says which one it is.
fn sent(item: &Value) -> Value {
    let names = ["id", "text", "type", "achieved", "progress"];
    let mut members: Members = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), item.get(*name)?.clone())))
        .collect();
    for name in ["assignee", "deadline"] {
        if let Some(value) = item.get(name).filter(|value| !value.is_null()) {
            let plain = value.get("id").filter(|_| name == "assignee").cloned();
            members.insert(name.to_owned(), plain.unwrap_or_else(|| value.clone()));
        }
    }
    json!(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<Value> {
        vec![
            json!({"id": "a", "text": "Sell more", "type": "value",
                "progress": {"start": 0, "end": 10, "current": 1},
                "assignee": {"self": "s", "id": "7", "display": "Ann"}}),
            json!({"id": "b", "text": "Open a shop", "type": "binary"}),
        ]
    }

    #[test]
    fn key_results_are_found_and_measured() {
        let given = ["sell=4.5".to_owned(), "2=done".to_owned()];
        let sent = measured(items(), &given).expect("good");
        assert_eq!(sent[0]["progress"], json!({"start": 0, "end": 10, "current": 4.5}));
        assert_eq!((&sent[0]["assignee"], &sent[1]["achieved"]), (&json!("7"), &json!(true)));
        for bad in ["nosuch=1", "e=1", "sell=much", "sell"] {
            assert!(measured(items(), &[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
