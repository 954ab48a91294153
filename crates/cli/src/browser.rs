//! Opening pages in the person's browser.

use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Opens an address in the browser of `TRACKWAY_BROWSER`, `BROWSER` or the system.
pub(crate) fn open(address: &str) -> Result<(), Failure> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let own = set("TRACKWAY_BROWSER").or_else(|| set("BROWSER"));
    let usual = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let program = own.as_deref().unwrap_or(usual);
    let started =
        Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    started.map(drop).map_err(|error| {
        Failure::usage(format!("cannot start {program}: {error}"))
            .hint(format!("open {address} yourself, or set TRACKWAY_BROWSER"))
    })
}
