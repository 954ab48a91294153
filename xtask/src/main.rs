//! Chores of the project: `cargo xtask <chore>`.
#![expect(clippy::print_stdout, reason = "a command line")]

mod arrows;
mod generate;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "cargo xtask <chore>

  gen      write docs/openapi.json from the endpoint declarations
  check    gen is up to date, and dependencies between the crates point one way
  ci       everything CI does";

fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    match run(&chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {chore}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &str) -> Result<()> {
    match chore {
        "gen" => generate::write(root()),
        "check" => {
            arrows::check(root())?;
            generate::check(root())
        }
        "ci" => ci(),
        _ => bail!("unknown chore\n\n{USAGE}"),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

fn ci() -> Result<()> {
    println!("+ .ci/run");
    let status = std::process::Command::new("bash").arg(".ci/run").current_dir(root()).status()?;
    if status.success() { Ok(()) } else { bail!("failed") }
}
