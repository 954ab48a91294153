//! Drawing, reading and deleting workflows.

use super::*;

#[test]
fn a_workflow_is_drawn_read_and_followed() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id").to_owned();
    assert!(id.starts_with('W'), "{id}");
    assert_eq!((&made["type"], &made["version"]), (&json!("visual"), &json!(1)));
    assert_eq!(made["queue"]["key"], "DEV");
    assert_eq!(made["initialAction"]["target"]["key"], "open");
    assert_eq!(made["steps"][0]["actions"][0]["id"], "finish");
    assert_eq!(made["steps"][1].get("actions"), None);
    assert_eq!(made["steps"][1]["statusType"], "DONE");
    assert_eq!(made["createdBy"]["id"], f.boss.to_string());
    assert_eq!(get(&f, &id).expect("a workflow"), made);
    follow(&f, &id);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    assert_eq!(open(&f, f.ann, &key), ["finish"]);
    run(&f, f.ann, &key, "finish", json!({})).expect("a transition");
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "closed");
    assert!(open(&f, f.ann, &key).is_empty());
}

#[test]
fn wrong_drawings_are_refused() {
    let f = Fixture::new();
    let taken = json!("developmentPresetWorkflow");
    let nameless = json!([{"id": "a", "name": {"en": "a"}, "target": "closed"}]);
    let twice = json!([to("a", "closed"), to("a", "closed")]);
    for (member, value, code, field) in [
        ("name", json!(null), 422, "name"),
        ("name", json!("  "), 422, "name"),
        ("initialAction", json!(null), 422, "initialAction"),
        ("initialAction", to("new", "nonsense"), 422, "initialAction"),
        ("initialAction", to("new", "testing"), 422, "initialAction"),
        ("steps", json!(null), 422, "steps"),
        ("steps", json!({}), 422, "steps"),
        ("steps", json!([]), 422, "steps"),
        ("steps", json!([{"status": "open"}]), 422, "steps"),
        ("steps", json!([{"status": "open"}, {"status": "closed"}]), 422, "steps"),
        ("steps", json!([{"status": "open"}, {"status": "open"}]), 422, "steps"),
        (
            "steps",
            json!([step("open", json!([to("a", "testing")])), {"status": "closed"}]),
            422,
            "steps",
        ),
        ("steps", json!([step("open", nameless), {"status": "closed"}]), 422, "action.name"),
        ("steps", json!([step("open", twice), {"status": "closed"}]), 422, "steps"),
        ("steps", json!([step("nonsense", json!([])), {"status": "closed"}]), 422, "steps"),
        ("id", json!("with space"), 422, "id"),
        ("id", json!("17"), 422, "id"),
        ("id", taken, 409, "id"),
        (
            "issueTypeResolutions",
            json!([{"issueType": "x", "resolutions": []}]),
            422,
            "issueTypeResolutions",
        ),
    ] {
        let mut drawing = short();
        drawing[member] = value.clone();
        let error = create(&f, f.boss, drawing).expect_err(field);
        assert_eq!(fault(&error), (code, vec![field.to_owned()]), "{member} {value}");
    }
    assert_eq!(status(create(&f, f.ann, short())), 403, "no right on the queue");
    let mut shared = short();
    shared.as_object_mut().expect("an object").remove("queue");
    assert_eq!(status(create(&f, f.ann, shared.clone())), 403, "shared ones are of administrators");
    assert_eq!(status(create(&f, f.boss, shared)), 200);
}

#[test]
fn a_change_never_strands_an_issue() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id");
    follow(&f, id);
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let steps = json!([step("new", json!([to("a", "closed")])), {"status": "closed"}]);
    let error = update(&f, id, json!({"steps": steps, "initialAction": to("new", "new")}));
    let error = error.expect_err("an issue is open");
    let text = &error.body(Lang::En).errors["steps"];
    assert!(text.starts_with("There are issues in statuses open:"), "{text}");
    let retyped = json!([
        {"status": "open", "statusType": "PAUSED", "actions": [to("finish", "closed")]},
        {"status": "closed"},
    ]);
    assert_eq!(status(update(&f, id, json!({"steps": retyped}))), 422, "its type is stored");
    let more = json!([
        step("open", json!([to("finish", "closed"), to("try", "testing")])),
        step("testing", json!([to("finish", "closed")])),
        {"status": "closed"},
    ]);
    let changed = update(&f, id, json!({"steps": more})).expect("statuses may be added");
    assert_eq!(
        (&changed["version"], changed["steps"].as_array().map(Vec::len)),
        (&json!(2), Some(3))
    );
    let less = json!([step("open", json!([to("finish", "closed")])), {"status": "closed"}]);
    assert_eq!(status(update(&f, id, json!({"steps": less}))), 200, "nobody is testing");
    let r = UpdateWorkflow::new(id, members(json!({"name": "x"}))).version(1);
    assert_eq!(status(f.write(f.boss, move |cx| ops::update(cx, &r))), 412);
}

#[test]
fn one_transition_is_changed_where_it_starts() {
    let f = Fixture::new();
    let mut drawing = short();
    drawing["steps"] = json!([
        step("open", json!([to("finish", "closed"), to("try", "testing")])),
        step("testing", json!([to("finish", "closed")])),
        {"status": "closed", "metaAction": {"name": {"ru": "Закрыть"}, "target": "closed"}},
    ]);
    let made = create(&f, f.boss, drawing).expect("a workflow");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(made["steps"][2]["metaAction"]["id"], "closedMeta");
    let patch = json!({"name": {"ru": "Готово", "en": "Done"}, "target": "closed"});
    let changed = action(&f, id, "testing", "finish", patch.clone()).expect("a change");
    assert_eq!(changed["steps"][1]["actions"][0]["name"], "Done");
    assert_eq!(changed["steps"][0]["actions"][0]["name"], "finish", "the other status keeps it");
    let renamed = json!({"name": {"ru": "Да"}, "target": "closed"});
    let changed = action(&f, id, "closed", "closedMeta", renamed).expect("a change");
    assert_eq!(changed["steps"][2]["metaAction"]["name"], "Да");
    assert_eq!(status(action(&f, id, "testing", "try", patch.clone())), 404);
    assert_eq!(status(action(&f, id, "nonsense", "finish", patch.clone())), 404);
    let error = action(&f, id, "open", "finish", json!({"target": "closed"})).expect_err("no name");
    assert_eq!(fault(&error), (422, vec!["action.name".to_owned()]));
    let outside = json!({"name": {"ru": "Да"}, "target": "backlog"});
    assert_eq!(status(action(&f, id, "open", "finish", outside)), 422);
    let r = UpdateWorkflowAction::new(id, "open", "finish", members(patch)).version(1);
    assert_eq!(status(f.write(f.boss, move |cx| ops::update_action(cx, &r))), 409);
}

#[test]
fn a_workflow_in_use_stays() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id").to_owned();
    let delete = |uid, id: &str| {
        let r = DeleteWorkflow::new(id);
        status(f.write(uid, move |cx| ops::delete(cx, &r)))
    };
    assert_eq!(delete(f.boss, "developmentPresetWorkflow"), 409);
    assert_eq!((delete(f.ann, &id), delete(f.boss, &id), delete(f.boss, &id)), (403, 200, 404));
    assert_eq!(get(&f, &id).expect("still readable")["deleted"], true);
    let list = ListWorkflows::new().per_page(1000);
    let list = f.read(f.ann, |cx| workflow::list(cx, &list).map(body)).expect("a list");
    assert!(list.as_array().expect("a list").iter().all(|w| w["id"] != id.as_str()));
    let types = json!([{"issueType": "task", "workflow": id, "resolutions": []}]);
    let r = UpdateQueue::new("DEV", members(json!({"issueTypesConfig": types})));
    assert_eq!(status(f.write(f.boss, move |cx| crate::queue::update::update(cx, &r))), 404);
}

#[test]
fn what_a_comment_does_is_written_and_read() {
    let f = Fixture::new();
    let mut drawing = short();
    let mut open = step("open", json!([to("finish", "closed")]));
    open["commentAction"] = json!({"transition": "finish", "onlyAssignee": true});
    let mut closed = step("closed", json!([to("again", "open")]));
    closed["commentAction"] = json!({});
    drawing["steps"] = json!([open, closed]);
    let made = create(&f, f.boss, drawing.clone()).expect("a workflow");
    let expected = json!({"transition": "finish", "restoreAssignee": false, "onlyAssignee": true});
    assert_eq!(made["steps"][0]["commentAction"], expected);
    let back = json!({"restoreAssignee": false, "onlyAssignee": false});
    assert_eq!(made["steps"][1]["commentAction"], back);
    for wrong in [json!(1), json!({"transition": "again"}), json!({"onlyAssignee": 1})] {
        drawing["steps"][0]["commentAction"] = wrong;
        assert_eq!(status(create(&f, f.boss, drawing.clone())), 422);
    }
}
