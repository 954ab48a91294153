//! Listings page by page and item by item.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::{Error, Response, Tracker};

type Fetched<R> = Result<(Response<R>, Option<Call>), Error>;

/// Pages of a listing, see [`Tracker::pages`]. Also a [`Stream`].
///
/// Follows `Link: <...>; rel="next"` with the same method and body until there is none or a page
/// is an empty list, so it works for numbered pages, relative listings and scrolls alike. Ends
/// after an error.
pub struct Pages<R> {
    tracker: Tracker,
    state: State<R>,
}

enum State<R> {
    /// The request cannot be sent.
    Failed(Error),
    /// The next request.
    Idle(Box<Call>),
    /// The request under way. Kept here so that dropping the future of
    /// [`Pages::next_page`] loses no page.
    Running(Pin<Box<dyn Future<Output = Fetched<R>> + Send>>),
    /// No further page.
    Done,
}

impl<R: DeserializeOwned + Send + 'static> Pages<R> {
    pub(crate) fn new(tracker: Tracker, call: Result<Call, Error>) -> Self {
        let state = match call {
            Ok(call) => State::Idle(Box::new(call)),
            Err(error) => State::Failed(error),
        };
        Self { tracker, state }
    }

    /// The next page with its headers, `None` after the last.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next_page(&mut self) -> Result<Option<Response<R>>, Error> {
        poll_fn(|cx| self.poll_page(cx)).await.transpose()
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Response<R>, Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Failed(error) => return Poll::Ready(Some(Err(error))),
                State::Idle(call) => {
                    self.state = State::Running(Box::pin(fetch::<R>(self.tracker.clone(), call)));
                }
                State::Running(mut request) => match request.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.state = State::Running(request);
                        return Poll::Pending;
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(Ok((page, next))) => {
                        self.state = next.map_or(State::Done, |call| State::Idle(Box::new(call)));
                        return Poll::Ready(Some(Ok(page)));
                    }
                },
            }
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Pages<Vec<T>> {
    /// The items of all pages, one after another.
    pub fn items(self) -> Items<T> {
        Items { pages: self, page: Vec::new().into_iter() }
    }
}

impl<R: DeserializeOwned + Send + 'static> Stream for Pages<R> {
    type Item = Result<Response<R>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(cx)
    }
}

impl<R> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Failed(_) => "failed",
            State::Idle(_) => "idle",
            State::Running(_) => "running",
            State::Done => "done",
        };
        f.debug_struct("Pages").field("state", &state).finish_non_exhaustive()
    }
}

async fn fetch<R: DeserializeOwned>(tracker: Tracker, call: Box<Call>) -> Fetched<R> {
    let answer = tracker.execute(&call).await?;
    // Relative listings end with an empty page, and one that still names a next page never would.
    let next = if is_empty_list(&answer.body) {
        None
    } else {
        call.next_page(tracker.base(), &answer.headers)?
    };
    Ok((answer.decode(&call)?, next))
}

fn is_empty_list(body: &[u8]) -> bool {
    let inner = body.trim_ascii().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    inner.is_some_and(|inner| inner.trim_ascii().is_empty())
}

/// Items of a listing, see [`Pages::items`]. Also a [`Stream`].
pub struct Items<T> {
    pages: Pages<Vec<T>>,
    page: std::vec::IntoIter<T>,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    /// The next item, `None` after the last.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn next_item(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|cx| self.poll_item(cx)).await.transpose()
    }

    /// All items that are left. Mind the memory: a search may find a million.
    ///
    /// # Errors
    /// See [`Error`]; what was read before the error is lost.
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error> {
        let mut all: Vec<T> = self.page.by_ref().collect();
        while let Some(page) = self.pages.next_page().await? {
            all.extend(page.value);
        }
        Ok(all)
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_page(cx)) {
                Some(Ok(page)) => self.page = page.value.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Nothing in it is ever pinned.
impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lists_are_told_from_others() {
        assert!(is_empty_list(b" [ ] \n"));
        for body in [&b""[..], b"[1]", b"[", b"{}", b"[[]]"] {
            assert!(!is_empty_list(body), "{body:?}");
        }
    }
}
