//! `trackway serve`.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use trackway_core::Tracker;
use trackway_core::demo::company::{self, Access};
use trackway_core::time::{DAY_MS, parse_instant};
use trackway_server::{Config, FileStore, Server};

use super::said::remark;
use super::{bootstrap, configuration, demo_files, ready, storage, telemetry};

/// Exit code of a process that was told twice to stop.
const IMPATIENT: i32 = 130;

/// Flags of `trackway serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    storage: storage::Place,
    /// Configuration file (TOML)
    #[arg(long, env = "TRACKWAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, env = "TRACKWAY_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Address under which people reach the server, as https://tracker.example.org
    #[arg(long, env = "TRACKWAY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Another host name that points here; may be repeated
    #[arg(long = "alias", env = "TRACKWAY_ALIASES", value_name = "HOST", value_delimiter = ',')]
    aliases: Vec<String>,
    /// Network whose forwarded headers are believed, as 10.0.0.0/8; may be repeated
    #[arg(
        long = "trusted-proxy",
        env = "TRACKWAY_TRUSTED_PROXIES",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    trusted_proxies: Vec<trackway_server::Network>,
    #[command(flatten)]
    files: storage::FilesPlace,
    #[command(flatten)]
    first: bootstrap::FirstAdministrator,
    /// PEM file with the certificate for TLS (with --tls-key); read again when it changes
    #[arg(long, env = "TRACKWAY_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// PEM file with the private key of the certificate
    #[arg(long, env = "TRACKWAY_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Start with the data of an invented company; made anew when the data folder is empty
    /// [default folder: trackway-demo]
    #[arg(long, env = "TRACKWAY_DEMO")]
    demo: bool,
    /// Seed of the demo data: the same seed makes the same data
    #[arg(long, env = "TRACKWAY_SEED", default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Instant at which the history of the demo data ends [default: the beginning of this day]
    #[arg(long, env = "TRACKWAY_DEMO_NOW", value_name = "INSTANT")]
    demo_now: Option<String>,
    /// File that is written once requests are answered: base URL, and with --demo the
    /// organisation's id and tokens
    #[arg(long, env = "TRACKWAY_READY_FILE", value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Form of log lines [default: text]
    #[arg(long, env = "TRACKWAY_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<telemetry::Format>,
    /// Levels of the log, as info,trackway_server=debug [default: info]
    #[arg(long, env = "TRACKWAY_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// Read the settings and the database, say whether they are good, and exit
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// Flags and environment over the configuration file.
    fn configuration(&mut self) -> Result<configuration::File> {
        let mut file = configuration::read(self.config.as_deref())?;
        let server = &mut file.server;
        server.listen = self.listen.unwrap_or(server.listen);
        server.public_url = self.public_url.take().or(server.public_url.take());
        if !self.aliases.is_empty() {
            server.aliases = std::mem::take(&mut self.aliases);
        }
        if !self.trusted_proxies.is_empty() {
            server.trusted_proxies = std::mem::take(&mut self.trusted_proxies);
        }
        server.demo |= self.demo;
        self.files.over(&mut server.files);
        server.tls.certificate = self.tls_cert.take().or(server.tls.certificate.take());
        server.tls.key = self.tls_key.take().or(server.tls.key.take());
        self.storage.under(&file.storage);
        file.log.filter = self.log.take().unwrap_or(file.log.filter);
        if self.log_format.is_none() {
            self.log_format = Some(match file.log.format.as_str() {
                "text" => telemetry::Format::Text,
                "json" => telemetry::Format::Json,
                other => bail!("log.format is {other:?}, but text or json is needed"),
            });
        }
        Ok(file)
    }

    fn demo_now(&self) -> Result<i64> {
        match &self.demo_now {
            Some(text) => parse_instant(text).with_context(|| format!("{text:?} is no instant")),
            None => Ok(super::now().div_euclid(DAY_MS) * DAY_MS),
        }
    }
}

/// Runs the server until it is told to stop.
pub(crate) fn run(mut arguments: Arguments) -> Result<()> {
    let mut file = arguments.configuration()?;
    let format = arguments.log_format.unwrap_or(telemetry::Format::Text);
    telemetry::start(format, &file.log.filter)?;
    let default = if file.server.demo { "trackway-demo" } else { "trackway-data" };
    let storage = arguments.storage.open(default, true)?;
    let files = &mut file.server.files.location;
    if files.is_empty() {
        *files = storage.folder.join("files").display().to_string();
    }
    let demo = if file.server.demo {
        Some(demo(&storage.tracker, &arguments, &file.server)?)
    } else {
        None
    };
    if !file.server.demo && !arguments.check {
        bootstrap::run(&storage.tracker, &arguments.first)?;
    }
    if arguments.check {
        let folder = storage.folder.display();
        remark(&format!("The settings and the database in {folder} are good."));
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let tracker = storage.tracker.clone();
    let folder = storage.folder.as_path();
    let served = runtime.block_on(serve(file.server, tracker, &arguments, folder, demo.as_ref()));
    runtime.shutdown_timeout(Duration::from_secs(1));
    storage.tracker.db().close();
    served
}

/// Makes the demo company in an empty installation, or finds it there.
fn demo(tracker: &Tracker, arguments: &Arguments, config: &Config) -> Result<Access> {
    let access = company::access(arguments.seed);
    let world = tracker.world();
    if world.by_org_id(&access.org_id).is_some() {
        return Ok(access);
    }
    if world.orgs().next().is_some() {
        bail!(
            "the data folder holds other data (or demo data of another --seed); name an empty one \
             with --data"
        );
    }
    let now = arguments.demo_now()?;
    let access = company::install(tracker, arguments.seed, now);
    let access = access.context("cannot make the demo data")?;
    let store = FileStore::open(&config.files)?;
    demo_files::install(tracker, &store, &access, now)?;
    Ok(access)
}

async fn serve(
    config: Config,
    tracker: Tracker,
    arguments: &Arguments,
    folder: &Path,
    demo: Option<&Access>,
) -> Result<()> {
    let server = Server::bind(config, tracker).await.context("cannot listen")?;
    let base_url = server.base_url();
    let code = server.setup_code().map(str::to_owned);
    let setup = match code {
        Some(code) => Some((ready::write_setup_code(folder, &code)?, code)),
        None => None,
    };
    let running = tokio::spawn(server.run(stop_signal()));
    let setup = setup.as_ref().map(|(file, code)| (code.as_str(), file.as_path()));
    announce(&base_url, arguments, setup, demo)?;
    running.await.context("the server task failed")??;
    Ok(())
}

/// Tells programs and people that the server answers: the socket listens, so whoever connects now
/// is served.
fn announce(
    base_url: &str,
    arguments: &Arguments,
    setup: Option<(&str, &Path)>,
    demo: Option<&Access>,
) -> Result<()> {
    if let Some(path) = &arguments.ready_file {
        ready::write(path, &ready::contents(base_url, demo))?;
    }
    let welcome = if let Some(access) = demo {
        ready::demo_welcome(base_url, access)
    } else {
        let folder = arguments.storage.data.as_ref();
        let storage = folder.map(|f| format!(" --data '{}'", f.display())).unwrap_or_default();
        ready::welcome(base_url, setup, &storage, std::io::stderr().is_terminal())
    };
    remark(&welcome);
    Ok(())
}

/// Ends with the first SIGINT or SIGTERM; the second one ends the process at once.
async fn stop_signal() {
    wait_for_signal().await;
    tokio::spawn(async {
        wait_for_signal().await;
        std::process::exit(IMPATIENT);
    });
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
