//! What an actor may see of the index, kept from search to search (design, section 8).

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_search::{Index, RoaringBitmap};

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
pub(crate) struct VisibleCache(Mutex<FxHashMap<(i64, bool), Entry>>);

#[derive(Debug)]
struct Entry {
    /// Rights are read from the dictionaries; others may give other rights.
    dict: Weak<Dict>,
    /// Changes of the index when the set was made.
    changes: u64,
    /// None when everything is visible.
    docs: Option<Arc<RoaringBitmap>>,
}

impl VisibleCache {
    /// Forgets everything: the index was replaced.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}

/// The issues that the actor may read; none when these are all.
pub(crate) fn of(cx: &Cx<'_, '_>, index: &Index) -> Option<Arc<RoaringBitmap>> {
    let (dict, actor) = (&cx.dict, &*cx.actor);
    let key = (actor.uid, actor.robot);
    let known = {
        let cache = cx.index.visible.0.lock();
        cache
            .get(&key)
            .filter(|e| std::ptr::eq(e.dict.as_ptr(), Arc::as_ptr(dict)))
            .map(|e| (e.changes, e.docs.clone()))
    };
    let docs = match known {
        Some((changes, docs)) if changes == index.changes() => return docs,
        Some((changes, Some(docs))) if changes <= index.changes() => {
            Some(brought_up(dict, actor, index, changes, docs))
        }
        _ if access::sees_all(dict, actor, index) => None,
        _ => Some(Arc::new(access::visible(dict, actor, index, None))),
    };
    let entry = Entry { dict: Arc::downgrade(dict), changes: index.changes(), docs: docs.clone() };
    let mut cache = cx.index.visible.0.lock();
    if cache.len() >= ACTORS && !cache.contains_key(&key) {
        cache.clear();
    }
    cache.insert(key, entry);
    docs
}

/// The set after the changes since; the decision is made again for the changed issues only.
fn brought_up(
    dict: &Dict,
    actor: &Actor,
    index: &Index,
    changes: u64,
    mut docs: Arc<RoaringBitmap>,
) -> Arc<RoaringBitmap> {
    let few = index.changes() - changes <= FEW_CHANGES;
    let Some(touched) = index.changed_since(changes).filter(|_| few) else {
        return Arc::new(access::visible(dict, actor, index, None));
    };
    let mut touched: Vec<u32> = touched.collect();
    touched.sort_unstable();
    let touched: RoaringBitmap = touched.into_iter().collect();
    let visible = access::visible(dict, actor, index, Some(&touched));
    if visible != &*docs & &touched {
        let docs = Arc::make_mut(&mut docs);
        *docs -= touched;
        *docs |= visible;
    }
    docs
}
