//! The issue that was looked at last. It is taken for the current one by commands that only show.

use crate::config::Files;

const FILE: &str = "last-issue";

fn files() -> Option<Files> {
    Files::find(|name| std::env::var(name).ok())
}

/// Remembers it. A file that cannot be written is no failure of the command.
pub(super) fn see(key: Option<&String>) {
    let (Some(files), Some(key)) = (files(), key) else { return };
    let path = files.beside(FILE);
    if path.parent().is_some_and(std::path::Path::exists) {
        std::fs::write(path, key).ok();
    }
}

/// Its key.
pub(super) fn seen() -> Option<String> {
    let text = std::fs::read_to_string(files()?.beside(FILE)).ok()?;
    Some(text.trim().to_owned()).filter(|key| !key.is_empty())
}
