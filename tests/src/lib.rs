//! The harness of the tests that run the real program: it starts `trackway` on an engine, talks
//! HTTP to it, and holds every answer against the contract in `contract/openapi.json`.
//!
//! ```no_run
//! use trackway_tests::on_each_engine;
//!
//! on_each_engine(|server| {
//!     let me = server.client().get("/myself").send().expect(200).json();
//!     assert!(me["login"].is_string());
//! });
//! ```
//!
//! Everything here panics when something is wrong: it is only ever called from tests.

mod application;
pub mod binary;
mod browser;
pub mod contract;
pub mod crawl;
pub mod database;
pub mod http;
pub mod ldap;
pub mod node;
pub mod paths;
pub mod python;
pub mod server;
pub mod session;
pub mod skip;
pub mod stand_in;
pub mod tables;
pub mod tls;
pub mod totp;

pub use application::Application;
pub use browser::Browser;
pub use http::{Answer, Client};
pub use server::{Engine, Options, Ready, Server};

/// Runs `test` on a fresh demo server for each engine: `SQLite` always, `PostgreSQL` when
/// `TRACKWAY_TEST_PG` names a server (otherwise that half is skipped, see [`skip`]).
///
/// # Panics
///
/// When a server does not start, or when `test` panics.
pub fn on_each_engine(test: impl Fn(&Server)) {
    on_each_engine_with(&Options::default(), |server| test(server));
}

/// As [`on_each_engine`], with other options and with the right to stop and restart the server.
///
/// # Panics
///
/// As [`on_each_engine`].
pub fn on_each_engine_with(options: &Options, test: impl Fn(&mut Server)) {
    for engine in Engine::available() {
        eprintln!("engine: {engine}");
        let mut server = Server::start(&Options { engine, ..options.clone() });
        test(&mut server);
    }
}
