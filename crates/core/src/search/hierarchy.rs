//! Conditions on the place of an issue among others, from the `parent` and `epic` fields that the
//! index holds (query-language.md, 6.2 and 6.3).

use trackway_search::{Cond, RoaringBitmap};

use super::resolve::Resolver;
use crate::field::no::{self, FieldNo};

/// Document ids of issue numbers.
fn docs(ids: impl IntoIterator<Item = i64>) -> Cond {
    Cond::Docs(ids.into_iter().filter_map(|id| u32::try_from(id).ok()).collect())
}

impl Resolver<'_, '_, '_> {
    /// The values that documents have in a field: parents of these issues, for example.
    fn values_of(&self, field: FieldNo, within: &RoaringBitmap) -> Vec<i64> {
        self.cx
            .index
            .index
            .read()
            .facet(field, within)
            .into_iter()
            .map(|(value, _)| value)
            .collect()
    }

    /// Parents, or epics, of the given issues.
    pub(super) fn above(&self, field: FieldNo, issues: &[i64]) -> Cond {
        let issues = issues.iter().filter_map(|id| u32::try_from(*id).ok()).collect();
        docs(self.values_of(field, &issues))
    }

    /// Parents, or epics, of any issue in the queues.
    pub(super) fn above_queues(&self, field: FieldNo, queues: Vec<i64>) -> Cond {
        let within = self.eval(&Cond::AnyOf(no::QUEUE, queues));
        docs(self.values_of(field, &within))
    }

    /// Issues whose parent, or epic, stands in one of the queues.
    pub(super) fn below_queues(&self, field: FieldNo, queues: Vec<i64>) -> Cond {
        let within = self.eval(&Cond::AnyOf(no::QUEUE, queues));
        let having = self.eval(&Cond::Exists(field));
        let mut above = self.values_of(field, &having);
        above.retain(|id| u32::try_from(*id).is_ok_and(|id| within.contains(id)));
        Cond::AnyOf(field, above)
    }
}
