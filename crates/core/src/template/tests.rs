use serde_json::{Value, json};
use trackway_api::templates::{
    GetCommentTemplate, GetIssueTemplate, ListIssueTemplates, ListQueueCommentTemplates,
    ListQueueIssueTemplates,
};

use super::{comment, issue};
use crate::dict::model::{Permissions, Subjects};
use crate::testing::{Fixture, body};

fn add(f: &Fixture, name: &'static str, queue: Option<&'static str>, fields: Value) -> i64 {
    let Value::Object(fields) = fields else { panic!("an object") };
    f.write(f.boss, move |cx| issue::add(cx, name, "", queue, &fields)).expect("a template")
}

#[test]
fn a_template_shows_its_fields_as_issues_do() {
    let f = Fixture::new();
    let fields = json!({"summary": "Crash in ", "type": "bug", "tags": ["crash"],
        "assignee": "bob", "estimation": "PT2H"});
    let id = add(&f, "Crash", Some("DEV"), fields);
    let request = GetIssueTemplate::new(id.to_string());
    let template = f.read(f.guest, |cx| issue::get(cx, &request)).map(body).expect("a template");
    let fields = &template["fieldTemplates"];
    assert_eq!(fields["type"]["key"], "bug");
    assert_eq!(fields["assignee"]["id"], f.bob.to_string());
    assert_eq!(fields["tags"], json!(["crash"]));
    assert_eq!((&fields["summary"], &fields["estimation"]), (&json!("Crash in "), &json!("PT2H")));
    assert_eq!(template["queue"]["key"], "DEV");
    for (name, fields) in
        [("", json!({})), ("x", json!({"nosuch": 1})), ("x", json!({"type": "no"}))]
    {
        let Value::Object(fields) = fields else { panic!("an object") };
        let wrong = f.write(f.boss, move |cx| issue::add(cx, name, "", None, &fields));
        assert_eq!(wrong.expect_err("wrong").status(), 422);
    }
}

#[test]
fn a_queue_offers_its_own_templates_and_those_of_none() {
    let f = Fixture::new();
    let own = add(&f, "Own", Some("DEV"), json!({}));
    let shared = add(&f, "Shared", None, json!({}));
    add(&f, "Other", Some("HELP"), json!({}));
    let ids = |list: Value| -> Vec<i64> {
        list.as_array().expect("a list").iter().filter_map(|t| t["id"].as_i64()).collect()
    };
    let request = ListQueueIssueTemplates::new("DEV");
    let of_queue = f.read(f.ann, |cx| issue::of_queue(cx, &request)).map(body);
    assert_eq!(ids(of_queue.expect("a list")), [own, shared]);
    let nobody = Permissions {
        grant: Subjects { users: vec![f.boss], ..Subjects::default() },
        ..Permissions::default()
    };
    f.permit(f.help, nobody);
    let all = f.read(f.ann, |cx| issue::list(cx, &ListIssueTemplates::new())).map(body);
    assert_eq!(ids(all.expect("a list")), [own, shared]);
}

#[test]
fn comment_templates_are_listed_and_read() {
    let f = Fixture::new();
    let id = f
        .write(f.boss, |cx| comment::add(cx, "Thanks", "", None, "Thank you!"))
        .expect("a template");
    let request = GetCommentTemplate::new(id.to_string());
    let one = f.read(f.guest, |cx| comment::get(cx, &request)).map(body).expect("a template");
    assert_eq!((&one["name"], &one["template"]), (&json!("Thanks"), &json!("Thank you!")));
    let request = ListQueueCommentTemplates::new("HELP");
    let list = f.read(f.guest, |cx| comment::of_queue(cx, &request)).map(body).expect("a list");
    assert_eq!(list, json!([one]));
    let missing = f.read(f.guest, |cx| comment::get(cx, &GetCommentTemplate::new("x")));
    assert_eq!(missing.expect_err("none").status(), 404);
}
