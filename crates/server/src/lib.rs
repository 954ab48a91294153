//! The HTTP shell of Trackway: it lets requests in, brings them to the functions of the domain,
//! and writes their answers. Nothing here knows what an issue is.
//!
//! ```no_run
//! # async fn example(tracker: trackway_core::Tracker) -> Result<(), trackway_server::Error> {
//! use trackway_server::{Config, Server};
//!
//! let server = Server::bind(Config::default(), tracker).await?;
//! println!("listening on {}", server.local_addr());
//! server.run(async { std::future::pending().await }).await
//! # }
//! ```

mod clock;
mod config;
mod connection;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod http;
mod lanes;
mod ldap;
mod metrics;
mod oauth;
mod pages;
mod routes;
mod tls;
mod ui;
mod workers;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use trackway_core::Tracker;
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::audit::{INSTALLATION, system};

pub use config::{
    Config, DefaultOrg, Directory, DirectoryGroup, FileLimits, FilesConfig, Limits, Network, Rate,
    Rates, SignInService, TlsFiles, UserId,
};
pub use files::{FileChunks, FileStore, FileWriter, StoreError};

use crate::files::{Cleaner, Files};
use crate::http::auth::TokenCache;
use crate::http::base_url::Hosts;
use crate::http::dispatch::Dispatch;
use crate::http::limits::RateLimits;
use crate::http::request_id::RequestIds;
use crate::http::spoof::Spoofs;
use crate::metrics::Metrics;
use crate::oauth::OAuthLimits;
use crate::tls::Tls;
use crate::workers::Workers;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting that makes no sense.
    #[error("configuration: {0}")]
    Config(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The database fails.
    #[error("database: {0}")]
    Database(trackway_core::Error),
    /// The clocks are so far apart that tokens would end too early or too late (API-34).
    #[error("the clock of this machine and that of the database are {0} ms apart")]
    Clock(i64),
    /// The store of files cannot be opened.
    #[error(transparent)]
    Files(#[from] StoreError),
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// Two operations cannot be told apart by their paths, which is a bug.
    #[error("routes: {0}")]
    Routes(String),
}

/// A server that listens already; requests are answered while [`Server::run`] runs.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<Tls>,
    address: SocketAddr,
    /// End of the change feed at the start.
    cursor: i64,
}

impl Server {
    /// Checks the settings and listens. It must be called on a runtime with timers and I/O.
    ///
    /// # Errors
    /// A setting that makes no sense, an address in use, a database that does not answer.
    pub async fn bind(config: Config, tracker: Tracker) -> Result<Self, Error> {
        let listener = TcpListener::bind(config.listen)
            .await
            .and_then(|listener| Ok((listener.local_addr()?, listener)))
            .map_err(|source| Error::Bind { address: config.listen, source });
        let (address, listener) = listener?;
        let limit = Duration::from_secs(config.limits.read_seconds);
        let cursor = lanes::read(&tracker, limit, trackway_core::feed::cursor)
            .await
            .map_err(Error::Database)?;
        let tls = Tls::open(&config.tls)?;
        let policy = config.auth.clone().bounded();
        let mail = !config.mail.is_off();
        let settings = (*tracker.settings()).clone();
        tracker.configure(trackway_core::account_cx::Settings { policy, mail, ..settings });
        let app = Arc::new(App::new(config, tracker)?);
        started(&app).await?;
        Ok(Self { app, listener, tls, address, cursor })
    }

    /// The address listened on, with its real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The code that lets somebody set up an installation that has nobody yet.
    pub fn setup_code(&self) -> Option<&str> {
        self.app.ui.setup.as_ref().map(ui::SetupCode::text)
    }

    /// An address for people and programs on this machine: the public URL, or else one made of the
    /// address listened on.
    pub fn base_url(&self) -> String {
        if let Some(url) = &self.app.config.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Answers requests until `shutdown` is ready; then takes no more, lets the running ones
    /// finish within the time of grace, stops background work and writes a last snapshot of the
    /// search index. The database stays open.
    ///
    /// # Errors
    /// Threads cannot be started.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        let cleaner = Cleaner::new(
            self.app.tracker.clone(),
            self.app.files.store.clone(),
            tokio::runtime::Handle::current(),
        );
        let base = self.base_url();
        let (app, cursor) = (Arc::clone(&self.app), self.cursor);
        // It reads the database, which is not for a thread of the runtime.
        let workers = tokio::task::spawn_blocking(move || {
            Workers::start(&app.config, &app.vitals, cursor, cleaner, &base)
        });
        let workers = workers.await.map_err(|e| Error::Thread(std::io::Error::other(e)))??;
        tracing::info!(address = %self.address, "answering requests");
        if !connection::accept(&self.app, self.listener, self.tls, shutdown).await {
            tracing::warn!("requests still running at the end of the time of grace are dropped");
        }
        // Waiting for threads is not for a thread of the runtime.
        if tokio::task::spawn_blocking(move || workers.finish()).await.is_err() {
            tracing::error!("background work could not be ended in good order");
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Binds and runs.
///
/// # Errors
/// Those of [`Server::bind`] and [`Server::run`].
pub async fn serve(
    config: Config,
    tracker: Tracker,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    Server::bind(config, tracker).await?.run(shutdown).await
}

/// The ids of the operations that are served, as the contract writes them.
pub fn served() -> Vec<String> {
    routes::served().iter().map(|route| route.info.operation_id()).collect()
}

/// What every request needs.
struct App {
    config: Config,
    tracker: Tracker,
    dispatch: Dispatch,
    hosts: Hosts,
    tokens: TokenCache,
    rates: RateLimits,
    oauth_limits: OAuthLimits,
    /// For addresses that strangers choose.
    strangers: Option<reqwest::Client>,
    ids: RequestIds,
    spoofs: Spoofs,
    pages: Router,
    ui: ui::State,
    files: Files,
    vitals: Arc<Vitals>,
}

impl std::ops::Deref for App {
    type Target = Vitals;

    fn deref(&self) -> &Vitals {
        &self.vitals
    }
}

/// How the server is: what health checks and metrics look at.
struct Vitals {
    tracker: Tracker,
    metrics: Metrics,
    draining: AtomicBool,
    /// Counted up when something was committed.
    changes: tokio::sync::watch::Sender<u64>,
    /// Event streams open now.
    streams: AtomicUsize,
}

impl Vitals {
    /// Whether the server is about to stop.
    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// From now on the server is not ready.
    fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }
}

/// Looks at the clock, and leaves a record of what is another than at the last start.
async fn started(app: &App) -> Result<(), Error> {
    let limit = Duration::from_secs(app.config.limits.read_seconds);
    let skew = lanes::read(&app.tracker, limit, clock::skew).await.map_err(Error::Database)?;
    let visit = Visit { now: clock::now(), ..Visit::default() };
    if skew > clock::MOST_SKEW {
        let record = move |cx: &mut AccountCx<'_, '_>| {
            system::record(cx, INSTALLATION, 0, system::Event::ClockSkew)
        };
        lanes::account_write(app, "ClockSkew", visit, record).await.map_err(Error::Database)?;
        return Err(Error::Clock(skew));
    }
    let settings = serde_json::to_string(&app.config).unwrap_or_default();
    let record = move |cx: &mut AccountCx<'_, '_>| system::started(cx, &settings);
    if let Err(error) = lanes::account_write(app, "Started", visit, record).await {
        tracing::warn!(%error, "the start is not in the audit log");
    }
    Ok(())
}

impl App {
    fn new(config: Config, tracker: Tracker) -> Result<Self, Error> {
        let setup = ui::SetupCode::if_needed(&tracker).map_err(Error::Database)?;
        let peppers = tracker.settings().peppers.clone();
        let ui = ui::State::new(&config, setup, peppers).map_err(Error::Config)?;
        let vitals = Arc::new(Vitals {
            tracker: tracker.clone(),
            metrics: Metrics::new(),
            draining: AtomicBool::new(false),
            changes: tokio::sync::watch::Sender::default(),
            streams: AtomicUsize::new(0),
        });
        Ok(Self {
            dispatch: Dispatch::new(routes::served())
                .map_err(|error| Error::Routes(error.to_string()))?,
            hosts: Hosts::new(&config)?,
            tokens: TokenCache::new(Duration::from_secs(config.limits.token_seconds)),
            rates: RateLimits::new(&config),
            oauth_limits: OAuthLimits::new(&config),
            strangers: workers::careful_client(&config.outgoing),
            ids: RequestIds::new(),
            spoofs: Spoofs::default(),
            pages: pages::router(Arc::clone(&vitals)),
            ui,
            files: Files::new(FileStore::open(&config.files)?, config.files.limits),
            vitals,
            config,
            tracker,
        })
    }
}
