//! The test cases of permissions.md, 7, by their numbers, and a property: the decision for one issue
//! and its set form agree on random organisations.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::{GetIssue, UpdateIssue};
use trackway_api::queues::{UpdateComponentPermissions, UpdateQueue, UpdateQueuePermissions};
use trackway_search::{Doc, FieldKind, Index, Schema};

use super::{Right, may, visible};
use crate::actor::{Actor, Origin};
use crate::dict::model::{Component, EVERYBODY, Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object, Table};
use crate::error::Result;
use crate::field::no;
use crate::issue::Issue;
use crate::issue::value::Val;
use crate::queue::{component_rules, permissions, update};
use crate::testing::Fixture;

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

/// Only these rules, everything else taken away.
fn permit(f: &Fixture, rules: Json) {
    let nobody = json!({"users": [], "groups": [], "roles": []});
    let mut patch = json!({"create": nobody, "read": nobody, "write": nobody, "grant": nobody});
    for (permission, subjects) in rules.as_object().expect("an object") {
        for (kind, list) in subjects.as_object().expect("an object") {
            patch[permission][kind] = list.clone();
        }
    }
    let r = UpdateQueuePermissions::new("DEV", members(patch));
    f.write(f.boss, move |cx| permissions::update(cx, &r)).expect("permissions");
}

fn read(f: &Fixture, uid: i64, key: &str) -> u16 {
    status(f.read(uid, |cx| crate::issue::ops::get(cx, &GetIssue::new(key))))
}

fn edit(f: &Fixture, uid: i64, key: &str) -> u16 {
    let r = UpdateIssue::new(key, members(json!({"tags": {"add": format!("by{uid}")}})));
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

#[test]
fn cases_1_to_3_levels() {
    let f = Fixture::new();
    let key = create(&f, f.ann).expect("1: a new queue is open");
    assert_eq!((read(&f, f.ann, &key), edit(&f, f.bob, &key)), (200, 200), "1");
    assert_eq!(status(create(&f, f.guest)), 403, "2");
    assert_eq!(comment(&f, f.guest, &key), 403, "3");
}

#[test]
fn cases_4_to_7_single_permissions() {
    let f = Fixture::new();
    let key = create(&f, f.boss).expect("an issue");
    permit(&f, json!({"read": {"users": ["ann"]}}));
    assert_eq!((comment(&f, f.ann, &key), edit(&f, f.ann, &key)), (200, 403), "4, 5");
    permit(&f, json!({"create": {"users": ["ann"]}}));
    let own = create(&f, f.ann).expect("an issue");
    assert_eq!(read(&f, f.ann, &own), 403, "6");
    permit(&f, json!({"create": {"users": ["ann"]}, "write": {"roles": ["author"]}}));
    assert_eq!((edit(&f, f.ann, &own), edit(&f, f.ann, &key)), (200, 403), "7");
}

#[test]
fn cases_8_to_10_roles_and_groups() {
    let f = Fixture::new();
    let key = f.issue(f.boss, json!({"queue": "DEV", "summary": "s", "followers": ["bob"]}));
    permit(&f, json!({"read": {"roles": ["follower"]}}));
    assert_eq!((read(&f, f.bob, &key), read(&f, f.ann, &key)), (200, 403), "8");
    let r = UpdateQueuePermissions::new("DEV", members(json!({"deny": {"users": ["bob"]}})));
    f.write(f.boss, move |cx| permissions::update(cx, &r)).expect("permissions");
    assert_eq!(read(&f, f.bob, &key), 403, "9");
    let (a, b) = (
        crate::queue::tests::group(&f, "a", &[f.ann]),
        crate::queue::tests::group(&f, "b", &[f.ann]),
    );
    permit(&f, json!({"read": {"groups": [a]}, "write": {"groups": [b]}}));
    assert_eq!(edit(&f, f.ann, &key), 200, "10");
}

#[test]
fn cases_11_to_13_components() {
    let f = Fixture::new();
    let group = crate::queue::tests::group(&f, "g", &[f.bob]);
    let add = |name: &str| {
        let body = Component { queue: f.dev, name: name.to_owned(), ..Component::default() };
        f.tracker.add_object(f.org, "", &body).expect("a component").to_string()
    };
    let rule = |id: &str, rules: Json| {
        let r = UpdateComponentPermissions::new(id, members(rules));
        f.write(f.boss, move |cx| component_rules::update(cx, &r)).expect("rules");
    };
    let (ruled, other, _) = (add("ruled"), add("other"), add("plain"));
    let issue = |names: &[&str]| {
        f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": names}))
    };
    let (one, two, plain) = (issue(&["ruled"]), issue(&["ruled", "other"]), issue(&["plain"]));
    rule(&ruled, json!({"read": {"groups": [group]}}));
    assert_eq!((read(&f, f.ann, &one), read(&f, f.bob, &one)), (403, 200), "11");
    rule(&other, json!({"read": {"users": ["ann"]}}));
    assert_eq!((read(&f, f.ann, &two), read(&f, f.bob, &two)), (200, 200), "12");
    assert_eq!((read(&f, f.ann, &plain), edit(&f, f.bob, &plain)), (200, 200), "13");
}

#[test]
fn cases_14_to_17_settings_and_administrators() {
    let f = Fixture::new();
    let key = create(&f, f.boss).expect("an issue");
    permit(&f, json!({"grant": {"users": ["ann"]}}));
    assert_eq!((read(&f, f.ann, &key), configure(&f, f.ann)), (403, 200), "14");
    let r = UpdateQueue::new("DEV", members(json!({"lead": "bob"})));
    f.write(f.boss, move |cx| update::update(cx, &r)).expect("a queue");
    let r =
        UpdateQueuePermissions::new("DEV", members(json!({"deny": {"users": ["bob", "boss"]}})));
    f.write(f.boss, move |cx| permissions::update(cx, &r)).expect("permissions");
    assert_eq!((read(&f, f.bob, &key), configure(&f, f.bob)), (403, 200), "15");
    assert_eq!(read(&f, f.boss, &key), 200, "16");
    f.write(f.boss, |cx| {
        let old = std::sync::Arc::clone(cx.dict.users.by_key("boss").expect("a member"));
        let body = crate::dict::model::Member { full: false, ..old.body.clone() };
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("a level");
    assert_eq!((read(&f, f.boss, &key), edit(&f, f.boss, &key)), (200, 403), "17");
    assert_eq!(configure(&f, f.boss), 200, "any queue's settings");
}

#[test]
fn cases_18_to_20_searching_and_changing() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    f.issue(f.bob, json!({"queue": "DEV", "summary": "s"}));
    permit(&f, json!({"read": {"roles": ["author"]}}));
    let count = |uid| {
        let request: trackway_api::issues::SearchRequest =
            serde_json::from_value(json!({"filter": {"queue": "DEV"}})).expect("a body");
        let r = trackway_api::issues::CountIssues::new(request);
        crate::testing::body(f.read(uid, |cx| crate::search::ops::count(cx, &r)).expect("a count"))
    };
    assert_eq!((count(f.ann), count(f.guest), count(f.boss)), (json!(1), json!(0), json!(2)), "18");
    let users = |patch: Json| {
        let r = UpdateQueuePermissions::new("DEV", members(json!({"read": {"users": patch}})));
        let set = f.write(f.boss, move |cx| permissions::update(cx, &r).map(crate::testing::body));
        let set = set.expect("permissions");
        set["read"]["users"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(users(json!(["ann", "bob"])), 2);
    assert_eq!(users(json!(["guest"])), 1, "19");
    assert_eq!(users(json!({"add": ["ann"], "remove": ["bob"]})), 2, "20");
}

/// Levels of groups count too, those of the groups above among them (permissions.md, 1).
#[test]
fn a_level_comes_through_groups() {
    let f = Fixture::new();
    let upper = crate::queue::tests::group(&f, "upper", &[]);
    let lower = crate::queue::tests::group(&f, "lower", &[f.guest]);
    let set = move |id: i64, parent: Option<i64>, full: bool| {
        f.write(f.boss, move |cx| {
            let old = std::sync::Arc::clone(cx.dict.groups.get(id).expect("a group"));
            let body = crate::dict::model::Group { parent, full, ..old.body.clone() };
            crate::dict::store::update(cx, &old, body).map(drop)
        })
        .expect("a group");
        status(create(&f, f.guest))
    };
    assert_eq!(set(lower, Some(upper), false), 403);
    assert_eq!(set(upper, Some(lower), true), 200, "in a circle even");
}

const PEOPLE: std::ops::Range<i64> = 1..5;
const GROUPS: [i64; 3] = [EVERYBODY, 10, 11];

fn subjects() -> impl Strategy<Value = Subjects> {
    let roles = prop::sample::subsequence(Role::ALL.to_vec(), 0..3);
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..2);
    let users = prop::collection::vec(PEOPLE, 0..2);
    (users, groups, roles).prop_map(|(users, groups, roles)| Subjects { users, groups, roles })
}

fn rules(deny_roles: bool) -> impl Strategy<Value = Permissions> {
    (subjects(), subjects(), prop::option::weighted(0.3, subjects())).prop_map(
        move |(read, write, deny)| {
            let mut deny = deny.unwrap_or_default();
            if !deny_roles {
                deny.roles.clear();
            }
            Permissions { read, write, deny, ..Permissions::default() }
        },
    )
}

fn queue() -> impl Strategy<Value = Queue> {
    (
        rules(false),
        PEOPLE,
        prop::collection::vec(PEOPLE, 0..2),
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(permissions, lead, team, intersection, deleted)| Queue {
            permissions,
            lead,
            team,
            team_groups: vec![11],
            use_component_permissions_intersection: intersection,
            deleted,
            ..Queue::default()
        })
}

/// Queue, author, assignee, followers, access, components.
type Sketch = (i64, i64, Option<i64>, Vec<i64>, Vec<i64>, Vec<i64>);

fn sketch() -> impl Strategy<Value = Sketch> {
    let people = || prop::collection::vec(PEOPLE, 0..3);
    let components = prop::sample::subsequence(vec![100_i64, 101, 102, 103], 0..4);
    (1..3_i64, PEOPLE, prop::option::of(PEOPLE), people(), people(), components)
}

fn draw(id: i64, sketch: &Sketch) -> Issue {
    let (queue, author, assignee, followers, access, components) = sketch;
    let mut issue = Issue::new(id, *queue, id, 1);
    // Components 100 and 101 are of queue 1, the others of queue 2.
    let own = |c: &&i64| (**c < 102) == (*queue == 1);
    let components: Vec<i64> = components.iter().filter(own).copied().collect();
    issue.set(no::CREATED_BY, Some(Val::Ref(*author)));
    issue.set(no::ASSIGNEE, assignee.map(Val::Ref));
    issue.set(no::FOLLOWERS, Some(Val::Refs(followers.clone())));
    issue.set(no::ACCESS, Some(Val::Refs(access.clone())));
    issue.set(no::COMPONENTS, Some(Val::Refs(components)));
    issue
}

fn terms(issue: &Issue) -> Vec<(u32, i64)> {
    let mut terms = vec![(no::QUEUE, issue.queue)];
    for field in [no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS, no::ACCESS, no::COMPONENTS] {
        terms.extend(issue.one(field).map(|n| (field, n)));
        terms.extend(issue.many(field).iter().map(|n| (field, *n)));
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_by_one_and_at_once_agree(
        queues in prop::collection::vec(queue(), 2),
        ruled in prop::collection::vec(prop::option::of(rules(true)), 4),
        sketches in prop::collection::vec(sketch(), 1..12),
        uid in PEOPLE,
        groups in prop::sample::subsequence(vec![10_i64, 11], 0..2),
        admin in prop::bool::weighted(0.1),
    ) {
        let component = |(id, permissions): (i64, Option<Permissions>)| {
            let queue = if id < 102 { 1 } else { 2 };
            let body = Component { queue, permissions, ..Component::default() };
            Object::new(id, String::new(), 1, body)
        };
        let dict = Dict {
            queues: Table::new(
                (1..).zip(queues).map(|(id, queue)| Object::new(id, format!("Q{id}"), 1, queue)),
            ),
            components: Table::new((100..).zip(ruled).map(component)),
            components_of: [(1, vec![100, 101]), (2, vec![102, 103])].into_iter().collect(),
            ..Dict::default()
        };
        let issues: Vec<Issue> = (1..).zip(&sketches).map(|(id, s)| draw(id, s)).collect();
        let fields = [
            no::QUEUE, no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS, no::ACCESS, no::COMPONENTS,
        ];
        let schema = Schema::new(1);
        let schema = fields.into_iter().fold(schema, |s, field| s.with(field, FieldKind::Exact));
        let mut index = Index::new(schema);
        for issue in &issues {
            let doc = Doc::new(1, terms(issue));
            index.apply(u32::try_from(issue.id).expect("small"), None, Some(&doc));
        }
        let groups = groups.into_iter().chain([EVERYBODY]).collect();
        let actor =
            Actor { uid, admin, full: true, groups, queues: None, robot: false, origin: Origin::default() };
        let at_once = visible(&dict, &actor, &index, None);
        for issue in &issues {
            let alone = may(&dict, &actor, issue, Right::Read);
            let id = u32::try_from(issue.id).expect("small");
            prop_assert_eq!(alone, at_once.contains(id), "issue {}", issue.id);
            // Whoever may edit may read.
            prop_assert!(alone || !may(&dict, &actor, issue, Right::Write));
        }
    }
}
