//! Criteria, rights, pages.

use serde_json::{Value as Json, json};
use trackway_api::List;
use trackway_api::issues::{ListIssues, SearchIssues};

use super::{company, count, found, keys, query, refused, request, search};
use crate::cx::{Paging, Payload};
use crate::dict::model::{Role, Subjects};
use crate::error::{Code, Result};
use crate::lang::Lang;
use crate::search::ops;
use crate::testing::{Fixture, open_permissions};

fn nulls(json: Json) -> Json {
    let mut all = json!({"filter": null, "filterId": null, "query": null, "keys": null,
        "queue": null, "order": null});
    for (name, value) in json.as_object().expect("an object") {
        all[name] = value.clone();
    }
    all
}

#[test]
fn every_criterion_finds_and_null_is_no_criterion() {
    let f = company();
    assert_eq!(found(&f, nulls(json!({"queue": "DEV"}))), ["DEV-1", "DEV-2", "DEV-3"]);
    assert_eq!(found(&f, json!({"queue": {"key": "HELP"}})), ["HELP-1", "HELP-2"]);
    let by_summary = ["DEV-2", "DEV-1", "HELP-2"];
    assert_eq!(found(&f, nulls(json!({"keys": ["HELP-2", "DEV-1", "DEV-2"]}))), by_summary);
    assert_eq!(found(&f, json!({"keys": "help-2, DEV-1,DEV-2,DEV-99,NOSUCH-1,x"})), by_summary);
    assert_eq!(found(&f, json!({"keys": [{"key": "DEV-1"}, "", 5]})), ["DEV-1"]);
    assert!(found(&f, json!({"keys": []})).is_empty());
    assert_eq!(found(&f, nulls(json!({"filter": {"queue": "HELP"}}))), ["HELP-2", "HELP-1"]);
    assert_eq!(found(&f, nulls(json!({"query": "Queue: HELP"}))), ["HELP-2", "HELP-1"]);
    let all = ["DEV-1", "DEV-2", "DEV-3", "HELP-2", "HELP-1"];
    assert_eq!(found(&f, nulls(json!({}))), all);
    assert_eq!(found(&f, json!({"query": " "})), all);
    let nothing = SearchIssues::default();
    let reply = f.read(f.ann, |cx| ops::search(cx, &nothing)).expect("no body");
    assert_eq!(keys(&crate::testing::body(reply)), all);
}

#[test]
fn the_first_of_two_criteria_counts_and_three_are_too_many() {
    let f = company();
    assert_eq!(found(&f, json!({"queue": "HELP", "keys": ["DEV-1"]})).len(), 2);
    assert_eq!(found(&f, json!({"keys": ["DEV-1"], "filter": {"queue": "HELP"}})), ["DEV-1"]);
    assert_eq!(found(&f, json!({"filter": {"queue": "HELP"}, "query": "no such: x"})).len(), 2);
    let three = json!({"queue": "DEV", "keys": [], "query": ""});
    let error = refused(&f, three);
    assert_eq!((error.code, error.status()), (Code::CriteriaConflict, 400));
    assert_eq!(
        error.body(Lang::Ru).error_messages,
        ["Вы можете использовать только ключи, очередь или поисковый запрос."]
    );
}

#[test]
fn wrong_criteria_are_refused() {
    let f = company();
    for (body, code, status) in [
        (json!({"queue": "NOSUCH"}), Code::QueueNotFound, 404),
        (json!({"queue": true}), Code::QueueNotFound, 404),
        (json!({"keys": 5}), Code::Invalid, 422),
        (json!({"filter": "x"}), Code::Invalid, 422),
        (json!({"filter": {}}), Code::Invalid, 422),
        (json!({"filter": {"status": []}}), Code::Invalid, 422),
        (json!({"query": 5}), Code::Invalid, 422),
        (json!({"query": "Queue: "}), Code::QuerySyntax, 400),
        (json!({"query": "Nope: x"}), Code::FilterUnknown, 422),
        (json!({"query2": {"$eq": 1}}), Code::Invalid, 422),
        (json!({"query2": {"Story Points": {"$eq": 5}}}), Code::FilterUnknown, 422),
        (json!({"filterId": 7}), Code::FilterNotFound, 404),
        (json!({"filter": {"queue": "DEV"}, "order": 5}), Code::Invalid, 422),
        (json!({"filter": {"queue": "DEV"}, "order": ["-nope"]}), Code::FilterUnknown, 422),
    ] {
        let error = refused(&f, body.clone());
        assert_eq!((error.code, error.status()), (code, status), "{body}");
    }
    let error = refused(&f, json!({"query": "Nope: x"})).body(Lang::Ru);
    assert_eq!(error.error_messages, ["Фильтр Nope не существует", "Строка 1, позиция 1."]);
    let error = refused(&f, json!({"query": "Queue: "})).body(Lang::En);
    assert!(error.error_messages[0].contains("column"), "{:?}", error.error_messages);
}

#[test]
fn only_readable_issues_are_found_and_counted() {
    let f = company();
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { roles: vec![Role::Assignee], ..Subjects::default() };
    permissions.write = Subjects { roles: vec![Role::Author], ..Subjects::default() };
    f.permit(f.help, permissions);
    for (uid, keys) in
        [(f.boss, &["HELP-1", "HELP-2"][..]), (f.bob, &["HELP-2"]), (f.ann, &[]), (f.guest, &[])]
    {
        for body in [
            json!({"queue": "HELP"}),
            json!({"filter": {"queue": "HELP"}, "order": "key"}),
            json!({"query": "Queue: HELP \"Sort By\": Key"}),
            json!({"query": "NOT Queue: DEV \"Sort By\": Key"}),
        ] {
            assert_eq!(search(&f, uid, body.clone()).expect("found"), keys, "{body}");
            assert_eq!(count(&f, uid, body), i64::try_from(keys.len()).expect("few"));
        }
        assert_eq!(count(&f, uid, json!({})), 3 + i64::try_from(keys.len()).expect("few"));
    }
}

#[test]
fn issues_of_deleted_queues_are_gone() {
    let f = company();
    f.write(f.boss, |cx| {
        let old = std::sync::Arc::clone(cx.dict.live_queue("HELP").expect("a queue"));
        let body = crate::dict::model::Queue { deleted: true, ..old.body.clone() };
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("deleted");
    assert_eq!(count(&f, f.boss, json!({})), 3);
    assert_eq!(query(&f, "Assignee: bob@"), ["DEV-2"]);
    assert_eq!(refused(&f, json!({"queue": "HELP"})).code, Code::QueueNotFound);
}

/// Keys and paging of a page.
fn page(f: &Fixture, r: &SearchIssues) -> (Vec<String>, Paging) {
    let reply = f.read(f.ann, |cx| ops::search(cx, r)).expect("a page");
    let Payload::Ready(json) = &reply.payload else { panic!("ready") };
    let paging = reply.paging.clone().expect("paging");
    (keys(&serde_json::from_slice(json).expect("JSON")), paging)
}

#[test]
fn pages_by_number_tell_the_exact_total() {
    let f = company();
    let by_key = request(json!({"filter": {"queue": ["DEV", "HELP"]}, "order": "+key"}));
    let search = SearchIssues::new(by_key).per_page(2);
    let paging = |page| Paging::Pages { page, per_page: 2, total: 5, seek: true };
    let first = page(&f, &search);
    assert_eq!(first, (vec!["DEV-1".to_owned(), "DEV-2".to_owned()], paging(1)));
    assert_eq!(page(&f, &search.clone().page(3)), (vec!["HELP-2".to_owned()], paging(3)));
    assert_eq!(page(&f, &search.clone().page(4)), (Vec::new(), paging(4)));
    assert!(f.read(f.ann, |cx| ops::search(cx, &search.clone().page(0))).is_err());
}

#[test]
fn a_queue_is_listed_by_cursor_and_by_number() {
    let f = company();
    let search = SearchIssues::new(request(json!({"queue": "DEV"}))).per_page(2);
    let (first, paging) = page(&f, &search);
    assert_eq!(first, ["DEV-1", "DEV-2"]);
    let Paging::Relative { per_page: 2, next: Some(next) } = paging else { panic!("{paging:?}") };
    assert_eq!(f.json(f.ann, "DEV-2")["id"], next.as_str());
    let (second, paging) = page(&f, &search.clone().id(next));
    assert_eq!(second, ["DEV-3"]);
    assert_eq!(paging, Paging::Relative { per_page: 2, next: None });
    let (second, paging) = page(&f, &search.clone().page(2));
    assert_eq!(second, ["DEV-3"]);
    assert_eq!(paging, Paging::Pages { page: 2, per_page: 2, total: 3, seek: true });
    let wrong = f.read(f.ann, |cx| ops::search(cx, &search.clone().id("DEV-1")));
    assert_eq!(wrong.expect_err("no id").status(), 400);
}

#[test]
fn members_of_issues_can_be_chosen() {
    let f = company();
    let search = SearchIssues::new(request(json!({"keys": "DEV-2"})))
        .fields(List::from(["summary"]))
        .expand(List::from(["transitions", "nonsense"]));
    let reply = f.read(f.ann, |cx| ops::search(cx, &search)).expect("found");
    let issue = crate::testing::body(reply)[0].clone();
    assert_eq!(issue["summary"], "apple");
    assert!(issue.get("status").is_none() && issue.get("transitions").is_some());
}

fn list(f: &Fixture, r: &ListIssues) -> Result<Vec<String>> {
    f.read(f.ann, |cx| ops::list(cx, r)).map(|reply| keys(&crate::testing::body(reply)))
}

#[test]
fn the_old_form_takes_parameters() {
    let f = company();
    let r = ListIssues::new();
    let found = |r: ListIssues| list(&f, &r).expect("found");
    assert_eq!(found(r.clone().queue("DEV")), ["DEV-1", "DEV-2", "DEV-3"]);
    assert_eq!(found(r.clone().queue("DEV").per_page(2).page(2)), ["DEV-3"]);
    assert_eq!(found(r.clone().keys(List::from(["DEV-1", "DEV-2"]))), ["DEV-2", "DEV-1"]);
    assert_eq!(found(r.clone().query("Assignee: me()")), ["DEV-3"]);
    let pairs = |items: &[&str]| r.clone().filter(items.iter().copied().collect::<List>());
    assert_eq!(
        found(pairs(&["queue:DEV", "type:bug", "task"]).order_by("key")),
        ["DEV-2", "DEV-3"]
    );
    let down = pairs(&["queue:DEV"]).order_by("storyPoints").order_asc(false);
    assert_eq!(found(down), ["DEV-3", "DEV-2", "DEV-1"]);
    let span = ["createdAt:from:2026-02-27T10:00:00.000+0000", "createdAt:to:2026-03-01"];
    assert_eq!(found(pairs(&span)), ["HELP-2", "HELP-1"]);
    assert_eq!(found(r.clone()).len(), 5);
    assert_eq!(list(&f, &pairs(&["queue"])).expect_err("no pair").status(), 400);
    assert_eq!(list(&f, &pairs(&["nope:x"])).expect_err("no field").code, Code::FilterUnknown);
}
