//! The authorization server (oauth.md): applications, decisions, codes, tokens. Functions over an
//! [`AccountCx`](crate::account_cx::AccountCx); the HTTP side and the pages only translate.
//!
//! | page or endpoint | functions |
//! | --- | --- |
//! | `/authorize` | [`authorize::check`], [`authorize::needs_consent`], [`consent::open`], [`consent::take`], [`authorize::approve`], [`authorize::deny`] |
//! | `/device` | [`device::claim`], [`device::approve`], [`device::deny`] |
//! | applications | [`application::list`], [`application::register`], [`application::edit`], [`application::rotate_secret`], [`application::delete`] |
//! | access | [`given::applications`], [`given::revoke_grant`], [`revoke::given`], [`given::personal`], [`given::create_personal`] |
//! | password changed, blocked, "sign out everywhere" | [`revoke::account`] |

pub mod application;
pub mod authorize;
pub mod consent;
pub mod device;
pub mod given;
mod grant;
mod params;
mod policy;
mod redirect;
mod refusal;
pub mod revoke;
pub mod scope;
mod seal;
mod store;

pub use grant::Issued;
pub use params::Params;
pub use policy::{Policy, Profile, Registration};
pub use refusal::{Decision, Fault, Refusal};
pub use scope::{Scope, ScopeSet};

/// Paths of the resources besides the API that a token may be bound to (RFC 8707).
pub const RESOURCES: [&str; 1] = ["/mcp"];

#[cfg(test)]
mod tests;
