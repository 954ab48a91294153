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
    for other in &arguments.others {
        add(session, &key, &arguments.relation, other).await?;
    }
    Ok(())
}

/// A relation as the server names it.
pub(crate) fn relation(word: &str) -> &str {
    RELATIONS.iter().find(|(known, _)| *known == word).map_or(word, |(_, name)| name)
}

/// Links two issues.
pub(super) async fn add(
    session: &mut Session<'_, '_>,
    key: &str,
    word: &str,
    other: &str,
) -> Result<(), Failure> {
    let relation = relation(word);
    let other = session.key(other);
    let body = json!({"relationship": relation, "issue": other});
    let path = Session::at("/issues/{key}/links", &[key]);
    if let Some(link) = session.write(HttpMethod::POST, &path, &[], Some(body)).await? {
        session.output.changed(LINK, &format!("{key} {word} {other}"), link)?;
    }
    Ok(())
}

/// Arguments of `trackway issue links`.
#[derive(Debug, Args)]
pub(crate) struct Links {
    /// Key.
    key: String,
    /// Draw what hangs on the issue: what it waits for and what waits for it, its parts, its epic.
    #[arg(long)]
    tree: bool,
    /// How deep the tree goes.
    #[arg(long, value_name = "N", default_value_t = 5, requires = "tree")]
    depth: usize,
}

pub(super) async fn links(arguments: Links, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    if arguments.tree {
        return super::tree::show(&key, arguments.depth, session).await;
    }
    let path = Session::at("/issues/{key}/links", &[&key]);
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
        if session.write(HttpMethod::DELETE, &path, &[], None).await?.is_some() {
            session.output.remark(&format!("✓ {key} is not linked to {other} any more"));
        }
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

/// Arguments of `trackway issue checklist-check`, `checklist-uncheck` and `checklist-remove`.
#[derive(Debug, Args)]
pub(crate) struct ChecklistItems {
    /// Key.
    key: String,
    /// Numbers of the items, from 1, or their ids.
    #[arg(required = true)]
    items: Vec<String>,
}

/// The ids of items that are named by number or id.
async fn ids(
    key: &str,
    named: &[String],
    session: &Session<'_, '_>,
) -> Result<Vec<String>, Failure> {
    let path = Session::at("/issues/{key}/checklistItems", &[key]);
    let all = session.list(&path, &[], 0).await?.items;
    let find = |name: &String| {
        let number = name.parse::<usize>().ok().filter(|number| *number > 0);
        let at = number.and_then(|number| all.get(number - 1));
        let item = at.or_else(|| all.iter().find(|item| cell(item.get("id")) == *name));
        item.map(|item| cell(item.get("id"))).ok_or_else(|| {
            Failure::new(Kind::NotFound, format!("the checklist of {key} has no item {name}"))
                .hint(format!("trackway issue checklist {key}"))
        })
    };
    named.iter().map(find).collect()
}

pub(super) async fn check(
    arguments: ChecklistItems,
    checked: bool,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    for id in ids(&key, &arguments.items, session).await? {
        let path = Session::at("/issues/{key}/checklistItems/{id}", &[&key, &id]);
        let item = session.get(&path, &[]).await?;
        let body = json!({"text": item["text"], "checked": checked});
        session.write(HttpMethod::PATCH, &path, &[], Some(body)).await?;
    }
    checklist(Checklist { key }, session).await
}

/// Arguments of `trackway issue checklist-edit`.
#[derive(Debug, Args)]
pub(crate) struct ChecklistEdit {
    /// Key.
    key: String,
    /// Number of the item, from 1, or its id.
    item: String,
    /// New text.
    text: String,
    /// Who is to do it: me or a login.
    #[arg(short, long, value_name = "WHO")]
    assignee: Option<String>,
}

pub(super) async fn checklist_edit(
    arguments: ChecklistEdit,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let mut body = json!({"text": arguments.text});
    if let Some(who) = &arguments.assignee {
        body["assignee"] = crate::session::person(session, who).await?;
    }
    for id in ids(&key, &[arguments.item], session).await? {
        let path = Session::at("/issues/{key}/checklistItems/{id}", &[&key, &id]);
        session.write(HttpMethod::PATCH, &path, &[], Some(body.clone())).await?;
    }
    checklist(Checklist { key }, session).await
}

pub(super) async fn checklist_remove(
    arguments: ChecklistItems,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let ids = ids(&key, &arguments.items, session).await?;
    session.confirm(&format!("remove {} items of the checklist of {key}", ids.len()))?;
    for id in ids {
        let path = Session::at("/issues/{key}/checklistItems/{id}", &[&key, &id]);
        session.write(HttpMethod::DELETE, &path, &[], None).await?;
    }
    checklist(Checklist { key }, session).await
}
