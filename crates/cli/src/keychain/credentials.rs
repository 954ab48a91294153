//! The Credential Manager of Windows.

use std::io;

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use windows_native_keyring_store::Store;

use super::SERVICE;

pub(super) fn put(account: &str, secret: &str) -> io::Result<()> {
    entry(account)?.set_secret(secret.as_bytes()).map_err(io::Error::other)
}

pub(super) fn get(account: &str) -> io::Result<Option<String>> {
    match entry(account)?.get_secret() {
        Ok(secret) => String::from_utf8(secret).map(Some).map_err(io::Error::other),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

pub(super) fn clear(account: &str) -> io::Result<()> {
    match entry(account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn entry(account: &str) -> io::Result<Entry> {
    let store = Store::new().map_err(io::Error::other)?;
    store.build(SERVICE, account, None).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_kept_given_back_and_forgotten() {
        let account = format!("test-{}@host", std::process::id());
        assert_eq!(get(&account).expect("it answers"), None);
        put(&account, "secret").expect("kept");
        put(&account, "newer").expect("kept");
        assert_eq!(get(&account).expect("it answers").as_deref(), Some("newer"));
        clear(&account).expect("forgotten");
        clear(&account).expect("nothing there is fine");
        assert_eq!(get(&account).expect("it answers"), None);
    }
}
