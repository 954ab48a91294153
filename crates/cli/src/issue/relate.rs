//! Links and checklists.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const LINK: &[Column] = &[
    Column("ID", "id"),
    Column("RELATION", "relation"),
    Column("KEY", "object.key"),
    Column("STATUS", "status"),
    Column("SUMMARY", "object.display"),
];
const ITEM: &[Column] = &[
    Column("ID", "id"),
    Column("DONE", "checked"),
    Column("ASSIGNEE", "assignee"),
    Column("TEXT", "text"),
];

/// Relations in words, as the server names them.
const RELATIONS: [(&str, &str); 10] = [
    ("relates", "relates"),
    ("blocks", "is dependent by"),
    ("blocked-by", "depends on"),
    ("parent-of", "is parent task for"),
    ("child-of", "is subtask for"),
    ("duplicates", "duplicates"),
    ("duplicated-by", "is duplicated by"),
    ("epic-of", "is epic of"),
    ("in-epic", "has epic"),
    ("clones", "clone"),
];

/// Arguments of `trackway issue link`.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// Key.
    key: String,
    /// relates, blocks, blocked-by, parent-of, child-of, duplicates, duplicated-by, epic-of,
    /// in-epic, clones, or as the server names it.
    relation: String,
    /// The other issues.
    #[arg(required = true)]
    others: Vec<String>,
}

pub(super) async fn link(arguments: Link, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let known = RELATIONS.iter().find(|(word, _)| *word == arguments.relation);
    let relation = known.map_or(arguments.relation.as_str(), |(_, name)| name);
    for other in &arguments.others {
        let other = session.key(other);
        let body = json!({"relationship": relation, "issue": other});
        let path = Session::at("/issues/{key}/links", &[&key]);
        if let Some(link) = session.write(HttpMethod::POST, &path, &[], Some(body)).await? {
            let line = format!("{key} {} {other}", arguments.relation);
            session.output.changed(LINK, &line, link)?;
        }
    }
    Ok(())
}

/// Arguments of `trackway issue links`.
#[derive(Debug, Args)]
pub(crate) struct Links {
    /// Key.
    key: String,
}

pub(super) async fn links(arguments: Links, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let path = Session::at("/issues/{key}/links", &[&session.key(&arguments.key)]);
    let mut found = session.list(&path, &[], 0).await?.items;
    if !session.output.is_json() {
        for link in &mut found {
            let relation = link["type"][link["direction"].as_str().unwrap_or("outward")].clone();
            link["relation"] = relation;
        }
    }
    session.output.list(LINK, found)
}

/// Arguments of `trackway issue unlink`.
#[derive(Debug, Args)]
pub(crate) struct Unlink {
    /// Key.
    key: String,
    /// The other issue, or the id of the link.
    other: String,
}

pub(super) async fn unlink(
    arguments: Unlink,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let path = Session::at("/issues/{key}/links", &[&key]);
    let links = session.list(&path, &[], 0).await?.items;
    let other = session.key(&arguments.other);
    let is = |link: &&Value| {
        cell(link.get("id")) == arguments.other || link["object"]["key"] == other.as_str()
    };
    let ids: Vec<String> = links.iter().filter(is).map(|link| cell(link.get("id"))).collect();
    if ids.is_empty() {
        return Err(Failure::new(Kind::NotFound, format!("{key} is not linked to {other}")));
    }
    for id in ids {
        let path = Session::at("/issues/{key}/links/{id}", &[&key, &id]);
        session.write(HttpMethod::DELETE, &path, &[], None).await?;
    }
    Ok(())
}

/// Arguments of `trackway issue checklist`.
#[derive(Debug, Args)]
pub(crate) struct Checklist {
    /// Key.
    key: String,
}

pub(super) async fn checklist(
    arguments: Checklist,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let path = Session::at("/issues/{key}/checklistItems", &[&session.key(&arguments.key)]);
    let found = session.list(&path, &[], 0).await?;
    session.output.list(ITEM, found.items)
}

/// Arguments of `trackway issue checklist-add`.
#[derive(Debug, Args)]
pub(crate) struct ChecklistAdd {
    /// Key.
    key: String,
    /// Items.
    #[arg(required = true)]
    texts: Vec<String>,
}

pub(super) async fn checklist_add(
    arguments: ChecklistAdd,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    for text in arguments.texts {
        let path = Session::at("/issues/{key}/checklistItems", &[&key]);
        let body = json!({"text": text});
        if session.write(HttpMethod::POST, &path, &[], Some(body)).await?.is_some() {
            session.output.remark(&format!("added to the checklist of {key}: {text}"));
        }
    }
    Ok(())
}
