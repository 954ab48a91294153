//! The authorization server (oauth.md): applications, decisions, codes, tokens. Functions over an
//! [`AccountCx`](crate::account_cx::AccountCx); the HTTP side and the pages only translate.
//!
//! | page or endpoint | functions |
//! | --- | --- |
//! | `/authorize` | [`authorize::check`], [`decide::needs_consent`], [`consent::open`], [`decide::allow`], [`decide::approve`], [`decide::deny`] |
//! | `/device` | [`device::claim`], [`device::approve`], [`device::deny`] |
//! | applications | [`application::list`], [`application::register`], [`application::edit`], [`application::rotate_secret`], [`application::delete`] |
//! | access | [`given::applications`], [`given::revoke_grant`], [`revoke::given`], [`given::personal`], [`given::create_personal`] |
//! | password changed, blocked, "sign out everywhere" | [`revoke::account`] |

pub mod application;
pub mod authorize;
pub mod client;
pub mod consent;
pub mod decide;
pub mod device;
pub mod document;
pub mod exchange;
pub mod given;
mod grant;
pub mod iam;
pub mod icon;
pub mod info;
pub mod inspect;
mod likeness;
mod live;
mod log;
mod params;
mod policy;
pub(crate) mod redirect;
mod refusal;
pub mod revoke;
pub mod scope;
mod seal;
pub mod service;
mod store;

pub use grant::Issued;
pub use params::Params;
pub use policy::{Policy, Profile, Registration};
pub use refusal::{Decision, Fault, Refusal};
pub use scope::{Scope, ScopeSet};

/// Deletes what is over (T-46). Codes stay a while longer, so that their second use is noticed.
///
/// # Errors
/// The database fails.
pub fn purge(tx: &mut trackway_db::Tx<'_>, now: crate::time::Instant) -> crate::Result<u64> {
    let mut count = 0;
    for sql in store::PURGE {
        count += tx.exec(sql, &[&(now - store::KEPT)])?;
    }
    count += tx.exec(service::store::PURGE, &[&now])?;
    Ok(count)
}

/// Paths of the resources besides the API that a token may be bound to (RFC 8707).
pub const RESOURCES: [&str; 1] = ["/mcp"];

#[cfg(test)]
mod tests;
