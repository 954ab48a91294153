//! Measures the program over HTTP, next to bare ceilings, and prints the tables of
//! `docs/performance.md`.
//!
//! ```text
//! cargo build --release -p trackway-server
//! cargo run --release -p trackway-bench -- 1000 100000 1000000
//! cargo run --release -p trackway-bench -- --database-url postgres://… 1000 100000 1000000
//! ```
//!
//! The numbers of issues are those to measure with. With a URL PostgreSQL is measured instead of
//! SQLite; a database is made for each run and dropped afterwards. `--seconds N` sets how long a
//! row is measured. Nothing stays behind, unless `--keep FOLDER` says where the data are to stay for
//! the next run. `--only TEXT` measures the rows whose names hold the text, without ceilings.
#![expect(clippy::print_stdout, reason = "the tables are the result")]

mod ceiling;
mod client;
mod loads;
mod program;
mod targets;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use client::{Load, Measured};
use program::Program;
use targets::{Ceilings, Facts, Taken};

/// Connections at the same time.
pub(crate) const CONCURRENCY: [usize; 2] = [1, 16];

/// What is asked for on the command line.
struct Options {
    sizes: Vec<u64>,
    database: Option<String>,
    span: Duration,
    only: Option<String>,
    keep: Option<PathBuf>,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self {
            sizes: Vec::new(),
            database: None,
            span: Duration::from_secs(2),
            only: None,
            keep: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--database-url" => {
                    options.database =
                        Some(arguments.next().context("--database-url needs a URL")?);
                }
                "--seconds" => {
                    let seconds = arguments.next().context("--seconds needs a number")?;
                    options.span = Duration::from_secs(seconds.parse()?);
                }
                "--only" => options.only = Some(arguments.next().context("--only needs a text")?),
                "--keep" => {
                    let folder = arguments.next().context("--keep needs a folder")?;
                    options.keep = Some(folder.into());
                }
                size => options.sizes.push(size.parse().context("a number of issues")?),
            }
        }
        if options.sizes.is_empty() {
            options.sizes.push(1000);
        }
        Ok(options)
    }
}

fn main() -> Result<()> {
    let options = Options::read()?;
    let engine = if options.database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!("### {engine}\n");
    println!("| issues | request | connections | requests/s | p50 ms | p95 ms | p99 ms |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let mut facts = Vec::new();
    for size in &options.sizes {
        facts.push(measure(&options, *size)?);
    }
    if options.only.is_some() {
        return Ok(());
    }
    println!();
    for fact in &facts {
        println!("{}", fact.note());
    }
    println!("\n### Against the targets ({engine})\n");
    targets::print(&facts, options.database.is_some());
    Ok(())
}

fn measure(options: &Options, size: u64) -> Result<Facts> {
    let program = Program::start(size, options.database.as_deref(), options.keep.as_deref())?;
    let mut facts = Facts::new(size, &program)?;
    let mut rows = loads::all(&program, size)?;
    if let Some(only) = &options.only {
        rows.retain(|row| row.name.contains(only.as_str()));
    }
    for row in &rows {
        if row.kind == loads::Kind::Get {
            facts.get_bytes = row.load.body_size()?;
        } else if row.kind == loads::Kind::Page {
            facts.page_bytes = row.load.body_size()?;
        }
        let is_search = matches!(row.kind, loads::Kind::Search | loads::Kind::Page);
        let found = if is_search { row.load.found()? } else { None };
        let name = found.map_or(row.name.to_owned(), |n| format!("{} ({n} found)", row.name));
        for connections in CONCURRENCY {
            let measured = row.load.run(connections, options.span)?;
            print_row(size, &name, connections, &measured);
            let (name, kind) = (row.name, row.kind);
            facts.rows.push(Taken { name, kind, connections, found, measured });
        }
    }
    facts.memory_after = program.memory();
    facts.disk = program.disk()?;
    drop(program);
    if options.only.is_none() {
        facts.ceilings = ceilings(options, size, &facts)?;
    }
    Ok(facts)
}

/// The bare servers, with answers as large as those of the program.
fn ceilings(options: &Options, size: u64, facts: &Facts) -> Result<Ceilings> {
    let mut all = Ceilings::default();
    let (get, page) = (facts.get_bytes, facts.page_bytes);
    let fixed = ceiling::fixed(get)?;
    bare(options, size, &format!("bare axum, {get} bytes"), &fixed.load)?;
    drop(fixed);
    for (name, bytes, is_page) in [("by key", get, false), ("a page of 50", page, true)] {
        let (server, driver) = match &options.database {
            Some(url) => (ceiling::postgres(url, size, bytes, is_page)?, "`postgres`"),
            None => (ceiling::sqlite(size, bytes, is_page)?, "rusqlite"),
        };
        let name = format!("bare axum + {driver}, {name}, {bytes} bytes");
        let measured = bare(options, size, &name, &server.load)?;
        if is_page { all.page = measured } else { all.get = measured }
    }
    if options.database.is_none() {
        for callers in CONCURRENCY {
            let measured = ceiling::group_commit(callers, options.span)?;
            print_row(size, "bare group commit, 5 rows, no HTTP", callers, &measured);
            all.create.push(measured.per_second());
        }
    }
    Ok(all)
}

/// Requests a second of a bare server, by connections.
fn bare(options: &Options, size: u64, name: &str, load: &Load) -> Result<Vec<f64>> {
    let mut rates = Vec::new();
    for connections in CONCURRENCY {
        let measured = load.run(connections, options.span)?;
        print_row(size, name, connections, &measured);
        rates.push(measured.per_second());
    }
    Ok(rates)
}

fn print_row(size: u64, name: &str, connections: usize, measured: &Measured) {
    println!(
        "| {size} | {name} | {connections} | {:.0} | {:.3} | {:.3} | {:.3} |",
        measured.per_second(),
        measured.percentile(50),
        measured.percentile(95),
        measured.percentile(99),
    );
}
