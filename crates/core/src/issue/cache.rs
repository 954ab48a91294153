//! Issues as they were last read, for pages that are asked for again and again. On SQLite only:
//! there nobody else writes, so the index knows the newest revision of each issue and an entry of
//! another one is never used. (On PostgreSQL the index may lag behind what other nodes wrote.) For
//! reads only: inside of a write the index is behind the transaction, by which rules and conditions
//! decide.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_search::DocId;

use super::Issue;
use super::store::{Brief, Loaded};
use crate::cx::Cx;
use crate::dict::Dict;

/// What an entry takes besides its texts and values, in bytes.
const OVERHEAD: usize = 256;
/// What a value takes, by and large.
const VALUE: usize = 56;

/// The issues of one organisation that were read lately.
#[derive(Debug, Default)]
pub(crate) struct IssueCache(Mutex<Caches>);

/// Those that were shown, and those that others mentioned, which come without their texts.
#[derive(Debug, Default)]
pub(super) struct Caches {
    /// Values are decoded by the dictionaries; others may decode them otherwise.
    dict: Weak<Dict>,
    pub(super) shown: Generations<Loaded>,
    pub(super) mentioned: Generations<Brief>,
}

/// Something read from the row of an issue.
pub(super) trait Entry: Clone {
    /// Bytes that all entries may take, by estimate: twice what one generation may.
    const ROOM: usize;
    /// The issue.
    fn issue(&self) -> &Issue;
    /// Bytes of texts that the issue itself does not hold.
    fn texts(&self) -> usize;
}

impl Entry for Loaded {
    const ROOM: usize = 16 << 20;

    fn issue(&self) -> &Issue {
        &self.issue
    }

    fn texts(&self) -> usize {
        self.plain.len()
    }
}

impl Entry for Brief {
    const ROOM: usize = 4 << 20;

    fn issue(&self) -> &Issue {
        &self.issue
    }

    fn texts(&self) -> usize {
        0
    }
}

/// What is used moves to the young generation; when that is full it becomes the old one, and what
/// was not used since the last time goes.
#[derive(Debug)]
pub(super) struct Generations<T> {
    young: FxHashMap<i64, T>,
    old: FxHashMap<i64, T>,
    /// Of the young generation.
    bytes: usize,
}

impl<T> Default for Generations<T> {
    fn default() -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default(), bytes: 0 }
    }
}

/// The entries that are as new as the index, and the ids of all others, which are to be read.
pub(super) fn look<T: Entry>(
    cx: &Cx<'_, '_>,
    ids: &[i64],
    kind: fn(&mut Caches) -> &mut Generations<T>,
) -> (Vec<T>, Vec<i64>) {
    if !cx.tx.is_sqlite_read() {
        return (Vec::new(), ids.to_vec());
    }
    let index = cx.index.index.read();
    let mut caches = cx.index.issues.0.lock();
    caches.decoded_by(&cx.dict);
    let cache = kind(&mut caches);
    let (mut found, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        let newest = DocId::try_from(*id).ok().and_then(|doc| index.version(doc));
        match newest.and_then(|newest| cache.get(*id, i64::from(newest))) {
            Some(entry) => found.push(entry),
            None => missing.push(*id),
        }
    }
    (found, missing)
}

/// Keeps what was read.
pub(super) fn keep<T: Entry>(
    cx: &Cx<'_, '_>,
    read: &[T],
    kind: fn(&mut Caches) -> &mut Generations<T>,
) {
    if read.is_empty() || !cx.tx.is_sqlite_read() {
        return;
    }
    let mut caches = cx.index.issues.0.lock();
    caches.decoded_by(&cx.dict);
    let cache = kind(&mut caches);
    for entry in read {
        cache.put(entry.clone());
    }
}

impl Caches {
    fn decoded_by(&mut self, dict: &Arc<Dict>) {
        if !std::ptr::eq(self.dict.as_ptr(), Arc::as_ptr(dict)) {
            *self = Self { dict: Arc::downgrade(dict), ..Self::default() };
        }
    }
}

impl<T: Entry> Generations<T> {
    fn get(&mut self, id: i64, revision: i64) -> Option<T> {
        let good = |entry: &&T| entry.issue().revision == revision;
        if let Some(entry) = self.young.get(&id) {
            return Some(entry).filter(good).cloned();
        }
        let entry = self.old.remove(&id)?;
        Some(&entry).filter(good)?;
        self.put(entry.clone());
        Some(entry)
    }

    fn put(&mut self, entry: T) {
        self.bytes += size(&entry);
        let id = entry.issue().id;
        if let Some(replaced) = self.young.insert(id, entry) {
            self.bytes -= size(&replaced);
        }
        if self.bytes > T::ROOM / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

fn size<T: Entry>(entry: &T) -> usize {
    OVERHEAD + entry.texts() + VALUE * entry.issue().vals().count()
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
        let text = "x".repeat(Loaded::ROOM / 8);
        let read = f.read(f.ann, |cx| {
            let id = crate::issue::store::find(cx, &key)?.expect("an issue").issue.id;
            let kept = crate::issue::store::by_ids(cx, &[id])?.remove(0);
            Ok(kept)
        });
        let kept = read.expect("an issue");
        let large = |id: i64| {
            let mut issue = Issue::clone(&kept.issue);
            issue.id = id;
            Loaded::with_text(issue, &text)
        };
        let mut cache = Generations::<Loaded>::default();
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
