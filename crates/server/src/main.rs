//! The program `trackway`: server, administration and command line in one binary.

#![expect(clippy::doc_markdown, reason = "doc comments are help texts, shown as they are")]

use std::process::ExitCode;

mod program;

fn main() -> ExitCode {
    program::run()
}
