//! `trackway backup verify`: restores into a temporary place, and compares.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use trackway_cli::told;
use trackway_core::{Tracker, backup};
use trackway_db::{Db, Options, Target};
use trackway_server::FilesConfig;

use super::restore::{Restored, counted, open};
use super::{runtime, store};
use crate::program::said::say;

/// Flags of `trackway backup verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Backup, - for standard input
    backup: PathBuf,
}

/// Fails unless a whole, working installation can be made of the backup.
pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let place = tempfile::tempdir().context("there is no temporary place")?;
    let config = FilesConfig {
        location: place.path().join("files").display().to_string(),
        ..FilesConfig::default()
    };
    let files = store(&config)?;
    let target = Target::SqliteFile(place.path().join("trackway.db"));
    let db = Db::open(Options::new(target)).context("cannot open a temporary database")?;
    let end = Restored::new(&db, files.clone(), None)?.load(open(&arguments.backup)?)?;
    let tracker = Tracker::open(db, None).context("the restored tracker does not start")?;
    let mut indexed = 0;
    for dict in tracker.world().orgs() {
        indexed += tracker.index(dict.org_id)?.index.read().len() as u64;
    }
    let issues = end.rows.get("issue").copied().unwrap_or_default();
    ensure!(indexed == issues, "{issues} issues were saved, but {indexed} are found");
    if end.files > 0 {
        let runtime = runtime()?;
        for blob in backup::files(tracker.db())? {
            if end.missing.contains(&blob.name) {
                say(&format!("the file {} was missing when the backup was made", blob.name));
                continue;
            }
            let size = runtime.block_on(files.open_file(&blob.name))?.map(|(size, _)| size);
            ensure!(
                size.and_then(|size| i64::try_from(size).ok()) == Some(blob.size),
                "the file {} is not what it was",
                blob.name
            );
        }
    }
    tracker.db().close();
    say(&format!("the backup is good: {}", told(&counted(&end))));
    Ok(())
}
