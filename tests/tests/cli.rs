//! The command line against the real program: signing in as a person does, and the example sessions.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use trackway_tests::session::Shell;
use trackway_tests::{Answer, Client, Options, Server};

/// Somebody at a browser who does what pages ask.
struct Visitor {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    fn sign_in(server: &Server) -> Self {
        let mut visitor = Self { client: server.anonymous(), cookies: BTreeMap::new() };
        let (login, password) = (server.ready().text("login"), server.ready().text("password"));
        let page = visitor.ask("GET", "/login", None).text();
        let form = format!("{}&login={login}&password={password}", hidden(&page, "csrf"));
        visitor.ask("POST", "/login", Some(&form)).expect(303);
        visitor
    }

    fn ask(&mut self, method: &str, path: &str, form: Option<&str>) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = self.client.bare(method, path).header("Cookie", cookies.join("; "));
        if let Some(form) = form {
            request = request
                .body("application/x-www-form-urlencoded", form)
                .header("Sec-Fetch-Site", "same-origin");
        }
        let answer = request.send_unchecked();
        for (_, value) in
            answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        {
            let (name, rest) = value.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Enters the code of a device and allows everything it asks for.
    fn allow(&mut self, code: &str) {
        let page = self.ask("GET", "/device", None).text();
        let form = format!("{}&user_code={code}", hidden(&page, "csrf"));
        let page = self.ask("POST", "/device", Some(&form)).expect(200).text();
        let form = format!("{}&{}&decision=allow", hidden(&page, "csrf"), hidden(&page, "id"));
        self.ask("POST", "/device/decision", Some(&form)).expect(200);
    }
}

/// A hidden field of a page as it is sent.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let value = page.split(&mark).nth(1).and_then(|rest| rest.split('"').next());
    format!("{name}={}", value.unwrap_or_else(|| panic!("the page has no {name}: {page}")))
}

/// A person signs in with a code, works, and signs out; the token is in nobody else's reach.
#[test]
fn a_person_signs_in_with_a_code() {
    let server = Server::start(&Options::default());
    let shell = Shell::stranger(&server);
    let refused = shell
        .run("trackway --help >/dev/null && trackway me --server http://127.0.0.1:9 --timeout 5s");
    assert!(refused.ends_with("[exit 10]\n"), "{refused}");

    let base = server.ready().base_url();
    let org = server.ready().text("orgId");
    let login = format!("exec trackway auth login {base} --org {org} -P work");
    let mut login = shell.command(&login).stderr(Stdio::piped()).spawn().expect("a shell");
    let mut said = BufReader::new(login.stderr.take().expect("piped")).lines();
    let mut next = || said.next().expect("the program says something").expect("text");
    let first = next();
    let code = first.strip_prefix("First copy your one-time code:  ").expect("a code").to_owned();
    assert_eq!(next(), format!("Open {base}/device"));
    Visitor::sign_in(&server).allow(&code);
    let rest: Vec<String> = said.map(|line| line.expect("text")).collect();
    assert!(login.wait().expect("it ran").success(), "{rest:?}");
    let signed = rest.iter().any(|line| line.starts_with("✓ Signed in as "));
    assert!(signed && rest.join("\n").contains("profile \"work\" saved"), "{rest:?}");

    let me = shell.run("trackway me --json --jq .login");
    assert_eq!(me.trim(), server.ready().text("login"));
    let tokens = shell.home().join("config/tokens.json");
    let kept = std::fs::read_to_string(&tokens).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&tokens).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let token: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    let token = token.as_object().and_then(|all| all.values().next()).expect("one account");
    let secret = token["access_token"].as_str().expect("a token");
    let status =
        shell.run("trackway auth status --check; trackway config list; trackway config explain");
    assert!(status.contains("kept") && !status.contains(secret), "{status}");
    let fresh = shell.run("trackway auth refresh && trackway me --json --jq .login");
    assert!(fresh.ends_with(&format!("{}\n", server.ready().text("login"))), "{fresh}");
    let again = std::fs::read_to_string(&tokens).expect("a file");
    assert!(!again.contains(secret), "the token was exchanged");
    let out = shell.run("trackway auth logout --revoke; trackway me");
    assert!(out.ends_with("[exit 4]\n"), "{out}");
    let again: serde_json::Value = serde_json::from_str(&again).expect("JSON");
    let revoked = again.as_object().and_then(|all| all.values().next()).expect("one account");
    let revoked = server.anonymous().with_header(
        "Authorization",
        &format!("OAuth {}", revoked["access_token"].as_str().expect("a token")),
    );
    revoked.get("/myself").send().expect(401);
}

/// The sessions of the manual, each on a server of its own so that all keys are the same.
#[test]
fn sessions_print_what_the_manual_says() {
    // Four weeks ago, so that whatever is changed here was changed later.
    let weeks = SignedDuration::from_hours(4 * 7 * 24);
    let day = Timestamp::now()
        .checked_sub(weeks)
        .expect("a time")
        .to_zoned_datetime(TimeZone::UTC)
        .date();
    let tomorrow = day.tomorrow().expect("a day").to_string();
    let options = Options {
        args: vec!["--demo-now".to_owned(), format!("{day}T00:00:00Z")],
        ..Options::default()
    };
    let server = Server::start(&options);
    let now = format!("{day}T12:00:00Z");
    let fixed = Shell::new(&server).with("TRACKWAY_NOW", &now).with("TOMORROW", &tomorrow);
    for name in [
        "look",
        "day",
        "create",
        "bulk",
        "refused",
        "files",
        "api",
        "mistakes",
        "configure",
        "flags",
        "help",
        "russian",
        "rows",
    ] {
        eprintln!("session: {name}");
        fixed.play(&format!("{name}.txt"));
    }
}
