//! Keys that password hashes are mixed with (oauth.md, PW-02), as an operator handles them.

use std::fs;

use trackway_tests::tables::Tables;
use trackway_tests::{Browser, Options, Server};

fn sign_in(server: &Server) -> u16 {
    let (login, password) = (server.ready().text("login"), server.ready().text("password"));
    let form = format!("login={login}&password={password}");
    Browser::new(server).post("/login", "/login", &form).status
}

/// Names of the keys that hashes in the database were made with, each once.
fn names(server: &Server) -> Vec<String> {
    let dump = Tables::of(server).dump();
    let parts = dump.split("keyid=").skip(1);
    let mut names: Vec<String> =
        parts.filter_map(|rest| Some(rest.split('$').next()?.to_owned())).collect();
    names.sort();
    names.dedup();
    names
}

/// PW-02, PW-03: a new key takes over as people sign in; a file without the old one lets nobody in, says
/// why, and does no harm.
#[test]
fn keys_are_replaced_one_by_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pepper");
    let (old, new, other) = ("0a".repeat(32), "0b".repeat(32), "0c".repeat(32));
    fs::write(&file, &old).expect("written");
    let args = vec!["--pepper-file".to_owned(), file.display().to_string()];
    let mut server = Server::start(&Options { args, ..Options::default() });
    assert_eq!(sign_in(&server), 303);
    let first = names(&server);
    assert_eq!(first.len(), 1);
    let mut again = |text: &str, status: u16| {
        server.stop();
        fs::write(&file, text).expect("written");
        server.restart();
        assert_eq!(sign_in(&server), status, "{text}");
        let log = server.log();
        assert!(!log.contains(&old) && !log.contains(&new), "keys are in the log");
        (names(&server), log)
    };
    let (renewed, log) = again(&format!("# the first\n{old}\n{new}\n"), 303);
    assert_eq!(renewed.len(), 2, "the others have not signed in yet");
    assert!(!log.contains("pepper_file lacks"));
    let (_, log) = again(&other, 403);
    assert!(log.contains("pepper_file lacks"), "{log}");
    again(&new, 303);
}

/// PW-02: a server that would let nobody in does not start.
#[test]
fn a_file_that_is_no_good_stops_the_start() {
    let server = Server::start(&Options { demo: false, ..Options::default() });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pepper");
    for (text, told) in [
        (None, "cannot read the pepper file"),
        (Some("# nothing"), "holds no key"),
        (Some("0a0b"), "line 1 of the pepper file"),
    ] {
        if let Some(text) = text {
            fs::write(&file, text).expect("written");
        }
        let mut command = server.command();
        command.args(["serve", "--check", "--data"]).arg(folder.path().join("data"));
        let output = command.arg("--pepper-file").arg(&file).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(told), "{said}");
    }
}
