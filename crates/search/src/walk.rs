//! Walking an ordered field and keeping what is among the hits.

use roaring::RoaringBitmap;

use crate::bits::Dense;
use crate::ordered::Pos;
use crate::page::{Page, Start};
use crate::sort::{LAST, Walk};
use crate::{DocId, bits};

/// Steps that going to another segment is worth.
const JUMP: usize = if cfg!(test) { 2 } else { 64 };
/// A run of equal values that fills a slice this long is taken as a set, not one by one.
const RUN: usize = if cfg!(test) { 4 } else { 64 };

/// Hits in the form that is quicker to ask.
pub(crate) enum Among<'p> {
    Set(&'p RoaringBitmap),
    Dense(Dense),
}

impl Among<'_> {
    fn contains(&self, doc: DocId) -> bool {
        match self {
            Self::Set(set) => set.contains(doc),
            Self::Dense(dense) => dense.contains(doc),
        }
    }
}

pub(crate) struct Walker<'p, 'a> {
    page: &'p mut Page<'a>,
    level: usize,
    walk: &'p Walk<'p>,
    hits: &'p RoaringBitmap,
    /// The same, to be asked about one document.
    among: Among<'p>,
    /// Steps left until the walk gives up.
    budget: usize,
    /// Hits to pass over before the page begins.
    skip: usize,
    /// Whether hits with equal values need another order than that of the field.
    grouped: bool,
    /// Hits with the value of `value` so far.
    group: Vec<DocId>,
    value: Option<i64>,
}

impl<'p, 'a> Walker<'p, 'a> {
    pub(crate) fn new(
        page: &'p mut Page<'a>,
        level: usize,
        walk: &'p Walk<'p>,
        (hits, among): (&'p RoaringBitmap, Among<'p>),
        budget: usize,
    ) -> Self {
        // The directions differ when a later key was dropped for want of documents.
        let grouped =
            level + 1 < page.order.keys.len() || page.order.ids_descend != walk.descending;
        Self {
            page,
            level,
            walk,
            hits,
            among,
            budget,
            skip: 0,
            grouped,
            group: Vec::new(),
            value: None,
        }
    }

    /// Fills the page, unless the budget is used up or the walk ends before.
    pub(crate) fn run(&mut self, start: Start) {
        self.skip = start.skip();
        let (first, mut after) = match start {
            Start::Skip(_) => (0, None),
            Start::After(doc) => match self.walk.place(doc) {
                LAST => return,
                (segment, _) => (segment as usize, Some(doc)),
            },
        };
        for &(least, greatest) in self.walk.segments.iter().skip(first) {
            let mut span = self.walk.ordered.bounds(Some(least), Some(greatest));
            if let Some(doc) = after.take() {
                self.cut(&mut span, doc);
            }
            if self.page.full() || !self.span(span) {
                return;
            }
        }
    }

    /// Cuts off what comes up to a document, and takes the rest of its group.
    fn cut(&mut self, span: &mut (Pos, Pos), doc: DocId) {
        let Walk { ordered, descending, .. } = *self.walk;
        let value = ordered.value(doc);
        if self.grouped {
            let group = self.hits & ordered.range(Some(value), Some(value));
            self.page.fill(self.level + 1, &group, Start::After(doc));
            self.cut_value(span, value);
        } else if descending {
            span.1 = ordered.seek((value, doc));
        } else {
            span.0 = match doc.checked_add(1) {
                Some(next) => ordered.seek((value, next)),
                None => ordered.after(value),
            };
        }
    }

    /// Cuts off what comes up to the end of a value.
    fn cut_value(&self, span: &mut (Pos, Pos), value: i64) {
        if self.walk.descending {
            span.1 = span.1.min(self.walk.ordered.before(value));
        } else {
            span.0 = span.0.max(self.walk.ordered.after(value));
        }
    }

    /// Walks one span. False if the walk is over: the page is full or the budget used up.
    fn span(&mut self, mut span: (Pos, Pos)) -> bool {
        let Walk { ordered, descending, .. } = *self.walk;
        self.budget = self.budget.saturating_sub(JUMP);
        while let Some(slice) = ordered.next_slice(&mut span, descending) {
            let Some(budget) = self.budget.checked_sub(slice.len()) else { return false };
            self.budget = budget;
            if let Some(value) = self.run_of(slice) {
                self.take_run(value);
                self.cut_value(&mut span, value);
            } else if descending {
                slice.iter().rev().all(|&doc| self.step(doc));
            } else {
                slice.iter().all(|&doc| self.step(doc));
            }
            if self.page.full() {
                return false;
            }
        }
        self.flush();
        !self.page.full()
    }

    /// The value of a slice whose documents all have the same, if groups matter.
    fn run_of(&self, slice: &[DocId]) -> Option<i64> {
        let (&first, &last) = (slice.first()?, slice.last()?);
        let value = self.walk.ordered.value(first);
        let run = self.grouped && slice.len() >= RUN && value == self.walk.ordered.value(last);
        run.then_some(value)
    }

    /// Takes all hits of a value at once.
    fn take_run(&mut self, value: i64) {
        if self.value == Some(value) {
            // What was gathered of the run in the slice before is in the set too.
            self.group.clear();
        }
        self.flush();
        if !self.page.full() {
            let run = self.hits & self.walk.ordered.range(Some(value), Some(value));
            self.take(&run);
        }
    }

    /// Looks at one document; false once the page is full.
    fn step(&mut self, doc: DocId) -> bool {
        if !self.among.contains(doc) {
            return true;
        }
        if self.grouped {
            let value = self.walk.ordered.value(doc);
            if self.value != Some(value) {
                self.flush();
                self.value = Some(value);
            }
            self.group.push(doc);
        } else if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.page.out.push(doc);
        }
        !self.page.full()
    }

    /// Takes the group gathered so far.
    fn flush(&mut self) {
        self.value = None;
        if let [doc] = self.group[..]
            && self.skip == 0
        {
            self.page.out.push(doc);
        } else if self.group.len() <= self.skip {
            self.skip -= self.group.len();
        } else {
            self.group.sort_unstable();
            let group = bits::from_sorted(self.group.iter().copied());
            self.take(&group);
        }
        self.group.clear();
    }

    /// Takes a set of hits that are equal by this key.
    fn take(&mut self, group: &RoaringBitmap) {
        let count = usize::try_from(group.len()).unwrap_or(usize::MAX);
        if let Some(skip) = self.skip.checked_sub(count) {
            self.skip = skip;
            return;
        }
        self.page.fill(self.level + 1, group, Start::Skip(self.skip));
        self.skip = 0;
    }
}
