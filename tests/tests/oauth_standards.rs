//! Rows of the standards checklist (oauth.md, section 3) and of the API's way in (section 5) that no
//! client of a library performs: what must be refused, and how exactly.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use trackway_tests::{Answer, Application, Browser, Client, Options, Server};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn form(client: &Client, path: &str, body: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    client.bare("POST", path).body(kind, body).send_unchecked()
}

fn pkce() -> String {
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(VERIFIER.as_bytes()));
    format!("&code_challenge={challenge}&code_challenge_method=S256")
}

fn web(server: &Server) -> Application {
    Application::register(server, &["--redirect-uri", "https://app.example.net/cb"])
}

fn authorize(app: &Application, more: &str) -> String {
    format!("/authorize?response_type=code&client_id={}{more}", app.id)
}

/// The error that an application is told of.
#[track_caller]
fn told(answer: Answer) -> String {
    let answer = answer.expect(303);
    let target = answer.header("location").expect("an address").to_owned();
    let error = target.split("error=").nth(1).unwrap_or_else(|| panic!("no error in {target}"));
    error.split('&').next().expect("a name").to_owned()
}

fn tokens(server: &Server, browser: &mut Browser, app: &Application, more: &str) -> Value {
    let target = browser.allow(&authorize(app, &format!("{more}{}", pkce())));
    let code = target.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let secret = app.secret.as_ref().map(|s| format!("&client_secret={s}")).unwrap_or_default();
    let body = format!(
        "grant_type=authorization_code&client_id={}{secret}&code={}&code_verifier={VERIFIER}",
        app.id,
        code.expect("a code")
    );
    form(&server.anonymous(), "/token", &body).expect(200).json()
}

/// AZ-01, AZ-10, AZ-13; S-6749-04, S-6749-05, S-6749-07.
#[test]
fn the_authorization_request_is_read_by_the_book() {
    let server = Server::start(&Options::default());
    let app = web(&server);
    let stranger = Browser::new(&server).get(&authorize(&app, "&state=x")).expect(303);
    let login = stranger.header("location").expect("an address");
    assert!(login.starts_with("/login?next=%2Fauthorize"), "{login}");
    let mut browser = Browser::sign_in(&server);
    let asks = |answer: Answer| {
        let page = answer.expect(200).text();
        assert!(page.contains("Example") && page.contains("app.example.net"), "{page}");
        assert!(page.contains("Reading information from Tracker"), "{page}");
    };
    asks(browser.get(&authorize(&app, "")));
    // The same as a form, from wherever; it decides nothing.
    browser.site = "cross-site";
    let body = authorize(&app, "").split_once('?').expect("parameters").1.to_owned();
    asks(browser.request("POST", "/authorize", Some(&body)));
    browser.site = "same-origin";
    asks(browser.get(&authorize(&app, "&unknown=1&unknown=2&scope=&prompt=none")));
    for name in ["scope", "state", "response_type", "code_challenge"] {
        let twice = authorize(&app, &format!("&{name}=a&{name}=a"));
        assert_eq!(told(browser.get(&twice)), "invalid_request", "{name}");
    }
    for name in ["client_id", "redirect_uri"] {
        let twice = authorize(&app, &format!("&{name}=a&{name}=a"));
        assert_eq!(browser.get(&twice).expect(400).header("location"), None, "{name}");
    }
    assert_eq!(told(browser.get(&authorize(&app, "&scope=openid"))), "invalid_scope");
    let unknown = format!("/authorize?response_type=id_token&client_id={}", app.id);
    assert_eq!(told(browser.get(&unknown)), "unsupported_response_type");
    let tv = Application::register(&server, &[]);
    browser.get(&authorize(&tv, "")).expect(400);
    browser.request("PUT", "/authorize", None).expect(405);
}

/// S-8252-01 to S-8252-04, S-7636-03; S-9700-03.
#[test]
fn native_applications_prove_themselves_and_ask_every_time() {
    let server = Server::start(&Options::default());
    let uris = ["--redirect-uri", "http://127.0.0.1/cb", "--redirect-uri", "com.example.app:/cb"];
    let app = Application::register(&server, &[&uris[..], &["--public"]].concat());
    let mut browser = Browser::sign_in(&server);
    assert_eq!(told(browser.get(&authorize(&app, ""))), "invalid_request");
    let plain = format!("&code_challenge={VERIFIER}&code_challenge_method=plain");
    assert_eq!(told(browser.get(&authorize(&app, &plain))), "invalid_request");
    let at = |uri: &str| authorize(&app, &format!("&redirect_uri={uri}{}", pkce()));
    for _ in 0..2 {
        let target = browser.allow(&at("http%3A%2F%2F127.0.0.1%3A50123%2Fcb"));
        assert!(target.starts_with("http://127.0.0.1:50123/cb?code="), "{target}");
    }
    let target = browser.allow(&at("com.example.app%3A%2Fcb"));
    assert!(target.starts_with("com.example.app:/cb?code="), "{target}");
    for wrong in [
        "http%3A%2F%2F127.0.0.1%3A50123%2Fother",
        "http%3A%2F%2Flocalhost%3A50123%2Fcb",
        "https%3A%2F%2F127.0.0.1%3A50123%2Fcb",
        "http%3A%2F%2F127.0.0.1%3A50123%2Fcb%3Fx%3D1",
        "com.example.app.evil%3A%2Fcb",
    ] {
        browser.get(&at(wrong)).expect(400);
    }
}

/// S-6749-11, S-6750-02, S-6750-03, S-6750-05, S-9700-16; API-20: what a token opens, and how it may
/// be presented.
#[test]
fn tokens_open_what_they_say_and_only_in_the_header() {
    let server = Server::start(&Options::default());
    let app = Application::register(
        &server,
        &[
            "--redirect-uri",
            "https://app.example.net/cb",
            "--scope",
            "tracker:read tracker:write login:info",
        ],
    );
    let mut browser = Browser::sign_in(&server);
    let narrow = tokens(&server, &mut browser, &app, "&scope=tracker%3Aread");
    assert_eq!(narrow["scope"], "tracker:read");
    let (org, read) = (server.ready().text("orgId"), narrow["access_token"].as_str().expect("one"));
    let client = server.anonymous();
    let reader = client.clone().with_login(read, org);
    reader.get("/myself").send().expect(200);
    let refused = reader.post("/queues").json(&serde_json::json!({})).send().expect(403);
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains(r#"error="insufficient_scope""#), "{challenge}");
    assert!(challenge.contains(r#"scope="tracker:write""#), "{challenge}");
    let profile = tokens(&server, &mut browser, &app, "&scope=login%3Ainfo");
    let profile = profile["access_token"].as_str().expect("one");
    client.clone().with_login(profile, org).get("/myself").send().expect(403);
    let nobody = client.clone().with_header("X-Org-ID", org);
    for name in ["access_token", "oauth_token", "token"] {
        let path = format!("/v3/myself?{name}={read}");
        nobody.bare("GET", &path).send_unchecked().expect(401);
        form(&nobody, "/v3/issues/_search", &format!("{name}={read}")).expect(401);
    }
    let silent = nobody.get("/myself").send().expect(401);
    assert_eq!(silent.header("www-authenticate"), Some(r#"Bearer realm="tracker""#), "S-6750-04");
    let twice = reader.get("/myself").header("Authorization", format!("Bearer {read}"));
    twice.send().expect(400);
}

/// API-15 to API-17, API-25 to API-28: refused tokens look alike, whatever is wrong with them, and
/// nothing is told about paths to those who are nobody.
#[test]
fn refused_credentials_look_alike() {
    let server = Server::start(&Options::default());
    let app = web(&server);
    let mut browser = Browser::sign_in(&server);
    let given = tokens(&server, &mut browser, &app, "");
    let text = |name: &str| given[name].as_str().expect("a token").to_owned();
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    let secret = app.secret.as_deref().expect("a secret");
    let revoke = format!("client_id={}&client_secret={secret}&token={access}", app.id);
    form(&server.anonymous(), "/revoke_token", &revoke).expect(200);
    let org = server.ready().text("orgId");
    let unknown = "y0__FFYLcHGXw8lM9mLOBuQr-6nFx-LGfF4ZPQ6pNHPvdY0iRf9d";
    let tokens = [access.as_str(), &refresh, unknown, "y0_short", "x", "t1.x.y", &app.id];
    let answers: Vec<(u16, String, Option<String>)> = tokens
        .iter()
        .map(|token| {
            let client = server.anonymous().with_login(token, org);
            let answer = client.get("/myself").send();
            let challenge = answer.header("www-authenticate").map(str::to_owned);
            (answer.status, answer.text(), challenge)
        })
        .collect();
    assert_eq!(answers[0].0, 401);
    assert_eq!(answers[0].2.as_deref(), Some(r#"Bearer realm="tracker", error="invalid_token""#));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    for path in ["/v3/myself", "/v3/nothing/at/all", "/v2/issues/NONE-1"] {
        server.anonymous().bare("GET", path).send_unchecked().expect(401);
    }
    server.client().bare("GET", "/v3/nothing/at/all").send_unchecked().expect(404);
}

/// S-7662-01, S-7662-02, S-7009-01: nobody asks about tokens, or ends them, without being known.
#[test]
fn tokens_are_discussed_with_their_applications_only() {
    let server = Server::start(&Options::default());
    let (app, other) = (web(&server), web(&server));
    let mut browser = Browser::sign_in(&server);
    let given = tokens(&server, &mut browser, &app, "");
    let access = given["access_token"].as_str().expect("a token");
    let client = server.anonymous();
    form(&client, "/introspect", &format!("token={access}")).expect(401);
    form(&client, "/introspect", &format!("token={access}&client_id={}", app.id)).expect(401);
    let own = |app: &Application| {
        format!("client_id={}&client_secret={}", app.id, app.secret.as_deref().expect("a secret"))
    };
    for (who, token) in [(&other, access), (&app, "y0_unknown")] {
        let told = form(&client, "/introspect", &format!("{}&token={token}", own(who)));
        assert_eq!(told.expect(200).text(), r#"{"active":false}"#);
    }
    assert_eq!(form(&client, "/revoke_token", &format!("token={access}")).status, 400);
    form(&client, "/revoke_token", &format!("{}&token={access}", own(&other))).expect(200);
    let told = form(&client, "/introspect", &format!("{}&token={access}", own(&app)));
    assert_eq!(told.expect(200).json()["active"], true, "another's revocation does nothing");
}
