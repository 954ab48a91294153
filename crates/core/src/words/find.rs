//! Finding issues by words.

use std::collections::BTreeSet;
use std::sync::Arc;

use trackway_db::{Engine, Tx};
use trackway_search::{DocId, RoaringBitmap};

use super::cache::{Tokens, WordCache};
use super::stem::{self, Part};
use super::{store, texts};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::Result;

/// Issues whose texts are read at once.
const CHUNK: usize = 500;

/// The word index as one search sees it.
#[derive(Debug)]
pub(crate) struct Session {
    generation: i64,
    /// Issues whose stored words are out of date, with those they really have.
    fresh: Vec<(DocId, Tokens)>,
    outdated: RoaringBitmap,
}

impl Session {
    /// Looks at what is not stored yet.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn open(cx: &mut Cx<'_, '_>) -> Result<Self> {
        let org = cx.dict.org_id;
        // In this order: what is stored after the first statement is in the generation or later.
        let pending = store::pending(cx.tx, org)?;
        let generation = store::generation(cx.tx, org)?;
        let index = Arc::clone(&cx.index);
        catch_up(cx.tx, org, &index.words, generation)?;
        let dict = Arc::clone(&cx.dict);
        let fresh = fresh(cx.tx, &dict, &index.words, &pending)?;
        let outdated = fresh.iter().map(|(id, _)| *id).collect();
        Ok(Self { generation, fresh, outdated })
    }

    /// The issues that have all these stems, each in any of the parts.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn having(
        &self,
        cx: &mut Cx<'_, '_>,
        parts: &[Part],
        stems: &BTreeSet<String>,
    ) -> Result<RoaringBitmap> {
        let mut all: Option<RoaringBitmap> = None;
        for stem in stems {
            let mut any = RoaringBitmap::new();
            for part in parts {
                let docs = self.token(cx, &part.token(stem))?;
                if any.is_empty() {
                    any.clone_from(&docs);
                } else {
                    any |= &*docs;
                }
            }
            let left = match all {
                Some(before) => before & any,
                None => any,
            };
            if left.is_empty() {
                return Ok(left);
            }
            all = Some(left);
        }
        Ok(all.unwrap_or_default())
    }

    fn token(&self, cx: &mut Cx<'_, '_>, token: &str) -> Result<Arc<RoaringBitmap>> {
        let cache = &cx.index.words;
        let stored = if let Some(stored) = cache.get(token, self.generation) {
            stored
        } else {
            let stored = Arc::new(store::having(cx.tx, cx.dict.org_id, token)?);
            cache.put(token, self.generation, Arc::clone(&stored));
            stored
        };
        if self.fresh.is_empty() {
            return Ok(stored);
        }
        let mut docs = &*stored - &self.outdated;
        docs.extend(self.fresh.iter().filter(|(_, t)| t.contains(token)).map(|(id, _)| *id));
        Ok(Arc::new(docs))
    }
}

/// Learns what other processes have stored.
fn catch_up(tx: &mut Tx<'_>, org: i64, cache: &WordCache, generation: i64) -> Result<()> {
    let Some(from) = cache.stale(generation) else { return Ok(()) };
    if tx.engine() == Engine::Sqlite {
        // This process stored it and tells the cache at this moment, unless it was another one.
        if generation > from + 1 {
            cache.advance(from, generation, None);
        }
        return Ok(());
    }
    let changed = store::since(tx, org, from, generation)?.map(|changed| {
        changed.into_iter().map(|(id, stems)| (id, split(&stems))).collect::<Vec<_>>()
    });
    cache.advance(from, generation, changed.as_deref());
    Ok(())
}

fn split(stems: &str) -> Tokens {
    Arc::new(stems.split(' ').map(Box::from).collect())
}

/// The words of issues on the list.
fn fresh(
    tx: &mut Tx<'_>,
    dict: &Dict,
    cache: &WordCache,
    pending: &[store::Pending],
) -> Result<Vec<(DocId, Tokens)>> {
    let mut known = Vec::with_capacity(pending.len());
    let mut unknown = Vec::new();
    for (issue, version) in pending {
        match (DocId::try_from(*issue), cache.fresh(*issue, *version)) {
            (Ok(id), Some(tokens)) => known.push((id, tokens)),
            (Ok(_), None) => unknown.push((*issue, *version)),
            (Err(_), _) => {}
        }
    }
    for chunk in unknown.chunks(CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|(issue, _)| *issue).collect();
        let mut tokens = tokens_of(tx, dict, &ids)?;
        for (issue, version) in chunk {
            let tokens = tokens.remove(issue).unwrap_or_default();
            cache.remember(*issue, *version, Arc::clone(&tokens));
            known.extend(DocId::try_from(*issue).ok().map(|id| (id, tokens)));
        }
    }
    Ok(known)
}

/// The words that some issues have now.
///
/// # Errors
/// The database fails.
pub(super) fn tokens_of(
    tx: &mut Tx<'_>,
    dict: &Dict,
    ids: &[i64],
) -> Result<rustc_hash::FxHashMap<i64, Tokens>> {
    let texts = texts::of(tx, dict, ids)?;
    Ok(texts
        .into_iter()
        .map(|(issue, texts)| {
            let mut tokens = BTreeSet::new();
            for (part, text) in &texts {
                stem::tokens(*part, text, &mut tokens);
            }
            (issue, Arc::new(tokens.into_iter().map(String::into_boxed_str).collect()))
        })
        .collect())
}

/// Of these issues those with a text in one of the parts that fits.
///
/// # Errors
/// The database fails.
pub(crate) fn check(
    cx: &mut Cx<'_, '_>,
    candidates: &RoaringBitmap,
    parts: &[Part],
    fits: impl Fn(&str) -> bool,
) -> Result<RoaringBitmap> {
    let dict = Arc::clone(&cx.dict);
    let ids: Vec<i64> = candidates.iter().map(i64::from).collect();
    let mut found = RoaringBitmap::new();
    for chunk in ids.chunks(CHUNK) {
        for (issue, texts) in texts::of(cx.tx, &dict, chunk)? {
            let is_one = texts.iter().any(|(part, text)| parts.contains(part) && fits(text));
            if let (true, Ok(id)) = (is_one, DocId::try_from(issue)) {
                found.insert(id);
            }
        }
    }
    Ok(found)
}
