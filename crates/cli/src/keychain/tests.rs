//! Keychains that are scripts: what the real programs are given, and what they answer.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::*;

/// A keychain whose program is this script, in a folder of its own.
fn keychain(name: &str, tool: Tool, script: &str) -> (Keychain, PathBuf) {
    let folder =
        std::env::temp_dir().join(format!("trackway-keychain-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let program = folder.join("tool");
    fs::write(&program, format!("#!/bin/sh\ncd '{}'\n{script}", folder.display()))
        .expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    (Keychain { tool, program, limit: Duration::from_secs(10) }, folder)
}

fn tokens() -> Tokens {
    Tokens { access_token: "y0_secret".to_owned(), ..Tokens::default() }
}

#[test]
fn a_secret_service_is_asked_without_secrets_in_the_line() {
    let script = "echo \"$*\" >>lines\ncase $1 in\nstore) cat >kept;;\n\
        lookup) cat kept 2>/dev/null;;\nclear) rm -f kept;;\nesac\n";
    let (keychain, folder) = keychain("service", Tool::SecretTool, script);
    assert_eq!(keychain.load("ann@host").expect("it answers"), None);
    keychain.save("ann@host", &tokens()).expect("kept");
    assert_eq!(keychain.load("ann@host").expect("it answers"), Some(tokens()));
    keychain.remove("ann@host").expect("forgotten");
    assert_eq!(keychain.load("ann@host").expect("it answers"), None);
    let lines = fs::read_to_string(folder.join("lines")).expect("it was asked");
    assert!(lines.contains("store --label=Trackway: ann@host service trackway account ann@host\n"));
    let secret = BASE64.encode(&serde_json::to_vec(&tokens()).expect("JSON"));
    assert!(!lines.contains("y0_secret") && !lines.contains(&secret), "{lines}");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn macos_reads_its_orders_from_a_pipe() {
    let script = "echo \"$*\" >>lines\ncase $1 in\n-i) cat >orders;;\n\
        find-generic-password) sed -n \"s/.*-w '\\(.*\\)'/\\1/p\" orders 2>/dev/null | grep . || exit 44;;\n\
        delete-generic-password) rm orders 2>/dev/null || exit 44;;\nesac\n";
    let (keychain, folder) = keychain("macos", Tool::Security, script);
    assert_eq!(keychain.load("ann@host").expect("it answers"), None);
    keychain.save("ann@host", &tokens()).expect("kept");
    let orders = fs::read_to_string(folder.join("orders")).expect("it was asked");
    assert!(
        orders.starts_with("add-generic-password -U -s trackway -a 'ann@host' -w '"),
        "{orders}"
    );
    assert_eq!(keychain.load("ann@host").expect("it answers"), Some(tokens()));
    keychain.remove("ann@host").expect("forgotten");
    keychain.remove("ann@host").expect("nothing there is fine");
    assert!(keychain.save("ann' -w 'x", &tokens()).is_err(), "an account is no order");
    let long = Tokens { access_token: "x".repeat(LONGEST_LINE), ..Tokens::default() };
    assert!(keychain.save("ann@host", &long).is_err(), "it would be cut");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn an_entry_that_is_not_given_out_is_locked() {
    let script = "case $1 in\nlookup) exit 1;;\nsearch) echo '[/1]';;\nesac\n";
    let (keychain, folder) = keychain("closed", Tool::SecretTool, script);
    let error = keychain.load("ann@host").expect_err("it is locked");
    assert_eq!(error.to_string(), "it is locked");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_keychain_that_is_silent_or_broken_is_an_error() {
    let (mut keychain, folder) = keychain("locked", Tool::SecretTool, "exec sleep 60\n");
    keychain.limit = Duration::from_millis(200);
    let began = Instant::now();
    let error = keychain.load("ann@host").expect_err("it is locked");
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(began.elapsed() < Duration::from_secs(30), "nobody waits for it");
    fs::remove_dir_all(folder).expect("removed");
    let script = "echo 'secret-tool: no such service' >&2; exit 1\n";
    let (keychain, folder) = self::keychain("broken", Tool::SecretTool, script);
    for failed in
        [keychain.load("a").map(drop), keychain.save("a", &tokens()), keychain.remove("a")]
    {
        let error = failed.expect_err("there is no service");
        assert!(error.to_string().contains("no such service"), "{error}");
    }
    fs::remove_dir_all(folder).expect("removed");
}
