//! `trackway queue workflow` and `statuses`: the ways of a queue's issues.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

mod layout;
mod svg;

const STATUS: &[Column] = &[Column("KEY", "key"), Column("NAME", "display")];

/// Arguments of `trackway queue workflow`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Key of the queue.
    key: String,
    /// Only that of this type, by key.
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    issue_type: Option<String>,
    /// As a diagram that Mermaid draws.
    #[arg(long)]
    mermaid: bool,
    /// Draw it into this file, as SVG; of several workflows each has a file of its own.
    #[arg(long, value_name = "FILE", conflicts_with = "mermaid")]
    svg: Option<PathBuf>,
}

pub(crate) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let workflows = workflows(&arguments.key, arguments.issue_type.as_deref(), session).await?;
    if let Some(file) = &arguments.svg {
        return pictures(&workflows, file, session);
    }
    if session.output.is_json() {
        let all = workflows.into_iter().map(|(workflow, _)| workflow).collect::<Vec<_>>();
        return session.output.json(&all);
    }
    let draw = if arguments.mermaid { diagram } else { outline };
    let texts: Vec<String> = workflows.iter().map(|(w, types)| draw(w, types)).collect();
    session.output.text(texts.join("\n").trim_end())
}

/// Writes a picture of each workflow, and says where to.
fn pictures(
    workflows: &[(Value, Vec<String>)],
    file: &std::path::Path,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    for (number, (workflow, types)) in workflows.iter().enumerate() {
        let mut path = file.to_owned();
        if number > 0 {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            path.set_file_name(format!("{stem}-{}.svg", number + 1));
        }
        let unwritable = |error| Failure::usage(format!("{}: {error}", path.display()));
        std::fs::write(&path, svg::picture(workflow, types)).map_err(unwritable)?;
        session.output.text(&path.display().to_string())?;
    }
    Ok(())
}

/// Statuses that issues of a queue may be in.
pub(crate) async fn statuses(key: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut found: Vec<Value> = Vec::new();
    for (workflow, _) in workflows(key, None, session).await? {
        for step in workflow["steps"].as_array().into_iter().flatten() {
            let status = &step["status"];
            if found.iter().all(|known| known["key"] != status["key"]) {
                found.push(status.clone());
            }
        }
    }
    session.output.list(STATUS, found)
}

/// Each workflow of a queue with the types that follow it.
async fn workflows(
    key: &str,
    only: Option<&str>,
    session: &Session<'_, '_>,
) -> Result<Vec<(Value, Vec<String>)>, Failure> {
    let query = [("expand", "issueTypesConfig".to_owned())];
    let queue = session.get(&Session::at("/queues/{key}", &[key]), &query).await?;
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for config in queue["issueTypesConfig"].as_array().into_iter().flatten() {
        let (name, id) = (&config["issueType"], cell(config["workflow"].get("id")));
        if only.is_none_or(|only| name["key"] == only) {
            types.entry(id).or_default().push(cell(Some(name)));
        }
    }
    if types.is_empty() {
        return Err(Failure::new(Kind::NotFound, "the queue has no such type")
            .hint(format!("trackway queue types {key}")));
    }
    let mut found = Vec::new();
    for (id, types) in types {
        let path = Session::at("/workflows/{id}", &[&id]);
        found.push((session.get(&path, &[]).await?, types));
    }
    Ok(found)
}

fn steps(workflow: &Value) -> impl Iterator<Item = (&Value, Vec<&Value>)> {
    workflow["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|step| (&step["status"], step["actions"].as_array().into_iter().flatten().collect()))
}

fn outline(workflow: &Value, types: &[String]) -> String {
    let mut text = format!("{} ({})\n", cell(workflow.get("name")), types.join(", "));
    for (status, actions) in steps(workflow) {
        // Strings take everything.
        writeln!(text, "  {}", cell(Some(status))).ok();
        for action in actions {
            let (name, target) = (cell(action.get("name")), cell(action.get("target")));
            writeln!(text, "    {name} → {target}").ok();
        }
    }
    text
}

fn diagram(workflow: &Value, types: &[String]) -> String {
    let plain = |value: &Value| cell(Some(value)).replace([':', ';', '"'], " ");
    let mut text =
        format!("%% {} ({})\nstateDiagram-v2\n", plain(&workflow["name"]), types.join(", "));
    for (status, actions) in steps(workflow) {
        let key = cell(status.get("key"));
        writeln!(text, "    {key} : {}", plain(status)).ok();
        for action in actions {
            let target = cell(action["target"].get("key"));
            writeln!(text, "    {key} --> {target} : {}", plain(&action["name"])).ok();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn workflows_are_drawn() {
        let workflow = json!({"name": "Simple", "steps": [
            {"status": {"key": "open", "display": "Open"}, "actions": [{"name": "Close",
                "target": {"key": "closed", "display": "Closed"}}]},
            {"status": {"key": "closed", "display": "Closed"}}]});
        let types = ["Task".to_owned()];
        assert_eq!(
            outline(&workflow, &types),
            "Simple (Task)\n  Open\n    Close → Closed\n  Closed\n"
        );
        assert_eq!(
            diagram(&workflow, &types),
            "%% Simple (Task)\nstateDiagram-v2\n    open : Open\n    \
             open --> closed : Close\n    closed : Closed\n"
        );
    }
}
