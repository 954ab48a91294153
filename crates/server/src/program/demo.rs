//! `trackway demo`: generated issues for load tests and benchmarks.

use std::time::Instant;

use anyhow::{Context, Result};
use trackway_core::Tracker;
use trackway_core::demo::{company, filler};

use super::said::remark;
use super::storage;

/// Flags of `trackway demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    storage: storage::Place,
    /// How many issues to add
    #[arg(long, value_name = "N")]
    issues: u64,
    /// Seed of the generated data
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Organisation to fill, by its ID for API [default: the only one, or a new demo company]
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
}

/// Adds generated issues to an installation that no server is running on.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let storage = arguments.storage.open("trackway-demo", true)?;
    let tracker = &storage.tracker;
    let org = organization(tracker, arguments)?;
    let started = Instant::now();
    filler::fill(tracker, org, arguments.issues, arguments.seed, super::now(), |done| {
        if done % 100_000 == 0 {
            remark(&format!("{done} issues in {:.1} s", started.elapsed().as_secs_f64()));
        }
    })
    .context("cannot add the issues")?;
    tracker.save_indexes().context("cannot save the index")?;
    let took = started.elapsed().as_secs_f64();
    let folder = storage.folder.display();
    remark(&format!("Added {} issues in {took:.1} s to {folder}.", arguments.issues));
    tracker.db().close();
    Ok(())
}

fn organization(tracker: &Tracker, arguments: &Arguments) -> Result<i64> {
    let world = tracker.world();
    if let Some(id) = &arguments.organization {
        let found =
            world.by_org_id(id).with_context(|| format!("there is no organisation {id}"))?;
        return Ok(found.org_id);
    }
    if let Some(first) = world.orgs().map(|dict| dict.org_id).min() {
        return Ok(first);
    }
    company::install(tracker, arguments.seed, super::now()).context("cannot make the company")?;
    let world = tracker.world();
    world.orgs().map(|dict| dict.org_id).min().context("the demo company was not made")
}
