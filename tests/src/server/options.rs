//! How a server is started, and what it says when it is ready.

use std::fmt;

use serde_json::{Map, Value};

use crate::database::{self, Database};
use crate::skip;
use crate::tls::Authority;

/// A storage engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// A file, the default.
    #[default]
    Sqlite,
    /// A server, see [`database`].
    Postgres,
}

impl Engine {
    /// The engines that tests can run on here. A missing `PostgreSQL` is skipped loudly.
    ///
    /// # Panics
    ///
    /// When `PostgreSQL` is missing and skipping is forbidden.
    pub fn available() -> Vec<Self> {
        let mut engines = vec![Self::Sqlite];
        if Database::server_url().is_some() {
            engines.push(Self::Postgres);
        } else {
            let hint = format!("set {} to the URL that scripts/pg prints", database::ENV);
            skip::skip("PostgreSQL", &hint);
        }
        engines
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it stores.
    pub engine: Engine,
    /// Whether it makes the demo company.
    pub demo: bool,
    /// The demo's seed.
    pub seed: u64,
    /// More arguments of `trackway serve`.
    pub args: Vec<String>,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// A signal that the program must ignore, as `trap` names it.
    pub ignore_signal: Option<&'static str>,
    /// A configuration file (TOML); empty for none.
    pub config: String,
    /// Serve by TLS, with a certificate of this authority.
    pub authority: Option<Authority>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            engine: Engine::Sqlite,
            demo: true,
            seed: 1,
            args: Vec::new(),
            env: Vec::new(),
            ignore_signal: None,
            config: String::new(),
            authority: None,
        }
    }
}

/// The ready file: `baseUrl`, and in demo mode `orgId`, `cloudOrgId`, `token`, `login`,
/// `password`, `secondOrgId`, `secondToken` and more.
#[derive(Debug, Clone, Default)]
pub struct Ready(Map<String, Value>);

impl Ready {
    /// `http://host:port`.
    ///
    /// # Panics
    ///
    /// When the ready file does not tell it.
    pub fn base_url(&self) -> &str {
        self.text("baseUrl").trim_end_matches('/')
    }

    /// A text member.
    ///
    /// # Panics
    ///
    /// When there is none of this name.
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        let value = self.0.get(name).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("the ready file has no {name}"))
    }

    pub(super) fn update(&mut self, said: &Value) {
        self.0.extend(said.as_object().cloned().expect("the ready file is an object"));
    }
}
