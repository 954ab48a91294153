//! Keys that password hashes are mixed with (oauth.md, PW-02): Argon2's secret input. They lie outside
//! of the database, so that a copy of it alone is no use to somebody who guesses passwords.

use argon2::KeyId;
use data_encoding::{BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a key's name. It is stored with each hash that was made with the key.
const NAME: usize = 6;

/// Every key that hashes in the database may have been made with, the newest last. Without one, hashes
/// are made as if there were no such thing.
#[derive(Clone, Default)]
pub struct Peppers(Vec<Pepper>);

#[derive(Clone)]
pub(super) struct Pepper {
    name: [u8; NAME],
    key: Zeroizing<[u8; KEY]>,
}

impl std::fmt::Debug for Peppers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(Pepper::text)).finish()
    }
}

impl Pepper {
    /// The name follows from the key, so that nobody has to think of one that is free.
    fn new(key: Zeroizing<[u8; KEY]>) -> Self {
        let digest = Sha256::new().chain_update("pepper").chain_update(key.as_slice()).finalize();
        let mut name = [0; NAME];
        name.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self { name, key }
    }

    fn text(&self) -> String {
        BASE64_NOPAD.encode(&self.name)
    }

    pub(super) fn id(&self) -> Result<KeyId> {
        KeyId::new(&self.name).map_err(Error::internal)
    }

    pub(super) fn key(&self) -> &[u8] {
        self.key.as_slice()
    }
}

impl Peppers {
    /// Reads a file of keys: 64 hex digits a line, the newest last; what begins with `#` is a remark.
    ///
    /// # Errors
    /// The number of a line that is no key; 0 where there is none at all.
    pub fn parse(text: &str) -> std::result::Result<Self, usize> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = HEXLOWER_PERMISSIVE.decode(line.as_bytes()).map_err(|_| number)?;
            let bytes = Zeroizing::new(bytes);
            let mut key = Zeroizing::new([0; KEY]);
            if bytes.len() != KEY {
                return Err(number);
            }
            key.copy_from_slice(&bytes);
            keys.push(Pepper::new(key));
        }
        if keys.is_empty() { Err(0) } else { Ok(Self(keys)) }
    }

    /// The one for new hashes.
    pub(super) fn newest(&self) -> Option<&Pepper> {
        self.0.last()
    }

    /// The one with this name.
    pub(super) fn named(&self, name: &[u8]) -> Option<&Pepper> {
        self.0.iter().find(|pepper| pepper.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PW-02, PW-09: files say which line is wrong, and nothing prints a key.
    #[test]
    fn files_of_keys_are_read_and_never_shown() {
        let (old, new) = ("0A".repeat(32), "1b".repeat(32));
        let text = format!("# made in May\n{old}\n\n  {new}  \n");
        let peppers = Peppers::parse(&text).expect("two keys");
        assert_eq!(peppers.0.len(), 2);
        assert_eq!(peppers.newest().map(Pepper::key), Some([0x1b; 32].as_slice()));
        let shown = format!("{peppers:?}").to_lowercase();
        assert!(!shown.contains(&"0a".repeat(4)) && !shown.contains(&"1b".repeat(4)), "{shown}");
        let first = peppers.0.first().expect("the older one");
        assert_ne!(first.name, peppers.newest().expect("the newer one").name);
        assert!(peppers.named(&first.name).is_some() && peppers.named(b"absent").is_none());
        for (wrong, line) in [("", 0), ("# none\n", 0), ("xyz", 1), (&format!("{old}\n0a"), 2)] {
            assert_eq!(Peppers::parse(wrong).err(), Some(line), "{wrong:?}");
        }
    }
}
