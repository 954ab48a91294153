//! Linked issues hear of a resolution (contract, executeTransition: `RelatedIssueResolutionChanged`).

use super::store;
use crate::cx::Cx;
use crate::error::Result;
use crate::event::{self, EventBody, EventKind, RelatedResolution};
use crate::field::no;
use crate::issue::Issue;

/// Most linked issues that are told. More are links of a catalogue, not of work.
const MAX_TOLD: usize = 200;

/// Writes an entry into the history of each issue that is linked to one whose resolution changed.
/// The issues themselves stay as they are.
///
/// # Errors
/// The database fails.
pub fn tell(cx: &mut Cx<'_, '_>, issue: &Issue) -> Result<()> {
    if cx.history {
        return Ok(());
    }
    let rows = store::of_issues(cx, &[issue.id])?;
    for row in rows.iter().take(MAX_TOLD) {
        let other = row.other_end(issue.id);
        let (Some(kind), Some(direction)) = (row.kind(), row.direction_of(other)) else { continue };
        let related = RelatedResolution {
            link: kind.end(direction, issue.id),
            resolution: issue.one(no::RESOLUTION),
        };
        let body = EventBody { resolutions: vec![related], ..EventBody::default() };
        event::record(cx, other, EventKind::RelatedIssueResolutionChanged, &body)?;
    }
    Ok(())
}
