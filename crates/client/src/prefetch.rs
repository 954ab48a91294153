//! Pages read ahead of whoever works on them.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::{Error, Pages, Response};

/// Pages that are fetched in the background, see [`Pages::prefetch`]. Also a [`Stream`].
#[derive(Debug)]
pub struct Prefetched<R> {
    pages: mpsc::Receiver<Result<Response<R>, Error>>,
}

impl<R: DeserializeOwned + Send + 'static> Pages<R> {
    /// Fetches up to `ahead` pages (at least one) while the caller works on earlier ones. Fetching
    /// stops when the result is dropped.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn prefetch(mut self, ahead: usize) -> Prefetched<R> {
        let (send, pages) = mpsc::channel(ahead.max(1));
        tokio::spawn(async move {
            loop {
                let page = self.next_page().await;
                let last = !matches!(page, Ok(Some(_)));
                let Some(page) = page.transpose() else { break };
                if send.send(page).await.is_err() || last {
                    break;
                }
            }
        });
        Prefetched { pages }
    }
}

impl<R> Prefetched<R> {
    /// The next page with its headers, `None` after the last.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next_page(&mut self) -> Result<Option<Response<R>>, Error> {
        self.pages.recv().await.transpose()
    }
}

impl<R> Stream for Prefetched<R> {
    type Item = Result<Response<R>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().pages.poll_recv(cx)
    }
}
