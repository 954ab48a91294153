//! Issues as they were last read, for pages that are asked for again and again. On SQLite only:
//! there nobody else writes, so the index knows the newest revision of each issue and an entry of
//! another one is never used. (On PostgreSQL the index may lag behind what other nodes wrote.)

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_db::Engine;
use trackway_search::DocId;

use super::store::Loaded;
use crate::cx::Cx;
use crate::dict::Dict;

/// Bytes that the entries may take, by estimate: twice what one generation may.
const ROOM: usize = 16 << 20;
/// What an entry takes besides its texts and values.
const OVERHEAD: usize = 256;
/// What a value takes, by and large.
const VALUE: usize = 56;

/// The issues of one organisation that were read lately.
#[derive(Debug, Default)]
pub(crate) struct IssueCache(Mutex<Generations>);

/// What is used moves to the young generation; when that is full it becomes the old one, and what
/// was not used since the last time goes.
#[derive(Debug, Default)]
struct Generations {
    /// Values are decoded by the dictionaries; others may decode them otherwise.
    dict: Weak<Dict>,
    young: FxHashMap<i64, Loaded>,
    old: FxHashMap<i64, Loaded>,
    /// Of the young generation.
    bytes: usize,
}

/// The entries that are as new as the index, and the ids of all others, which are to be read.
pub(crate) fn look(cx: &Cx<'_, '_>, ids: &[i64]) -> (Vec<Loaded>, Vec<i64>) {
    if cx.tx.engine() != Engine::Sqlite {
        return (Vec::new(), ids.to_vec());
    }
    let index = cx.index.index.read();
    let mut cache = cx.index.issues.0.lock();
    cache.decoded_by(&cx.dict);
    let (mut found, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        let newest = DocId::try_from(*id).ok().and_then(|doc| index.version(doc));
        match newest.and_then(|newest| cache.get(*id, i64::from(newest))) {
            Some(loaded) => found.push(loaded),
            None => missing.push(*id),
        }
    }
    (found, missing)
}

/// Keeps what was read.
pub(crate) fn keep(cx: &Cx<'_, '_>, read: &[Loaded]) {
    if cx.tx.engine() != Engine::Sqlite || read.is_empty() {
        return;
    }
    let mut cache = cx.index.issues.0.lock();
    cache.decoded_by(&cx.dict);
    for loaded in read {
        cache.put(loaded.clone());
    }
}

impl Generations {
    fn decoded_by(&mut self, dict: &Arc<Dict>) {
        if !std::ptr::eq(self.dict.as_ptr(), Arc::as_ptr(dict)) {
            *self = Self { dict: Arc::downgrade(dict), ..Self::default() };
        }
    }

    fn get(&mut self, id: i64, revision: i64) -> Option<Loaded> {
        let good = |loaded: &&Loaded| loaded.issue.revision == revision;
        if let Some(loaded) = self.young.get(&id) {
            return Some(loaded).filter(good).cloned();
        }
        let loaded = self.old.remove(&id)?;
        Some(&loaded).filter(good)?;
        self.put(loaded.clone());
        Some(loaded)
    }

    fn put(&mut self, loaded: Loaded) {
        self.bytes += size(&loaded);
        if let Some(replaced) = self.young.insert(loaded.issue.id, loaded) {
            self.bytes -= size(&replaced);
        }
        if self.bytes > ROOM / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

fn size(loaded: &Loaded) -> usize {
    OVERHEAD + loaded.plain.len() + VALUE * loaded.issue.vals().count()
}
