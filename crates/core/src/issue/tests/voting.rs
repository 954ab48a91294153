//! Votes.

use serde_json::{Value, json};
use trackway_api::issues::{AddVote, GetIssue, RemoveVote, SearchRequest};

use super::{fields, history};
use crate::dict::model::{Permissions, Queue, Subjects};
use crate::error::Result;
use crate::issue::vote;
use crate::testing::{Fixture, body, open_permissions};

fn add(f: &Fixture, uid: i64, key: &str, user: &str) -> Result<Value> {
    let r = AddVote::new(key, user);
    f.write(uid, move |cx| vote::add(cx, &r)).map(body)
}

fn remove(f: &Fixture, uid: i64, key: &str, user: &str) -> Result<Value> {
    let r = RemoveVote::new(key, user);
    f.write(uid, move |cx| vote::remove(cx, &r)).map(body)
}

fn voters(f: &Fixture, key: &str) -> Vec<Value> {
    let r = GetIssue::new(key).fields(["votedBy"]);
    let issue = body(f.read(f.ann, |cx| crate::issue::ops::get(cx, &r)).expect("an issue"));
    let voters = issue["votedBy"].as_array().into_iter().flatten();
    voters.map(|voter| voter["id"].clone()).collect()
}

#[test]
fn a_vote_is_one_however_often_it_is_given() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let issue = add(&f, f.bob, &key, "me").expect("a vote");
    assert_eq!((&issue["votes"], &issue["version"]), (&json!(1), &json!(2)));
    assert_eq!(add(&f, f.bob, &key, "bob").expect("no fault")["version"], 2);
    assert_eq!(add(&f, f.ann, &key, &f.ann.to_string()).expect("a vote")["votes"], 2);
    assert_eq!(voters(&f, &key), [json!(f.bob.to_string()), json!(f.ann.to_string())]);
    assert_eq!(f.json(f.ann, &key).get("votedBy"), None, "only for those who ask");
    assert_eq!(remove(&f, f.ann, &key, "ann").expect("taken back")["votes"], 1);
    assert_eq!(remove(&f, f.ann, &key, "ann").expect("no fault")["version"], 4);
    assert_eq!(remove(&f, f.bob, &key, "me").expect("taken back")["votes"], 0);

    let log = history(&f, &key);
    let kinds: Vec<&Value> = log.iter().map(|entry| &entry["type"]).collect();
    assert_eq!(
        kinds,
        [
            "IssueCreated",
            "IssueVoteAdded",
            "IssueVoteAdded",
            "IssueVoteRemoved",
            "IssueVoteRemoved"
        ]
    );
    assert_eq!(fields(&log[1]), ["votes", "votedBy"]);
    assert_eq!(log[1]["fields"][1]["to"][0]["id"], f.bob.to_string());
    assert_eq!(log[4]["fields"][0]["to"], Value::Null);
}

#[test]
fn votes_are_found() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "t"}));
    add(&f, f.bob, &key, "me").expect("a vote");
    for query in ["\"Voted By\": bob", "Votes: >0"] {
        let request: SearchRequest =
            serde_json::from_value(json!({ "query": query })).expect("a request");
        let r = trackway_api::issues::SearchIssues::new(request);
        let found = body(f.read(f.ann, |cx| crate::search::ops::search(cx, &r)).expect("issues"));
        let keys: Vec<&Value> =
            found.as_array().expect("a list").iter().map(|issue| &issue["key"]).collect();
        assert_eq!(keys, [&json!(key)], "{query}");
    }
}

#[test]
fn one_votes_for_oneself_with_the_right_to_read() {
    let f = Fixture::new();
    let key = f.issue(f.boss, json!({"queue": "DEV", "summary": "s"}));
    let open = open_permissions(f.boss);
    f.permit(f.dev, Permissions { write: Subjects::default(), ..open });
    let status = |result: Result<Value>| result.map_or_else(|error| error.status(), |_| 200);
    assert_eq!(status(add(&f, f.bob, &key, "me")), 200);
    assert_eq!(status(add(&f, f.bob, &key, "ann")), 403);
    assert_eq!(status(remove(&f, f.bob, &key, "ann")), 403);
    assert_eq!(status(add(&f, f.guest, &key, "me")), 403, "guests only read");
    assert_eq!(status(add(&f, f.boss, &key, "ann")), 200);
    assert_eq!(status(add(&f, f.boss, &key, "nobody")), 404);
    assert_eq!(status(add(&f, f.boss, "DEV-77", "me")), 404);
    f.write(f.boss, |cx| {
        let old = std::sync::Arc::clone(cx.dict.queues.by_key("DEV").expect("a queue"));
        let body = Queue { deny_voting: true, ..old.body.clone() };
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("a queue without votes");
    assert_eq!(status(add(&f, f.boss, &key, "me")), 422);
    assert_eq!(status(add(&f, f.boss, &key, "bob")), 200, "it is there already");
    assert_eq!(status(remove(&f, f.bob, &key, "me")), 200);
}
