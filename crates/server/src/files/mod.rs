//! Files: uploads and downloads that pass through in pieces, beside the operations that read and
//! answer JSON. What a file belongs to is the domain's business (`trackway_core::attachment`).

mod cleaner;
mod download;
mod export;
mod range;
mod receive;
mod store;
mod thumbnail;
mod upload;

pub(crate) use download::matches;
pub(crate) use thumbnail::icon;

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, Method, Response};
use tokio::sync::Semaphore;
use trackway_api::{DecodeError, Info, Raw};
use trackway_core::attachment::upload::Target;
use trackway_core::tracker::Caller;

use crate::App;
use crate::config::FileLimits;
use crate::http::errors::Refusal;
pub(crate) use cleaner::Cleaner;
pub use store::{FileChunks, FileStore, StoreError, Writer as FileWriter};

/// Thumbnails drawn at the same time; each holds a whole picture in memory.
const DRAWN_AT_ONCE: usize = 2;

/// The store of files with what bounds its use.
pub(crate) struct Files {
    pub(crate) store: FileStore,
    limits: FileLimits,
    uploads: Semaphore,
    drawing: Arc<Semaphore>,
}

impl Files {
    /// A store under limits.
    pub(crate) fn new(store: FileStore, limits: FileLimits) -> Self {
        Self {
            store,
            limits,
            uploads: Semaphore::new(limits.uploads.max(1)),
            drawing: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        }
    }
}

/// An operation that moves bytes.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    /// Takes a file.
    Upload(fn(&Raw<'_>) -> Result<Incoming, DecodeError>),
    /// Sends a file.
    Download(fn(&Raw<'_>) -> Result<Wanted, DecodeError>),
    /// Sends a small picture of a picture.
    Thumbnail(fn(&Raw<'_>) -> Result<Wanted, DecodeError>),
    /// Writes and sends the file of an export, which is named by its id.
    Export(fn(&Raw<'_>) -> Result<String, DecodeError>),
}

/// An upload as its path and query tell of it.
pub(crate) struct Incoming {
    pub(crate) target: Target,
    pub(crate) filename: Option<String>,
}

/// Which file is wanted.
pub(crate) struct Wanted {
    /// The issue it must belong to; none when it is named by its id alone.
    pub(crate) issue: Option<String>,
    pub(crate) attachment: String,
    /// Whether a browser may show it in place.
    pub(crate) inline: bool,
}

/// A call of such an operation by somebody who was let in.
pub(crate) struct Call<'a> {
    pub(crate) app: &'a Arc<App>,
    pub(crate) caller: Caller,
    pub(crate) info: &'static Info,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) raw: Raw<'a>,
}

/// Answers a call.
pub(crate) async fn answer(
    stream: Stream,
    call: Call<'_>,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    match stream {
        Stream::Upload(decode) => {
            let incoming = decode(&call.raw)?;
            upload::answer(&call, &incoming, body).await
        }
        Stream::Download(decode) => {
            let wanted = decode(&call.raw)?;
            download::answer(&call, wanted).await
        }
        Stream::Thumbnail(decode) => {
            let wanted = decode(&call.raw)?;
            thumbnail::answer(&call, wanted).await
        }
        Stream::Export(decode) => {
            let report = decode(&call.raw)?;
            export::answer(&call, report).await
        }
    }
}
