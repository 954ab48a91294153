//! The administration of applications and service accounts for programs (oauth.md, AP-05, IM-08), as
//! docs/oauth-administration.md describes it.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PSS_SHA256;
use serde_json::{Value, json};
use trackway_tests::{Client, Server, on_each_engine};

const PRIVATE: &[u8] = include_bytes!("../fixtures/test-rsa.der");
const PUBLIC: &str = include_str!("../fixtures/test-rsa.pem");

/// A client with a token that was made on the command line.
fn holder(server: &Server, login: &str, scope: &str) -> Client {
    let mut command = server.command();
    command.arg("admin").args(server.storage_args());
    command.args(["token", "create", "--login", server.ready().text(login), "--scope", scope]);
    let output = command.output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    server.anonymous().with_login(&text, server.ready().text("orgId"))
}

fn ask(client: &Client, method: &str, path: &str, body: Option<&Value>, status: u16) -> Value {
    let request = client.bare(method, path);
    let request = if let Some(body) = body { request.json(body) } else { request };
    let answer = request.send_unchecked().expect(status);
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// AP-01 to AP-05.
#[test]
fn applications_are_administered_by_programs() {
    on_each_engine(|server| {
        let admin = holder(server, "login", "admin:oauth");
        let path = "/oauth/applications";
        let new = json!({
            "name": "Nightly export",
            "platform": "web",
            "redirectUris": ["https://export.example.net/cb"],
            "scopes": "tracker:read login:info",
            "contact": "ops@example.net",
        });
        let made = ask(&admin, "POST", path, Some(&new), 201);
        let id = made["id"].as_str().expect("an id");
        let secret = made["clientSecret"].as_str().expect("a secret, this once");
        assert_eq!(made["scopes"], "login:info tracker:read");
        assert_eq!(
            (&made["confidential"], &made["standing"]["blocked"]),
            (&json!(true), &json!(false))
        );
        let own = format!("{path}/{id}");
        assert!(ask(&admin, "GET", &own, None, 200).get("clientSecret").is_none());
        let listed = ask(&admin, "GET", path, None, 200);
        assert!(listed.as_array().is_some_and(|all| all.iter().any(|app| app["id"] == id)));
        let changed = ask(&admin, "PATCH", &own, Some(&json!({"name": "Export"})), 200);
        assert_eq!((&changed["name"], &changed["contact"]), (&json!("Export"), &new["contact"]));

        let is_known = |secret: &str| {
            let body = format!("client_id={id}&client_secret={secret}&grant_type=password");
            let kind = "application/x-www-form-urlencoded";
            let asked = server.anonymous();
            let answer = asked.bare("POST", "/token").body(kind, body).send_unchecked();
            answer.json()["error"] == "unsupported_grant_type"
        };
        assert!(is_known(secret));
        let next =
            ask(&admin, "POST", &format!("{own}/secret"), Some(&json!({"revoke": true})), 200);
        let next = next["clientSecret"].as_str().expect("a secret");
        assert!(is_known(next) && !is_known(secret));
        let org = server.ready().text("orgId");
        let standing = json!({"verified": true, "blocked": true, "organizations": [org]});
        let decided = ask(&admin, "PUT", &format!("{own}/standing"), Some(&standing), 200);
        assert_eq!(decided["standing"]["organizations"], json!([org]));
        assert!(!is_known(next), "blocked");
        ask(&admin, "DELETE", &own, None, 204);
        ask(&admin, "GET", &own, None, 404);

        let audit = server.client().get("/audit?type=application&perPage=100").send().expect(200);
        let log = audit.text();
        for event in
            ["app_created", "app_changed", "app_secret_regenerated", "app_blocked", "app_deleted"]
        {
            assert!(log.contains(event), "{event}: {log}");
        }
        assert!(!log.contains(secret) && !log.contains(next));
    });
}

/// API-20, API-30; T-32: the scope and the person are asked for, each by itself.
#[test]
fn nobody_else_administers() {
    on_each_engine(|server| {
        let path = "/oauth/applications";
        let asked = |client: &Client| client.bare("GET", path).send_unchecked();
        assert_eq!(asked(&server.anonymous()).status, 401);
        let scoped = asked(&server.client()).expect(403);
        let challenge = scoped.header("www-authenticate").unwrap_or_default().to_owned();
        assert!(challenge.contains(r#"scope="admin:oauth""#), "{challenge}");
        let user = holder(server, "userLogin", "admin:oauth tracker:write");
        assert_eq!(asked(&user).status, 403);
        let admin = holder(server, "login", "admin:oauth");
        // The scope opens nothing else.
        admin.get("/myself").send().expect(403);
        for (method, path, body, status) in [
            ("POST", "/oauth/applications", json!({"name": "x"}), 422),
            ("POST", "/oauth/applications", json!({"name": 1}), 422),
            ("POST", "/oauth/applications", json!({"colour": "red"}), 422),
            ("POST", "/oauth/applications", json!({"name": "x", "scopes": "wiki:read"}), 422),
            ("PUT", "/oauth/applications", json!({}), 405),
            ("PATCH", "/oauth/applications/nothing", json!({}), 404),
            ("GET", "/oauth/nothing", json!({}), 404),
            ("POST", "/oauth/service-accounts", json!({"login": "x y", "name": "X"}), 422),
            (
                "POST",
                "/oauth/service-accounts",
                json!({"login": "x", "level": "king", "name": "X"}),
                422,
            ),
            ("GET", "/oauth/service-accounts/x", json!({}), 404),
        ] {
            let body = Some(&body).filter(|_| method != "GET");
            let told = ask(&admin, method, path, body, status);
            if status != 405 {
                assert!(told["errorMessages"].is_array(), "{method} {path}: {told}");
            }
        }
        for bad in ["{", "[]", "\"x\"", "\u{0}"] {
            let request = admin.bare("POST", path).body("application/json", bad);
            assert_eq!(request.send_unchecked().status / 100, 4, "{bad}");
        }
    });
}

fn assertion(id: &str, kid: &str, audience: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let header = json!({"alg": "PS256", "typ": "JWT", "kid": kid});
    let claims = json!({"iss": id, "aud": audience, "iat": now, "exp": now + 600});
    let text = format!("{}.{}", part(&header), part(&claims));
    let pair = KeyPair::from_der(PRIVATE).expect("a key");
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .expect("a signature");
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// For what keeps a secret but signs nothing, as a runner of CI.
fn a_token_limited_to_a_queue(server: &Server, admin: &Client, path: &str) {
    for (wrong, member) in [
        (json!({"label": "ci", "scopes": "admin:oauth"}), "scopes"),
        (json!({"label": "ci", "scopes": "tracker:nothing"}), "scopes"),
        (json!({"label": "ci"}), "scopes"),
        (json!({"label": "ci", "scopes": "tracker:read", "queues": ["NOSUCH"]}), "queues"),
        (json!({"label": "ci", "scopes": "tracker:read", "days": 0}), "days"),
        (json!({"scopes": "tracker:read"}), "label"),
    ] {
        let status = if wrong["scopes"] == "admin:oauth" { 403 } else { 422 };
        let told = ask(admin, "POST", path, Some(&wrong), status);
        assert!(told["errors"].get(member).is_some(), "{wrong}: {told}");
    }
    let new = json!({"label": "ci", "scopes": "tracker:read tracker:write", "queues": ["DEV"], "days": 30});
    let made = ask(admin, "POST", path, Some(&new), 201);
    let ci = server
        .anonymous()
        .with_header(
            "Authorization",
            &format!("OAuth {}", made["token"].as_str().expect("a token")),
        )
        .with_header("X-Cloud-Org-ID", server.ready().text("cloudOrgId"));
    assert_eq!(ci.get("/myself").send().expect(200).json()["login"], "robot-ci");
    ci.get("/issues/DEV-1").send().expect(200);
    assert_eq!(ci.get("/issues/SUPPORT-1").send_unchecked().status / 100, 4, "another queue");
    // It makes no tokens itself, and neither does somebody who administers nothing.
    ask(&ci, "POST", path, Some(&new), 403);
    let user = holder(server, "userLogin", "admin:oauth tracker:write");
    ask(&user, "POST", path, Some(&new), 403);
    let listed = ask(admin, "GET", path, None, 200);
    assert_eq!((&listed[0]["label"], &listed[0]["limited"]), (&json!("ci"), &json!(true)));
    assert!(listed[0].get("token").is_none(), "it is shown once");
    let one = format!("{path}/{}", listed[0]["id"].as_str().expect("an id"));
    ask(admin, "DELETE", &one, None, 204);
    ci.get("/myself").send().expect(401);
}

/// IM-08: from the account to the call of the API, with nothing but a key.
#[test]
fn a_service_account_works_with_its_key() {
    on_each_engine(|server| {
        let admin = holder(server, "login", "admin:oauth");
        let path = "/oauth/service-accounts";
        let new = json!({"login": "robot-ci", "name": "CI", "level": "full"});
        let made = ask(&admin, "POST", path, Some(&new), 201);
        let id = made["id"].as_str().expect("an id");
        let key = json!({"publicKey": PUBLIC, "description": "runner"});
        let key = ask(&admin, "POST", &format!("{path}/{id}/keys"), Some(&key), 201);
        let kid = key["id"].as_str().expect("an id");
        let base = server.ready().base_url();
        let exchange = |audience: &str, status: u16| {
            let body = json!({"jwt": assertion(id, kid, audience)});
            ask(&server.anonymous(), "POST", "/iam/v1/tokens", Some(&body), status)
        };
        let own = format!("{base}/iam/v1/tokens");
        let told = exchange(&own, 200);
        let token = told["iamToken"].as_str().expect("a token");
        let cloud = server.ready().text("cloudOrgId");
        let robot = server
            .anonymous()
            .with_header("Authorization", &format!("Bearer {token}"))
            .with_header("X-Cloud-Org-ID", cloud);
        let me = robot.get("/myself").send().expect(200).json();
        assert_eq!((&me["login"], &me["hasLicense"]), (&json!("robot-ci"), &json!(true)));
        let wrong = exchange("https://evil.example/iam/v1/tokens", 401);
        assert_eq!(
            (&wrong["code"], &wrong["message"]),
            (&json!(16), &json!("JWT is invalid or expired"))
        );
        let body = json!({"jwt": assertion(id, kid, &own)});
        ask(&server.anonymous(), "POST", "/iam/v1/tokens", Some(&body), 200);
        ask(&server.anonymous(), "POST", "/iam/v1/tokens", Some(&body), 401);
        a_token_limited_to_a_queue(server, &admin, &format!("{path}/{id}/tokens"));
        let listed = ask(&admin, "GET", path, None, 200);
        assert_eq!(listed[0]["keys"][0]["description"], "runner");
        ask(&admin, "DELETE", &format!("{path}/{id}/keys/{kid}"), None, 204);
        robot.get("/myself").send().expect(401);
        exchange(&own, 401);
        ask(&admin, "DELETE", &format!("{path}/{id}"), None, 204);
        ask(&admin, "GET", &format!("{path}/{id}"), None, 404);
    });
}
