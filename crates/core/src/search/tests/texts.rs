//! Words and phrases, before and after they are stored.

use serde_json::json;
use trackway_api::comments::{
    AddComment, CommentCreate, CommentUpdate, DeleteComment, UpdateComment,
};
use trackway_api::issues::UpdateIssue;

use super::{query, refused};
use crate::dict::model::{Field, ValueType};
use crate::error::Code;
use crate::lang::Name;
use crate::testing::{Fixture, body};

fn edit(f: &Fixture, key: &str, patch: serde_json::Value) {
    let serde_json::Value::Object(patch) = patch else { panic!("an object") };
    let request = UpdateIssue::new(key, patch);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request).map(drop)).expect("an edit");
}

fn comment(f: &Fixture, uid: i64, key: &str, text: &str) -> String {
    let body_of = CommentCreate { text: Some(text.into()), ..CommentCreate::default() };
    let request = AddComment::new(key, body_of);
    let reply = f.write(uid, move |cx| crate::comment::ops::add(cx, &request).map(body));
    reply.expect("a comment")["id"].to_string().trim_matches('"').to_owned()
}

/// `DEV-1` to `DEV-4` with texts in both languages.
fn library() -> Fixture {
    let f = Fixture::new();
    f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "Login crash", "description":
        "Steps to reproduce: open the **form**, log in"}),
    );
    f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "Ошибка при входе", "description":
        "Форма входа падает, смотри DEV-1"}),
    );
    f.issue(f.ann, json!({"queue": "DEV", "summary": "Deploy the docs"}));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "Deploy", "description": "draft v2.10"}));
    comment(&f, f.bob, "DEV-3", "Great job, thanks!");
    comment(&f, f.ann, "DEV-4", "great");
    comment(&f, f.ann, "DEV-4", "job");
    f
}

/// Checks queries, first with nothing stored, then with everything, then with everything twice.
fn check(f: &Fixture, cases: &[(&str, &str)]) {
    for round in 0..3 {
        for (text, keys) in cases {
            assert_eq!(query(f, text).join(" "), *keys, "{text}, round {round}");
        }
        if round == 1 {
            f.tracker.renew_words().expect("noted");
        }
        f.tracker.index_all_words(|_| {}).expect("stored");
    }
}

#[test]
fn words_in_any_form() {
    let f = library();
    check(
        &f,
        &[
            ("Summary: \"login crash\"", "DEV-1"),
            ("Summary: crashes", "DEV-1"),
            ("Summary: \"crash login\"", "DEV-1"),
            ("Summary: log", ""),
            ("Summary: ошибки", "DEV-2"),
            ("Задача: ВХОД", "DEV-2"),
            ("Description: формы", "DEV-2"),
            ("Description: form", "DEV-1"),
            ("Description: dev-1", "DEV-2"),
            ("Description: DEV", "DEV-2"),
            ("Description: 2.10", ""),
            ("Description: v2.10", "DEV-4"),
            ("Description: empty()", "DEV-3"),
            ("Description: notEmpty()", "DEV-1 DEV-2 DEV-4"),
            ("Summary: !deploy", "DEV-1 DEV-2"),
            ("Summary: deploy, login", "DEV-1 DEV-3 DEV-4"),
            ("Summary: deploy, !docs", "DEV-4"),
            ("Summary: \"!!!\"", ""),
            ("Summary: empty()", ""),
            ("login form", "DEV-1"),
            ("входы форма", "DEV-2"),
            ("deploy thanks", "DEV-3"),
            ("Queue: DEV \"great job\"", "DEV-3 DEV-4"),
            ("Comment: \"great job\"", "DEV-3"),
            ("Comment: great", "DEV-3 DEV-4"),
            ("Comment: !thanks", "DEV-1 DEV-2 DEV-4"),
            ("Comment: empty()", "DEV-1 DEV-2"),
            ("Comment: notEmpty()", "DEV-3 DEV-4"),
            ("\"Comment Author\": bob@", "DEV-3"),
            ("\"Comment Author\": me()", "DEV-4"),
            ("\"Comment Author\": me(), bob", "DEV-3 DEV-4"),
            ("Assignee IS EMPTY", ""),
        ],
    );
}

#[test]
fn phrases() {
    let f = library();
    check(
        &f,
        &[
            ("Summary: #\"login  CRASH\"", "DEV-1"),
            ("Summary: #login", ""),
            ("Summary: #Deploy", "DEV-4"),
            ("Summary: #\"Deploy ||\"", "DEV-3"),
            ("Summary: ~Deploy", "DEV-1 DEV-2 DEV-3"),
            ("Summary: !#Deploy", "DEV-1 DEV-2 DEV-3"),
            ("Summary: \"a || b\"", ""),
            ("Description: #\"steps to reproduce\"", "DEV-1"),
            ("Description: #\"to steps\"", ""),
            ("Description: #\"форма\"", "DEV-2"),
            ("Description: #\"form\"", "DEV-1"),
            ("Description: #\"Steps || form\"", "DEV-1"),
            ("Comment: #\"great job\"", "DEV-3"),
            ("Comment: #great", "DEV-3 DEV-4"),
            ("(Comment: #great OR Description: #\"to reproduce\") Queue: DEV", "DEV-1 DEV-3 DEV-4"),
            ("NOT Comment: #great", "DEV-1 DEV-2"),
        ],
    );
    for (text, code) in [
        ("Description: ~x", Code::FilterValue),
        ("Comment: ~x", Code::FilterValue),
        ("Summary: >x", Code::FilterValue),
        ("Summary: me()", Code::FilterValue),
        ("Comment: a..b", Code::FilterValue),
        ("History: #x", Code::FilterValue),
    ] {
        assert_eq!(refused(&f, json!({"query": text})).code, code, "{text}");
    }
}

#[test]
fn what_is_written_is_found_at_once() {
    let f = library();
    f.tracker.index_all_words(|_| {}).expect("stored");
    assert_eq!(query(&f, "deploy"), ["DEV-3", "DEV-4"]);
    edit(&f, "DEV-4", json!({"summary": "Release", "description": null}));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "Deploy again"}));
    for _ in 0..2 {
        assert_eq!(query(&f, "deploy"), ["DEV-3", "DEV-5"]);
        assert_eq!(query(&f, "release"), ["DEV-4"]);
        assert_eq!(query(&f, "History: deploy"), ["DEV-3", "DEV-4", "DEV-5"]);
        assert_eq!(query(&f, "History: draft"), ["DEV-4"]);
        assert_eq!(query(&f, "Description: draft"), Vec::<String>::new());
        assert_eq!(query(&f, "Description: empty()"), ["DEV-3", "DEV-4", "DEV-5"]);
        f.tracker.index_all_words(|_| {}).expect("stored");
    }
}

#[test]
fn comments_come_and_go() {
    let f = library();
    f.tracker.index_all_words(|_| {}).expect("stored");
    let id = comment(&f, f.ann, "DEV-1", "rollback needed");
    assert_eq!(query(&f, "Comment: rollbacks"), ["DEV-1"]);
    let text = CommentUpdate { text: Some("all fine".into()), ..CommentUpdate::default() };
    let update = UpdateComment::new("DEV-1", &*id, text);
    f.write(f.ann, move |cx| crate::comment::ops::update(cx, &update).map(drop)).expect("edited");
    assert_eq!(query(&f, "Comment: rollback"), Vec::<String>::new());
    assert_eq!(query(&f, "fine"), ["DEV-1"]);
    let delete = DeleteComment::new("DEV-1", &*id);
    f.write(f.ann, move |cx| crate::comment::ops::delete(cx, &delete).map(drop)).expect("gone");
    assert_eq!(query(&f, "fine"), Vec::<String>::new());
    assert_eq!(query(&f, "\"Comment Author\": me()"), ["DEV-4"]);
}

#[test]
fn long_texts_of_the_organisation_are_searched_by_words() {
    let f = library();
    let field = Field {
        name: Name::new("Заметки", "Notes"),
        value_type: ValueType::Text,
        ..Field::default()
    };
    f.tracker.add_object(f.org, "notes", &field).expect("a field");
    edit(&f, "DEV-2", json!({"notes": "Ask the customers"}));
    check(
        &f,
        &[
            ("Notes: customer", "DEV-2"),
            ("Notes: #\"ask the\"", "DEV-2"),
            ("Заметки: notEmpty()", "DEV-2"),
            ("Notes: empty()", "DEV-1 DEV-3 DEV-4"),
            ("customer", ""),
        ],
    );
}

#[test]
fn words_of_hidden_issues_find_nothing() {
    let f = library();
    let mut permissions = crate::testing::open_permissions(f.boss);
    permissions.read = crate::dict::model::Subjects::default();
    permissions.write = crate::dict::model::Subjects::default();
    f.permit(f.dev, permissions);
    assert_eq!(query(&f, "deploy"), Vec::<String>::new());
    assert_eq!(query(&f, "Summary: #Deploy"), Vec::<String>::new());
    assert_eq!(query(&f, "NOT Summary: #Deploy"), Vec::<String>::new());
}
