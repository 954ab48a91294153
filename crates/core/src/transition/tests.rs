//! What transitions do to issues (workflow.md, 2.1 and 3; contract, `executeTransition`).

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trackway_api::IfMatch;
use trackway_api::changelog::ListChangelog;
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::transitions::{ExecuteTransition, GetTransition, ListTransitions};
use trackway_api::types::Members;

use super::ops;
use crate::dict::model::{
    CommentRule, EVERYBODY, Role, Screen, ScreenField, Subjects, Transition as ModelTransition,
    Workflow,
};
use crate::error::Result;
use crate::lang::{Lang, Name};
use crate::testing::{Fixture, NOW, body, open_permissions};

fn members(json: Json) -> Members {
    match json {
        Json::Object(members) => members,
        _ => Members::new(),
    }
}

/// Performs a transition as a member and gives the answer.
fn run(f: &Fixture, uid: i64, key: &str, id: &str, sent: Json) -> Result<Json> {
    let request = ExecuteTransition::new(key, id, members(sent));
    f.write(uid, move |cx| ops::execute(cx, &request)).map(body)
}

fn open(f: &Fixture, uid: i64, key: &str) -> Json {
    let request = ListTransitions::new(key);
    body(f.read(uid, |cx| ops::list(cx, &request)).expect("transitions"))
}

fn ids(transitions: &Json) -> Vec<&str> {
    transitions.as_array().expect("a list").iter().filter_map(|t| t["id"].as_str()).collect()
}

fn issue(f: &Fixture) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "assignee": "bob"}))
}

/// The one event of a kind, as the changelog tells it.
fn last_change(f: &Fixture, key: &str) -> Json {
    let request = ListChangelog::new(key).sort("desc").per_page(1);
    let reply = f.read(f.ann, |cx| crate::event::ops::list(cx, &request)).expect("a changelog");
    body(reply)[0].clone()
}

fn errors(result: Result<Json>) -> (u16, Vec<String>) {
    let error = result.expect_err("refused");
    (error.status(), error.body(Lang::En).errors.into_keys().collect())
}

/// A queue whose only workflow has one transition, `done`, with this screen.
fn queue_with_screen(f: &Fixture, fields: Vec<ScreenField>) -> String {
    let screen = Screen { id: "s1".to_owned(), name: Name::new("Экран", "Screen"), fields };
    f.write(f.boss, move |cx| {
        let simple = cx.dict.workflows.by_key("quickStartV2PresetWorkflow").expect("a workflow");
        let old = Arc::clone(simple);
        let done = ModelTransition {
            id: "done".to_owned(),
            name: Name::new("Готово", "Done"),
            to: cx.dict.statuses.by_key("closed").expect("a status").id,
            screen: Some(screen.clone()),
            ..ModelTransition::default()
        };
        let body = Workflow { transitions: vec![done], ..old.body.clone() };
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("a workflow");
    f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}))
}

fn field(field: &str, required: bool, default: Option<Json>) -> ScreenField {
    ScreenField { field: field.to_owned(), required, default }
}

#[test]
fn open_transitions_are_those_of_the_status_in_the_order_of_the_workflow() {
    let f = Fixture::new();
    let key = issue(&f);
    let open = open(&f, f.ann, &key);
    assert_eq!(ids(&open), ["start_progress", "need_info", "resolve", "close"]);
    let close = &open[3];
    let url = format!("http://tracker.test/v3/issues/{key}/transitions/close");
    assert_eq!(close["self"], url);
    assert_eq!(close["to"]["key"], "closed");
    assert!(close["display"].is_string());
    let screen = close["screen"]["id"].as_str().expect("a screen");
    assert_eq!(close["screen"]["self"], format!("http://tracker.test/v3/screens/{screen}"));
    assert_eq!(close["screen"]["display"], "Close issue");
    assert_eq!(open[0].get("screen"), None);
}

#[test]
fn names_follow_the_language_asked_for() {
    let f = Fixture::new();
    let request = GetTransition::new(issue(&f), "close").localized(false);
    let one = body(f.read(f.ann, |cx| ops::get(cx, &request)).expect("a transition"));
    assert!(one["display"]["ru"].is_string() && one["display"]["en"].is_string());
}

#[test]
fn a_reader_sees_no_transitions_and_may_make_none() {
    let f = Fixture::new();
    let mut permissions = open_permissions(f.boss);
    permissions.write = Subjects { users: vec![f.ann], ..Subjects::default() };
    permissions.read = Subjects { groups: vec![EVERYBODY], ..Subjects::default() };
    f.permit(f.dev, permissions);
    let key = issue(&f);
    assert_eq!(open(&f, f.bob, &key), json!([]));
    assert_eq!(open(&f, f.guest, &key), json!([]));
    let request = GetTransition::new(&*key, "close");
    let one = f.read(f.bob, |cx| ops::get(cx, &request));
    assert_eq!(one.expect_err("hidden").status(), 404);
    assert_eq!(errors(run(&f, f.bob, &key, "start_progress", json!({}))).0, 403);
    assert_eq!(errors(run(&f, f.guest, &key, "start_progress", json!({}))).0, 403);
    assert!(run(&f, f.ann, &key, "start_progress", json!({})).is_ok());
}

#[test]
fn unknown_and_closed_transitions_are_not_found() {
    let f = Fixture::new();
    let key = issue(&f);
    for id in ["nosuch", "reopen", "Meta", "openMeta", "reopenMeta", ""] {
        assert_eq!(errors(run(&f, f.ann, &key, id, json!({}))).0, 404, "{id}");
        let request = GetTransition::new(&*key, id);
        assert_eq!(f.read(f.ann, |cx| ops::get(cx, &request)).expect_err("none").status(), 404);
    }
    assert_eq!(errors(run(&f, f.ann, "DEV-99", "close", json!({}))).0, 404);
}

#[test]
fn a_status_key_with_meta_names_the_transition_that_leads_there() {
    let f = Fixture::new();
    let key = issue(&f);
    let request = GetTransition::new(&*key, "inProgressMeta");
    let one = body(f.read(f.ann, |cx| ops::get(cx, &request)).expect("a transition"));
    assert_eq!(one["id"], "start_progress");
    run(&f, f.ann, &key, "needInfoMeta", json!({})).expect("an alias");
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "needInfo");
}

#[test]
fn a_transition_changes_everything_that_tells_of_the_status() {
    let f = Fixture::new();
    let key = issue(&f);
    let request = ExecuteTransition::new(&*key, "start_progress", Members::new());
    let later = f.write_at(f.bob, NOW + 60_000, move |cx| ops::execute(cx, &request));
    let after = body(later.expect("a transition"));
    assert!(ids(&after).contains(&"stop_progress"), "{after}");
    let json = f.json(f.ann, &key);
    assert_eq!(json["status"]["key"], "inProgress");
    assert_eq!(json["statusType"]["key"], "inProgress");
    assert_eq!(json["previousStatus"]["key"], "open");
    assert_eq!(json["previousStatusLastAssignee"]["display"], "bob Trial");
    assert_eq!(json["statusStartTime"], "2026-03-02T10:01:00.000+0000");
    assert_eq!(json["updatedBy"]["display"], "bob Trial");
    assert_eq!(json["version"], 2);
}

#[test]
fn the_change_starts_with_the_status_and_its_time() {
    let f = Fixture::new();
    let key = issue(&f);
    for (minute, id) in [(1, "start_progress"), (2, "stop_progress")] {
        let request = ExecuteTransition::new(&*key, id, members(json!({"assignee": "ann"})));
        f.write_at(f.ann, NOW + minute * 60_000, move |cx| ops::execute(cx, &request))
            .expect("a transition");
        let change = last_change(&f, &key);
        assert_eq!(change["type"], "IssueWorkflow");
        assert_eq!(change["fields"][0]["field"]["id"], "status");
        assert_eq!(change["fields"][1]["field"]["id"], "statusStartTime");
    }
    let change = last_change(&f, &key);
    assert_eq!(change["fields"][0]["from"]["key"], "inProgress");
    assert_eq!(change["fields"][0]["to"]["key"], "open");
    assert_eq!(change["fields"][1]["from"], "2026-03-02T10:01:00.000+0000");
    assert_eq!(change["fields"][1]["to"], "2026-03-02T10:02:00.000+0000");
}

#[test]
fn closing_needs_a_resolution_and_reopening_clears_it() {
    let f = Fixture::new();
    let key = issue(&f);
    assert_eq!(
        errors(run(&f, f.ann, &key, "close", json!({}))),
        (422, vec!["resolution".to_owned()])
    );
    assert_eq!(f.json(f.ann, &key)["version"], 1, "nothing is written");
    let after = run(&f, f.ann, &key, "close", json!({"resolution": "fixed"})).expect("closed");
    assert_eq!(ids(&after), ["reopen"]);
    let json = f.json(f.ann, &key);
    assert_eq!(json["status"]["key"], "closed");
    assert_eq!(json["statusType"]["key"], "done");
    assert_eq!(json["resolution"]["key"], "fixed");
    assert_eq!(json["resolvedBy"]["display"], "ann Trial");
    assert!(json["resolvedAt"].is_string());
    run(&f, f.ann, &key, "reopen", Json::Null).expect("open again");
    let json = f.json(f.ann, &key);
    assert_eq!(json["status"]["key"], "open");
    for gone in ["resolution", "resolvedAt", "resolvedBy"] {
        assert_eq!(json.get(gone), None, "{gone}");
    }
}

#[test]
fn a_value_that_is_there_already_satisfies_the_screen() {
    let f = Fixture::new();
    let key = issue(&f);
    run(&f, f.ann, &key, "resolve", json!({"resolution": {"key": "wontFix"}})).expect("resolved");
    run(&f, f.ann, &key, "rc", json!({})).expect("a transition that keeps the resolution or not");
}

#[test]
fn bodies_that_say_nothing_are_the_same() {
    let f = Fixture::new();
    for sent in [None, Some(Members::new())] {
        let key = issue(&f);
        let mut request = ExecuteTransition::new(&*key, "start_progress", Members::new());
        request.body.0 = sent;
        f.write(f.ann, move |cx| ops::execute(cx, &request)).expect("a transition");
    }
}

#[test]
fn values_beyond_the_screen_are_applied_as_an_edit() {
    let f = Fixture::new();
    let key = issue(&f);
    let sent = json!({"priority": "critical", "tags": {"add": "x"}, "assignee": "ann"});
    run(&f, f.ann, &key, "need_info", sent).expect("a transition");
    let json = f.json(f.ann, &key);
    assert_eq!(json["priority"]["key"], "critical");
    assert_eq!(json["tags"], json!(["x"]));
    assert_eq!(json["assignee"]["display"], "ann Trial");
    assert_eq!(json["previousStatusLastAssignee"]["display"], "bob Trial", "as it was before");
}

#[test]
fn wrong_values_are_named_and_nothing_is_written() {
    let f = Fixture::new();
    let key = issue(&f);
    for (sent, field) in [
        (json!({"nosuch": 1}), "nosuch"),
        (json!({"status": "closed"}), "status"),
        (json!({"updatedAt": "2026-01-01"}), "updatedAt"),
        (json!({"resolution": "nosuch"}), "resolution"),
    ] {
        let refused = errors(run(&f, f.ann, &key, "start_progress", sent));
        assert_eq!(refused, (422, vec![field.to_owned()]));
    }
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "open");
}

#[test]
fn stale_versions_are_refused() {
    let f = Fixture::new();
    let key = issue(&f);
    let with = |version: Option<i64>, header: Option<IfMatch>| {
        let mut request = ExecuteTransition::new(&*key, "start_progress", Members::new());
        request.version = version;
        request.if_match = header;
        f.write(f.ann, move |cx| ops::execute(cx, &request)).map(drop)
    };
    assert_eq!(with(Some(7), None).expect_err("stale").status(), 409);
    assert_eq!(with(None, Some(IfMatch::Version(7))).expect_err("stale").status(), 412);
    with(Some(1), Some(IfMatch::Version(1))).expect("the present version");
}

#[test]
fn a_screen_fills_what_is_not_sent() {
    let f = Fixture::new();
    let fields = vec![
        field("resolution", true, Some(json!("fixed"))),
        field("tags", false, Some(json!(["auto"]))),
    ];
    let key = queue_with_screen(&f, fields);
    run(&f, f.ann, &key, "done", json!({"tags": ["own"]})).expect("done");
    let json = f.json(f.ann, &key);
    assert_eq!(json["resolution"]["key"], "fixed");
    assert_eq!(json["tags"], json!(["own"]));
}

#[test]
fn every_missing_field_of_a_screen_is_named() {
    let f = Fixture::new();
    let fields = vec![
        field("deadline", true, None),
        field("comment", true, None),
        field("summary", true, None),
        field("tags", false, None),
    ];
    let key = queue_with_screen(&f, fields);
    let missing = |sent: Json| errors(run(&f, f.ann, &key, "done", sent));
    let both = (422, vec!["comment".to_owned(), "deadline".to_owned()]);
    assert_eq!(missing(json!({})), both);
    assert_eq!(missing(json!({"comment": "  "})), both);
    assert_eq!(missing(json!({"comment": {"text": ""}, "deadline": null})), both);
    let one = (422, vec!["comment".to_owned()]);
    assert_eq!(missing(json!({"deadline": "2026-05-01"})), one);
}

#[test]
fn a_comment_comes_along_and_has_its_own_entry() {
    let f = Fixture::new();
    let key = issue(&f);
    let sent = json!({"comment": "Fixed", "resolution": "fixed"});
    let after = run(&f, f.ann, &key, "close", sent).expect("closed");
    assert_eq!(ids(&after), ["reopen"]);
    let json = f.json(f.ann, &key);
    assert_eq!(json["status"]["key"], "closed");
    assert_eq!(json["resolution"]["key"], "fixed");
    assert_eq!(json["commentWithoutExternalMessageCount"], 1);
    assert_eq!(json["version"], 2, "a comment leaves the version alone");
    let change = last_change(&f, &key);
    assert_eq!(change["type"], "IssueCommentAdded");
    assert_eq!(change["comments"]["added"][0]["display"], "Fixed");
    run(&f, f.ann, &key, "reopen", json!({"comment": {"text": "Not yet"}})).expect("open again");
    assert_eq!(last_change(&f, &key)["comments"]["added"][0]["display"], "Not yet");
}

#[test]
fn a_wrong_comment_undoes_the_transition() {
    let f = Fixture::new();
    let key = issue(&f);
    for comment in [json!(5), json!(["x"]), json!({"text": ""}), json!(" ")] {
        let (status, fields) =
            errors(run(&f, f.ann, &key, "start_progress", json!({"comment": comment})));
        assert_eq!(status, 422, "{comment}");
        assert!(!fields.is_empty(), "{comment}");
    }
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "open");
}

#[test]
fn who_gives_an_issue_away_may_still_say_why() {
    let f = Fixture::new();
    let mut permissions = open_permissions(f.boss);
    let assignee = Subjects { roles: vec![Role::Assignee], ..Subjects::default() };
    permissions.read = assignee.clone();
    permissions.write = assignee;
    f.permit(f.dev, permissions);
    let key = issue(&f);
    let sent = json!({"assignee": "ann", "comment": "Over to you"});
    let after = run(&f, f.bob, &key, "need_info", sent).expect("a transition");
    assert_eq!(after, json!([]), "nothing is open to who cannot edit any more");
    assert_eq!(f.json(f.ann, &key)["commentWithoutExternalMessageCount"], 1);
}

/// Gives a status of the queue's workflow a rule for comments.
fn on_comment(f: &Fixture, status: &'static str, rule: CommentRule) {
    f.write(f.boss, move |cx| {
        let queue = cx.queue("DEV")?;
        let config = queue.body.types.first().expect("a type").workflow;
        let old = Arc::clone(cx.dict.workflows.get(config).expect("a workflow"));
        let mut body = old.body.clone();
        let status = cx.dict.statuses.by_key(status).expect("a status").id;
        body.on_comment.insert(status, rule.clone());
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("a rule");
}

fn comment(f: &Fixture, uid: i64, key: &str) {
    let text = CommentCreate { text: Some("here you are".into()), ..CommentCreate::default() };
    let request = AddComment::new(key, text);
    f.write(uid, move |cx| crate::comment::ops::add(cx, &request)).expect("a comment");
}

fn status(f: &Fixture, key: &str) -> Json {
    f.json(f.ann, key)["status"]["key"].clone()
}

#[test]
fn a_comment_makes_the_transition_of_the_status() {
    let f = Fixture::new();
    let rule = CommentRule { transition: Some("start_progress".into()), ..CommentRule::default() };
    on_comment(&f, "needInfo", rule);
    let key = issue(&f);
    comment(&f, f.ann, &key);
    assert_eq!(status(&f, &key), "open", "no rule here");
    // The question that goes with the transition is no answer to it.
    run(&f, f.bob, &key, "need_info", json!({"comment": "which one?"})).expect("a transition");
    assert_eq!(status(&f, &key), "needInfo");
    comment(&f, f.ann, &key);
    assert_eq!(status(&f, &key), "inProgress");
    assert_eq!(last_change(&f, &key)["type"], "IssueWorkflow");
    assert_eq!(last_change(&f, &key)["updatedBy"]["display"], "ann Trial");

    run(&f, f.bob, &key, "need_info", json!({})).expect("a transition");
    let patch = members(json!({"comment": "again"}));
    let request = trackway_api::issues::UpdateIssue::new(&*key, patch);
    let reply = f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit");
    assert_eq!(body(reply)["status"]["key"], "inProgress", "the answer tells of it");
}

#[test]
fn a_comment_takes_an_issue_back_to_where_and_whom_it_came_from() {
    let f = Fixture::new();
    let rule = CommentRule { restore_assignee: true, ..CommentRule::default() };
    on_comment(&f, "needInfo", rule);
    let key = issue(&f);
    let ask = json!({"assignee": "ann"});
    run(&f, f.bob, &key, "start_progress", json!({})).expect("a transition");
    run(&f, f.bob, &key, "need_info", ask).expect("a transition");
    comment(&f, f.ann, &key);
    let json = f.json(f.ann, &key);
    assert_eq!(
        (&json["status"]["key"], &json["assignee"]["id"]),
        (&"inProgress".into(), &f.bob.to_string().into())
    );
}

#[test]
fn comments_that_are_not_meant_change_no_status() {
    let f = Fixture::new();
    // Closing asks for a resolution, which a comment does not give.
    let rule = CommentRule { transition: Some("close".into()), ..CommentRule::default() };
    on_comment(&f, "open", rule);
    let key = issue(&f);
    comment(&f, f.ann, &key);
    assert_eq!(status(&f, &key), "open");
    let rule = CommentRule { transition: Some("gone".into()), ..CommentRule::default() };
    on_comment(&f, "open", rule);
    comment(&f, f.ann, &key);
    assert_eq!(status(&f, &key), "open");
    let only = CommentRule {
        transition: Some("start_progress".into()),
        only_assignee: true,
        ..CommentRule::default()
    };
    on_comment(&f, "open", only);
    comment(&f, f.ann, &key);
    assert_eq!(status(&f, &key), "open", "bob has it");
    let text = CommentCreate { text: Some("by a rule".into()), ..CommentCreate::default() };
    let request = AddComment::new(&*key, text);
    let bob = f.bob;
    f.write(f.bob, move |cx| {
        cx.actor = Arc::new(crate::actor::Actor::robot(bob));
        crate::comment::ops::add(cx, &request)
    })
    .expect("a comment");
    assert_eq!(status(&f, &key), "open", "robots do not react");
    comment(&f, f.bob, &key);
    assert_eq!(status(&f, &key), "inProgress");
}
