//! The flows of OAuth 2.0 against a scripted server.

use trackway_client::oauth::{App, Pkce};

use crate::server::{Server, answer};

const TOKENS: &str = r#"{"access_token":"y0_a","token_type":"bearer","expires_in":31536000,
    "refresh_token":"1:r"}"#;

fn app(server: &Server) -> App {
    let builder = trackway_client::Tracker::builder().no_proxy();
    App::with(builder, server.url(), "client").expect("good settings")
}

#[tokio::test]
async fn a_device_waits_for_its_person() {
    let code = r#"{"device_code":"d","user_code":"BWQD-LDRJ","interval":0,
        "verification_url":"http://h/device","verification_uri":"http://h/device"}"#;
    let pending = answer(400, r#"{"error":"authorization_pending"}"#);
    let server = Server::play([answer(200, code), pending, answer(200, TOKENS)]).await;
    let app = app(&server);
    let device = app.device_code(&["tracker:read"]).await.expect("scripted");
    assert_eq!(device.user_code, "BWQD-LDRJ");
    assert_eq!(device.verification_url, "http://h/device");
    let tokens = app.wait_for_device(&device).await.expect("scripted");
    assert_eq!(tokens.access_token, "y0_a");
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /device/code");
    assert_eq!(seen[0].body, "client_id=client&scope=tracker%3Aread");
    assert_eq!(seen[1].line, "POST /token");
    assert!(seen[1].body.contains("device_code=d"), "{}", seen[1].body);
    assert_eq!(seen[1].header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn a_code_is_exchanged_and_refreshed() {
    let refused = answer(400, r#"{"error":"invalid_grant","error_description":"No"}"#);
    let server = Server::play([answer(200, TOKENS), answer(200, TOKENS), refused]).await;
    let app = app(&server).secret("s");
    let pkce = Pkce::new().expect("random numbers");
    let state = App::state().expect("random numbers");
    let url = app.authorize_url("http://localhost:1/cb", &state, &["tracker:read"], &pkce);
    let url = url.expect("an address");
    assert!(url.contains("/authorize?response_type=code&client_id=client&"), "{url}");
    assert!(url.contains(&format!("code_challenge={}", pkce.challenge)), "{url}");
    app.exchange("c", "http://localhost:1/cb", &pkce).await.expect("scripted");
    app.refresh("1:r").await.expect("scripted");
    let error = app.refresh("1:r").await.expect_err("scripted");
    assert_eq!((error.status(), error.oauth_code()), (Some(400), Some("invalid_grant")));
    let seen = server.seen();
    assert!(seen[0].body.contains(&format!("code_verifier={}", pkce.verifier)));
    assert_eq!(seen[0].header("authorization"), Some("Basic Y2xpZW50OnM="));
    assert!(!format!("{app:?}{pkce:?}").contains(&pkce.verifier));
}
