//! The program `trackway`: server, administration and command line in one binary.

use std::process::ExitCode;

mod program;

fn main() -> ExitCode {
    program::run()
}
