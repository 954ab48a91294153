//! Applications that are named by the URL of a document about them (client ID metadata documents),
//! which the server fetches from a real web server of this test; and what it does not fetch (T-39).

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use trackway_tests::stand_in::{Asked, Said, StandIn};
use trackway_tests::tls::Authority;
use trackway_tests::{Browser, Options, Server};

const REDIRECT: &str = "http://127.0.0.1/cb";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A web server with documents, and a tracker that trusts its certificate.
struct Scene {
    server: Server,
    documents: StandIn,
    asked: Arc<AtomicUsize>,
    // The authority's certificate lies there as long as the server may read it.
    _folder: TempDir,
}

impl Scene {
    /// `allowed` are the networks that may be reached although they are not public.
    fn new(allowed: &str, answer: impl Fn(&Asked, u16) -> Said + Send + Sync + 'static) -> Self {
        let authority = Authority::new();
        let folder = tempfile::tempdir().expect("a folder");
        let trusted = folder.path().join("authority.pem");
        fs::write(&trusted, authority.pem()).expect("written");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let documents = StandIn::start(Some(&authority), move |request| {
            count.fetch_add(1, Ordering::Relaxed);
            let host = request.headers.get("host").cloned().unwrap_or_default();
            let port = host.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            answer(request, port.unwrap_or(443))
        });
        let server = Server::start(&Options {
            config: format!("[server.outgoing]\nprivate_networks = [{allowed}]\n"),
            env: vec![("SSL_CERT_FILE".to_owned(), trusted.display().to_string())],
            ..Options::default()
        });
        Self { server, documents, asked, _folder: folder }
    }

    fn id(&self, path: &str) -> String {
        format!("https://app.localhost:{}{path}", self.documents.port())
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn document(id: &str) -> Value {
    json!({"client_id": id, "client_name": "Desk robot", "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none"})
}

fn serve(asked: &Asked, port: u16) -> Said {
    let id = format!("https://app.localhost:{port}{}", asked.target);
    match asked.target.as_str() {
        "/client.json" => Said::json(&document(&id)),
        "/elsewhere.json" => Said::elsewhere(&format!("https://app.localhost:{port}/client.json")),
        "/liar.json" => Said::json(&document("https://app.localhost/other.json")),
        "/large.json" => Said::json(&json!({"client_id": id, "x": "y".repeat(100_000)})),
        "/page.json" => Said::new(200, "text/html", document(&id).to_string()),
        "/secret.json" => {
            let mut document = document(&id);
            document["client_secret"] = "x".into();
            Said::json(&document)
        }
        _ => Said::new(404, "application/json", "{}"),
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

fn authorize(id: &str) -> String {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER.as_bytes()));
    format!(
        "/authorize?response_type=code&client_id={}&redirect_uri={}&scope=tracker%3Aread&state=s\
         &code_challenge={challenge}&code_challenge_method=S256",
        encode(id),
        encode("http://127.0.0.1:4711/cb")
    )
}

/// The whole way of a program that nobody registered: consent, code, token, API.
#[test]
fn a_program_with_a_document_needs_no_registration() {
    let scene = Scene::new("'127.0.0.0/8'", serve);
    let id = scene.id("/client.json");
    let mut browser = Browser::sign_in(&scene.server);
    let question = browser.get(&authorize(&id)).expect(200).text();
    assert!(question.contains("Desk robot (app.localhost:"), "{question}");
    let target = browser.allow(&authorize(&id));
    assert!(target.starts_with("http://127.0.0.1:4711/cb?code="), "{target}");
    let code = target.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let form = format!(
        "grant_type=authorization_code&code={}&client_id={}&redirect_uri={}&code_verifier={VERIFIER}",
        code.expect("a code"),
        encode(&id),
        encode("http://127.0.0.1:4711/cb")
    );
    let client = scene.server.anonymous();
    let answer = client.bare("POST", "/token").body("application/x-www-form-urlencoded", form);
    let tokens = answer.send_unchecked().expect(200).json();
    assert_eq!((&tokens["scope"], &tokens["expires_in"]), (&json!("tracker:read"), &json!(3600)));
    let token = tokens["access_token"].as_str().expect("a token");
    let org = scene.server.ready().text("orgId");
    client.clone().with_login(token, org).get("/myself").send().expect(200);
    assert_eq!(scene.asked(), 1, "what is known is not fetched again for an hour");
}

/// T-39: an address that is not public is asked only where the settings say so.
#[test]
fn private_addresses_are_not_asked() {
    let scene = Scene::new("'10.0.0.0/8'", serve);
    let mut browser = Browser::sign_in(&scene.server);
    let page = browser.get(&authorize(&scene.id("/client.json"))).expect(400).text();
    assert!(page.contains("unauthorized_client"), "{page}");
    let port = scene.documents.port();
    for id in [
        format!("https://127.0.0.1:{port}/client.json"),
        format!("https://[::1]:{port}/client.json"),
        format!("https://localhost:{port}/client.json"),
        format!("https://0x7f.1:{port}/client.json"),
        format!("http://app.localhost:{port}/client.json"),
        format!("https://user@app.localhost:{port}/client.json"),
        format!("https://app.localhost:{port}/a/../client.json"),
    ] {
        browser.get(&authorize(&id)).expect(400);
    }
    assert_eq!(scene.asked(), 0);
}

/// T-39: no redirect is followed, and only a small JSON document that speaks of itself and keeps no
/// secret is believed.
#[test]
fn documents_that_cannot_be_believed_name_nobody() {
    let scene = Scene::new("'127.0.0.0/8'", serve);
    let mut browser = Browser::sign_in(&scene.server);
    let bad = ["/elsewhere", "/liar", "/large", "/page", "/secret", "/nothing"];
    for path in bad {
        let page = browser.get(&authorize(&scene.id(&format!("{path}.json")))).expect(400).text();
        assert!(page.contains("unauthorized_client"), "{path}: {page}");
    }
    assert_eq!(scene.asked(), bad.len(), "the redirect was not followed");
}
