//! Links of a deleted issue that is restored. They return where the other end is still there and
//! nothing has taken their place.

use super::ends;
use super::hierarchy;
use super::kinds::{Direction, LinkKind};
use crate::access::Editable;
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::event::EventKind;
use crate::field::no;
use crate::issue::value::Val;
use crate::issue::{Issue, edit, restore, store as issues};

/// Links of an issue that its fields speak of.
pub(crate) type Own = Vec<(LinkKind, i64)>;

/// Parent and epic of an issue that is about to be restored; those that are gone are taken off.
///
/// # Errors
/// The database fails.
pub(crate) fn own(cx: &mut Cx<'_, '_>, issue: &mut Issue) -> Result<Own> {
    let mut own = Own::new();
    for (kind, field) in [(LinkKind::Subtask, no::PARENT), (LinkKind::Epic, no::EPIC)] {
        let Some(above) = issue.one(field) else { continue };
        let fits = issues::by_id(cx, above)?
            .is_some_and(|above| kind != LinkKind::Epic || hierarchy::is_epic(cx, &above.issue));
        if fits {
            own.push((kind, above));
        } else {
            issue.set(field, None);
        }
    }
    Ok(own)
}

/// Makes the links of a restored issue again: `own` of its fields, and the others by type and ends.
/// Those to issues that are deleted themselves wait for them.
///
/// # Errors
/// The database fails; 409 when somebody changes another end at the same moment.
pub(crate) fn make(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    own: &Own,
    links: &[(String, i64, i64)],
) -> Result<()> {
    for (kind, above) in own {
        tried(cx, |cx| ends::join_saved(cx, *kind, issue, Direction::Inward, *above))?;
    }
    for link in links {
        let (kind, outward, inward) = (LinkKind::from_key(&link.0), link.1, link.2);
        let Some(kind) = kind else { continue };
        let (direction, other) = if outward == issue {
            (Direction::Outward, inward)
        } else {
            (Direction::Inward, outward)
        };
        if issues::by_id(cx, other)?.is_none() {
            restore::pass_on(cx, other, link)?;
            continue;
        }
        let Some(field) = kind.field() else {
            tried(cx, |cx| ends::join_saved(cx, kind, issue, direction, other))?;
            continue;
        };
        // One that has another parent or epic by now keeps it.
        let Some(below) = issues::by_id(cx, inward)? else { continue };
        if below.issue.one(field).is_none() {
            let below = Editable::consequence(below);
            let mut after = below.loaded().full(cx)?;
            after.set(field, Some(Val::Ref(outward)));
            tried(cx, |cx| edit::commit(cx, &below, after, EventKind::IssueUpdated).map(drop))?;
        }
    }
    Ok(())
}

/// Makes a link unless a rule is against it.
fn tried(cx: &mut Cx<'_, '_>, make: impl FnOnce(&mut Cx<'_, '_>) -> Result<()>) -> Result<()> {
    match cx.savepoint(make) {
        Err(error) if error.status() == 422 || error.code == Code::IssueLocked => Ok(()),
        result => result,
    }
}
