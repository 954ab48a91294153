//! How people sign in (oauth.md, section 7): passwords, second factors, browser sessions,
//! invitations and password resets. Functions over a transaction, as everywhere; the slow hash of
//! a password is computed before, outside of it.

pub mod factor;
pub mod invitation;
pub mod ldap;
pub mod letter;
pub mod log;
pub mod member;
pub mod oversight;
pub mod passkey;
pub mod password;
pub mod pepper;
pub mod person;
pub mod recovery;
pub mod reset;
pub mod session;
pub mod setup;
pub mod totp;
pub mod upstream;

#[cfg(test)]
mod tests;

/// The hash under which a secret of [`crate::secret::random_text`] is stored. `None` for what that
/// cannot have made, which costs no look-up.
fn hashed(secret: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (secret.len() == 43 && secret.bytes().all(fits)).then(|| crate::secret::hash(secret))
}

/// Every statement of the module.
pub const ALL_SQL: &[&[&str]] = &[
    invitation::ALL_SQL,
    ldap::ALL_SQL,
    member::ALL_SQL,
    oversight::ALL_SQL,
    passkey::ALL_SQL,
    password::ALL_SQL,
    recovery::ALL_SQL,
    reset::ALL_SQL,
    session::ALL_SQL,
    setup::ALL_SQL,
    totp::ALL_SQL,
    upstream::ALL_SQL,
];
