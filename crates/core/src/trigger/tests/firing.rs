//! When triggers fire (automation.md, 1.1).

use serde_json::json;
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::triggers::UpdateTrigger;
use trackway_api::types::RefInput;

use super::{comment, edit, issue, members, settle, tag, tags, trigger};
use crate::testing::{Fixture, body};
use crate::trigger::ops;

#[test]
fn triggers_act_in_the_order_of_the_list() {
    let f = Fixture::new();
    let set = |priority: &str| json!([{"type": "Update", "update": {"priority": priority}}]);
    let create = || json!([{"type": "Event.create"}]);
    let first = trigger(&f, "one", create(), set("minor"));
    let second = trigger(&f, "two", create(), set("critical"));
    assert_eq!((&first["order"], &second["order"]), (&json!("0.0001"), &json!("0.0002")));
    let key = issue(&f, json!({}));
    assert_eq!(f.json(f.ann, &key)["priority"]["key"], "critical");
    assert_eq!(f.json(f.ann, &key)["updatedBy"]["display"], "Tracker robot");
    let patch = members(json!({"before": first["id"]}));
    let id = second["id"].to_string();
    let request = UpdateTrigger::new("DEV", &*id, patch).version(1);
    let moved = body(f.write(f.boss, move |cx| ops::update(cx, &request)).expect("moved"));
    assert_eq!(moved["version"], 2);
    let key = issue(&f, json!({}));
    assert_eq!(f.json(f.ann, &key)["priority"]["key"], "minor");
}

#[test]
fn a_value_it_has_from_its_creation_has_become_equal() {
    let f = Fixture::new();
    let condition = json!([{"type": "FieldBecameEqual", "field": "assignee", "value": "bob"}]);
    trigger(&f, "bob", condition, tag("bob"));
    let key = issue(&f, json!({"assignee": "bob"}));
    assert_eq!(tags(&f, &key), ["bob"]);
    let other = issue(&f, json!({"assignee": "ann"}));
    assert!(tags(&f, &other).is_empty());
    edit(&f, f.ann, &other, json!({"assignee": "bob"}));
    assert_eq!(tags(&f, &other), ["bob"]);
}

#[test]
fn groups_of_conditions_nest() {
    let f = Fixture::new();
    let conditions = json!({"type": "or", "conditions": [
        {"type": "And", "conditions": [
            {"type": "FieldChangedCondition", "field": "priority"},
            {"type": "FieldEquals", "field": "type", "value": "bug"}]},
        {"type": "CommentStringMatchCondition", "word": "URGENT"}]});
    let made = trigger(&f, "or", conditions, tag("hot"));
    assert_eq!(made["conditions"][0]["type"], "Or");
    let comment_condition = &made["conditions"][0]["conditions"][1];
    assert_eq!(comment_condition["ignoreCase"], true);
    assert_eq!(comment_condition["removeMarkup"], true);
    assert_eq!(comment_condition["noMatchBefore"], false);
    let (task, bug) = (issue(&f, json!({})), issue(&f, json!({"type": "bug"})));
    for key in [&task, &bug] {
        edit(&f, f.ann, key, json!({"tags": []}));
        edit(&f, f.ann, key, json!({"priority": "minor"}));
    }
    assert!(tags(&f, &task).is_empty());
    assert_eq!(tags(&f, &bug), ["hot"]);
    comment(&f, f.bob, &task, "this is **ur**gent");
    assert_eq!(tags(&f, &task), ["hot"]);
}

#[test]
fn rules_chain_but_do_not_run_in_circles() {
    let f = Fixture::new();
    let updated = || json!([{"type": "Event.update"}]);
    trigger(
        &f,
        "counts",
        updated(),
        json!([{"type": "CalculateFormula", "formula": "{{issue.storyPoints}}+1",
            "resultField": "storyPoints"}]),
    );
    let key = issue(&f, json!({"storyPoints": 1}));
    edit(&f, f.ann, &key, json!({"summary": "t"}));
    assert_eq!(f.json(f.ann, &key)["storyPoints"], 2.0, "once for each change of ours");
    trigger(
        &f,
        "reacts",
        json!([{"type": "FieldBecameEqual", "field": "storyPoints", "value": 3}]),
        tag("three"),
    );
    edit(&f, f.ann, &key, json!({"summary": "u"}));
    assert_eq!(tags(&f, &key), ["three"]);
    // The second one's change set off the first one again, and so on, up to the limit.
    let points = f.json(f.ann, &key)["storyPoints"].as_f64().expect("a number");
    assert!(points >= 4.0, "{points}");
    let ping = |name: &str, from: &str, to: &str| {
        let condition = json!([{"type": "FieldBecameEqual", "field": "priority", "value": from}]);
        trigger(&f, name, condition, json!([{"type": "Update", "update": {"priority": to}}]));
    };
    ping("ping", "minor", "critical");
    ping("pong", "critical", "minor");
    edit(&f, f.ann, &key, json!({"priority": "minor"}));
}

#[test]
fn comments_links_and_checklists_are_events_too() {
    let f = Fixture::new();
    let all = [
        ("author", json!({"type": "CommentAuthor", "user": "bob"})),
        ("not-author", json!({"type": "CommentAuthorNot", "user": "bob"})),
        ("words", json!({"type": "CommentAnyMatchCondition", "word": ["x", "yes"]})),
        ("none", json!({"type": "CommentNoneMatchCondition", "words": ["yes"]})),
        ("full", json!({"type": "CommentFullyMatchCondition", "word": "Yes"})),
        ("internal", json!({"type": "CommentMessageInternal"})),
        ("linked", json!({"type": "CreatedLinkCondition", "relationship": ["depends on"]})),
    ];
    for (name, condition) in all {
        trigger(&f, name, json!([condition]), tag(name));
    }
    let (key, other) = (issue(&f, json!({})), issue(&f, json!({})));
    comment(&f, f.bob, &key, "yes");
    assert_eq!(tags(&f, &key), ["author", "words", "full", "internal"]);
    let link = LinkCreate { relationship: "depends on".to_owned(), issue: RefInput::from(&*other) };
    let request = AddLink::new(&*key, link);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &request)).expect("a link");
    settle(&f);
    assert!(tags(&f, &key).contains(&"linked".to_owned()));
    assert!(tags(&f, &other).is_empty(), "the other end is depended on");
}

#[test]
fn numbers_dates_lists_and_groups_are_compared() {
    let f = Fixture::new();
    let conditions = [
        ("gt", json!({"type": "GreaterCondition", "field": "storyPoints", "value": 4})),
        (
            "ge",
            json!({"type": "BecameGreaterOrEqualCondition", "field": "storyPoints", "value": 5}),
        ),
        ("lt", json!({"type": "LessCondition", "field": "storyPoints", "value": 5})),
        ("ms", json!({"type": "GreaterCondition", "field": "estimation", "value": 3_599_999})),
        ("date", json!({"type": "DateLessCondition", "field": "deadline", "value": "2026-04-02"})),
        ("size", json!({"type": "Container.SizeEquals", "field": "followers", "value": 2})),
        ("any", json!({"type": "ContainerContainsAny", "field": "followers", "value": ["bob"]})),
        (
            "all",
            json!({"type": "ContainerContainsAll", "field": "followers",
            "value": ["bob", "boss"]}),
        ),
        ("group", json!({"type": "UserInGroups", "field": "createdBy", "value": [0]})),
        ("text", json!({"type": "ContainsAnyOfStrings", "field": "summary", "value": ["S"]})),
        ("empty", json!({"type": "FieldIsEmpty", "field": "resolution"})),
    ];
    for (name, condition) in conditions {
        trigger(&f, name, json!([condition, {"type": "Event.create"}]), tag(name));
    }
    let key = issue(
        &f,
        json!({"storyPoints": 5, "estimation": "PT1H", "deadline": "2026-04-01",
        "followers": ["ann", "bob"]}),
    );
    let mut found = tags(&f, &key);
    found.sort();
    assert_eq!(found, ["any", "date", "empty", "ge", "group", "gt", "ms", "size", "text"]);
}

#[test]
fn what_is_imported_sets_nothing_off() {
    let f = Fixture::new();
    trigger(&f, "t", json!([{"type": "Event.create"}]), tag("x"));
    let key = f
        .write(f.boss, |cx| {
            cx.imported();
            let issue = members(json!({"queue": "DEV", "summary": "from elsewhere"}));
            Ok(crate::issue::ops::create_from(cx, &issue)?.issue.key(&cx.dict))
        })
        .expect("an issue");
    settle(&f);
    assert!(tags(&f, &key).is_empty());
}
