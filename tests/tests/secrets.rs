//! No secret in logs, metrics, errors or the database (oauth.md, ID-04; T-22, T-23): recognisable
//! secrets go through every flow, good and bad ones, and are then looked for everywhere.

use std::collections::BTreeMap;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use serde_json::{Value, json};
use trackway_tests::tables::Tables;
use trackway_tests::{Answer, Application, Browser, Client, Server, on_each_engine};

const REDIRECT: &str = "https://app.example.net/cb";
const PASSWORD: &str = "canary-pässword-4711";

/// Secrets by what they are.
#[derive(Default)]
struct Canaries(BTreeMap<String, String>);

impl Canaries {
    fn keep(&mut self, what: &str, secret: &str) -> String {
        assert!(secret.len() > 12, "{what} is too short to be looked for: {secret}");
        self.0.insert(what.to_owned(), secret.to_owned());
        secret.to_owned()
    }

    /// None of them is in a text, however written.
    #[track_caller]
    fn absent(&self, place: &str, text: &str) {
        for (what, secret) in &self.0 {
            let bytes = secret.as_bytes();
            let url: String = bytes
                .iter()
                .map(|b| match b {
                    b if b.is_ascii_alphanumeric() || b"-._~".contains(b) => {
                        char::from(*b).to_string()
                    }
                    b => format!("%{b:02X}"),
                })
                .collect();
            for (form, written) in [
                ("as it is", secret.clone()),
                ("in base64", BASE64.encode(bytes).trim_end_matches('=').to_owned()),
                ("in base64url", BASE64URL_NOPAD.encode(bytes)),
                ("in hex", HEXLOWER.encode(bytes)),
                ("in hex", HEXUPPER.encode(bytes)),
                ("for a URL", url),
                ("in JSON", json!(secret).to_string().trim_matches('"').to_owned()),
            ] {
                assert!(!text.contains(&written), "{what} is in {place}, {form}");
            }
        }
    }
}

fn form(client: &Client, path: &str, body: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    client.bare("POST", path).body(kind, body).send_unchecked()
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}")).to_owned()
}

/// Code, tokens, refresh, IAM token, device, revocation, with mistakes on the way.
fn applications(server: &Server, browser: &mut Browser, canaries: &mut Canaries) {
    let client = server.anonymous();
    let app = Application::register(server, &["--redirect-uri", REDIRECT]);
    let secret = canaries.keep("client secret", app.secret.as_deref().expect("a secret"));
    let own = format!("client_id={}&client_secret={secret}", app.id);
    let authorize = format!(
        "/authorize?response_type=code&client_id={}&state=canary-state-of-the-application",
        app.id
    );
    let target = browser.allow(&authorize);
    let code = target.split("code=").nth(1).and_then(|rest| rest.split('&').next());
    let code = canaries.keep("code", code.expect("a code"));
    let grant = format!("{own}&grant_type=authorization_code&code={code}");
    let tokens = form(&client, "/token", &grant).expect(200).json();
    let access = canaries.keep("access token", &text(&tokens, "access_token"));
    let refresh = canaries.keep("refresh token", &text(&tokens, "refresh_token"));
    let again = format!("{own}&grant_type=refresh_token&refresh_token={refresh}");
    let renewed = form(&client, "/token", &again).expect(200).json();
    let access2 = canaries.keep("second access token", &text(&renewed, "access_token"));
    canaries.keep("second refresh token", &text(&renewed, "refresh_token"));
    let iam = client
        .bare("POST", "/iam/v1/tokens")
        .json(&json!({"yandexPassportOauthToken": access2}))
        .send_unchecked()
        .expect(200)
        .json();
    let iam = canaries.keep("IAM token", &text(&iam, "iamToken"));
    let org = server.ready().text("orgId");
    for token in [&access2, &iam] {
        client.clone().with_login(token, org).get("/myself").send().expect(200);
    }
    // In places where they do not belong.
    for path in [
        format!("/v3/myself?access_token={access}"),
        format!("/v3/issues/{access}"),
        format!("/info?oauth_token={access}"),
        format!("/device?user_code={refresh}"),
        format!("/nowhere/{iam}"),
        format!("/login?next=/{access}"),
        format!("/login/reset/{access}"),
        format!("/invite/{access}"),
    ] {
        client.bare("GET", &path).send_unchecked();
        client.clone().with_login(&access2, org).bare("GET", &path).send_unchecked();
    }
    let member = client.clone().with_login(&access2, org);
    member.post("/issues").json(&json!({"queue": access, "summary": "x"})).send_unchecked();
    for path in [format!("/token?code={code}"), format!("/revoke_token?token={access}")] {
        form(&client, &path, &own).expect(400);
    }
    form(&client, "/token", &again).expect(400);
    form(&client, "/token", &grant).expect(400);
    form(&client, "/token", &format!("{grant}&x={}", "y".repeat(20_000))).expect(413);
    client
        .bare("POST", "/iam/v1/tokens")
        .body("application/json", format!("[\"{iam}\""))
        .send_unchecked();
    let device = form(&client, "/device/code", &own).expect(200).json();
    let device = canaries.keep("device code", &text(&device, "device_code"));
    form(&client, "/token", &format!("{own}&grant_type=device_code&code={device}")).expect(400);
    let basic = BASE64.encode(format!("{}:{secret}", app.id).as_bytes());
    let basic = client.clone().with_header("Authorization", &format!("Basic {basic}"));
    form(&basic, "/revoke_token", &format!("token={access2}")).expect(200);
}

/// A new password, and sessions that it opened.
fn account(server: &Server, canaries: &mut Canaries) -> Browser {
    let (login, old) = (server.ready().text("userLogin"), server.ready().text("password"));
    canaries.keep("password", PASSWORD);
    let new = "canary-p%C3%A4ssword-4711";
    let mut browser = Browser::new(server);
    let mut sign_in = |login: &str, password: &str| {
        browser.cookies.clear();
        browser.post("/login", "/login", &format!("login={login}&password={password}"))
    };
    sign_in(login, old).expect(303);
    let page = "/settings/security/password";
    browser.post(page, page, &format!("current={old}&password={new}")).expect(303);
    let mut sign_in = |login: &str, password: &str| {
        browser.cookies.clear();
        browser.post("/login", "/login", &format!("login={login}&password={password}"))
    };
    // Typed into the wrong field.
    assert_eq!(sign_in(new, new).status / 100, 4);
    sign_in(login, new).expect(303);
    let session = browser.cookies["sid"].clone();
    canaries.keep("session", &session);
    browser
}

/// PW-09; T-22, T-23; S-6749-02.
#[test]
fn secrets_are_nowhere_but_with_their_owners() {
    on_each_engine(|server| {
        let mut canaries = Canaries::default();
        let mut browser = account(server, &mut canaries);
        applications(server, &mut browser, &mut canaries);
        let metrics = server.anonymous().bare("GET", "/metrics").send_unchecked();
        canaries.absent("the metrics", &metrics.text());
        canaries.absent("the log", &server.log());
        let dump = Tables::of(server).dump();
        assert!(dump.contains(server.ready().text("login")), "the dump holds the database");
        canaries.absent("the database", &dump);
        let audit = server.client().get("/audit?perPage=1000").send().expect(200);
        canaries.absent("the audit log", &audit.text());
    });
}
