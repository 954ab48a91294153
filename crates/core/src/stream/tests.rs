//! The event stream shows what may be seen, and can be resumed.

use serde_json::{Value as Json, json};
use trackway_api::stream::StreamEvents;

use super::ops;
use crate::dict::model::Subjects;
use crate::testing::{Fixture, body, open_permissions};

fn read(f: &Fixture, uid: i64, after: Option<&str>) -> (Vec<Json>, String) {
    f.wait_for_log();
    let request = StreamEvents { last_event_id: after.map(str::to_owned), ..StreamEvents::new() };
    let reply = body(f.read(uid, |cx| ops::list(cx, &request)).expect("events"));
    let last = reply["lastEventId"].as_str().expect("a place").to_owned();
    (reply["events"].as_array().expect("a list").clone(), last)
}

#[test]
fn a_reader_goes_on_where_it_stopped() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "before"}));
    let (none, start) = read(&f, f.ann, None);
    assert!(none.is_empty());
    f.issue(f.ann, json!({"queue": "DEV", "summary": "after"}));
    let (events, next) = read(&f, f.bob, Some(&start));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "IssueCreated");
    assert_eq!(events[0]["issue"]["key"], "DEV-2");
    assert_eq!(events[0]["actor"]["display"], "ann Trial");
    assert!(events[0]["fields"].as_array().expect("a list").contains(&json!("summary")));
    let (again, same) = read(&f, f.bob, Some(&next));
    assert!(again.is_empty());
    assert_eq!(same, next);
    let wrong = StreamEvents::new().last_event_id("soon");
    assert_eq!(f.read(f.bob, |cx| ops::list(cx, &wrong)).expect_err("no place").status(), 400);
}

#[test]
fn what_may_not_be_read_is_not_told() {
    let f = Fixture::new();
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { users: vec![f.bob], ..Subjects::default() };
    permissions.write = Subjects::default();
    f.permit(f.help, permissions);
    let (_, start) = read(&f, f.ann, None);
    f.issue(f.ann, json!({"queue": "HELP", "summary": "secret"}));
    assert!(read(&f, f.guest, Some(&start)).0.is_empty());
    assert_eq!(read(&f, f.bob, Some(&start)).0.len(), 1);
}
