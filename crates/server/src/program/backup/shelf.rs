//! The backups in the data folder: their names, `trackway backup list` and `prune`.

#![expect(clippy::print_stdout, reason = "the result goes to standard output")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::size;
use crate::program::said::say;
use crate::program::storage::Place;

const FOLDER: &str = "backups";
const BEFORE: &str = "trackway-";
const AFTER: &str = ".tar.gz";
const TIME: &str = "%Y-%m-%dT%H-%M-%SZ";

/// Flags of `trackway backup list`.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    storage: Place,
}

/// Flags of `trackway backup prune`.
#[derive(Debug, clap::Args)]
pub(crate) struct Prune {
    #[command(flatten)]
    storage: Place,
    /// How many to keep, as daily=7,weekly=4,monthly=12; the newest always stays
    #[arg(long, value_name = "RULES")]
    keep: Keep,
    /// Say what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

/// How many backups to keep: the last of each of so many days, weeks and months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Keep {
    daily: usize,
    weekly: usize,
    monthly: usize,
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut keep = Self::default();
        for rule in text.split(',') {
            let wrong = || format!("{rule:?} is none of daily=N, weekly=N, monthly=N");
            let (name, number) = rule.split_once('=').ok_or_else(wrong)?;
            let number = number.trim().parse().map_err(|_| wrong())?;
            match name.trim() {
                "daily" => keep.daily = number,
                "weekly" => keep.weekly = number,
                "monthly" => keep.monthly = number,
                _ => return Err(wrong()),
            }
        }
        Ok(keep)
    }
}

/// A path for a new backup; its folder is made.
pub(super) fn fresh(data: &Path, now: i64) -> Result<PathBuf> {
    let folder = data.join(FOLDER);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let time = Timestamp::from_millisecond(now)?.strftime(TIME);
    Ok(folder.join(format!("{BEFORE}{time}{AFTER}")))
}

fn time_of(name: &str) -> Option<Timestamp> {
    let time = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    let time = jiff::civil::DateTime::strptime(TIME.trim_end_matches('Z'), time.strip_suffix('Z')?);
    time.ok()?.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The backups of a data folder, the newest first.
fn all(data: &Path) -> Result<Vec<(Timestamp, PathBuf)>> {
    let folder = data.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", folder.display()));
        }
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        found.extend(entry.file_name().to_str().and_then(time_of).map(|time| (time, entry.path())));
    }
    found.sort_by_key(|entry| std::cmp::Reverse(entry.0));
    Ok(found)
}

/// Lists the backups of a data folder.
pub(super) fn list(arguments: &List) -> Result<()> {
    for (time, path) in all(&arguments.storage.data_or("trackway-data"))? {
        println!("{time}\t{}\t{}", size(path.metadata()?.len()), path.display());
    }
    Ok(())
}

/// Removes the backups that no rule keeps.
pub(super) fn prune(arguments: &Prune) -> Result<()> {
    if arguments.keep == Keep::default() {
        bail!("--keep keeps nothing");
    }
    let all = all(&arguments.storage.data_or("trackway-data"))?;
    let times: Vec<Timestamp> = all.iter().map(|(time, _)| *time).collect();
    let kept = kept(&times, arguments.keep);
    for (time, path) in &all {
        if kept.contains(time) {
            continue;
        }
        if !arguments.dry_run {
            std::fs::remove_file(path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        let word = if arguments.dry_run { "would remove" } else { "removed" };
        say(&format!("{word} {}", path.display()));
    }
    Ok(())
}

/// Names the period that a day belongs to.
type Bucket = fn(jiff::civil::Date) -> String;

/// Of these times, the newest first, those that stay.
fn kept(times: &[Timestamp], keep: Keep) -> BTreeSet<Timestamp> {
    let mut kept: BTreeSet<Timestamp> = times.first().copied().into_iter().collect();
    // Each period is named so that equal names mean the same period.
    let rules: [(usize, Bucket); 3] = [
        (keep.daily, |day| day.to_string()),
        (keep.weekly, |day| {
            let week = day.iso_week_date();
            format!("{}-{}", week.year(), week.week())
        }),
        (keep.monthly, |day| day.strftime("%Y-%m").to_string()),
    ];
    for (most, period) in rules {
        let mut seen = BTreeSet::new();
        for time in times {
            let day = time.to_zoned_datetime(TimeZone::UTC).date();
            if seen.len() < most && seen.insert(period(day)) {
                kept.insert(*time);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = fresh(folder.path(), 1_795_876_800_000).expect("a name");
        let name = path.file_name().and_then(|name| name.to_str()).expect("a text");
        let time = time_of(name).expect("a time");
        assert_eq!(time.as_millisecond(), 1_795_876_800_000);
        assert_eq!(time_of("trackway-x.tar.gz"), None);
        std::fs::write(&path, "x").expect("written");
        std::fs::write(path.with_extension("partial"), "x").expect("written");
        assert_eq!(all(folder.path()).expect("a list"), [(time, path)]);
    }

    #[test]
    fn the_last_of_each_period_stays() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let times = [
            at("2026-11-28T12:00:00Z"),
            at("2026-11-28T06:00:00Z"),
            at("2026-11-27T06:00:00Z"),
            at("2026-11-20T06:00:00Z"),
            at("2026-10-31T06:00:00Z"),
        ];
        let stay = |rules: &str| {
            let kept = kept(&times, rules.parse().expect("rules"));
            times.iter().map(|time| kept.contains(time)).collect::<Vec<_>>()
        };
        assert_eq!(stay("daily=2"), [true, false, true, false, false]);
        assert_eq!(stay("weekly=2"), [true, false, false, true, false]);
        assert_eq!(stay("monthly=9"), [true, false, false, false, true]);
        assert_eq!(stay("daily=0"), [true, false, false, false, false]);
        for bad in ["", "daily", "daily=x", "hourly=1"] {
            assert!(bad.parse::<Keep>().is_err(), "{bad}");
        }
    }
}
