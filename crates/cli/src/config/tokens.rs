//! Where tokens are kept: in the keychain of the system, or in a file that only its owner reads.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use toml_edit::{DocumentMut, Item};
use trackway_client::oauth::{FileStore, TokenStore, Tokens};

use crate::failure::{Failure, Kind};
use crate::keychain::Keychain;
use crate::lang::shown;

/// Chooses the storage, before the configuration does.
pub(super) const VARIABLE: &str = "TRACKWAY_AUTH_STORAGE";

/// What the configuration says of where to keep tokens (`[auth] storage`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Storage {
    /// In the keychain where there is one that answers, otherwise in the file.
    #[default]
    Auto,
    Keychain,
    File,
}

impl Storage {
    fn read(name: &str) -> Result<Self, Failure> {
        match name {
            "auto" => Ok(Self::Auto),
            "keychain" => Ok(Self::Keychain),
            "file" => Ok(Self::File),
            other => Err(Failure::usage(format!("{other:?} is no place for tokens"))
                .hint("auth.storage is auto, keychain or file")),
        }
    }

    /// What the environment says, or the configuration.
    pub(super) fn chosen(document: &DocumentMut) -> Result<Self, Failure> {
        let variable = std::env::var(VARIABLE).ok().filter(|name| !name.is_empty());
        let configured = document.get("auth").and_then(|auth| auth.get("storage"));
        match variable.as_deref().or_else(|| configured.and_then(Item::as_str)) {
            Some(name) => Self::read(name),
            None => Ok(Self::default()),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Keychain => "keychain",
            Self::File => "file",
        }
    }
}

/// Where a token lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Keychain,
    File,
}

impl Place {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
        }
    }
}

/// The places where tokens may lie.
#[derive(Debug)]
pub(crate) struct TokenPlaces {
    pub(super) storage: Storage,
    path: PathBuf,
    file: FileStore,
    keychain: Option<Keychain>,
}

impl TokenPlaces {
    pub(super) fn new(path: PathBuf, storage: Storage, keychain: Option<Keychain>) -> Self {
        let keychain = keychain.filter(|_| storage != Storage::File);
        Self { storage, file: FileStore::new(&path), path, keychain }
    }

    /// The keychain, where it is to be used and there is one.
    fn keychain(&self) -> Result<Option<&Keychain>, Failure> {
        match (&self.keychain, self.storage) {
            (None, Storage::Keychain) => {
                Err(Failure::new(Kind::Failed, "there is no keychain here").hint(
                    "install secret-tool (libsecret), or: trackway config set auth.storage file",
                ))
            }
            (keychain, _) => Ok(keychain.as_ref()),
        }
    }

    /// The tokens of an account, and where they lie. A keychain that does not answer is told of once,
    /// and is as one that does not have them.
    pub(super) fn load(&self, account: &str) -> Result<Option<(Tokens, Place)>, Failure> {
        // What lies in the file was put there when the keychain could not be used, so it is newer.
        if self.storage != Storage::Keychain
            && let Some(tokens) = self.file.load(account)?
        {
            return Ok(Some((tokens, Place::File)));
        }
        let Some(keychain) = self.keychain()? else { return Ok(None) };
        match keychain.load(account) {
            Ok(tokens) => Ok(tokens.map(|tokens| (tokens, Place::Keychain))),
            Err(error) => {
                warn(&format!("the keychain: {error}"));
                Ok(None)
            }
        }
    }

    /// Keeps the tokens of an account, in one place only.
    pub(super) fn save(&self, account: &str, tokens: &Tokens) -> Result<Place, Failure> {
        if let Some(keychain) = self.keychain()? {
            match keychain.save(account, tokens) {
                Ok(()) => {
                    self.file.remove(account)?;
                    return Ok(Place::Keychain);
                }
                Err(error) if self.storage == Storage::Keychain => return Err(refused(&error)),
                Err(error) => warn(&format!("the keychain: {error}")),
            }
        }
        self.file.save(account, tokens)?;
        Ok(Place::File)
    }

    /// Forgets the tokens of an account, wherever they lie.
    pub(super) fn remove(&self, account: &str) -> Result<(), Failure> {
        let in_file = self.file.load(account)?.is_some();
        self.file.remove(account)?;
        match self.keychain.as_ref().map(|keychain| keychain.remove(account)) {
            // It was in the file, so the keychain is none that could be used.
            Some(Err(error)) if !in_file => Err(refused(&error)),
            _ => Ok(()),
        }
    }

    /// Says where a token was put that was just kept.
    pub(super) fn told(&self, place: Place) -> String {
        let path = self.path.display();
        match (place, self.storage) {
            (Place::Keychain, _) => "✓ Token kept in the keychain".to_owned(),
            (Place::File, Storage::File) => {
                format!("✓ Token kept in {path} (only you can read it)")
            }
            (Place::File, _) => {
                format!(
                    "✓ Token kept in {path} (only you can read it), for no keychain can be used"
                )
            }
        }
    }

    /// Whether the place can be used, and what there is to know of it.
    pub(crate) fn report(&self) -> (bool, String) {
        let needed = self.storage == Storage::Keychain;
        match &self.keychain {
            None if self.storage == Storage::File => {
                (true, "not used: auth.storage is file".to_owned())
            }
            None => (!needed, "none: tokens are kept in a file".to_owned()),
            Some(keychain) => match keychain.load("doctor") {
                Ok(_) => (true, format!("answers, by {}", keychain.program().display())),
                Err(error) => (!needed, format!("does not answer: {error}")),
            },
        }
    }
}

fn refused(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Failed, format!("the keychain: {error}"))
        .hint("unlock it, or keep tokens in a file: trackway config set auth.storage file")
}

/// Says it once in a run: every command asks for the token.
fn warn(why: &str) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        eprintln!("{}: {}", shown("warning"), shown(why));
    }
}
