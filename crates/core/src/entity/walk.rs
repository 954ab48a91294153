//! Walking through a history or through comments (contract, `listEntityEvents`). A page is read by
//! itself, however long the whole is.

use crate::cx::Cx;
use crate::error::{Code, Error, Result};

/// Where the rows of a walk come from. Numbers grow with time.
pub(super) trait Rows {
    type Row;

    /// Number of a row.
    fn number(row: &Self::Row) -> i64;

    /// The row that a client names.
    fn named(&self, cx: &mut Cx<'_, '_>, id: &str) -> Result<Option<Self::Row>>;

    /// At most `limit` rows after a number, the nearest first.
    fn after(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<Self::Row>>;

    /// At most `limit` rows before a number, the nearest first.
    fn before(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<Self::Row>>;
}

/// What a client asks for.
pub(super) struct Walk<'a> {
    pub(super) per_page: u64,
    pub(super) from: Option<&'a str>,
    pub(super) selected: Option<&'a str>,
    pub(super) newest_first: bool,
    pub(super) direction: Option<&'a str>,
}

/// A page of a walk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) has_next: bool,
    pub(super) has_prev: bool,
}

impl Walk<'_> {
    /// The page that is asked for.
    ///
    /// # Errors
    /// 400 for parameters that make no sense.
    pub(super) fn page<R: Rows>(self, cx: &mut Cx<'_, '_>, rows: &R) -> Result<Page<R::Row>> {
        if self.from.is_some() && self.selected.is_some() {
            return Err(Code::BadParameter.with("from").and("excludes selected"));
        }
        let newest_first = self.newest_first != self.is_backward()?;
        let size = usize::try_from(self.per_page).map_err(Error::internal)?;
        let named = |cx: &mut Cx<'_, '_>, name: &str, id: &str| {
            rows.named(cx, id)?.ok_or_else(|| {
                Code::BadParameter.with(name).and("must name an element of the list")
            })
        };
        if let Some(selected) = self.selected {
            let middle = named(cx, "selected", selected)?;
            let number = R::number(&middle);
            let (older, newer) = (rows.before(cx, number, size)?, rows.after(cx, number, size)?);
            let (back, forth) = if newest_first { (newer, older) } else { (older, newer) };
            return Ok(around(middle, back, forth, size));
        }
        let from = match self.from {
            Some(id) => Some(R::number(&named(cx, "from", id)?)),
            None => None,
        };
        let mut items = if newest_first {
            rows.before(cx, from.unwrap_or(i64::MAX), size + 1)?
        } else {
            rows.after(cx, from.unwrap_or(i64::MIN), size + 1)?
        };
        let has_next = items.len() > size;
        items.truncate(size);
        Ok(Page { items, has_next, has_prev: from.is_some() })
    }

    fn is_backward(&self) -> Result<bool> {
        match self.direction.unwrap_or("forward") {
            "forward" => Ok(false),
            "backward" => Ok(true),
            _ => Err(Code::BadParameter.with("direction").and("must be forward or backward")),
        }
    }
}

/// The element itself, the one before, the one after, and so on outward.
fn around<T>(middle: T, back: Vec<T>, forth: Vec<T>, size: usize) -> Page<T> {
    let mut sides = [back.into_iter(), forth.into_iter()];
    let mut items = vec![middle];
    loop {
        let before = items.len();
        for side in &mut sides {
            if items.len() < size {
                items.extend(side.next());
            }
        }
        if items.len() == before {
            break;
        }
    }
    let [back, forth] = sides;
    Page { items, has_next: forth.len() > 0, has_prev: back.len() > 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_grows_around_its_middle() {
        let page = |size| around(5, vec![4, 3, 2], vec![6], size);
        assert_eq!(page(1), Page { items: vec![5], has_next: true, has_prev: true });
        assert_eq!(page(3), Page { items: vec![5, 4, 6], has_next: false, has_prev: true });
        let all = Page { items: vec![5, 4, 6, 3, 2], has_next: false, has_prev: false };
        assert_eq!(page(9), all);
    }
}
