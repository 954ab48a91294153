//! Time records as they go over the wire.

use std::sync::Arc;

use trackway_api::worklog::Worklog;

use super::store::WorklogRow;
use crate::cx::Cx;
use crate::error::Result;
use crate::issue::render::{Renderer, Selection};
use crate::time::{instant_text, span_text};
use crate::user;

/// Records with their issues, which are read at once. Those of issues the actor may not read are
/// left out.
///
/// # Errors
/// The database fails.
pub(super) fn worklogs(cx: &mut Cx<'_, '_>, rows: &[WorklogRow]) -> Result<Vec<Worklog>> {
    let mut issues: Vec<i64> = rows.iter().map(|row| row.issue_id).collect();
    issues.sort_unstable();
    issues.dedup();
    let (dict, view) = (Arc::clone(&cx.dict), cx.view.clone());
    let selection = Selection::default();
    let renderer = Renderer::mentioning(cx, &dict, &view, &selection, &issues)?;
    let person = |uid| user::reference(&dict, &view, uid);
    let shown = rows.iter().filter(|row| renderer.readable_brief(row.issue_id).is_some());
    Ok(shown
        .map(|row| {
            let issue = renderer.issue_ref(row.issue_id);
            Worklog {
                self_url: format!("{}/worklog/{}", issue.self_url, row.id),
                id: row.id,
                version: row.version,
                issue,
                comment: Some(row.comment.clone()).filter(|c| !c.is_empty()),
                created_by: person(row.created_by),
                updated_by: person(row.updated_by),
                created_at: instant_text(row.created_at),
                updated_at: instant_text(row.updated_at),
                start: instant_text(row.start_at),
                duration: span_text(row.seconds),
            }
        })
        .collect())
}
