//! Making and removing a link with what it means for its two issues: each gets an entry in its
//! history, and the other end counts as changed.

use super::kinds::{Direction, LinkKind};
use super::store::{self, LinkRow};
use crate::access::Editable;
use crate::cx::Cx;
use crate::error::Result;
use crate::event::{self, EventBody, EventKind, LinkDelta, LinkEnd};
use crate::issue::edit;
use crate::issue::store as issues;

/// Whether a link comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Linked,
    Unlinked,
}

impl Change {
    const fn kind(self) -> EventKind {
        match self {
            Self::Linked => EventKind::IssueLinked,
            Self::Unlinked => EventKind::IssueUnlinked,
        }
    }

    fn body(self, end: LinkEnd) -> EventBody {
        let link = match self {
            Self::Linked => LinkDelta { from: None, to: Some(end) },
            Self::Unlinked => LinkDelta { from: Some(end), to: None },
        };
        EventBody { links: vec![link], ..EventBody::default() }
    }
}

/// Links two issues, both of which change by it.
///
/// # Errors
/// The database fails; 409 or 423 when an issue cannot be changed.
pub(crate) fn join(
    cx: &mut Cx<'_, '_>,
    kind: LinkKind,
    outward: &Editable,
    inward: &Editable,
) -> Result<LinkRow> {
    let row = store::insert(cx, kind, outward.issue().id, inward.issue().id)?;
    for (issue, direction) in [(outward, Direction::Outward), (inward, Direction::Inward)] {
        mark(cx, issue, &row, kind, direction, Change::Linked)?;
    }
    Ok(row)
}

/// Removes a link, which changes both issues.
///
/// # Errors
/// As [`join`].
pub(crate) fn part(
    cx: &mut Cx<'_, '_>,
    row: &LinkRow,
    kind: LinkKind,
    outward: &Editable,
    inward: &Editable,
) -> Result<()> {
    store::delete(cx, row.id)?;
    for (issue, direction) in [(outward, Direction::Outward), (inward, Direction::Inward)] {
        mark(cx, issue, row, kind, direction, Change::Unlinked)?;
    }
    Ok(())
}

fn mark(
    cx: &mut Cx<'_, '_>,
    issue: &Editable,
    row: &LinkRow,
    kind: LinkKind,
    direction: Direction,
    change: Change,
) -> Result<()> {
    let body = change.body(kind.end(direction, row.other_end(issue.issue().id)));
    let same = issue.loaded().full(cx)?;
    edit::commit_with(cx, issue, same, change.kind(), body)?;
    Ok(())
}

/// Links an issue that has just been saved to another one, as a consequence of what was saved.
/// Only the other one changes once more. Nothing happens when the link is there already.
///
/// # Errors
/// As [`join`].
pub(crate) fn join_saved(
    cx: &mut Cx<'_, '_>,
    kind: LinkKind,
    saved: i64,
    direction: Direction,
    other: i64,
) -> Result<()> {
    let (outward, inward) =
        if direction == Direction::Outward { (saved, other) } else { (other, saved) };
    let present = store::between(cx, kind, outward, inward)?;
    if present.iter().any(|row| row.issue_id == outward) {
        return Ok(());
    }
    store::insert(cx, kind, outward, inward)?;
    mark_saved(cx, kind, saved, direction, other, Change::Linked)
}

/// Removes the link of an issue that has just been saved, as [`join_saved`] makes it.
///
/// # Errors
/// As [`join`].
pub(crate) fn part_saved(
    cx: &mut Cx<'_, '_>,
    kind: LinkKind,
    saved: i64,
    direction: Direction,
    other: i64,
) -> Result<()> {
    let present = store::between(cx, kind, saved, other)?;
    let Some(row) = present.iter().find(|row| row.direction_of(saved) == Some(direction)) else {
        return Ok(());
    };
    store::delete(cx, row.id)?;
    mark_saved(cx, kind, saved, direction, other, Change::Unlinked)
}

/// Removes a link of an issue that is going away; only the other one changes, and loses the parent
/// or epic it had.
///
/// # Errors
/// As [`join`].
pub(crate) fn forget(cx: &mut Cx<'_, '_>, row: &LinkRow, gone: i64) -> Result<()> {
    store::delete(cx, row.id)?;
    let Some(kind) = row.kind() else { return Ok(()) };
    let Some(loaded) = issues::by_id(cx, row.other_end(gone))? else { return Ok(()) };
    let other = Editable::consequence(loaded);
    let mut after = other.loaded().full(cx)?;
    if let Some(field) = kind.field().filter(|field| after.one(*field) == Some(gone)) {
        after.set(field, None);
    }
    let direction = if row.issue_id == gone { Direction::Inward } else { Direction::Outward };
    let body = Change::Unlinked.body(kind.end(direction, gone));
    edit::commit_with(cx, &other, after, EventKind::IssueUnlinked, body)?;
    Ok(())
}

fn mark_saved(
    cx: &mut Cx<'_, '_>,
    kind: LinkKind,
    saved: i64,
    direction: Direction,
    other: i64,
    change: Change,
) -> Result<()> {
    event::record(cx, saved, change.kind(), &change.body(kind.end(direction, other)))?;
    let Some(loaded) = issues::by_id(cx, other)? else { return Ok(()) };
    // The actor may be unable to read a former parent, which changes nevertheless.
    let other = Editable::consequence(loaded);
    let same = other.loaded().full(cx)?;
    let body = change.body(kind.end(direction.reversed(), saved));
    edit::commit_with(cx, &other, same, change.kind(), body)?;
    Ok(())
}
