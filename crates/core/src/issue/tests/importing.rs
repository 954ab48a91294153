//! Issues, comments and links with a history from elsewhere.

use serde_json::{Value, json};
use trackway_api::comments::ImportComment;
use trackway_api::issues::ImportIssue;
use trackway_api::links::{ImportLink, ImportedLink};

use super::{history, members};
use crate::error::{Error, Result};
use crate::issue::import;
use crate::lang::Lang;
use crate::testing::{Fixture, NOW, body};

const HOUR: i64 = 3_600_000;

fn issue(more: Value) -> Value {
    let mut body = json!({"queue": "DEV", "summary": "old", "createdAt": "2020-01-01T10:00:00.000+0000",
        "createdBy": "bob"});
    for (member, value) in more.as_object().expect("an object") {
        body[member] = value.clone();
    }
    body
}

fn import(f: &Fixture, uid: i64, body_: Value) -> Result<Value> {
    let r = ImportIssue::new(members(body_));
    f.write(uid, move |cx| import::import(cx, &r)).map(body)
}

fn named(error: &Error) -> Vec<String> {
    error.body(Lang::En).errors.into_keys().collect()
}

#[test]
fn an_issue_comes_with_its_people_and_times() {
    let f = Fixture::new();
    let made = import(
        &f,
        f.boss,
        issue(json!({"key": "DEV-7", "status": {"key": "closed"}, "type": 2,
        "resolution": {"key": "fixed"}, "resolvedAt": "2020-02-01", "resolvedBy": "ann",
        "updatedAt": "2020-03-01T00:00:00Z", "updatedBy": f.ann, "spent": 3_600_000,
        "originalEstimation": "7200000", "estimation": "PT30M", "votedBy": ["ann", "bob"],
        "favoritedBy": ["boss"], "description": "d", "assignee": "bob", "unique": "u-1"})),
    )
    .expect("an issue");
    assert_eq!(made["key"], "DEV-7");
    assert_eq!(made["createdAt"], "2020-01-01T10:00:00.000+0000");
    assert_eq!(
        (&made["createdBy"]["id"], &made["updatedBy"]["id"]),
        (&json!(f.bob.to_string()), &json!(f.ann.to_string()))
    );
    assert_eq!(made["updatedAt"], "2020-03-01T00:00:00.000+0000");
    assert_eq!(
        (&made["status"]["key"], &made["statusType"]["key"]),
        (&json!("closed"), &json!("done"))
    );
    assert_eq!(
        (&made["resolution"]["key"], &made["resolvedBy"]["id"]),
        (&json!("fixed"), &json!(f.ann.to_string()))
    );
    assert_eq!(made["resolvedAt"], "2020-02-01T00:00:00.000+0000");
    assert_eq!(
        (&made["spent"], &made["originalEstimation"], &made["estimation"]),
        (&json!("PT1H"), &json!("PT2H"), &json!("PT30M"))
    );
    assert_eq!((&made["votes"], &made["favorite"]), (&json!(2), &json!(true)));
    assert_eq!(f.json(f.ann, "DEV-7")["favorite"], false, "favourites are personal");
    let entry = history(&f, "DEV-7").pop().expect("an entry");
    assert_eq!((&entry["type"], &entry["updatedAt"]), (&json!("IssueCreated"), &made["createdAt"]));
    assert_eq!(entry["updatedBy"]["id"], f.bob.to_string());
    assert_eq!(f.issue(f.ann, json!({"queue": "DEV", "summary": "s"})), "DEV-8");
    let earlier = import(&f, f.boss, issue(json!({"key": "DEV-3"}))).expect("an earlier number");
    assert_eq!((&earlier["key"], &earlier["updatedAt"]), (&json!("DEV-3"), &earlier["createdAt"]));
    for (more, status) in [
        (json!({"key": "DEV-3"}), 409),
        (json!({"unique": "u-1"}), 409),
        (json!({"queue": "NOSUCH"}), 404),
    ] {
        assert_eq!(import(&f, f.boss, issue(more)).expect_err("taken").status(), status);
    }
}

#[test]
fn wrong_histories_are_refused() {
    let f = Fixture::new();
    assert_eq!(import(&f, f.ann, issue(json!({}))).expect_err("no administrator").status(), 403);
    for (more, fields) in [
        (json!({"createdAt": null}), vec!["createdAt"]),
        (json!({"createdAt": "x", "createdBy": "nobody"}), vec!["createdAt", "createdBy"]),
        (json!({"createdAt": "2030-01-01"}), vec!["createdAt"]),
        (json!({"updatedAt": "2020-02-01"}), vec!["updatedBy"]),
        (json!({"updatedAt": "2019-02-01", "updatedBy": "ann"}), vec!["updatedAt"]),
        (json!({"resolvedAt": "2020-02-01", "resolvedBy": "ann"}), vec!["resolution"]),
        (json!({"resolution": "fixed"}), vec!["resolvedAt"]),
        (
            json!({"resolution": "fixed", "resolvedAt": "2021-01-01", "resolvedBy": "ann"}),
            vec!["resolvedAt"],
        ),
        (json!({"key": "HELP-1"}), vec!["key"]),
        (json!({"key": 7}), vec!["key"]),
        (json!({"key": "DEV-99999999999"}), vec!["key"]),
        (json!({"status": "achieved"}), vec!["status"]),
        (json!({"status": "nosuch"}), vec!["status"]),
        (json!({"spent": -1}), vec!["spent"]),
        (
            json!({"spent": "x", "votedBy": ["nobody"], "nosuch": 1}),
            vec!["nosuch", "spent", "votedBy"],
        ),
        (json!({"summary": ""}), vec!["summary"]),
    ] {
        let error = import(&f, f.boss, issue(more.clone())).expect_err("wrong");
        assert_eq!(
            (error.status(), named(&error)),
            (422, fields.iter().map(|f| (*f).to_owned()).collect()),
            "{more}"
        );
    }
    assert_eq!(f.issue(f.ann, json!({"queue": "DEV", "summary": "s"})), "DEV-1");
}

#[test]
fn comments_and_links_come_with_their_history() {
    let f = Fixture::new();
    let life = json!({"updatedAt": "2021-01-01", "updatedBy": "ann"});
    for _ in 0..2 {
        import(&f, f.boss, issue(life.clone())).expect("an issue");
    }
    let comment = |uid: i64, body_: Value| {
        let r = ImportComment::new("DEV-1", members(body_));
        f.write_at(uid, NOW + HOUR, move |cx| crate::comment::import::import(cx, &r)).map(body)
    };
    let text = json!({"text": "hi", "createdAt": "2020-05-01", "createdBy": "ann",
        "updatedAt": "2020-06-01", "updatedBy": "bob"});
    let made = comment(f.boss, text.clone()).expect("a comment");
    assert_eq!(
        (&made["createdBy"]["id"], &made["updatedBy"]["id"]),
        (&json!(f.ann.to_string()), &json!(f.bob.to_string()))
    );
    assert_eq!(
        (&made["createdAt"], &made["updatedAt"]),
        (&json!("2020-05-01T00:00:00.000+0000"), &json!("2020-06-01T00:00:00.000+0000"))
    );
    let shown = f.json(f.ann, "DEV-1");
    assert_eq!(shown["updatedAt"], "2021-01-01T00:00:00.000+0000", "the issue keeps its time");
    assert_eq!(shown["lastCommentUpdatedAt"], made["createdAt"]);
    assert_eq!(
        (shown.get("followers"), &shown["commentWithoutExternalMessageCount"]),
        (None, &json!(1))
    );
    assert_eq!(comment(f.guest, text).expect_err("no right").status(), 403);
    for (wrong, field) in [
        (json!({"createdAt": "2020-05-01", "createdBy": "ann"}), "text"),
        (json!({"text": "x", "createdAt": "2019-05-01", "createdBy": "ann"}), "createdAt"),
        (json!({"text": "x", "createdAt": "2022-05-01", "createdBy": "ann"}), "createdAt"),
        (json!({"text": "x", "createdAt": "2020-05-01"}), "createdBy"),
    ] {
        let error = comment(f.boss, wrong).expect_err("wrong");
        assert_eq!((error.status(), named(&error)), (422, vec![field.to_owned()]));
    }

    let link = |body_: Value| {
        let body_: ImportedLink = serde_json::from_value(body_).expect("a body");
        let r = ImportLink::new("DEV-1", body_);
        f.write(f.boss, move |cx| crate::link::import(cx, &r)).map(body)
    };
    let made =
        link(json!({"relationship": "original", "issue": "DEV-2", "createdAt": "2020-05-01",
        "createdBy": "ann", "updatedAt": "2020-06-01", "updatedBy": "bob"}))
        .expect("a link");
    assert_eq!((&made["type"]["id"], &made["direction"]), (&json!("cloners"), &json!("outward")));
    assert_eq!(
        (&made["createdBy"]["id"], &made["updatedAt"]),
        (&json!(f.ann.to_string()), &json!("2020-06-01T00:00:00.000+0000"))
    );
    assert_eq!(f.json(f.ann, "DEV-2")["updatedAt"], "2021-01-01T00:00:00.000+0000");
    let made = link(json!({"relationship": "is subtask for", "issue": {"key": "DEV-2"},
        "createdAt": "2020-05-01", "createdBy": "ann"}))
    .expect("a link");
    assert_eq!(made["direction"], "inward");
    assert_eq!(f.json(f.ann, "DEV-1")["parent"]["key"], "DEV-2");
    for (wrong, status) in [
        (
            json!({"relationship": "sibling", "issue": "DEV-2", "createdAt": "2020-05-01", "createdBy": "ann"}),
            422,
        ),
        (
            json!({"relationship": "relates", "issue": "DEV-9", "createdAt": "2020-05-01", "createdBy": "ann"}),
            422,
        ),
        (json!({"relationship": "relates", "createdAt": "2020-05-01", "createdBy": "ann"}), 422),
        (
            json!({"relationship": "relates", "issue": "DEV-2", "createdAt": "2025-05-01", "createdBy": "ann"}),
            422,
        ),
    ] {
        assert_eq!(link(wrong).expect_err("wrong").status(), status);
    }
}

/// What yandex-tracker-import sends with every issue.
#[test]
fn former_keys_are_shown_and_a_way_to_render_is_taken() {
    let f = Fixture::new();
    let more = json!({"aliases": ["OLD-1", "OLDER-22"], "descriptionRenderType": "wf"});
    let made = import(&f, f.boss, issue(more)).expect("an issue");
    assert_eq!(made["aliases"], json!(["OLD-1", "OLDER-22"]));
    let made = import(&f, f.boss, issue(json!({"aliases": []}))).expect("an issue");
    assert!(made.get("aliases").is_none(), "{made}");
    for wrong in [json!("OLD-1"), json!([7]), json!(["no key"])] {
        let error = import(&f, f.boss, issue(json!({"aliases": wrong}))).expect_err("no keys");
        assert_eq!((error.status(), named(&error)), (422, vec!["aliases".to_owned()]));
    }
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "descriptionRenderType": "md"}));
}
