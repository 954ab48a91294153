//! The command line against the real program: signing in as a person does, and the example sessions.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use trackway_tests::session::Shell;
use trackway_tests::{Answer, Browser, Client, Options, Server};

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

/// A person signs in with the browser of the machine; the answer comes back to the program.
#[test]
fn a_person_signs_in_with_a_browser() {
    let server = Server::start(&Options::default());
    // The test is the browser.
    let shell = Shell::stranger(&server).with("TRACKWAY_BROWSER", "true");
    let (base, org) = (server.ready().base_url(), server.ready().text("orgId"));
    let sign_in = |decide: &dyn Fn(&mut Browser, &str) -> String| {
        let line = format!("exec trackway auth login {base} --org {org} --browser -P work");
        let mut login = shell.command(&line).stderr(Stdio::piped()).spawn().expect("a shell");
        let mut said = BufReader::new(login.stderr.take().expect("piped")).lines();
        let first = said.next().expect("the program says something").expect("text");
        let address = first.strip_prefix("Open ").expect("an address");
        let target = decide(&mut Browser::sign_in(&server), address.trim_start_matches(base));
        let (host, path) =
            target.strip_prefix("http://").expect("here").split_once('/').expect("/");
        let mut stream = TcpStream::connect(host).expect("the program listens");
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("sent");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("a page");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("terminal"), "{page}");
        let rest: Vec<String> = said.map(|line| line.expect("text")).collect();
        (login.wait().expect("it ran").code(), rest.join("\n"))
    };
    let (code, said) = sign_in(&|browser, path| {
        let question = browser.get(path).expect(200).text();
        let decided = browser.decide(&question, "/authorize/decision", "deny");
        decided.header("location").expect("an address").to_owned()
    });
    assert_eq!(code, Some(4), "{said}");
    let (code, said) = sign_in(&|browser, path| browser.allow(path));
    assert!(code == Some(0) && said.contains("profile \"work\" saved"), "{said}");
    let me = shell.run("trackway me --json --jq .login");
    assert_eq!(me.trim(), server.ready().text("login"));
}

/// A list that is watched is shown again until somebody stops it.
#[test]
fn lists_are_watched() {
    let server = Server::start(&Options::default());
    let shell = Shell::new(&server);
    let line = "exec trackway issue list -k DEV --sort key -L 1 -o keys -q --watch 1s";
    let mut watch = shell.command(line).stdout(Stdio::piped()).spawn().expect("a shell");
    let said = BufReader::new(watch.stdout.take().expect("piped")).lines();
    let seen: Vec<String> = said.take(5).map(|line| line.expect("text")).collect();
    watch.kill().expect("it ran");
    watch.wait().expect("it ended");
    assert_eq!(seen, ["DEV-1", "", "DEV-1", "", "DEV-1"]);
}

/// What is printed as JSON is as the schema says that the program prints.
#[test]
fn printed_json_keeps_to_its_schema() {
    let server = Server::start(&Options::default());
    let shell = Shell::new(&server);
    shell.run("trackway issue worklog-add DEV-1 1h; trackway issue comment DEV-1 x");
    for (object, line) in [
        ("issue", "trackway issue list -k DEV -L 0 --any"),
        ("comment", "trackway issue comments DEV-1"),
        ("change", "trackway issue history DEV-1"),
        ("worklog", "trackway issue worklog DEV-1"),
        ("attachment", "trackway issue attachments DEV-1"),
        ("queue", "trackway queue list"),
        ("board", "trackway board list"),
        ("sprint", "trackway sprint list"),
        ("user", "trackway user list"),
    ] {
        let json = |line: &str| -> serde_json::Value {
            let output = shell.command(line).output().expect("a shell");
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error}"))
        };
        let schema = json(&format!("trackway help json {object}"));
        let schema = jsonschema::validator_for(&schema).expect("a schema");
        let printed = json(&format!("{line} --json -q"));
        let printed = printed.as_array().expect("a list");
        assert!(!printed.is_empty(), "{line}");
        for one in printed {
            let wrong: Vec<String> =
                schema.iter_errors(one).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{object}: {wrong:?}\n{one}");
        }
        assert!(!schema.is_valid(&serde_json::json!({})), "{object} needs something");
    }
}

/// A workflow on which an issue is closed over several transitions, and comes back another way.
const DETOURS: &str = r#"
id = "marketingPresetWorkflow"
name = { en = "Marketing", ru = "Маркетинг" }
initialAction = { id = "new", name = { en = "Create", ru = "Создать" }, target = "open" }
[[steps]]
status = "open"
statusType = "NEW"
[[steps.actions]]
id = "take"
name = { en = "Take", ru = "Взять" }
target = "inProgress"
[[steps]]
status = "inProgress"
statusType = "IN_PROGRESS"
[[steps.actions]]
id = "ask"
name = { en = "Ask", ru = "Спросить" }
target = "needInfo"
STOP
[[steps]]
status = "needInfo"
statusType = "PAUSED"
[[steps.actions]]
id = "resolve"
name = { en = "Resolve", ru = "Решить" }
target = "resolved"
screen = { name = { en = "Close", ru = "Закрыть" }, elements = [{ field = "resolution", required = true }] }
[[steps]]
status = "resolved"
statusType = "DONE"
[[steps.actions]]
id = "close"
name = { en = "Close", ru = "Закрыть" }
target = "closed"
[[steps.actions]]
id = "again"
name = { en = "Again", ru = "Снова" }
target = "inProgress"
[[steps]]
status = "closed"
statusType = "DONE"
[[steps.actions]]
id = "doubt"
name = { en = "Doubt", ru = "Усомниться" }
target = "resolved"
screen = { name = { en = "Close", ru = "Закрыть" }, elements = [{ field = "resolution", required = true }] }
"#;

/// What a command did over several transitions is undone as a whole, round what is shut; where there
/// is no way back, that is said and nothing moves.
#[test]
fn undo_walks_back() {
    let server = Server::start(&Options::default());
    let shell = Shell::new(&server);
    let follow = |stop: &str| {
        shell.run("trackway queue export MARKETING -O m");
        std::fs::write(shell.home().join("detours.toml"), DETOURS.replace("STOP", stop))
            .expect("written");
        let applied =
            shell.run("cp detours.toml m/workflow-marketing.toml && trackway queue apply m --yes");
        assert!(!applied.contains("[exit"), "{applied}");
    };
    let state = || shell.run("trackway i view $(cat key) --jq '.status.key,.resolution.key'");
    follow("");
    shell.run("trackway i create Walk -k MARKETING -o keys -q > key");
    let closed = shell.run("trackway i close $(cat key) -o table");
    assert!(closed.contains("→ In Progress → Need Info → Resolved"), "{closed}");
    let stuck = shell.run("trackway undo -o table");
    assert!(stuck.contains("has no way back to Open"), "{stuck}");
    assert!(stuck.contains("now:      Resolved") && stuck.ends_with("[exit 8]\n"), "{stuck}");
    assert_eq!(state(), "resolved\nfixed\n");

    follow(
        "[[steps.actions]]\nid = \"stop\"\nname = { en = \"Stop\", ru = \"Стоп\" }\ntarget = \"open\"",
    );
    shell.run("trackway i transition $(cat key) closed");
    let told = shell.run("trackway undo --list --jq '.[].what'");
    let told: Vec<&str> = told.lines().collect();
    assert!(told[0].ends_with(": close"), "{told:?}");
    assert_eq!(told[1].matches(';').count(), 2, "three transitions of one command: {told:?}");
    // The older change, over a step that asks for a resolution.
    let line = "trackway undo $(trackway undo --list --jq '.[1].id') -o table";
    let undone = shell.run(line);
    assert!(undone.contains("→ Resolved → In Progress → Open"), "{undone}");
    assert_eq!(state(), "open\nnull\n");

    // Undoing twice goes two changes back, and not there and back.
    shell.run(
        "trackway i edit $(cat key) --summary Two; trackway i edit $(cat key) --summary Three",
    );
    shell.run("trackway undo; trackway undo");
    assert_eq!(shell.run("trackway i view $(cat key) --jq .summary"), "Walk\n");
}

/// In a repository of jj the bookmark names the issue, or else the description of the change.
#[test]
fn a_repository_of_jj_names_the_issue() {
    let server = Server::start(&Options::default());
    let shell = Shell::new(&server);
    // Only what the command line asks of jj: the bookmarks nearby, descriptions, a new bookmark.
    let jj = "#!/bin/sh\ncase \"$*\" in *'-T bookmarks'*) cat bookmarks;; *description*) cat described;; \
        'bookmark create '*) echo \"$3\" > bookmarks;; *) exit 1;; esac\n";
    std::fs::create_dir_all(shell.home().join(".jj")).expect("a folder");
    std::fs::create_dir_all(shell.home().join("bin")).expect("a folder");
    std::fs::write(shell.home().join("bin/jj"), jj).expect("written");
    std::fs::write(shell.home().join("bookmarks"), "dev-3-cache*\n").expect("written");
    let says = "Warm it up\n\nTracker-issue: DEV-4\n";
    std::fs::write(shell.home().join("described"), says).expect("written");
    let run = |line: &str| shell.run(&format!("chmod +x bin/jj; PATH=$HOME/bin:$PATH; {line}"));
    assert_eq!(run("trackway issue current"), "DEV-3\n");
    assert_eq!(run("trackway issue current --branch"), "dev-3-cache\n");
    assert_eq!(run("trackway issue view --jq .key"), "DEV-3 (the branch)\nDEV-3\n");
    let below =
        "mkdir -p src/deep && cp bookmarks src/deep && cd src/deep && trackway issue current";
    assert_eq!(run(below), "DEV-3\n");
    assert_eq!(run(": > bookmarks; trackway issue current"), "DEV-4\n");
    let started = run("trackway issue start DEV-5 -o table");
    assert!(started.contains("bookmark dev-5-"), "{started}");
    assert_eq!(run("trackway issue current"), "DEV-5\n");
}

/// An administrator makes what a runner of CI needs, and it opens those queues only.
#[test]
fn a_runner_is_set_up() {
    let server = Server::start(&Options::default());
    let shell = Shell::new(&server);
    let line = "trackway auth setup-ci -k DEV --write";
    let refused = shell.run(line);
    assert!(refused.contains("admin:oauth") && refused.ends_with("[exit 5]\n"), "{refused}");
    let mut admin = server.command();
    admin.arg("admin").args(server.storage_args());
    admin.args(["token", "create", "--scope", "admin:oauth"]);
    admin.args(["--login", server.ready().text("login")]);
    let admin = admin.output().expect("the program starts");
    let admin = String::from_utf8_lossy(&admin.stdout).trim().to_owned();
    assert!(!admin.is_empty(), "a token");
    let shell = shell.with("ADMIN", &admin);
    let planned = shell.run(&format!("TRACKWAY_TOKEN=$ADMIN {line} -n"));
    assert!(planned.starts_with("would send POST"), "{planned}");
    shell.run(&format!("TRACKWAY_TOKEN=$ADMIN {line} -q > ci.env"));
    let told = std::fs::read_to_string(shell.home().join("ci.env")).expect("a file");
    let names: Vec<&str> = told.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names, ["TRACKWAY_SERVER", "TRACKWAY_ORG_ID", "TRACKWAY_TOKEN"], "{told}");
    let runner = |line: &str| shell.run(&format!("export $(cat ci.env); {line}"));
    assert_eq!(runner("trackway me --jq .login"), "ci\n");
    assert_eq!(runner("trackway issue view DEV-1 --jq .key"), "DEV-1\n");
    assert!(runner("trackway issue view SUPPORT-1").contains("[exit "));
    let again = shell.run(&format!("TRACKWAY_TOKEN=$ADMIN {line} --json --jq .TRACKWAY_ORG_ID"));
    assert_eq!(again, "ORG\n", "the account is there already");
    let own = runner("trackway auth setup-ci -k DEV");
    assert!(own.ends_with("[exit 5]\n"), "a limited token makes none: {own}");
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
    let fixed = Shell::new(&server)
        .with("TRACKWAY_NOW", &now)
        .with("DAY", &day.to_string())
        .with("TOMORROW", &tomorrow)
        .with("USER_TOKEN", server.ready().text("userToken"));
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
        "reports",
        "plans",
        "dashboards",
        "inbox",
        "queues",
        "copies",
        "shelf",
    ] {
        eprintln!("session: {name}");
        fixed.play(&format!("{name}.txt"));
    }
}

/// Help, complaints, manuals and completions in Russian; they need no server.
#[test]
fn help_is_in_russian() {
    let server = Server::start(&Options::default());
    Shell::stranger(&server).play("russian_help.txt");
}

/// A keychain that is a script named `secret-tool` and keeps its entries in a file. `KEYCHAIN` is what
/// is wrong with it.
#[cfg(unix)]
const SECRET_TOOL: &str = r#"#!/bin/sh
case $KEYCHAIN in
locked) exec sleep 60 ;;
missing) echo "secret-tool: org.freedesktop.secrets was not provided" >&2; exit 1 ;;
esac
case $1 in
store) cat >"$HOME/keychain" ;;
lookup) cat "$HOME/keychain" 2>/dev/null ;;
clear) rm "$HOME/keychain" 2>/dev/null ;;
esac
"#;

/// Somebody with a keychain.
#[cfg(unix)]
fn with_keychain(server: &Server) -> Shell {
    use std::os::unix::fs::PermissionsExt;
    let shell = Shell::stranger(server);
    let tool = shell.home().join("secret-tool");
    std::fs::write(&tool, SECRET_TOOL).expect("written");
    std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).expect("ours");
    let home = shell.home().display().to_string();
    shell
        .with("PATH", &format!("{home}:{}", Shell::path()))
        .with("TRACKWAY_AUTH_STORAGE", "")
        .with("ORG", server.ready().text("orgId"))
        .with("SERVER", server.ready().base_url())
        .with("SECRET", server.ready().text("token"))
}

#[cfg(unix)]
const SIGN_IN: &str =
    r#"echo "$SECRET" | trackway auth login "$SERVER" --org "$ORG" --with-token -P work"#;

/// Tokens lie in the keychain, are used from there, and go when somebody signs out.
#[cfg(unix)]
#[test]
fn tokens_lie_in_the_keychain() {
    let server = Server::start(&Options::default());
    let shell = with_keychain(&server);
    let signed = shell.run(SIGN_IN);
    assert!(signed.contains("✓ Token kept in the keychain\n"), "{signed}");
    assert!(!shell.home().join("config/tokens.json").exists());
    assert_eq!(shell.run("trackway me --jq .login").trim(), server.ready().text("login"));
    let status = shell.run("trackway auth status --jq '.[] | .token, .storage'");
    assert_eq!(status, "kept\nkeychain\n");
    let explained = shell.run("trackway config explain; trackway doctor");
    let rows: Vec<&str> = explained.lines().filter(|l| l.contains("keychain")).collect();
    assert!(rows.iter().any(|row| row.starts_with("token\tkept\tkeychain")), "{explained}");
    assert!(rows.iter().any(|row| row.starts_with("keychain\ttrue\tanswers")), "{explained}");
    assert!(explained.contains("token storage\tauto\tdefault"), "{explained}");
    let out = shell.run("trackway auth logout; trackway auth status --jq '.[].token'");
    assert!(out.ends_with("none\n") && !shell.home().join("keychain").exists(), "{out}");
}

/// A keychain that is locked or has no service is told of in one line, and the file is used.
#[cfg(unix)]
#[test]
fn a_keychain_that_fails_is_replaced_by_the_file() {
    let server = Server::start(&Options::default());
    let shell = with_keychain(&server);
    let signed = shell.run(&format!("export KEYCHAIN=missing; {SIGN_IN}"));
    let warning = "warning: the keychain: secret-tool: org.freedesktop.secrets was not provided\n";
    assert!(signed.starts_with(warning) && signed.matches("warning").count() == 1, "{signed}");
    assert!(signed.contains("tokens.json (only you can read it), for no keychain"), "{signed}");
    let used = shell.run("KEYCHAIN=locked trackway me --jq .login");
    assert_eq!(used.trim(), server.ready().text("login"), "what lies in the file asks no keychain");
    let moved = shell.run(SIGN_IN);
    assert!(moved.contains("in the keychain"), "{moved}");
    assert_eq!(shell.run("cat config/tokens.json"), "{}\n", "it lies in one place only");

    let locked = shell.run("KEYCHAIN=locked trackway me");
    assert!(
        locked.starts_with("warning: the keychain: the keychain does not answer\n"),
        "{locked}"
    );
    let strict =
        "export KEYCHAIN=missing TRACKWAY_LANG=ru; trackway config set auth.storage keychain";
    let strict =
        shell.run(&format!("{strict}; {SIGN_IN}; trackway config explain; trackway doctor"));
    assert!(strict.contains("ошибка: связка ключей: secret-tool: "), "{strict}");
    assert!(strict.contains("token storage\tkeychain\tHOME/config/config.toml"), "{strict}");
    assert!(strict.contains("keychain\tfalse\t"), "{strict}");
    let wrong = shell.run("TRACKWAY_AUTH_STORAGE=pocket trackway auth status");
    assert!(wrong.ends_with("[exit 2]\n"), "{wrong}");
}
