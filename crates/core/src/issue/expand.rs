//! Blocks that `expand` adds to issues, read for a whole page at once.

use trackway_api::List;

use super::store::Loaded;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::field::no;
use crate::queue::of_issue;
use crate::{attachment, comment, link, markup, sla, transition};

/// Names of blocks with their JSON, for one issue.
pub type Blocks = Vec<(&'static str, Vec<u8>)>;

/// The blocks asked for, one list for each issue. Unknown names are ignored.
///
/// # Errors
/// The database fails.
pub fn blocks(
    cx: &mut Cx<'_, '_>,
    issues: &[Loaded],
    expand: Option<&List>,
) -> Result<Vec<Blocks>> {
    let mut blocks: Vec<Blocks> = issues.iter().map(|_| Vec::new()).collect();
    for (sla, blocks) in sla::run::blocks(cx, issues)?.iter().zip(&mut blocks) {
        if let Some(sla) = sla {
            blocks.push(("sla", json(sla)?));
        }
    }
    let Some(expand) = expand else { return Ok(blocks) };
    let wants = |name: &str| expand.has(name) || expand.has("all");
    if wants("transitions") {
        let open = transition::ops::open_each(cx, issues)?;
        for (open, blocks) in open.iter().zip(&mut blocks) {
            blocks.push(("transitions", json(open)?));
        }
    }
    if wants("comments") {
        let refs = comment::ops::refs_of(cx, issues)?;
        for (refs, blocks) in refs.iter().zip(&mut blocks) {
            blocks.push(("comments", json(refs)?));
        }
    }
    if wants("links") {
        let links = link::ops::of_issues(cx, issues)?;
        for (links, blocks) in links.iter().zip(&mut blocks) {
            blocks.push(("links", json(links)?));
        }
    }
    if wants("attachments") {
        let files = attachment::references(cx, issues)?;
        for (files, blocks) in files.iter().zip(&mut blocks) {
            blocks.push(("attachments", json(files)?));
        }
    }
    if wants("permissions") {
        for (issue, blocks) in issues.iter().zip(&mut blocks) {
            if let Some(rules) = of_issue::of(&cx.dict, &cx.view, &issue.issue) {
                blocks.push(("permissions", json(&rules)?));
            }
        }
    }
    if wants("workflow") {
        for (issue, blocks) in issues.iter().zip(&mut blocks) {
            let queue = cx.dict.queues.get(issue.issue.queue);
            let config = queue.and_then(|q| q.body.type_config(issue.issue.issue_type()));
            if let Some(workflow) = config.and_then(|c| cx.dict.workflows.get(c.workflow)) {
                blocks.push(("workflow", json(&workflow.plain_ref(&cx.view))?));
            }
        }
    }
    if wants("html") {
        for (issue, blocks) in issues.iter().zip(&mut blocks) {
            let full = issue.full(cx)?;
            let description = full.text(no::DESCRIPTION);
            if !description.is_empty() {
                blocks.push(("descriptionHtml", json(&markup::html(description))?));
            }
        }
    }
    Ok(blocks)
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(Error::internal)
}
