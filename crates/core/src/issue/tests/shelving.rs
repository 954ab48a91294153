//! Lists of archived issues, and of deleted ones.

use serde_json::{Value, json};
use trackway_api::issues::{ArchiveIssue, ListArchivedIssues, ListDeletedIssues, RestoreIssue};

use super::removing::delete;
use super::restoring::let_go;
use crate::cx::Paging;
use crate::dict::model::{Permissions, Subjects};
use crate::error::Result;
use crate::issue::{restore, shelf};
use crate::testing::{Fixture, NOW, body};

fn archive_at(f: &Fixture, key: &str, at: i64) {
    let r = ArchiveIssue::new(key);
    f.write_at(f.boss, at, move |cx| restore::archive(cx, &r).map(drop)).expect("archived");
}

fn bring_back(f: &Fixture, key: &str) {
    let r = RestoreIssue::new(key);
    f.write(f.boss, move |cx| restore::restore(cx, &r).map(drop)).expect("restored");
}

fn keys(list: &Value) -> Vec<String> {
    let key = |one: &Value| one["key"].as_str().expect("a key").to_owned();
    list.as_array().expect("a list").iter().map(key).collect()
}

/// The keys of all pages, each of `size`, and how many pages there are.
fn pages<T: serde::Serialize>(
    size: usize,
    page: impl Fn(Option<String>) -> Result<crate::cx::Reply<T>>,
) -> (Vec<String>, usize) {
    let (mut all, mut next, mut count) = (Vec::new(), None, 0);
    loop {
        let reply = page(next).expect("a page");
        let Some(Paging::Relative { next: after, .. }) = &reply.paging else { panic!("paged") };
        let after = after.clone();
        let found = keys(&body(reply));
        assert!(found.len() <= size);
        all.extend(found);
        count += 1;
        if after.is_none() {
            return (all, count);
        }
        next = after;
    }
}

fn archived(f: &Fixture, uid: i64, queue: Option<&str>, size: i64) -> (Vec<String>, usize) {
    pages(usize::try_from(size).expect("a size"), |id| {
        let mut r = ListArchivedIssues::new();
        (r.queue, r.per_page, r.id) = (queue.map(str::to_owned), Some(size), id);
        f.read(uid, |cx| shelf::archived(cx, &r))
    })
}

fn deleted(f: &Fixture, uid: i64, size: i64) -> (Vec<String>, usize) {
    pages(usize::try_from(size).expect("a size"), |id| {
        let mut r = ListDeletedIssues::new();
        (r.per_page, r.id) = (Some(size), id);
        f.read(uid, |cx| shelf::deleted(cx, &r))
    })
}

#[test]
fn all_sql_is_good() {
    Fixture::new().tracker.db().prepare_all(shelf::ALL_SQL).expect("good SQL");
}

#[test]
fn archived_issues_are_listed_to_their_readers() {
    let f = Fixture::new();
    let new = |queue: &str| f.issue(f.ann, json!({"queue": queue, "summary": "s"}));
    let [a, b, c] = [new("DEV"), new("DEV"), new("DEV")];
    let help = new("HELP");
    new("DEV");
    assert_eq!(archived(&f, f.boss, None, 10), (vec![], 1));
    for (key, at) in [(&b, NOW), (&a, NOW + 1), (&help, NOW + 2), (&c, NOW + 2)] {
        archive_at(&f, key, at);
    }
    let wanted = [&help, &c, &a, &b].map(Clone::clone).to_vec();
    assert_eq!(archived(&f, f.boss, None, 10), (wanted.clone(), 1));
    assert_eq!(archived(&f, f.boss, None, 4), (wanted.clone(), 1));
    assert_eq!(archived(&f, f.boss, None, 3), (wanted.clone(), 2));
    assert_eq!(archived(&f, f.boss, None, 1), (wanted, 4));
    assert_eq!(archived(&f, f.boss, Some("HELP"), 10).0, [&*help]);
    // Of one queue the caller may read no more than what is assigned to them.
    let role = Subjects { roles: vec![crate::dict::model::Role::Assignee], ..Subjects::default() };
    f.permit(f.dev, Permissions { read: role, ..Permissions::default() });
    assert_eq!(archived(&f, f.bob, Some("DEV"), 1).0, [] as [&str; 0]);
    let r = ListArchivedIssues::new().id("x");
    assert_eq!(f.read(f.boss, |cx| shelf::archived(cx, &r)).expect_err("no place").status(), 400);
    bring_back(&f, &a);
    delete(&f, f.boss, &c).expect("deleted");
    assert_eq!(archived(&f, f.boss, None, 10).0, [help.clone(), b.clone()]);
    bring_back(&f, &c);
    assert_eq!(archived(&f, f.boss, None, 10).0, [help, c, b], "as it was, with its time");
}

#[test]
fn deleted_issues_are_listed_to_those_who_may_restore_them() {
    let f = Fixture::new();
    let new = |n: i32| f.issue(f.ann, json!({"queue": "DEV", "summary": format!("s{n}")}));
    let [a, b, c] = [new(1), new(2), new(3)];
    for key in [&a, &b, &c] {
        delete(&f, f.boss, key).expect("deleted");
    }
    let wanted = [&c, &b, &a].map(Clone::clone).to_vec();
    assert_eq!(deleted(&f, f.boss, 10), (wanted.clone(), 1));
    assert_eq!(deleted(&f, f.boss, 2), (wanted, 2));
    assert_eq!(deleted(&f, f.ann, 10), (vec![], 1), "who edits may not restore");
    let mut r = ListDeletedIssues::new();
    r.queue = Some("DEV".to_owned());
    let refused = f.read(f.ann, |cx| shelf::deleted(cx, &r)).expect_err("not theirs");
    assert_eq!(refused.status(), 403);
    let list = body(f.read(f.boss, |cx| shelf::deleted(cx, &r)).expect("a list"));
    let first = &list[0];
    assert_eq!((&first["summary"], &first["queue"]["key"]), (&json!("s3"), &json!("DEV")));
    assert_eq!(first["deletedBy"]["id"], f.boss.to_string());
    let days = |member: &str| first[member].as_str().expect("a time")[8..10].to_owned();
    assert_ne!(
        first["deletedAt"],
        first["keptUntil"],
        "{} {}",
        days("deletedAt"),
        days("keptUntil")
    );
    bring_back(&f, first["id"].as_str().expect("an id"));
    assert_eq!(deleted(&f, f.boss, 10).0, [b, a]);
    let_go(&f);
    assert_eq!(deleted(&f, f.boss, 10).0, [] as [&str; 0]);
}
