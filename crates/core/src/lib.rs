//! The tracker itself: rules, rights, workflow, events. Plain synchronous functions over a
//! transaction; no HTTP, no clock, no global state.
#![cfg_attr(test, expect(clippy::needless_pass_by_value, reason = "tests hand over JSON literals"))]

pub mod access;
pub mod account;
pub mod account_cx;
pub mod actor;
pub mod attachment;
pub mod audit;
pub mod autoaction;
pub mod backup;
pub mod board;
pub mod bulk;
pub mod checklist;
pub mod comment;
pub mod cx;
pub mod dashboard;
pub mod demo;
pub mod dict;
pub mod dictionary;
pub mod directory;
pub mod entity;
pub mod error;
pub mod event;
pub mod feed;
pub mod field;
pub mod filter;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod gap;
pub(crate) mod history;
pub mod hook;
pub mod ids;
pub mod issue;
pub mod job;
pub mod lang;
pub mod link;
pub mod macros;
pub mod markup;
#[cfg(test)]
mod model_tests;
pub mod notice;
pub mod oauth;
pub mod org;
pub mod paging;
#[cfg(test)]
mod plans;
pub mod queue;
pub mod rule;
pub mod schedule;
pub mod search;
pub mod secret;
pub mod sla;
pub mod sprint;
pub mod stream;
pub mod subscription;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod token;
pub mod tracker;
pub mod transition;
pub mod trigger;
pub mod upkeep;
pub mod user;
pub mod view;
pub mod webhook;
pub mod words;
pub mod workflow;
pub mod worklog;
pub mod world;
pub mod zone;

pub use error::{Code, Error, Result};
pub use tracker::Tracker;
