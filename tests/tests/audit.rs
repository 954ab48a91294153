//! Every operation that administers something leaves a record in the audit log: who, when, from
//! where, what it was before and after. A new operation fails the test until it is walked here.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use trackway_tests::contract::contract;
use trackway_tests::tables::Tables;
use trackway_tests::{Client, on_each_engine};

/// What is administered: everything that is changed below these paths.
const AREAS: [&str; 17] = [
    "queues",
    "components",
    "versions",
    "workflows",
    "statuses",
    "issuetypes",
    "priorities",
    "resolutions",
    "fields",
    "boards",
    "liveBoards",
    "sprints",
    "filters",
    "gaps",
    "webhooks",
    "calendars",
    "jobs",
];

struct Walk<'c> {
    client: &'c Client,
    me: String,
    last: i64,
    walked: BTreeSet<String>,
}

impl Walk<'_> {
    /// Does an operation and looks at the record it left.
    #[expect(clippy::needless_pass_by_value, reason = "bodies are literals")]
    fn step(&mut self, id: &str, path: &str, body: Value) -> Value {
        let operation = contract().operations().iter().find(|o| o.id == id);
        let method = operation.unwrap_or_else(|| panic!("{id} is in the contract")).method;
        let answer = loop {
            let request = self.client.request(method, path);
            let request = if body.is_null() { request } else { request.json(&body) };
            let answer = request.send();
            // A job that is being done at this moment is left alone.
            if answer.status != 409 || !id.ends_with("Job") {
                break answer;
            }
            thread::sleep(Duration::from_millis(100));
        };
        assert!((200..300).contains(&answer.status), "{id}: {} {}", answer.status, answer.text());
        self.check(id, method);
        self.walked.insert(id.to_owned());
        if answer.status == 204 { Value::Null } else { answer.json() }
    }

    fn check(&mut self, id: &str, method: &str) {
        let newest = self.client.get("/audit?perPage=1").send().expect(200).json();
        let record = &newest[0];
        let number = record["id"].as_i64().expect("a record");
        assert!(number > self.last, "{id} left no record, the newest is {record}");
        self.last = number;
        assert_eq!(record["createdBy"]["id"], self.me.as_str(), "{id}: {record}");
        assert!(record["createdAt"].is_string(), "{id}: {record}");
        for member in ["address", "requestId"] {
            assert!(record["source"][member].is_string(), "{id} {member}: {record}");
        }
        let (before, after) = (!record["before"].is_null(), !record["after"].is_null());
        let action = match (before, after) {
            (false, true) => "create",
            (true, false) => "delete",
            (true, true) => "update",
            (false, false) => panic!("{id}: {record}"),
        };
        assert_eq!(record["action"], action, "{id}: {record}");
        assert_ne!(record["before"], record["after"], "{id}: {record}");
        assert!(method != "PATCH" || action == "update", "{id}: {record}");
    }

    fn made(&mut self, id: &str, path: &str, body: Value) -> String {
        let made = self.step(id, path, body);
        made["id"].as_str().map_or_else(|| made["id"].to_string(), str::to_owned)
    }

    fn version(&self, path: &str) -> String {
        self.client.get(path).send().expect(200).json()["version"].to_string()
    }
}

#[test]
fn every_administrative_change_is_recorded() {
    on_each_engine(|server| {
        let client = server.client();
        let me = client.get("/myself").send().expect(200).json()["trackerUid"].to_string();
        let mut walk = Walk { client: &client, me, last: 0, walked: BTreeSet::new() };
        queue(&mut walk);
        parts(&mut walk);
        rules(&mut walk);
        dictionaries(&mut walk);
        boards(&mut walk);
        people(&mut walk);
        let area = |path: &str| {
            let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            AREAS.contains(&first)
        };
        let operations = contract().operations().iter();
        let missing: Vec<&str> = operations
            .filter(|o| o.method != "GET" && area(&o.path) && !is_work(&o.path))
            .map(|o| o.id.as_str())
            .filter(|id| !walk.walked.contains(*id))
            .collect();
        assert!(missing.is_empty(), "walk these too: {missing:?}");
    });
}

/// A search, or the place of an issue on a board: nothing is administered by that.
fn is_work(path: &str) -> bool {
    path.ends_with("/_search") || path.ends_with("/_rank")
}

fn queue(w: &mut Walk<'_>) {
    let preset = "developmentPresetWorkflow";
    w.step("createQueue", "/queues", json!({"key": "TRAIL", "name": "Trail", "preset": preset}));
    w.step("updateQueue", "/queues/TRAIL", json!({"description": "x"}));
    w.step("deleteQueue", "/queues/TRAIL", Value::Null);
    w.step("restoreQueue", "/queues/TRAIL/_restore", json!({}));
    w.step("archiveQueue", "/queues/TRAIL/_archive", Value::Null);
    w.step("restoreQueue", "/queues/TRAIL/_restore", json!({}));
    let add = json!({"read": {"roles": {"add": ["team-member"]}}});
    w.step("updateQueuePermissions", "/queues/TRAIL/permissions", add);
    let path = "/queues/TRAIL/defaultValues";
    let id = w.made("createQueueDefaultValues", path, json!({"values": {"tags": ["a"]}}));
    let one = format!("{path}/{id}");
    w.step("updateQueueDefaultValues", &one, json!({"values": {"tags": ["b"]}}));
    w.step("deleteQueueDefaultValues", &one, Value::Null);
    let field = json!({"id": "trail", "name": {"ru": "След", "en": "Trail"},
        "category": "000000000000000000000003",
        "type": "ru.yandex.startrek.core.fields.StringFieldType"});
    w.step("createQueueLocalField", "/queues/TRAIL/localFields", field);
    w.step("updateQueueLocalField", "/queues/TRAIL/localFields/trail", json!({"order": 7}));
    let issue = json!({"queue": "TRAIL", "summary": "s", "tags": ["leaf"]});
    let issue = w.client.post("/issues").json(&issue).send().expect(201).json();
    let key = issue["key"].as_str().expect("a key").to_owned();
    w.client.patch(&format!("/issues/{key}")).json(&json!({"tags": []})).send().expect(200);
    w.step("removeQueueTag", "/queues/TRAIL/tags/_remove", json!({"tag": "leaf"}));
    w.step("deleteIssue", &format!("/issues/{key}"), Value::Null);
}

fn parts(w: &mut Walk<'_>) {
    for (create, path, delete) in [
        ("createVersionInQueue", "/queues/TRAIL/versions", false),
        ("createVersion", "/versions", true),
    ] {
        let id = w.made(create, path, json!({"queue": "TRAIL", "name": create}));
        let one = format!("/versions/{id}");
        if delete {
            w.step("updateVersion", &one, json!({"description": "x"}));
            w.step("releaseVersion", &format!("{one}/_release"), Value::Null);
            w.step("archiveVersion", &format!("{one}/_archive"), Value::Null);
            w.step("deleteVersion", &one, Value::Null);
        }
    }
    let in_queue = "/queues/TRAIL/components";
    w.step("createComponentInQueue", in_queue, json!({"name": "other"}));
    let id = w.made("createComponent", "/components", json!({"queue": "TRAIL", "name": "core"}));
    let one = format!("/components/{id}");
    w.step("updateComponent", &format!("{one}?version=1"), json!({"description": "x"}));
    let rules = format!("{one}/permissions");
    w.step("updateComponentPermissions", &rules, json!({"read": {"roles": ["author"]}}));
    w.step("deleteComponentPermissions", &rules, Value::Null);
    w.step("deleteComponent", &one, Value::Null);

    let action = |id: &str, target: &str| json!({"id": id, "name": {"ru": id}, "target": target});
    let drawing = json!({"name": "Trail", "queue": "TRAIL", "initialAction": action("new", "open"),
        "steps": [{"status": "open", "actions": [action("go", "closed")]}, {"status": "closed"}]});
    let id = w.made("createWorkflow", "/workflows", drawing);
    let one = format!("/workflows/{id}");
    w.step("updateWorkflow", &one, json!({"name": "Path"}));
    let step = format!("{one}/steps/open/actions/go");
    w.step("updateWorkflowAction", &step, json!({"name": {"ru": "Да"}, "target": "closed"}));
    w.step("deleteWorkflow", &one, Value::Null);
}

fn rules(w: &mut Walk<'_>) {
    let comment = json!([{"type": "CreateComment", "text": "x"}]);
    let trigger =
        json!({"name": "t", "actions": comment, "conditions": [{"type": "Event.create"}]});
    let id = w.made("createTrigger", "/queues/TRAIL/triggers", trigger);
    let one = format!("/queues/TRAIL/triggers/{id}");
    w.step("updateTrigger", &format!("{one}?version=1"), json!({"active": false}));
    w.step("deleteTrigger", &one, Value::Null);
    let path = "/queues/TRAIL/autoactions";
    let launch = json!({"name": "a", "actions": comment, "filter": {"priority": ["critical"]}});
    let id = w.made("createAutoaction", path, launch.clone());
    let one = format!("{path}/{id}");
    w.step("updateAutoaction", &one, json!({"name": "b"}));
    let jobs = || {
        let list = w.client.get("/jobs?perPage=500").send().expect(200).json();
        let of = |job: &&Value| job["kind"] == "autoaction";
        let jobs: Vec<Value> = list.as_array().expect("jobs").iter().filter(of).cloned().collect();
        jobs.last().expect("a job for the automatic action")["id"].to_string()
    };
    let job = jobs();
    w.step("retryJob", &format!("/jobs/{job}/_retry"), Value::Null);
    w.step("cancelJob", &format!("/jobs/{job}"), Value::Null);
    w.step("deleteAutoaction", &one, Value::Null);
    let path = "/queues/TRAIL/schedules";
    let rule = json!({"name": "r", "unit": "day", "issues": [{"summary": "again"}]});
    let id = w.made("createSchedule", path, rule);
    let one = format!("{path}/{id}");
    w.step("updateSchedule", &one, json!({"name": "s"}));
    w.step("deleteSchedule", &one, Value::Null);
    let path = "/queues/TRAIL/macros";
    let id = w.made("createMacro", path, json!({"name": "m", "body": "x"}));
    let one = format!("{path}/{id}");
    w.step("updateMacro", &one, json!({"name": "n"}));
    w.step("deleteMacro", &one, Value::Null);
    let calendar = json!({"name": "c", "timeZone": "Europe/Moscow"});
    let calendar = w.made("createCalendar", "/calendars", calendar);
    w.step("updateCalendar", &format!("/calendars/{calendar}"), json!({"name": "d"}));
    let sla = json!({"name": "s", "levels": [{"limit": "PT8H"}],
        "start": [{"type": "IssueCreated"}],
        "stop": [{"type": "ResolutionSet", "resolutions": ["fixed"]}]});
    let path = "/queues/TRAIL/slas";
    let id = w.made("createSla", path, sla);
    let one = format!("{path}/{id}");
    w.step("updateSla", &one, json!({"name": "r"}));
    w.step("deleteSla", &one, Value::Null);
    w.step("deleteCalendar", &format!("/calendars/{calendar}"), Value::Null);
}

fn dictionaries(w: &mut Walk<'_>) {
    for (create, update, path, more) in [
        ("createStatus", "updateStatus", "/statuses", json!({"type": "new"})),
        ("createIssueType", "updateIssueType", "/issuetypes", json!({})),
        ("createResolution", "updateResolution", "/resolutions", json!({})),
        ("createPriority", "updatePriority", "/priorities", json!({})),
    ] {
        let mut new = json!({"key": "trail", "name": {"ru": "След", "en": "Trail"}});
        let members = more.as_object().expect("an object").clone();
        new.as_object_mut().expect("an object").extend(members);
        w.step(create, path, new);
        w.step(update, &format!("{path}/trail"), json!({"description": "x"}));
    }
    let name = json!({"ru": "Следы", "en": "Trails"});
    let category = json!({"name": name, "order": 900});
    let category = w.made("createFieldCategory", "/fields/categories", category);
    let patch = json!({"order": 901});
    w.step("updateFieldCategory", &format!("/fields/categories/{category}"), patch);
    let field = json!({"id": "trailWeight", "name": {"ru": "Вес", "en": "Weight"},
        "category": category, "type": "ru.yandex.startrek.core.fields.FloatFieldType"});
    w.step("createField", "/fields", field);
    w.step("updateField", "/fields/trailWeight?version=1", json!({"description": "x"}));
    w.step("deleteField", "/fields/trailWeight", Value::Null);
}

fn boards(w: &mut Walk<'_>) {
    w.step("createLiveBoard", "/liveBoards", json!({"name": "Live"}));
    let board = json!({"name": "B", "defaultQueue": "TRAIL", "boardType": "scrum"});
    let id = w.made("createBoard", "/boards", board);
    let board = format!("/boards/{id}");
    w.step("updateBoard", &board, json!({"name": "C"}));
    let columns = format!("{board}/columns?version={}", w.version(&board));
    let column = w.made("createColumn", &columns, json!({"name": "x", "statuses": []}));
    let column = |w: &Walk<'_>| format!("{board}/columns/{column}?version={}", w.version(&board));
    let path = column(w);
    w.step("updateColumn", &path, json!({"name": "y"}));
    let path = column(w);
    w.step("deleteColumn", &path, Value::Null);
    let sprint = json!({"name": "s", "board": {"id": id}, "startDate": "2031-08-25",
        "endDate": "2031-08-31"});
    let id = w.made("createSprint", "/sprints", sprint);
    let one = format!("/sprints/{id}");
    w.step("updateSprint", &format!("{one}?version=1"), json!({"name": "t"}));
    w.step("startSprint", &format!("{one}/_start?version=2"), Value::Null);
    w.step("finishSprint", &format!("{one}/_finish"), Value::Null);
    w.step("archiveSprint", &format!("{one}/_archive?version=4"), Value::Null);
    w.step("deleteSprint", &one, Value::Null);
    w.step("deleteBoard", &board, Value::Null);
    let id = w.made("createFilter", "/filters", json!({"name": "f", "query": "Queue: TRAIL"}));
    let one = format!("/filters/{id}");
    w.step("updateFilter", &one, json!({"name": "g"}));
    w.step("deleteFilter", &one, Value::Null);
}

fn people(w: &mut Walk<'_>) {
    let gap = json!({"id": "g-1", "user": w.me, "workflow": "vacation",
        "from": "2031-08-04T00:00:00.000+0000", "to": "2031-08-17T00:00:00.000+0000"});
    w.step("createGaps", "/gaps", json!({"gaps": [gap]}));
    w.step("deleteGaps", "/gaps?gapIds=g-1", Value::Null);
    let hook = json!({"url": "https://example.org/hook", "active": false});
    let id = w.made("createHook", "/webhooks", hook);
    let one = format!("/webhooks/{id}");
    w.step("updateHook", &one, json!({"events": ["IssueCreated"]}));
    w.step("deleteHook", &one, Value::Null);
}

/// T-47: what `trackway admin audit --verify` says of a log that nobody touched, and of one in which
/// somebody with the database at hand changed a row.
#[test]
fn a_changed_row_is_found_by_the_program() {
    on_each_engine(|server| {
        let verify = || {
            let mut command = server.command();
            command.arg("admin").args(server.storage_args()).args(["audit", "--verify"]);
            let output = command.output().expect("the program starts");
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let made = json!({ "name": "Fleeting", "key": "fleeting" });
        server.client().post("/resolutions").json(&made).send();
        let (whole, said) = verify();
        assert!(whole && said.contains("whole") && !said.contains("BROKEN"), "{said}");
        let newest = said.lines().find(|line| line.starts_with(server.ready().text("orgId")));
        let hash = newest.and_then(|line| line.split('\t').nth(3)).expect("a hash");
        assert_eq!(hash.len(), 64, "{said}");
        Tables::of(server).run("UPDATE audit SET name = 'somebody else' WHERE place = 1");
        let (whole, said) = verify();
        assert!(!whole && said.contains("BROKEN"), "{said}");
    });
}
