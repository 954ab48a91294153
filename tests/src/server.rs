//! The real program, started in a folder of its own.

mod options;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::binary;
use crate::database::Database;
use crate::http::Client;
pub use options::{Engine, Options, Ready};

/// How long a start may take: a debug build filling the demo data on a busy machine.
const START: Duration = Duration::from_secs(120);
/// How long a stop may take: ten seconds of draining and some for the machine.
const STOP: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);
/// How much of the log a failing test shows.
const SHOWN_LOG: usize = 4000;

/// A running `trackway serve`, killed with this value.
#[derive(Debug)]
pub struct Server {
    child: Option<Child>,
    ready: Ready,
    options: Options,
    // The order of the fields is the order of their end: first the process (see Drop), then its
    // database and its folder.
    database: Option<Database>,
    dir: TempDir,
    /// The arguments that lead to the data of another server, which lives longer.
    shared: Option<Vec<String>>,
}

impl Server {
    /// Starts a server on a fresh folder and database and waits until it answers.
    ///
    /// # Panics
    ///
    /// When it does not come up; the message shows the end of its log.
    pub fn start(options: &Options) -> Self {
        Self::prepared(options, |_| {})
    }

    /// As [`Server::start`], after `prepare` has filled the folder and the database with the
    /// [command](Server::command) and the [arguments](Server::storage_args) of this server.
    ///
    /// # Panics
    ///
    /// As [`Server::start`], and when `prepare` does.
    pub fn prepared(options: &Options, prepare: impl FnOnce(&Self)) -> Self {
        let database = match options.engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let url = Database::server_url().expect("TRACKWAY_TEST_PG names a server");
                Some(Database::create(&url))
            }
        };
        let ready = Ready::default();
        let options = options.clone();
        let mut server =
            Self { child: None, ready, options, database, dir: folder(), shared: None };
        prepare(&server);
        server.launch();
        server
    }

    /// Starts another process on the same `PostgreSQL` database, as a second node would run. It
    /// must not outlive this server.
    ///
    /// # Panics
    ///
    /// When the server runs on another engine, or the process does not come up.
    #[must_use]
    pub fn start_beside(&self) -> Self {
        assert_eq!(self.engine(), Engine::Postgres, "other engines have one process");
        let (ready, options) = (self.ready.clone(), self.options.clone());
        let shared = Some(self.storage_args());
        let mut server =
            Self { child: None, ready, options, database: None, dir: folder(), shared };
        server.launch();
        server
    }

    /// Starts the program again on the same data after [`Server::stop`] or [`Server::kill`]. The
    /// port changes; what only the first start told (tokens) is kept.
    ///
    /// # Panics
    ///
    /// When it still runs, or does not come up.
    pub fn restart(&mut self) {
        assert!(self.child.is_none(), "stop the server before it is restarted");
        self.launch();
    }

    /// Asks the server to end (SIGTERM) and waits for it.
    ///
    /// # Panics
    ///
    /// When it does not run, or does not end in time.
    pub fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        let sent = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
        assert!(sent.is_ok_and(|s| s.success()), "the server has ended by itself\n{}", self.tail());
        let status = wait(&mut child, STOP);
        if status.is_none() {
            end(&mut child);
        }
        status.unwrap_or_else(|| panic!("SIGTERM did not end the server\n{}", self.tail()))
    }

    /// Kills the server (SIGKILL), as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child);
        }
    }

    /// What the server said about itself when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The engine it runs on.
    pub fn engine(&self) -> Engine {
        self.options.engine
    }

    /// A client with the demo administrator's token and organisation.
    ///
    /// # Panics
    ///
    /// When the server is not a demo.
    pub fn client(&self) -> Client {
        let (token, org) = (self.ready.text("token"), self.ready.text("orgId"));
        self.anonymous().with_login(token, org)
    }

    /// A client of the second organisation.
    ///
    /// # Panics
    ///
    /// When the server is not a demo.
    pub fn second_client(&self) -> Client {
        let (token, org) = (self.ready.text("secondToken"), self.ready.text("secondOrgId"));
        self.anonymous().with_login(token, org)
    }

    /// A client without token and organisation.
    pub fn anonymous(&self) -> Client {
        match &self.options.authority {
            Some(authority) => Client::encrypted(self.ready.base_url(), authority),
            None => Client::new(self.ready.base_url()),
        }
    }

    /// Where the server's certificate and its key lie, when it has them.
    pub fn certificate(&self) -> (PathBuf, PathBuf) {
        (self.dir.path().join("tls.pem"), self.dir.path().join("tls.key"))
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The URL of its `PostgreSQL` database, on that engine.
    pub fn database_url(&self) -> Option<String> {
        self.database.as_ref().map(Database::url)
    }

    /// Everything it has logged and printed so far.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.log_file()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A command of the program (`trackway <arguments>`) without inherited configuration.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary::trackway());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TRACKWAY_") {
                command.env_remove(name);
            }
        }
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }

    /// The arguments that lead a command to this server's data.
    pub fn storage_args(&self) -> Vec<String> {
        if let Some(args) = &self.shared {
            return args.clone();
        }
        let mut args = vec!["--data".to_owned(), self.data_dir().display().to_string()];
        args.extend(self.database_url().into_iter().flat_map(|url| ["--database-url".into(), url]));
        args
    }

    fn launch(&mut self) {
        let ready_file = self.dir.path().join("ready.json");
        remove(&ready_file);
        let log = File::options().create(true).append(true).open(self.log_file());
        let log = log.expect("the log can be written");
        let mut command = self.command();
        if let Some(signal) = self.options.ignore_signal {
            command = ignoring(signal, &command);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--ready-file"]).arg(&ready_file);
        command.args(self.storage_args());
        if self.options.demo {
            command.args(["--demo", "--seed", &self.options.seed.to_string()]);
        }
        if let Some(file) = self.configuration() {
            command.arg("--config").arg(file);
        }
        command.args(&self.options.args).envs(self.options.env.iter().cloned());
        command.stdout(log.try_clone().expect("a file can be shared")).stderr(log);
        self.child = Some(command.spawn().expect("the program under test starts"));
        let said = self.wait_until_ready(&ready_file);
        self.ready.update(&said);
    }

    /// Writes the configuration file, where one is wanted.
    fn configuration(&self) -> Option<PathBuf> {
        let mut text = self.options.config.clone();
        if let Some(authority) = &self.options.authority {
            let (certificate, key) = self.certificate();
            authority.issue(&certificate, &key);
            let (certificate, key) = (certificate.display(), key.display());
            text = format!("{text}\n[server.tls]\ncertificate = '{certificate}'\nkey = '{key}'\n");
        }
        if text.is_empty() {
            return None;
        }
        let file = self.dir.path().join("trackway.toml");
        fs::write(&file, text).expect("the configuration can be written");
        Some(file)
    }

    fn wait_until_ready(&mut self, file: &Path) -> Value {
        let deadline = Instant::now() + START;
        while Instant::now() < deadline {
            // Written atomically, so what is there is whole.
            if let Ok(text) = fs::read(file) {
                return serde_json::from_slice(&text).expect("the ready file is JSON");
            }
            let child = self.child.as_mut().expect("just started");
            if let Ok(Some(status)) = child.try_wait() {
                panic!("the server ended at its start: {status}\n{}", self.tail());
            }
            thread::sleep(POLL);
        }
        panic!("the server is not ready after {} s\n{}", START.as_secs(), self.tail())
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("server.log")
    }

    fn tail(&self) -> String {
        let log = self.log();
        let mut start = log.len().saturating_sub(SHOWN_LOG);
        while !log.is_char_boundary(start) {
            start += 1;
        }
        format!("--- end of the server's log ---\n{}", &log[start..])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("{}", self.tail());
        }
    }
}

fn folder() -> TempDir {
    let dir = tempfile::Builder::new().prefix("trackway-test-").tempdir();
    dir.expect("a temporary folder can be made")
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(POLL);
    }
    None
}

fn end(child: &mut Child) {
    // It may have ended by itself; either way it is gone afterwards.
    if child.kill().is_ok()
        && let Err(error) = child.wait()
    {
        eprintln!("waiting for the killed server: {error}");
    }
}

fn remove(file: &Path) {
    if file.exists() {
        fs::remove_file(file).expect("an old ready file can be removed");
    }
}

/// The same program through a shell that makes it ignore a signal; what is ignored stays so.
fn ignoring(signal: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' {signal}; exec \"$0\" \"$@\"")]).arg(command.get_program());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(dir) = command.get_current_dir() {
        shell.current_dir(dir);
    }
    shell.stdin(Stdio::null());
    shell
}
