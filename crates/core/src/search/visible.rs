//! What an actor may see of the index, kept from search to search (design, section 8).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_search::{Index, RoaringBitmap, Scope};

use crate::access;
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::Dict;

/// Actors whose sets are kept.
const ACTORS: usize = 64;
/// With more changes than this the set is made anew.
const FEW_CHANGES: u64 = 2000;

/// Sets of visible issues of one organisation.
#[derive(Debug, Default)]
pub(crate) struct VisibleCache {
    actors: Mutex<FxHashMap<(i64, bool), Entry>>,
    /// Sets made so far, from which each has its origin.
    made: AtomicU64,
}

#[derive(Debug)]
struct Entry {
    /// Rights are read from the dictionaries; others may give other rights.
    dict: Weak<Dict>,
    /// Changes of the index when the set was made.
    changes: u64,
    visible: Visible,
}

/// The issues that an actor may read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Visible {
    /// None when these are all.
    docs: Option<Arc<RoaringBitmap>>,
    /// The number of the set when it was made; it stays while only changes of issues are followed.
    origin: u64,
}

impl Visible {
    /// The set as searches take it.
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope { docs: self.docs.as_deref(), origin: self.origin }
    }
}

impl VisibleCache {
    /// Forgets everything: the index was replaced.
    pub(crate) fn clear(&self) {
        self.actors.lock().clear();
    }

    fn anew(&self, docs: RoaringBitmap) -> Visible {
        let origin = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        Visible { docs: Some(Arc::new(docs)), origin }
    }
}

/// The issues that the actor may read.
pub(crate) fn of(cx: &Cx<'_, '_>, index: &Index) -> Visible {
    let (dict, actor) = (&cx.dict, &*cx.actor);
    let (key, cache) = ((actor.uid, actor.robot), &cx.index.visible);
    let known = {
        let actors = cache.actors.lock();
        actors
            .get(&key)
            .filter(|e| std::ptr::eq(e.dict.as_ptr(), Arc::as_ptr(dict)))
            .map(|e| (e.changes, e.visible.clone()))
    };
    let visible = match known {
        Some((changes, visible)) if changes == index.changes() => return visible,
        Some((changes, Visible { docs: Some(docs), origin })) if changes <= index.changes() => {
            match brought_up(dict, actor, index, changes, docs) {
                Some(docs) => Visible { docs: Some(docs), origin },
                None => cache.anew(access::visible(dict, actor, index, None)),
            }
        }
        _ if access::sees_all(dict, actor, index) => Visible::default(),
        _ => cache.anew(access::visible(dict, actor, index, None)),
    };
    let entry =
        Entry { dict: Arc::downgrade(dict), changes: index.changes(), visible: visible.clone() };
    let mut actors = cache.actors.lock();
    if actors.len() >= ACTORS && !actors.contains_key(&key) {
        actors.clear();
    }
    actors.insert(key, entry);
    visible
}

/// The set after the changes since; the decision is made again for the changed issues only. None if
/// there are too many.
fn brought_up(
    dict: &Dict,
    actor: &Actor,
    index: &Index,
    changes: u64,
    mut docs: Arc<RoaringBitmap>,
) -> Option<Arc<RoaringBitmap>> {
    let few = index.changes() - changes <= FEW_CHANGES;
    let mut touched: Vec<u32> = index.changed_since(changes).filter(|_| few)?.collect();
    touched.sort_unstable();
    let touched: RoaringBitmap = touched.into_iter().collect();
    let visible = access::visible(dict, actor, index, Some(&touched));
    if visible != &*docs & &touched {
        let docs = Arc::make_mut(&mut docs);
        *docs -= touched;
        *docs |= visible;
    }
    Some(docs)
}
