//! `trackway queue create`.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use super::QUEUE;
use crate::failure::{Failure, Kind};
use crate::session::{Session, person};
use crate::shape::cell;

/// What ids of the workflows of presets end with.
const SUFFIX: &str = "PresetWorkflow";

/// Arguments of `trackway queue create`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Key: Latin capitals.
    key: String,
    /// Name.
    #[arg(long)]
    name: String,
    /// Preset of its types, resolutions and workflow, by id or name: scrumDevelopment, or
    /// Scrum.
    #[arg(long, value_name = "NAME", conflicts_with = "workflow")]
    preset: Option<String>,
    /// Workflow of its issues, by id.
    #[arg(long, default_value = "quickStartV2PresetWorkflow", value_name = "ID")]
    workflow: String,
    /// Owner, by login; you if not given.
    #[arg(long, value_name = "LOGIN", add = crate::complete::of("people"))]
    lead: Option<String>,
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let Arguments { key, name, preset, workflow, lead } = arguments;
    let lead = person(session, lead.as_deref().unwrap_or("me")).await?;
    let body = match preset {
        Some(wanted) => {
            let preset = preset_id(&wanted, session).await?;
            json!({"key": key, "name": name, "lead": lead, "preset": preset})
        }
        None => json!({"key": key, "name": name, "lead": lead, "defaultType": "task",
            "defaultPriority": "normal", "issueTypesConfig": [{"issueType": "task",
            "workflow": workflow, "resolutions": ["fixed", "wontFix"]}]}),
    };
    let made = session.write(HttpMethod::POST, "/queues", &[], Some(body)).await?;
    made.map_or(Ok(()), |queue| {
        session.output.changed(QUEUE, &format!("queue {key} created"), queue)
    })
}

/// The id of the preset of this name, in whatever language it is named.
async fn preset_id(name: &str, session: &Session<'_, '_>) -> Result<String, Failure> {
    let mut known = session.whole("/workflows", &[]).await?;
    for language in ["en", "ru"] {
        let found = session.get_in(language, "/workflows").await?;
        known.extend(found.as_array().into_iter().flatten().cloned());
    }
    known.retain(is_preset);
    let wanted = name.to_lowercase();
    let is = |one: &&Value| names(one).iter().any(|name| name.to_lowercase() == wanted);
    if let Some(found) = known.iter().find(is) {
        return Ok(cell(found.get("id")));
    }
    let mut all: Vec<String> = Vec::new();
    for one in &known {
        let short = short(one);
        if !all.contains(&short) {
            all.push(short);
        }
    }
    let failure = Failure::new(Kind::NotFound, format!("there is no preset {name:?}"))
        .note("possible", all.join(", "));
    let spellings: Vec<String> = known.iter().flat_map(names).collect();
    Err(match crate::suggest::nearest(name, spellings.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("--preset {near:?}?")),
        None => failure,
    })
}

/// Workflows that come with the tracker belong to no queue.
fn is_preset(workflow: &Value) -> bool {
    cell(workflow.get("id")).ends_with(SUFFIX) && workflow["queue"].is_null()
}

/// The id without what all have in common.
fn short(workflow: &Value) -> String {
    cell(workflow.get("id")).trim_end_matches(SUFFIX).to_owned()
}

/// All that a preset may be called.
fn names(workflow: &Value) -> Vec<String> {
    vec![cell(workflow.get("id")), short(workflow), cell(workflow.get("name"))]
}
