//! Whether issues still need something that is about to go. The index answers, so a refusal costs
//! no walk over rows.

use trackway_search::Index;

use crate::cx::Cx;
use crate::field::no::{self, FieldNo};

/// Whether an issue of a queue has all of these values.
pub(crate) fn any(cx: &Cx<'_, '_>, queue: i64, values: &[(FieldNo, i64)]) -> bool {
    let org = cx.index.index.read();
    holds(&org, queue, values)
}

fn holds(index: &Index, queue: i64, values: &[(FieldNo, i64)]) -> bool {
    let Some(mut left) = index.bitmap(no::QUEUE, queue).cloned() else { return false };
    for (field, value) in values {
        match index.bitmap(*field, *value) {
            Some(having) => left &= having,
            None => return false,
        }
    }
    !left.is_empty()
}
