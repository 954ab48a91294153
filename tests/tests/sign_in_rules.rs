//! Rules of signing in and of the way to a token (oauth.md) that need the real program and that no
//! attack, no client and no browser shows by itself.

use std::time::{Duration, Instant};

use serde_json::json;
use trackway_tests::tables::Tables;
use trackway_tests::{Answer, Application, Browser, Client, Options, Server, on_each_engine};

fn form(client: &Client, path: &str, body: &str) -> Answer {
    let kind = "application/x-www-form-urlencoded";
    client.bare("POST", path).body(kind, body).send_unchecked()
}

/// What the program prints for `trackway admin`.
fn admin(server: &Server, arguments: &[&str]) -> String {
    let mut command = server.command();
    command.arg("admin").args(server.storage_args()).args(arguments);
    let output = command.output().expect("the program starts");
    let failure = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {failure}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// Asks until the answer is wanted; the program may need a moment.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "{what} does not happen");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn own(app: &Application) -> String {
    format!("client_id={}&client_secret={}", app.id, app.secret.as_deref().expect("a secret"))
}

fn code_of(url: &str) -> String {
    let (_, rest) = url.split_once("code=").unwrap_or_else(|| panic!("no code in {url}"));
    rest.split('&').next().expect("a code").to_owned()
}

/// HO-01, API-03, API-31: each of our host names stands for every part, and both kinds of
/// tokens come under both schemes. API-10: `Accept-Language` changes words and nothing else.
#[test]
fn every_host_and_scheme_is_good_for_every_part() {
    let server = Server::start(&Options::default());
    let (token, org) = (server.ready().text("token"), server.ready().text("orgId"));
    let client = server.anonymous();
    let made = client
        .bare("POST", "/iam/v1/tokens")
        .json(&json!({ "yandexPassportOauthToken": token }))
        .send_unchecked()
        .expect(200)
        .json();
    let iam = made["iamToken"].as_str().expect("a token");
    let own = client.authority();
    for host in [own, "api.tracker.yandex.net", "oauth.yandex.ru", "login.yandex.ru"] {
        for (scheme, token) in
            [("OAuth", token), ("bearer", token), ("OAUTH", iam), ("Bearer", iam)]
        {
            let by = client.clone().with_header("Authorization", &format!("{scheme} {token}"));
            let by = by.with_header("X-Org-ID", org).with_header("Host", host);
            let me = by.get("/myself").send().expect(200).json();
            assert_eq!(me["login"], server.ready().text("login"), "{host} {scheme}");
            let url = me["self"].as_str().expect("an address");
            assert!(url.starts_with(&format!("http://{host}/")), "{url}");
        }
        let at = client.clone().with_header("Host", host);
        form(&at, "/token", "grant_type=x").expect(400);
        form(&at, "/device/code", "client_id=x").expect(400);
        at.bare("GET", "/.well-known/oauth-authorization-server").send_unchecked().expect(200);
    }
    let message = |lang: &str| {
        let client = server.client().with_header("Accept-Language", lang);
        let body = client.get("/issues/NOSUCHQUEUE-1").send().expect(404).json();
        assert_eq!(body["statusCode"], 404);
        body["errorMessages"][0].as_str().expect("a message").to_owned()
    };
    let (english, russian) = (message("en"), message("ru"));
    assert!(english.is_ascii() && !russian.is_ascii(), "{english} / {russian}");
}

/// VC-01 to VC-04, UI-06, GN-07: a code for a program that nothing can be sent to is shown to the
/// person, with whose it is, and typed in by hand.
#[test]
fn a_code_is_shown_and_typed_in() {
    let server = Server::start(&Options::default());
    let page = format!("{}/verification_code", server.ready().base_url());
    let app = Application::register(&server, &["--redirect-uri", &page]);
    let mut browser = Browser::sign_in(&server);
    let ask = format!("/authorize?response_type=code&client_id={}", app.id);
    let target = browser.allow(&ask);
    let path = target.strip_prefix(server.ready().base_url()).expect("our own page").to_owned();
    let code = code_of(&target);
    assert_eq!(code.len(), 16, "{target}");
    let groups: Vec<&str> =
        (0..16).step_by(4).map(|at| code.get(at..at + 4).expect("four")).collect();
    let answer = browser.get(&path).expect(200);
    let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
    for part in
        ["default-src 'none'", "connect-src 'none'", "form-action 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let text = answer.text();
    assert!(text.contains(&groups.join(" ")) && text.contains("Example"), "{text}");
    assert!(text.contains("Good for, minutes"), "{text}");
    // Whose code it is, is nobody else's business.
    let stranger = Browser::new(&server).get(&path).expect(200).text();
    assert!(stranger.contains(&groups.join(" ")) && !stranger.contains("Example"), "{stranger}");
    let refused = browser.get("/verification_code?error=access_denied").expect(200).text();
    assert!(refused.contains("No access was given"), "{refused}");
    let token = browser.get("/verification_code").expect(200).text();
    assert!(token.contains("Whoever knows this token acts as you"), "{token}");
    let typed = groups.join("-").to_lowercase();
    let body = format!("{}&grant_type=authorization_code&code=+{typed}", own(&app));
    form(&server.anonymous(), "/token", &body).expect(200);
    let used = browser.get(&path).expect(200).text();
    assert!(!used.contains("Good for, minutes"), "it is used up: {used}");
}

/// DF-08, UI-07: after the decision the page has nothing to give away.
#[test]
fn a_page_for_a_device_shows_no_token() {
    let server = Server::start(&Options::default());
    let tv = Application::register(&server, &["--public"]);
    let mut browser = Browser::sign_in(&server);
    for (decision, words) in [("allow", "Access is allowed"), ("deny", "close this page")] {
        let begun = form(&server.anonymous(), "/device/code", &format!("client_id={}", tv.id));
        let begun = begun.expect(200).json();
        let code = begun["user_code"].as_str().expect("a code");
        let question = browser.post("/device", "/device", &format!("user_code={code}"));
        let question = question.expect(200).text();
        let done = browser.decide(&question, "/device/decision", decision).expect(200).text();
        assert!(done.contains("You may close this page") && done.contains(words), "{done}");
        assert!(!done.contains("y0_") && !done.contains("r0_"), "{done}");
    }
}

/// SE-04, AP-03: what matters is asked for again, some time after the sign-in.
#[test]
fn what_matters_needs_a_fresh_proof() {
    on_each_engine(|server| {
        let org = server.ready().text("orgId").to_owned();
        let app = Application::register(server, &["--redirect-uri", "https://app.example.net/cb"]);
        let mut browser = Browser::sign_in(server);
        let token = Browser::token(&browser.get("/client/new").expect(200).text());
        Tables::of(server).run("UPDATE account_session SET proven_at = 0");
        let pages = [
            "/client/new".to_owned(),
            format!("/client/{}/edit", app.id),
            format!("/client/{}/secret", app.id),
            format!("/client/{}/delete", app.id),
            "/settings/security/codes".to_owned(),
            "/settings/security/passkeys".to_owned(),
            format!("/admin/orgs/{org}/edit"),
            format!("/admin/orgs/{org}/members/invite"),
            "/admin/applications".to_owned(),
            "/admin/audit".to_owned(),
        ];
        for path in &pages {
            let answer = browser.get(path).expect(303);
            let target = answer.header("location").unwrap_or_default();
            assert!(target.starts_with("/login/confirm"), "{path}: {target}");
        }
        let form = format!("csrf={token}&name=Late");
        for path in ["/client/new", &format!("/client/{}/delete", app.id)] {
            let late = browser.request("POST", path, Some(&form));
            assert!(late.status == 303, "{path}: {late}");
            let target = late.header("location").unwrap_or_default();
            assert!(target.starts_with("/login/confirm"), "{path}: {target}");
        }
        browser.get(&format!("/client/{}", app.id)).expect(200);
        let password = server.ready().text("password");
        let proof = format!("password={password}");
        browser.post("/login/confirm", "/login/confirm", &proof).expect(303);
        for path in &pages {
            browser.get(path).expect(200);
        }
    });
}

/// AZ-11, TK-10, TK-16, SE-07; API-16: whoever has left gets nothing any more, neither for what was
/// begun before.
#[test]
fn whoever_left_gets_nothing() {
    on_each_engine(|server| {
        let ready = server.ready();
        let org = ready.text("orgId").to_owned();
        let app = Application::register(server, &["--redirect-uri", "https://app.example.net/cb"]);
        let mut admin_browser = Browser::sign_in(server);
        let mut user = Browser::new(server);
        let form_text =
            format!("login={}&password={}", ready.text("userLogin"), ready.text("password"));
        user.post("/login", "/login", &form_text).expect(303);
        let ask = format!("/authorize?response_type=code&client_id={}", app.id);
        let exchange = |code: &str| {
            let body = format!("{}&grant_type=authorization_code&code={code}", own(&app));
            form(&server.anonymous(), "/token", &body)
        };
        let tokens = exchange(&code_of(&user.allow(&ask))).expect(200).json();
        let access = tokens["access_token"].as_str().expect("a token");
        let client = server.anonymous().with_login(access, &org);
        let me = client.get("/myself").send().expect(200).json();
        let waiting = code_of(&user.allow(&ask));
        let page = format!("/admin/orgs/{org}/members/{}", me["uid"]);
        admin_browser.post(&page, &format!("{page}/dismiss"), "").expect(303);
        let refused = exchange(&waiting).expect(400);
        assert_eq!(refused.json()["error"], "invalid_grant");
        let refresh = tokens["refresh_token"].as_str().expect("a token");
        let body = format!("{}&grant_type=refresh_token&refresh_token={refresh}", own(&app));
        form(&server.anonymous(), "/token", &body).expect(400);
        client.get("/myself").send().expect(401);
        let answer = user.get(&ask).expect(303);
        let target = answer.header("location").unwrap_or_default();
        assert!(target.starts_with("/login"), "no answer to the application: {target}");
    });
}

/// API-09: a token reaches every organisation of its person, unless its application is limited.
/// S-9700-14: what names an application never looks like what names a person.
#[test]
fn a_token_reaches_the_organisations_of_its_person() {
    on_each_engine(|server| {
        let ready = server.ready();
        let (first, second) = (ready.text("orgId"), ready.text("secondOrgId"));
        let app = Application::register(server, &["--redirect-uri", "https://app.example.net/cb"]);
        let mut browser = Browser::sign_in(server);
        let ask = format!("/authorize?response_type=code&client_id={}", app.id);
        let code = code_of(&browser.allow(&ask));
        let body = format!("{}&grant_type=authorization_code&code={code}", own(&app));
        let tokens = form(&server.anonymous(), "/token", &body).expect(200).json();
        let access = tokens["access_token"].as_str().expect("a token");
        let asked = format!("{}&token={access}", own(&app));
        let told = form(&server.anonymous(), "/introspect", &asked).expect(200).json();
        let subject = told["sub"].as_str().expect("a number");
        assert!(subject.len() == 16 && subject.bytes().all(|b| b.is_ascii_digit()), "{subject}");
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        assert!(app.id.len() == 32 && app.id.bytes().all(hex), "{}", app.id);

        let at = |org: &str| {
            let client = server.anonymous().with_login(access, org);
            client.get("/myself").send_unchecked().status
        };
        assert_eq!((at(first), at(second)), (200, 403));
        let login = ready.text("login");
        let add = ["user", "add", "--login", login, "--level", "full", "--organization", second];
        admin(server, &add);
        until("the second membership", || at(second) == 200);
        assert_eq!(at(first), 200);
        let scope = ["token", "create", "--login", login, "--scope", "admin:oauth"];
        let administrator = server.anonymous().with_login(&admin(server, &scope), first);
        let path = format!("/oauth/applications/{}/standing", app.id);
        let standing = json!({ "organizations": [second] });
        administrator.bare("PUT", &path).json(&standing).send_unchecked().expect(200);
        assert_eq!((at(first), at(second)), (403, 200));
    });
}

/// IM-07: what serves other services of the original is off.
#[test]
fn what_is_off_is_not_there() {
    let server = Server::start(&Options::default());
    let path = "/.well-known/oauth-authorization-server";
    let metadata = server.anonymous().bare("GET", path).send_unchecked().expect(200);
    assert!(!metadata.text().contains("cloud:auth"), "{metadata}");
    let mut browser = Browser::sign_in(&server);
    let built_in = "1a6990aa636648e9b2ef855fa7bec2fb";
    for kind in ["code", "token"] {
        let ask = format!("/authorize?response_type={kind}&client_id={built_in}");
        assert_eq!(browser.get(&ask).expect(400).header("location"), None);
    }
    let app = Application::register(&server, &["--redirect-uri", "https://app.example.net/cb"]);
    let ask = format!("/authorize?response_type=code&client_id={}&scope=cloud%3Aauth", app.id);
    let answer = browser.get(&ask).expect(303);
    assert!(answer.header("location").is_some_and(|url| url.contains("error=invalid_scope")));
}

/// API-11, API-22: whoever comes without a token is slowed down, and told for how long.
#[test]
fn strangers_are_slowed_down() {
    let config = "[server.rates]\nanonymous = { per_second = 1, burst = 3 }\n".to_owned();
    let server = Server::start(&Options { demo: false, config, ..Options::default() });
    let client = server.anonymous();
    let answer = (0..2_000)
        .map(|_| client.bare("GET", "/v3/myself").send_unchecked())
        .find(|answer| answer.status == 429)
        .expect("a limit");
    let seconds = answer.header("retry-after").and_then(|text| text.parse::<u64>().ok());
    assert!(seconds.is_some_and(|seconds| seconds >= 1), "{answer}");
    assert_eq!(answer.json()["statusCode"], 429);
}

/// HO-06, S-9700-13; T-37: what a stranger says about the way of a request changes nothing, and is
/// written down once.
#[test]
fn forged_headers_change_nothing_and_are_recorded() {
    let server = Server::start(&Options { demo: false, ..Options::default() });
    let forged = server
        .anonymous()
        .with_header("X-Forwarded-For", "198.51.100.7")
        .with_header("X-Forwarded-Host", "evil.example")
        .with_header("X-Forwarded-Proto", "https")
        .with_header("Forwarded", "for=198.51.100.7;host=evil.example;proto=https");
    let path = "/.well-known/oauth-authorization-server";
    let told = forged.bare("GET", path).send_unchecked().expect(200);
    assert_eq!(told.json()["issuer"], server.ready().base_url());
    for _ in 0..5 {
        let page = Browser::with(forged.clone()).get("/setup");
        let cookie = page.header("set-cookie").unwrap_or_default();
        assert!(!cookie.contains("__Host-") && !page.text().contains("evil.example"), "{page}");
    }
    let record = "forwarded_header_spoof";
    let log = || admin(&server, &["audit"]);
    until("the record", || log().contains(record));
    let log = log();
    let line = log.lines().find(|line| line.contains(record)).expect("a line");
    assert!(line.contains("127.0.0.1") && !line.contains("198.51.100.7"), "{line}");
    assert_eq!(log.matches(record).count(), 1, "{log}");
    assert!(log.contains("config_changed") && log.contains("key_rotated"), "{log}");
}

/// BS-04 to BS-06: set up without a browser, by a password that stands in a file; keys are the
/// installation's own and nobody else's to read; a lost password is replaced on the command line.
#[test]
fn an_installation_is_set_up_and_regained_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "seven green lanterns\n").expect("written");
    let env = vec![
        ("BOOTSTRAP_ADMIN_LOGIN".to_owned(), "ada".to_owned()),
        ("BOOTSTRAP_ADMIN_PASSWORD_FILE".to_owned(), file.display().to_string()),
    ];
    let server = Server::start(&Options { demo: false, env, ..Options::default() });
    let sign_in = |password: &str| {
        let mut browser = Browser::new(&server);
        browser.post("/login", "/login", &format!("login=ada&password={password}")).status
    };
    assert_eq!(sign_in("seven+green+lanterns"), 303);
    Browser::new(&server).get("/setup").expect(404);
    assert!(admin(&server, &["audit"]).contains("account"), "it is recorded");

    let key = server.data_dir().join("server-key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&key).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let other = Server::start(&Options { demo: false, ..Options::default() });
    let read = |path| std::fs::read_to_string(path).expect("a key");
    assert_ne!(read(key), read(other.data_dir().join("server-key")));

    let link = admin(&server, &["user", "reset-password", "--login", "ada"]);
    let (_, path) = link.split_once("/login/reset/").expect("a link");
    let path = format!("/login/reset/{path}");
    let mut browser = Browser::new(&server);
    browser.post(&path, &path, "password=nine+yellow+lanterns").expect(303);
    assert_eq!((sign_in("seven+green+lanterns"), sign_in("nine+yellow+lanterns")), (403, 303));
    assert!(admin(&server, &["audit", "--json"]).contains("password_reset_requested"));
}
