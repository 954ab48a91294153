//! What links do, and what they do to their issues.

use serde_json::{Value, json};
use trackway_api::List;
use trackway_api::dictionaries::{GetLinkType, ListLinkTypes};
use trackway_api::issues::{GetIssue, UpdateIssue};
use trackway_api::links::{
    AddLink, DeleteLink, GetLink, LinkCreate, LinkIssue, ListLinks, UnlinkIssue,
};

use super::ops;
use crate::dict::model::{Role, Subjects};
use crate::error::{Code, Error, Result};
use crate::lang::Lang;
use crate::testing::{Fixture, body, open_permissions};

fn issue(f: &Fixture, summary: &str) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": summary}))
}

fn epic(f: &Fixture) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": "epic", "type": "epic"}))
}

fn try_add(f: &Fixture, uid: i64, key: &str, relationship: &str, other: Value) -> Result<Value> {
    let link = json!({"relationship": relationship, "issue": other});
    let request = AddLink::new(key, serde_json::from_value::<LinkCreate>(link).expect("a body"));
    f.write(uid, move |cx| ops::add(cx, &request)).map(body)
}

fn add(f: &Fixture, key: &str, relationship: &str, other: &str) -> Value {
    try_add(f, f.ann, key, relationship, json!(other)).expect("a link")
}

fn refused(f: &Fixture, key: &str, relationship: &str, other: &str) -> Error {
    try_add(f, f.ann, key, relationship, json!(other)).expect_err("a wrong link")
}

fn list(f: &Fixture, uid: i64, key: &str) -> Vec<Value> {
    let request = ListLinks::new(key);
    let reply = f.read(uid, |cx| ops::list(cx, &request)).expect("links");
    serde_json::from_value(body(reply)).expect("a list")
}

/// Type, direction and other issue of each link.
fn shape(f: &Fixture, key: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    list(f, f.ann, key)
        .iter()
        .map(|l| [&l["type"]["id"], &l["direction"], &l["object"]["key"]].map(text).join(" "))
        .collect()
}

fn try_patch(f: &Fixture, key: &str, patch: Value) -> Result<Value> {
    let Value::Object(patch) = patch else { panic!("an object") };
    let request = UpdateIssue::new(key, patch);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request)).map(body)
}

fn try_delete(f: &Fixture, uid: i64, key: &str, id: &Value) -> Result<()> {
    let request = DeleteLink::new(key, id.to_string());
    f.write(uid, move |cx| ops::delete(cx, &request)).map(drop)
}

/// Kinds of the events of an issue.
fn events(f: &Fixture, key: &str) -> Vec<String> {
    let rows: Vec<(String,)> = f
        .read(f.boss, |cx| {
            let id = cx.issue(key)?.issue().id;
            let sql = "SELECT kind FROM event WHERE org_id = $1 AND issue_id = $2 ORDER BY id";
            Ok(cx.tx.all(sql, &[&cx.dict.org_id, &id])?)
        })
        .expect("events");
    rows.into_iter().map(|(kind,)| kind).collect()
}

fn version(f: &Fixture, key: &str) -> i64 {
    f.json(f.boss, key)["version"].as_i64().expect("a number")
}

#[test]
fn a_link_is_read_from_both_ends() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "first"), issue(&f, "second"));
    try_patch(&f, &b, json!({"assignee": "bob"})).expect("an edit");
    let made = add(&f, &a, "depends on", &b);
    assert_eq!(made["self"], format!("http://tracker.test/v3/issues/{a}/links/{}", made["id"]));
    assert_eq!(made["type"]["id"], "depends");
    assert_eq!(made["type"]["outward"], "Depends on");
    assert_eq!(made["type"]["inward"], "Blocker");
    assert_eq!(made["direction"], "outward");
    assert_eq!(made["object"]["key"], *b);
    assert_eq!(made["object"]["display"], "second");
    assert_eq!(made["status"]["key"], "open");
    assert_eq!(made["assignee"]["id"], f.bob.to_string());
    assert_eq!(made["createdBy"]["id"], f.ann.to_string());
    assert_eq!(list(&f, f.guest, &a), std::slice::from_ref(&made));
    let other = list(&f, f.guest, &b).pop().expect("a link");
    assert_eq!((&other["id"], &other["direction"]), (&made["id"], &json!("inward")));
    assert_eq!(other["object"]["key"], *a);
    assert!(other.get("assignee").is_none());
    let request = GetLink::new(&*b, made["id"].to_string());
    assert_eq!(body(f.read(f.guest, |cx| ops::get(cx, &request)).expect("a link")), other);
}

#[test]
fn both_issues_change_by_a_link() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    let made = add(&f, &a, "relates", &b);
    for key in [&a, &b] {
        assert_eq!(version(&f, key), 1);
        assert_eq!(events(&f, key), ["IssueCreated", "IssueLinked"]);
    }
    try_delete(&f, f.ann, &b, &made["id"]).expect("deleted from the other end");
    for key in [&a, &b] {
        assert_eq!(version(&f, key), 1);
        assert_eq!(events(&f, key).last().expect("an event"), "IssueUnlinked");
        assert!(list(&f, f.ann, key).is_empty());
    }
    assert_eq!(try_delete(&f, f.ann, &a, &made["id"]).expect_err("gone").status(), 404);
}

#[test]
fn every_relationship_has_its_type_and_direction() {
    for (relationship, outcome) in [
        ("relates", "relates outward"),
        ("depends on", "depends outward"),
        ("Is-Dependent-By", "depends inward"),
        ("is subtask for", "subtask inward"),
        ("is parent task for", "subtask outward"),
        ("duplicates", "duplicates outward"),
        ("IS DUPLICATED BY", "duplicates inward"),
        ("has epic", "epic inward"),
    ] {
        let f = Fixture::new();
        let (a, b) =
            (issue(&f, "a"), if relationship == "has epic" { epic(&f) } else { issue(&f, "b") });
        add(&f, &a, relationship, &b);
        assert_eq!(shape(&f, &a), [format!("{outcome} {b}")], "{relationship}");
    }
    let f = Fixture::new();
    let (a, b) = (epic(&f), issue(&f, "b"));
    add(&f, &a, "is epic of", &b);
    assert_eq!(shape(&f, &a), [format!("epic outward {b}")]);
}

#[test]
fn wrong_links_are_refused() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    for relationship in ["depends", "subtask", "clone", "original", "", "blocks"] {
        let error = refused(&f, &a, relationship, &b);
        assert_eq!(error.status(), 422, "{relationship}");
        assert!(error.body(Lang::En).errors.contains_key("relationship"), "{relationship}");
    }
    assert_eq!(refused(&f, &a, "relates", &a).code, Code::LinkToSelf);
    assert!(refused(&f, &a, "relates", "DEV-99").body(Lang::En).errors.contains_key("issue"));
    for other in [json!(7), json!({}), json!(""), json!(null)] {
        let error = try_add(&f, f.ann, &a, "relates", other).expect_err("no issue");
        assert!(error.body(Lang::En).errors.contains_key("issue"));
    }
    assert_eq!(
        try_add(&f, f.ann, "DEV-99", "relates", json!(b)).expect_err("unknown").status(),
        404
    );
    assert_eq!(version(&f, &a), 1);
}

#[test]
fn a_second_identical_link_is_refused() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    add(&f, &a, "relates", &b);
    for (one, two) in [(&a, &b), (&b, &a)] {
        let error = refused(&f, one, "relates", two);
        assert_eq!((error.status(), error.code), (422, Code::LinkExists));
        assert!(error.body(Lang::Ru).errors.is_empty());
        assert!(error.body(Lang::Ru).error_messages[0].ends_with("уже связаны."));
    }
    add(&f, &a, "depends on", &b);
    assert_eq!(
        refused(&f, &b, "is dependent by", &a).code,
        Code::LinkExists,
        "the same, said of b"
    );
    add(&f, &b, "is subtask for", &a);
    assert_eq!(refused(&f, &a, "is parent task for", &b).code, Code::LinkExists);
    assert_eq!(
        shape(&f, &a),
        ["relates", "depends", "subtask"].map(|kind| format!("{kind} outward {b}")),
        "oldest first"
    );
}

#[test]
fn issues_are_named_in_all_forms() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    let id = f.json(f.ann, &b)["id"].clone();
    let forms = [
        json!(b),
        json!(b.to_lowercase()),
        json!({"key": b}),
        json!({"id": id}),
        json!({"url": format!("https://tracker.test/v2/issues/{b}")}),
        id,
    ];
    for form in forms {
        let made = try_add(&f, f.ann, &a, "relates", form.clone()).expect("a link");
        assert_eq!(made["object"]["key"], *b, "{form}");
        try_delete(&f, f.ann, &a, &made["id"]).expect("deleted");
    }
}

#[test]
fn subtask_links_and_parents_say_the_same() {
    let f = Fixture::new();
    let (child, one, two) = (issue(&f, "child"), issue(&f, "one"), issue(&f, "two"));
    add(&f, &child, "is subtask for", &one);
    assert_eq!(f.json(f.ann, &child)["parent"]["key"], *one);
    assert_eq!(events(&f, &child), ["IssueCreated", "IssueUpdated", "IssueLinked"]);
    assert_eq!(events(&f, &one), ["IssueCreated", "IssueLinked"]);

    // One parent only: a new one takes the place of the former, from whichever side it is said.
    let made = add(&f, &two, "is parent task for", &child);
    assert_eq!(made["direction"], "outward");
    assert_eq!(f.json(f.ann, &child)["parent"]["key"], *two);
    assert_eq!(shape(&f, &child), [format!("subtask inward {two}")]);
    assert!(shape(&f, &one).is_empty());
    assert_eq!(events(&f, &one).last().expect("an event"), "IssueUnlinked");

    try_delete(&f, f.ann, &two, &made["id"]).expect("deleted");
    assert!(f.json(f.ann, &child).get("parent").is_none());
    assert!(shape(&f, &child).is_empty());
    assert_eq!(events(&f, &child).last().expect("an event"), "IssueUnlinked");
}

#[test]
fn setting_a_parent_makes_the_link() {
    let f = Fixture::new();
    let (one, two) = (issue(&f, "one"), issue(&f, "two"));
    let child = f.issue(f.ann, json!({"queue": "DEV", "summary": "child", "parent": one}));
    assert_eq!(shape(&f, &child), [format!("subtask inward {one}")]);
    assert_eq!(shape(&f, &one), [format!("subtask outward {child}")]);
    assert_eq!(version(&f, &one), 1);
    let patched = try_patch(&f, &child, json!({"parent": {"key": two}})).expect("an edit");
    assert_eq!((&patched["parent"]["key"], &patched["version"]), (&json!(two), &json!(2)));
    assert_eq!(shape(&f, &child), [format!("subtask inward {two}")]);
    assert!(shape(&f, &one).is_empty());
    try_patch(&f, &child, json!({"parent": null})).expect("an edit");
    assert!(shape(&f, &child).is_empty() && shape(&f, &two).is_empty());
    assert_eq!(events(&f, &two), ["IssueCreated", "IssueLinked", "IssueUnlinked"]);
}

#[test]
fn parents_make_no_cycle() {
    let f = Fixture::new();
    let (a, b, c) = (issue(&f, "a"), issue(&f, "b"), issue(&f, "c"));
    add(&f, &b, "is subtask for", &a);
    add(&f, &c, "is subtask for", &b);
    for error in [
        refused(&f, &a, "is subtask for", &c),
        refused(&f, &a, "is subtask for", &b),
        refused(&f, &c, "is parent task for", &a),
        try_patch(&f, &a, json!({"parent": c})).expect_err("a cycle"),
        try_patch(&f, &a, json!({"parent": a})).expect_err("itself"),
    ] {
        assert_eq!(error.status(), 422);
        let body = error.body(Lang::En);
        assert_eq!(body.errors["parent"], "An issue cannot be its own ancestor.");
    }
    assert_eq!(version(&f, &c), 2, "refused changes leave nothing");
    add(&f, &c, "is subtask for", &a);
    assert_eq!(f.json(f.ann, &c)["parent"]["key"], *a, "another branch is no cycle");
}

#[test]
fn epics_are_of_type_epic_and_stand_alone() {
    let f = Fixture::new();
    let (a, b, e, e2) = (issue(&f, "a"), issue(&f, "b"), epic(&f), epic(&f));
    let code = |error: Error| error.body(Lang::En).errors.into_values().next().expect("a text");
    for error in [
        refused(&f, &a, "has epic", &b),
        refused(&f, &a, "is epic of", &b),
        try_patch(&f, &a, json!({"epic": b})).expect_err("no epic"),
    ] {
        assert_eq!(error.status(), 422);
        assert_eq!(code(error), Code::EpicRequired.text(Lang::En));
    }
    for error in [
        refused(&f, &e, "has epic", &e2),
        refused(&f, &e, "is subtask for", &a),
        try_patch(&f, &e, json!({"parent": a})).expect_err("an epic"),
    ] {
        assert_eq!(code(error), Code::EpicNested.text(Lang::En));
    }
    add(&f, &a, "has epic", &e);
    assert_eq!(f.json(f.ann, &a)["epic"]["key"], *e);
    let made = add(&f, &e2, "is epic of", &a);
    assert_eq!(f.json(f.ann, &a)["epic"]["key"], *e2, "one epic at a time");
    assert!(shape(&f, &e).is_empty());
    let error = try_patch(&f, &a, json!({"type": "epic"})).expect_err("inside an epic");
    assert!(error.body(Lang::En).errors.contains_key("type"));
    try_delete(&f, f.ann, &a, &made["id"]).expect("deleted");
    assert!(f.json(f.ann, &a).get("epic").is_none());
    try_patch(&f, &a, json!({"type": "epic"})).expect("free of epics");
}

/// Ann's issue in a queue that others see as `read` and `write` say.
fn fenced(f: &Fixture, read: &[i64], write: &[i64]) -> String {
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { users: read.to_vec(), ..Subjects::default() };
    permissions.write =
        Subjects { users: write.to_vec(), roles: vec![Role::Author], groups: Vec::new() };
    f.permit(f.help, permissions);
    f.issue(f.ann, json!({"queue": "HELP", "summary": "secret"}))
}

#[test]
fn a_link_needs_write_here_and_read_there() {
    let f = Fixture::new();
    let open = issue(&f, "open");
    let fenced = fenced(&f, &[f.bob], &[]);
    let error = try_add(&f, f.bob, &fenced, "relates", json!(open)).expect_err("no write");
    assert_eq!(error.status(), 403);
    let made = try_add(&f, f.bob, &open, "is parent task for", json!(fenced)).expect("a link");
    assert_eq!(f.json(f.ann, &fenced)["parent"]["key"], *open);
    assert_eq!(try_delete(&f, f.bob, &fenced, &made["id"]).expect_err("no write").status(), 403);
    try_delete(&f, f.bob, &open, &made["id"]).expect("write at this end");
    assert!(f.json(f.ann, &fenced).get("parent").is_none());
    let error = try_add(&f, f.guest, &open, "relates", json!(fenced)).expect_err("read-only");
    assert_eq!(error.status(), 403);
}

#[test]
fn links_to_unreadable_issues_are_left_out() {
    let f = Fixture::new();
    let open = issue(&f, "open");
    let fenced = fenced(&f, &[], &[]);
    let made = add(&f, &open, "relates", &fenced);
    assert_eq!(list(&f, f.ann, &open).len(), 1);
    assert!(list(&f, f.bob, &open).is_empty());
    let request = GetLink::new(&*open, made["id"].to_string());
    assert_eq!(f.read(f.bob, |cx| ops::get(cx, &request)).expect_err("hidden").status(), 404);
    assert_eq!(try_delete(&f, f.bob, &open, &made["id"]).expect_err("hidden").status(), 404);
    let error = try_add(&f, f.bob, &open, "depends on", json!(fenced)).expect_err("unreadable");
    assert_eq!(error.status(), 403);

    // Who cannot see the parent may still take the issue away from it.
    add(&f, &open, "is subtask for", &fenced);
    let request =
        UpdateIssue::new(&*open, serde_json::Map::from_iter([("parent".into(), Value::Null)]));
    f.write(f.bob, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit");
    assert_eq!(shape(&f, &fenced), [format!("relates inward {open}")]);
}

#[test]
fn links_of_a_page_come_with_its_issues() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    add(&f, &a, "duplicates", &b);
    let request = GetIssue::new(&*b).expand(List::from(["links"]));
    let issue = body(f.read(f.ann, |cx| crate::issue::ops::get(cx, &request)).expect("an issue"));
    assert_eq!(issue["links"], json!(list(&f, f.ann, &b)));
    let links = f
        .read(f.ann, |cx| {
            let ids = [cx.issue(&a)?.issue().id, cx.issue(&b)?.issue().id];
            let loaded = crate::issue::store::by_ids(cx, &ids)?;
            ops::of_issues(cx, &loaded)
        })
        .expect("links");
    let directions: Vec<&str> = links.iter().flatten().map(|l| l.direction.as_str()).collect();
    assert_eq!(directions, ["outward", "inward"], "a link within the page shows at both");
}

#[test]
fn the_link_header_makes_and_removes() {
    let f = Fixture::new();
    let (a, b) = (issue(&f, "a"), issue(&f, "b"));
    let link = |header: &str| {
        let request = LinkIssue::new(&*a).link(header);
        f.write(f.ann, move |cx| ops::link(cx, &request)).map(body)
    };
    let unlink = |header: &str| {
        let request = UnlinkIssue::new(&*a).link(header);
        f.write(f.ann, move |cx| ops::unlink(cx, &request)).map(drop)
    };
    let header = format!("<https://tracker.test/v2/issues/{b}>; rel=\"is subtask for\"");
    let made = link(&header).expect("a link");
    assert_eq!(link(&header).expect("the same again"), made);
    assert_eq!(version(&f, &a), 2, "repeating changes nothing");
    assert_eq!(f.json(f.ann, &a)["parent"]["key"], *b);
    unlink(&header).expect("removed");
    assert!(f.json(f.ann, &a).get("parent").is_none());
    assert_eq!(unlink(&header).expect_err("there is none").status(), 404);
    assert_eq!(link("<DEV-99>; rel=relates").expect_err("unknown").status(), 404);
    assert_eq!(link("DEV-2").expect_err("malformed").status(), 400);
    let bare = LinkIssue::new(&*a);
    let error = f.write(f.ann, move |cx| ops::link(cx, &bare)).map(drop).expect_err("no header");
    assert_eq!(error.status(), 400);
}

#[test]
fn link_types_are_listed() {
    let f = Fixture::new();
    let types =
        body(f.read(f.guest, |cx| ops::list_types(cx, &ListLinkTypes::new())).expect("types"));
    assert_eq!(types.as_array().expect("a list").len(), 6);
    assert_eq!(types[0]["self"], "http://tracker.test/v3/linktypes/relates");
    let request = GetLinkType::new("subtask").localized(false);
    let subtask = body(f.read(f.guest, |cx| ops::get_type(cx, &request)).expect("a type"));
    assert_eq!(subtask["inward"], json!({"ru": "Подзадача", "en": "Subtask"}));
    let unknown = GetLinkType::new("blocks");
    assert_eq!(f.read(f.guest, |cx| ops::get_type(cx, &unknown)).expect_err("none").status(), 404);
}

#[test]
fn links_are_filtered_by_relationship_and_cut_into_pages() {
    use trackway_api::links::{LinkFilter, ListLinksFiltered};
    let f = Fixture::new();
    let key = issue(&f, "s");
    let others: Vec<String> = (0..3).map(|n| issue(&f, &n.to_string())).collect();
    add(&f, &key, "relates", &others[0]);
    add(&f, &key, "depends on", &others[1]);
    add(&f, &key, "is dependent by", &others[2]);
    let page = |filter: Value, per_page: i64| {
        let filter: LinkFilter = serde_json::from_value(filter).expect("a body");
        let r = ListLinksFiltered::new(&*key, filter).per_page(per_page);
        f.read(f.ann, |cx| super::page::list(cx, &r)).map(body)
    };
    let found = page(json!({"linkTypes": ["depends on", "relates"]}), 50).expect("links");
    assert_eq!(found["links"].as_array().map(Vec::len), Some(2));
    let found = page(json!({"fields": ["type"]}), 1).expect("links");
    let link = found["links"][0].as_object().expect("a link");
    assert_eq!(link.keys().collect::<Vec<_>>(), ["id", "object", "self", "type"]);
    assert_eq!(page(json!({"linkTypes": ["depends"]}), 50).expect_err("a type").status(), 400);
}

#[test]
fn issues_are_linked_to_other_applications() {
    use trackway_api::links::{
        AddRemoteLink, DeleteRemoteLink, GetApplication, GetRemoteLink, ListApplications,
        ListRemoteLinks, RemoteLinkCreate,
    };
    let f = Fixture::new();
    f.tracker.db().prepare_all(super::remote::ALL_SQL).expect("good SQL");
    let key = issue(&f, "s");
    let apps = body(
        f.read(f.guest, |cx| super::remote::list_applications(cx, &ListApplications::new()))
            .expect("a list"),
    );
    let id = apps[0]["id"].as_str().expect("an id").to_owned();
    let r = GetApplication::new(&*id);
    assert_eq!(
        body(f.read(f.guest, |cx| super::remote::get_application(cx, &r)).expect("one")),
        apps[0]
    );
    let add = |uid: i64, link: Value| {
        let link: RemoteLinkCreate = serde_json::from_value(link).expect("a body");
        let r = AddRemoteLink::new(&*key, link);
        f.write(uid, move |cx| super::remote::add(cx, &r)).map(body)
    };
    let link = || json!({"relationship": "RELATES", "key": "merge request/55", "origin": id});
    let made = add(f.ann, link()).expect("a link");
    assert_eq!(
        (&made["type"]["id"], &made["object"]["key"]),
        (&json!("relates"), &json!("merge request/55"))
    );
    assert_eq!(made["object"]["application"], apps[0]);
    assert_eq!(add(f.ann, link()).expect("the same")["id"], made["id"]);
    let number = made["id"].to_string();
    let get = GetRemoteLink::new(&*key, &*number);
    assert_eq!(body(f.read(f.guest, |cx| super::remote::get(cx, &get)).expect("one")), made);
    let list = ListRemoteLinks::new(&*key);
    assert_eq!(
        body(f.read(f.guest, |cx| super::remote::list(cx, &list)).expect("all")),
        json!([made])
    );
    assert_eq!(add(f.guest, link()).expect_err("read-only").status(), 403);
    for (wrong, status) in [
        (json!({"relationship": "RELATES", "key": "x", "origin": "nosuch"}), 404),
        (json!({"relationship": "LOVES", "key": "", "origin": id}), 422),
        (json!({}), 422),
    ] {
        assert_eq!(add(f.ann, wrong).expect_err("wrong").status(), status);
    }
    let remove = |id: &str| {
        let r = DeleteRemoteLink::new(&*key, id);
        f.write(f.ann, move |cx| super::remote::delete(cx, &r)).map(drop)
    };
    remove(&number).expect("removed");
    assert_eq!(remove(&number).expect_err("gone").status(), 404);
    assert_eq!(events(&f, &key), ["IssueCreated", "IssueLinked", "IssueUnlinked"]);
    let r = trackway_api::changelog::ListChangelog::new(&*key);
    let history = body(f.read(f.ann, |cx| crate::event::ops::list(cx, &r)).expect("a history"));
    assert_eq!(history[1]["links"][0]["to"]["object"]["key"], "merge request/55");
}

#[test]
fn linked_issues_hear_of_a_resolution() {
    let f = Fixture::new();
    let (key, other) = (issue(&f, "s"), issue(&f, "o"));
    add(&f, &key, "depends on", &other);
    let patch = UpdateIssue::new(
        &*other,
        serde_json::from_value::<serde_json::Map<_, _>>(json!({"resolution": "fixed"}))
            .expect("a body"),
    );
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &patch)).expect("resolved");
    let r = trackway_api::changelog::ListChangelog::new(&*key);
    let history = body(f.read(f.ann, |cx| crate::event::ops::list(cx, &r)).expect("a history"));
    let last = history.as_array().and_then(|h| h.last()).expect("an entry");
    assert_eq!(last["type"], "RelatedIssueResolutionChanged");
    let told = &last["relatedResolutions"][0];
    assert_eq!(
        (&told["issue"]["key"], &told["newResolution"]["key"]),
        (&json!(other), &json!("fixed"))
    );
    assert_eq!(
        (&told["direction"], &told["linkType"]["id"]),
        (&json!("outward"), &json!("depends"))
    );
    assert_eq!(version(&f, &key), 1);
}
