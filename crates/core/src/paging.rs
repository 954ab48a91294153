//! Page sizes and page numbers (contract, x-global-rules.paging).

use crate::cx::Paging;
use crate::error::{Code, Result};

/// Elements of a page when the caller does not say.
pub const DEFAULT: i64 = 50;
/// Most elements of a page, unless an operation says otherwise.
pub const MAX: i64 = 1000;

/// A page by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Page, from 1.
    pub page: u64,
    /// Page size.
    pub per_page: u64,
}

/// A page size within 1 and `max`; greater ones are cut down, as real clients send them.
///
/// # Errors
/// 400 for a size below 1.
pub fn size(per_page: Option<i64>, max: i64) -> Result<u64> {
    let size = per_page.unwrap_or(DEFAULT);
    if size < 1 {
        return Err(Code::BadParameter.with("perPage").and("must be at least 1"));
    }
    u64::try_from(size.min(max)).map_err(crate::Error::internal)
}

impl Page {
    /// Reads `page` and `perPage`.
    ///
    /// # Errors
    /// 400 for values below 1.
    pub fn new(page: Option<i64>, per_page: Option<i64>, max: i64) -> Result<Self> {
        let page = page.unwrap_or(1);
        if page < 1 {
            return Err(Code::BadParameter.with("page").and("must be at least 1"));
        }
        let page = u64::try_from(page).map_err(crate::Error::internal)?;
        Ok(Self { page, per_page: size(per_page, max)? })
    }

    /// Number of elements before the page.
    pub fn offset(self) -> usize {
        usize::try_from((self.page - 1).saturating_mul(self.per_page)).unwrap_or(usize::MAX)
    }

    /// Page size.
    pub fn limit(self) -> usize {
        usize::try_from(self.per_page).unwrap_or(usize::MAX)
    }

    /// The headers of a page out of `total` elements.
    pub fn of(self, total: u64) -> Paging {
        Paging::Pages { page: self.page, per_page: self.per_page, total, seek: true }
    }

    /// Cuts the page out of all elements.
    pub fn cut<T>(self, all: Vec<T>) -> (Vec<T>, Paging) {
        let total = all.len() as u64;
        (all.into_iter().skip(self.offset()).take(self.limit()).collect(), self.of(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_bounds() {
        assert_eq!(size(None, MAX).expect("default"), 50);
        assert_eq!(size(Some(1_000_000), 100).expect("cut"), 100);
        assert!(size(Some(0), MAX).is_err());
        assert!(Page::new(Some(0), None, MAX).is_err());
        assert_eq!(Page::new(Some(i64::MAX), Some(1000), MAX).expect("far").offset(), usize::MAX);
    }
}
