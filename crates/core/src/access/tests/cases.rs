//! The test cases of permissions.md, 7: a test each, by its number.

use serde_json::{Value as Json, json};
use trackway_api::boards::{CreateLiveBoard, GetBoard};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::{
    CountIssues, GetIssue, MoveIssue, SearchIssues, SearchRequest, UpdateIssue,
};
use trackway_api::queues::{UpdateComponentPermissions, UpdateQueue, UpdateQueuePermissions};

use crate::dict::model::{Component, Group, Member};
use crate::error::Result;
use crate::queue::tests::group;
use crate::queue::{component_rules, permissions, update};
use crate::testing::{Fixture, body};

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

fn patch(f: &Fixture, queue: &str, patch: Json) -> Json {
    let r = UpdateQueuePermissions::new(queue, members(patch));
    f.write(f.boss, move |cx| permissions::update(cx, &r).map(body)).expect("permissions")
}

/// Only these rules in a queue, everything else taken away.
fn permit_in(f: &Fixture, queue: &str, rules: Json) {
    let nobody = json!({"users": [], "groups": [], "roles": []});
    let mut all = json!({"create": nobody, "read": nobody, "write": nobody, "grant": nobody});
    for (permission, subjects) in rules.as_object().expect("an object") {
        for (kind, list) in subjects.as_object().expect("an object") {
            all[permission][kind] = list.clone();
        }
    }
    patch(f, queue, all);
}

fn permit(f: &Fixture, rules: Json) {
    permit_in(f, "DEV", rules);
}

fn read(f: &Fixture, uid: i64, key: &str) -> u16 {
    status(f.read(uid, |cx| crate::issue::ops::get(cx, &GetIssue::new(key))))
}

fn edit(f: &Fixture, uid: i64, key: &str) -> u16 {
    let r = UpdateIssue::new(key, members(json!({"summary": format!("by {uid}")})));
    status(f.write(uid, move |cx| crate::issue::ops::update(cx, &r)))
}

fn comment(f: &Fixture, uid: i64, key: &str) -> u16 {
    let body: CommentCreate = serde_json::from_value(json!({"text": "x"})).expect("a body");
    let r = AddComment::new(key, body);
    status(f.write(uid, move |cx| crate::comment::ops::add(cx, &r)))
}

fn create(f: &Fixture, uid: i64) -> Result<String> {
    f.try_issue(uid, json!({"queue": "DEV", "summary": "s"}))
}

fn configure(f: &Fixture, uid: i64) -> u16 {
    let r = UpdateQueue::new("DEV", members(json!({"description": format!("by {uid}")})));
    status(f.write(uid, move |cx| update::update(cx, &r)))
}

/// An issue of the administrator, which nobody else has a role on.
fn foreign(f: &Fixture) -> String {
    create(f, f.boss).expect("an issue")
}

fn component(f: &Fixture, name: &str) -> String {
    let body = Component { queue: f.dev, name: name.to_owned(), ..Component::default() };
    f.tracker.add_object(f.org, "", &body).expect("a component").to_string()
}

fn rule(f: &Fixture, component: &str, rules: Json) {
    let r = UpdateComponentPermissions::new(component, members(rules));
    f.write(f.boss, move |cx| component_rules::update(cx, &r)).expect("rules");
}

fn with_components(f: &Fixture, names: &[&str]) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": names}))
}

/// Gives a member another level.
fn level(f: &Fixture, login: &'static str, change: fn(&mut Member)) {
    f.write(f.boss, move |cx| {
        let old = std::sync::Arc::clone(cx.dict.users.by_key(login).expect("a member"));
        let mut body = old.body.clone();
        change(&mut body);
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("a level");
}

/// Issue that bob follows in a queue that gives reading to followers only.
fn followed(f: &Fixture) -> String {
    let key = f.issue(f.boss, json!({"queue": "DEV", "summary": "s", "followers": ["bob"]}));
    permit(f, json!({"read": {"roles": ["follower"]}}));
    key
}

#[test]
fn case_01_a_new_queue_is_open_to_full_access() {
    let f = Fixture::new();
    let key = create(&f, f.ann).expect("created");
    assert_eq!((read(&f, f.bob, &key), edit(&f, f.bob, &key)), (200, 200));
}

#[test]
fn case_02_a_read_only_user_creates_nothing() {
    let f = Fixture::new();
    assert_eq!(status(create(&f, f.guest)), 403);
}

#[test]
fn case_03_a_read_only_user_does_not_comment() {
    let f = Fixture::new();
    let key = foreign(&f);
    assert_eq!((read(&f, f.guest, &key), comment(&f, f.guest, &key)), (200, 403));
}

#[test]
fn case_04_reading_is_enough_to_comment() {
    let f = Fixture::new();
    let key = foreign(&f);
    permit(&f, json!({"read": {"users": ["ann"]}}));
    assert_eq!(comment(&f, f.ann, &key), 200);
}

#[test]
fn case_05_reading_is_not_enough_to_edit() {
    let f = Fixture::new();
    let key = foreign(&f);
    permit(&f, json!({"read": {"users": ["ann"]}}));
    assert_eq!(edit(&f, f.ann, &key), 403);
}

#[test]
fn case_06_creating_does_not_mean_reading() {
    let f = Fixture::new();
    permit(&f, json!({"create": {"users": ["ann"]}}));
    let own = create(&f, f.ann).expect("created");
    assert_eq!(read(&f, f.ann, &own), 403);
}

#[test]
fn case_07_the_author_role_opens_what_one_created() {
    let f = Fixture::new();
    let other = foreign(&f);
    permit(&f, json!({"create": {"users": ["ann"]}, "write": {"roles": ["author"]}}));
    let own = create(&f, f.ann).expect("created");
    assert_eq!((edit(&f, f.ann, &own), edit(&f, f.ann, &other)), (200, 403));
}

#[test]
fn case_08_the_follower_role_opens_what_one_follows() {
    let f = Fixture::new();
    let key = followed(&f);
    assert_eq!((read(&f, f.bob, &key), read(&f, f.ann, &key)), (200, 403));
}

#[test]
fn case_09_the_deny_list_beats_roles() {
    let f = Fixture::new();
    let key = followed(&f);
    patch(&f, "DEV", json!({"deny": {"users": ["bob"]}}));
    assert_eq!(read(&f, f.bob, &key), 403);
}

#[test]
fn case_10_rights_of_several_groups_add_up() {
    let f = Fixture::new();
    let key = foreign(&f);
    let (a, b) = (group(&f, "a", &[f.ann]), group(&f, "b", &[f.ann]));
    permit(&f, json!({"read": {"groups": [a]}, "write": {"groups": [b]}}));
    assert_eq!(edit(&f, f.ann, &key), 200);
}

#[test]
fn case_11_rules_of_a_component_shut_out_even_the_author() {
    let f = Fixture::new();
    let insiders = group(&f, "g", &[f.bob]);
    let ruled = component(&f, "ruled");
    let key = with_components(&f, &["ruled"]);
    rule(&f, &ruled, json!({"read": {"groups": [insiders]}}));
    assert_eq!((read(&f, f.ann, &key), read(&f, f.bob, &key)), (403, 200));
}

#[test]
fn case_12_one_of_two_components_is_enough() {
    let f = Fixture::new();
    let (one, two) = (component(&f, "one"), component(&f, "two"));
    let key = with_components(&f, &["one", "two"]);
    rule(&f, &one, json!({"read": {"users": ["bob"]}}));
    rule(&f, &two, json!({"read": {"users": ["ann"]}}));
    assert_eq!((read(&f, f.ann, &key), read(&f, f.bob, &key)), (200, 200));
    assert_eq!(read(&f, f.guest, &key), 403);
}

#[test]
fn case_13_a_component_without_rules_changes_nothing() {
    let f = Fixture::new();
    component(&f, "plain");
    let key = with_components(&f, &["plain"]);
    assert_eq!((read(&f, f.guest, &key), edit(&f, f.bob, &key)), (200, 200));
}

#[test]
fn case_14_the_right_to_settings_opens_no_issue() {
    let f = Fixture::new();
    let key = foreign(&f);
    permit(&f, json!({"grant": {"users": ["ann"]}}));
    assert_eq!((read(&f, f.ann, &key), configure(&f, f.ann)), (403, 200));
}

#[test]
fn case_15_an_owner_on_the_deny_list_keeps_the_settings() {
    let f = Fixture::new();
    let key = foreign(&f);
    let r = UpdateQueue::new("DEV", members(json!({"lead": "bob"})));
    f.write(f.boss, move |cx| update::update(cx, &r)).expect("a queue");
    permit(&f, json!({}));
    patch(&f, "DEV", json!({"deny": {"users": ["bob"]}}));
    assert_eq!((read(&f, f.bob, &key), configure(&f, f.bob)), (403, 200));
    let r = trackway_api::queues::GetQueue::new("DEV");
    assert_eq!(status(f.read(f.bob, |cx| crate::queue::ops::get(cx, &r))), 200, "to see them");
}

#[test]
fn case_16_an_administrator_cannot_be_shut_out() {
    let f = Fixture::new();
    let key = foreign(&f);
    permit(&f, json!({}));
    patch(&f, "DEV", json!({"deny": {"users": ["boss"]}}));
    assert_eq!((read(&f, f.boss, &key), configure(&f, f.boss)), (200, 200));
}

#[test]
fn case_17_an_administrator_without_full_access_edits_settings_only() {
    let f = Fixture::new();
    let key = foreign(&f);
    level(&f, "boss", |member| member.full = false);
    assert_eq!((read(&f, f.boss, &key), edit(&f, f.boss, &key)), (200, 403));
    assert_eq!(configure(&f, f.boss), 200);
}

#[test]
fn case_18_a_search_counts_readable_issues_only() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    f.issue(f.bob, json!({"queue": "DEV", "summary": "s"}));
    permit(&f, json!({"read": {"roles": ["author"]}}));
    let count = |uid| {
        let request: SearchRequest =
            serde_json::from_value(json!({"filter": {"queue": "DEV"}})).expect("a body");
        let r = CountIssues::new(request);
        body(f.read(uid, |cx| crate::search::ops::count(cx, &r)).expect("a count"))
    };
    assert_eq!((count(f.ann), count(f.guest), count(f.boss)), (json!(1), json!(0), json!(2)));
}

/// The answer is kept from one time to the next, but no longer than the rights it came from.
#[test]
fn a_search_that_comes_again_follows_the_rights() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let mine = f.issue(f.bob, json!({"queue": "DEV", "summary": "s"}));
    let count = |uid| {
        let request: SearchRequest =
            serde_json::from_value(json!({"filter": {"queue": "DEV"}})).expect("a body");
        let r = CountIssues::new(request);
        let one = || body(f.read(uid, |cx| crate::search::ops::count(cx, &r)).expect("a count"));
        let counts: std::collections::HashSet<String> = (0..4).map(|_| one().to_string()).collect();
        assert_eq!(counts.len(), 1, "the same each time");
        one()
    };
    assert_eq!(count(f.guest), json!(2));
    permit(&f, json!({"read": {"roles": ["author"]}}));
    assert_eq!((count(f.guest), count(f.ann), count(f.bob)), (json!(0), json!(1), json!(1)));
    permit(&f, json!({"read": {"users": ["guest"]}}));
    assert_eq!((count(f.guest), count(f.ann)), (json!(2), json!(0)));
    permit(&f, json!({"read": {"roles": ["follower"]}}));
    assert_eq!(count(f.guest), json!(0));
    let follow = json!({"followers": {"add": ["guest"]}});
    let serde_json::Value::Object(follow) = follow else { panic!("an object") };
    let r = UpdateIssue::new(&*mine, follow);
    assert_eq!(status(f.write(f.boss, move |cx| crate::issue::ops::update(cx, &r))), 200);
    assert_eq!(count(f.guest), json!(1));
}

fn readers(f: &Fixture, users: Json) -> usize {
    let set = patch(f, "DEV", json!({"read": {"users": users}}));
    set["read"]["users"].as_array().map_or(0, Vec::len)
}

#[test]
fn case_19_an_array_replaces_the_subjects_of_its_kind() {
    let f = Fixture::new();
    assert_eq!(readers(&f, json!(["ann", "bob"])), 2);
    assert_eq!(readers(&f, json!(["guest"])), 1);
    let set = patch(&f, "DEV", json!({"read": {"users": []}}));
    assert_eq!(set["read"]["groups"].as_array().map(Vec::len), Some(1), "other kinds stay");
}

#[test]
fn case_20_add_and_remove_edit_the_subjects() {
    let f = Fixture::new();
    readers(&f, json!(["ann", "bob"]));
    assert_eq!(readers(&f, json!({"add": ["guest"], "remove": ["bob"]})), 2);
    assert_eq!(readers(&f, json!({"add": ["guest"]})), 2, "once is enough");
}

#[test]
fn case_21_a_move_needs_the_right_to_create_in_the_target() {
    let f = Fixture::new();
    let key = create(&f, f.ann).expect("an issue");
    permit_in(&f, "HELP", json!({"read": {"users": ["ann"]}, "write": {"users": ["ann"]}}));
    let relocate = || {
        let r = MoveIssue::new(&*key, trackway_api::MaybeJson(None)).queue("HELP");
        status(f.write(f.ann, move |cx| crate::issue::transfer::relocate(cx, &r)))
    };
    assert_eq!(relocate(), 403);
    assert_eq!(f.json(f.ann, &key)["queue"]["key"], "DEV", "it stays");
    permit_in(&f, "HELP", json!({"create": {"users": ["ann"]}}));
    assert_eq!(relocate(), 200, "and needs no other right");
}

#[test]
fn case_22_the_board_of_a_colleague_shows_what_one_may_read() {
    let f = Fixture::new();
    let r = CreateLiveBoard::new(members(json!({"name": "Anna's"})));
    let board = f.write(f.ann, move |cx| crate::board::ops::create_live(cx, &r).map(body));
    let id = board.expect("a board")["id"].clone();
    let new = json!({"queue": "DEV", "summary": "s", "boards": [id]});
    f.issue(f.ann, new.clone());
    let own = f.issue(f.bob, new);
    permit(&f, json!({"read": {"roles": ["author"]}}));
    let r = GetBoard::new(id.to_string());
    assert_eq!(status(f.read(f.bob, |cx| crate::board::ops::get(cx, &r))), 200);
    let request = serde_json::from_value(json!({"filter": {"boards": id}})).expect("a body");
    let r = SearchIssues::new(trackway_api::MaybeJson(Some(request)));
    let found = f.read(f.bob, |cx| crate::search::ops::search(cx, &r).map(body)).expect("a list");
    let keys: Vec<_> = found.as_array().expect("a list").iter().map(|i| &i["key"]).collect();
    assert_eq!(keys, [&json!(own)]);
}

/// Levels of groups count too, those of the groups above among them (permissions.md, 1).
#[test]
fn a_level_comes_through_groups() {
    let f = Fixture::new();
    let upper = group(&f, "upper", &[]);
    let lower = group(&f, "lower", &[f.guest]);
    let set = move |id: i64, parent: Option<i64>, full: bool| {
        f.write(f.boss, move |cx| {
            let old = std::sync::Arc::clone(cx.dict.groups.get(id).expect("a group"));
            let body = Group { parent, full, ..old.body.clone() };
            crate::dict::store::update(cx, &old, body).map(drop)
        })
        .expect("a group");
        status(create(&f, f.guest))
    };
    assert_eq!(set(lower, Some(upper), false), 403);
    assert_eq!(set(upper, Some(lower), true), 200, "in a circle even");
}

/// A token for other queues opens a queue through no rule of a component either.
#[test]
fn a_limited_token_creates_nowhere_else() {
    let f = Fixture::new();
    let ruled = component(&f, "ruled");
    rule(&f, &ruled, json!({"create": {"users": ["ann"]}, "read": {"users": ["ann"]}}));
    let mut caller = f.as_user(f.ann);
    let limited = (*caller.actor).clone().limited_to(Some(&[f.help]));
    caller.actor = std::sync::Arc::new(limited);
    let new = json!({"queue": "DEV", "summary": "s", "components": ["ruled"]});
    let new = members(new);
    let made =
        f.tracker.write_now(&caller, move |cx| crate::issue::ops::create_from(cx, &new).map(drop));
    assert_eq!(status(made), 403);
}
