//! The event stream as server-sent events: what the caller may see, as it happens, until one of
//! the two sides ends it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_core::Stream;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use tokio::sync::mpsc;
use trackway_api::stream::StreamEvents;
use trackway_api::{Endpoint as _, Raw};
use trackway_core::account_cx::Visit;
use trackway_core::actor::Actor;
use trackway_core::event::log::Place;
use trackway_core::stream::ops::{self, Told};
use trackway_core::tracker::Caller;
use trackway_core::{Code, Error, Result};

use super::auth;
use crate::{App, clock, lanes};

/// What streams are called by.
pub(super) const OPERATION: &str = StreamEvents::INFO.name;
/// Streams at the same time.
const MAX_STREAMS: usize = 2000;
/// How long nothing is sent at most; a remark keeps the connection alive.
const BEAT: Duration = Duration::from_secs(15);
/// How long to wait for word of a change before the database is asked anyway.
const PATIENCE: Duration = Duration::from_secs(1);
/// Events read at once.
const BATCH: i64 = 200;

/// Whether a client wants a stream and not a page.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.trim().starts_with("text/event-stream"))
}

/// Begins a stream.
///
/// # Errors
/// 400 for a place that is none, 503 when there are too many streams.
pub(super) async fn open(
    app: &Arc<App>,
    raw: &Raw<'_>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response<Body>> {
    let request = StreamEvents::decode(raw)?;
    let place = if let Some(place) = ops::start(&request)? {
        place
    } else {
        let limit = Duration::from_secs(app.config.limits.read_seconds);
        lanes::read(&app.tracker, limit, trackway_core::event::log::end).await?
    };
    let slot = Slot::take(app)?;
    let (sender, receiver) = mpsc::channel(16);
    let follower = Follower { app: Arc::clone(app), caller, headers, place, sender };
    tokio::spawn(async move {
        follower.run().await;
        drop(slot);
    });
    let mut response = Response::new(Body::from_stream(Chunks(receiver)));
    let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Asks proxies in between not to hold events back.
    let unbuffered = HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", unbuffered);
    Ok(response)
}

/// One of the places for streams.
struct Slot(Arc<App>);

impl Slot {
    fn take(app: &Arc<App>) -> Result<Self> {
        if app.streams.fetch_add(1, Ordering::AcqRel) >= MAX_STREAMS {
            app.streams.fetch_sub(1, Ordering::AcqRel);
            return Err(Code::Overloaded.err());
        }
        Ok(Self(Arc::clone(app)))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Follower {
    app: Arc<App>,
    caller: Caller,
    /// For asking again whether the token is still good.
    headers: HeaderMap,
    place: Place,
    sender: mpsc::Sender<Bytes>,
}

impl Follower {
    async fn run(mut self) {
        let mut changes = self.app.changes.subscribe();
        let mut quiet = tokio::time::Instant::now();
        if self.send(format!("retry: 2000\nid: {}\n\n", self.place)).await.is_none() {
            return;
        }
        while !self.app.is_draining() {
            changes.mark_unchanged();
            match self.next().await {
                Ok(events) if events.is_empty() => {}
                Ok(events) => {
                    let text: String = events.iter().map(frame).collect();
                    if self.send(text).await.is_none() {
                        return;
                    }
                    quiet = tokio::time::Instant::now();
                    continue;
                }
                Err(error) => {
                    // The client comes back with the last id it has seen.
                    tracing::debug!(%error, "an event stream ends");
                    return;
                }
            }
            if quiet.elapsed() >= BEAT {
                if !self.is_still_welcome().await || self.send(": \n\n".to_owned()).await.is_none()
                {
                    return;
                }
                quiet = tokio::time::Instant::now();
            }
            tokio::select! {
                () = self.sender.closed() => return,
                _ = tokio::time::timeout(PATIENCE, changes.changed()) => {}
            }
        }
    }

    async fn send(&self, text: String) -> Option<()> {
        self.sender.send(text.into()).await.ok()
    }

    /// The next events the caller may see; an empty list when all are told.
    async fn next(&mut self) -> Result<Vec<Told>> {
        loop {
            let (told, last) = self.read().await?;
            let moved = last != self.place;
            self.place = last;
            if !told.is_empty() || !moved {
                return Ok(told);
            }
        }
    }

    async fn read(&mut self) -> Result<(Vec<Told>, Place)> {
        self.refresh()?;
        let (caller, place, tracker) = (self.caller.clone(), self.place, self.app.tracker.clone());
        let limit = Duration::from_secs(self.app.config.limits.read_seconds);
        lanes::read(&self.app.tracker, limit, move |tx| {
            tracker.read(&caller, tx, |cx| ops::after(cx, place, BATCH))
        })
        .await
    }

    /// Rights are those of this moment, not of the beginning.
    fn refresh(&mut self) -> Result<()> {
        let world = self.app.tracker.world();
        let dict = world.org(self.caller.dict.org_id).ok_or_else(|| Code::OrgUnavailable.err())?;
        let actor = Actor::of(dict, self.caller.actor.uid);
        self.caller.actor = Arc::new(actor.ok_or_else(|| Code::OrgUnavailable.err())?);
        self.caller.dict = Arc::clone(dict);
        self.caller.now = clock::now();
        Ok(())
    }

    async fn is_still_welcome(&self) -> bool {
        let address = self.caller.actor.origin.address.clone();
        let visit = Visit { now: clock::now(), address, ..Visit::default() };
        auth::token(&self.app, &self.headers, &visit).await.is_ok()
    }
}

fn frame(event: &Told) -> String {
    format!("id: {}\nevent: {}\ndata: {}\n\n", event.place, event.kind, event.json)
}

/// The body of a stream.
struct Chunks(mpsc::Receiver<Bytes>);

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|chunk| chunk.map(Ok))
    }
}
