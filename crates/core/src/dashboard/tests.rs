//! What dashboards and widgets do.

use serde_json::{Value, json};
use trackway_api::MaybeJson;
use trackway_api::dashboards::{
    CreateCycleTimeWidget, CreateDashboard, CreateWidget, DeleteDashboard, GetDashboard, GetWidget,
    SearchDashboards, UpdateDashboard, UpdateWidget,
};
use trackway_api::types::Members;

use super::{ops, widget};
use crate::error::Result;
use crate::testing::{Fixture, body};

fn members(value: Value) -> Members {
    let Value::Object(members) = value else { panic!("an object") };
    members
}

fn create(f: &Fixture, value: Value) -> Result<Value> {
    let request = CreateDashboard::new(members(value));
    f.write(f.ann, move |cx| ops::create(cx, &request)).map(body)
}

fn update(f: &Fixture, uid: i64, id: &str, version: Option<i64>, value: Value) -> Result<Value> {
    let mut request = UpdateDashboard::new(id, members(value));
    request.version = version;
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

#[test]
fn dashboards_hold_widgets() {
    let f = Fixture::new();
    let made = create(&f, json!({"name": "Harvest", "layout": "two-columns"})).expect("one");
    assert_eq!((&made["version"], &made["layout"]), (&json!(1), &json!("two-columns")));
    let id = made["id"].to_string();
    assert_eq!(create(&f, json!({})).expect_err("no name").status(), 422);
    assert_eq!(create(&f, json!({"name": "x", "layout": "y"})).expect_err("layout").status(), 422);
    let request = CreateWidget::new(&*id, members(json!({"type": "filter", "perPage": 5})));
    let first = body(f.write(f.ann, move |cx| widget::create(cx, &request)).expect("a widget"));
    assert_eq!(first["dashboard"]["display"], "Harvest");
    let request = CreateCycleTimeWidget::new(
        &*id,
        members(json!({"description": "From start", "fromStatuses": [{"key": "open"}],
        "bucket": {"unit": "weeks", "count": 2}})),
    );
    let second =
        body(f.write(f.ann, move |cx| widget::create_cycle_time(cx, &request)).expect("a widget"));
    assert_eq!(second["bucket"], json!({"type": "weeks", "count": 2}));
    assert_eq!(second["fromStatuses"][0]["key"], "open");
    let places = json!({"widgets": {"add": [{"id": first["id"], "column": 1}, second["id"]]}});
    assert_eq!(update(&f, f.ann, &id, None, places.clone()).expect_err("428").status(), 428);
    assert_eq!(update(&f, f.ann, &id, Some(9), places.clone()).expect_err("412").status(), 412);
    assert_eq!(update(&f, f.bob, &id, Some(1), places.clone()).expect_err("403").status(), 403);
    let placed = update(&f, f.ann, &id, Some(1), places).expect("placed");
    assert_eq!(placed["widgets"].as_array().map(Vec::len), Some(2));
    assert_eq!(placed["widgets"][1]["display"], "From start");
    let unknown = json!({"widgets": {"add": [{"id": 1}]}});
    assert_eq!(update(&f, f.ann, &id, Some(2), unknown).expect_err("none").status(), 422);
    let mut change =
        UpdateWidget::new(first["id"].to_string(), members(json!({"description": "Mine"})));
    change.version = Some(1);
    let changed = body(f.write(f.ann, move |cx| widget::update(cx, &change)).expect("a change"));
    assert_eq!((&changed["type"], &changed["version"]), (&json!("filter"), &json!(2)));
    let request = SearchDashboards {
        body: MaybeJson(Some(members(json!({"name": "harv"})))),
        ..SearchDashboards::default()
    };
    let found = body(f.read(f.guest, |cx| ops::search(cx, &request)).expect("a list"));
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    let request = DeleteDashboard::new(&*id);
    f.write(f.ann, move |cx| ops::delete(cx, &request)).map(drop).expect("gone");
    let get = GetDashboard::new(&*id);
    assert_eq!(f.read(f.ann, |cx| ops::get(cx, &get)).map(drop).expect_err("gone").status(), 404);
    let get = GetWidget::new(first["id"].to_string());
    assert_eq!(
        f.read(f.ann, |cx| widget::get(cx, &get)).map(drop).expect_err("gone").status(),
        404
    );
}
