//! The index of an organisation: its schema, building it, its snapshot file, and following the
//! changes of others.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};
use trackway_db::Engine;
use trackway_search::{DocId, FieldKind, Index, Schema};

use crate::dict::model::{Kind, ValueType};
use crate::dict::{Dict, store};
use crate::error::{Error, Result};
use crate::feed::{self, Entry};
use crate::field::FieldDef;
use crate::field::no;
use crate::issue::codec;
use crate::tracker::Tracker;

/// Raise when documents are made differently, so that old snapshots are not used.
const REVISION: u32 = 3;

trackway_db::row! {
    /// What the index needs of an issue.
    pub struct NarrowRow {
        pub id: i64,
        pub queue_id: i64,
        pub num: i64,
        pub version: i64,
        pub vals: Vec<u8>,
    }
}

/// All issues of an organisation.
pub const ALL: &str = "SELECT id, queue_id, num, version, vals FROM issue WHERE org_id = $1";
/// Some issues of an organisation.
pub const SOME: &str =
    "SELECT id, queue_id, num, version, vals FROM issue WHERE org_id = $1 AND id {any:$2}";

/// The last revisions of removed issues.
pub const REMOVED: &str =
    "SELECT id, revision FROM issue_removed WHERE org_id = $1 AND id {any:$2}";

/// How a field is indexed: dates and numbers in order, references that are nearly unique as well
/// (the index says why), everything else as bitmaps.
fn kind(def: &FieldDef) -> FieldKind {
    match def.no {
        no::KEY | no::CREATED_AT | no::UPDATED_AT => return FieldKind::Ordered { dense: true },
        no::STATUS_START_TIME | no::SUMMARY | no::UNIQUE | no::PARENT => {
            return FieldKind::Ordered { dense: false };
        }
        _ => {}
    }
    match def.value_type {
        ValueType::Date
        | ValueType::Datetime
        | ValueType::Float
        | ValueType::Integer
        | ValueType::Timetracking
            if !def.array =>
        {
            FieldKind::Ordered { dense: false }
        }
        _ => FieldKind::Exact,
    }
}

fn schema(dict: &Dict) -> Schema {
    dict.field_index
        .iter()
        .fold(Schema::new(REVISION), |schema, def| schema.with(def.no, kind(def)))
}

/// Tells the index of fields it does not know yet.
pub(crate) fn ensure_fields(tracker: &Tracker, dict: &Dict) {
    let Ok(org) = tracker.index(dict.org_id) else { return };
    let mut index = org.index.write();
    for def in dict.field_index.iter() {
        index.ensure_field(def.no, kind(def));
    }
}

fn file(tracker: &Tracker, org_id: i64) -> Option<PathBuf> {
    tracker.cache().map(|dir| dir.join(format!("index-{org_id}.bin")))
}

/// The index of an organisation: from its snapshot and the feed since, or built from the rows.
///
/// # Errors
/// The database fails.
pub(crate) fn open(tracker: &Tracker, dict: &Dict) -> Result<Index> {
    if let Some(index) = open_snapshot(tracker, dict)? {
        return Ok(index);
    }
    rebuild(tracker, dict)
}

/// The index of an organisation, built from the rows.
///
/// # Errors
/// The database fails.
pub(crate) fn rebuild(tracker: &Tracker, dict: &Dict) -> Result<Index> {
    let mut loader = Index::bulk_loader(schema(dict));
    // Reading everything takes as long as it takes; a limit would keep a large server from starting.
    tracker.db().snapshot(|tx| -> Result<()> {
        tx.each(ALL, &[&dict.org_id], &mut |row| {
            let version = row.get_i64(3)?;
            let doc = codec::doc(row.get_i64(1)?, row.get_i64(2)?, version, row.get_bytes(4)?)
                .map_err(|e| trackway_db::Error::Other(e.to_string()))?;
            if let (Ok(id), Some(doc)) = (DocId::try_from(row.get_i64(0)?), doc) {
                loader.push(id, &doc);
            }
            Ok(())
        })?;
        Ok(())
    })?;
    let index = loader.finish();
    tracing::info!(org.id = dict.org_id, issues = index.len(), "index built");
    Ok(index)
}

fn open_snapshot(tracker: &Tracker, dict: &Dict) -> Result<Option<Index>> {
    let Some(path) = file(tracker, dict.org_id) else { return Ok(None) };
    let Ok(reader) = File::open(&path) else { return Ok(None) };
    let (mut index, cursor) = match Index::load_snapshot(BufReader::new(reader), schema(dict)) {
        Ok(loaded) => loaded,
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "index snapshot not used");
            return Ok(None);
        }
    };
    let replayed = tracker.db().snapshot(|tx| -> Result<usize> {
        // A snapshot of another database lies ahead of this one's feed.
        if cursor > feed::cursor(tx)? {
            return Ok(usize::MAX);
        }
        let mut replayed = 0;
        let mut from = cursor;
        loop {
            let entries = feed::after(tx, from)?;
            let Some(last) = entries.last() else { break };
            let ids = issue_ids(&entries, dict.org_id);
            replayed += ids.len();
            replay(tx, dict.org_id, &ids, &mut index)?;
            if tx.engine() == Engine::Postgres {
                break;
            }
            from = last.id;
        }
        Ok(replayed)
    })?;
    if replayed == usize::MAX {
        return Ok(None);
    }
    tracing::info!(org.id = dict.org_id, issues = index.len(), replayed, "index loaded");
    Ok(Some(index))
}

fn issue_ids(entries: &[Entry], org_id: i64) -> Vec<i64> {
    let ids: FxHashSet<i64> =
        entries.iter().filter(|e| e.org_id == org_id && e.is_issue()).map(|e| e.entity).collect();
    ids.into_iter().collect()
}

/// Brings what an index has of these issues in step with the rows.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(crate) fn replay(
    tx: &mut trackway_db::Tx<'_>,
    org_id: i64,
    ids: &[i64],
    index: &mut Index,
) -> Result<()> {
    for chunk in ids.chunks(1000) {
        let rows: Vec<NarrowRow> = tx.all_by_ids(SOME, &[&org_id], chunk)?;
        let mut missing: FxHashSet<i64> = chunk.iter().copied().collect();
        for row in rows {
            missing.remove(&row.id);
            let doc = codec::doc(row.queue_id, row.num, row.version, &row.vals)?;
            match (DocId::try_from(row.id), doc) {
                (Ok(id), Some(doc)) => index.apply(id, None, Some(&doc)),
                (Ok(id), None) => index.remove(id, codec::revision(row.version)),
                (Err(_), _) => {}
            }
        }
        // Changed and no longer there: removed. It may come back, as something newer.
        let missing: Vec<i64> = missing.into_iter().collect();
        let removed: Vec<(i64, i64)> = tx.all_by_ids(REMOVED, &[&org_id], &missing)?;
        let removed: FxHashMap<i64, i64> = removed.into_iter().collect();
        for id in missing {
            let revision = removed.get(&id).copied().unwrap_or(i64::from(u32::MAX - 1));
            if let Ok(id) = DocId::try_from(id) {
                index.remove(id, codec::revision(revision + 1));
            }
        }
    }
    Ok(())
}

/// Applies entries of the feed that others wrote.
pub(crate) fn follow(tracker: &Tracker, entries: &[Entry]) -> Result<()> {
    let orgs: FxHashSet<i64> =
        entries.iter().filter(|e| !e.is_credentials()).map(|e| e.org_id).collect();
    for org_id in orgs {
        if tracker.world().org(org_id).is_none() {
            tracker.reload()?;
            continue;
        }
        let mine = || entries.iter().filter(|e| e.org_id == org_id);
        let mut objects = Vec::new();
        tracker.db().read(|tx| -> Result<()> {
            for entry in mine().filter(|e| !e.is_issue()) {
                let Some(kind) = Kind::from_name(&entry.kind) else { continue };
                objects.extend(store::one(tx, org_id, kind, entry.entity)?);
            }
            let ids = issue_ids(entries, org_id);
            if !ids.is_empty() {
                let org = tracker.index(org_id)?;
                replay(tx, org_id, &ids, &mut org.index.write())?;
            }
            Ok(())
        })?;
        if !objects.is_empty() {
            tracker.refresh_objects(org_id, objects);
        }
    }
    Ok(())
}

/// How long a commit on PostgreSQL may take to reach the index of this process.
const SETTLE: std::time::Duration = std::time::Duration::from_secs(1);

impl Tracker {
    /// A cursor before which everything is in the index: what comes after it is replayed over the
    /// snapshot, and applying a change twice does no harm. On SQLite the cursor is read on the
    /// writer's turn, when all that was committed before has been applied; on PostgreSQL the
    /// other threads are given time to do so.
    fn snapshot_cursor(&self) -> Result<i64> {
        let cursor = match self.db().engine() {
            Engine::Sqlite => self.db().write_now(feed::cursor),
            Engine::Postgres => self.db().read(feed::cursor),
        }?;
        if self.db().engine() == Engine::Postgres {
            std::thread::sleep(SETTLE);
        }
        Ok(cursor)
    }

    /// Writes the index of every organisation to its snapshot file.
    ///
    /// # Errors
    /// The file system or the database fails.
    pub fn save_indexes(&self) -> Result<()> {
        for dict in self.world().orgs() {
            let Some(path) = file(self, dict.org_id) else { continue };
            let cursor = self.snapshot_cursor()?;
            let partial = path.with_extension("partial");
            let mut writer = BufWriter::new(File::create(&partial).map_err(Error::internal)?);
            let org = self.index(dict.org_id)?;
            org.index.read().snapshot_to(&mut writer, cursor).map_err(Error::internal)?;
            writer.flush().map_err(Error::internal)?;
            std::fs::rename(&partial, &path).map_err(Error::internal)?;
        }
        Ok(())
    }
}
