//! Issues as they were last read, for pages that are asked for again and again. On SQLite only:
//! there nobody else writes, so the index knows the newest revision of each issue and an entry of
//! another one is never used. (On PostgreSQL the index may lag behind what other nodes wrote.) For
//! reads only: inside of a write the index is behind the transaction.

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

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use trackway_api::issues::{SearchIssues, SearchRequest, UpdateIssue};

    use super::*;
    use crate::testing::{Fixture, body};

    fn summaries(f: &Fixture, uid: i64) -> Vec<Json> {
        let request: SearchRequest =
            serde_json::from_value(json!({"filter": {"queue": "DEV"}})).expect("a request");
        let request = SearchIssues::new(request).page(1);
        let reply = f.read(uid, |cx| crate::search::ops::search(cx, &request)).expect("issues");
        let Json::Array(found) = body(reply) else { panic!("a list") };
        found.into_iter().map(|mut issue| issue["summary"].take()).collect()
    }

    #[test]
    fn what_changed_is_read_anew_and_others_see_only_theirs() {
        let f = Fixture::new();
        let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "one", "description": "d"}));
        assert_eq!(summaries(&f, f.ann), ["one"]);
        assert_eq!(summaries(&f, f.ann), ["one"], "from memory");
        let Json::Object(patch) = json!({"summary": "two"}) else { panic!("an object") };
        let change = UpdateIssue::new(&*key, patch);
        f.write(f.ann, move |cx| crate::issue::ops::update(cx, &change)).expect("an edit");
        assert_eq!(summaries(&f, f.ann), ["two"]);
        f.permit(f.dev, crate::dict::model::Permissions::default());
        assert_eq!(summaries(&f, f.boss), ["two"]);
        assert_eq!(summaries(&f, f.bob), [] as [&str; 0], "what is in memory is not for everybody");
    }

    #[test]
    fn a_write_sees_what_it_changed_itself() {
        let f = Fixture::new();
        let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "one"}));
        assert_eq!(summaries(&f, f.ann), ["one"]);
        let seen = f.write(f.ann, move |cx| {
            let id = crate::issue::store::find(cx, &key)?.expect("an issue").issue.id;
            let patch = serde_json::Map::from_iter([("summary".to_owned(), json!("two"))]);
            crate::issue::ops::update(cx, &UpdateIssue::new(&*key, patch))?;
            let briefs = crate::issue::store::briefs(cx, &[id])?;
            Ok(briefs[&id].issue.text(crate::field::no::SUMMARY).to_owned())
        });
        assert_eq!(seen.expect("an edit"), "two");
    }

    #[test]
    fn what_is_not_used_goes_and_what_is_used_stays() {
        let f = Fixture::new();
        let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "kept"}));
        let text = "x".repeat(ROOM / 8);
        let read = f.read(f.ann, |cx| {
            let id = crate::issue::store::find(cx, &key)?.expect("an issue").issue.id;
            let kept = crate::issue::store::by_ids(cx, &[id])?.remove(0);
            Ok(kept)
        });
        let kept = read.expect("an issue");
        let large = |id: i64| {
            let mut issue = crate::issue::Issue::clone(&kept.issue);
            issue.id = id;
            Loaded::with_text(issue, &text)
        };
        let mut cache = Generations::default();
        cache.put(kept.clone());
        for id in 1..=40 {
            cache.put(large(1000 + id));
            assert!(cache.get(kept.issue.id, kept.issue.revision).is_some(), "{id}");
        }
        assert!(cache.get(1001, kept.issue.revision).is_none());
        assert!(cache.get(kept.issue.id, kept.issue.revision + 1).is_none(), "another revision");
        assert!(cache.young.len() + cache.old.len() <= 10);
    }
}
