//! The pages for administrators (oauth.md, UI-16), and the questions before what cannot be undone.

use serde_json::Value;
use trackway_tests::{Answer, Browser, Server, on_each_engine};

fn somebody(server: &Server) -> Browser {
    let mut browser = Browser::new(server);
    let ready = server.ready();
    let form = format!("login={}&password={}", ready.text("userLogin"), ready.text("password"));
    browser.post("/login", "/login", &form).expect(303);
    browser
}

/// Registers an application; its id.
fn register(browser: &mut Browser, name: &str) -> String {
    let form = format!(
        "name={name}&platform=web&redirectUris=https%3A%2F%2Fapp.example.net%2Fcb\
         &scopes=tracker%3Aread&contact=a%40example.net"
    );
    let page = browser.post("/client/new/api", "/client/new", &form).expect(200).text();
    let rest = page.split("id=\"client-id\">").nth(1).expect("a ClientID");
    rest.split('<').next().expect("its text").to_owned()
}

const PUBLIC: &str = include_str!("../fixtures/test-rsa.pem");

fn says(answer: &Answer, text: &str) {
    assert!(answer.text().contains(text), "{text:?} is not in {answer}");
}

#[test]
fn pages_of_administrators_are_for_administrators() {
    on_each_engine(|server| {
        let mut user = somebody(server);
        for path in ["overview", "users", "applications", "applications/one?id=x", "audit"] {
            user.get(&format!("/admin/{path}")).expect(403);
        }
        user.get("/admin/audit/export?where=server").expect(403);
        user.post("/settings/profile", "/admin/applications/block", "id=x").expect(403);
        let mut admin = Browser::sign_in(server);
        let other = server.ready().text("secondOrgId");
        admin.get(&format!("/admin/audit?where={other}")).expect(403);
        admin.get("/admin/audit?actor=nobody.at.all").expect(404);
        admin.get("/admin/audit?from=yesterday").expect(400);
        says(&admin.get("/admin/overview").expect(200), "server.mail.smtp_url");
        let users = admin.get(&format!("/admin/users?q={}", server.ready().text("userLogin")));
        says(&users.expect(200), server.ready().text("userLogin"));
        // The other organisation's people are not ours to see.
        let world = admin.get("/admin/users").expect(200).text();
        assert!(!world.contains(other), "{world}");
    });
}

/// AP-04.
#[test]
fn administrators_decide_about_applications() {
    on_each_engine(|server| {
        let (mut user, mut admin) = (somebody(server), Browser::sign_in(server));
        let id = register(&mut user, "Gadget");
        let page = format!("/admin/applications/one?id={id}");
        says(&admin.get("/admin/applications").expect(200), "Gadget");
        says(&admin.get(&format!("/admin/applications/block?id={id}")).expect(200), "Gadget");
        let own = format!("/client/{id}");
        let blocked = "has blocked this application";
        assert!(!user.get(&own).expect(200).text().contains(blocked), "a question blocks nothing");
        admin.post(&page, "/admin/applications/block", &format!("id={id}")).expect(303);
        says(&user.get(&own).expect(200), blocked);
        admin.post(&page, "/admin/applications/unblock", &format!("id={id}")).expect(303);
        assert!(!user.get(&own).expect(200).text().contains(blocked));
        let form = format!("id={id}&standing=verified");
        admin.post(&page, "/admin/applications/decide", &form).expect(303);
        says(&user.get(&own).expect(200), "Until an administrator approves it");
        let form = format!("id={id}&standing=approved&orgs=12345");
        admin.post(&page, "/admin/applications/decide", &form).expect(422);
    });
}

#[test]
fn the_audit_log_is_searched_and_taken_along() {
    on_each_engine(|server| {
        let (mut user, mut admin) = (somebody(server), Browser::sign_in(server));
        user.post("/settings/profile", "/logout", "").expect(303);
        let login = server.ready().text("userLogin");
        let page = admin.get(&format!("/admin/audit?kind=account&actor={login}")).expect(200);
        says(&page, "Sign-out");
        let file = admin.get(&format!("/admin/audit/export?kind=account&actor={login}"));
        let file = file.expect(200);
        assert_eq!(file.header("content-type"), Some("application/jsonl"));
        let name = file.header("content-disposition").unwrap_or_default().to_owned();
        assert!(name.starts_with("attachment; filename=\"audit-"), "{name}");
        let records: Vec<Value> = file
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect();
        let events: Vec<_> = records.iter().map(|record| &record["after"]["event"]).collect();
        assert_eq!(events[..2], ["logout", "login_ok"], "{events:?}");
        assert!(records.iter().all(|record| record["type"] == "account"));
        let none = admin.get("/admin/audit?to=2020-01-01").expect(200);
        says(&none, "Nothing was found");
    });
}

/// UI-16: actions and kinds of objects have names in the language of whoever reads.
#[test]
fn the_audit_log_speaks_both_languages() {
    on_each_engine(|server| {
        let mut admin = Browser::sign_in(server);
        let groups = format!("/admin/orgs/{}/groups", server.ready().text("orgId"));
        admin.post(&groups, &groups, "name=Crew").expect(303);
        let page = "/admin/audit?kind=group";
        says(&admin.get(page).expect(200), "Created: group — Crew");
        admin.post(page, "/language", "lang=ru&next=/").expect(303);
        let russian = admin.get(page).expect(200);
        says(&russian, "Создание: группа — Crew");
        says(&russian, "<option value=\"group\" selected>группа</option>");
    });
}

#[test]
fn what_cannot_be_undone_is_asked_first() {
    on_each_engine(|server| {
        let mut user = somebody(server);
        let id = register(&mut user, "Short-lived");
        let own = format!("/client/{id}");
        for (deed, question) in [
            ("delete", "Delete the application “Short-lived”?"),
            ("secret", "Make a new secret for “Short-lived”?"),
            ("signed-info", "Switch signed user info on for “Short-lived”?"),
        ] {
            says(&user.get(&format!("{own}/{deed}")).expect(200), question);
        }
        user.get(&own).expect(200);
        // UI-13: a new secret is shown once, and it goes off without one.
        let on = user.post(&own, &format!("{own}/signed-info"), "on=on").expect(200);
        says(&on, "id=\"secret\"");
        says(&user.get(&own).expect(200), "They are on");
        user.post(&own, &format!("{own}/signed-info"), "").expect(303);
        says(&user.get(&own).expect(200), "They are off");
        user.post(&own, &format!("{own}/delete"), "").expect(303);
        user.get(&own).expect(404);
    });
}

/// UI-15: nobody of the organisation gets past the page where the second step is switched on.
#[test]
fn an_organization_may_require_a_second_step() {
    on_each_engine(|server| {
        let (mut user, mut admin) = (somebody(server), Browser::sign_in(server));
        let edit = format!("/admin/orgs/{}/edit", server.ready().text("orgId"));
        admin.post(&edit, &edit, "name=Strict&lang=en&second_step=on").expect(303);
        for browser in [&mut user, &mut admin] {
            for path in ["/", "/settings/tokens", "/client/my", "/device", "/authorize?client_id=x"]
            {
                let answer = browser.get(path).expect(303);
                let target = answer.header("location").unwrap_or_default().to_owned();
                assert_eq!(target, "/settings/security?done=second-step", "{path}");
            }
            says(&browser.get("/settings/security?done=second-step"), "requires a second step");
            browser.get("/settings/security/codes").expect(200);
            browser.get("/help/api").expect(200);
        }
    });
}

fn key_form(description: &str, pem: &str) -> String {
    let pem = pem.bytes().fold(String::new(), |pem, byte| pem + &format!("%{byte:02X}"));
    format!("description={description}&publicKey={pem}")
}

/// IM-08: an account for a program and its keys, without a line of code.
#[test]
fn service_accounts_and_their_keys_are_kept_on_pages() {
    on_each_engine(|server| {
        let (mut user, mut admin) = (somebody(server), Browser::sign_in(server));
        let list = format!("/admin/orgs/{}/services", server.ready().text("orgId"));
        user.get(&list).expect(403);
        user.post("/settings/profile", &list, "name=Mine&login=mine").expect(403);
        says(&admin.get(&list).expect(200), "There are no service accounts.");
        let refused = admin.post(&list, &list, "name=&login=nightly&level=full").expect(200);
        says(&refused, "id=\"name-error\"");
        let made = admin.post(&list, &list, "name=Nightly&login=nightly&level=full").expect(303);
        let place = made.header("location").expect("a page").to_owned();
        let own = place.split('?').next().expect("a path");
        says(&admin.get(&list).expect(200), "Nightly");
        // It has no password, and no link to choose one is offered.
        let member = own.replace("/services/", "/members/");
        let page = admin.get(&member).expect(200);
        says(&page, "Nobody signs in under this name");
        assert!(!page.text().contains(&format!("{member}/reset")), "{page}");
        admin.post(&member, &format!("{member}/reset"), "").expect(200);
        // A key to a login that is taken would be a key to that person.
        let taken = format!("name=X&login={}", server.ready().text("userLogin"));
        says(&admin.post(&list, &list, &taken).expect(200), "id=\"login-error\"");

        let keys = format!("{own}/keys");
        let refused = admin.post(own, &keys, &key_form("runner", "no key")).expect(200);
        says(&refused, "id=\"publicKey-error\"");
        admin.post(own, &keys, &key_form("runner", PUBLIC)).expect(303);
        let page = admin.get(own).expect(200);
        says(&page, "runner");
        let text = page.text();
        let key = text.split(&format!("{keys}/")).nth(1).expect("a key").split('"').next();
        let key = format!("{keys}/{}", key.expect("its id"));
        user.get(own).expect(403);
        user.get(&key).expect(403);
        user.post("/settings/profile", &key, "").expect(403);
        says(&admin.get(&key).expect(200), "Remove the key “runner”?");
        says(&admin.get(own).expect(200), "runner");
        admin.post(&key, &key, "").expect(303);
        says(&admin.get(own).expect(200), "There are no keys yet");
        admin.get(&key).expect(404);

        let delete = format!("{own}/delete");
        user.post("/settings/profile", &delete, "").expect(403);
        says(&admin.get(&delete).expect(200), "Delete the service account “Nightly”?");
        admin.post(&delete, &delete, "").expect(303);
        admin.get(own).expect(404);
        says(&admin.get(&list).expect(200), "There are no service accounts.");
    });
}
