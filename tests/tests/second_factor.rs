//! Applications that demand a second factor with each decision (oauth.md, MF-05), on the pages.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use trackway_tests::{Application, Browser, on_each_engine};

const CALLBACK: &str = "https://app.example.net/cb";

/// What an authenticator shows (RFC 6238), some steps from now.
fn code(secret: &str, later: u64) -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base32");
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(seconds / 30 + later).to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 0x0f);
    let word: [u8; 4] = tag[start..start + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

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
