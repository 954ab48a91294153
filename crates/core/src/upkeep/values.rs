//! Values that are gone: a deleted component, version, board, sprint, group or mail list.

use trackway_search::Cond;

use super::Work;
use crate::cx::Cx;
use crate::error::Result;
use crate::field::no::FieldNo;
use crate::issue::Issue;
use crate::issue::value::Val;

/// Takes a value that is about to be gone out of list fields of all issues. Those that still have
/// it for a while do not show it (`issue::render`).
///
/// # Errors
/// The database fails.
pub(crate) fn forget(cx: &mut Cx<'_, '_>, fields: &[FieldNo], value: i64) -> Result<()> {
    super::begin(cx, Work::Forget { fields: fields.to_vec(), value })
}

pub(super) fn having(fields: &[FieldNo], value: i64) -> Cond {
    Cond::Or(fields.iter().map(|field| Cond::Has(*field, value)).collect())
}

pub(super) fn drop_from(issue: &mut Issue, fields: &[FieldNo], value: i64) {
    for field in fields {
        let left: Vec<i64> =
            issue.many(*field).iter().copied().filter(|other| *other != value).collect();
        issue.set(*field, Some(Val::Refs(left)));
    }
}
