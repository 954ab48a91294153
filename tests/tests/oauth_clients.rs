//! OAuth clients that know nothing of this server but its address (oauth.md, section 3), unmodified
//! from their registries, by TLS and on both engines: Authlib and requests-oauthlib in Python,
//! openid-client and simple-oauth2 in JavaScript. Their tests play the person in the browser by
//! posting the forms of the pages.

use std::fs;
use std::process::Command;

use trackway_tests::tls::Authority;
use trackway_tests::{Application, Options, Server, node, on_each_engine_with, paths, python};

const WEB: [&str; 2] = ["--redirect-uri", "https://app.example.net/cb"];
const NATIVE: [&str; 3] = ["--public", "--redirect-uri", "http://127.0.0.1/cb"];
const STRICT: [&str; 2] = ["--profile", "strict"];

/// A server with an application of each kind, which `command` is told of by its environment.
fn tell(server: &Server, command: &mut Command) {
    let kinds: [(&str, &[&str], &[&str]); 3] =
        [("STRICT", &WEB, &STRICT), ("COMPATIBLE", &WEB, &[]), ("PUBLIC", &NATIVE, &STRICT)];
    for (name, kind, profile) in kinds {
        let app = Application::register(server, &[kind, profile].concat());
        command.env(format!("TRACKWAY_{name}_ID"), &app.id);
        command.env(format!("TRACKWAY_{name}_SECRET"), app.secret.unwrap_or_default());
    }
    let ready = server.ready();
    command
        .current_dir(paths::root())
        .env("TRACKWAY_BASE_URL", ready.base_url())
        .env("TRACKWAY_LOGIN", ready.text("login"))
        .env("TRACKWAY_PASSWORD", ready.text("password"))
        .env("TRACKWAY_ORG_ID", ready.text("orgId"));
}

/// Runs what `command` makes of a file with the authority's certificate, on each engine.
fn on_servers(command: impl Fn(&str) -> Command) {
    let authority = Authority::new();
    let options = Options { authority: Some(authority.clone()), ..Options::default() };
    on_each_engine_with(&options, |server| {
        let trusted = server.data_dir().with_file_name("authority.pem");
        fs::write(&trusted, authority.pem()).expect("written");
        let mut command = command(&trusted.display().to_string());
        tell(server, &mut command);
        let status = command.status().expect("the interpreter starts");
        assert!(status.success(), "tests of clients fail on {}, see above", server.engine());
    });
}

#[test]
fn clients_in_python_work() {
    let Some(python) = python::interpreter() else { return };
    on_servers(|trusted| {
        let mut command = Command::new(&python);
        command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"]);
        command.arg(paths::root().join("tests/python/oauth"));
        command.arg("--rootdir").arg(paths::root().join("tests/python/oauth"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("REQUESTS_CA_BUNDLE", trusted);
        command
    });
}

#[test]
fn clients_in_javascript_work() {
    let Some(folder) = node::folder() else { return };
    on_servers(|trusted| {
        let mut command = Command::new("node");
        command.arg("--test").arg(folder.join("openid-client.test.mjs"));
        command.arg(folder.join("simple-oauth2.test.mjs"));
        command.env("NODE_EXTRA_CA_CERTS", trusted);
        command
    });
}
