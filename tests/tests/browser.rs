//! A real browser on the pages: the walk of a new team from the first start to the first call,
//! every page against the rules of accessibility, and attacks from other sites. Needs Chromium with
//! its driver, and the Python environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use trackway_tests::{Engine, Options, Server, paths, python, skip};

#[test]
fn the_pages_work_in_a_browser() {
    let Some(python) = python::interpreter() else { return };
    let browser = ["chromium", "google-chrome"].into_iter().find_map(found);
    if browser.is_none() || found("chromedriver").is_none() {
        let hint = "install Chromium and its driver (Debian: chromium chromium-driver)";
        skip::skip("Chromium", hint);
        return;
    }
    for engine in Engine::available() {
        let demo = Server::start(&Options { engine, ..Options::default() });
        let fresh = Server::start(&Options { engine, demo: false, ..Options::default() });
        assert!(run(&python, &demo, &fresh), "the browser tests fail on {engine}, see above");
    }
}

fn run(python: &Path, demo: &Server, fresh: &Server) -> bool {
    let code = std::fs::read_to_string(fresh.data_dir().join("setup-key"));
    let code = code.expect("a fresh server keeps its set-up code in a file");
    let ready = demo.ready();
    let status = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", "--tb=short"])
        .arg(paths::root().join("tests/browser"))
        .current_dir(paths::root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("TRACKWAY_BASE_URL", ready.base_url())
        .env("TRACKWAY_LOGIN", ready.text("login"))
        .env("TRACKWAY_USER_LOGIN", ready.text("userLogin"))
        .env("TRACKWAY_PASSWORD", ready.text("password"))
        .env("TRACKWAY_ORG_ID", ready.text("orgId"))
        .env("TRACKWAY_CLOUD_ORG_ID", ready.text("cloudOrgId"))
        .env("TRACKWAY_SETUP_URL", fresh.ready().base_url())
        .env("TRACKWAY_SETUP_CODE", code.trim())
        .status()
        .expect("python starts");
    status.success()
}

/// A program of the search path.
fn found(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
