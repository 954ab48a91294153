//! What becomes of issues when settings change under them. Here five issues at most are changed at
//! once; the others follow as jobs.

use serde_json::{Value as Json, json};
use trackway_api::changelog::ListChangelog;
use trackway_api::queues::{DeleteComponent, UpdateQueue, UpdateWorkflow};
use trackway_api::types::Members;

use crate::dict::model::Component;
use crate::error::Result;
use crate::field::no;
use crate::issue::store;
use crate::job::Lane;
use crate::lang::Lang;
use crate::queue::{removal, update};
use crate::testing::{Fixture, NOW, body};
use crate::workflow::ops;

/// When no second look is left.
const LATER: i64 = NOW + super::SETTLED_MS;

fn members(json: Json) -> Members {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

/// Does all jobs.
fn work(f: &Fixture) {
    loop {
        let jobs = f.tracker.claim_jobs(Lane::Inner, "test", LATER, 10).expect("claims");
        if jobs.is_empty() {
            return;
        }
        for job in &jobs {
            f.tracker.run_job(job, LATER).expect("done");
        }
    }
}

fn issues(f: &Fixture, count: usize, body: &Json) -> Vec<String> {
    (0..count).map(|_| f.issue(f.ann, body.clone())).collect()
}

fn component(f: &Fixture) -> i64 {
    let body = Component { queue: f.dev, name: "engine".to_owned(), ..Component::default() };
    f.tracker.add_object(f.org, "", &body).expect("a component")
}

/// How many of these issues still hold a component in their row.
fn holders(f: &Fixture, keys: &[String]) -> usize {
    f.read(f.boss, |cx| {
        let mut count = 0;
        for key in keys {
            let loaded = store::find(cx, key)?.expect("an issue");
            count += usize::from(!loaded.issue.many(no::COMPONENTS).is_empty());
        }
        Ok(count)
    })
    .expect("rows")
}

fn kinds(f: &Fixture, key: &str) -> Vec<Json> {
    let log = f.read(f.ann, |cx| crate::event::ops::list(cx, &ListChangelog::new(key)).map(body));
    let log = log.expect("a history");
    log.as_array().expect("a list").iter().map(|entry| entry["type"].clone()).collect()
}

fn task(workflow: &str) -> Json {
    json!({"issueType": "task", "workflow": workflow, "resolutions": ["fixed", "wontFix"]})
}

/// Takes the tasks of HELP to another workflow.
fn follow(f: &Fixture, mut config: Json, mapping: Option<Json>) -> Result<()> {
    if let Some(mapping) = mapping {
        config["statusMapping"] = mapping;
    }
    let r = UpdateQueue::new("HELP", members(json!({"issueTypesConfig": [config]})));
    f.write(f.boss, move |cx| update::update(cx, &r).map(drop))
}

fn drawing(statuses: [&str; 2]) -> Json {
    let to = |id: &str, target: &str| json!({"id": id, "name": {"ru": id}, "target": target});
    json!({
        "name": "Short", "queue": "HELP", "initialAction": to("new", statuses[0]),
        "steps": [
            {"status": statuses[0], "actions": [to("go", statuses[1])]},
            {"status": statuses[1], "actions": [to("back", statuses[0])]},
        ],
    })
}

/// A workflow of HELP from open to closed and back, which its tasks follow.
fn short(f: &Fixture) -> String {
    let r = trackway_api::queues::CreateWorkflow::new(members(drawing(["open", "closed"])));
    let made = f.write(f.boss, move |cx| ops::create(cx, &r).map(body)).expect("a workflow");
    let id = made["id"].as_str().expect("an id").to_owned();
    follow(f, task(&id), None).expect("nothing is in the way");
    id
}

fn redraw(f: &Fixture, id: &str, patch: Json) -> Result<Json> {
    let r = UpdateWorkflow::new(id, members(patch));
    f.write(f.boss, move |cx| ops::update(cx, &r).map(body))
}

#[test]
fn a_removed_component_is_gone_at_once_and_rows_follow() {
    let f = Fixture::new();
    let id = component(&f);
    let keys = issues(&f, 12, &json!({"queue": "DEV", "summary": "s", "components": ["engine"]}));
    let r = DeleteComponent::new(id.to_string());
    f.write(f.boss, move |cx| removal::component(cx, &r)).expect("gone");
    assert!(keys.iter().all(|key| f.json(f.ann, key).get("components").is_none()), "at once");
    assert_eq!(holders(&f, &keys), 12 - 5, "some rows wait");
    // One that is edited meanwhile loses it as well.
    let patch = json!({"components": {"remove": [id]}, "priority": "minor"});
    let r = trackway_api::issues::UpdateIssue::new(&*keys[11], members(patch));
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r).map(drop)).expect("an edit");
    work(&f);
    assert_eq!(holders(&f, &keys), 0);
    assert!(keys.iter().all(|key| f.json(f.ann, key)["version"] == 2), "one change each");
    assert_eq!(kinds(&f, &keys[10]), ["IssueCreated", "IssueUpdated"]);
    assert_eq!(f.json(f.ann, &keys[10])["updatedBy"]["id"], f.boss.to_string());
}

#[test]
fn stranded_statuses_are_listed_and_a_mapping_moves_their_issues() {
    let f = Fixture::new();
    let id = short(&f);
    let keys = issues(&f, 12, &json!({"queue": "HELP", "summary": "s"}));
    let other = drawing(["backlog", "resolved"]);
    let patch = |mapping: Json| {
        json!({"steps": other["steps"], "initialAction": other["initialAction"],
            "statusMapping": mapping})
    };
    let refused = |mapping: Json| {
        let error = redraw(&f, &id, patch(mapping)).expect_err("stranded");
        let body = error.body(Lang::En);
        let (member, text) = body.errors.into_iter().next().expect("a member");
        format!("{} {member}: {text}", body.status_code)
    };
    let list = "422 steps: There are issues in statuses open: say in statusMapping where they go.";
    assert_eq!(refused(json!({})), list);
    assert_eq!(refused(json!({"closed": "resolved"})), list, "that is another one");
    for wrong in [
        json!({"open": "closed"}),
        json!({"open": "nosuch"}),
        json!({"nosuch": "backlog"}),
        json!({"open": "backlog", "backlog": "resolved"}),
        json!(["open"]),
    ] {
        let refusal = refused(wrong.clone());
        assert!(refusal.starts_with("422 statusMapping"), "{wrong}: {refusal}");
    }
    assert_eq!(f.json(f.ann, &keys[0])["version"], 1, "nothing happened");
    let changed = redraw(&f, &id, patch(json!({"open": "resolved"}))).expect("a way");
    assert_eq!(changed["version"], 2);
    let status = |key: &String| f.json(f.ann, key)["status"]["key"].clone();
    assert_eq!(keys.iter().filter(|key| status(key) == "resolved").count(), 5, "along with it");
    work(&f);
    for key in &keys {
        let issue = f.json(f.ann, key);
        assert_eq!((&issue["status"]["key"], &issue["version"]), (&json!("resolved"), &json!(2)));
        assert_eq!(issue["statusType"]["key"], "done");
        assert_eq!(issue["previousStatus"]["key"], "open");
        assert_eq!(kinds(&f, key), ["IssueCreated", "IssueWorkflow"]);
    }
    assert!(redraw(&f, &id, patch(json!({"open": "backlog"}))).is_ok(), "again, for nobody");
    assert_eq!(status(&keys[0]), "resolved");
}

#[test]
fn a_queue_takes_its_issues_along_to_another_workflow() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let r = trackway_api::queues::CreateWorkflow::new(members(drawing(["backlog", "closed"])));
    let made = f.write(f.boss, move |cx| ops::create(cx, &r).map(body)).expect("a workflow");
    let id = made["id"].as_str().expect("an id");
    let error = follow(&f, task(id), None).expect_err("it is open");
    let text = &error.body(Lang::En).errors["issueTypesConfig"];
    assert!(text.contains("statuses open"), "{text}");
    let error = follow(&f, task(id), Some(json!({"open": "testing"}))).expect_err("outside");
    assert!(error.body(Lang::En).errors.contains_key("statusMapping"));
    follow(&f, task(id), Some(json!({"open": {"key": "closed"}}))).expect("a way");
    let issue = f.json(f.ann, &key);
    assert_eq!(
        (&issue["status"]["key"], &issue["statusType"]["key"]),
        (&json!("closed"), &json!("done"))
    );
}

#[test]
fn a_status_takes_another_type_with_its_issues() {
    let f = Fixture::new();
    let id = short(&f);
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let mut steps = drawing(["open", "closed"])["steps"].clone();
    steps[0]["statusType"] = json!("PAUSED");
    redraw(&f, &id, json!({"steps": steps})).expect_err("it must be said");
    let patch = json!({"steps": steps, "statusMapping": {"open": "open"}});
    redraw(&f, &id, patch).expect("a way");
    let issue = f.json(f.ann, &key);
    assert_eq!(
        (&issue["status"]["key"], &issue["statusType"]["key"]),
        (&json!("open"), &json!("paused"))
    );
    assert_eq!(issue.get("previousStatus"), None, "it stays where it is");
}

#[test]
fn even_a_locked_issue_follows() {
    let f = Fixture::new();
    let id = short(&f);
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    f.tracker
        .db()
        .write_now(|tx| {
            tx.exec("UPDATE issue SET version = 11100", &[]).map(drop).map_err(crate::Error::from)
        })
        .expect("a version");
    f.tracker.rebuild_indexes().expect("an index");
    let edit = trackway_api::issues::UpdateIssue::new(&*key, members(json!({"summary": "t"})));
    let locked = f.write(f.ann, move |cx| crate::issue::ops::update(cx, &edit).map(drop));
    assert_eq!(locked.expect_err("locked").status(), 423);
    let other = drawing(["backlog", "closed"]);
    let patch = json!({"steps": other["steps"], "initialAction": other["initialAction"],
        "statusMapping": {"open": "backlog"}});
    redraw(&f, &id, patch).expect("a way");
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "backlog");
}

/// What the index cannot know yet, since it is written at the same moment, is found by the job.
#[test]
fn an_issue_that_comes_late_is_not_stranded_either() {
    let f = Fixture::new();
    let id = short(&f);
    let other = drawing(["backlog", "closed"]);
    redraw(&f, &id, json!({"steps": other["steps"], "initialAction": other["initialAction"]}))
        .expect("nobody is there");
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let named = key.clone();
    f.write(f.ann, move |cx| {
        let open = cx.dict.statuses.by_key("open").expect("a status").id;
        let editable = cx.issue(&named)?.editable(cx)?;
        let mut after = editable.loaded().full(cx)?;
        after.set(no::STATUS, Some(crate::issue::value::Val::Ref(open)));
        let kind = crate::event::EventKind::IssueWorkflow;
        crate::issue::edit::commit(cx, &editable, after, kind).map(drop)
    })
    .expect("an issue in a lost status");
    work(&f);
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "backlog", "the initial one");
}
