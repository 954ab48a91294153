//! Typed async client for the Tracker REST API, versions 2 and 3: for the cloud service and for
//! Trackway servers.
//!
//! Every operation is a type of [`api`], the same the server reads. A request is made with
//! `new` and setters, and [`Tracker::send`] gives the typed answer:
//!
//! ```no_run
//! use trackway_client::api::issues::{GetIssue, SearchIssues, SearchRequest, UpdateIssue};
//! use trackway_client::{Error, Tracker};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let tracker = Tracker::builder()
//!         .base_url("https://tracker.example")
//!         .token(std::env::var("TRACKER_TOKEN")?)
//!         .org_id("1234567")
//!         .language("en")
//!         .build()?;
//!
//!     // Read, then change that version only.
//!     let issue = tracker.send(GetIssue::new("TREK-9")).await?;
//!     let patch = [("summary".to_owned(), "Scotty, beam me up".into())].into_iter().collect();
//!     let patch: trackway_client::api::types::Members = patch;
//!     match tracker.send(UpdateIssue::new("TREK-9", patch).version(issue.version)).await {
//!         Ok(issue) => println!("{} is at version {}", issue.key, issue.version),
//!         Err(Error::Conflict(_)) => println!("somebody was faster"),
//!         Err(error @ Error::Unprocessable(_)) => {
//!             for (field, why) in error.field_errors() {
//!                 println!("{field}: {why}");
//!             }
//!         }
//!         Err(error) => return Err(error.into()),
//!     }
//!
//!     // All issues that a search finds, page by page behind the scenes.
//!     let open = SearchRequest { query: Some("Queue: TREK".into()), ..SearchRequest::default() };
//!     let mut issues = tracker.pages(SearchIssues::new(open).per_page(100)).items();
//!     while let Some(issue) = issues.next_item().await? {
//!         println!("{}  {}", issue.key, issue.summary.unwrap_or_default());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - **Failures** are an [`Error`] that tells the statuses apart and keeps the server's messages.
//! - **Retries** happen by themselves where they are safe, see [`Builder::retries`].
//! - **Rate:** [`Builder::requests_per_second`] keeps below a limit; `Retry-After` is honoured.
//! - **Files** go up and down piece by piece: [`Tracker::upload`], [`Tracker::download`].
//! - **Recipes:** [`Tracker::changes_since`], [`Tracker::create_or_get`],
//!   [`Tracker::wait_for_bulk_change`], [`Pages::prefetch`].
//! - **Signing in:** [`oauth`]. **Without a runtime:** [`blocking`]. **Coming from Python:**
//!   [`parity`].
//! - **Headers** of an answer (totals, next page) come with [`Tracker::send_full`].
//! - **Traces:** a `tracing` span `request` (level debug) around each call names operation,
//!   method, path and status; never the token, the query or the body.
//! - **TLS** is rustls with the certificates the system trusts.

pub use trackway_api as api;
pub use trackway_api::{Endpoint, ErrorBody};

pub mod blocking;
mod builder;
mod call;
mod error;
mod link;
pub mod oauth;
mod pages;
pub mod parity;
mod prefetch;
mod rate;
mod recipes;
mod response;
mod retry;
mod tracker;
mod transfer;

pub use builder::{Builder, CLOUD_URL, Version};
pub use call::AnyRequest;
pub use error::{Error, TransportError};
pub use pages::{Items, Pages};
pub use prefetch::Prefetched;
pub use recipes::{ChangedIssue, Changes};
pub use response::Response;
pub use tracker::Tracker;
pub use transfer::Progress;
