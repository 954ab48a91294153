//! Writing texts in the person's editor.

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Kind};

/// Opens a file in the editor of `TRACKWAY_EDITOR`, `VISUAL` or `EDITOR`, and waits for its end.
pub(crate) fn open(path: &Path) -> Result<(), Failure> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let editor = ["TRACKWAY_EDITOR", "VISUAL", "EDITOR"].into_iter().find_map(set);
    let editor = editor.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let ended = Command::new(program).args(words).arg(path).status().map_err(|error| {
        Failure::usage(format!("cannot start the editor {program:?}: {error}"))
            .hint("set TRACKWAY_EDITOR")
    })?;
    if ended.success() {
        Ok(())
    } else {
        Err(Failure::new(Kind::Unconfirmed, "the editor was left with a failure"))
    }
}

/// A text written in the editor, beginning with `draft`.
pub(crate) fn text(name: &str, draft: &str) -> Result<String, Failure> {
    let path = std::env::temp_dir().join(format!("trackway-{}-{name}", std::process::id()));
    std::fs::write(&path, draft)?;
    let text = open(&path).and_then(|()| Ok(std::fs::read_to_string(&path)?));
    // Nothing depends on it any more.
    std::fs::remove_file(&path).ok();
    text
}
