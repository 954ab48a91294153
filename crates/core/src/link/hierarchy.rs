//! Parents and epics: fields of an issue that show as links too (workflow.md, section 6). The field
//! leads: whoever makes or removes such a link changes the field, and the link follows here.

use super::ends;
use super::kinds::{Direction, LinkKind};
use super::store;
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::issue::Issue;
use crate::issue::store as issues;

/// Key of the issue type that epics have.
const EPIC_TYPE: &str = "epic";

/// Links that repeat fields.
const KINDS: [LinkKind; 2] = [LinkKind::Subtask, LinkKind::Epic];

/// Brings links in step with `parent` and `epic` of an issue that was just saved, and checks what
/// these may be.
///
/// # Errors
/// 422 for a cycle of parents, for an epic that is none, and for an epic with a parent or epic.
pub fn follow(cx: &mut Cx<'_, '_>, before: &Issue, after: &Issue) -> Result<()> {
    check_nesting(cx, before, after)?;
    for kind in KINDS {
        let Some(field) = kind.field() else { continue };
        let (old, new) = (before.one(field), after.one(field));
        if old == new {
            continue;
        }
        if let Some(new) = new {
            check(cx, kind, after.id, new)?;
        }
        if let Some(old) = old {
            ends::part_saved(cx, kind, after.id, Direction::Inward, old)?;
        }
        if let Some(new) = new {
            ends::join_saved(cx, kind, after.id, Direction::Inward, new)?;
        }
    }
    Ok(())
}

/// Whether an issue is an epic.
pub fn is_epic(cx: &Cx<'_, '_>, issue: &Issue) -> bool {
    cx.dict.types.get(issue.issue_type()).is_some_and(|t| t.key == EPIC_TYPE)
}

/// An epic has no parent and lies in no other epic. Whichever of the fields changed is to blame.
fn check_nesting(cx: &Cx<'_, '_>, before: &Issue, after: &Issue) -> Result<()> {
    if !is_epic(cx, after) {
        return Ok(());
    }
    for (field, wire) in [(no::PARENT, "parent"), (no::EPIC, "epic")] {
        if after.one(field).is_none() {
            continue;
        }
        if before.one(field) != after.one(field) {
            return Err(Code::EpicNested.at(wire));
        }
        if before.issue_type() != after.issue_type() {
            return Err(Code::EpicNested.at("type"));
        }
    }
    Ok(())
}

fn check(cx: &mut Cx<'_, '_>, kind: LinkKind, issue: i64, above: i64) -> Result<()> {
    if kind == LinkKind::Subtask {
        let cycle = issue == above || store::is_above(cx, above, issue)?;
        return if cycle { Err(Code::ParentCycle.at("parent")) } else { Ok(()) };
    }
    let epic = issues::by_id(cx, above)?
        .ok_or_else(|| Error::internal(format!("epic {above} is not there")))?;
    if is_epic(cx, &epic.issue) { Ok(()) } else { Err(Code::EpicRequired.at("epic")) }
}
