//! Full text (design, section 8). Words are cut and stemmed here and stored as stems, so that both
//! engines find the same and neither's own tokenizer matters.
//!
//! A write only notes which issue's texts changed ([`touch`], one small row); [`indexer`] brings
//! them into the table `word` a moment later, many in one transaction. A search looks at the texts
//! of issues noted but not yet indexed itself ([`find::Session`]), so everybody finds what was
//! written before they asked, and a write pays next to nothing.

pub(crate) mod cache;
pub(crate) mod find;
pub mod indexer;
pub(crate) mod phrase;
pub(crate) mod stem;
pub mod store;
mod texts;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cx::Cx;
use crate::error::Result;

/// Notes that texts of an issue changed: its summary, description, other long texts, comments, names of files.
///
/// # Errors
/// The database fails.
pub(crate) fn touch(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    cx.tx.exec(store::TOUCH, &[&cx.dict.org_id, &issue, &fresh()])?;
    Ok(())
}

/// A number nobody has had: whoever has read texts tells by it whether they changed since.
fn fresh() -> i64 {
    static START: LazyLock<u64> = LazyLock::new(|| {
        let mut bytes = [0; 8];
        // Without random numbers two processes may agree, which takes the same issue and luck.
        let filled = getrandom::fill(&mut bytes);
        filled.map_or(1, |()| u64::from_le_bytes(bytes))
    });
    static COUNT: AtomicU64 = AtomicU64::new(0);
    START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)).cast_signed()
}
