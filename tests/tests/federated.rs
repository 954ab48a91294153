//! Signing in with an account of another service (oauth.md, 7.6; T-41, T-42): the real program with
//! a small `OpenID` provider of this test's own, which can also be told to cheat.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use trackway_tests::stand_in::{Asked, Said, StandIn};
use trackway_tests::{Answer, Browser, Options, Server, on_each_engine_with};

const CLIENT: &str = "trackway";
const SECRET: &str = "a secret: with/odd+signs";
/// A key of tests only.
const RSA_KEY: &[u8] = include_bytes!("../fixtures/test-rsa.der");

/// What the provider does wrong in its next ID token.
type Cheat = fn(&mut Value, &mut Value);

struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

/// A person at the provider, and what the provider remembers of the last sign-in.
struct State {
    claims: Value,
    alg: &'static str,
    /// Changes header and claims before they are signed.
    cheat: Option<Cheat>,
    /// Nonce, challenge and redirect URI by code.
    codes: HashMap<String, (String, String, String)>,
}

#[derive(Clone)]
struct Provider {
    keys: Arc<Keys>,
    state: Arc<Mutex<State>>,
    stand_in: Option<StandIn>,
}

fn part(json: &Value) -> String {
    BASE64URL_NOPAD.encode(json.to_string().as_bytes())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

/// Parameters of a query or form.
fn parameters(text: &str) -> HashMap<String, String> {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        let mut pieces = text.split('%');
        let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
        for piece in pieces {
            let (hex, rest) = piece.split_at(2);
            out.push(u8::from_str_radix(hex, 16).expect("two digits"));
            out.extend_from_slice(rest.as_bytes());
        }
        String::from_utf8(out).expect("UTF-8")
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

impl Provider {
    fn start() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let ec = ec.expect("a key");
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random);
        let keys =
            Keys { rsa: RsaKeyPair::from_der(RSA_KEY).expect("a key"), ec: ec.expect("a key") };
        let state = State { claims: Value::Null, alg: "RS256", cheat: None, codes: HashMap::new() };
        let mut provider =
            Self { keys: Arc::new(keys), state: Arc::new(Mutex::new(state)), stand_in: None };
        let serving = provider.clone();
        provider.stand_in = Some(StandIn::start(None, move |asked| serving.answer(asked)));
        provider
    }

    fn issuer(&self) -> String {
        self.stand_in.expect("it runs").url()
    }

    /// Who signs in next, how their token is signed, and what is wrong with it.
    fn is(&self, claims: Value, alg: &'static str, cheat: Option<Cheat>) {
        let mut state = self.state.lock().expect("no panic");
        (state.claims, state.alg, state.cheat) = (claims, alg, cheat);
    }

    fn answer(&self, asked: &Asked) -> Said {
        let host = asked.headers.get("host").cloned().unwrap_or_default();
        let issuer = format!("http://{host}");
        match asked.target.as_str() {
            "/.well-known/openid-configuration" => Said::json(&json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "authorization_response_iss_parameter_supported": true,
            })),
            "/keys" => Said::json(&self.public_keys()),
            "/token" => self.token(asked, &issuer),
            _ => Said::new(404, "text/plain", ""),
        }
    }

    fn public_keys(&self) -> Value {
        let rsa: PublicKeyComponents<Vec<u8>> = self.keys.rsa.public().into();
        let point = self.keys.ec.public_key().as_ref();
        json!({"keys": [
            {"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256",
                "n": BASE64URL_NOPAD.encode(&rsa.n), "e": BASE64URL_NOPAD.encode(&rsa.e)},
            {"kty": "EC", "kid": "e", "use": "sig", "crv": "P-256", "alg": "ES256",
                "x": BASE64URL_NOPAD.encode(&point[1..33]),
                "y": BASE64URL_NOPAD.encode(&point[33..])},
        ]})
    }

    /// Plays the page of the provider: the address that its visitor is sent back to.
    fn visit(&self, url: &str) -> String {
        let (endpoint, query) = url.split_once('?').expect("parameters");
        assert_eq!(endpoint, format!("{}/authorize", self.issuer()));
        let asked = parameters(query);
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let mut state = self.state.lock().expect("no panic");
        let code = format!("code-{}", state.codes.len());
        let kept = ["nonce", "code_challenge", "redirect_uri"].map(|name| asked[name].clone());
        state.codes.insert(code.clone(), kept.into());
        format!(
            "{}?code={code}&state={}&iss={}",
            asked["redirect_uri"],
            asked["state"],
            self.issuer().replace(':', "%3A").replace('/', "%2F")
        )
    }

    fn token(&self, asked: &Asked, issuer: &str) -> Said {
        let form = parameters(&String::from_utf8_lossy(&asked.body));
        let refuse =
            |why: &str| Said::new(400, "application/json", json!({"error": why}).to_string());
        let basic = asked.headers.get("authorization").and_then(|v| v.strip_prefix("Basic "));
        let pair = basic.and_then(|text| BASE64.decode(text.as_bytes()).ok()).unwrap_or_default();
        let pair = String::from_utf8_lossy(&pair).into_owned();
        let (id, secret) = pair.split_once(':').unwrap_or_default();
        let secret = parameters(&format!("s={secret}")).remove("s").unwrap_or_default();
        if id != CLIENT || secret != SECRET {
            return refuse("invalid_client");
        }
        let mut state = self.state.lock().expect("no panic");
        let found = form.get("code").and_then(|code| state.codes.remove(code));
        let Some((nonce, challenge, redirect)) = found else { return refuse("invalid_grant") };
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let hash = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
        if hash != challenge || form.get("redirect_uri") != Some(&redirect) {
            return refuse("invalid_grant");
        }
        let kid = if state.alg == "ES256" { "e" } else { "r" };
        let mut header = json!({"alg": state.alg, "kid": kid});
        let mut claims = state.claims.clone();
        for (name, value) in [
            ("iss", json!(issuer)),
            ("aud", json!(CLIENT)),
            ("exp", json!(now() + 300)),
            ("iat", json!(now())),
            ("nonce", json!(nonce)),
        ] {
            claims[name] = value;
        }
        if let Some(cheat) = state.cheat {
            cheat(&mut header, &mut claims);
        }
        let token = self.sign(&header, &claims);
        Said::json(&json!({"access_token": "x", "token_type": "Bearer", "id_token": token}))
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(header), part(claims));
        let (random, message) = (SystemRandom::new(), signed.as_bytes());
        let signature = match header["alg"].as_str() {
            Some("RS256") => {
                let mut signature = vec![0; self.keys.rsa.public().modulus_len()];
                let done = self.keys.rsa.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
                done.expect("a signature");
                signature
            }
            Some("ES256") => {
                self.keys.ec.sign(&random, message).expect("a signature").as_ref().to_vec()
            }
            // The public key as the secret of a MAC: the classic confusion of keys.
            Some("HS256") => {
                let rsa: PublicKeyComponents<Vec<u8>> = self.keys.rsa.public().into();
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &rsa.n);
                ring::hmac::sign(&key, message).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

/// A tracker that knows two providers: `corp`, whose word about mail addresses counts, and `shy`.
fn options(corp: &Provider, shy: &Provider, folder: &TempDir) -> Options {
    let secret = folder.path().join("secret");
    fs::write(&secret, format!("{SECRET}\n")).expect("written");
    let service = |id: &str, provider: &Provider, more: &str| {
        format!(
            "[[server.sign_in]]\nid = '{id}'\nname = 'Sign in by {id}'\nissuer = '{}'\n\
             client_id = '{CLIENT}'\nclient_secret_file = '{}'\n{more}\n",
            provider.issuer(),
            secret.display()
        )
    };
    let config = service("corp", corp, "link_by_mail = true") + &service("shy", shy, "");
    Options { config, ..Options::default() }
}

/// Goes to the provider and comes back.
fn arrive(browser: &mut Browser, id: &str, provider: &Provider) -> Answer {
    let sent = browser.get(&format!("/login/with/{id}?next=%2Fsettings%2Fprofile")).expect(303);
    let back = provider.visit(sent.header("location").expect("an address"));
    browser.get(path(&back))
}

/// An address without its host.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").expect("an address").1;
    &rest[rest.find('/').expect("a path")..]
}

fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/settings/profile").status == 200
}

#[track_caller]
fn refused(server: &Server, id: &str, provider: &Provider) {
    let mut browser = Browser::new(server);
    arrive(&mut browser, id, provider).expect(403);
    assert!(!is_signed_in(&mut browser));
}

/// A person of the demo, as the provider knows them.
fn colleague(server: &Server) -> (String, Value) {
    let login = server.ready().text("userLogin").to_owned();
    let user = server.client().get(&format!("/users/{login}")).send().expect(200).json();
    let mail = user["email"].as_str().expect("a mail address").to_owned();
    (login, json!({"sub": "1001", "email": mail, "email_verified": true}))
}

/// Discovery, code with PKCE and client authentication, signatures by RSA and by elliptic curves,
/// a link by the mail address once, and then by (`iss`, `sub`) only.
#[test]
fn people_sign_in_with_their_account_elsewhere() {
    let (corp, shy) = (Provider::start(), Provider::start());
    let folder = tempfile::tempdir().expect("a folder");
    on_each_engine_with(&options(&corp, &shy, &folder), |server| {
        let (login, person) = colleague(server);
        let page = Browser::new(server).get("/login").expect(200).text();
        assert!(page.contains("/login/with/corp") && page.contains("Sign in by corp"), "{page}");
        for alg in ["RS256", "ES256"] {
            corp.is(person.clone(), alg, None);
            let mut browser = Browser::new(server);
            let answer = arrive(&mut browser, "corp", &corp).expect(303);
            assert_eq!(answer.header("location"), Some("/settings/profile"));
            let page = browser.get("/settings/profile").expect(200).text();
            assert!(page.contains(&login), "{page}");
        }
        // The address changes; the subject stays who they are.
        let moved = json!({"sub": "1001", "email": "new@elsewhere.example"});
        corp.is(moved, "RS256", None);
        let mut browser = Browser::new(server);
        arrive(&mut browser, "corp", &corp).expect(303);
        assert!(browser.get("/settings/profile").expect(200).text().contains(&login));
    });
}

/// T-41.
#[test]
fn forged_tokens_sign_nobody_in() {
    let (corp, shy) = (Provider::start(), Provider::start());
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&options(&corp, &shy, &folder));
    let (_, person) = colleague(&server);
    let cheats: [(&str, Cheat); 12] = [
        ("another nonce", |_, claims| claims["nonce"] = json!("stolen")),
        ("no nonce", |_, claims| claims["nonce"] = Value::Null),
        ("another audience", |_, claims| claims["aud"] = json!("another-app")),
        ("two audiences, no party", |_, claims| claims["aud"] = json!([CLIENT, "other"])),
        ("another party", |_, claims| claims["azp"] = json!("other")),
        ("another issuer", |_, claims| claims["iss"] = json!("https://evil.example")),
        ("expired", |_, claims| claims["exp"] = json!(now() - 61)),
        ("from the future", |_, claims| claims["iat"] = json!(now() + 600)),
        ("no signature", |header, _| header["alg"] = json!("none")),
        ("the public key as a secret", |header, _| header["alg"] = json!("HS256")),
        ("a key that does not exist", |header, _| header["kid"] = json!("x")),
        ("the key of another algorithm", |header, _| {
            header["alg"] = json!("ES256");
            header["kid"] = json!("r");
        }),
    ];
    for (what, cheat) in cheats {
        eprintln!("{what}");
        corp.is(person.clone(), "RS256", Some(cheat));
        refused(&server, "corp", &corp);
    }
    corp.is(person, "RS256", None);
    arrive(&mut Browser::new(&server), "corp", &corp).expect(303);
}

/// T-41: answers that belong to another browser, another sign-in or another provider.
#[test]
fn answers_count_once_and_in_the_browser_that_asked() {
    let (corp, shy) = (Provider::start(), Provider::start());
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&options(&corp, &shy, &folder));
    let (_, person) = colleague(&server);
    corp.is(person.clone(), "RS256", None);
    shy.is(person, "RS256", None);
    let mut browser = Browser::new(&server);
    let begin = |browser: &mut Browser, id: &str| {
        let sent = browser.get(&format!("/login/with/{id}")).expect(303);
        sent.header("location").expect("an address").to_owned()
    };
    let back = corp.visit(&begin(&mut browser, "corp"));
    // Somebody else is made to open it (login CSRF).
    Browser::new(&server).get(path(&back)).expect(403);
    // Its state was changed, its issuer is another's (mix-up), or it came to the other callback.
    for wrong in [
        back.replace("state=", "state=x"),
        back.replace(&format!("%3A{}", corp.stand_in.expect("runs").port()), "%3A1"),
        back.replace("/corp/", "/shy/"),
        back.split("&iss=").next().expect("a part").to_owned(),
    ] {
        let mut browser = Browser::new(&server);
        let fresh = corp.visit(&begin(&mut browser, "corp"));
        let state = fresh.split("state=").nth(1).and_then(|rest| rest.split('&').next());
        let known = back.split("state=").nth(1).and_then(|rest| rest.split('&').next());
        let wrong = wrong.replace(known.expect("a state"), state.expect("a state"));
        browser.get(path(&wrong)).expect(403);
        assert!(!is_signed_in(&mut browser), "{wrong}");
    }
    browser.get(path(&back)).expect(303);
    browser.get("/settings/profile").expect(200);
    // The same answer again, in the same browser.
    browser.cookies.clear();
    browser.get(path(&back)).expect(403);
}

/// T-42: a mail address opens no account by itself.
#[test]
fn a_mail_address_takes_no_account_over() {
    let (corp, shy) = (Provider::start(), Provider::start());
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&options(&corp, &shy, &folder));
    let (_, person) = colleague(&server);
    shy.is(person.clone(), "RS256", None);
    refused(&server, "shy", &shy);
    let mut unverified = person.clone();
    unverified["email_verified"] = json!(false);
    corp.is(unverified, "RS256", None);
    refused(&server, "corp", &corp);
    corp.is(
        json!({"sub": "7", "email": "nobody@elsewhere.example", "email_verified": true}),
        "RS256",
        None,
    );
    refused(&server, "corp", &corp);
    // By hand, signed in, it is linked; then it opens that account.
    shy.is(json!({"sub": "7"}), "RS256", None);
    let mut owner = Browser::sign_in(&server);
    arrive(&mut owner, "shy", &shy).expect(303);
    let mut browser = Browser::new(&server);
    arrive(&mut browser, "shy", &shy).expect(303);
    let page = browser.get("/settings/profile").expect(200).text();
    assert!(page.contains(server.ready().text("login")), "{page}");
}
