//! Attacks of the threat table (oauth.md, section 8) that need the real program; docs/security.md
//! tells where the others are.

use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use trackway_tests::tables::Tables;
use trackway_tests::{Answer, Application, Browser, Client, Options, Server, on_each_engine};

const REDIRECT: &str = "https://app.example.net/cb";

/// An application with tokens of the demo's administrator.
struct Given<'s> {
    server: &'s Server,
    app: Application,
    tokens: Value,
}

fn form(client: &Client, path: &str, body: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    client.bare("POST", path).body(kind, body).send_unchecked()
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(value.to_owned())
}

impl<'s> Given<'s> {
    fn new(server: &'s Server, browser: &mut Browser) -> Self {
        let app = Application::register(server, &["--redirect-uri", REDIRECT]);
        let mut given = Self { server, app, tokens: Value::Null };
        let target = browser.allow(&given.authorize(""));
        let code = parameter(&target, "code").expect("a code");
        let body = format!("{}&grant_type=authorization_code&code={code}", given.own());
        given.tokens = form(&server.anonymous(), "/token", &body).expect(200).json();
        given
    }

    fn authorize(&self, more: &str) -> String {
        format!("/authorize?response_type=code&client_id={}{more}", self.app.id)
    }

    fn own(&self) -> String {
        let secret = self.app.secret.as_deref().expect("a secret");
        format!("client_id={}&client_secret={secret}", self.app.id)
    }

    fn token(&self, name: &str) -> &str {
        self.tokens[name].as_str().expect("a token")
    }

    fn is_good(&self) -> bool {
        let org = self.server.ready().text("orgId");
        let client = self.server.anonymous().with_login(self.token("access_token"), org);
        client.get("/myself").send().status == 200
    }

    fn refresh(&self) -> Answer {
        let refresh = self.token("refresh_token");
        let body = format!("{}&grant_type=refresh_token&refresh_token={refresh}", self.own());
        form(&self.server.anonymous(), "/token", &body)
    }
}

/// T-44; GN-09, RV-05, S-7009-04: while the storage fails nothing is reported as done, and nothing
/// is half done.
#[test]
fn what_the_storage_refuses_is_not_reported_as_done() {
    on_each_engine(|server| {
        let mut browser = Browser::sign_in(server);
        let mut given = Given::new(server, &mut browser);
        let mut tables = Tables::of(server);
        let failed = |answer: Answer| {
            let answer = answer.expect(503);
            assert!(answer.header("retry-after").is_some(), "{answer}");
            assert_eq!(answer.json()["error"], "temporarily_unavailable");
        };
        let revoke = format!("{}&token={}", given.own(), given.token("access_token"));
        tables.break_at("token", "DELETE");
        failed(form(&server.anonymous(), "/revoke_token", &revoke));
        assert!(given.is_good(), "not revoked, and not said to be");
        let page = "/settings/applications";
        assert!(browser.get(page).expect(200).text().contains("Example"));
        let everywhere = browser.post("/settings/sessions", "/settings/sessions/everywhere", "");
        assert!(everywhere.status >= 500, "{everywhere}");
        assert!(given.is_good());
        tables.mend("token");
        // No new pair, and the old refresh token is not used up.
        tables.break_at("refresh_token", "INSERT");
        failed(given.refresh());
        tables.mend("refresh_token");
        given.tokens = given.refresh().expect(200).json();
        assert!(given.is_good());
        tables.break_at("auth_code", "INSERT");
        let question = browser.get(&given.authorize("&force_confirm=yes")).expect(200).text();
        let decided = browser.decide(&question, "/authorize/decision", "allow");
        assert!(decided.status >= 500 && decided.header("location").is_none(), "{decided}");
        tables.mend("auth_code");
        let revoke = format!("{}&token={}", given.own(), given.token("access_token"));
        form(&server.anonymous(), "/revoke_token", &revoke).expect(200);
        assert!(!given.is_good());
    });
}

/// T-36; S-6749-14: what an application sends cannot become a header, and `state` comes back as it
/// was.
#[test]
fn nothing_that_is_sent_becomes_a_header() {
    let server = Server::start(&Options::default());
    let mut browser = Browser::sign_in(&server);
    let given = Given::new(&server, &mut browser);
    let states = [
        "%0D%0ASet-Cookie%3A%20x%3Dy",
        "%0ALocation%3A%20https%3A%2F%2Fevil.example",
        "%D1%8F%F0%9F%8F%B4",
        "a%2Bb%20c%26d%3De%25",
        "%00%1B%5B31m",
    ];
    let plain = |state: &str| BASE64URL_NOPAD.encode(state.replace("%20", "+").as_bytes());
    for state in states {
        let asked = given.authorize(&format!("&force_confirm=yes&state={state}"));
        let question = browser.get(&asked).expect(200);
        let answer = browser.decide(&question.text(), "/authorize/decision", "allow").expect(303);
        let target = answer.header("location").expect("an address").to_owned();
        let back = parameter(&target, "state").expect("the state");
        assert_eq!(plain(&back), plain(state));
        assert!(answer.headers.iter().all(|(name, value)| {
            !value.contains("x=y") && !value.starts_with("https://evil") && name.is_ascii()
        }));
    }
    let long = "s".repeat(1024);
    let target = browser.allow(&given.authorize(&format!("&state={long}")));
    assert_eq!(parameter(&target, "state"), Some(long));
}

/// T-09; S-9700-11: a code that was stolen, or planted, is of no use in another session.
#[test]
fn a_code_of_another_session_is_refused() {
    let server = Server::start(&Options::default());
    let mut browser = Browser::sign_in(&server);
    let given = Given::new(&server, &mut browser);
    let challenge = |verifier: &str| {
        let hash = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
        format!("&code_challenge={hash}&code_challenge_method=S256")
    };
    let (victim, attacker) = ("v".repeat(43), "a".repeat(43));
    let stolen = browser.allow(&given.authorize(&challenge(&victim)));
    let stolen = parameter(&stolen, "code").expect("a code");
    let exchange = |code: &str, more: &str| {
        let body = format!("{}&grant_type=authorization_code&code={code}{more}", given.own());
        form(&server.anonymous(), "/token", &body)
    };
    exchange(&stolen, &format!("&code_verifier={attacker}")).expect(400);
    exchange(&stolen, &format!("&code_verifier={victim}")).expect(400);
    // Without PKCE the binding to the address of the answer is left.
    let stolen = browser.allow(&given.authorize(""));
    let stolen = parameter(&stolen, "code").expect("a code");
    exchange(&stolen, "&redirect_uri=https%3A%2F%2Fevil.example%2Fcb").expect(400);
}

/// BF-05, S-8628-03, S-8628-04.
///
/// T-18, T-19; DF-05 to DF-07: a link fills the code in and sends nothing, the page asks whether one
/// began this oneself, and guessing ends soon, also with the right code.
#[test]
fn the_page_for_devices_is_no_trap_and_no_oracle() {
    let server = Server::start(&Options::default());
    let mut browser = Browser::sign_in(&server);
    let tv = Application::register(&server, &["--public"]);
    let client = server.anonymous();
    let begin =
        || form(&client, "/device/code", &format!("client_id={}", tv.id)).expect(200).json();
    let begun = begin();
    let code = begun["user_code"].as_str().expect("a code").to_owned();
    let page = browser.get(&format!("/device?user_code={code}")).expect(200).text();
    assert!(page.contains(&code) && page.contains("<form") && !page.contains("decision"), "{page}");
    let question = browser.post("/device", "/device", &format!("user_code={code}")).expect(200);
    assert!(question.text().contains("did you start this yourself"), "{question}");
    let begun = begin();
    let code = begun["user_code"].as_str().expect("a code");
    for guess in ["BBBB-BBBB", "CCCC-CCCC", "DDDD-DDDD", "FFFF-FFFF", "GGGG-GGGG"] {
        let wrong = browser.post("/device", "/device", &format!("user_code={guess}"));
        assert!(wrong.text().contains("The code is wrong"), "{wrong}");
    }
    let right = browser.post("/device", "/device", &format!("user_code={code}"));
    assert!(right.text().contains("The code is wrong"), "locked looks like wrong: {right}");
}

/// A number of KiB that Linux tells of a process; none elsewhere.
fn memory(server: &Server, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid()?)).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// T-27; PW-04: many sign-ins at once take their turns, and others are served meanwhile. The process
/// grows by the memory of one hash a core and by what connections cost, not by that of every hash.
#[test]
fn many_sign_ins_at_once_exhaust_nothing() {
    const MANY: usize = 200;
    /// KiB of one hash, and of everything else.
    const HASH: u64 = 19_456;
    const ELSE: u64 = 100 << 10;
    let server = Server::start(&Options::default());
    let client = server.client();
    client.get("/myself").send().expect(200);
    let before = memory(&server, "VmRSS");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let attempt = |n: usize| {
            let mut browser = Browser::new(&server);
            let fields = format!("login=nobody{n}&password=wrong-password");
            browser.post("/login", "/login", &fields).status
        };
        let running: Vec<_> = (0..MANY).map(|n| scope.spawn(move || attempt(n))).collect();
        for _ in 0..20 {
            client.get("/myself").send().expect(200);
        }
        running.into_iter().map(|one| one.join().expect("answered")).collect()
    });
    assert!(statuses.iter().all(|status| [403, 422, 429, 503].contains(status)), "{statuses:?}");
    if let (Some(before), Some(most)) = (before, memory(&server, "VmHWM")) {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let bound = HASH * u64::try_from(cores).expect("few") + ELSE;
        let grown = most.saturating_sub(before);
        assert!(grown <= bound, "{grown} KiB more, of {bound} allowed");
    }
}

/// RV-08: a revocation by one process is heard by another of the same database long before it would
/// ask again by itself.
#[test]
fn a_revocation_reaches_other_processes_at_once() {
    let config = "[server.limits]\ntoken_seconds = 3600\n".to_owned();
    let options = Options { config, ..Options::default() };
    for engine in trackway_tests::Engine::available() {
        let server = Server::start(&Options { engine, ..options.clone() });
        let client = server.client();
        client.get("/myself").send().expect(200);
        // The command line is another process.
        let mut command = server.command();
        command.arg("admin").args(server.storage_args());
        command.args(["token", "revoke", "--login", server.ready().text("login")]);
        assert!(command.output().expect("the program starts").status.success());
        let deadline = Instant::now() + Duration::from_secs(60);
        while client.get("/myself").send().status != 401 {
            assert!(Instant::now() < deadline, "the token is still good on {engine}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// T-31; API-05 to API-08, API-18, API-19: the headers name one organisation that the user is in, or
/// the request is refused, without telling why.
#[test]
fn organisation_headers_lead_to_one_organisation_or_none() {
    let server = Server::start(&Options::default());
    let ready = server.ready();
    let (own, cloud, other) =
        (ready.text("orgId"), ready.text("cloudOrgId"), ready.text("secondOrgId"));
    let client = server.client().without_header("X-Org-ID");
    let table: [(&[(&str, &str)], u16); 16] = [
        (&[("X-Org-ID", own)], 200),
        (&[("x-org-id", own)], 200),
        (&[("X-Cloud-Org-ID", cloud)], 200),
        (&[("X-Org-ID", own), ("X-Cloud-Org-ID", cloud)], 200),
        (&[("X-Org-ID", "not provided"), ("X-Cloud-Org-ID", cloud)], 200),
        (&[("X-Org-ID", ""), ("X-Cloud-Org-ID", cloud)], 200),
        (&[], 403),
        (&[("X-Org-ID", "not provided")], 403),
        (&[("X-Org-ID", cloud)], 403),
        (&[("X-Cloud-Org-ID", own)], 403),
        (&[("X-Org-ID", other)], 403),
        (&[("X-Org-ID", "0")], 403),
        (&[("X-Org-ID", "999999999999999999999")], 403),
        (&[("X-Org-ID", "1 OR 1=1")], 403),
        (&[("X-Org-ID", own), ("X-Org-ID", own)], 400),
        (&[("X-Cloud-Org-ID", cloud), ("X-Cloud-Org-ID", cloud)], 400),
    ];
    let mut refusals = Vec::new();
    for (headers, status) in table {
        let request = headers.iter().fold(client.get("/myself"), |r, (n, v)| r.header(n, v));
        let answer = request.send_unchecked();
        assert_eq!(answer.status, status, "{headers:?}: {answer}");
        if status == 403 {
            refusals.push(answer.text());
        }
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:?}");
}
