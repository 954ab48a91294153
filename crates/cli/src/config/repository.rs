//! `.trackway.toml`: what a repository says about the tracker its work is in.

use std::path::Path;

use toml_edit::DocumentMut;

use crate::failure::Failure;

const NAME: &str = ".trackway.toml";
const KNOWN: [&str; 5] = ["profile", "queue", "branch", "start_status", "done_status"];

/// What a repository says. It names a profile of the user's own and never a server or a token, so
/// that a cloned repository cannot lead a token elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Repository {
    pub(crate) profile: Option<String>,
    pub(crate) queue: Option<String>,
    /// Names of branches, as `{key}-{slug}`.
    pub(crate) branch: Option<String>,
    pub(crate) start_status: Option<String>,
    pub(crate) done_status: Option<String>,
    /// The file it was read from.
    pub(crate) path: Option<std::path::PathBuf>,
}

impl Repository {
    /// Of the folder or the nearest one above it that has such a file.
    ///
    /// # Errors
    /// The file cannot be read, or says what it may not.
    pub(crate) fn find(folder: &Path) -> Result<Self, Failure> {
        for folder in folder.ancestors() {
            let path = folder.join(NAME);
            match std::fs::read_to_string(&path) {
                Ok(text) => return Self::parse(&text, &path),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Failure::usage(format!("{}: {error}", path.display()))),
            }
        }
        Ok(Self::default())
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
        let document: DocumentMut =
            text.parse().map_err(|error: toml_edit::TomlError| wrong(error.to_string()))?;
        for (key, _) in document.iter() {
            if !KNOWN.contains(&key) {
                let failure = wrong(format!("{key:?} does not belong there"));
                return Err(failure.hint(format!("it may hold {}", KNOWN.join(", "))));
            }
        }
        let text = |key: &str| document.get(key)?.as_str().map(str::to_owned);
        Ok(Self {
            profile: text("profile"),
            queue: text("queue"),
            branch: text("branch"),
            start_status: text("start_status"),
            done_status: text("done_status"),
            path: Some(path.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    #[test]
    fn the_nearest_file_is_read() {
        let top = std::env::temp_dir().join(format!("trackway-repository-{}", std::process::id()));
        let deep = top.join("a/b");
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(top.join(NAME), "profile = \"work\"\nqueue = \"DEV\"\n").expect("written");
        let found = Repository::find(&deep).expect("readable");
        assert_eq!((found.profile.as_deref(), found.queue.as_deref()), (Some("work"), Some("DEV")));
        std::fs::write(deep.join(NAME), "server = \"http://evil\"\n").expect("written");
        let refused = Repository::find(&deep).expect_err("a server");
        assert_eq!(refused.kind(), Kind::Usage);
        std::fs::remove_dir_all(&top).expect("removed");
    }
}
