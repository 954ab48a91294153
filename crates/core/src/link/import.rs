//! Links of another system.

use trackway_api::links::{ImportLink, Link};

use super::kinds::Relationship;
use super::{ops, store};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::history::Story;

/// Links two issues with the author and time the link had elsewhere.
///
/// # Errors
/// 404 and 403 as for an edit, unless an administrator asks; 422 as for a new link, and for times
/// outside the life of one of the issues.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportLink) -> Result<Reply<Link>> {
    cx.imported();
    let this = cx.issue(&r.issue)?.importable(cx)?;
    let body = &r.body.0;
    let word =
        body.relationship.as_deref().ok_or_else(|| Code::FieldRequired.at("relationship"))?;
    let relationship = Relationship::parse_any(word).ok_or_else(|| {
        Code::RelationshipUnknown.with(ops::shortened(word)).under("relationship")
    })?;
    let issue = body.issue.as_ref().ok_or_else(|| Code::FieldRequired.at("issue"))?;
    let other = ops::other_end(cx, issue)?;
    let members = [
        ("createdAt", &body.created_at),
        ("createdBy", &body.created_by),
        ("updatedAt", &body.updated_at),
        ("updatedBy", &body.updated_by),
    ];
    let story = Story::read(cx, |name| {
        members.iter().find(|(member, _)| *member == name).and_then(|(_, json)| json.as_ref())
    })?;
    story.within(this.issue())?;
    story.within(other.issue())?;
    let mut row = cx.as_happened(story.created, |cx| ops::make(cx, &this, other, relationship))?;
    if let Some(changed) = story.changed {
        store::restamp(cx, &mut row, changed)?;
    }
    ops::reply(cx, this.issue(), &row)
}
