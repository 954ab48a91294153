//! Measures the program over HTTP, next to bare ceilings, and prints Markdown tables.
//!
//! ```text
//! cargo build --release -p trackway-server
//! cargo run --release -p trackway-bench -- 1000 100000 1000000
//! ```
//!
//! The numbers of issues are those to measure with; `DATABASE_URL` in the environment measures on
//! PostgreSQL (an empty database for each run).
#![expect(clippy::print_stdout, reason = "the tables are the result")]

mod ceiling;
mod client;
mod program;

use std::time::Duration;

use anyhow::Result;

use client::{Load, Measured};
use program::Program;

/// How long one row is measured.
const SPAN: Duration = Duration::from_secs(2);
/// Connections at the same time.
const CONCURRENCY: [usize; 2] = [1, 16];

fn main() -> Result<()> {
    let sizes: Vec<u64> = std::env::args().skip(1).map(|n| n.parse()).collect::<Result<_, _>>()?;
    let sizes = if sizes.is_empty() { vec![1000] } else { sizes };
    println!("| issues | request | connections | requests/s | p50 ms | p95 ms | p99 ms |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    let mut notes = Vec::new();
    for size in sizes {
        notes.push(measure(size)?);
    }
    println!();
    for note in notes {
        println!("{note}");
    }
    Ok(())
}

fn measure(size: u64) -> Result<String> {
    let program = Program::start(size)?;
    let loads = program.loads();
    let mut bodies = Vec::new();
    for (name, load) in &loads {
        bodies.push((*name, load.body_size()?));
        for connections in CONCURRENCY {
            row(size, name, connections, &load.run(connections, SPAN)?);
        }
    }
    let note = program.note(size);
    drop(program);
    for (name, bytes) in bodies.iter().filter(|(name, _)| !name.starts_with("create")) {
        ceiling(size, &format!("bare axum, {bytes} bytes ({name})"), &ceiling::fixed(*bytes)?)?;
    }
    let bytes = bodies.first().map_or(2500, |(_, bytes)| *bytes);
    let name = format!("bare axum + rusqlite, {bytes} bytes");
    ceiling(size, &name, &ceiling::by_key(size, bytes)?)?;
    for callers in CONCURRENCY {
        let name = "bare group commit, 5 rows, no HTTP";
        row(size, name, callers, &ceiling::group_commit(callers, SPAN)?);
    }
    Ok(note)
}

fn ceiling(size: u64, name: &str, load: &Load) -> Result<()> {
    for connections in CONCURRENCY {
        row(size, name, connections, &load.run(connections, SPAN)?);
    }
    Ok(())
}

fn row(size: u64, name: &str, connections: usize, measured: &Measured) {
    println!(
        "| {size} | {name} | {connections} | {:.0} | {:.3} | {:.3} | {:.3} |",
        measured.per_second(),
        measured.percentile(50),
        measured.percentile(95),
        measured.percentile(99),
    );
}
