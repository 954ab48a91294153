//! What comments do, and what they do to their issues.

use serde_json::{Value, json};
use trackway_api::comments::{
    AddComment, CommentCreate, CommentUpdate, DeleteComment, GetComment, ListComments,
    UpdateComment,
};
use trackway_api::{IfMatch, List};

use super::ops;
use crate::cx::Paging;
use crate::dict::model::{MailList, Role, Subjects};
use crate::error::{Error, Result};
use crate::issue::value::Val;
use crate::lang::Lang;
use crate::testing::{Fixture, NOW, body, open_permissions};

const MINUTE: i64 = 60_000;

fn read_as<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a body")
}

fn try_add(f: &Fixture, uid: i64, key: &str, comment: Value) -> Result<Value> {
    let request = AddComment::new(key, read_as::<CommentCreate>(comment));
    f.write(uid, move |cx| ops::add(cx, &request)).map(body)
}

fn add(f: &Fixture, uid: i64, key: &str, text: &str) -> Value {
    try_add(f, uid, key, json!({"text": text})).expect("a comment")
}

fn try_edit(f: &Fixture, uid: i64, key: &str, id: &Value, patch: Value) -> Result<Value> {
    let request = UpdateComment::new(key, id.to_string(), read_as::<CommentUpdate>(patch));
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

fn try_delete(f: &Fixture, uid: i64, key: &str, id: &Value) -> Result<()> {
    let request = DeleteComment::new(key, id.to_string());
    f.write(uid, move |cx| ops::delete(cx, &request)).map(drop)
}

fn try_get(f: &Fixture, key: &str, id: &str) -> Result<Value> {
    let request = GetComment::new(key, id);
    f.read(f.guest, |cx| ops::get(cx, &request)).map(body)
}

fn errors(error: &Error) -> Vec<String> {
    error.body(Lang::En).errors.into_keys().collect()
}

fn ids(people: &Value) -> Vec<i64> {
    let people = people.as_array().map_or(&[][..], Vec::as_slice);
    people.iter().map(|p| p["id"].as_str().expect("an id").parse().expect("a uid")).collect()
}

/// Kinds of the events of an issue, with their bodies.
fn events(f: &Fixture, key: &str) -> Vec<(String, Value)> {
    let rows: Vec<(String, String)> = f
        .read(f.boss, |cx| {
            let id = cx.issue(key)?.issue().id;
            let sql =
                "SELECT kind, body FROM event WHERE org_id = $1 AND issue_id = $2 ORDER BY id";
            Ok(cx.tx.all(sql, &[&cx.dict.org_id, &id])?)
        })
        .expect("events");
    rows.into_iter().map(|(k, b)| (k, serde_json::from_str(&b).expect("JSON"))).collect()
}

#[test]
fn a_comment_is_added_and_read_by_both_ids() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.bob, &key, "Look **here**");
    assert_eq!(
        made["self"],
        format!("http://tracker.test/v3/issues/{key}/comments/{}", made["id"])
    );
    assert_eq!(made["text"], "Look **here**");
    assert_eq!(made["version"], 1);
    assert_eq!(made["type"], "standard");
    assert_eq!(made["transport"], "internal");
    assert_eq!(made["createdBy"]["id"], f.bob.to_string());
    assert_eq!(made["createdAt"], "2026-03-02T10:00:00.000+0000");
    assert!(made.get("textHtml").is_none() && made.get("attachments").is_none());
    let long = made["longId"].as_str().expect("an id");
    assert_eq!(long.len(), 24);
    assert_eq!(try_get(&f, &key, &made["id"].to_string()).expect("by number"), made);
    assert_eq!(try_get(&f, &key, long).expect("by long id"), made);
    assert_eq!(try_get(&f, &key, &long.to_uppercase()).expect("in capitals"), made);
}

#[test]
fn other_ids_name_nothing() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.ann, &key, "x");
    let long = made["longId"].as_str().expect("an id").to_owned();
    let later = format!("ffffffff{}", &long[8..]);
    for id in ["0", "99", "-1", "x", "", "999999999999999999999999", later.as_str()] {
        assert_eq!(try_get(&f, &key, id).expect_err(id).status(), 404, "{id}");
    }
    assert_eq!(try_get(&f, &other, &long).expect_err("of another issue").status(), 404);
}

#[test]
fn texts_and_summonees_are_checked_together() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    for text in
        [json!(""), json!(" \n"), json!(1), json!(["x"]), json!("x".repeat(512_001)), Value::Null]
    {
        let error = try_add(&f, f.ann, &key, json!({"text": text})).expect_err("wrong");
        assert_eq!((error.status(), errors(&error)), (422, vec!["text".to_owned()]));
    }
    let all = json!({"summonees": ["nobody"], "maillistSummonees": [""], "attachmentIds": ["1"]});
    let error = try_add(&f, f.ann, &key, all).expect_err("wrong");
    let fields = ["maillistSummonees", "summonees", "text"];
    assert_eq!((error.status(), errors(&error)), (422, fields.map(str::to_owned).to_vec()));
    let issue = f.json(f.ann, &key);
    assert_eq!(
        (&issue["version"], &issue["commentWithoutExternalMessageCount"]),
        (&json!(1), &json!(0))
    );
    try_add(&f, f.ann, &key, json!({"text": "я".repeat(512_000), "attachmentIds": []}))
        .expect("long");
}

#[test]
fn a_comment_changes_its_issue_once() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "description": "kept"}));
    let request = AddComment::new(&*key, read_as::<CommentCreate>(json!({"text": "x"})));
    f.write_at(f.bob, NOW + MINUTE, move |cx| ops::add(cx, &request)).expect("a comment");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["version"], 1);
    assert_eq!(issue["commentWithoutExternalMessageCount"], 1);
    assert_eq!(issue["commentWithExternalMessageCount"], 0);
    assert_eq!(issue["lastCommentUpdatedAt"], "2026-03-02T10:01:00.000+0000");
    assert_eq!(issue["updatedAt"], "2026-03-02T10:01:00.000+0000");
    assert_eq!(issue["updatedBy"]["id"], f.bob.to_string());
    assert_eq!(issue["description"], "kept");
    assert_eq!(ids(&issue["followers"]), [f.bob]);
    let events = events(&f, &key);
    let (kind, event) = events.last().expect("an event");
    assert_eq!((events.len(), kind.as_str()), (2, "IssueCommentAdded"));
    assert_eq!(event["comments"][0]["to"], "x");
}

#[test]
fn the_author_may_stay_no_follower() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let request = AddComment::new(&*key, read_as::<CommentCreate>(json!({"text": "x"})))
        .is_add_to_followers(false);
    f.write(f.bob, move |cx| ops::add(cx, &request)).expect("a comment");
    assert!(f.json(f.ann, &key).get("followers").is_none());
}

#[test]
fn a_summons_waits_for_an_answer_and_gives_access() {
    let f = Fixture::new();
    f.write(f.boss, |cx| {
        let list = MailList { address: "dev@trial.example".to_owned(), ..MailList::default() };
        crate::directory::admin::add_maillist(cx, list)
    })
    .expect("a list");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let comment = json!({"text": "you?", "maillistSummonees": ["dev@trial.example"],
        "summonees": ["bob", f.boss, {"login": "bob"}, {"id": f.guest.to_string()}]});
    let made = try_add(&f, f.ann, &key, comment).expect("a comment");
    assert_eq!(ids(&made["summonees"]), [f.bob, f.boss, f.guest]);
    assert_eq!(made["maillistSummonees"][0]["id"], "dev@trial.example");
    let issue = f.json(f.ann, &key);
    assert_eq!(ids(&issue["pendingReplyFrom"]), [f.bob, f.boss, f.guest]);
    assert_eq!(ids(&issue["access"]), [f.bob, f.boss, f.guest]);
    assert_eq!(ids(&issue["followers"]), [f.ann]);

    let answer = AddComment::new(&*key, read_as::<CommentCreate>(json!({"text": "me"})))
        .is_add_to_followers(false);
    f.write(f.bob, move |cx| ops::add(cx, &answer)).expect("an answer");
    let issue = f.json(f.ann, &key);
    assert_eq!(ids(&issue["pendingReplyFrom"]), [f.boss, f.guest]);
    assert_eq!(ids(&issue["access"]), [f.bob, f.boss, f.guest]);
    assert_eq!(ids(&issue["followers"]), [f.ann, f.bob], "who answers follows");
}

#[test]
fn reading_and_full_access_are_enough_to_comment() {
    let f = Fixture::new();
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { users: vec![f.bob, f.guest], ..Subjects::default() };
    permissions.write = Subjects { roles: vec![Role::Author], ..Subjects::default() };
    f.permit(f.help, permissions);
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let by_bob = add(&f, f.bob, &key, "readers may speak");
    let by_ann = add(&f, f.ann, &key, "authors too");
    let error = try_add(&f, f.guest, &key, json!({"text": "x"})).expect_err("read-only");
    assert_eq!(error.status(), 403);

    let text = json!({"text": "y"});
    let edit = |uid, comment: &Value| try_edit(&f, uid, &key, &comment["id"], text.clone());
    assert_eq!(edit(f.bob, &by_ann).expect_err("another's").status(), 403);
    assert_eq!(edit(f.ann, &by_bob).expect_err("write is not enough").status(), 403);
    assert!(edit(f.bob, &by_bob).is_ok(), "one's own");
    assert_eq!(
        edit(f.boss, &by_ann).expect("the queue's owner")["updatedBy"]["id"],
        f.boss.to_string()
    );

    let error = try_delete(&f, f.bob, &key, &by_ann["id"]).expect_err("another's");
    assert_eq!(error.status(), 403);
    assert!(try_delete(&f, f.ann, &key, &by_bob["id"]).is_ok(), "write is enough");
    assert!(try_delete(&f, f.boss, &key, &by_ann["id"]).is_ok(), "the queue's owner");
}

#[test]
fn an_edit_keeps_what_it_does_not_name() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = try_add(&f, f.ann, &key, json!({"text": "a", "summonees": ["bob"]})).expect("made");
    let request = UpdateComment::new(
        &*key,
        made["id"].to_string(),
        read_as::<CommentUpdate>(json!({"summonees": {"add": ["boss"]}})),
    );
    let edited =
        body(f.write_at(f.ann, NOW + MINUTE, move |cx| ops::update(cx, &request)).expect("edited"));
    assert_eq!(edited["text"], "a");
    assert_eq!(edited["version"], 2);
    assert_eq!(edited["updatedAt"], "2026-03-02T10:01:00.000+0000");
    assert_eq!(edited["createdAt"], made["createdAt"]);
    assert_eq!(edited["longId"], made["longId"]);
    assert_eq!(ids(&edited["summonees"]), [f.bob, f.boss]);
    assert_eq!(ids(&f.json(f.ann, &key)["pendingReplyFrom"]), [f.bob, f.boss]);

    let edited = try_edit(&f, f.ann, &key, &made["id"], json!({"text": "b", "summonees": []}));
    let edited = edited.expect("edited");
    assert!(edited.get("summonees").is_none());
    let events = events(&f, &key);
    let (kind, event) = events.last().expect("an event");
    assert_eq!(kind, "IssueCommentUpdated");
    let change = &event["comments"][0];
    assert_eq!((&change["from"], &change["to"]), (&json!("a"), &json!("b")));
    let error = try_edit(&f, f.ann, &key, &made["id"], json!({"text": " "})).expect_err("empty");
    assert_eq!(errors(&error), ["text"]);
}

#[test]
fn an_edit_without_effect_changes_nothing() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.ann, &key, "a");
    for patch in [json!({}), json!({"text": "a"}), json!({"summonees": []})] {
        assert_eq!(try_edit(&f, f.ann, &key, &made["id"], patch).expect("nothing"), made);
    }
    assert_eq!(f.json(f.ann, &key)["version"], 1);
    assert_eq!(events(&f, &key).len(), 2);
}

#[test]
fn stale_versions_are_refused() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.ann, &key, "a");
    let status = |request: UpdateComment| {
        f.write(f.ann, move |cx| ops::update(cx, &request)).map_or_else(|e| e.status(), |_| 200)
    };
    let request = |text: &str| {
        UpdateComment::new(
            &*key,
            made["id"].to_string(),
            read_as::<CommentUpdate>(json!({"text": text})),
        )
    };
    assert_eq!(status(request("b").version(7)), 409);
    assert_eq!(status(request("b").if_match(IfMatch::Version(7))), 412);
    assert_eq!(status(request("b").if_match(IfMatch::Version(1)).version(1)), 200);
    assert_eq!(status(request("c").if_match(IfMatch::Version(1))), 412);
    assert_eq!(status(request("c").if_match(IfMatch::Any)), 200);
}

/// Nobody who named no version hears of a collision.
#[test]
fn comments_at_the_same_moment_all_succeed() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    add(&f, f.ann, &key, "a");
                }
            });
        }
    });
    assert_eq!(f.json(f.ann, &key)["commentWithoutExternalMessageCount"], 80);
}

#[test]
fn a_deleted_comment_is_gone_and_no_longer_counted() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let first = add(&f, f.ann, &key, "first");
    let request = AddComment::new(&*key, read_as::<CommentCreate>(json!({"text": "second"})));
    let second =
        body(f.write_at(f.ann, NOW + MINUTE, move |cx| ops::add(cx, &request)).expect("a comment"));
    try_delete(&f, f.ann, &key, &second["id"]).expect("deleted");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["commentWithoutExternalMessageCount"], 1);
    assert_eq!(issue["lastCommentUpdatedAt"], first["createdAt"]);
    assert_eq!(issue["version"], 1);
    let (kind, event) = events(&f, &key).pop().expect("an event");
    assert_eq!(kind, "IssueCommentRemoved");
    assert_eq!(event["comments"][0]["from"], "second");
    for status in [
        try_get(&f, &key, &second["id"].to_string()).expect_err("gone").status(),
        try_edit(&f, f.ann, &key, &second["id"], json!({"text": "x"})).expect_err("gone").status(),
        try_delete(&f, f.ann, &key, &second["id"]).expect_err("gone").status(),
    ] {
        assert_eq!(status, 404);
    }
    try_delete(&f, f.ann, &key, &first["id"]).expect("deleted");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["commentWithoutExternalMessageCount"], 0);
    assert!(issue.get("lastCommentUpdatedAt").is_none());
    assert_eq!(
        add(&f, f.ann, &key, "third")["id"],
        json!(second["id"].as_i64().expect("a number") + 1)
    );
}

#[test]
fn pages_follow_the_last_comment() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made: Vec<Value> = (0..5).map(|n| add(&f, f.ann, &key, &n.to_string())).collect();
    let page = |request: ListComments| {
        let reply = f.read(f.guest, |cx| ops::list(cx, &request)).expect("a page");
        let next = match reply.paging.clone() {
            Some(Paging::Relative { next, .. }) => next,
            other => panic!("{other:?}"),
        };
        let comments = body(reply);
        let texts: Vec<String> = comments
            .as_array()
            .expect("a list")
            .iter()
            .map(|c| c["text"].as_str().expect("a text").to_owned())
            .collect();
        (texts.concat(), next)
    };
    let request = || ListComments::new(&*key).per_page(2);
    let (texts, next) = page(request());
    assert_eq!(
        (texts.as_str(), next.as_deref()),
        ("01", made[1]["id"].to_string().as_str().into())
    );
    assert_eq!(page(request().id(next.expect("a page"))).0, "23");
    assert_eq!(
        page(request().id(made[3]["longId"].as_str().expect("an id"))),
        ("4".to_owned(), None)
    );
    assert_eq!(page(request().id(made[4]["id"].to_string())), (String::new(), None));
    try_delete(&f, f.ann, &key, &made[1]["id"]).expect("deleted");
    assert_eq!(page(request().id(made[1]["id"].to_string())).0, "23", "a cursor may be deleted");
    assert_eq!(page(ListComments::new(&*key)), ("0234".to_owned(), None));
    for bad in [ListComments::new(&*key).id("x"), ListComments::new(&*key).per_page(0)] {
        assert_eq!(f.read(f.ann, |cx| ops::list(cx, &bad)).expect_err("bad").status(), 400);
    }
}

#[test]
fn blocks_come_when_asked_for() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "description": "*d*"}));
    let made = add(&f, f.ann, &key, "**b** <script>x</script>");
    for (expand, html, files) in [
        ("html", true, false),
        ("attachments", false, true),
        ("all", true, true),
        ("reactions", false, false),
    ] {
        let request = GetComment::new(&*key, made["id"].to_string()).expand(List::from([expand]));
        let comment = body(f.read(f.ann, |cx| ops::get(cx, &request)).expect("a comment"));
        assert_eq!(comment.get("textHtml").is_some(), html, "{expand}");
        assert_eq!(comment.get("attachments").is_some(), files, "{expand}");
        if html {
            let html = comment["textHtml"].as_str().expect("a text");
            assert!(html.contains("<strong>b</strong>") && !html.contains("<script"), "{html}");
        }
    }
    let request =
        trackway_api::issues::GetIssue::new(&*key).expand(List::from(["comments", "html"]));
    let issue = body(f.read(f.ann, |cx| crate::issue::ops::get(cx, &request)).expect("an issue"));
    assert_eq!(issue["comments"][0]["id"], made["id"].to_string());
    assert_eq!(issue["comments"][0]["self"], made["self"]);
    assert_eq!(issue["comments"][0]["display"], made["text"]);
    assert_eq!(issue["descriptionHtml"], "<p><em>d</em></p>\n");
}

#[test]
fn an_edit_of_the_issue_may_bring_a_comment() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let patch = |patch: Value| {
        let request =
            trackway_api::issues::UpdateIssue::new(&*key, read_as::<serde_json::Map<_, _>>(patch));
        f.write(f.bob, move |cx| crate::issue::ops::update(cx, &request)).map(body)
    };
    let issue = patch(json!({"summary": "t", "comment": "a text"})).expect("an edit");
    assert_eq!((&issue["summary"], &issue["version"]), (&json!("t"), &json!(2)));
    assert_eq!(issue["commentWithoutExternalMessageCount"], 1);
    let issue =
        patch(json!({"comment": {"text": "a body", "summonees": ["ann"]}})).expect("an edit");
    assert_eq!(ids(&issue["pendingReplyFrom"]), [f.ann]);
    for (comment, field) in [
        (json!(" "), "comment"),
        (json!(7), "comment"),
        (json!({}), "text"),
        (json!({"summonees": 1}), "comment"),
    ] {
        let error = patch(json!({"summary": "u", "comment": comment})).expect_err("wrong");
        assert_eq!((error.status(), errors(&error)), (422, vec![field.to_owned()]));
    }
    assert_eq!(f.json(f.ann, &key)["summary"], "t", "nothing of a refused edit stays");
}

#[test]
fn long_ids_of_other_kinds_are_refused() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    add(&f, f.ann, &key, "x");
    let issue = f.json(f.ann, &key)["id"].as_str().expect("an id").to_owned();
    assert_eq!(try_get(&f, &key, &issue).expect_err("an issue's id").status(), 404);
    // The counter is stored as a number, as searches expect it.
    let count = f
        .read(f.ann, |cx| {
            let visible = cx.issue(&key)?;
            Ok(visible.issue().get(crate::field::no::COMMENTS_WITHOUT_MESSAGE).cloned())
        })
        .expect("an issue");
    assert_eq!(count, Some(Val::Ref(1)));
}

#[test]
fn reactions_are_counted_once_each_and_taken_back() {
    use trackway_api::comments::{AddReaction, RemoveReaction};
    let f = Fixture::new();
    f.tracker.db().prepare_all(&super::thread::OF_ISSUES.statements()).expect("good SQL");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.ann, &key, "x");
    let id = made["id"].to_string();
    let react = |uid: i64, kind: &str| {
        let r = AddReaction::new(&*key, &*id, kind);
        f.write(uid, move |cx| super::reaction::add(cx, &r)).map(body)
    };
    react(f.bob, "LIKE").expect("a reaction");
    react(f.ann, "heart").expect("a reaction");
    let shown = react(f.ann, "LIKE").expect("a reaction");
    assert_eq!(shown["reactionsCount"], json!({"like": 2, "heart": 1}));
    assert_eq!(shown["ownReactions"], json!(["heart", "like"]));
    assert_eq!(react(f.ann, "LIKE").expect("the same")["reactionsCount"]["like"], 2);
    assert_eq!(react(f.ann, "NOSUCH").expect_err("unknown").status(), 404);
    assert_eq!(react(f.guest, "LIKE").expect_err("read-only").status(), 403);
    let r = GetComment::new(&*key, &*id).expand(List::from(["reactions"]));
    let people = body(f.read(f.guest, |cx| ops::get(cx, &r)).expect("a comment"));
    assert_eq!(ids(&people["usersReacted"]["like"]), [f.ann, f.bob]);
    assert_eq!(people.get("reactionsCount"), None);
    let (kind, event) = events(&f, &key).pop().expect("an event");
    assert_eq!(kind, "IssueCommentReactionAdded");
    assert_eq!(event["comments"][0]["added_reaction"], "like");
    let r = RemoveReaction::new(&*key, &*id, "LIKE");
    let left = body(f.write(f.ann, move |cx| super::reaction::remove(cx, &r)).expect("removed"));
    assert_eq!(left["reactionsCount"], json!({"like": 1, "heart": 1}));
    assert_eq!(f.json(f.ann, &key)["version"], 1, "a reaction is no new version");
}

#[test]
fn embedded_comments_stand_in_full_where_references_would() {
    use trackway_api::issues::{GetIssue, SearchIssues, SearchRequest};
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let made = add(&f, f.bob, &key, "first");
    let issue =
        |r: &GetIssue| body(f.read(f.ann, |cx| crate::issue::ops::get(cx, r)).expect("an issue"));
    let reference = issue(&GetIssue::new(&*key).expand(["comments"]));
    assert_eq!(reference["comments"][0]["display"], "first");
    assert_eq!(reference["comments"][0].get("text"), None);
    for r in [
        GetIssue::new(&*key).embed(["comments"]),
        GetIssue::new(&*key).expand(["all"]).embed(["comments", "nonsense"]),
    ] {
        assert_eq!(issue(&r)["comments"], json!([made]));
    }
    let request = read_as::<SearchRequest>(json!({"keys": [key]}));
    let r = SearchIssues::new(request).embed(["comments"]);
    let found = body(f.read(f.ann, |cx| crate::search::ops::search(cx, &r)).expect("issues"));
    assert_eq!(found[0]["comments"], json!([made]));
    assert_eq!(issue(&GetIssue::new(&*key).embed(["sla"])).get("comments"), None);
}
