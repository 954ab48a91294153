//! Who may do what with queues: by user, group and role (permissions.md, 2.2, 4 and 7).

use serde_json::json;
use trackway_api::queues::{CheckQueuePermission, GetQueue, ListQueueTags};

use super::{group, parts, permit};
use crate::queue::{ops, permissions};
use crate::testing::Fixture;

/// Nobody but administrators and the owner.
fn closed() -> serde_json::Value {
    json!({
        "create": {"users": [], "groups": [], "roles": []},
        "read": {"users": [], "groups": [], "roles": []},
        "write": {"users": [], "groups": [], "roles": []},
        "grant": {"users": [], "groups": [], "roles": []},
    })
}

/// What asking for a permission answers: 200 or the status of the refusal.
fn check(f: &Fixture, uid: i64, queue: &str, code: &str) -> u16 {
    let request = CheckQueuePermission::new(queue, code);
    f.read(uid, |cx| permissions::check(cx, &request)).map_or_else(|e| e.status(), |_| 200)
}

/// Which of create, read, write and grant somebody holds, as four letters.
fn held(f: &Fixture, uid: i64) -> String {
    ["create", "read", "write", "grant"]
        .iter()
        .zip("crwg".chars())
        .map(|(code, letter)| match check(f, uid, "DEV", code) {
            200 => letter,
            403 => '-',
            other => panic!("{code}: {other}"),
        })
        .collect()
}

fn sees(f: &Fixture, uid: i64) -> u16 {
    let request = GetQueue::new("DEV");
    f.read(uid, |cx| ops::get(cx, &request)).map_or_else(|e| e.status(), |_| 200)
}

fn configures(f: &Fixture, uid: i64) -> u16 {
    let patch = json!({"create": {"users": {"remove": ["guest"]}}});
    permit(f, uid, "DEV", patch).map_or_else(|e| e.status(), |_| 200)
}

#[test]
fn a_new_queue_is_open_to_all_but_its_settings() {
    let f = Fixture::new();
    assert_eq!(held(&f, f.ann), "crw-");
    assert_eq!(held(&f, f.boss), "crwg");
    assert_eq!(held(&f, f.guest), "-r--", "read-only whatever the queue says");
    assert_eq!((configures(&f, f.ann), configures(&f, f.boss)), (403, 200));
}

#[test]
fn each_permission_by_each_kind_of_subject() {
    for (permission, letters) in
        [("create", "c---"), ("read", "-r--"), ("write", "-rw-"), ("grant", "---g")]
    {
        for kind in ["users", "groups", "roles"] {
            let f = Fixture::new();
            let pickers = group(&f, "Pickers", &[f.bob]);
            f.write(f.boss, |cx| {
                let queue = std::sync::Arc::clone(cx.dict.queues.by_key("DEV").expect("a queue"));
                let team = cx.dict.users.by_key("bob").expect("bob").id;
                let mut body = queue.body.clone();
                body.team = vec![team];
                crate::dict::store::update(cx, &queue, body).map(drop)
            })
            .expect("a team");
            permit(&f, f.boss, "DEV", closed()).expect("closed");
            assert_eq!((held(&f, f.bob), sees(&f, f.bob)), ("----".to_owned(), 403));
            let subject = match kind {
                "users" => json!(["bob"]),
                "groups" => json!([pickers]),
                _ => json!(["team-member"]),
            };
            permit(&f, f.boss, "DEV", json!({permission: {kind: subject}})).expect("opened");
            assert_eq!(held(&f, f.bob), letters, "{permission} by {kind}");
            assert_eq!(sees(&f, f.bob), 200, "{permission} by {kind}");
            assert_eq!(held(&f, f.ann), "----", "{permission} by {kind}");
            let expected = if permission == "grant" { 200 } else { 403 };
            assert_eq!(configures(&f, f.bob), expected, "{permission} by {kind}");
        }
    }
}

#[test]
fn rights_of_groups_add_up() {
    let f = Fixture::new();
    let (a, b) = (group(&f, "A", &[f.bob]), group(&f, "B", &[f.bob]));
    let patch =
        json!({"read": {"groups": [a]}, "write": {"groups": [b]}, "create": {"groups": []}});
    permit(&f, f.boss, "DEV", closed()).expect("closed");
    permit(&f, f.boss, "DEV", patch).expect("opened");
    assert_eq!(held(&f, f.bob), "-rw-");
}

#[test]
fn the_deny_list_wins_over_everything_but_settings_and_administrators() {
    let f = Fixture::new();
    let pickers = group(&f, "Pickers", &[f.bob]);
    permit(&f, f.boss, "DEV", json!({"deny": {"users": ["ann", "boss"], "groups": [pickers]}}))
        .expect("denied");
    assert_eq!(held(&f, f.ann), "----");
    assert_eq!(held(&f, f.bob), "----");
    assert_eq!((sees(&f, f.ann), sees(&f, f.bob)), (403, 403));
    assert!(held(&f, f.boss).ends_with("rwg"), "an administrator cannot be shut out");
    let grant = json!({"grant": {"users": ["ann"]}});
    permit(&f, f.boss, "DEV", grant).expect("granted");
    assert_eq!(held(&f, f.ann), "---g");
    assert_eq!(configures(&f, f.ann), 200);
}

#[test]
fn the_owner_keeps_the_settings() {
    let f = Fixture::new();
    super::create_queue(&f, f.bob, super::plum()).expect("a queue of ann's");
    permit(&f, f.ann, "PLUM", closed()).expect("closed");
    assert_eq!(check(&f, f.bob, "PLUM", "grant"), 403);
    assert_eq!(check(&f, f.ann, "PLUM", "grant"), 200);
    permit(&f, f.ann, "PLUM", json!({"read": {"users": ["ann"]}})).expect("repaired");
}

#[test]
fn unknown_codes_and_queues_answer_404() {
    let f = Fixture::new();
    assert_eq!(check(&f, f.ann, "DEV", "CREATE"), 200);
    assert_eq!(check(&f, f.ann, "DEV", "own"), 404);
    assert_eq!(check(&f, f.ann, "DEV", "deny"), 404);
    assert_eq!(check(&f, f.ann, "NOPE", "read"), 404);
    assert_eq!(permit(&f, f.boss, "NOPE", closed()).expect_err("none").status(), 404);
}

#[test]
fn components_need_grant_and_versions_need_write() {
    let f = Fixture::new();
    let component = json!({"queue": "DEV", "name": "Ladders"});
    let version = json!({"queue": "DEV", "name": "1.0"});
    let status =
        |result: crate::Result<serde_json::Value>| result.map_or_else(|e| e.status(), |_| 201);
    assert_eq!(status(parts::component(&f, f.ann, component.clone())), 403);
    assert_eq!(status(parts::component(&f, f.boss, component)), 201);
    assert_eq!(status(parts::version(&f, f.guest, version.clone())), 403);
    assert_eq!(status(parts::version(&f, f.ann, version)), 201);
    permit(&f, f.boss, "DEV", json!({"write": {"groups": []}, "grant": {"users": ["bob"]}}))
        .expect("permissions");
    assert_eq!(status(parts::version(&f, f.ann, json!({"queue": "DEV", "name": "2.0"}))), 403);
    assert_eq!(status(parts::version(&f, f.bob, json!({"queue": "DEV", "name": "3.0"}))), 201);
}

#[test]
fn what_belongs_to_an_unseen_queue_is_refused() {
    let f = Fixture::new();
    let version = parts::version(&f, f.ann, json!({"queue": "DEV", "name": "1.0"}));
    let id = version.expect("a version")["id"].to_string();
    permit(&f, f.boss, "DEV", closed()).expect("closed");
    let tags = ListQueueTags::new("DEV");
    assert_eq!(f.read(f.ann, |cx| ops::tags(cx, &tags)).expect_err("hidden").status(), 403);
    assert_eq!(parts::get_version(&f, f.ann, &id).expect_err("hidden").status(), 403);
    assert_eq!(parts::get_version(&f, f.boss, &id).expect("seen")["name"], "1.0");
    assert_eq!(parts::versions(&f, f.ann), json!([]));
}
