//! Links as they go over the wire, read from one of their issues.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use trackway_api::links::Link;

use super::kinds::{Direction, LinkKind};
use super::store::LinkRow;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::Result;
use crate::field::no;
use crate::issue::Issue;
use crate::issue::render::{Renderer, Selection};
use crate::time::instant_text;
use crate::user;
use crate::view::View;

/// A link with the issue it is read from.
struct Seen<'r> {
    row: &'r LinkRow,
    kind: LinkKind,
    direction: Direction,
    other: i64,
}

/// The links of several issues out of `rows`, in their order. Links to issues the actor may not
/// read are left out.
///
/// # Errors
/// The database fails.
pub fn links(cx: &mut Cx<'_, '_>, issues: &[&Issue], rows: &[LinkRow]) -> Result<Vec<Vec<Link>>> {
    let mut by_issue: FxHashMap<i64, Vec<&LinkRow>> = FxHashMap::default();
    for row in rows {
        by_issue.entry(row.issue_id).or_default().push(row);
        by_issue.entry(row.other_id).or_default().push(row);
    }
    let mut others: Vec<i64> = rows.iter().flat_map(|row| [row.issue_id, row.other_id]).collect();
    others.sort_unstable();
    others.dedup();

    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let selection = Selection::default();
    let renderer = Renderer::mentioning(cx, &dict, &view, &selection, &others)?;
    let shown = issues.iter().map(|issue| {
        let rows = by_issue.get(&issue.id).map_or(&[][..], Vec::as_slice);
        rows.iter()
            .filter_map(|row| seen(row, issue.id))
            .filter_map(|seen| link(&renderer, &dict, &view, issue, &seen))
            .collect()
    });
    Ok(shown.collect())
}

fn seen(row: &LinkRow, issue: i64) -> Option<Seen<'_>> {
    Some(Seen {
        row,
        kind: row.kind()?,
        direction: row.direction_of(issue)?,
        other: row.other_end(issue),
    })
}

fn link(
    renderer: &Renderer<'_>,
    dict: &Dict,
    view: &View,
    issue: &Issue,
    seen: &Seen<'_>,
) -> Option<Link> {
    let other = &renderer.readable_brief(seen.other)?.issue;
    let author = user::reference(dict, view, seen.row.created_by);
    let at = instant_text(seen.row.created_at);
    let changed = seen.row.updated_at.zip(seen.row.updated_by);
    let (updated_at, updated_by) = changed.map_or_else(
        || (at.clone(), author.clone()),
        |(at, by)| (instant_text(at), user::reference(dict, view, by)),
    );
    Some(Link {
        self_url: view.url(&format!("/issues/{}/links/{}", issue.key(dict), seen.row.id)),
        id: seen.row.id,
        link_type: seen.kind.wire(view),
        direction: seen.direction.key().to_owned(),
        object: renderer.issue_ref(seen.other),
        created_by: author,
        updated_by,
        created_at: at,
        updated_at,
        assignee: other.one(no::ASSIGNEE).map(|uid| user::reference(dict, view, uid)),
        status: dict.statuses.get(other.status()).map(|status| status.keyed_ref(view)),
    })
}
