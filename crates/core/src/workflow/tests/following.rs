//! What conditions, functions and screens do to issues.

use super::*;

#[test]
fn conditions_open_a_transition_to_some() {
    let f = Fixture::new();
    for (condition, who) in [
        (json!({"type": "UserInFieldCondition", "field": "assignee"}), vec![f.bob]),
        (json!({"type": "QueueLeadCondition"}), vec![f.boss]),
        (json!({"type": "UserInListCondition", "users": ["ann"]}), vec![f.ann]),
        (json!({"type": "UserInGroupsCondition", "groups": [0]}), vec![f.boss, f.ann, f.bob]),
        (
            json!({"type": "Or", "conditions": [{"type": "QueueLeadCondition"},
                {"type": "UserInListCondition", "users": ["ann"]}]}),
            vec![f.boss, f.ann],
        ),
        (
            json!({"type": "And", "conditions": [{"type": "QueueLeadCondition"},
                {"type": "UserInListCondition", "users": ["ann"]}]}),
            vec![],
        ),
        (json!({"type": "PreviousStatusCondition"}), vec![]),
        (json!({"type": "LinkedToQueueCondition", "queue": "HELP"}), vec![]),
    ] {
        let f = Fixture::new();
        let key = with_action(&f, json!({"conditions": [condition.clone()]}));
        for uid in [f.boss, f.ann, f.bob] {
            let may = who.contains(&uid);
            assert_eq!(open(&f, uid, &key).contains(&"go".to_owned()), may, "{condition}");
            let code = status(run(&f, uid, &key, "go", json!({})));
            assert_eq!(code, if may { 200 } else { 404 }, "{condition}");
            if may {
                run(&f, uid, &key, "back", json!({})).expect("back");
            }
        }
    }
}

#[test]
fn conditions_about_the_past_and_about_links() {
    let f = Fixture::new();
    let condition = json!({"type": "LinkedToQueueCondition", "queue": "HELP"});
    let key = with_action(&f, json!({"conditions": [condition]}));
    assert!(open(&f, f.ann, &key).is_empty());
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let new = json!({"relationship": "relates", "issue": other});
    let new = serde_json::from_value::<trackway_api::links::LinkCreate>(new).expect("a body");
    let r = trackway_api::links::AddLink::new(&*key, new);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &r)).expect("a link");
    assert_eq!(open(&f, f.ann, &key), ["go"]);

    let f = Fixture::new();
    let key = with_action(&f, json!({}));
    let past = json!({"name": {"ru": "Назад"}, "target": "open",
        "conditions": [{"type": "PreviousStatusCondition"}]});
    let list = ListWorkflows::new().per_page(1000);
    let list = f.read(f.boss, |cx| workflow::list(cx, &list).map(body)).expect("a list");
    let id = list.as_array().expect("a list").iter().filter_map(|w| w["id"].as_str());
    let mut id = id;
    let id = id.rfind(|id| id.starts_with('W')).expect("ours").to_owned();
    action(&f, &id, "inProgress", "back", past).expect("a change");
    run(&f, f.ann, &key, "go", json!({})).expect("a transition");
    assert_eq!(open(&f, f.ann, &key), ["back"], "it came from there");
}

#[test]
fn functions_run_in_order() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"functions": [
            {"type": "SetCurrentTimeFunction", "field": "start"},
            {"type": "AddTextToFieldFunction", "field": "description", "text": "Started"},
            {"type": "MoveUsersFunction", "from": "assignee", "to": "followers", "copy": true},
            {"type": "MoveUsersFunction", "from": "assignee", "to": "qaEngineer"},
            {"type": "RemoveFieldValueFunction", "field": "tags"},
            {"type": "AddCommentFunction", "text": "Off we go", "author": "boss"},
            {"type": "AddCommentFunction", "text": "Indeed"},
        ]}),
    );
    run(&f, f.ann, &key, "go", json!({"tags": ["x"], "comment": "Mine"})).expect("a transition");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["start"], "2026-03-02");
    assert_eq!(issue["description"], "Started");
    assert_eq!(issue["qaEngineer"]["id"], f.bob.to_string());
    let followers = issue["followers"].as_array().expect("followers");
    let bob = json!(f.bob.to_string());
    assert!(followers.iter().any(|user| user["id"] == bob));
    assert_eq!((issue.get("assignee"), issue.get("tags")), (None, None));
    let r = trackway_api::comments::ListComments::new(&*key);
    let list = f.read(f.ann, |cx| crate::comment::ops::list(cx, &r).map(body)).expect("comments");
    let said: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| (c["text"].as_str().expect("a text"), c["createdBy"]["id"].clone()))
        .collect();
    let (boss, ann) = (json!(f.boss.to_string()), json!(f.ann.to_string()));
    assert_eq!(said, [("Off we go", boss), ("Indeed", ann.clone()), ("Mine", ann)]);
}

#[test]
fn letters_go_to_whoever_may_read_the_issue() {
    let f = Fixture::new();
    f.mail_on();
    let mail = json!({"type": "SendEmailFunction", "users": ["guest", "boss"], "fields": ["assignee"],
        "subject": "", "text": "{{issue.key}} is for {{issue.assignee.login}}"});
    let key = with_action(&f, json!({"functions": [mail]}));
    run(&f, f.ann, &key, "go", json!({})).expect("a transition");
    // One of them may not read it any more when it is sent.
    let mut permissions = open_permissions(f.boss);
    permissions.deny.users = vec![f.guest];
    f.permit(f.dev, permissions);
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    let letters = jobs.iter().map(|job| f.tracker.letter(job, NOW, "https://t.example"));
    let letters: Vec<_> = letters.map(|letter| letter.expect("ok")).collect();
    let mut readers: Vec<_> = letters.iter().flatten().map(|letter| letter.to.as_str()).collect();
    readers.sort_unstable();
    assert_eq!((jobs.len(), readers), (3, vec!["bob@trial.example", "boss@trial.example"]));
    for letter in letters.iter().flatten() {
        assert_eq!(letter.subject, format!("[{key}] s"));
        assert_eq!(letter.parts[0].said, [format!("{key} is for bob")]);
    }
}

#[test]
fn sums_and_followers() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"functions": [
            {"type": "CalculateFieldFunction", "fields": ["storyPoints", "storyPoints"], "field": "storyPoints"},
            {"type": "RemoveUsersFromCcFunction", "users": ["boss"]},
            {"type": "UnsetResolutionFunction"},
        ]}),
    );
    let sent = json!({"storyPoints": 2.5, "followers": ["boss", "bob"], "resolution": "fixed"});
    run(&f, f.ann, &key, "go", sent).expect("a transition");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["storyPoints"], 5.0);
    assert_eq!(issue["followers"].as_array().map(Vec::len), Some(1));
    assert_eq!(issue.get("resolution"), None);
}

#[test]
fn wrong_conditions_and_functions_are_refused_and_good_ones_come_back() {
    let f = Fixture::new();
    let drawing = |member: &str, value: &Json| {
        let mut drawing = short();
        let mut finish = to("finish", "closed");
        finish[member] = value.clone();
        drawing["steps"] = json!([step("open", json!([finish])), {"status": "closed"}]);
        drawing
    };
    for (member, value) in [
        ("conditions", json!("x")),
        ("conditions", json!([{"type": "Nonsense"}])),
        ("conditions", json!([{"type": "And", "conditions": []}])),
        ("conditions", json!([{"type": "UserInGroupsCondition", "groups": [99]}])),
        ("conditions", json!([{"type": "UserInFieldCondition", "field": "tags"}])),
        ("conditions", json!([{"type": "UserInListCondition", "users": ["nobody"]}])),
        ("functions", json!([{"type": "SendEmailFunction"}])),
        ("functions", json!([{"type": "SetCurrentTimeFunction", "field": "tags"}])),
        ("functions", json!([{"type": "RemoveFieldValueFunction", "field": "status"}])),
        ("functions", json!([{"type": "RemoveFieldValueFunction", "field": "summary"}])),
        ("functions", json!([{"type": "AddCommentFunction", "text": " "}])),
        ("functions", json!([{"type": "SetActiveSprintFunction", "board": 5}])),
        ("screen", json!("nonsense")),
        ("screen", json!({"elements": [{"field": "nonsense"}]})),
        ("screen", json!({"elements": [{"field": "tags"}, {"field": "tags"}]})),
    ] {
        let error = create(&f, f.boss, drawing(member, &value)).expect_err(member);
        assert_eq!(fault(&error), (422, vec!["steps".to_owned()]), "{value}");
    }
    let late = json!({"elements": [{"field": "deadline", "defaultValue": "soon"}]});
    let error = create(&f, f.boss, drawing("screen", &late)).expect_err("no date");
    assert_eq!(fault(&error), (422, vec!["deadline".to_owned()]), "the field itself is named");
    let rules = json!([{"type": "Or", "conditions": [
        {"type": "UserInListCondition", "users": ["ann"]},
        {"type": "UserInGroupsCondition", "groups": [0]}]}]);
    let made = create(&f, f.boss, drawing("conditions", &rules)).expect("a workflow");
    assert_eq!(made["steps"][0]["actions"][0]["conditions"], rules);
}

#[test]
fn screens_are_listed_and_required_fields_are_asked_for() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"screen": {"name": {"ru": "Начало", "en": "Start"}, "elements": [
            {"field": "deadline", "required": true},
            {"field": "storyPoints", "defaultValue": 3},
            {"field": "comment"}]}}),
    );
    let list = ListScreens::new().per_page(1000);
    let list = f.read(f.ann, |cx| screen::list(cx, &list).map(body)).expect("a list");
    let list = list.as_array().expect("a list");
    let ours = list.iter().find(|screen| screen["name"] == "Start").expect("ours");
    let id = ours["id"].as_str().expect("an id");
    assert!(list.iter().any(|screen| screen["id"] == crate::dict::defaults::CLOSE_SCREEN));
    let one = GetScreen::new(id);
    assert_eq!(&f.read(f.ann, |cx| screen::get(cx, &one).map(body)).expect("a screen"), ours);
    let elements = ListScreenElements::new(id);
    let elements = f.read(f.ann, |cx| screen::elements(cx, &elements).map(body)).expect("fields");
    assert_eq!(elements, ours["elements"]);
    assert_eq!((&elements[0]["required"], &elements[1]["defaultValue"]), (&json!(true), &json!(3)));
    let element = GetScreenElement::new(id, "deadline");
    let element = f.read(f.ann, |cx| screen::element(cx, &element).map(body)).expect("a field");
    assert_eq!(element, elements[0]);
    for (screen_id, field) in [(id, "tags"), ("nonsense", "deadline")] {
        let r = GetScreenElement::new(screen_id, field);
        assert_eq!(status(f.read(f.ann, |cx| screen::element(cx, &r))), 404);
    }
    let error = run(&f, f.ann, &key, "go", json!({})).expect_err("required");
    assert_eq!(fault(&error), (422, vec!["deadline".to_owned()]));
    run(&f, f.ann, &key, "go", json!({"deadline": "2026-05-01"})).expect("a transition");
    assert_eq!(f.json(f.ann, &key)["storyPoints"], 3.0);
}
