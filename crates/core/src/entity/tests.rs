//! What projects, portfolios and goals do.

use serde_json::{Value, json};
use trackway_api::comments::{CommentCreate, CommentUpdate};
use trackway_api::entities::{
    AddEntityChecklistItems, CreateEntity, CreateEntityComment, CreateEntityLinks, DeleteEntity,
    DeleteEntityComment, GetEntity, ListEntityCommentsRelative, ListEntityEvents, ListEntityLinks,
    SearchEntities, UpdateEntity, UpdateEntityComment, UpdateEntityExtendedPermissions,
};
use trackway_api::projects::{CreateProject, GetProject, ReplaceProject};
use trackway_api::types::Members;

use super::{checklist, comments, event, links, ops, permissions, project, search, store};
use crate::error::Result;
use crate::lang::Lang;
use crate::testing::{Fixture, body};

fn members(value: Value) -> Members {
    let Value::Object(members) = value else { panic!("an object") };
    members
}

fn try_create(f: &Fixture, uid: i64, kind: &str, value: Value) -> Result<Value> {
    let request = CreateEntity::new(kind, members(value)).fields(["summary", "parentEntity"]);
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn create(f: &Fixture, kind: &str, value: Value) -> String {
    let made = try_create(f, f.ann, kind, json!({"fields": value})).expect("an entity");
    made["id"].as_str().expect("an id").to_owned()
}

fn patch(f: &Fixture, uid: i64, kind: &str, id: &str, value: Value) -> Result<Value> {
    let all = ["summary", "lead", "followers", "tags", "parentEntity", "entityStatus", "start"];
    let request = UpdateEntity::new(kind, id, members(value)).fields(all);
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

fn get(f: &Fixture, uid: i64, kind: &str, id: &str, fields: &[&str]) -> Result<Value> {
    let mut request = GetEntity::new(kind, id);
    request.fields = Some(fields.iter().copied().collect());
    f.read(uid, |cx| ops::get(cx, &request)).map(body)
}

fn find(f: &Fixture, kind: &str, wanted: Value) -> Result<Vec<String>> {
    let wanted: trackway_api::entities::EntitySearch =
        serde_json::from_value(wanted).expect("a search");
    let request = SearchEntities::new(kind, wanted).fields(["summary"]);
    let found = f.read(f.bob, |cx| search::search(cx, &request)).map(body)?;
    let values = found["values"].as_array().expect("a list").clone();
    Ok(values.iter().map(|v| v["fields"]["summary"].as_str().expect("a text").to_owned()).collect())
}

fn code(result: Result<Value>) -> u16 {
    result.expect_err("a refusal").status()
}

#[test]
fn an_entity_is_written_and_read() {
    let f = Fixture::new();
    let portfolio = create(&f, "portfolio", json!({"summary": "All"}));
    let made = try_create(
        &f,
        f.ann,
        "project",
        json!({"summary": "Top", "fields": {
        "summary": "Press", "lead": "bob", "start": "2031-03-01", "tags": ["a"],
        "followers": ["bob"], "parentEntity": {"primary": portfolio}, "queues": "DEV"}}),
    )
    .expect("a project");
    assert_eq!(made["version"], 1);
    assert_eq!(made["fields"]["summary"], "Press");
    assert_eq!(made["fields"]["parentEntity"]["primary"]["display"], "All");
    let id = made["id"].as_str().expect("an id");
    let short = made["shortId"].to_string();
    for id in [id, &short] {
        let fields = [
            "lead",
            "teamAccess",
            "entityStatus",
            "queues",
            "start",
            "issueQueues",
            "checklistItems",
            "teamUsers",
            "quarter",
        ];
        let got = get(&f, f.guest, "project", id, &fields).expect("readable");
        assert_eq!(got["fields"]["lead"]["id"], f.bob.to_string());
        assert_eq!(got["fields"]["teamAccess"], Value::Null);
        for list in ["issueQueues", "checklistItems", "teamUsers", "quarter"] {
            assert_eq!(got["fields"][list], json!([]), "{list}");
        }
        assert_eq!(got["fields"]["entityStatus"], "draft");
        assert_eq!(got["fields"]["start"], "2031-03-01");
        assert_eq!(got["fields"]["queues"][0]["key"], "DEV");
    }
    assert!(get(&f, f.bob, "project", id, &[]).expect("readable").get("fields").is_none());
    assert_eq!(code(get(&f, f.bob, "goal", id, &[])), 404);
    assert_eq!(code(get(&f, f.bob, "report2", id, &[])), 404);
    assert_eq!(code(get(&f, f.bob, "project", id, &["entityType"])), 422);
    assert_eq!(code(try_create(&f, f.guest, "project", json!({"summary": "x"}))), 403);

    let change = json!({"fields": {"followers": {"add": "ann", "remove": ["bob"]}, "lead": null,
        "entityStatus": "in_progress", "parentEntity": null}, "comment": "Done"});
    let changed = patch(&f, f.bob, "project", id, change.clone()).expect("a change");
    assert_eq!(changed["version"], 2, "the comment adds no version");
    assert_eq!(changed["fields"]["lead"], Value::Null);
    assert_eq!(changed["fields"]["parentEntity"], Value::Null);
    let other = create(&f, "project", json!({"summary": "Other"}));
    let both = json!({"fields": {"summary": "Paper"}, "comment": "Linked",
        "links": [{"relationship": "depends on", "entity": other}]});
    let linked = patch(&f, f.bob, "project", id, both).expect("field, link and comment at once");
    assert_eq!(linked["version"], 3);
    let mut request = UpdateEntity::new("project", id, members(json!({"summary": "x"})));
    request.version = Some(1);
    assert_eq!(code(f.write(f.bob, move |cx| ops::update(cx, &request)).map(body)), 412);
    let same = patch(&f, f.bob, "project", id, json!({"fields": {"tags": ["a"]}}));
    assert_eq!(same.expect("nothing to do")["version"], 3);
}

#[test]
fn wrong_fields_are_all_named() {
    let f = Fixture::new();
    let project = create(&f, "project", json!({"summary": "p"}));
    let error = patch(
        &f,
        f.ann,
        "project",
        &project,
        json!({"fields": {"summary": "",
        "lead": "nobody", "start": "soon", "parentEntity": project, "entityStatus": "achieved",
        "nosuch": 1, "issueQueues": [], "teamAccess": "yes", "quarter": ["x"],
        "keyResultItems": []}}),
    )
    .expect_err("wrong");
    let told: Vec<String> = error.body(Lang::En).errors.into_keys().collect();
    assert_eq!(
        told,
        [
            "entityStatus",
            "issueQueues",
            "keyResultItems",
            "lead",
            "nosuch",
            "parentEntity",
            "quarter",
            "start",
            "summary",
            "teamAccess"
        ]
    );
    assert_eq!(code(try_create(&f, f.ann, "goal", json!({"fields": {}}))), 422);
    let one = create(&f, "portfolio", json!({"summary": "1"}));
    let two = create(&f, "portfolio", json!({"summary": "2", "parentEntity": one}));
    let ring = patch(&f, f.ann, "portfolio", &one, json!({"fields": {"parentEntity": two}}));
    assert_eq!(code(ring), 422);
}

#[test]
fn entities_are_found() {
    let f = Fixture::new();
    let root = create(&f, "portfolio", json!({"summary": "Root"}));
    create(
        &f,
        "portfolio",
        json!({"summary": "Leaf", "parentEntity": root, "lead": "bob",
        "tags": ["cider"], "start": "2031-03-01"}),
    );
    create(&f, "portfolio", json!({"summary": "Other", "entityStatus": "launched"}));
    let found = |wanted: Value| find(&f, "portfolio", wanted).expect("a list");
    assert_eq!(found(json!({})), ["Root", "Leaf", "Other"]);
    assert_eq!(found(json!({"input": "OO"})), ["Root"]);
    assert_eq!(found(json!({"rootOnly": true})), ["Root", "Other"]);
    assert_eq!(found(json!({"filter": {"parentEntity": root}})), ["Leaf"]);
    assert_eq!(found(json!({"filter": {"lead": "bob", "tags": "cider"}})), ["Leaf"]);
    assert_eq!(found(json!({"filter": {"entityStatus": ["launched", "x"]}})), ["Other"]);
    assert_eq!(found(json!({"filter": {"start": "empty()"}})), ["Root", "Other"]);
    assert_eq!(found(json!({"filter": {"start": {"from": "2031-01-01"}}})), ["Leaf"]);
    assert_eq!(found(json!({"orderBy": "summary"})), ["Leaf", "Other", "Root"]);
    assert_eq!(found(json!({"orderBy": "summary", "orderAsc": false})), ["Root", "Other", "Leaf"]);
    for wrong in [
        json!({"filter": {"nosuch": 1}}),
        json!({"orderBy": "nosuch"}),
        json!({"filter": {"lead": "nobody"}}),
    ] {
        assert_eq!(find(&f, "portfolio", wrong).expect_err("wrong").status(), 422);
    }
}

#[test]
fn access_is_given_taken_and_inherited() {
    let f = Fixture::new();
    let portfolio = create(&f, "portfolio", json!({"summary": "All"}));
    let project = create(&f, "project", json!({"summary": "p", "parentEntity": portfolio}));
    let grant = |kind: &str, id: &str, uid: i64, value: Value| {
        let request = UpdateEntityExtendedPermissions::new(kind, id, members(value));
        f.write(uid, move |cx| permissions::update_extended(cx, &request)).map(body)
    };
    let only_ann = json!({"acl": {"grant": {"READ": {"users": "ann"}}}});
    assert_eq!(code(grant("portfolio", &portfolio, f.bob, only_ann.clone())), 403);
    let told = grant("portfolio", &portfolio, f.ann, only_ann).expect("a change");
    assert_eq!(told["acl"]["READ"]["users"][0]["id"], f.ann.to_string());
    assert_eq!(code(get(&f, f.bob, "portfolio", &portfolio, &[])), 403);
    assert_eq!(code(get(&f, f.bob, "project", &project, &[])), 403, "inherited");
    assert!(get(&f, f.boss, "project", &project, &[]).is_ok());
    let open = json!({"permissionSources": [], "acl": {"READ": {"users": ["bob"]}}});
    grant("project", &project, f.ann, open).expect("a change");
    assert!(get(&f, f.bob, "project", &project, &[]).is_ok());
    assert_eq!(code(patch(&f, f.bob, "project", &project, json!({"summary": "x"}))), 403);
    assert!(find(&f, "portfolio", json!({})).expect("a list").is_empty());
    let stranger = json!({"permissionSources": [project]});
    assert_eq!(code(grant("portfolio", &portfolio, f.ann, stranger)), 422);
}

#[test]
fn comments_are_written_walked_and_removed() {
    let f = Fixture::new();
    let id = create(&f, "project", json!({"summary": "p"}));
    let add = |text: &str| {
        let comment: CommentCreate = serde_json::from_value(json!({"text": text})).expect("one");
        let request = CreateEntityComment::new("project", &*id, comment);
        body(f.write(f.bob, move |cx| comments::create(cx, &request)).expect("a comment"))
    };
    let (first, second, third) = (add("one"), add("two"), add("three"));
    let path = format!("http://tracker.test/v3/entities/project/{id}/comments/{}", first["id"]);
    assert_eq!(first["self"], path);
    let walk = |set: &dyn Fn(ListEntityCommentsRelative) -> ListEntityCommentsRelative| {
        let request = set(ListEntityCommentsRelative::new("project", &*id));
        let page = body(f.read(f.guest, |cx| comments::relative(cx, &request)).expect("a page"));
        let texts = page["comments"].as_array().expect("a list").iter();
        let texts: Vec<String> =
            texts.map(|c| c["text"].as_str().expect("a text").to_owned()).collect();
        (texts.join(" "), page["hasNext"] == true, page["hasPrev"] == true)
    };
    assert_eq!(walk(&|r| r.per_page(2)), ("one two".to_owned(), true, false));
    let after = first["longId"].as_str().expect("an id").to_owned();
    assert_eq!(walk(&|r| r.from(&*after)), ("two three".to_owned(), false, true));
    assert_eq!(
        walk(&|r| r.new_comments_on_top(true).per_page(1)),
        ("three".to_owned(), true, false)
    );
    let middle = second["id"].to_string();
    assert_eq!(walk(&|r| r.selected(&*middle)), ("two one three".to_owned(), false, false));

    let edit = |uid: i64| {
        let patch: CommentUpdate = serde_json::from_value(json!({"text": "new"})).expect("one");
        let request = UpdateEntityComment::new("project", &*id, third["id"].to_string(), patch);
        f.write(uid, move |cx| comments::update(cx, &request)).map(body)
    };
    assert_eq!(code(edit(f.ann)), 403);
    assert_eq!(edit(f.bob).expect("an edit")["version"], 2);
    let request = DeleteEntityComment::new("project", &*id, third["id"].to_string());
    f.write(f.bob, move |cx| comments::delete(cx, &request)).map(drop).expect("gone");
    assert_eq!(walk(&|r| r), ("one two".to_owned(), false, false));
    let events = ListEntityEvents::new("project", &*id);
    let events = body(f.read(f.guest, |cx| event::list(cx, &events)).expect("a history"));
    let told: Vec<&Value> =
        events["events"].as_array().expect("a list").iter().map(|e| &e["display"]).collect();
    assert_eq!(
        told,
        [
            "Created",
            "Comment added",
            "Comment added",
            "Comment added",
            "Comment changed",
            "Comment deleted"
        ]
    );
    let got = get(&f, f.bob, "project", &id, &["lastCommentUpdatedAt", "followers"]).expect("it");
    assert!(got["fields"]["lastCommentUpdatedAt"].is_string());
    assert_eq!(got["version"], 1);
}

#[test]
fn links_are_seen_from_both_ends() {
    let f = Fixture::new();
    let project = create(&f, "project", json!({"summary": "p"}));
    let goal = create(&f, "goal", json!({"summary": "g"}));
    let link = |kind: &str, id: &str, words: &str, other: &str| {
        let value = json!({"relationship": words, "entity": other});
        let request = CreateEntityLinks::new(kind, id, value);
        f.write(f.ann, move |cx| links::create(cx, &request)).map(|_| Value::Null)
    };
    assert_eq!(code(link("project", &project, "depends on", &goal)), 422);
    assert_eq!(code(link("project", &project, "nosuch", &goal)), 422);
    assert_eq!(code(link("project", &project, "relates", &project)), 422);
    link("project", &project, "works towards", &goal).expect("linked");
    assert_eq!(code(link("goal", &goal, "is supported by", &project)), 422);
    let request = ListEntityLinks::new("goal", &*goal).fields(["id", "summary"]);
    let listed = body(f.read(f.guest, |cx| links::list(cx, &request)).expect("a list"));
    assert_eq!(listed[0]["type"], "is supported by");
    assert_eq!(listed[0]["linkFieldValues"], json!({"id": project, "summary": "p"}));
    let counted = get(&f, f.bob, "goal", &goal, &["linkedProjectsCount"]).expect("it");
    assert_eq!(counted["fields"]["linkedProjectsCount"], 1);
    let delete = DeleteEntity::new("project", &*project);
    let refused = delete.clone();
    assert_eq!(code(f.write(f.bob, move |cx| ops::delete(cx, &refused)).map(body)), 403);
    f.write(f.ann, move |cx| ops::delete(cx, &delete)).map(drop).expect("gone");
    let listed = body(f.read(f.guest, |cx| links::list(cx, &request)).expect("a list"));
    assert_eq!(listed, json!([]));
}

#[test]
fn checklists_belong_to_projects() {
    let f = Fixture::new();
    let project = create(&f, "project", json!({"summary": "p"}));
    let goal = create(
        &f,
        "goal",
        json!({"summary": "g", "keyResultItems": [
        {"text": "k", "type": "binary", "achieved": true},
        {"text": "n", "type": "value", "progress": {"start": 0, "end": 10, "current": 5}}]}),
    );
    let add = |kind: &str, id: &str| {
        let request =
            AddEntityChecklistItems::new(kind, id, json!([{"text": "a", "assignee": "bob"}]))
                .fields(["checklistItems"]);
        f.write(f.ann, move |cx| checklist::add(cx, &request)).map(body)
    };
    assert_eq!(code(add("goal", &goal)), 400);
    let made = add("project", &project).expect("an item");
    assert_eq!(made["fields"]["checklistItems"][0]["assignee"]["id"], f.bob.to_string());
    let got = get(&f, f.bob, "goal", &goal, &["progressPercentage"]).expect("it");
    assert_eq!(got["fields"]["progressPercentage"], 0.75);
}

#[test]
fn the_old_form_shows_the_same_projects() {
    let f = Fixture::new();
    let create = |value: Value| {
        let request = CreateProject::new(members(value)).expand(["queues"]);
        f.write(f.ann, move |cx| project::create(cx, &request)).map(body)
    };
    assert_eq!(code(create(json!({"name": "x"}))), 422);
    let made = create(json!({"name": "Press", "queues": "DEV", "status": "IN_PROGRESS",
        "startDate": "2031-03-01"}))
    .expect("a project");
    assert_eq!((&made["status"], &made["key"]), (&json!("in_progress"), &json!("Press")));
    assert_eq!(made["queues"][0]["key"], "DEV");
    let id = made["id"].as_str().expect("an id");
    let replace = |version: Option<i64>, value: Value| {
        let mut request = ReplaceProject::new(id, members(value));
        request.version = version;
        f.write(f.ann, move |cx| project::replace(cx, &request)).map(body)
    };
    assert_eq!(code(replace(None, json!({"queues": "DEV"}))), 428);
    assert_eq!(code(replace(Some(9), json!({"queues": "DEV"}))), 412);
    let error = replace(Some(1), json!({"queues": "DEV", "name": ""})).expect_err("empty");
    assert!(error.body(Lang::En).errors.contains_key("name"));
    let after = replace(Some(1), json!({"queues": ["HELP"], "status": "LAUNCHED"})).expect("it");
    assert_eq!((&after["version"], &after["status"]), (&json!(2), &json!("launched")));

    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "project": id}));
    let shown = &f.json(f.bob, &key)["project"];
    assert_eq!(shown["primary"]["id"], id);
    assert_eq!(shown["primary"]["self"], made["self"]);
    assert_eq!(shown["secondary"], json!([]));
    let wrong = f.try_issue(f.ann, json!({"queue": "DEV", "summary": "s", "project": 7}));
    assert_eq!(wrong.expect_err("none").status(), 422);
    let queues = GetProject::new(id).expand(["queues"]);
    let got = body(f.read(f.bob, |cx| project::get(cx, &queues)).expect("it"));
    assert_eq!(got["queues"].as_array().map(Vec::len), Some(2), "also those of its issues");
    let delete = trackway_api::projects::DeleteProject::new(id);
    f.write(f.ann, move |cx| project::delete(cx, &delete)).map(drop).expect("gone");
    assert!(f.json(f.bob, &key).get("project").is_none());
}

#[test]
fn statements_are_ready_for_both_engines() {
    let f = Fixture::new();
    let comments = crate::comment::thread::OF_ENTITIES.statements();
    f.tracker.db().prepare_all(&comments).expect("statements that can be prepared");
    f.tracker.db().prepare_all(store::ALL_SQL).expect("statements that can be prepared");
}
