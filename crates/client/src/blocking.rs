//! The client for programs without a runtime.
//!
//! ```no_run
//! use trackway_client::api::issues::GetIssue;
//! use trackway_client::{Error, Tracker, blocking};
//!
//! fn main() -> Result<(), Error> {
//!     let builder = Tracker::builder().base_url("https://tracker.example").token("y0_…");
//!     let tracker = blocking::Tracker::new(builder)?;
//!     println!("{:?}", tracker.send(GetIssue::new("TREK-9"))?.summary);
//!     Ok(())
//! }
//! ```

use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::runtime::{self, Runtime};
use trackway_api::Endpoint;

use crate::{Builder, Error, Items, Response};

/// A client whose calls return when they are done. Not for use inside a runtime.
#[derive(Clone, Debug)]
pub struct Tracker {
    runtime: Arc<Runtime>,
    inner: crate::Tracker,
}

impl Tracker {
    /// Makes the client.
    ///
    /// # Errors
    /// As [`Builder::build`]; [`Error::File`] when the system gives no runtime.
    pub fn new(builder: Builder) -> Result<Self, Error> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime: Arc::new(runtime), inner: builder.build()? })
    }

    /// Runs an operation and gives what it answers.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn send<E: Endpoint>(&self, request: E) -> Result<E::Reply, Error> {
        self.run(self.inner.send(request))
    }

    /// Runs an operation and gives what it answers together with the headers.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn send_full<E: Endpoint>(&self, request: E) -> Result<Response<E::Reply>, Error> {
        self.run(self.inner.send_full(request))
    }

    /// The items of all pages of a listing or search; ends after an error.
    pub fn items<E, T>(&self, request: E) -> IntoIter<T>
    where
        E: Endpoint<Reply = Vec<T>>,
        T: DeserializeOwned + Send + 'static,
    {
        IntoIter { runtime: Arc::clone(&self.runtime), items: self.inner.pages(request).items() }
    }

    /// Runs anything the async client can do.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The async client, for use with [`Tracker::run`].
    pub fn inner(&self) -> &crate::Tracker {
        &self.inner
    }
}

/// Items of a listing, see [`Tracker::items`].
#[derive(Debug)]
pub struct IntoIter<T> {
    runtime: Arc<Runtime>,
    items: Items<T>,
}

impl<T: DeserializeOwned + Send + 'static> Iterator for IntoIter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.runtime.block_on(self.items.next_item()).transpose()
    }
}
