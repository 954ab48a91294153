//! Letters about accounts, as an SMTP server of the test's own takes them over.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use trackway_tests::totp::code;
use trackway_tests::{Browser, Engine, Options, Server};

const PATIENCE: Duration = Duration::from_secs(120);

/// An SMTP server that hands every letter to the test, and is not ready for the first one.
struct Sink {
    port: u16,
    letters: Receiver<Letter>,
}

#[derive(Debug)]
struct Letter {
    to: String,
    text: String,
}

impl Sink {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, letters) = channel();
        thread::spawn(move || {
            let busy = Arc::new(AtomicBool::new(true));
            for stream in listener.incoming().map_while(Result::ok) {
                let (sender, busy) = (sender.clone(), Arc::clone(&busy));
                thread::spawn(move || talk(&stream, &busy, &|letter| drop(sender.send(letter))));
            }
        });
        Self { port, letters }
    }

    fn next(&self) -> Letter {
        self.letters.recv_timeout(PATIENCE).expect("a letter")
    }
}

/// One connection; what is said in it is of no interest but for the letter.
fn talk(stream: &TcpStream, busy: &AtomicBool, take: &dyn Fn(Letter)) -> Option<()> {
    let mut out = stream;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 sink")?;
    let mut to = String::new();
    loop {
        let line = lines.next()?;
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        match verb.as_str() {
            "MAIL" if busy.swap(false, Ordering::AcqRel) => say("451 busy, come back later")?,
            "RCPT" => {
                line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                take(Letter { to: std::mem::take(&mut to), text: decoded(&text.join("\n")) });
                say("250 ok")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}

/// Quoted-printable text (RFC 2045, 6.7) in the open.
fn decoded(text: &str) -> String {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (code, part.strip_prefix('\n')) {
            (Some(code), _) => {
                bytes.push(code);
                bytes.extend(&part.as_bytes()[2..]);
            }
            // A line that goes on.
            (None, Some(rest)) => bytes.extend(rest.as_bytes()),
            (None, None) => bytes.extend(format!("={part}").as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn start(sink: &Sink, engine: Engine) -> Server {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().expect("a file");
    let settings = format!(
        "[server.mail]\nsmtp_url = \"smtp://127.0.0.1:{}\"\nfrom = \"Tracker <t@example.org>\"\n",
        sink.port
    );
    std::fs::write(file.path(), settings).expect("settings");
    let args = vec!["--config".to_owned(), file.path().display().to_string()];
    Server::start(&Options { engine, args, ..Options::default() })
}

/// The path of the link in a letter.
fn link(letter: &Letter, server: &Server) -> String {
    let rest = letter.text.split(server.ready().base_url()).nth(1).expect("a link of this server");
    rest.split_whitespace().next().expect("a path").to_owned()
}

/// PW-08, T-25: the link arrives although the mail server was busy at first, works once, ends what
/// was there, and nobody learns who has an account. UI-15: invitations go by mail as well.
#[test]
fn links_go_by_mail() {
    for engine in Engine::available() {
        let sink = Sink::start();
        let server = start(&sink, engine);
        let login = server.ready().text("userLogin").to_owned();

        let mut user = Browser::new(&server);
        let form = format!("login={login}&password={}", server.ready().text("password"));
        user.post("/login", "/login", &form).expect(303);
        user.post("/", "/language", "lang=en&next=/").expect(303);
        let letter = sink.next();
        assert!(letter.text.contains("Auto-Submitted: auto-generated"), "{letter:?}");
        assert!(!letter.text.contains("List-Unsubscribe"), "{letter:?}");

        let mut stranger = Browser::new(&server);
        let told = |browser: &mut Browser, name: &str| {
            let answer = browser.post("/login/reset", "/login/reset", &format!("login={name}"));
            let page = answer.expect(200).text();
            page.split("<main").nth(1).and_then(|p| p.split("</main").next()).map(str::to_owned)
        };
        let of_nobody = told(&mut stranger, "nobody.at.all").expect("a page");
        assert_eq!(told(&mut stranger, &login).expect("a page"), of_nobody);
        let letter = sink.next();
        assert!(letter.text.contains("Subject: Trackway: new password"), "{letter:?}");
        let path = link(&letter, &server);
        let secret = path.rsplit('/').next().expect("a secret");
        assert!(path.starts_with("/login/reset/") && secret.len() == 43, "{path}");
        if engine == Engine::Sqlite {
            // T-23: not even the job that waited held it in the open.
            for name in ["trackway.db", "trackway.db-wal"] {
                let bytes = std::fs::read(server.data_dir().join(name)).unwrap_or_default();
                let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "the link lies in {name}");
            }
        }
        assert!(!server.log().contains(secret), "the link is in the log");

        let form = "password=nine+quiet+harbours";
        stranger.get(&path).expect(200);
        stranger.post(&path, &path, form).expect(303);
        stranger.get(&path).expect(404);
        user.get("/settings/profile").expect(303);
        let letter = sink.next();
        assert!(letter.text.contains("the password was changed"), "{letter:?}");
        let sign_in = format!("login={login}&{form}");
        stranger.post("/login", "/login", &sign_in).expect(303);
        let letter = sink.next();
        assert!(letter.text.contains("sign-in from a new browser"), "{letter:?}");
        // The second time the browser is known.
        stranger.post("/settings/profile", "/logout", "").expect(303);
        stranger.post("/login", "/login", &sign_in).expect(303);

        let mut admin = Browser::sign_in(&server);
        sink.next();
        admin.post("/", "/language", "lang=en&next=/").expect(303);
        let org = server.ready().text("orgId");
        let members = format!("/admin/orgs/{org}/members/invite");
        let page = admin.post(&members, &members, "level=read&email=eve%40example.net").expect(200);
        assert!(page.text().contains("eve@example.net"), "{page}");
        let letter = sink.next();
        assert_eq!(letter.to, "eve@example.net");
        stranger.get(&link(&letter, &server)).expect(200);
    }
}

/// BF-02, T-26: guessing from everywhere closes an account to new browsers, but neither to those that
/// it was signed in from, nor to whoever reads its mail.
#[test]
fn an_owner_is_not_locked_out_by_guessers() {
    let sink = Sink::start();
    let server = start(&sink, Engine::Sqlite);
    let (login, password) = (server.ready().text("userLogin"), server.ready().text("password"));
    let right = format!("login={login}&password={password}");
    let mut known = Browser::new(&server);
    known.post("/login", "/login", &right).expect(303);
    known.post("/", "/language", "lang=en&next=/").expect(303);
    known.post("/settings/profile", "/logout", "").expect(303);
    let letter = sink.next();
    assert!(letter.text.contains("sign-in from a new browser") || !letter.text.is_empty());
    // Each from another network, so that no network is slowed down by itself.
    let far = |n: usize| {
        let address = format!("10.{n}.0.1");
        Browser::with(server.anonymous().with_header("X-Forwarded-For", &address))
    };
    for n in 0..50 {
        let answer = far(n).post("/login", "/login", &format!("login={login}&password=wrong+{n}"));
        assert_eq!(answer.status, 403, "{n}: {answer}");
    }
    let mut own = far(100);
    let closed = own.post("/login", "/login", &right);
    assert!(![200, 303].contains(&closed.status), "{closed}");
    // Said in the same words to those who guess at nobody's account.
    let message = |page: &str| {
        let alert = page.split("role=\"alert\">").nth(1).and_then(|rest| rest.split('<').next());
        let words = alert.expect("a message").chars().filter(|c| !c.is_ascii_digit());
        words.collect::<String>()
    };
    for n in 0..50 {
        far(n).post("/login", "/login", &format!("login=nobody.at.all&password=wrong+{n}"));
    }
    let nobody = far(101).post("/login", "/login", "login=nobody.at.all&password=wrong");
    assert_eq!(message(&closed.text()), message(&nobody.text()));
    known.post("/login", "/login", &right).expect(303);

    let letter = sink.next();
    let path = link(&letter, &server);
    assert!(path.starts_with("/login/browser/"), "{path}");
    own.get(&format!("{path}x")).expect(404);
    let page = own.get(&path).expect(200).text();
    assert!(page.contains("Sign-in from this browser"), "{page}");
    own.post(&path, &path, "").expect(303);
    own.post("/login", "/login", &right).expect(303);
    far(102).post("/login", "/login", &right).expect(closed.status);
}

/// BF-04: wrong codes end the session, twenty of them close the second step for a while, and whose account
/// it is hears of it, because somebody knows the password.
#[test]
fn many_wrong_codes_are_told_by_mail() {
    let sink = Sink::start();
    let server = start(&sink, Engine::Sqlite);
    let (login, password) = (server.ready().text("userLogin"), server.ready().text("password"));
    let right = format!("login={login}&password={password}");
    let mut own = Browser::new(&server);
    own.post("/login", "/login", &right).expect(303);
    own.post("/", "/language", "lang=en&next=/").expect(303);
    let codes = "/settings/security/codes";
    let secret = Browser::hidden(&own.get(codes).expect(200).text(), "secret");
    own.post(codes, codes, &format!("secret={secret}&code={}", code(&secret, 0))).expect(200);
    for round in 0..4 {
        let mut thief = Browser::new(&server);
        thief.post("/login", "/login", &right).expect(303);
        for n in 0..5 {
            let answer = thief.post("/login/second", "/login/second", "code=000000");
            assert!(answer.text().contains("code-error"), "{round} {n}: {answer}");
        }
        assert_eq!(thief.get("/login/second").header("location"), Some("/login"), "{round}");
    }
    let mut thief = Browser::new(&server);
    thief.post("/login", "/login", &right).expect(303);
    let shown = format!("code={}", code(&secret, 1));
    assert_eq!(thief.post("/login/second", "/login/second", &shown).status, 429);
    let about = |letter: &Letter| letter.text.contains("Whoever it was knows the password");
    assert!((0..3).any(|_| about(&sink.next())), "after those on the browser and the second step");
}

#[test]
fn wrong_settings_are_told_at_the_start() {
    let server = Server::start(&Options { demo: false, ..Options::default() });
    let file = server.data_dir().join("wrong.toml");
    std::fs::write(&file, "[server.mail]\nsmtp_url = \"mail.example.org\"\n").expect("settings");
    let data = server.data_dir().join("other").display().to_string();
    let output = server
        .command()
        .args(["serve", "--listen", "127.0.0.1:0", "--data", &data, "--config"])
        .arg(&file)
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("server.mail.smtp_url"), "{told}");
}
