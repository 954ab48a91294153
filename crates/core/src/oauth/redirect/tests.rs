use super::*;

const REGISTERED: [&str; 3] =
    ["https://app.example.net/cb", "http://127.0.0.1:8000/cb", "com.example.app:/cb"];

fn accepted(presented: &str) -> bool {
    REGISTERED.iter().any(|registered| matches(registered, presented))
}

/// oauth.md, appendix B; T-01, T-02, S-9700-01.
#[test]
fn the_corpus_is_refused() {
    for good in REGISTERED.iter().copied().chain([
        "http://127.0.0.1/cb",
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
    ]) {
        assert!(accepted(good), "{good}");
    }
    let corpus = include_str!("corpus.txt");
    assert!(corpus.lines().count() > 60);
    for bad in corpus.lines() {
        assert!(!accepted(bad), "{bad}");
    }
    for bad in [
        "",
        " https://app.example.net/cb",
        "https://app.example.net/cb ",
        "https://app.example.net/cb\t",
        "https://app.example.net/cb\r\nX:1",
        "https://app.example.net/cb\0",
        "https://app\u{3002}example.net/cb",
        "https://app\u{ff0e}example.net/cb",
        "https://app.example.net/cb\u{2028}",
    ] {
        assert!(!accepted(bad), "{bad:?}");
    }
    assert!(!accepted(&format!("https://app.example.net/{}", "a".repeat(9000))));
}

/// T-02: `https` registered does not admit loopback, nor the other way round.
#[test]
fn the_exception_is_for_loopback_only() {
    assert!(!matches("https://127.0.0.1/cb", "https://127.0.0.1:8000/cb"));
    assert!(!matches("https://app.example.net/cb", "http://127.0.0.1:8000/cb"));
    assert!(!matches("http://127.0.0.1/cb", "http://localhost/cb"));
    assert!(matches("http://[::1]/cb?a=1", "http://[::1]:9/cb?a=1"));
    assert!(!matches("http://127.0.0.1/cb?a=1", "http://127.0.0.1:9/cb"));
}

proptest::proptest! {
    #[test]
    fn nothing_but_the_registered_string_matches(text in "\\PC{0,60}") {
        if accepted(&text) {
            proptest::prop_assert!(
                REGISTERED.contains(&text.as_str()) || text.starts_with("http://127.0.0.1")
            );
        }
    }

    #[test]
    fn changed_strings_do_not_match(at in 0_usize..25, c in proptest::char::any()) {
        let mut chars: Vec<char> = REGISTERED[0].chars().collect();
        chars[at] = c;
        let text: String = chars.into_iter().collect();
        proptest::prop_assert_eq!(accepted(&text), text == REGISTERED[0]);
    }
}

/// S-6749-06.
#[test]
fn what_may_be_registered() {
    for good in [
        "https://app.example.net/cb",
        "https://app.example.net:8443/cb?x=1",
        "http://localhost/cb",
        "http://127.0.0.1:8000/cb",
        "https://oauth.yandex.ru/verification_code",
    ] {
        assert!(may_register(good, false), "{good}");
    }
    assert!(may_register("com.example.app:/cb", true));
    for bad in [
        "com.example.app:/cb",
        "http://app.example.net/cb",
        "https://",
        "https:///cb",
        "https://u@app.example.net/cb",
        "https://app.example.net/cb#x",
        "https://*.example.net/cb",
        "https://app.example.net/a/../cb",
        "https://app.example.net/a/%2E%2e/cb",
        "https://app.example.net/a%2Fb",
        "https://app.example.net/cb?code=1",
        "https://app.example.net/cb?a=1&state",
        "https://app.example.net:99999/cb",
        "https://app.example.net/\\cb",
        "https://app.example.net/ь",
        "/cb",
        "",
    ] {
        assert!(!may_register(bad, false), "{bad}");
    }
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "com.example.app://cb",
        "JAVASCRIPT:/a.b",
    ] {
        assert!(!may_register(bad, true), "{bad}");
    }
    assert!(!may_register(&format!("https://a.example/{}", "a".repeat(2000)), true));
}

#[test]
fn parameters_are_encoded() {
    assert_eq!(
        with_query("https://a.example/cb?x=1", &[("state", "a b&c=d+%я")]),
        "https://a.example/cb?x=1&state=a%20b%26c%3Dd%2B%25%D1%8F"
    );
    assert_eq!(with_query("com.example.app:/cb", &[("code", "x")]), "com.example.app:/cb?code=x");
}

#[test]
fn the_code_page_of_the_original_is_ours() {
    let own = "https://tracker.example.org";
    for uri in CODE_PAGES.iter().copied().chain(["https://tracker.example.org/verification_code"]) {
        assert_eq!(target(uri, own), "https://tracker.example.org/verification_code");
    }
    assert_eq!(target("https://oauth.yandex.ru/other", own), "https://oauth.yandex.ru/other");
}
