//! Who is away when.

use serde_json::{Value, json};
use trackway_api::List;
use trackway_api::gaps::{
    CreateGaps, DeleteGaps, GapsCreate, GapsSearch, ListGapWorkflows, SearchGaps,
};

use super::{ops, store};
use crate::error::Result;
use crate::testing::{Fixture, body};

fn create(f: &Fixture, uid: i64, gaps: Value) -> Result<Value> {
    let gaps: GapsCreate = serde_json::from_value(json!({"gaps": gaps})).expect("a body");
    let r = CreateGaps::new(gaps);
    f.write(uid, move |cx| ops::create(cx, &r)).map(body)
}

fn search(f: &Fixture, search: Value) -> Result<Value> {
    let search: GapsSearch = serde_json::from_value(search).expect("a body");
    let r = SearchGaps::new(search).per_page(2);
    f.read(f.guest, |cx| ops::search(cx, &r)).map(body)
}

#[test]
fn absences_are_recorded_found_replaced_and_deleted() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
    let gap = |id: &str, from: &str| {
        json!([{"id": id, "user": "ann", "workflow": "vacation",
        "from": from, "to": "2026-04-10", "fullDay": true}])
    };
    assert_eq!(
        create(&f, f.ann, gap("a", "2026-04-01")).expect_err("no administrator").status(),
        403
    );
    let made = create(&f, f.boss, gap("a", "2026-04-01")).expect("recorded");
    assert_eq!(made["gaps"][0]["user"]["login"], "ann");
    assert_eq!(
        (&made["gaps"][0]["from"], &made["gaps"][0]["workInAbsence"]),
        (&json!("2026-04-01T00:00:00.000+0000"), &json!(false))
    );
    create(&f, f.boss, gap("a", "2026-04-05")).expect("replaced");
    let unnamed =
        json!([{"user": f.bob, "workflow": "duty", "from": "2026-03-01", "to": "2026-03-03"}]);
    assert_eq!(
        create(&f, f.boss, unnamed).expect("recorded")["gaps"][0]["id"].as_str().map(str::len),
        Some(32)
    );

    let found = search(
        &f,
        json!({"users": ["ann", "bob", "boss"], "from": "2026-04-04", "to": "2026-04-06"}),
    )
    .expect("found");
    assert_eq!(found["hasMore"], true);
    assert_eq!(found["userGaps"].as_array().map(Vec::len), Some(2));
    assert_eq!(found["userGaps"][0]["gaps"][0]["from"], "2026-04-05T00:00:00.000+0000");
    assert_eq!(found["userGaps"][1]["gaps"], json!([]));
    let now = search(&f, json!({"users": ["bob"]})).expect("from now");
    assert_eq!(now["userGaps"][0]["gaps"].as_array().map(Vec::len), Some(1));

    let r = DeleteGaps::new().gap_ids(List::from(["a", "nosuch"]));
    f.write(f.boss, move |cx| ops::delete(cx, &r)).expect("deleted");
    let found = search(&f, json!({"users": ["ann"], "from": "2020-01-01"})).expect("found");
    assert_eq!(found["userGaps"][0]["gaps"], json!([]));
    let kinds =
        body(f.read(f.guest, |cx| ops::workflows(cx, &ListGapWorkflows::new())).expect("kinds"));
    assert_eq!(kinds[0], json!({"id": "vacation", "name": "Vacation"}));
}

#[test]
fn wrong_absences_are_refused() {
    let f = Fixture::new();
    let gap =
        json!({"user": "ann", "workflow": "vacation", "from": "2026-04-01", "to": "2026-04-10"});
    for (member, wrong) in [
        ("user", json!("nobody")),
        ("workflow", json!("fishing")),
        ("from", json!("soon")),
        ("to", json!("2026-03-01")),
        ("fullDay", json!("yes")),
        ("id", json!("x".repeat(129))),
        ("id", json!("")),
    ] {
        let mut gap = gap.clone();
        gap[member] = wrong;
        let error = create(&f, f.boss, json!([gap])).expect_err("wrong");
        let named = error.body(crate::lang::Lang::En).errors.into_keys().next();
        assert_eq!((error.status(), named), (422, Some(format!("gaps[0].{member}"))));
    }
    let many: Vec<Value> = (0..101).map(|_| gap.clone()).collect();
    assert_eq!(create(&f, f.boss, json!(many)).expect_err("too many").status(), 422);
    for wrong in [json!({}), json!({"users": ["nobody"]}), json!({"users": ["ann"], "to": 7})] {
        assert_eq!(search(&f, wrong).expect_err("wrong").status(), 422);
    }
    let r = DeleteGaps::new();
    assert_eq!(f.write(f.boss, move |cx| ops::delete(cx, &r)).expect_err("no ids").status(), 400);
}
