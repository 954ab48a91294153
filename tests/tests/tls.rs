//! TLS of the server itself, and a proxy in front of it (oauth.md, HO-05, HO-06; T-37, T-38).

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use trackway_tests::tls::Authority;
use trackway_tests::{Browser, Client, Options, Server, on_each_engine_with, python};

/// How long a new certificate may take to be noticed; the server looks every ten seconds.
const PATIENCE: Duration = Duration::from_secs(90);

fn encrypted() -> Options {
    Options { authority: Some(Authority::new()), ..Options::default() }
}

/// The certificate that the server shows a client who trusts `authority`.
fn shown(server: &Server, authority: &Authority) -> Vec<u8> {
    let address = server.ready().base_url().trim_start_matches("https://").to_owned();
    let stream = TcpStream::connect(&address).expect("the server listens");
    let connection = authority.connect("127.0.0.1", stream).expect("a handshake");
    let chain = connection.conn.peer_certificates().expect("a certificate");
    chain.first().expect("the server's own").to_vec()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// API, authorization server and pages by TLS, with addresses that say so.
#[test]
fn everything_is_served_by_tls() {
    on_each_engine_with(&encrypted(), |server| {
        let base = server.ready().base_url().to_owned();
        assert!(base.starts_with("https://"), "{base}");
        let me = server.client().get("/myself").send().expect(200).json();
        assert!(me["self"].as_str().is_some_and(|url| url.starts_with(&base)), "{me}");
        let metadata = "/.well-known/oauth-authorization-server";
        let document = server.anonymous().bare("GET", metadata).send_unchecked().expect(200).json();
        assert_eq!(document["issuer"], base.as_str());
        let mut browser = Browser::sign_in(server);
        assert!(browser.cookies.contains_key("__Host-sid"), "SE-01");
        let page = browser.get("/").expect(200);
        assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
        // A client that does not know the authority refuses.
        let stream = TcpStream::connect(base.trim_start_matches("https://")).expect("it listens");
        Authority::new().connect("127.0.0.1", stream).expect_err("nobody vouches for it");
    });
}

/// The official client with nothing but the authority's certificate.
#[test]
fn the_official_python_client_comes_by_tls() {
    let Some(python) = python::interpreter() else { return };
    let options = encrypted();
    let server = Server::start(&options);
    let trusted = server.data_dir().with_file_name("authority.pem");
    fs::write(&trusted, options.authority.as_ref().expect("one").pem()).expect("written");
    let ready = server.ready();
    let script = "import os, sys; from yandex_tracker_client import TrackerClient as T; \
         base, token, org = sys.argv[1:]; \
         print(T(base_url=base, token=token, org_id=org).myself.login)";
    let output = Command::new(python)
        .args(["-c", script, ready.base_url(), ready.text("token"), ready.text("orgId")])
        .env("REQUESTS_CA_BUNDLE", &trusted)
        .output()
        .expect("python starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.trim(), ready.text("login"), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A renewed certificate is taken without a restart, and one that cannot be used is left alone.
#[test]
fn a_new_certificate_is_taken_while_the_server_runs() {
    let options = encrypted();
    let server = Server::start(&options);
    let authority = options.authority.as_ref().expect("one");
    let (certificate, key) = server.certificate();
    let first = shown(&server, authority);
    authority.issue(&certificate, &key);
    until("the new certificate", || shown(&server, authority) != first);
    let second = shown(&server, authority);
    fs::write(&certificate, "not a certificate").expect("written");
    until("a word about it", || server.log().contains("the new certificate cannot be used"));
    assert_eq!(shown(&server, authority), second);
    server.client().get("/myself").send().expect(200);
    authority.issue(&certificate, &key);
    until("the next certificate", || shown(&server, authority) != second);
}

/// HO-05; T-38: whoever comes to the encrypted port in the clear is told so, and nothing is done.
#[test]
fn plain_requests_to_the_encrypted_port_are_told_where_to_go() {
    let server = Server::start(&encrypted());
    let base = server.ready().base_url().to_owned();
    let plain = Client::new(&base.replace("https://", "http://"));
    let page = plain.bare("GET", "/login?next=%2F").send_unchecked().expect(301);
    assert_eq!(page.header("location"), Some(format!("{base}/login?next=%2F").as_str()));
    let (token, org) = (server.ready().text("token"), server.ready().text("orgId"));
    let member = plain.clone().with_login(token, org);
    let answer = member.bare("GET", "/v3/myself").send_unchecked().expect(400);
    assert_eq!(answer.json()["errorMessages"][0], "HTTPS is required");
    let form = plain.bare("POST", "/token").body("application/x-www-form-urlencoded", "a=b");
    form.send_unchecked().expect(400);
    // An untrusted peer cannot talk itself out of it.
    let claimed = member.with_header("X-Forwarded-Proto", "https");
    claimed.bare("GET", "/v3/myself").send_unchecked().expect(400);
    let foreign = plain.bare("GET", "/login").header("Host", "evil.example");
    assert_eq!(foreign.send_unchecked().status, 421);
}

/// HO-03, HO-05, HO-06: what a trusted proxy says of the request counts, by the older headers and
/// by RFC 7239; nobody else is heard.
#[test]
fn a_trusted_proxy_speaks_for_its_clients() {
    let config = "[server]\ntrusted_proxies = ['127.0.0.1']\n\
         public_url = 'https://tracker.example.org'\n";
    let options = Options { config: config.to_owned(), demo: false, ..Options::default() };
    let server = Server::start(&options);
    let port = listening_port(&server);
    let proxy = Client::new(&format!("http://127.0.0.1:{port}"));
    let proxy = proxy.with_header("Host", "tracker.example.org");
    let standard = proxy.clone().with_header("Forwarded", "for=203.0.113.9;proto=https");
    let older = proxy
        .clone()
        .with_header("X-Forwarded-For", "203.0.113.9")
        .with_header("X-Forwarded-Proto", "https");
    for client in [standard, older] {
        let page = client.bare("GET", "/setup").send_unchecked().expect(200);
        assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
        assert!(page.headers.iter().any(|(_, value)| value.starts_with("__Host-")), "{page}");
        client.bare("GET", "/v3/myself").send_unchecked().expect(401);
    }
    // The client of the proxy came in the clear.
    for (name, value) in [("Forwarded", "proto=http"), ("X-Forwarded-Proto", "http")] {
        let client = proxy.clone().with_header(name, value);
        let page = client.bare("GET", "/setup").send_unchecked().expect(301);
        assert_eq!(page.header("location"), Some("https://tracker.example.org/setup"));
        client.bare("GET", "/v3/myself").send_unchecked().expect(400);
    }
}

/// The port of a server that tells its public address only.
fn listening_port(server: &Server) -> u16 {
    let end = Instant::now() + PATIENCE;
    let line = loop {
        let log = server.log();
        if let Some(line) = log.lines().find(|line| line.contains("answering requests")) {
            break line.to_owned();
        }
        assert!(Instant::now() < end, "no line about the address:\n{log}");
        std::thread::sleep(Duration::from_millis(20));
    };
    let rest = line.split("127.0.0.1:").nth(1).expect("an address");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a port")
}

/// A certificate without its key stops the start, with a word about it.
#[test]
fn half_a_pair_is_no_pair() {
    let server = Server::start(&Options::default());
    let config = server.data_dir().with_file_name("half.toml");
    fs::write(&config, "[server.tls]\ncertificate = '/nowhere.pem'\n").expect("written");
    let folder = server.data_dir().with_file_name("other");
    let output = start(&server, &config, &folder);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("tls.certificate and tls.key belong together"), "{told}");
}

fn start(server: &Server, config: &Path, folder: &Path) -> std::process::Output {
    let mut command = server.command();
    command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(config);
    command.arg("--data").arg(folder).output().expect("the program starts")
}
