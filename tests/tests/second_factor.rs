//! Applications that demand a second factor with each decision (oauth.md, MF-05), on the pages.

use trackway_tests::totp::code;
use trackway_tests::{Application, Browser, on_each_engine};

const CALLBACK: &str = "https://app.example.net/cb";

/// MF-05: whoever has no second factor is led to one; with one, only a fresh code opens the way.
#[test]
fn a_decision_takes_a_second_factor_along() {
    on_each_engine(|server| {
        let app = Application::register(server, &["--redirect-uri", CALLBACK]);
        let mut admin = Browser::sign_in(server);
        let authorize = format!("/authorize?response_type=code&client_id={}", app.id);
        // Remembered, while nothing is demanded.
        assert!(admin.allow(&authorize).contains("code="));
        admin.get(&authorize).expect(303);
        let page = format!("/admin/applications/one?id={}", app.id);
        let form = format!("id={}&standing=approved&standing=factor", app.id);
        admin.post(&page, "/admin/applications/decide", &form).expect(303);
        let lacking = admin.get(&authorize).expect(200).text();
        assert!(lacking.contains("/settings/security/codes"), "{lacking}");
        assert!(!lacking.contains("/authorize/decision"), "{lacking}");

        let codes = "/settings/security/codes";
        let secret = Browser::hidden(&admin.get(codes).expect(200).text(), "secret");
        let form = format!("secret={secret}&code={}", code(&secret, 0));
        admin.post(codes, codes, &form).expect(200);
        let question = admin.get(&authorize).expect(200).text();
        let decide = |admin: &mut Browser, page: &str, decision: &str| {
            admin.decide(page, "/authorize/decision", decision)
        };
        let asked = decide(&mut admin, &question, "allow").expect(200);
        let policy = asked.header("content-security-policy").unwrap_or_default().to_owned();
        assert!(policy.contains("form-action 'self' https://app.example.net"), "{policy}");
        let asked = asked.text();
        assert!(asked.contains("name=\"code\""), "{asked}");
        let again = decide(&mut admin, &asked, "allow&code=000000").expect(200).text();
        assert!(again.contains("id=\"code-error\""), "{again}");
        // The question of the first page is answered, and not with yes.
        decide(&mut admin, &asked, &format!("allow&code={}", code(&secret, 1))).expect(403);
        let shown = format!("allow&code={}", code(&secret, 1));
        let answer = decide(&mut admin, &again, &shown).expect(303);
        let location = answer.header("location").unwrap_or_default();
        assert!(location.starts_with(CALLBACK) && location.contains("code="), "{location}");
        // Allowed a moment ago: the next time takes the next code.
        let question = admin.get(&authorize).expect(200).text();
        let asked = decide(&mut admin, &question, "allow").expect(200).text();
        decide(&mut admin, &asked, &shown).expect(200);
        let question = admin.get(&authorize).expect(200).text();
        let denied = decide(&mut admin, &question, "deny").expect(303);
        assert!(denied.header("location").unwrap_or_default().contains("error=access_denied"));
    });
}

/// MF-05, UI-08: the owner of an application sees what administrators decided about it, in their language.
#[test]
fn the_owner_sees_that_the_application_is_marked() {
    on_each_engine(|server| {
        let app = Application::register(server, &["--redirect-uri", CALLBACK]);
        let mut owner = Browser::sign_in(server);
        let own = format!("/client/{}", app.id);
        assert!(!owner.get(&own).expect(200).text().contains("id=\"marks\""), "nothing decided");
        let page = format!("/admin/applications/one?id={}", app.id);
        let form = format!("id={}&standing=approved&standing=factor", app.id);
        owner.post(&page, "/admin/applications/decide", &form).expect(303);
        for (lang, label, hint) in [
            ("en", "A second step with each decision", "enters a one-time code or uses a passkey"),
            (
                "ru",
                "Второй шаг при каждом разрешении",
                "вводит одноразовый код или использует ключ",
            ),
        ] {
            owner.post("/", "/language", &format!("lang={lang}&next=/")).expect(303);
            let page = owner.get(&own).expect(200).text();
            let marks =
                page.split("id=\"marks\"").nth(1).and_then(|rest| rest.split("</dd>").next());
            let marks = marks.unwrap_or_default();
            assert!(marks.contains(label) && marks.contains(hint), "{lang}: {marks}");
            assert_eq!(marks.matches("<li>").count(), 1, "{marks}");
        }
    });
}
