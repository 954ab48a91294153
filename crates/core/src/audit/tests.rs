use serde_json::{Value as Json, json};
use trackway_api::audit::ListAudit;
use trackway_api::queues::{CreateComponent, UpdateComponent};

use super::{Action, Entry, Who, ops, record_in, store, without_secrets};
use crate::cx::Paging;
use crate::queue::component;
use crate::testing::{Fixture, body};

fn page(f: &Fixture, r: &ListAudit) -> (Vec<Json>, Option<String>) {
    let reply = f.read(f.boss, |cx| ops::list(cx, r)).expect("the log");
    let Some(Paging::Relative { next, .. }) = reply.paging.clone() else { panic!("by cursor") };
    let Json::Array(records) = body(reply) else { panic!("a list") };
    (records, next)
}

fn component(f: &Fixture, name: &str) -> i64 {
    let new = serde_json::from_value(json!({"queue": "DEV", "name": name})).expect("a body");
    let r = CreateComponent { body: trackway_api::Json(new), ..CreateComponent::default() };
    let made = body(f.write(f.boss, move |cx| component::create(cx, &r)).expect("a component"));
    made["id"].as_i64().expect("an id")
}

#[test]
fn changes_of_dictionaries_are_recorded_with_what_differs() {
    let f = Fixture::new();
    let id = component(&f, "Core");
    let Json::Object(patch) = json!({"name": "Kernel"}) else { unreachable!() };
    let r = UpdateComponent::new(id.to_string(), patch).version(1);
    f.write(f.boss, move |cx| component::update(cx, &r)).expect("a change");
    let (records, next) = page(&f, &ListAudit::new().kind("component"));
    assert_eq!((records.len(), next), (2, None));
    let newest = &records[0];
    assert_eq!(newest["action"], "update");
    let object = json!({"type": "component", "id": id.to_string(), "display": "Kernel"});
    assert_eq!(newest["object"], object);
    assert_eq!(newest["before"], json!({"name": "Core"}));
    assert_eq!(newest["after"], json!({"name": "Kernel"}));
    assert_eq!(newest["createdBy"]["id"], f.boss.to_string());
    assert_eq!(records[1]["action"], "create");
    assert_eq!(records[1]["after"]["name"], "Core");
}

#[test]
fn the_log_goes_page_by_page_and_by_filters() {
    let f = Fixture::new();
    let ids: Vec<i64> = ["a", "b", "c"].map(|name| component(&f, name)).into();
    let (first, next) = page(&f, &ListAudit::new().kind("component").per_page(2));
    assert_eq!(first[0]["object"]["display"], "c");
    let cursor: i64 = next.expect("more").parse().expect("a number");
    let (rest, next) = page(&f, &ListAudit::new().kind("component").per_page(2).id(cursor));
    assert_eq!((rest.len(), next), (1, None));
    let one = ListAudit::new().kind("component").object(ids[1].to_string());
    assert_eq!(page(&f, &one).0.len(), 1);
    let by = |login: &str| page(&f, &ListAudit::new().actor(login)).0.len();
    assert_eq!((by("boss"), by("ann")), (3, 0));
    assert_eq!(page(&f, &ListAudit::new().kind("component").actor("ann")).0.len(), 0);
    assert_eq!(page(&f, &ListAudit::new().kind("component").to("2026-03-02T09:00:00Z")).0.len(), 0);
    // People made from the command line have no author.
    let members = page(&f, &ListAudit::new().kind("member")).0;
    assert!(members.len() == 4 && members.iter().all(|m| m.get("createdBy").is_none()));
}

#[test]
fn only_administrators_read_it_and_parameters_are_checked() {
    let f = Fixture::new();
    let refused = |uid, r: ListAudit| f.read(uid, |cx| ops::list(cx, &r)).expect_err("no").status();
    assert_eq!(refused(f.ann, ListAudit::new()), 403);
    assert_eq!(refused(f.boss, ListAudit::new().actor("nobody")), 404);
    assert_eq!(refused(f.boss, ListAudit::new().object("1")), 400);
    assert_eq!(refused(f.boss, ListAudit::new().from("yesterday")), 400);
    assert_eq!(refused(f.boss, ListAudit::new().per_page(0)), 400);
}

#[test]
fn secrets_are_not_written_down() {
    let secret = json!({"url": "u", "authContext": {"token": "t"}, "deep": [{"Password": "p"}]});
    let hidden = json!({"url": "u", "authContext": "***", "deep": [{"Password": "***"}]});
    assert_eq!(without_secrets(secret), hidden);
}

#[test]
fn others_record_what_is_no_dictionary() {
    let f = Fixture::new();
    let org = f.org;
    f.tracker
        .db()
        .write_now(move |tx| {
            let entry = Entry {
                action: Action::Revoke,
                kind: "token",
                object: "17".to_owned(),
                name: "laptop",
                before: None,
                after: None,
            };
            record_in(tx, org, &Who::default(), entry)
        })
        .expect("recorded");
    let records = page(&f, &ListAudit::new().kind("token")).0;
    assert_eq!(records[0]["action"], "revoke");
    assert_eq!(records[0].get("before"), None);
}

#[test]
fn every_statement_can_be_prepared() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
}
