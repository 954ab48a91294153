//! Failures by kind, with what the server says.

use std::time::Duration;

use trackway_client::Error;
use trackway_client::api::issues::{CountIssues, GetIssue};

use crate::server::{Server, Step, answer, with};

#[tokio::test]
async fn each_status_has_its_variant() {
    let body = r#"{"errors":{"summary":"is required"},"errorMessages":["No"],"statusCode":0}"#;
    let statuses = [400, 401, 403, 404, 409, 412, 422, 423, 428, 500];
    let server = Server::play(statuses.map(|status| answer(status, body))).await;
    let tracker = server.tracker();
    for status in statuses {
        let error = tracker.send(GetIssue::new("TREK-1")).await.expect_err("scripted");
        let right = match &error {
            Error::Unauthorized(_) => status == 401,
            Error::Forbidden(_) => status == 403,
            Error::NotFound(_) => status == 404,
            Error::Conflict(_) => status == 409,
            Error::PreconditionFailed(_) => status == 412,
            Error::Unprocessable(_) => status == 422,
            Error::Locked(_) => status == 423,
            Error::PreconditionRequired(_) => status == 428,
            Error::Api { status: given, .. } => *given == status && [400, 500].contains(&status),
            _ => false,
        };
        assert!(right, "{status}: {error:?}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.messages(), ["No"]);
        assert_eq!(error.field_errors().next(), Some(("summary", "is required")));
        assert!(error.to_string().ends_with(": No; summary: is required"), "{error}");
    }
    assert_eq!(server.lines().len(), statuses.len(), "none of them is worth repeating");
}

#[tokio::test]
async fn an_answer_of_another_form_says_where() {
    let script = [answer(200, r#"{"self":"s","id":7,"key":"K","version":1}"#), answer(200, "<p>")];
    let server = Server::play(script).await;
    let tracker = server.tracker();
    let error = tracker.send(GetIssue::new("TREK-1")).await.expect_err("the id is a number");
    assert!(matches!(error, Error::Decode { .. }), "{error:?}");
    let error = tracker.send(CountIssues::default()).await.expect_err("markup");
    assert!(matches!(error, Error::Decode { ref at, .. } if at == "."), "{error:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = with(301, [("Location", "https://tracker.example/")], "<html>");
    let server = Server::play([elsewhere]).await;
    let error = server.tracker().send(GetIssue::new("TREK-1")).await.expect_err("scripted");
    assert!(error.to_string().contains("redirects to https://tracker.example/"), "{error}");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn time_runs_out() {
    let server = Server::play([Step::Silence]).await;
    let tracker = server.client().timeout(Duration::from_millis(100)).build().expect("good");
    let error = tracker.send(GetIssue::new("TREK-1")).await.expect_err("scripted");
    assert!(matches!(&error, Error::Transport(e) if e.is_timeout()), "{error:?}");
    assert_eq!(error.to_string(), "the server did not answer in time");
    assert!(!format!("{error:?}").contains("TREK-1"), "{error:?}");
    assert_eq!(server.lines().len(), 1);
}
