//! Conditions, one kind of value after the other.

use serde_json::json;

use super::{company, filter, found, query, refused};
use crate::dict::model::{Field, Group, Member, ValueType};
use crate::error::Code;
use crate::lang::Name;
use crate::testing::Fixture;

/// Checks queries: a text and the keys it finds.
fn check(f: &Fixture, cases: &[(&str, &str)]) {
    for (text, keys) in cases {
        assert_eq!(query(f, text).join(" "), *keys, "{text}");
    }
}

#[test]
fn dictionaries() {
    let f = company();
    check(
        &f,
        &[
            ("Queue: HELP", "HELP-1 HELP-2"),
            ("очередь: help, \"Queue DEV\"", "DEV-1 DEV-2 DEV-3 HELP-1 HELP-2"),
            ("Queue: !HELP", "DEV-1 DEV-2 DEV-3"),
            ("NOT Queue: DEV", "HELP-1 HELP-2"),
            ("Type: Bug, epic", "DEV-1 DEV-2"),
            ("Тип: ошибка", "DEV-2"),
            ("Type: !Bug, !Epic Queue: DEV", "DEV-3"),
            ("Priority: CRITICAL", "DEV-2"),
            ("Status: Открыт, \"In Progress\" Queue: DEV", "DEV-1 DEV-2 DEV-3"),
            ("\"Status type\": new", "DEV-1 DEV-2 DEV-3 HELP-1 HELP-2"),
            ("\"Status type\": Завершен", ""),
            ("Resolution: unresolved() Queue: HELP", "HELP-1 HELP-2"),
            ("Resolution: notEmpty()", ""),
            ("Components: API", "DEV-2"),
            ("Components: \"web ui\", api", "DEV-2 DEV-3"),
            ("Components: !api Queue: DEV", "DEV-1 DEV-3"),
            ("\"Fix Version\": 2.4", "DEV-2"),
            ("\"Fix Version\": empty() Queue: DEV", "DEV-1 DEV-3"),
            ("\"Component Owner\": bob@", "DEV-2"),
            ("\"Queue Owner\": boss Queue: HELP", "HELP-1 HELP-2"),
            ("Tags: VIP", "DEV-2"),
            ("Tags: \"to do\", nosuch", "DEV-2"),
            ("Tags: !vip Queue: DEV", "DEV-1 DEV-3"),
            ("Sprint: empty() Queue: HELP", "HELP-1 HELP-2"),
        ],
    );
}

#[test]
fn users() {
    let f = company();
    check(
        &f,
        &[
            ("Assignee: me()", "DEV-3"),
            ("Assignee: !me()", "DEV-1 DEV-2 HELP-1 HELP-2"),
            ("Assignee: EMPTY()", "DEV-1 HELP-1"),
            ("Assignee: notEmpty()", "DEV-2 DEV-3 HELP-2"),
            ("Assignee: bob@, me()", "DEV-2 DEV-3 HELP-2"),
            ("Assignee: Bob", "DEV-2 HELP-2"),
            ("Assignee: \"bob Trial\"", "DEV-2 HELP-2"),
            ("Assignee: \"Пробный bob\"", "DEV-2 HELP-2"),
            ("Assignee: Trial", "DEV-2 DEV-3 HELP-2"),
            ("Assignee: bob@trial.example", "DEV-2 HELP-2"),
            ("Assignee: stranger", ""),
            ("Assignee: me", ""),
            ("Author: ann Followers: bob@", "DEV-3"),
            ("Related: bob@", "DEV-2 DEV-3 HELP-2"),
            ("\"Favorited by\": me()", ""),
        ],
    );
    assert_eq!(query(&f, &format!("Assignee: {}", f.bob)), ["DEV-2", "HELP-2"]);
    assert_eq!(refused(&f, json!({"query": "Assignee: stranger@"})).code, Code::FilterValue);
    assert_eq!(refused(&f, json!({"query": "\"Favorited by\": bob@"})).code, Code::FilterValue);
}

#[test]
fn groups_hold_the_members_of_groups_below() {
    let f = company();
    let group =
        |name: &str, parent| Group { name: Name::new(name, name), parent, ..Group::default() };
    let staff = f.tracker.add_object(f.org, "", &group("Staff", None)).expect("a group");
    let qa = f.tracker.add_object(f.org, "", &group("QA", Some(staff))).expect("a group");
    let member =
        Member { login: "eve".to_owned(), full: true, groups: vec![qa], ..Member::default() };
    f.tracker.add_member(f.org, &member, crate::testing::NOW).expect("a member");
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "assignee": "eve"}));
    check(
        &f,
        &[
            ("Assignee: group(value: \"Staff\")", "DEV-4"),
            ("Assignee: group(value: qa), me()", "DEV-3 DEV-4"),
            ("Assignee: !group(value: QA) Queue: DEV", "DEV-1 DEV-2 DEV-3"),
        ],
    );
    assert_eq!(
        refused(&f, json!({"query": "Assignee: group(value: Nobody)"})).code,
        Code::FilterValue
    );
}

#[test]
fn numbers_and_durations() {
    let f = company();
    check(
        &f,
        &[
            ("\"Story Points\": 2.5", "DEV-2"),
            ("\"Story Points\": 0", "HELP-2"),
            ("\"Story Points\": >=2.5", "DEV-2 DEV-3"),
            ("\"Story Points\": > 2.5", "DEV-3"),
            ("\"Story Points\": <8", "DEV-2 HELP-2"),
            ("\"Story Points\": 1 ... 8", "DEV-2 DEV-3"),
            ("\"Story Points\": 8..1", ""),
            ("\"Story Points\": !8, !2.5", "DEV-1 HELP-1 HELP-2"),
            ("\"Story Points\": empty()", "DEV-1 HELP-1"),
            ("Votes: 0 Queue: HELP", "HELP-1 HELP-2"),
            ("Votes: >0", ""),
            ("Votes: <= 0.5 Key: DEV-1", "DEV-1"),
            ("Votes: 0.5", ""),
            ("Votes: empty()", ""),
            ("Estimate: 8h", "DEV-3"),
            ("Оценка: >=\"1d\"", "DEV-3"),
            ("Estimate: 1h..\"2d 1h\"", "DEV-3"),
            ("Estimate: <1d", ""),
        ],
    );
    for wrong in ["Votes: many", "Estimate: 1M", "Estimate: 5", "\"Story Points\": me()"] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterValue, "{wrong}");
    }
}

#[test]
fn dates() {
    let f = company();
    // It is Monday, 2 March 2026, 10:00.
    check(
        &f,
        &[
            ("Created: today()", "DEV-1 DEV-2 DEV-3"),
            ("Created: week()", "DEV-1 DEV-2 DEV-3"),
            ("Created: week()-1w", "HELP-1 HELP-2"),
            ("Created: 2026-03-01", "HELP-2"),
            ("Created: 03/01/2026", "HELP-2"),
            ("Создано: 27.02.2026 .. 01.03.2026", "HELP-1 HELP-2"),
            ("Created: >now()-12h", "DEV-1 DEV-2 DEV-3"),
            ("Created: >= \"2026-03-01 10:00:00\"", "DEV-1 DEV-2 DEV-3 HELP-2"),
            ("Created: > \"2026-03-01T13:00:00+0300\"", "DEV-1 DEV-2 DEV-3"),
            ("Created: < today() - 1d", "HELP-1"),
            ("Created: <= today() - 1d", "HELP-1 HELP-2"),
            ("Created: !month()", "HELP-1"),
            ("Deadline: 2026-03-04", "DEV-2"),
            ("Deadline: <= today() +3d and Deadline: >= today()", "DEV-2"),
            ("Deadline: >week()", "DEV-3"),
            ("Deadline: empty() Queue: DEV", "DEV-1"),
            ("Resolved: quarter()", ""),
        ],
    );
    for wrong in ["Created: 2026-13-01", "Created: soon", "Deadline: 5", "Created: me()"] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterValue, "{wrong}");
    }
}

#[test]
fn keys_and_the_hierarchy() {
    let f = company();
    check(
        &f,
        &[
            ("Key: DEV-2, help-1, DEV-99", "DEV-2 HELP-1"),
            ("Key: !DEV-2 Queue: DEV", "DEV-1 DEV-3"),
            ("Key: nonsense, DEV-99999999999", ""),
            ("Epic: DEV-1", "DEV-2"),
            ("Epic: notEmpty()", "DEV-2"),
            ("\"Has Epic\": empty() Queue: DEV", "DEV-1 DEV-3"),
            ("\"Is Epic Of\": DEV-2, DEV-3", "DEV-1"),
            ("\"Parent issue\": DEV-2", "DEV-3"),
            ("\"Is Subtask For\": DEV-1, dev-2", "DEV-3"),
            ("\"Is Parent Task For\": DEV-3", "DEV-2"),
            ("\"Subtasks For Queue\": DEV", "DEV-3"),
            ("\"Subtasks For Queue\": HELP", ""),
            ("\"Parent Tasks For Queue\": DEV", "DEV-2"),
            ("\"Epics For Queue\": DEV", "DEV-1"),
            ("\"In Epics Of Queue\": \"Queue DEV\"", "DEV-2"),
        ],
    );
}

#[test]
fn logic() {
    let f = company();
    check(
        &f,
        &[
            ("Type: Bug AND Priority: minor OR Assignee: me()", "DEV-3"),
            ("Type: Bug AND (Priority: minor OR Assignee: bob@)", "DEV-2"),
            ("NOT (Type: Bug OR Queue: HELP)", "DEV-1 DEV-3"),
            ("Assignee: bob@, !me(), empty()", "DEV-1 DEV-2 HELP-1 HELP-2"),
            ("Assignee: !empty(), !me()", "DEV-2 HELP-2"),
        ],
    );
}

#[test]
fn filters_take_ids_short_names_and_displayed_names() {
    let f = company();
    for (json, keys) in [
        (json!({"queue": "DEV", "assignee": "empty()"}), "DEV-1"),
        (json!({"queue": "DEV", "assignee": null}), "DEV-1"),
        (json!({"queue": "DEV", "assignee": "Me()"}), "DEV-3"),
        (json!({"assignee": ["me()", "bob"]}), "DEV-2 DEV-3 HELP-2"),
        (json!({"assignee": {"id": f.bob.to_string()}}), "DEV-2 HELP-2"),
        (json!({"queue": "HELP", "created": {"from": "2026-03-01"}}), "HELP-2"),
        (json!({"createdAt": {"from": "2026-02-27", "to": "2026-03-01"}}), "HELP-1 HELP-2"),
        (json!({"CREATEDAT": "today()", "type": "bug"}), "DEV-2"),
        (json!({"author": "bob"}), "HELP-2"),
        (json!({"storyPoints": {"from": 1, "to": 3}}), "DEV-2"),
        (json!({"storyPoints": 8}), "DEV-3"),
        (json!({"Story Points": ">5"}), "DEV-3"),
        (json!({"type": {"key": "epic"}}), "DEV-1"),
        (json!({"priority": "!critical", "queue": "DEV"}), "DEV-1 DEV-3"),
        (json!({"tags": ["vip"], "components": "api"}), "DEV-2"),
        (json!({"resolution": "Unresolved()", "queue": "HELP"}), "HELP-1 HELP-2"),
        (json!({"deadline": "week()"}), "DEV-2"),
        (json!({"epic": "DEV-1"}), "DEV-2"),
        (json!({"parent": {"key": "DEV-2"}}), "DEV-3"),
        (json!({"key": ["DEV-1", "HELP-1"]}), "DEV-1 HELP-1"),
        (json!({"Исполнитель": "me()"}), "DEV-3"),
        (json!({"estimation": "P1D"}), "DEV-3"),
    ] {
        assert_eq!(filter(&f, json.clone()).join(" "), keys, "{json}");
    }
}

#[test]
fn local_and_global_fields_of_the_organisation() {
    let f = company();
    let field = |name: &str, value_type, queue| Field {
        name: Name::new(&format!("{name} (ру)"), name),
        value_type,
        queue,
        ..Field::default()
    };
    let add = |key: &str, body: &Field| f.tracker.add_object(f.org, key, body).expect("a field");
    add("customerNo", &field("Customer no", ValueType::String, None));
    add("65f0a3c2d4e5f60718293a4b--tester", &field("Lead tester", ValueType::User, Some(f.dev)));
    add("flag", &field("Flag", ValueType::Boolean, None));
    f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", "customerNo": "A-17", "flag": true,
        "65f0a3c2d4e5f60718293a4b--tester": "bob"}),
    );
    check(
        &f,
        &[
            ("\"Customer no\": a-17", "DEV-4"),
            ("\"Customer no\": #\"A-17\"", "DEV-4"),
            ("\"customer no (ру)\": notEmpty()", "DEV-4"),
            ("DEV.tester: bob@", "DEV-4"),
            ("DEV.\"Lead tester\": \"bob Trial\"", "DEV-4"),
            ("Flag: true", "DEV-4"),
            ("Flag: нет", ""),
        ],
    );
    assert_eq!(filter(&f, json!({"65f0a3c2d4e5f60718293a4b--tester": "bob"})), ["DEV-4"]);
    assert_eq!(filter(&f, json!({"customerno": "A-17"})), ["DEV-4"]);
    let sorted = found(&f, json!({"filter": {"queue": "DEV"}, "order": ["customerNo", "key"]}));
    assert_eq!(sorted, ["DEV-4", "DEV-1", "DEV-2", "DEV-3"]);
    for wrong in ["HELP.tester: bob@", "\"Lead tester\": bob@", "customerNo: A", "NOPE.tester: x"] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterUnknown, "{wrong}");
    }
}

#[test]
fn days_begin_where_the_asker_lives() {
    use trackway_api::directory::UpdateUserSettings;
    let f = company();
    // Half past one in the night in Moscow, half past five in the afternoon in New York.
    let late = super::issue_at(
        &f,
        f.ann,
        crate::testing::NOW - 11 * 3_600_000 - 1_800_000,
        json!({"queue": "DEV", "summary": "late"}),
    );
    assert_eq!(late, "DEV-4");
    check(
        &f,
        &[("Created: today()", "DEV-1 DEV-2 DEV-3 DEV-4"), ("Created: 2026-03-01", "HELP-2")],
    );
    let set = |zone: serde_json::Value| {
        let r = UpdateUserSettings::new("ann", members(json!({"timeZone": zone})));
        f.write(f.ann, move |cx| crate::user::ops::update_settings(cx, &r))
            .map(crate::testing::body)
    };
    let settings = set(json!("america/new_york")).expect("settings");
    assert_eq!(settings["timeZone"], "America/New_York");
    check(
        &f,
        &[
            ("Created: today()", "DEV-1 DEV-2 DEV-3"),
            ("Created: 2026-03-01", "DEV-4 HELP-2"),
            ("Created: \"2026-03-01 17:30:00\"", "DEV-4"),
            ("Created: \"2026-03-01T22:30:00Z\"", "DEV-4"),
        ],
    );
    assert_eq!(set(json!("Mars/Base")).expect_err("no zone").status(), 422);
    assert_eq!(set(json!(null)).expect("settings").get("timeZone"), None);
    check(&f, &[("Created: today()", "DEV-1 DEV-2 DEV-3 DEV-4")]);
    let r = UpdateUserSettings::new("ann", members(json!({"timeZone": null})));
    let denied = f.write(f.bob, move |cx| crate::user::ops::update_settings(cx, &r)).map(drop);
    assert_eq!(denied.expect_err("not bob's business").status(), 403);
}

fn members(json: serde_json::Value) -> trackway_api::types::Members {
    let serde_json::Value::Object(members) = json else { panic!("an object") };
    members
}
