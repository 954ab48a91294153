//! Completions for Nushell, which the library that makes the others does not know.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap_complete::engine::{CompletionCandidate, complete};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};
use serde_json::{Value, json};

/// The shells that completions are written for.
pub(crate) fn shells() -> Shells<'static> {
    Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh, &Nushell])
}

/// Nushell asks one program for the completions of all, so that what was there is asked for others.
#[derive(Clone, Copy, Debug)]
struct Nushell;

const SCRIPT: &str = r#"
let NAME_before = ($env.config.completions?.external?.completer? | default null)
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans: list<string>|
    if ($spans | first) == "BIN" {
        with-env { VAR: nushell } { ^COMPLETER -- ...$spans } | from json
    } else if $NAME_before != null {
        do $NAME_before $spans
    }
}
"#;

impl EnvCompleter for Nushell {
    fn name(&self) -> &'static str {
        "nushell"
    }

    fn is(&self, name: &str) -> bool {
        matches!(name, "nushell" | "nu")
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let script = SCRIPT
            .replace("NAME", &name.replace('-', "_"))
            .replace("BIN", bin)
            .replace("COMPLETER", completer)
            .replace("VAR", var);
        buf.write_all(script.trim_start().as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> Result<(), Error> {
        let index = args.len().saturating_sub(1);
        let found: Value = complete(cmd, args, index, current_dir)?.iter().map(candidate).collect();
        writeln!(buf, "{found}")
    }
}

fn candidate(candidate: &CompletionCandidate) -> Value {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    json!({"value": candidate.get_value().to_string_lossy(), "description": help})
}
