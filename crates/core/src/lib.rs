//! The tracker itself: rules, rights, workflow, events. Plain synchronous functions over a
//! transaction; no HTTP, no clock, no global state.

pub mod access;
pub mod actor;
pub mod comment;
pub mod cx;
pub mod dict;
pub mod error;
pub mod event;
pub mod feed;
pub mod field;
pub mod ids;
pub mod issue;
pub mod lang;
pub mod link;
pub mod queue;
pub mod search;
pub mod time;
pub mod token;
pub mod tracker;
pub mod transition;
pub mod view;
pub mod world;

pub use error::{Code, Error, Result};
pub use tracker::Tracker;
