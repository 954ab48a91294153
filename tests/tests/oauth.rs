//! The endpoints of the authorization server on the real program: forms, statuses, headers, exact
//! bodies (oauth.md, sections 1 and 2). Flows with a person in them are run by foreign clients, see
//! `oauth_clients.rs`.

use serde_json::{Value, json};
use trackway_tests::{Answer, Application, Client, Options, Server};

/// An application that is told at `https://app.example.net/cb`.
fn app(server: &Server, more: &[&str]) -> Application {
    let redirect = ["--redirect-uri", "https://app.example.net/cb"];
    Application::register(server, &[&redirect, more].concat())
}

fn form(client: &Client, path: &str, body: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    client.bare("POST", path).body(kind, body).send_unchecked()
}

#[track_caller]
fn fault(answer: Answer, status: u16) -> String {
    let answer = answer.expect(status);
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    assert_eq!(answer.header("pragma"), Some("no-cache"), "{answer}");
    let body = answer.json();
    let members: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["error", "error_description"], "GN-06");
    let description = body["error_description"].as_str().expect("a text");
    assert!(description.bytes().all(|b| (32..127).contains(&b) && b != b'"' && b != b'\\'));
    body["error"].as_str().expect("a text").to_owned()
}

/// S-8414-01, S-9207-01, RFC 9728.
#[test]
fn the_metadata_name_endpoints_that_answer() {
    let server = Server::start(&Options::default());
    let client = server.anonymous();
    let answer = client.bare("GET", "/.well-known/oauth-authorization-server").send_unchecked();
    let answer = answer.expect(200);
    assert_eq!(answer.header("cache-control"), Some("max-age=3600"));
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
    let document = answer.json();
    let base = server.ready().base_url();
    assert_eq!(document["issuer"], base);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    let members = document.as_object().expect("an object");
    for (name, url) in members.iter().filter(|(name, _)| name.ends_with("_endpoint")) {
        let path = url.as_str().and_then(|url| url.strip_prefix(base)).expect("one of ours");
        let status = client.bare("GET", path).send_unchecked().status;
        assert_ne!(status, 404, "{name}");
    }
    for suffix in ["", "/mcp"] {
        let path = format!("/.well-known/oauth-protected-resource{suffix}");
        let document = client.bare("GET", &path).send_unchecked().expect(200).json();
        assert_eq!(document["resource"], format!("{base}{suffix}"));
        assert_eq!(document["authorization_servers"], json!([base]));
    }
    client.bare("GET", "/.well-known/openid-configuration").send_unchecked().expect(404);
}

/// GN-01 to GN-06, CA-01 to CA-09; S-6749-02, S-6749-10, S-6749-19, S-6749-20, S-9700-06.
#[test]
fn requests_that_are_wrong_are_told_how() {
    let server = Server::start(&Options::default());
    let client = server.anonymous();
    let app = app(&server, &[]);
    let secret = app.secret.as_deref().expect("a secret");
    let own = format!("client_id={}&client_secret={secret}", app.id);
    let get = client.bare("GET", "/token").send_unchecked().expect(405);
    assert_eq!(get.header("allow"), Some("POST, OPTIONS"));
    let post = |body: &str| form(&client, "/token", body);
    let typed = client.bare("POST", "/token").body("application/json", "{}").send_unchecked();
    assert_eq!(fault(typed, 400), "invalid_request");
    assert_eq!(fault(client.bare("POST", "/token").send_unchecked(), 400), "invalid_request");
    assert_eq!(fault(post(""), 400), "invalid_request");
    assert_eq!(fault(post(&own), 400), "invalid_request");
    assert_eq!(fault(post(&format!("{own}&{own}")), 400), "invalid_request");
    assert_eq!(fault(post("grant_type=%FF&client_id=x"), 400), "invalid_request");
    assert_eq!(fault(post(&format!("{own}&grant_type=password")), 400), "unsupported_grant_type");
    let code = "grant_type=authorization_code&code=abc";
    assert_eq!(fault(post(&format!("{own}&{code}")), 400), "invalid_grant");
    assert_eq!(fault(post(&format!("{code}&client_id={}", app.id)), 400), "invalid_client");
    assert_eq!(fault(post(&format!("{code}&client_id=nobody")), 400), "invalid_client");
    let query = format!("/token?client_secret={secret}");
    assert_eq!(fault(form(&client, &query, code), 400), "invalid_request");
    let harmless = format!("/token?client_id={}", app.id);
    let stray = form(&client, &harmless, &format!("{own}&{code}"));
    assert_eq!(fault(stray, 400), "invalid_grant", "a stray id in the address is ignored");
    for header in ["Basic !!!", "Bearer x", "Basic YTpi"] {
        let basic = client.clone().with_header("Authorization", header);
        let answer = form(&basic, "/token", code);
        let asked = answer.header("www-authenticate").unwrap_or_default().to_owned();
        assert!(asked.starts_with("Basic realm="), "{header}: {asked}");
        assert_eq!(fault(answer, 401), "invalid_client", "{header}");
    }
    let large = format!("{own}&grant_type=x&code={}", "a".repeat(20_000));
    assert_eq!(post(&large).status, 413);
    let log = server.log();
    assert!(!log.contains(secret), "a secret in the log");
}

/// DF-01; S-8628-01, S-8628-02.
#[test]
fn a_device_begins_and_waits() {
    let server = Server::start(&Options::default());
    let client = server.anonymous();
    let tv = app(&server, &["--public"]);
    assert!(tv.secret.is_none());
    let answer = form(&client, "/device/code", &format!("client_id={}", tv.id)).expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let told = answer.json();
    let page = format!("{}/device", server.ready().base_url());
    for name in ["verification_url", "verification_uri"] {
        assert_eq!(told[name], page.as_str(), "{name}");
    }
    assert_eq!((&told["expires_in"], &told["interval"]), (&json!(600), &json!(5)));
    let code = told["device_code"].as_str().expect("a code");
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
    let poll = format!("grant_type={grant}&device_code={code}&client_id={}", tv.id);
    assert_eq!(fault(form(&client, "/token", &poll), 400), "authorization_pending");
    let short = format!("grant_type=device_code&code={code}&client_id={}", tv.id);
    assert_eq!(fault(form(&client, "/token", &short), 400), "slow_down");
    assert!(!server.log().contains(code), "a secret in the log");
}

/// 2.9; S-6750-01, S-6750-04, S-9700-09.
#[test]
fn the_holder_of_a_token_is_told_whose_it_is() {
    let server = Server::start(&Options::default());
    let token = server.ready().text("token");
    let client = server.anonymous();
    for scheme in ["OAuth", "Bearer"] {
        let asking = client.clone().with_header("Authorization", &format!("{scheme} {token}"));
        let told = asking.bare("GET", "/info?format=json").send_unchecked().expect(200).json();
        assert_eq!(told["login"], server.ready().text("login"));
        assert!(told["psuid"].as_str().is_some_and(|id| id.starts_with("1.")));
        let xml = asking.bare("GET", "/info?format=xml").send_unchecked().expect(200);
        assert!(xml.text().contains("<user>"));
        assert_eq!(
            fault(asking.bare("GET", "/info?format=x").send_unchecked(), 400),
            "invalid_request"
        );
        assert_eq!(
            fault(asking.bare("GET", "/info?format=jwt").send_unchecked(), 400),
            "invalid_request"
        );
    }
    let nobody = client.bare("GET", "/info").send_unchecked();
    assert_eq!(nobody.header("www-authenticate"), Some(r#"Bearer realm="login""#));
    assert_eq!(fault(nobody, 401), "invalid_token");
    let query = format!("/info?oauth_token={token}");
    assert_eq!(fault(client.bare("GET", &query).send_unchecked(), 401), "invalid_token");
    // The demo prints its token once, for people; the log of requests must not have it.
    let told = server.log();
    let mut logged = told.lines().filter(|line| line.contains("trackway_server"));
    assert!(!logged.any(|line| line.contains(token)), "a token in the log");
}

/// IM-01 to IM-06, RV-08: made, used, revoked, and refused from that moment on.
#[test]
fn iam_tokens_open_the_api_until_they_are_revoked() {
    let server = Server::start(&Options::default());
    let client = server.anonymous();
    let token = server.ready().text("token");
    let ask = |body: &Value| {
        client.bare("POST", "/iam/v1/tokens").body("text/plain", body.to_string()).send_unchecked()
    };
    let made = ask(&json!({"yandexPassportOauthToken": token})).expect(200).json();
    let iam = made["iamToken"].as_str().expect("a token");
    assert!(made["expiresAt"].as_str().is_some_and(|at| at.len() == 30 && at.ends_with('Z')));
    let org = server.ready().text("cloudOrgId");
    let api = client
        .clone()
        .with_header("Authorization", &format!("Bearer {iam}"))
        .with_header("X-Cloud-Org-ID", org);
    api.get("/myself").send().expect(200);
    let wrong = ask(&json!({"yandexPassportOauthToken": "y0_wrong"})).expect(401).json();
    assert_eq!(
        wrong,
        json!({"code": 16, "message": "OAuth token is invalid or expired", "details": []})
    );
    ask(&json!({})).expect(400);
    ask(&json!([])).expect(400);
    let revoke = |client: &Client, token: &str| {
        let body = json!({"iamToken": token}).to_string();
        client.bare("POST", "/iam/v1/tokens:revoke").body("application/json", body).send_unchecked()
    };
    revoke(&client, iam).expect(401);
    let subject = revoke(&api, iam).expect(200).json();
    assert!(subject["subjectId"].is_string());
    api.get("/myself").send().expect(401);
    assert!(!server.log().contains(iam), "a token in the log");
}

/// GN-08; S-9700-07.
#[test]
fn scripts_of_registered_origins_may_call() {
    let server = Server::start(&Options::default());
    app(&server, &["--origin", "https://web.example.net"]);
    let preflight = |path: &str, origin: &str| {
        let client = server.anonymous().with_header("Origin", origin);
        let answer = client.bare("OPTIONS", path).send_unchecked().expect(204);
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    let known = "https://web.example.net";
    assert_eq!(preflight("/token", known).as_deref(), Some(known));
    assert_eq!(preflight("/token", "https://evil.example"), None);
    assert_eq!(preflight("/introspect", known), None);
}

/// HO-02; T-37.
#[test]
fn foreign_hosts_are_not_served() {
    let server = Server::start(&Options::default());
    let client = server.anonymous();
    for path in ["/token", "/.well-known/oauth-authorization-server", "/info"] {
        let request = client.bare("GET", path).header("Host", "evil.example");
        assert_eq!(request.send_unchecked().status, 421, "{path}");
    }
}
