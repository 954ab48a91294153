//! The measured numbers against the targets of the design (section 0), as a table.

use anyhow::Result;

use crate::CONCURRENCY;
use crate::client::Measured;
use crate::loads::Kind;
use crate::program::Program;

/// What is known of one number of issues.
pub(crate) struct Facts {
    size: u64,
    pub(crate) rows: Vec<Taken>,
    pub(crate) ceilings: Ceilings,
    pub(crate) get_bytes: usize,
    pub(crate) page_bytes: usize,
    fill_seconds: f64,
    start_millis: u128,
    /// In KiB.
    memory_before: u64,
    pub(crate) memory_after: u64,
    /// Bytes an issue.
    pub(crate) disk: u64,
}

/// One row of the table.
pub(crate) struct Taken {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) connections: usize,
    /// What searches usually find.
    pub(crate) found: Option<u64>,
    pub(crate) measured: Measured,
}

/// The target of searches is for those that find less.
const FEW: u64 = 10_000;

/// Requests a second of the bare servers, by connections.
#[derive(Default)]
pub(crate) struct Ceilings {
    pub(crate) get: Vec<f64>,
    pub(crate) page: Vec<f64>,
    pub(crate) create: Vec<f64>,
}

impl Facts {
    pub(crate) fn new(size: u64, program: &Program) -> Result<Self> {
        // The index is loaded before the first answer, so this is what it takes at rest.
        program.ask("/v3/issues/_search?perPage=1", "{}")?;
        Ok(Self {
            size,
            rows: Vec::new(),
            ceilings: Ceilings::default(),
            get_bytes: 0,
            page_bytes: 0,
            fill_seconds: program.fill.as_secs_f64(),
            start_millis: program.start.as_millis(),
            memory_before: program.memory(),
            memory_after: 0,
            disk: 0,
        })
    }

    pub(crate) fn note(&self) -> String {
        format!(
            "- {} issues: filled in {:.1} s, start to first answer {} ms, resident memory {} MiB \
             after the start and {} MiB after the run, {} bytes on disk an issue",
            self.size,
            self.fill_seconds,
            self.start_millis,
            self.memory_before / 1024,
            self.memory_after / 1024,
            self.disk,
        )
    }

    fn rates(&self, kind: Kind) -> Vec<f64> {
        let rows = self.rows.iter().filter(|row| row.kind == kind);
        rows.map(|row| row.measured.per_second()).collect()
    }

    /// The searches with all connections.
    fn searches(&self) -> impl Iterator<Item = &Taken> {
        let most = CONCURRENCY.into_iter().max().unwrap_or(1);
        self.rows.iter().filter(move |row| {
            matches!(row.kind, Kind::Search | Kind::Page) && row.connections == most
        })
    }

    /// p95 of the slowest search among those that find less than [`FEW`], or at least that.
    fn slowest(&self, few: bool) -> Option<(&'static str, f64)> {
        self.searches()
            .filter(|row| (row.found.unwrap_or(0) < FEW) == few)
            .map(|row| (row.name, row.measured.percentile(95)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Prints the table.
pub(crate) fn print(facts: &[Facts], postgres: bool) {
    println!("| issues | target | result | |");
    println!("| ---: | --- | --- | --- |");
    for fact in facts {
        share(
            fact,
            "GET issue at least 70 % of the bare server",
            Kind::Get,
            &fact.ceilings.get,
            70.0,
        );
        let page = if postgres { 70.0 } else { 80.0 };
        let name = format!("page of 50 at least {page:.0} % of the bare server");
        share(fact, &name, Kind::Page, &fact.ceilings.page, page);
        if !postgres {
            let name = "create at least 70 % of bare group commits";
            share(fact, name, Kind::Create, &fact.ceilings.create, 70.0);
        }
        for (few, what) in [(true, "fewer than"), (false, "at least")] {
            if let Some((name, worst)) = fact.slowest(few) {
                let result = format!("{worst:.1} ms ({name})");
                let target = format!("p95 at most 15 ms at 16 connections, {what} {FEW} found");
                line(fact, &target, &result, worst <= 15.0);
            }
        }
        let start = fact.start_millis;
        line(fact, "first answer within 300 ms", &format!("{start} ms"), start <= 300);
        let memory = fact.memory_before / 1024;
        let result = format!("{memory} MiB, {} MiB after the run", fact.memory_after / 1024);
        line(fact, "resident memory at most 200 MiB", &result, memory <= 200);
        if !postgres && fact.size >= 100_000 {
            let result = format!("{} bytes", fact.disk);
            line(fact, "at most 2.5 KB on disk an issue", &result, fact.disk <= 2560);
        }
    }
    for pair in facts.windows(2) {
        if let [small, large] = pair {
            growth(small, large);
        }
    }
}

/// Issues on a page of the searches.
const PAGE: u64 = 50;

fn share(fact: &Facts, target: &str, kind: Kind, ceiling: &[f64], wanted: f64) {
    let shares: Vec<f64> = fact
        .rates(kind)
        .iter()
        .zip(ceiling)
        .map(|(rate, most)| rate / most.max(1.0) * 100.0)
        .collect();
    let texts: Vec<String> = shares
        .iter()
        .zip(CONCURRENCY)
        .map(|(share, connections)| format!("{share:.0} % at {connections}"))
        .collect();
    let met = !shares.is_empty() && shares.iter().all(|share| *share >= wanted);
    line(fact, target, &texts.join(", "), met);
}

/// Which searches became slower with more issues; only those whose page is full with few issues too,
/// since others have more to show with many.
fn growth(small: &Facts, large: &Facts) {
    let is_full = |row: &Taken| row.found.is_some_and(|found| found >= PAGE);
    let factors: Vec<(&str, f64)> = small
        .searches()
        .zip(large.searches())
        .filter(|(before, after)| is_full(before) && is_full(after))
        .map(|(before, after)| {
            let (p95, grown) = (before.measured.percentile(95), after.measured.percentile(95));
            (before.name, grown / p95.max(0.001))
        })
        .collect();
    let (over, within): (Vec<_>, Vec<_>) = factors.into_iter().partition(|(_, f)| *f > 1.5);
    let target = format!("p95 of searches at most 1.5 times that of {}", small.size);
    let over: Vec<String> =
        over.iter().map(|(name, factor)| format!("{name}: {factor:.2} times")).collect();
    let result = match over.as_slice() {
        [] => format!("{} of {0}", within.len()),
        over => format!("{} of {}; {}", within.len(), within.len() + over.len(), over.join("; ")),
    };
    line(large, &target, &result, over.is_empty());
}

fn line(fact: &Facts, target: &str, result: &str, met: bool) {
    let verdict = if met { "met" } else { "**missed**" };
    println!("| {} | {target} | {result} | {verdict} |", fact.size);
}
