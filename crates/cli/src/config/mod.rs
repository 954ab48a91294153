//! Configuration: profiles, and `trackway config`, `trackway profile`, `trackway auth`.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table};
use trackway_client::oauth::Tokens;

use crate::failure::Failure;
use crate::keychain::Keychain;

mod browser_login;
mod command;
mod import;
mod login;
mod profile;
mod repository;
mod setup_ci;
mod tokens;

pub(crate) use command::{Arguments, run};
pub(crate) use login::{AuthArguments, auth, renewed};
pub(crate) use profile::{ProfileArguments, profile};
pub(crate) use repository::Repository;
pub(crate) use tokens::{Place, TokenPlaces};

/// A server and organisation with the account to see them through.
#[derive(Clone, Default)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) server: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) org_id: Option<String>,
    /// The organisation is one of the cloud.
    pub(crate) cloud: bool,
    pub(crate) queue: Option<String>,
    pub(crate) tokens: Option<Tokens>,
    /// Where the tokens lie.
    pub(crate) place: Option<Place>,
}

impl Profile {
    pub(crate) fn token(&self) -> Option<&str> {
        self.tokens.as_ref().map(|tokens| tokens.access_token.as_str())
    }
}

impl std::fmt::Debug for Profile {
    /// Leaves the tokens out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The files of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |name: &str| variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let folder = set("TRACKWAY_CONFIG_DIR")
            .or_else(|| set("XDG_CONFIG_HOME").map(|path| path.join("trackway")))
            .or_else(|| set("APPDATA").map(|path| path.join("trackway")))
            .or_else(|| set("HOME").map(|path| path.join(".config/trackway")))?;
        Some(Self { folder })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("config.toml")
    }

    fn tokens_path(&self) -> PathBuf {
        self.folder.join("tokens.json")
    }

    /// Where tokens are kept, as the configuration says.
    ///
    /// # Errors
    /// It says what there is not.
    pub(crate) fn tokens(&self, document: &DocumentMut) -> Result<TokenPlaces, Failure> {
        let storage = tokens::Storage::chosen(document)?;
        let keychain = Keychain::find(|name| std::env::var(name).ok());
        Ok(TokenPlaces::new(self.tokens_path(), storage, keychain))
    }

    /// A file beside the configuration.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The configuration.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read(&self) -> Result<DocumentMut, Failure> {
        let path = self.path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::usage(format!("{}: {error}", path.display()))),
        };
        text.parse().map_err(|error| {
            Failure::usage(format!("{}: {error}", path.display())).hint("trackway config path")
        })
    }

    /// Replaces the configuration.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, document: &DocumentMut) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.folder)?;
        let partial = self.path().with_extension("partial");
        std::fs::write(&partial, document.to_string())?;
        Ok(std::fs::rename(partial, self.path())?)
    }

    /// The profile that is asked for, or the default one.
    ///
    /// # Errors
    /// The file cannot be read, or has no such profile.
    pub(crate) fn profile(&self, asked: Option<&str>) -> Result<Option<Profile>, Failure> {
        let document = self.read()?;
        let default = document.get("default_profile").and_then(Item::as_str);
        let Some(name) = asked.or(default) else { return Ok(None) };
        let table = document.get("profiles").and_then(|all| all.get(name));
        let Some(table) = table else {
            if asked.is_none() {
                return Ok(None);
            }
            let failure = Failure::usage(format!("there is no profile {name:?}"));
            return Err(failure.hint("trackway profile list"));
        };
        let text = |key: &str| {
            let item = table.get(key)?;
            item.as_str().map(str::to_owned).or_else(|| item.as_integer().map(|n| n.to_string()))
        };
        let account = text("account");
        let kept = match &account {
            Some(account) => self.tokens(&document)?.load(account)?,
            None => None,
        };
        let (tokens, place) = kept.unzip();
        Ok(Some(Profile {
            name: name.to_owned(),
            server: text("server"),
            org_id: text("org_id"),
            cloud: text("org_header")
                .is_some_and(|name| name.eq_ignore_ascii_case("X-Cloud-Org-ID")),
            queue: text("queue"),
            account,
            tokens,
            place,
        }))
    }
}

/// The columns that the configuration chooses for a kind of object (`[output.columns]`); none if it
/// does not.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn columns(kind: &str) -> Result<Vec<String>, Failure> {
    let Some(files) = Files::find(|name| std::env::var(name).ok()) else { return Ok(Vec::new()) };
    let document = files.read()?;
    let chosen = ["output", "columns", kind]
        .iter()
        .try_fold(document.as_item(), |item, key| item.get(key))
        .map(|item| match item.as_array() {
            Some(names) => {
                names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
            }
            // As `trackway config set` writes it.
            None => item.as_str().unwrap_or_default().split(',').map(str::to_owned).collect(),
        });
    Ok(chosen.unwrap_or_default())
}

/// The files of this user.
///
/// # Errors
/// There is no home.
pub(crate) fn files() -> Result<Files, Failure> {
    Files::find(|name| std::env::var(name).ok()).ok_or_else(|| {
        Failure::usage("there is no place for a configuration").hint("set TRACKWAY_CONFIG_DIR")
    })
}

/// Puts a value where the keys lead, making tables on the way.
pub(crate) fn set(document: &mut DocumentMut, place: &[String], new: Item) {
    let mut item = document.as_item_mut();
    let Some((last, above)) = place.split_last() else { return };
    for key in above {
        let Some(table) = item.as_table_like_mut() else { return };
        let mut fresh = Table::new();
        fresh.set_implicit(true);
        item = table.entry(key).or_insert(Item::Table(fresh));
    }
    if let Some(table) = item.as_table_like_mut() {
        table.insert(last, new);
    }
}

/// The profile that is asked for, by a flag or by the repository, or the default one.
///
/// # Errors
/// There is none of that name, or the file cannot be read.
pub(crate) fn chosen(
    asked: Option<&str>,
    repository: &Repository,
) -> Result<Option<Profile>, Failure> {
    let Some(files) = Files::find(|name| std::env::var(name).ok()) else { return Ok(None) };
    files.profile(asked.or(repository.profile.as_deref()))
}

/// What the repository of the current folder says.
///
/// # Errors
/// Its file cannot be read, or says what it may not.
pub(crate) fn here() -> Result<Repository, Failure> {
    Repository::find(&std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_owned()))
}

#[cfg(test)]
mod tests {
    use toml_edit::value;

    use super::*;
    use crate::failure::Kind;

    #[test]
    fn profiles_are_read_and_comments_stay() {
        let folder = std::env::temp_dir().join(format!("trackway-config-{}", std::process::id()));
        let files = Files { folder: folder.clone() };
        assert!(files.profile(None).expect("no file is fine").is_none());
        assert_eq!(files.profile(Some("x")).expect_err("none").kind(), Kind::Usage);
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = "# mine\ndefault_profile = \"work\"\n[profiles.work]\nserver = \"http://h\" # here\n\
            account = \"ann\"\norg_id = 7\norg_header = \"x-cloud-org-id\"\n\
            [auth]\nstorage = \"file\"\n";
        std::fs::write(files.path(), text).expect("a file");
        let tokens = Tokens { access_token: "y0_secret".to_owned(), ..Tokens::default() };
        let places = files.tokens(&files.read().expect("readable")).expect("good");
        assert_eq!(places.save("ann", &tokens).expect("kept"), Place::File);
        let profile = files.profile(None).expect("readable").expect("the default");
        assert_eq!(
            (profile.server.as_deref(), profile.org_id.as_deref()),
            (Some("http://h"), Some("7"))
        );
        assert!(profile.cloud && profile.token() == Some("y0_secret"));
        assert_eq!(profile.place, Some(Place::File));
        assert!(!format!("{profile:?}").contains("secret"));
        let mut document = files.read().expect("readable");
        set(
            &mut document,
            &["profiles".to_owned(), "other".to_owned(), "queue".to_owned()],
            value("A"),
        );
        files.write(&document).expect("writable");
        let text = std::fs::read_to_string(files.path()).expect("a file");
        assert!(text.starts_with("# mine\n") && text.contains("# here"), "{text}");
        assert_eq!(
            files.profile(Some("other")).expect("there").expect("one").queue.as_deref(),
            Some("A")
        );
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
