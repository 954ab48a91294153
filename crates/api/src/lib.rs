//! The wire contract of Trackway: every endpoint as a request type, the types they carry, the
//! error body, and a registry of all of them. No input or output happens here.
//!
//! A declaration in [`endpoints!`] is the only place where an operation's method, path, parameters
//! and documentation are written. The server decodes requests with it, the client encodes them,
//! and [`openapi`] describes them.

#[macro_use]
mod endpoint;
#[macro_use]
pub mod types;
mod error;
mod input;
pub mod openapi;
mod params;
pub mod registry;

pub mod attachments;
pub mod audit;
pub mod autoactions;
pub mod boards;
pub mod bulk;
pub mod changelog;
pub mod checklists;
pub mod comments;
pub mod dashboards;
pub mod dictionaries;
pub mod directory;
pub mod entities;
pub mod fields;
pub mod filters;
pub mod gaps;
pub mod hooks;
pub mod issues;
pub mod jobs;
pub mod links;
pub mod macros;
pub mod notifications;
pub mod projects;
pub mod queues;
pub mod schedules;
pub mod slas;
pub mod sprints;
pub mod stream;
pub mod subscriptions;
pub mod templates;
pub mod transitions;
pub mod triggers;
pub mod users;
pub mod worklog;

pub use endpoint::{
    Access, Endpoint, HttpMethod, Info, Lane, Outgoing, ParamInfo, Place, Raw, UnknownMethod,
    Versions, path_segment,
};
pub use error::{DecodeError, ErrorBody};
pub use input::{FileForm, Json, MaybeJson};
pub use params::{IfMatch, List, TextParam};
