//! Where tokens are kept between runs of a program.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use super::Tokens;

/// Keeps tokens by account.
pub trait TokenStore {
    /// The tokens of an account.
    ///
    /// # Errors
    /// The place cannot be read.
    fn load(&self, account: &str) -> io::Result<Option<Tokens>>;

    /// Keeps the tokens of an account, in place of former ones.
    ///
    /// # Errors
    /// The place cannot be written.
    fn save(&self, account: &str, tokens: &Tokens) -> io::Result<()>;

    /// Forgets the tokens of an account.
    ///
    /// # Errors
    /// The place cannot be written.
    fn remove(&self, account: &str) -> io::Result<()>;
}

/// Keeps tokens while the program runs.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tokens: Mutex<BTreeMap<String, Tokens>>,
}

impl MemoryStore {
    fn with<T>(&self, run: impl FnOnce(&mut BTreeMap<String, Tokens>) -> T) -> T {
        run(&mut self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl TokenStore for MemoryStore {
    fn load(&self, account: &str) -> io::Result<Option<Tokens>> {
        Ok(self.with(|all| all.get(account).cloned()))
    }

    fn save(&self, account: &str, tokens: &Tokens) -> io::Result<()> {
        self.with(|all| all.insert(account.to_owned(), tokens.clone()));
        Ok(())
    }

    fn remove(&self, account: &str) -> io::Result<()> {
        self.with(|all| all.remove(account));
        Ok(())
    }
}

/// Keeps tokens in a file that only its owner may read.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// A store in this file; it is made when the first token is kept.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read(&self) -> io::Result<BTreeMap<String, Tokens>> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        }
    }

    /// Written beside and renamed, so that a crash leaves the old file or the new one.
    fn write(&self, tokens: &BTreeMap<String, Tokens>) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let partial = self.path.with_extension("partial");
        // A leftover may have other permissions.
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        file.write_all(&serde_json::to_vec_pretty(tokens)?)?;
        file.sync_all()?;
        fs::rename(&partial, &self.path)
    }
}

impl TokenStore for FileStore {
    fn load(&self, account: &str) -> io::Result<Option<Tokens>> {
        Ok(self.read()?.remove(account))
    }

    fn save(&self, account: &str, tokens: &Tokens) -> io::Result<()> {
        let mut all = self.read()?;
        all.insert(account.to_owned(), tokens.clone());
        self.write(&all)
    }

    fn remove(&self, account: &str) -> io::Result<()> {
        let mut all = self.read()?;
        if all.remove(account).is_some() { self.write(&all) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(store: &dyn TokenStore) {
        let tokens = |text: &str| Tokens { access_token: text.to_owned(), ..Tokens::default() };
        assert_eq!(store.load("a").expect("readable"), None);
        store.save("a", &tokens("1")).expect("writable");
        store.save("b", &tokens("2")).expect("writable");
        store.save("a", &tokens("3")).expect("writable");
        assert_eq!(store.load("a").expect("readable"), Some(tokens("3")));
        store.remove("a").expect("writable");
        assert_eq!(store.load("a").expect("readable"), None);
        assert_eq!(store.load("b").expect("readable"), Some(tokens("2")));
    }

    #[test]
    fn tokens_are_kept_by_account() {
        check(&MemoryStore::default());
        let folder = std::env::temp_dir().join(format!("trackway-store-{}", std::process::id()));
        let store = FileStore::new(folder.join("deep/tokens.json"));
        check(&store);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&store.path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn tokens_are_never_printed() {
        let tokens = Tokens { access_token: "y0_secret".to_owned(), ..Tokens::default() };
        assert!(!format!("{tokens:?}").contains("secret"));
    }
}
