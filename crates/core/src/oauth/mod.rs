//! The authorization server (oauth.md): applications, decisions, codes, tokens. Functions over an
//! [`AccountCx`](crate::account_cx::AccountCx); the HTTP side and the pages only translate.

mod policy;

pub use policy::{Policy, Profile, Registration};
