//! Operations on comments.

use serde_json::Value as Json;
use trackway_api::comments::Comment;
use trackway_api::types::PlainRef;

use crate::access::Editable;
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::issue::store::Loaded;

/// Adds a comment given as a text or as a body.
pub fn add_to(
    _cx: &mut Cx<'_, '_>,
    _editable: &Editable,
    _comment: &Json,
    _follow: bool,
) -> Result<Comment> {
    Err(Code::CommentNotFound.err())
}

/// References to the comments of several issues.
pub fn refs_of(_cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<PlainRef>>> {
    Ok(issues.iter().map(|_| Vec::new()).collect())
}
