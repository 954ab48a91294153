//! Queues, their workflows, tags, fields and types as they are read.

use serde_json::{Value as Json, json};
use trackway_api::queues::{
    GetQueue, GetQueueWorkflows, GetWorkflow, ListQueueIssueTypes, ListQueueRequiredFields,
    ListQueueTags, ListQueues, ListWorkflows, Queue as QueueReply,
};

use super::{create_queue, ids, permit, plum};
use crate::cx::Paging;
use crate::lang::Lang;
use crate::queue::{ops, workflow};
use crate::testing::{Fixture, body};
use crate::tracker::Caller;
use crate::view::{ApiVersion, View};

fn get(f: &Fixture, uid: i64, request: &GetQueue) -> Json {
    f.read(uid, |cx| ops::get(cx, request).map(body)).expect("a queue")
}

/// The queue as v2 shows it.
fn get_v2(f: &Fixture, request: &GetQueue) -> Json {
    let view = View::new("http://tracker.test", ApiVersion::V2, Lang::Ru);
    let caller = Caller { view, ..f.as_user(f.ann) };
    let reply = f.tracker.db().read(|tx| f.tracker.read(&caller, tx, |cx| ops::get(cx, request)));
    body(reply.expect("a queue"))
}

fn keys(queues: &Json) -> Vec<&str> {
    queues.as_array().expect("a list").iter().map(|q| q["key"].as_str().expect("a key")).collect()
}

#[test]
fn a_queue_is_found_by_key_and_id() {
    let f = Fixture::new();
    let queue = get(&f, f.guest, &GetQueue::new("DEV"));
    assert_eq!(queue["id"], f.dev.to_string());
    assert_eq!(queue["denyVoting"], false);
    assert_eq!(get(&f, f.guest, &GetQueue::new(f.dev.to_string())), queue);
    let v2 = get_v2(&f, &GetQueue::new("DEV"));
    assert_eq!(v2["id"], f.dev);
    assert_eq!(v2["self"], "http://tracker.test/v2/queues/DEV");
    for missing in ["dev", "NOPE", "0", "-1", ""] {
        let request = GetQueue::new(missing);
        let error = f.read(f.ann, |cx| ops::get(cx, &request)).expect_err(missing);
        assert_eq!(error.status(), 404, "{missing}");
    }
}

#[test]
fn expand_adds_members_that_hold_something() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    let all = get(&f, f.ann, &GetQueue::new("PLUM").expand(["all"]));
    for empty in ["teamUsers", "versions", "components", "projects"] {
        assert!(all.get(empty).is_none(), "{empty}");
    }
    assert_eq!(ids(&all["issueTypes"]), ["2", "1"]);
    assert_eq!(all["workflows"]["developmentPresetWorkflow"][0]["key"], "task");
    assert_eq!(all["workflows"]["quickStartV2PresetWorkflow"][0]["key"], "bug");
    let config = &all["issueTypesConfig"][0];
    assert_eq!(config["issueType"]["key"], "task");
    assert_eq!(config["workflow"]["id"], "developmentPresetWorkflow");
    assert_eq!(ids(&config["resolutions"]), ["1", "2"]);
    assert!(ids(&all["fields"]).contains(&"summary".to_owned()));

    let request = GetQueue::new("PLUM").expand(["types", "issue_types_config", "nonsense"]);
    let some = get(&f, f.ann, &request);
    assert!(some.get("issueTypes").is_some());
    assert!(some.get("issueTypesConfig").is_none());
    let typed: QueueReply = serde_json::from_value(all).expect("a queue");
    assert_eq!(typed.issue_types.len(), 2);
}

#[test]
fn versions_are_references() {
    let f = Fixture::new();
    let version = super::parts::version(&f, f.ann, json!({"queue": "DEV", "name": "1.0"}));
    let id = version.expect("a version")["id"].clone();
    let request = GetQueue::new("DEV").expand(["versions"]);
    let url = format!("http://tracker.test/v2/versions/{id}");
    let reference = json!([{"self": url, "id": id.to_string(), "display": "1.0"}]);
    assert_eq!(get_v2(&f, &request)["versions"], reference);
    assert_eq!(get(&f, f.ann, &request)["versions"][0]["display"], "1.0");
}

#[test]
fn fields_cut_the_answer_down() {
    let f = Fixture::new();
    let request = GetQueue::new("DEV").fields(["name"]).expand(["types"]);
    let queue = get(&f, f.ann, &request);
    let members: Vec<_> = queue.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(members, ["id", "issueTypes", "key", "name", "self", "version"]);
    let typed: QueueReply = serde_json::from_value(queue).expect("still reads as a queue");
    assert_eq!(typed.key, "DEV");
}

#[test]
fn the_list_leaves_out_what_the_caller_may_not_see() {
    let f = Fixture::new();
    let list = |uid, request: &ListQueues| {
        let reply = f.read(uid, |cx| ops::list(cx, request)).expect("a list");
        (reply.paging.clone(), body(reply))
    };
    let closed = json!({
        "create": {"groups": [], "roles": []}, "grant": {"users": [], "roles": []},
        "read": {"groups": [], "roles": ["author"]}, "write": {"groups": [], "roles": []},
    });
    permit(&f, f.boss, "HELP", closed).expect("permissions");
    let (paging, queues) = list(f.ann, &ListQueues::new());
    assert_eq!(keys(&queues), ["DEV", "HELP"], "an author may have something to read");
    let total = Paging::Pages { page: 1, per_page: 50, total: 2, seek: true };
    assert_eq!(paging, Some(total));
    permit(&f, f.boss, "HELP", json!({"read": {"roles": []}})).expect("permissions");
    assert_eq!(keys(&list(f.ann, &ListQueues::new()).1), ["DEV"]);
    assert_eq!(keys(&list(f.boss, &ListQueues::new()).1), ["DEV", "HELP"]);
    let second = ListQueues::new().page(2_i64).per_page(1_i64).fields(["key"]);
    let (paging, queues) = list(f.boss, &second);
    assert_eq!(keys(&queues), ["HELP"]);
    assert!(queues[0].get("name").is_none());
    assert!(matches!(paging, Some(Paging::Pages { page: 2, total: 2, .. })));
    let bad = ListQueues::new().page(0_i64);
    assert_eq!(f.read(f.ann, |cx| ops::list(cx, &bad)).expect_err("page 0").status(), 400);
}

#[test]
fn tags_types_and_fields_of_a_queue() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "a", "tags": ["winter", "harvest"]}));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "b", "tags": ["winter"]}));
    f.issue(f.ann, json!({"queue": "HELP", "summary": "c", "tags": ["other"]}));
    let tags = ListQueueTags::new("DEV");
    let tags = f.read(f.ann, |cx| ops::tags(cx, &tags).map(body)).expect("tags");
    assert_eq!(tags, json!(["harvest", "winter"]));
    let types = ListQueueIssueTypes::new("HELP");
    let types = f.read(f.ann, |cx| ops::issue_types(cx, &types).map(body)).expect("types");
    assert_eq!(types[0]["id"], 2);
    assert_eq!((&types[0]["key"], &types[0]["name"]), (&json!("task"), &json!("Task")));
    let fields = ListQueueRequiredFields::new("DEV");
    let fields = f.read(f.ann, |cx| ops::fields(cx, &fields).map(body)).expect("fields");
    let names: Vec<_> = fields.as_array().expect("a list").iter().map(|f| &f["id"]).collect();
    assert!(names.contains(&&json!("summary")));
    let missing = ListQueueRequiredFields::new("NOPE");
    assert_eq!(f.read(f.ann, |cx| ops::fields(cx, &missing)).expect_err("none").status(), 404);
}

#[test]
fn workflows_are_read() {
    let f = Fixture::new();
    let map = GetQueueWorkflows::new("HELP");
    let map = f.read(f.ann, |cx| workflow::map(cx, &map).map(body)).expect("a map");
    let members: Vec<_> = map.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["quickStartV2PresetWorkflow"]);
    let request = GetWorkflow::new("developmentPresetWorkflow");
    let one = f.read(f.guest, |cx| workflow::get(cx, &request).map(body)).expect("a workflow");
    assert_eq!(one["id"], "developmentPresetWorkflow");
    assert_eq!(one["self"], "http://tracker.test/v3/workflows/developmentPresetWorkflow");
    assert_eq!(one["initialAction"]["target"]["key"], "open");
    let steps = one["steps"].as_array().expect("steps");
    assert_eq!(steps[0]["status"]["key"], "open");
    assert_eq!(steps[0]["statusType"], "NEW");
    let working = steps.iter().find(|s| s["status"]["key"] == "inProgress").expect("a step");
    assert_eq!(working["statusType"], "IN_PROGRESS");
    let targets: Vec<_> = steps[0]["actions"]
        .as_array()
        .expect("actions")
        .iter()
        .map(|a| &a["target"]["key"])
        .collect();
    assert!(targets.contains(&&json!("inProgress")), "{targets:?}");
    let by_number = GetWorkflow::new("2");
    let same = f.read(f.guest, |cx| workflow::get(cx, &by_number).map(body));
    assert_eq!(same.expect("a workflow"), one);
    let list = ListWorkflows::new().per_page(5_i64);
    let list = f.read(f.guest, |cx| workflow::list(cx, &list).map(body)).expect("a list");
    assert_eq!(list.as_array().map(Vec::len), Some(5));
    let missing = GetWorkflow::new("W99");
    assert_eq!(f.read(f.ann, |cx| workflow::get(cx, &missing)).expect_err("none").status(), 404);
}
