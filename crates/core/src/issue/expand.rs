//! Blocks that `expand` and `embed` add to issues, read for a whole page at once.

use trackway_api::List;

use super::store::Loaded;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::field::no;
use crate::queue::of_issue;
use crate::{attachment, comment, link, markup, sla, transition};

/// Names of blocks with their JSON, for one issue.
pub type Blocks = Vec<(&'static str, Vec<u8>)>;

/// What of issues an operation answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape<'a> {
    /// Blocks besides the fields.
    pub expand: Option<&'a List>,
    /// Blocks that hold whole objects where they would hold references; they need not be named in
    /// `expand` too.
    pub embed: Option<&'a List>,
    /// The only fields wanted.
    pub fields: Option<&'a List>,
}

impl Shape<'_> {
    fn wants(&self, block: &str) -> bool {
        self.expand.is_some_and(|names| names.has(block) || names.has(ALL)) || self.whole(block)
    }

    fn whole(&self, block: &str) -> bool {
        self.embed.is_some_and(|names| names.has(block) || names.has(ALL))
    }
}

/// Stands for every block.
const ALL: &str = "all";

/// The blocks asked for, one list for each issue. Unknown names are ignored.
///
/// # Errors
/// The database fails.
pub fn blocks(cx: &mut Cx<'_, '_>, issues: &[Loaded], shape: &Shape<'_>) -> Result<Vec<Blocks>> {
    let mut blocks: Vec<Blocks> = issues.iter().map(|_| Vec::new()).collect();
    for (sla, blocks) in sla::run::blocks(cx, issues)?.iter().zip(&mut blocks) {
        if let Some(sla) = sla {
            blocks.push(("sla", json(sla)?));
        }
    }
    if shape.expand.is_none() && shape.embed.is_none() {
        return Ok(blocks);
    }
    let wants = |name: &str| shape.wants(name);
    if wants("transitions") {
        let open = transition::ops::open_each(cx, issues)?;
        for (open, blocks) in open.iter().zip(&mut blocks) {
            blocks.push(("transitions", json(open)?));
        }
    }
    if wants("comments") {
        let comments = if shape.whole("comments") {
            all(&comment::ops::whole_of(cx, issues)?)
        } else {
            all(&comment::ops::refs_of(cx, issues)?)
        };
        add(&mut blocks, "comments", comments?);
    }
    if wants("links") {
        let links = link::ops::of_issues(cx, issues)?;
        for (links, blocks) in links.iter().zip(&mut blocks) {
            blocks.push(("links", json(links)?));
        }
    }
    if wants("attachments") {
        let files = if shape.whole("attachments") {
            all(&attachment::whole_of(cx, issues)?)
        } else {
            all(&attachment::references(cx, issues)?)
        };
        add(&mut blocks, "attachments", files?);
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

/// One block of each issue.
fn add(blocks: &mut [Blocks], name: &'static str, values: Vec<Vec<u8>>) {
    for (blocks, value) in blocks.iter_mut().zip(values) {
        blocks.push((name, value));
    }
}

fn all<T: serde::Serialize>(values: &[T]) -> Result<Vec<Vec<u8>>> {
    values.iter().map(json).collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(Error::internal)
}
