//! Accepting connections and ending them in good order.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use http::header::CONTENT_SECURITY_POLICY;
use http::{Extensions, HeaderMap, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Layer, Service, service_fn};
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::App;
use crate::http::base_url::Ends;
use crate::tls::{Accepted, Tls};

/// Answers smaller than this are not worth compressing.
const COMPRESS_FROM: u64 = 1024;

/// Bytes of a request head that are read before it is refused with 431.
const HEAD_BYTES: usize = 128 << 10;

/// Pause after a failure to accept, as when the process has no file descriptors left.
const PAUSE: Duration = Duration::from_millis(200);

/// Accepts connections until `shutdown` is ready, then lets the running requests finish. Returns
/// whether all of them did.
pub(crate) async fn accept(
    app: &Arc<App>,
    listener: TcpListener,
    tls: Option<Tls>,
    shutdown: impl Future<Output = ()>,
) -> bool {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(app.config.limits.connections.max(1)));
    let mut shutdown = pin!(shutdown);
    let follower = tls.clone().map(|tls| tokio::spawn(tls.follow()));
    loop {
        let next = async {
            // The semaphore is never closed.
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (slot, listener.accept().await)
        };
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            (slot, accepted) = next => match accepted {
                Ok((stream, _)) => open(app, &graceful, tls.as_ref(), stream, slot),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            },
        }
    }
    app.vitals.drain();
    if let Some(follower) = follower {
        follower.abort();
    }
    drop(listener);
    tokio::time::timeout(app.config.limits.grace(), graceful.shutdown()).await.is_ok()
}

/// Serves a connection on a task of its own.
fn open(
    app: &Arc<App>,
    graceful: &GracefulShutdown,
    tls: Option<&Tls>,
    stream: TcpStream,
    slot: Option<OwnedSemaphorePermit>,
) {
    let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else { return };
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
    let ends = Ends { local, peer, tls: false, tls_expected: tls.is_some() };
    let (app, watcher, tls) = (Arc::clone(app), graceful.watcher(), tls.cloned());
    tokio::spawn(async move {
        match tls {
            None => serve(&app, watcher, ends, stream).await,
            Some(tls) => match tls.accept(stream).await {
                Some(Accepted::Encrypted(stream)) => {
                    serve(&app, watcher, Ends { tls: true, ..ends }, *stream).await;
                }
                Some(Accepted::Plain(stream)) => serve(&app, watcher, ends, stream).await,
                None => {}
            },
        }
        drop(slot);
    });
}

/// Answers the requests of a connection until it ends.
async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    app: &Arc<App>,
    watcher: Watcher,
    ends: Ends,
    stream: S,
) {
    let service = TowerToHyperService::new(service(Arc::clone(app), ends));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Some clients look for `X-Total-Count` in just these letters.
        .title_case_headers(true)
        .header_read_timeout(Duration::from_secs(app.config.limits.head_seconds.max(1)))
        .max_header_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Files go out as they are: most are compressed already, and parts of them are counted in bytes.
fn no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(CONTENT_SECURITY_POLICY)
}

/// What answers the requests of one connection, compressing where the client asks for it.
fn service(
    app: Arc<App>,
    ends: Ends,
) -> impl Service<
    Request<Incoming>,
    Response = Response<impl HttpBody<Data = bytes::Bytes, Error: Into<axum::BoxError>>>,
    Error = Infallible,
    Future: Send,
> + Clone {
    let answer = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        async move { Ok(crate::http::answer(app, ends, request.map(Body::new)).await) }
    });
    CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESS_FROM).and(NotForContentType::SSE).and(no_file))
        .layer(answer)
}
