//! Notifications (workflow.md, section 12).

use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::UpdateIssue;
use trackway_api::notifications::{
    CountNotifications, FinishNotification, GetNotificationSettings, ListMutes, ListNotifications,
    MuteIssue, NotificationSettings, NotificationSnooze, ReadAllNotifications, ReadNotification,
    SnoozeNotification, UnmuteIssue, UpdateNotificationSettings,
};
use trackway_api::types::RefInput;

use super::{ops, store};
use crate::dict::model::Subjects;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body, open_permissions};

fn follow(f: &Fixture) {
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
}

fn begin(f: &Fixture) {
    f.tracker.begin_to_follow().expect("begun");
}

fn inbox(f: &Fixture, uid: i64) -> Vec<(String, String)> {
    follow(f);
    let reply = f.read(uid, |cx| ops::list(cx, &ListNotifications::new())).expect("an inbox");
    let list = body(reply).as_array().expect("a list").clone();
    let text = |json: &Json| json.as_str().expect("a text").to_owned();
    list.iter().map(|notice| (text(&notice["type"]), text(&notice["reason"]))).collect()
}

fn edit(f: &Fixture, uid: i64, key: &str, patch: Json, notify: Option<bool>) {
    let Json::Object(patch) = patch else { panic!("an object") };
    let mut request = UpdateIssue::new(key, patch);
    request.notify = notify;
    f.write(uid, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit");
}

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
}

#[test]
fn whoever_has_to_do_with_an_issue_is_told_once_and_never_of_own_changes() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "before anybody followed"}));
    begin(&f);
    let key = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", "assignee": "bob",
        "followers": ["bob", "boss", "guest"]}),
    );
    assert!(inbox(&f, f.ann).is_empty(), "her own");
    assert_eq!(inbox(&f, f.bob), [("IssueCreated".to_owned(), "assignee".to_owned())]);
    assert_eq!(inbox(&f, f.guest), [("IssueCreated".to_owned(), "follower".to_owned())]);
    edit(&f, f.bob, &key, json!({"assignee": null}), None);
    assert_eq!(inbox(&f, f.ann), [("IssueUpdated".to_owned(), "author".to_owned())]);
    assert_eq!(inbox(&f, f.bob).len(), 1, "still only the first");
    edit(&f, f.boss, &key, json!({"summary": "t"}), None);
    assert_eq!(inbox(&f, f.ann).len(), 2);
    edit(&f, f.boss, &key, json!({"summary": "u"}), Some(false));
    assert_eq!(inbox(&f, f.ann).len(), 2, "notify=false");
}

#[test]
fn who_is_called_is_told_so() {
    let f = Fixture::new();
    begin(&f);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let create = CommentCreate {
        text: Some("what do you think?".into()),
        summonees: Some(vec![RefInput::from("bob")]),
        ..CommentCreate::default()
    };
    let request = AddComment::new(&*key, create);
    f.write(f.ann, move |cx| crate::comment::ops::add(cx, &request)).expect("a comment");
    assert_eq!(inbox(&f, f.bob), [("IssueCommentAdded".to_owned(), "summon".to_owned())]);
}

#[test]
fn nobody_is_told_of_what_they_may_not_read() {
    let f = Fixture::new();
    begin(&f);
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { users: vec![f.ann], ..Subjects::default() };
    permissions.write = Subjects::default();
    f.permit(f.help, permissions);
    f.issue(f.ann, json!({"queue": "HELP", "summary": "secret", "followers": ["bob"]}));
    assert!(inbox(&f, f.bob).is_empty());
    // And not of what they could read then, but may not now.
    f.permit(f.help, open_permissions(f.boss));
    f.issue(f.ann, json!({"queue": "HELP", "summary": "open", "followers": ["bob"]}));
    assert_eq!(inbox(&f, f.bob).len(), 1);
    let mut permissions = open_permissions(f.boss);
    permissions.deny = Subjects { users: vec![f.bob], ..Subjects::default() };
    f.permit(f.help, permissions);
    assert!(inbox(&f, f.bob).is_empty());
}

#[test]
fn an_inbox_is_read() {
    let f = Fixture::new();
    begin(&f);
    for n in 0..3 {
        f.issue(f.ann, json!({"queue": "DEV", "summary": format!("{n}"), "followers": ["bob"]}));
    }
    follow(&f);
    let count = || body(f.read(f.bob, |cx| ops::count(cx, &CountNotifications::new())).expect("n"));
    assert_eq!(count(), 3);
    let list = body(f.read(f.bob, |cx| ops::list(cx, &ListNotifications::new())).expect("list"));
    let id = list[0]["id"].to_string();
    assert_eq!(list[0]["issue"]["display"], "2", "newest first");
    let read = ReadNotification::new(&*id);
    let theirs = read.clone();
    assert_eq!(
        f.write(f.ann, move |cx| ops::read(cx, &theirs)).expect_err("not hers").status(),
        404
    );
    f.write(f.bob, move |cx| ops::read(cx, &read)).expect("read");
    assert_eq!(count(), 2);
    let unread = ListNotifications::new().unread(true);
    let list = body(f.read(f.bob, |cx| ops::list(cx, &unread)).expect("list"));
    assert_eq!(list.as_array().expect("a list").len(), 2);
    f.write(f.bob, |cx| ops::read_all(cx, &ReadAllNotifications::new())).expect("read");
    assert_eq!(count(), 0);
}

#[test]
fn what_is_done_or_snoozed_leaves_the_inbox() {
    let f = Fixture::new();
    begin(&f);
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "followers": ["bob"]}));
    let ids = |all: bool| -> Vec<String> {
        follow(&f);
        let request = ListNotifications::new().all(all);
        let list = body(f.read(f.bob, |cx| ops::list(cx, &request)).expect("an inbox"));
        list.as_array().expect("a list").iter().map(|one| one["id"].to_string()).collect()
    };
    let count = || body(f.read(f.bob, |cx| ops::count(cx, &CountNotifications::new())).expect("n"));
    let id = ids(false).pop().expect("one");
    let snooze = |uid: i64, until: Option<i64>| {
        let until = until.map(crate::time::instant_text);
        let request = SnoozeNotification::new(&*id, NotificationSnooze { until });
        f.write(uid, move |cx| ops::snooze(cx, &request))
    };
    snooze(f.bob, Some(NOW + 1000)).expect("snoozed");
    assert_eq!((ids(false).len(), ids(true).len(), count()), (0, 1, json!(0)));
    snooze(f.bob, Some(NOW - 1000)).expect("it came back");
    assert_eq!((ids(false).len(), count()), (1, json!(1)));
    snooze(f.bob, None).expect("not snoozed");
    assert_eq!(ids(false).len(), 1);
    assert_eq!(snooze(f.ann, None).expect_err("not hers").status(), 404);
    let odd = NotificationSnooze { until: Some("soon".to_owned()) };
    let odd = SnoozeNotification::new(&*id, odd);
    let refused = f.write(f.bob, move |cx| ops::snooze(cx, &odd)).expect_err("no moment");
    assert_eq!(refused.status(), 422);
    let request = FinishNotification::new(&*id);
    f.write(f.bob, move |cx| ops::finish(cx, &request)).expect("done");
    assert_eq!((ids(false).len(), ids(true).len(), count()), (0, 1, json!(0)));
}

#[test]
fn muted_issues_are_silent_until_somebody_calls() {
    let f = Fixture::new();
    begin(&f);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "followers": ["bob"]}));
    assert_eq!(inbox(&f, f.bob).len(), 1);
    let request = MuteIssue::new(&*key);
    f.write(f.bob, move |cx| ops::mute(cx, &request)).expect("muted");
    assert!(inbox(&f, f.bob).is_empty(), "what was told of it is done");
    edit(&f, f.ann, &key, json!({"summary": "t"}), None);
    assert!(inbox(&f, f.bob).is_empty());
    let muted = |uid: i64| body(f.read(uid, |cx| ops::mutes(cx, &ListMutes::new())).expect("some"));
    assert_eq!((&muted(f.bob)[0]["key"], muted(f.ann)), (&json!(key), json!([])));
    let create = CommentCreate {
        text: Some("and you?".into()),
        summonees: Some(vec![RefInput::from("bob")]),
        ..CommentCreate::default()
    };
    let request = AddComment::new(&*key, create);
    f.write(f.ann, move |cx| crate::comment::ops::add(cx, &request)).expect("a comment");
    assert_eq!(inbox(&f, f.bob), [("IssueCommentAdded".to_owned(), "summon".to_owned())]);
    let request = UnmuteIssue::new(&*key);
    f.write(f.bob, move |cx| ops::unmute(cx, &request)).expect("heard again");
    edit(&f, f.ann, &key, json!({"summary": "u"}), None);
    assert_eq!(inbox(&f, f.bob).len(), 2);
    assert_eq!(muted(f.bob), json!([]));
}

#[test]
fn letters_go_to_whoever_wants_them() {
    let f = Fixture::new();
    f.mail_on();
    begin(&f);
    let choose = |uid: i64, mail: &str| {
        let body = NotificationSettings { mail: Some(mail.to_owned()) };
        let request = UpdateNotificationSettings::new(body);
        f.write(uid, move |cx| ops::set(cx, &request)).map(crate::testing::body)
    };
    assert_eq!(choose(f.guest, "digest").expect("a choice")["mail"], "digest");
    assert_eq!(choose(f.boss, "off").expect("a choice")["mail"], "off");
    assert_eq!(choose(f.boss, "odd").expect_err("no choice").status(), 422);
    let key = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "Пример",
        "followers": ["bob", "boss", "guest"]}),
    );
    edit(&f, f.ann, &key, json!({"priority": "minor"}), None);
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    assert_eq!(jobs.len(), 1, "the first of bob's; letters to one reader keep their order");
    let letter = f.tracker.letter(&jobs[0], NOW, "https://t.example").expect("ok").expect("one");
    assert_eq!(letter.to, "bob@trial.example");
    assert_eq!(letter.subject, "[DEV-1] Пример");
    assert_eq!(letter.parts[0].url, "https://t.example/DEV-1");
    assert_eq!(letter.why, "Вы наблюдаете за задачей.");
    assert!(letter.headers.contains(&("X-Tracker-Queue", "DEV".to_owned())));
    f.tracker.letter_sent(&jobs[0], NOW, letter.last).expect("noted");
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    let letter = f.tracker.letter(&jobs[0], NOW, "https://t.example").expect("ok").expect("one");
    let change = &letter.parts[0].changes[0];
    assert_eq!((&*change.0, &*change.1), ("Приоритет", "Средний"));
    assert!(letter.headers.contains(&("X-Tracker-Changed", "priority".to_owned())));
    f.tracker.letter_sent(&jobs[0], NOW, letter.last).expect("noted");
    let later = NOW + 3_600_000;
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", later, 9).expect("claims");
    assert_eq!(jobs.len(), 1, "the guest's digest");
    let letter = f.tracker.letter(&jobs[0], later, "https://t.example").expect("ok").expect("one");
    assert_eq!(letter.to, "guest@trial.example");
    assert_eq!(letter.parts.len(), 2);
    let (org, user) = f.tracker.unsubscriber(&letter.unsubscribe).expect("a good link");
    assert_eq!(user, f.guest);
    let forged = letter.unsubscribe.replace(&f.guest.to_string(), &f.ann.to_string());
    assert!(f.tracker.unsubscriber(&forged).is_none());
    f.tracker.unsubscribe(org, user).expect("unsubscribed");
    let get = GetNotificationSettings::new();
    let mode = body(f.read(f.guest, |cx| ops::settings(cx, &get)).expect("settings"));
    assert_eq!(mode["mail"], "off");
}

#[test]
fn a_letter_never_shows_what_may_not_be_read_any_more() {
    let f = Fixture::new();
    f.mail_on();
    begin(&f);
    f.issue(f.ann, json!({"queue": "HELP", "summary": "s", "followers": ["bob"]}));
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    let mut permissions = open_permissions(f.boss);
    permissions.deny = Subjects { users: vec![f.bob], ..Subjects::default() };
    f.permit(f.help, permissions);
    assert_eq!(f.tracker.letter(&jobs[0], NOW, "https://t.example").expect("ok"), None);
}
