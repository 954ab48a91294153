//! Links between issues.

pub mod ops;

use crate::cx::Cx;
use crate::error::Result;
use crate::issue::Issue;

/// Keeps links in step with `parent` and `epic` of an issue that changed.
pub fn follow_hierarchy(_cx: &mut Cx<'_, '_>, _before: &Issue, _after: &Issue) -> Result<()> {
    Ok(())
}
