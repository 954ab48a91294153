//! Archived queues: they are read, nothing in them is made or changed, and their rules rest.

use serde_json::{Value as Json, json};
use trackway_api::autoactions::CreateAutoaction;
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::{
    ArchiveIssue, DeleteIssue, ListDeletedIssues, MoveIssue, RestoreIssue, SearchIssues,
    SearchRequest, UpdateIssue,
};
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::queues::{
    ArchiveQueue, DeleteQueue, GetQueue, ListQueues, RestoreQueue, UpdateQueue, VersionCreate,
};
use trackway_api::triggers::{CreateTrigger, DeleteTrigger, ListTriggers, TriggerCreate};

use crate::cx::{Cx, Reply};
use crate::dict::model::{Permissions, Subjects};
use crate::error::Result;
use crate::job::Lane;
use crate::queue::{lifecycle, ops, update, version};
use crate::testing::{Fixture, NOW, body};
use crate::{autoaction, comment, issue, link, search, trigger};

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

fn archive(f: &Fixture, uid: i64) -> Result<Json> {
    let r = ArchiveQueue::new("DEV");
    f.write(uid, move |cx| lifecycle::archive(cx, &r).map(body))
}

fn restore(f: &Fixture, uid: i64) -> Result<Json> {
    let r = RestoreQueue { queue: "DEV".to_owned(), ..RestoreQueue::default() };
    f.write(uid, move |cx| lifecycle::restore(cx, &r).map(body))
}

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

/// The status of an operation of the administrator.
fn tried<T: serde::Serialize>(
    f: &Fixture,
    run: impl Fn(&mut Cx<'_, '_>) -> Result<Reply<T>> + Send + 'static,
) -> u16 {
    status(f.write(f.boss, move |cx| run(cx).map(body)))
}

fn move_of(key: &str, queue: &str) -> MoveIssue {
    MoveIssue::new(key, members(json!({}))).queue(queue)
}

/// Does what is due at a time.
fn work(f: &Fixture, now: i64) {
    for job in f.tracker.claim_jobs(Lane::Inner, "test", now, 100).expect("claims") {
        f.tracker.run_job(&job, now).expect("done");
    }
}

#[test]
fn an_archived_queue_is_read_and_not_changed() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let gone = f.issue(f.ann, json!({"queue": "DEV", "summary": "g"}));
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "o"}));
    let r = DeleteIssue::new(&*gone);
    assert_eq!(tried(&f, move |cx| issue::remove::delete(cx, &r)), 200);
    assert_eq!(status(archive(&f, f.bob)), 403);
    assert_eq!(status(archive(&f, f.guest)), 403);
    let queue = archive(&f, f.boss).expect("archived");
    assert_eq!(queue["archived"], true);
    assert_eq!(archive(&f, f.boss).expect("again")["version"], queue["version"]);

    assert_eq!(f.json(f.guest, &key)["summary"], "s");
    let query = SearchRequest { query: Some("Queue: DEV".into()), ..SearchRequest::default() };
    let r = SearchIssues::new(query);
    let found = body(f.read(f.guest, |cx| search::ops::search(cx, &r)).expect("a list"));
    assert_eq!(found[0]["key"], key.as_str());
    let r = GetQueue::new("DEV");
    let seen = body(f.read(f.guest, |cx| ops::get(cx, &r)).expect("a queue"));
    assert_eq!(seen["archived"], true);
    let list = body(f.read(f.guest, |cx| ops::list(cx, &ListQueues::new())).expect("queues"));
    let archived = |queue: &&Json| queue.get("archived").is_some();
    let listed = list.as_array().expect("a list").iter().filter(archived);
    assert_eq!(listed.map(|q| q["key"].clone()).collect::<Vec<_>>(), [json!("DEV")]);
    let r = ListTriggers::new("DEV");
    assert_eq!(status(f.read(f.boss, |cx| trigger::ops::list(cx, &r))), 200, "settings are read");

    let new = json!({"queue": "DEV", "summary": "n"});
    assert_eq!(f.try_issue(f.ann, new.clone()).expect_err("locked").status(), 423);
    assert_eq!(f.try_issue(f.boss, new).expect_err("locked").status(), 423);
    let r = UpdateIssue::new(&*key, members(json!({"summary": "t"})));
    assert_eq!(tried(&f, move |cx| issue::ops::update(cx, &r)), 423);
    let text: CommentCreate = serde_json::from_value(json!({"text": "c"})).expect("one");
    let r = AddComment::new(&*key, text);
    assert_eq!(tried(&f, move |cx| comment::ops::add(cx, &r)), 423);
    let r = ArchiveIssue::new(&*key);
    assert_eq!(tried(&f, move |cx| issue::restore::archive(cx, &r)), 423);
    let r = DeleteIssue::new(&*key);
    assert_eq!(tried(&f, move |cx| issue::remove::delete(cx, &r)), 423);
    let r = RestoreIssue::new(&*gone);
    assert_eq!(tried(&f, move |cx| issue::restore::restore(cx, &r)), 423);
    let r = move_of(&key, "HELP");
    assert_eq!(tried(&f, move |cx| issue::transfer::relocate(cx, &r)), 423);
    let r = move_of(&other, "DEV");
    assert_eq!(tried(&f, move |cx| issue::transfer::relocate(cx, &r)), 423);
    let r = UpdateQueue::new("DEV", members(json!({"name": "x"})));
    assert_eq!(tried(&f, move |cx| update::update(cx, &r)), 423);
    let new: VersionCreate = serde_json::from_value(json!({"name": "1.0"})).expect("a version");
    let r = trackway_api::queues::CreateVersionInQueue::new("DEV", new);
    assert_eq!(tried(&f, move |cx| version::create_in(cx, &r)), 423);
    let r = ListDeletedIssues::new();
    let deleted = body(f.read(f.boss, |cx| issue::shelf::deleted(cx, &r)).expect("a list"));
    assert_eq!(deleted, json!([]), "these cannot be restored now");

    let tie: LinkCreate =
        serde_json::from_value(json!({"relationship": "relates", "issue": key})).expect("a link");
    let r = AddLink::new(&*other, tie);
    assert_eq!(tried(&f, move |cx| link::ops::add(cx, &r)), 200, "others mention it");

    assert_eq!(status(restore(&f, f.bob)), 403);
    let queue = restore(&f, f.boss).expect("restored");
    assert_eq!(queue.get("archived"), None);
    assert_eq!(restore(&f, f.boss).expect("again")["version"], queue["version"]);
    let r = UpdateIssue::new(&*key, members(json!({"summary": "t"})));
    assert_eq!(tried(&f, move |cx| issue::ops::update(cx, &r)), 200);
    let r = RestoreIssue::new(&*gone);
    assert_eq!(tried(&f, move |cx| issue::restore::restore(cx, &r)), 200);
}

#[test]
fn who_may_change_the_settings_archives_and_deletes_what_is_archived() {
    let f = Fixture::new();
    let all = |users: &[i64]| Subjects { users: users.to_vec(), ..Subjects::default() };
    f.permit(f.dev, Permissions { grant: all(&[f.bob]), ..Permissions::default() });
    assert_eq!(status(archive(&f, f.bob)), 200);
    assert_eq!(status(restore(&f, f.bob)), 200);
    assert_eq!(status(archive(&f, f.bob)), 200);
    let r = DeleteQueue::new("DEV");
    assert_eq!(status(f.write(f.bob, move |cx| lifecycle::delete(cx, &r).map(drop))), 200);
    assert_eq!(status(restore(&f, f.bob)), 403, "a deleted one is the administrator's");
    assert_eq!(restore(&f, f.boss).expect("restored")["archived"], true, "as it was");
    assert_eq!(restore(&f, f.bob).expect("restored").get("archived"), None);
}

#[test]
fn rules_of_an_archived_queue_rest() {
    const HOUR: i64 = 3_600_000;
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "o"}));
    let say = |text: &str| json!([{"type": "CreateComment", "text": text, "fromRobot": true}]);
    let create: TriggerCreate =
        serde_json::from_value(json!({"name": "t", "actions": say("fired"),
        "conditions": [{"type": "CreatedLinkCondition"}]}))
        .expect("a body");
    let r = CreateTrigger::new("DEV", create);
    let made = f.write(f.boss, move |cx| trigger::ops::create(cx, &r).map(body)).expect("one");
    let nag = json!({"name": "nag", "filter": {"status": "open"}, "actions": say("nag"),
        "intervalMillis": HOUR});
    let r = CreateAutoaction::new("DEV", members(nag));
    f.write(f.boss, move |cx| autoaction::ops::create(cx, &r).map(drop)).expect("an action");
    archive(&f, f.boss).expect("archived");
    let r = DeleteTrigger::new("DEV", made["id"].to_string());
    assert_eq!(tried(&f, move |cx| trigger::ops::delete(cx, &r)), 423);
    let tie: LinkCreate =
        serde_json::from_value(json!({"relationship": "relates", "issue": key})).expect("a link");
    let r = AddLink::new(&*other, tie);
    f.write(f.boss, move |cx| link::ops::add(cx, &r).map(drop)).expect("a link");
    let comments = || f.json(f.ann, &key)["commentWithoutExternalMessageCount"].clone();
    for hour in 0..3 {
        work(&f, NOW + hour * HOUR);
    }
    assert_eq!(comments(), 0);
    restore(&f, f.boss).expect("restored");
    work(&f, NOW + 3 * HOUR);
    assert_eq!(comments(), 1, "the automatic action goes on");
}
