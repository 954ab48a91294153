//! What the commands of the server say, in the language of the run: written in English where it
//! arises and looked up in the catalogue of the command line when it is shown.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "commands talk to people")]

use trackway_cli::told;

/// A line of the result.
pub(crate) fn say(text: &str) {
    println!("{}", told(text));
}

/// A line beside the result, which programs do not read.
pub(crate) fn remark(text: &str) {
    eprintln!("{}", told(text));
}

/// Why a command failed: each reason after what it was an obstacle to.
pub(crate) fn failed(error: &anyhow::Error) {
    let links: Vec<String> = error.chain().map(|link| told(&link.to_string())).collect();
    eprintln!("trackway: {}", links.join(": "));
}
