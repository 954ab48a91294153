//! Scrolls.

use serde_json::json;
use trackway_api::issues::{ClearScroll, SearchIssues};
use trackway_api::types::Members;

use super::{company, keys, ops, request};
use crate::cx::Paging;
use crate::dict::model::{Role, Subjects};
use crate::error::{Code, Result};
use crate::testing::{Fixture, NOW, body, open_permissions};
use crate::tracker::Caller;

struct Page {
    keys: Vec<String>,
    total: u64,
    ttl: i64,
    next: Option<(String, String)>,
}

fn page_at(f: &Fixture, uid: i64, now: i64, r: &SearchIssues) -> Result<Page> {
    let caller = Caller { now, ..f.as_user(uid) };
    let reply = f.tracker.db().read(|tx| f.tracker.read(&caller, tx, |cx| ops::search(cx, r)))?;
    let Some(Paging::Scroll { total, ttl, next, .. }) = reply.paging.clone() else {
        panic!("a scroll: {:?}", reply.paging)
    };
    Ok(Page { keys: keys(&body(reply)), total, ttl, next })
}

fn page(f: &Fixture, r: &SearchIssues) -> Page {
    page_at(f, f.ann, NOW, r).expect("a page")
}

fn first(per_scroll: i64) -> SearchIssues {
    SearchIssues::new(request(json!({"filter": {"queue": ["DEV", "HELP"]}, "order": "-key"})))
        .scroll_type("sorted")
        .per_scroll(per_scroll)
}

fn next(page: &Page) -> SearchIssues {
    let (id, token) = page.next.clone().expect("another page");
    SearchIssues::default().scroll_id(id).scroll_token(token)
}

#[test]
fn a_scroll_walks_a_snapshot() {
    let f = company();
    let one = page(&f, &first(2));
    assert_eq!((one.keys.join(" ").as_str(), one.total, one.ttl), ("HELP-2 HELP-1", 5, 60_000));
    // Later changes neither add nor drop issues.
    f.issue(f.ann, json!({"queue": "HELP", "summary": "new"}));
    let two = page(&f, &next(&one));
    assert_eq!((two.keys.join(" ").as_str(), two.total), ("DEV-3 DEV-2", 5));
    let again = page(&f, &next(&one));
    assert_eq!(again.keys, two.keys, "a page may be asked for again");
    let three = page(&f, &next(&two));
    assert_eq!((three.keys.join(" ").as_str(), three.next.is_none()), ("DEV-1", true));
    let unsorted = first(1000).scroll_type("unsorted");
    let all = page(&f, &unsorted);
    assert_eq!((all.keys.len(), all.total, all.next), (6, 6, None));
}

#[test]
fn a_scroll_ends_with_its_time() {
    let f = company();
    let one = page(&f, &first(2).scroll_ttl_millis(1000));
    let late = |at| page_at(&f, f.ann, NOW + at, &next(&one));
    assert!(late(900).is_ok());
    assert!(late(1800).is_ok(), "each page prolongs it");
    let error = late(2900).map(|page| page.keys).expect_err("expired");
    assert_eq!((error.code, error.status()), (Code::ScrollGone, 400));
}

#[test]
fn a_scroll_is_its_owners() {
    let f = company();
    let one = page(&f, &first(2));
    let error = page_at(&f, f.bob, NOW, &next(&one)).map(|page| page.keys).expect_err("not his");
    assert_eq!(error.code, Code::ScrollGone);
    for id in ["x", "0-0", "0123456789abcdef-0", "0123456789abcdef-zz", "я", "-"] {
        let r = SearchIssues::default().scroll_id(id);
        let error = page_at(&f, f.ann, NOW, &r).map(|page| page.keys).expect_err("unknown");
        assert_eq!(error.code, Code::ScrollGone, "{id}");
    }
}

#[test]
fn rights_are_checked_on_every_page() {
    let f = company();
    let one = page(&f, &first(2));
    assert_eq!(one.keys.join(" "), "HELP-2 HELP-1");
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { roles: vec![Role::Assignee], ..Subjects::default() };
    permissions.write = Subjects::default();
    f.permit(f.dev, permissions);
    let two = page(&f, &next(&one));
    // DEV-3 is ann's; DEV-2 and DEV-1 are no longer to be seen.
    assert_eq!((two.keys.join(" ").as_str(), two.next.is_none()), ("DEV-3", true));
}

#[test]
fn wrong_scrolls_are_refused() {
    let f = company();
    let refused =
        |r: SearchIssues| f.read(f.ann, |cx| ops::search(cx, &r)).map(drop).expect_err("refused");
    for criterion in [json!({"queue": "DEV"}), json!({"keys": ["DEV-1"]})] {
        let error = refused(SearchIssues::new(request(criterion)).scroll_type("sorted"));
        assert_eq!((error.code, error.status()), (Code::ScrollUnsupported, 400));
    }
    for r in [
        first(0),
        first(1001),
        first(-5),
        first(10).scroll_type("sideways"),
        first(10).scroll_ttl_millis(0),
    ] {
        let error = refused(r);
        assert_eq!((error.code, error.status()), (Code::BadParameter, 400));
    }
}

fn clear(f: &Fixture, uid: i64, json: serde_json::Value) -> Result<Members> {
    let serde_json::Value::Object(members) = json else { panic!("an object") };
    let r = ClearScroll::new(members);
    let reply = f.read(uid, |cx| ops::clear_scroll(cx, &r))?;
    Ok(serde_json::from_value(body(reply)).expect("an object"))
}

#[test]
fn a_scroll_can_be_released() {
    let f = company();
    let one = page(&f, &first(2));
    let (id, token) = one.next.clone().expect("another page");
    let error = clear(&f, f.ann, json!({ &id: "nonsense" })).expect_err("a wrong token");
    assert_eq!((error.code, error.status()), (Code::ScrollToken, 403));
    assert_eq!(clear(&f, f.ann, json!({ &id: 5 })).expect_err("no text").status(), 422);
    assert!(clear(&f, f.bob, json!({ &id: "nonsense" })).expect("not his").is_empty());
    assert!(page_at(&f, f.ann, NOW, &next(&one)).is_ok());
    assert!(clear(&f, f.ann, json!({ &id: token, "nosuch": "" })).expect("released").is_empty());
    assert!(page_at(&f, f.ann, NOW, &next(&one)).is_err());
    let two = page(&f, &first(2));
    let (id, token) = two.next.clone().expect("another page");
    let members = json!({"scrollId": id, "scrollToken": token});
    clear(&f, f.ann, members).expect("the form of the documentation's table");
    assert!(page_at(&f, f.ann, NOW, &next(&two)).is_err());
}

#[test]
fn nobody_keeps_too_many() {
    let f = company();
    let pages: Vec<Page> =
        (0..60).map(|n| page_at(&f, f.ann, NOW + n, &first(2)).expect("a page")).collect();
    let alive = pages.iter().filter(|one| page_at(&f, f.ann, NOW + 100, &next(one)).is_ok());
    assert_eq!(alive.count(), 50);
}
