//! Issues as they were last read, for pages that are asked for again and again. On SQLite nobody
//! else writes, so the index knows the newest revision of each issue and an entry of another one is
//! never used. On PostgreSQL the index may lag behind what other nodes wrote, so the database is asked
//! for those that are no longer of the revision that is here. For reads only: what a write sees may
//! be rolled back, and the index is behind it, by which rules and conditions decide.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use trackway_db::Engine;
use trackway_search::DocId;

use super::Issue;
use super::load::{self, Brief, FromIssueRow, Loaded};
use super::render;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::Result;

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
pub(super) trait Entry: Clone + FromIssueRow {
    /// Bytes that all entries may take, by estimate: twice what one generation may.
    const ROOM: usize;
    /// Where they are kept.
    fn kind(caches: &mut Caches) -> &mut Generations<Self>;
    /// Ids and revisions of what is here and will be asked for with these.
    fn beside(_: &[Self], _: &mut Generations<Brief>, _: &Dict) -> Vec<(i64, i64)> {
        Vec::new()
    }
    /// The issue.
    fn issue(&self) -> &Issue;
    /// Bytes of texts that the issue itself does not hold.
    fn texts(&self) -> usize;
}

impl Entry for Loaded {
    const ROOM: usize = 32 << 20;

    fn kind(caches: &mut Caches) -> &mut Generations<Self> {
        &mut caches.shown
    }

    fn beside(shown: &[Self], mentioned: &mut Generations<Brief>, dict: &Dict) -> Vec<(i64, i64)> {
        let ids = render::mentioned(shown.iter().map(|entry| &*entry.issue), dict);
        let here = ids.into_iter().filter_map(|id| mentioned.get(id));
        here.map(|brief| (brief.issue.id, brief.issue.revision)).collect()
    }

    fn issue(&self) -> &Issue {
        &self.issue
    }

    fn texts(&self) -> usize {
        self.plain.len()
    }
}

impl Entry for Brief {
    const ROOM: usize = 4 << 20;

    fn kind(caches: &mut Caches) -> &mut Generations<Self> {
        &mut caches.mentioned
    }

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

/// The issues of these ids that exist, in no order, from memory where they are there.
///
/// # Errors
/// The database fails.
pub(super) fn through<T: Entry>(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<T>> {
    if ids.is_empty() || !cx.tx.is_read() {
        return load::read(cx, ids);
    }
    match cx.tx.engine() {
        Engine::Sqlite => by_index(cx, ids),
        Engine::Postgres => by_database(cx, ids),
    }
}

/// Entries that are as new as the index; the others are read.
fn by_index<T: Entry>(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<T>> {
    let (mut found, mut missing) = (Vec::with_capacity(ids.len()), Vec::new());
    {
        let index = cx.index.index.read();
        let mut caches = cx.index.issues.0.lock();
        let cache = T::kind(caches.decoded_by(&cx.dict));
        for id in ids {
            let newest = DocId::try_from(*id).ok().and_then(|doc| index.version(doc));
            let entry = cache.get(*id);
            match entry.filter(|entry| newest.map(i64::from) == Some(entry.issue().revision)) {
                Some(entry) => found.push(entry),
                None => missing.push(*id),
            }
        }
    }
    let read = load::read(cx, &missing)?;
    keep(cx, &read);
    found.extend(read);
    Ok(found)
}

/// Entries of which the database says that they are the newest; it sends the others. It is asked
/// once for a page: for what the issues mention as well.
fn by_database<T: Entry>(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<T>> {
    let (mut known, beside) = {
        let mut caches = cx.index.issues.0.lock();
        let caches = caches.decoded_by(&cx.dict);
        let known: Vec<T> = ids.iter().filter_map(|id| T::kind(caches).get(*id)).collect();
        let beside = T::beside(&known, &mut caches.mentioned, &cx.dict);
        (known, beside)
    };
    if known.len() == ids.len() && known.iter().all(|entry| cx.confirmed.has(entry.issue())) {
        return Ok(known);
    }
    let mut read: Vec<T> = if known.is_empty() {
        load::read(cx, ids)?
    } else {
        let of = |entry: &T| (entry.issue().id, entry.issue().revision);
        let mut revisions: FxHashMap<i64, i64> = known.iter().map(of).collect();
        for id in ids {
            revisions.entry(*id).or_insert(0);
        }
        for (id, revision) in beside {
            revisions.entry(id).or_insert(revision);
        }
        changed(cx, revisions)?
    };
    let changed: FxHashSet<i64> = read.iter().map(|entry| entry.issue().id).collect();
    known.retain(|entry| !changed.contains(&entry.issue().id));
    read.retain(|entry| entry.issue().revision > 0 && ids.contains(&entry.issue().id));
    keep(cx, &read);
    known.extend(read);
    Ok(known)
}

/// Those that are no longer of their revision here, 0 for what is not here.
fn changed<T: Entry>(cx: &mut Cx<'_, '_>, mut revisions: FxHashMap<i64, i64>) -> Result<Vec<T>> {
    let (ids, versions): (Vec<i64>, Vec<i64>) = revisions.iter().map(|(i, r)| (*i, *r)).unzip();
    let read: Vec<T> = load::read_changed(cx, &ids, &versions)?;
    for entry in &read {
        revisions.remove(&entry.issue().id);
    }
    cx.confirmed.0.extend(revisions);
    Ok(read)
}

/// Revisions of issues that the database has called the newest during this operation.
#[derive(Debug, Default)]
pub(crate) struct Confirmed(FxHashMap<i64, i64>);

impl Confirmed {
    fn has(&self, issue: &Issue) -> bool {
        self.0.get(&issue.id) == Some(&issue.revision)
    }
}

/// Keeps what was read.
fn keep<T: Entry>(cx: &Cx<'_, '_>, read: &[T]) {
    if read.is_empty() {
        return;
    }
    let mut gone = None;
    let mut caches = cx.index.issues.0.lock();
    let cache = T::kind(caches.decoded_by(&cx.dict));
    for entry in read {
        gone = cache.put(entry.clone()).or(gone);
    }
    // Thousands of issues may go; nobody is to wait for that.
    drop(caches);
    drop(gone);
}

impl Caches {
    /// These caches, emptied if others decoded what is in them.
    fn decoded_by(&mut self, dict: &Arc<Dict>) -> &mut Self {
        if !std::ptr::eq(self.dict.as_ptr(), Arc::as_ptr(dict)) {
            *self = Self { dict: Arc::downgrade(dict), ..Self::default() };
        }
        self
    }
}

impl<T: Entry> Generations<T> {
    fn get(&mut self, id: i64) -> Option<T> {
        if let Some(entry) = self.young.get(&id) {
            return Some(entry.clone());
        }
        let entry = self.old.remove(&id)?;
        self.put(entry.clone());
        Some(entry)
    }

    /// Keeps an entry; hands out the old generation if there is a new one.
    fn put(&mut self, entry: T) -> Option<FxHashMap<i64, T>> {
        self.bytes += size(&entry);
        let id = entry.issue().id;
        if let Some(replaced) = self.young.insert(id, entry) {
            self.bytes -= size(&replaced);
        }
        if self.bytes <= T::ROOM / 2 {
            return None;
        }
        self.bytes = 0;
        Some(std::mem::replace(&mut self.old, std::mem::take(&mut self.young)))
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

    /// On PostgreSQL other nodes write too, and the index hears of it later.
    #[test]
    fn what_other_nodes_wrote_is_seen() {
        let f = Fixture::new();
        let db = f.tracker.db();
        if db.engine() != Engine::Postgres {
            return;
        }
        let mut ids = Vec::new();
        for summary in ["one", "two"] {
            let key = f.issue(f.ann, json!({"queue": "DEV", "summary": summary}));
            let find = |cx: &mut Cx<'_, '_>| crate::issue::store::find(cx, &key);
            ids.push(f.read(f.ann, find).expect("a read").expect("an issue").issue.id);
        }
        assert_eq!(summaries(&f, f.ann), ["one", "two"]);
        let elsewhere = |sql: &str, id: i64| {
            db.write_now(|tx| tx.exec(sql, &[&id])).expect("a write of another node");
        };
        elsewhere("UPDATE issue_text SET summary = 'three' WHERE id = $1", ids[0]);
        elsewhere("UPDATE issue SET version = version + 1 WHERE id = $1", ids[0]);
        assert_eq!(summaries(&f, f.ann), ["three", "two"]);
        elsewhere("DELETE FROM issue_text WHERE id = $1", ids[1]);
        elsewhere("DELETE FROM issue WHERE id = $1", ids[1]);
        assert_eq!(summaries(&f, f.ann), ["three"]);
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
            assert!(cache.get(kept.issue.id).is_some(), "{id}");
        }
        assert!(cache.get(1001).is_none());
        assert!(cache.young.len() + cache.old.len() <= 10);
    }
}
