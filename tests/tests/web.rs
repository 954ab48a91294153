//! The pages without a browser: headers, cookies, and what is refused (oauth.md, sections 6 to 8).

use trackway_tests::{Answer, Browser, Options, Server, on_each_engine};

/// GN-07, S-6749-24; UI-01, S-9700-07, S-9700-08, S-9700-12, S-9700-15.
#[test]
fn every_page_shuts_other_sites_out() {
    let server = Server::start(&Options::default());
    let org = server.ready().text("orgId").to_owned();
    let mut browser = Browser::sign_in(&server);
    for path in [
        "/",
        "/login",
        "/login/reset",
        "/settings/profile",
        "/settings/security",
        "/settings/sessions",
        "/settings/applications",
        "/settings/tokens",
        "/admin/orgs",
        &format!("/admin/orgs/{org}"),
        &format!("/admin/orgs/{org}/members"),
        "/client/my",
        "/client/new",
        "/authorize",
        "/device",
        "/verification_code",
        "/help/api",
        "/settings/nothing",
        "/setup",
        "/invite/x",
    ] {
        let answer = browser.get(path);
        let header = |name: &str| answer.header(name).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        let shy = ["/login", "/authorize", "/device", "/verification_code", "/invite", "/setup"];
        let shy = shy.iter().any(|root| path.starts_with(root));
        let expected = if shy { "no-referrer" } else { "same-origin" };
        assert_eq!(header("referrer-policy"), expected, "{path}");
        assert!(![301, 302, 307, 308].contains(&answer.status), "{answer}");
        let text = answer.text();
        assert!(!text.contains(" style=") && !text.contains("<style"), "{path}");
        assert!(!text.contains(" onclick=") && !text.contains("<script>"), "{path}");
    }
}

/// SE-05, T-15, T-29, S-6749-23.
#[test]
fn forms_need_the_token_of_this_browser_and_the_right_site() {
    let server = Server::start(&Options::default());
    let mut browser = Browser::sign_in(&server);
    let mut stranger = Browser::new(&server);
    let foreign = Browser::token(&stranger.get("/login").text());
    let path = "/settings/sessions/end-others";
    for form in ["", "csrf=", "csrf=x", "csrf=a.b", &format!("csrf={foreign}")] {
        let answer = browser.request("POST", path, Some(form)).expect(403);
        assert!(answer.text().contains("The form has expired"), "{answer}");
    }
    browser.post("/settings/sessions", path, "").expect(303);
    for site in ["cross-site", "same-site"] {
        browser.site = site;
        let answer = browser.post("/settings/sessions", path, "").expect(403);
        assert!(answer.text().contains("came from another site"), "{answer}");
    }
    // Neither does a sign-in without the cookie of the page pass.
    let token = Browser::token(&stranger.get("/login").text());
    stranger.cookies.clear();
    stranger
        .request("POST", "/login", Some(&format!("csrf={token}&login=x&password=y")))
        .expect(403);
    // Old browsers say where a form comes from in other words.
    browser.site = "";
    browser.post("/settings/sessions", path, "").expect(403);
    let base = server.ready().base_url().to_owned();
    let with_origin = browser.client.clone().with_header("Origin", &base);
    browser.client = with_origin;
    browser.post("/settings/sessions", path, "").expect(303);
    browser.client = browser.client.clone().with_header("Origin", "http://evil.example");
    browser.post("/settings/sessions", path, "").expect(403);
}

/// SE-01, SE-02, T-28.
#[test]
fn session_cookies_are_out_of_reach_and_change() {
    let server = Server::start(&Options::default());
    let mut browser = Browser::new(&server);
    browser.cookies.insert("sid".to_owned(), "A".repeat(43));
    let planted = browser.get("/login");
    let set = |answer: &Answer, value: &str| {
        let is = |(n, v): &&(String, String)| {
            n.eq_ignore_ascii_case("set-cookie") && v.starts_with(value)
        };
        answer.headers.iter().find(is).map(|(_, cookie)| cookie.clone())
    };
    assert!(set(&planted, "sid=;").is_some());
    let (login, password) = (server.ready().text("login"), server.ready().text("password"));
    let form = format!("login={login}&password={password}");
    let answer = browser.post("/login", "/login", &form);
    let cookie = set(&answer, "sid=").expect("a session");
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    let first = browser.cookies["sid"].clone();
    assert_ne!(first, "A".repeat(43));
    browser.post("/login/confirm", "/login/confirm", &format!("password={password}")).expect(303);
    assert_ne!(browser.cookies["sid"], first);
    // By TLS the cookie is bound to this host.
    let tls = browser.client.clone().with_header("X-Forwarded-Proto", "https");
    let mut over_tls = Browser::with(tls);
    let answer = over_tls.get("/login");
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-pre=") && cookie.contains("; Secure"), "{cookie}");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    // S-6750-06: no cookie opens the API.
    let answer = browser.get("/v3/myself");
    assert_eq!(answer.status, 401);
}

/// T-25: a wrong password and an unknown login are answered alike. How long the pauses grow is
/// tested beside the counters, without a clock.
#[test]
fn guessing_tells_nothing() {
    let server = Server::start(&Options::default());
    let told = |login: &str| -> (u16, String) {
        let mut browser = Browser::new(&server);
        let answer =
            browser.post("/login", "/login", &format!("login={login}&password=wrong+password"));
        let page = answer.text();
        let alert = page.split("role=\"alert\">").nth(1).and_then(|rest| rest.split('<').next());
        (answer.status, alert.expect("a message").to_owned())
    };
    let known = told(server.ready().text("userLogin"));
    assert_eq!(known.0, 403);
    assert_eq!(known, told("nobody.at.all"));
}

/// API-04, HO-04.
#[test]
fn pages_and_programs_do_not_mix() {
    on_each_engine(|server| {
        let mut browser = Browser::sign_in(server);
        browser.get("/client/my").expect(200);
        // What is for people needs a session, not a token.
        let answer = server.client().bare("GET", "/settings/profile").send_unchecked();
        assert_eq!(
            answer.expect(303).header("location"),
            Some("/login?next=%2Fsettings%2Fprofile")
        );
        // GET changes nothing (SE-06).
        browser.get("/logout").expect(404);
        let question = browser.get("/settings/sessions/everywhere").expect(200).text();
        assert!(question.contains("Sign out everywhere?"), "it asks and does nothing");
        browser.get("/settings/profile").expect(200);
        browser.request("PUT", "/login", None).expect(405);
        browser.request("POST", "/login", Some(&"x".repeat(20_000))).expect(413);
        browser.get("/").expect(200);
    });
}

/// T-30, T-32: what is another organisation's, or an administrator's, stays so.
#[test]
fn rights_hold_on_pages_as_in_the_api() {
    let server = Server::start(&Options::default());
    let ready = server.ready();
    let (org, other) = (ready.text("orgId").to_owned(), ready.text("secondOrgId").to_owned());
    let mut user = Browser::new(&server);
    let form = format!("login={}&password={}", ready.text("userLogin"), ready.text("password"));
    user.post("/login", "/login", &form).expect(303);
    user.get(&format!("/admin/orgs/{org}")).expect(200);
    user.get(&format!("/admin/orgs/{org}/members")).expect(200);
    for page in ["edit", "groups", "members/invite", "members/8000000000000000"] {
        user.get(&format!("/admin/orgs/{org}/{page}")).expect(403);
    }
    for page in ["", "/members", "/edit"] {
        user.get(&format!("/admin/orgs/{other}{page}")).expect(403);
        user.get(&format!("/admin/orgs/1{page}")).expect(403);
    }
    let home = "/settings/sessions";
    for (path, fields) in [
        ("edit", "name=Mine"),
        ("groups", "name=Mine"),
        ("members/invite", "level=admin"),
        ("members/8000000000000000/level", "level=read"),
        ("members/8000000000000000/dismiss", ""),
        ("members/8000000000000000/reset", ""),
    ] {
        user.post(home, &format!("/admin/orgs/{org}/{path}"), fields).expect(403);
        user.post(home, &format!("/admin/orgs/{other}/{path}"), fields).expect(403);
    }
}

/// BS-01..BS-03.
#[test]
fn a_fresh_server_wants_its_code() {
    let server = Server::start(&Options { demo: false, ..Options::default() });
    let mut browser = Browser::new(&server);
    for path in ["/", "/login", "/settings/profile", "/authorize?client_id=x"] {
        assert_eq!(browser.get(path).expect(303).header("location"), Some("/setup"), "{path}");
    }
    let fields = "organization=O&first_name=A&login=ada&password=seven+green+lanterns&code=";
    for _ in 0..5 {
        let answer = browser.post("/setup", "/setup", &format!("{fields}AAAA-BBBB"));
        assert!(answer.text().contains("The set-up code is wrong"), "{answer}");
    }
    let code = std::fs::read_to_string(server.data_dir().join("setup-key")).expect("the code");
    let right = format!("{fields}{}", code.trim());
    let answer = browser.post("/setup", "/setup", &right);
    assert!(answer.text().contains("Too many failed attempts"), "{answer}");
    let log = server.log();
    assert!(!log.contains(code.trim()), "what is printed without a terminal ends up in logs");
    assert!(log.contains("setup-key"), "where the code is, is told");
}

/// UI-18: whoever mistypes an address gets a page, a program an error of the API.
#[test]
fn errors_are_pages_for_people_and_json_for_programs() {
    let server = Server::start(&Options::default());
    let mut person = Browser::sign_in(&server);
    let html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    person.client = person.client.clone().with_header("Accept", html);
    for path in ["/nothing", "/DEV-1/nothing", "/settings/nothing", "/client/0"] {
        let answer = person.get(path).expect(404);
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/html"), "{path}: {kind}");
        assert!(answer.text().contains("Request number"), "{answer}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
    }
    for path in ["/v3/nothing", "/healthz", "/readyz"] {
        let answer = person.get(path);
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/json"), "{path}: {kind}");
    }
    let program = server.anonymous().bare("GET", "/nothing").send_unchecked().expect(404);
    assert!(program.header("content-type").unwrap_or_default().starts_with("application/json"));
}
