//! Signing in with the password of a directory (oauth.md, 7.6; T-40): the real program with a small
//! LDAP server of this test's own.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trackway_tests::ldap::{Deed, Directory, Entry};
use trackway_tests::tls::Authority;
use trackway_tests::{Answer, Browser, Options, Server};

const BASE: &str = "ou=people,dc=example";
const SERVICE: &str = "cn=trackway,dc=example";
const SERVICE_PASSWORD: &str = "the service's own";
const PASSWORD: &str = "correct horse battery";
const STAFF: &str = "cn=staff,dc=example";
const BOSSES: &str = "cn=bosses,dc=example";

fn entry(uid: &str, groups: &[&str]) -> Entry {
    let (mail, id) = (format!("{uid}@directory.example"), format!("id-of-{uid}"));
    let mut values = vec![
        ("objectClass", "person".to_owned()),
        ("uid", uid.to_owned()),
        ("entryUUID", id),
        ("mail", mail),
        ("givenName", "Greta".to_owned()),
        ("sn", "Directory".to_owned()),
    ];
    values.extend(groups.iter().map(|dn| ("memberOf", (*dn).to_owned())));
    Entry::new(&format!("uid={uid},{BASE}"), PASSWORD, values)
}

fn service() -> Entry {
    Entry::new(SERVICE, SERVICE_PASSWORD, Vec::new())
}

/// What the settings name; the id of the organisation follows from the seed of the demo.
struct Place {
    folder: TempDir,
    org: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("secret"), SERVICE_PASSWORD).expect("written");
        Self { folder, org: Server::start(&Options::default()).ready().text("orgId").to_owned() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A server that asks this directory, with more settings.
    fn server(&self, url: &str, more: &str) -> Server {
        let secret = self.file("secret");
        let (secret, org) = (Path::display(&secret), &self.org);
        let config = format!(
            "[server.ldap]\nurl = '{url}'\nbase = '{BASE}'\nbind_dn = '{SERVICE}'\n\
             bind_password_file = '{secret}'\norganization = '{org}'\n{more}"
        );
        Server::start(&Options { config, ..Options::default() })
    }
}

fn try_login(server: &Server, login: &str, password: &str) -> (Browser, Answer) {
    let mut browser = Browser::new(server);
    let encode =
        |text: &str| text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"));
    let form = format!("login={}&password={}", encode(login), encode(password));
    let answer = browser.post("/login", "/login", &form);
    (browser, answer)
}

fn admin(server: &Server, args: &[&str]) -> String {
    let mut command = server.command();
    command.args(["admin"]).args(server.storage_args()).args(args);
    let output = command.output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn level(server: &Server, login: &str) -> String {
    let text = admin(server, &["user", "list"]);
    let line = text.lines().find(|line| line.split('\t').nth(2) == Some(login));
    line.and_then(|line| line.split('\t').nth(3)).unwrap_or_default().to_owned()
}

/// T-40: who knows the password gets in; whoever plays tricks with filters, empty passwords or several
/// entries does not, and nothing of it reaches the directory as a bind.
#[test]
fn nobody_gets_in_by_a_trick() {
    let place = Place::new();
    let twins = [entry("twin", &[]), entry("twin", &[])];
    let directory =
        Directory::start(None, [service(), entry("greta", &[])].into_iter().chain(twins).collect());
    let server = place.server(&directory.url("ldap"), "create = true\n");
    let (mut greta, answer) = try_login(&server, "greta", PASSWORD);
    assert_eq!(answer.expect(303).header("location"), Some("/"));
    assert!(greta.get("/settings/profile").expect(200).text().contains("Greta"));
    assert_eq!(level(&server, "greta"), "read");
    let before = directory.deeds().len();
    for login in ["greta", "twin", "*", "unknown"] {
        assert_eq!(try_login(&server, login, "").1.status, 403, "{login}");
    }
    assert_eq!(directory.deeds().len(), before, "an empty password is not even asked about");
    let tricks =
        ["*", "gret*", "*)(uid=greta", "greta)(|(uid=*", "greta)(!(uid=x", "\\67reta", "greta\0"];
    for login in tricks {
        assert_eq!(try_login(&server, login, PASSWORD).1.status, 403, "{login:?}");
    }
    assert_eq!(try_login(&server, "twin", PASSWORD).1.status, 403, "it is not known which");
    assert_eq!(try_login(&server, "greta", "wrong").1.status, 403);
    let binds: Vec<String> = directory.deeds()[before..]
        .iter()
        .filter_map(|deed| match deed {
            Deed::Bind(dn, _) if dn != SERVICE => Some(dn.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(binds, [format!("uid=greta,{BASE}")], "with the wrong password, once");
    assert!(!server.log().contains(PASSWORD));
}

/// T-40: certificates are checked, and `StartTLS` is no less than TLS.
#[test]
fn only_a_directory_with_a_good_certificate_is_asked() {
    let (good, bad) = (Authority::new(), Authority::new());
    let place = Place::new();
    std::fs::write(place.file("ca.pem"), good.pem()).expect("written");
    let trust = format!("create = true\nauthority_file = '{}'\n", place.file("ca.pem").display());
    let people = || vec![service(), entry("greta", &[])];
    let directory = Directory::start(Some(&good), people());
    for (scheme, more) in [("ldaps", ""), ("ldap", "start_tls = true\n")] {
        let directory =
            if more.is_empty() { directory.clone() } else { Directory::start_tls(&good, people()) };
        let server = place.server(&directory.url(scheme), &format!("{trust}{more}"));
        assert_eq!(try_login(&server, "greta", PASSWORD).1.status, 303, "{scheme} {more}");
        assert!(directory.deeds().iter().any(|deed| matches!(deed, Deed::Bind(..))));
    }
    for (scheme, more) in [("ldaps", ""), ("ldap", "start_tls = true\n")] {
        let stranger = if more.is_empty() {
            Directory::start(Some(&bad), people())
        } else {
            Directory::start_tls(&bad, people())
        };
        let server = place.server(&stranger.url(scheme), &format!("{trust}{more}"));
        assert_eq!(try_login(&server, "greta", PASSWORD).1.status, 503, "{scheme} {more}");
        assert_eq!(stranger.deeds(), [], "it hears no name and no password");
        // People of this server are not held up by that.
        Browser::sign_in(&server);
    }
}

/// Groups of the directory are levels here at each sign-in, and who has a password of this server goes
/// on administering.
#[test]
fn groups_follow_and_a_local_administrator_remains() {
    let place = Place::new();
    let directory = Directory::start(None, vec![service(), entry("greta", &[STAFF, BOSSES])]);
    let groups = format!(
        "create = true\nlink_by_mail = true\ngroups = [{{ dn = '{STAFF}', level = 'full' }}, \
         {{ dn = '{BOSSES}', level = 'admin' }}]\n"
    );
    let server = place.server(&directory.url("ldap"), &groups);
    let sign_in = |login: &str| {
        assert_eq!(try_login(&server, login, PASSWORD).1.status, 303, "{login}");
        level(&server, login)
    };
    assert_eq!(sign_in("greta"), "admin");
    directory.set(vec![service(), entry("greta", &[STAFF])]);
    assert_eq!(sign_in("greta"), "full");
    directory.set(vec![service(), entry("greta", &[])]);
    assert_eq!(sign_in("greta"), "read");
    // Out of the directory, out of here.
    directory.set(vec![service()]);
    assert_eq!(try_login(&server, "greta", PASSWORD).1.status, 403);
    // The administrator of the demo links an entry by hand; the directory says nothing of bosses.
    let login = server.ready().text("login").to_owned();
    directory.set(vec![service(), entry("other-name", &[STAFF])]);
    let mut admin = Browser::sign_in(&server);
    let page = "/settings/security";
    let form = format!("name=other-name&directory={}", PASSWORD.replace(' ', "+"));
    admin.post(page, "/settings/security/directory", &form).expect(303);
    assert!(admin.get(page).expect(200).text().contains("Linked: you can sign in"));
    let (mut browser, answer) = try_login(&server, "other-name", PASSWORD);
    answer.expect(303);
    browser.get("/admin/overview").expect(200);
    assert_eq!(level(&server, &login), "admin");
    // A link is taken away like those of other services.
    let wrong = admin.post(page, "/settings/security/directory", "name=greta&directory=x");
    assert_eq!(wrong.status, 403);
}

/// oauth.md, 7.6: the directory is looked at now and then. Who is not found there any more loses sessions,
/// tokens and membership until they are found again; levels follow; one that does not answer, or shows
/// nobody at all, changes nothing; and the local administrator remains.
#[test]
fn the_roll_call_shuts_out_who_left() {
    let place = Place::new();
    let (boss, both) = (|| entry("boss", &[BOSSES]), |groups: &[&str]| entry("greta", groups));
    let directory = Directory::start(None, vec![service(), boss(), both(&[STAFF])]);
    let more = format!(
        "create = true\nlook_seconds = 1\ngroups = [{{ dn = '{STAFF}', level = 'full' }}, \
         {{ dn = '{BOSSES}', level = 'admin' }}]\n"
    );
    let server = place.server(&directory.url("ldap"), &more);
    let (mut greta, answer) = try_login(&server, "greta", PASSWORD);
    answer.expect(303);
    let token = admin(&server, &["token", "create", "--login", "greta"]);
    let client = server.anonymous().with_login(&token, &place.org);
    let myself = || client.get("/v3/myself").send().status;
    eventually("the token is known", || myself() == 200);
    assert_eq!(level(&server, "greta"), "full");
    // The administrator of this server is linked as well.
    let mut boss_here = Browser::sign_in(&server);
    let form = format!("name=boss&directory={}", PASSWORD.replace(' ', "+"));
    let page = "/settings/security";
    boss_here.post(page, "/settings/security/directory", &form).expect(303);

    directory.set(vec![service(), boss(), both(&[])]);
    eventually("the level follows", || level(&server, "greta") == "read");
    assert_eq!(myself(), 200, "a group less is no reason to end anything");
    let seen = directory.deeds().len();
    directory.set(vec![service()]);
    eventually("two more looks", || directory.deeds().len() > seen + 6);
    assert_eq!(myself(), 200, "a directory that shows nobody did not lose everybody");
    assert!(server.log().contains("it shows nobody"));

    directory.set(vec![service(), entry("somebody", &[])]);
    eventually("out", || level(&server, "greta") == "dismissed");
    assert_eq!(myself(), 401);
    let sent = greta.get("/settings/profile");
    assert!(sent.header("location").unwrap_or_default().starts_with("/login?"), "{sent}");
    boss_here.get("/admin/overview").expect(200);
    let login = server.ready().text("login").to_owned();
    assert_eq!(level(&server, &login), "admin", "who has a password of this server");

    directory.set(vec![service(), both(&[STAFF])]);
    eventually("back", || level(&server, "greta") == "full");
    assert_eq!(myself(), 401, "what was revoked stays so");
    try_login(&server, "greta", PASSWORD).1.expect(303);
}

fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..300 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("never: {what}");
}
