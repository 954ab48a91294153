//! Time records, moves, clones, imports, reactions and remote links over HTTP, in both versions. The
//! harness holds every answer against the contract.

use serde_json::{Value, json};
use trackway_tests::{Client, on_each_engine};

/// Two queues whose issues may be tasks, and the login of the caller.
fn surroundings(client: &Client) -> (String, String, String) {
    let queues = client.get("/queues/?expand=issueTypesConfig").send().expect(200).json();
    let mut keys = queues.as_array().expect("a list").iter().filter_map(|queue| {
        let key = queue["key"].as_str()?;
        let types = client.get(&format!("/queues/{key}/issuetypes")).send().expect(200).json();
        let task = types.as_array()?.iter().any(|kind| kind["key"] == "task");
        task.then(|| key.to_owned())
    });
    let (first, second) = (keys.next().expect("a queue"), keys.next().expect("another"));
    let me = client.get("/myself").send().expect(200).json();
    (first, second, me["login"].as_str().expect("a login").to_owned())
}

fn issue(client: &Client, queue: &str) -> String {
    let body = json!({"queue": queue, "summary": "life of an issue", "type": "task"});
    let made = client.post("/issues/").json(&body).send().expect(201).json();
    made["key"].as_str().expect("a key").to_owned()
}

fn each(run: impl Fn(&Client)) {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            run(&server.client().with_version(version));
        }
    });
}

#[test]
fn time_records() {
    each(|client| {
        let (queue, _, login) = surroundings(client);
        let key = issue(client, &queue);
        let record = json!({"start": "2024-05-20T10:00:00+03:00", "duration": "PT520M",
            "comment": "patch"});
        let path = format!("/issues/{key}/worklog");
        let made = client.post(&path).json(&record).send().expect(201).json();
        assert_eq!(made["duration"], "P1DT40M");
        let one = format!("{path}/{}", made["id"]);
        assert_eq!(client.get(&one).send().expect(200).json(), made);
        let by_id = client.get(&format!("/worklog/{}", made["id"])).send().expect(200).json();
        assert_eq!(by_id, made);
        let etag = client.patch(&one).header("If-Match", "\"7\"").json(&json!({"comment": "x"}));
        etag.send().expect(412);
        let edited = client.patch(&one).json(&json!({"duration": "PT2H"})).send().expect(200);
        assert_eq!(edited.json()["version"], 2);
        client.post(&path).json(&json!({"duration": "PT0S"})).send().expect(422);
        let all = client.get(&path).send().expect(200).json();
        assert_eq!(all.as_array().map(Vec::len), Some(1));
        client.get(&format!("{path}?perPage=1")).send().expect(200);
        let search = json!({"createdBy": login, "createdAt": {"from": "2020-01-01"}});
        let found = client.post("/worklog/_search").json(&search).send().expect(200);
        assert!(found.header("X-Total-Count").is_some());
        client.post("/worklog/_search").json(&json!({"createdBy": "me"})).send().expect(422);
        let list =
            format!("/worklog?createdBy={login}&createdAt=from:2020-01-01T00:00:00.000%2B0000");
        assert!(
            !client.get(&list).send().expect(200).json().as_array().expect("a list").is_empty()
        );
        let spent = client.get(&format!("/issues/{key}")).send().expect(200).json();
        assert_eq!(spent["spent"], "PT2H");
        client.delete(&one).send().expect(204);
        client.delete(&one).send().expect(404);
        let history = client.get(&format!("/issues/{key}/changelog")).send().expect(200).json();
        assert_eq!(history[1]["worklog"][0]["to"]["duration"], "P1DT40M");
    });
}

#[test]
fn moves_clones_and_deletion() {
    each(|client| {
        let (queue, other, _) = surroundings(client);
        let key = issue(client, &queue);
        let child = issue(client, &queue);
        let parent = json!({"parent": key});
        client.patch(&format!("/issues/{child}")).json(&parent).send().expect(200);
        client.post(&format!("/issues/{key}/_move")).send().expect(400);
        let path =
            format!("/issues/{key}/_move?queue={other}&initialStatus=True&expandTransitions=true");
        let moved = client.post(&path).body("application/json", "null").send().expect(200).json();
        assert_eq!(moved["aliases"], json!([key]));
        assert!(moved["transitions"].is_array());
        assert_eq!(
            client.get(&format!("/issues/{key}")).send().expect(200).json()["key"],
            moved["key"]
        );
        let path = format!("/issues/{key}/_clone?queues={queue},{other}&linkWithOriginal=True");
        let clones = client.post(&path).send().expect(200).json();
        assert_eq!(clones.as_array().map(Vec::len), Some(2));
        client.get(&format!("/issues/{key}/links")).send().expect(200);
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);
        client.delete(&format!("/issues/{key}")).send().expect(204);
        client.get(&format!("/issues/{key}")).send().expect(404);
        let orphan = client.get(&format!("/issues/{child}")).send().expect(200).json();
        assert_eq!(orphan.get("parent"), None);
        client.get(&format!("/issues/{child}/changelog")).send().expect(200);
        let restored = client.post(&format!("/issues/{key}/_restore")).send();
        restored.expect(404).json();
        let key = moved["key"].as_str().expect("a key");
        let restored = client.post(&format!("/issues/{key}/_restore")).send().expect(200).json();
        assert_eq!((&restored["id"], &restored["aliases"]), (&moved["id"], &moved["aliases"]));
        let child = client.get(&format!("/issues/{child}")).send().expect(200).json();
        assert_eq!(child["parent"]["key"], moved["key"]);
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);
        client.get(&format!("/issues/{key}/links")).send().expect(200);
        client.post(&format!("/issues/{key}/_restore")).send().expect(409);
    });
}

#[test]
fn votes_and_the_archive() {
    each(|client| {
        let (queue, _, me) = surroundings(client);
        let key = issue(client, &queue);
        let votes = format!("/issues/{key}/votes");
        let voted = client.post(&format!("{votes}/me")).send().expect(200).json();
        assert_eq!(voted["votes"], 1);
        let again = client.post(&format!("{votes}/{me}")).send().expect(200).json();
        assert_eq!(again["version"], voted["version"]);
        client.post(&format!("{votes}/nosuch")).send().expect(404);
        let path = format!("/issues/{key}?fields=votedBy");
        let voters = client.get(&path).send_unchecked().expect(200).json()["votedBy"].clone();
        assert!(voters[0]["display"].is_string(), "{voters}");
        assert_eq!(client.delete(&format!("{votes}/me")).send().expect(200).json()["votes"], 0);

        let count = json!({"query": format!("Key: {key}")});
        let found = || client.post("/issues/_count").json(&count).send().expect(200).json();
        assert_eq!(found(), 1);
        let archived = client.post(&format!("/issues/{key}/_archive")).send().expect(200).json();
        assert_eq!((&archived["archived"], found()), (&json!(true), json!(0)));
        client.get(&format!("/issues/{key}")).send().expect(200);
        client.patch(&format!("/issues/{key}")).json(&json!({"summary": "x"})).send().expect(423);
        client.post(&format!("{votes}/me")).send().expect(423);
        let restored = client.post(&format!("/issues/{key}/_restore")).send().expect(200).json();
        assert_eq!((restored.get("archived"), found()), (None, json!(1)));
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);
        client.post("/issues/NOSUCH-1/_restore").send().expect(404);
    });
}

/// What no search finds is listed; keys come in the order of what happened last.
#[test]
fn archived_and_deleted_issues_are_listed() {
    each(|client| {
        let (queue, other, _) = surroundings(client);
        let [first, second] = [issue(client, &queue), issue(client, &queue)];
        let keys = |path: &str| -> Vec<String> {
            let list = client.get(path).send().expect(200).json();
            let keys = list.as_array().expect("a list").iter().map(|one| one["key"].as_str());
            keys.map(|key| key.expect("a key").to_owned()).collect()
        };
        for key in [&first, &second] {
            client.post(&format!("/issues/{key}/_archive")).send().expect(200);
        }
        let archived = format!("/issues/_archived?queue={queue}");
        assert_eq!(keys(&archived), [second.clone(), first.clone()]);
        assert_eq!(keys(&format!("/issues/_archived?queue={other}")), [] as [&str; 0]);
        let page = client.get(&format!("{archived}&perPage=1")).send().expect(200);
        // A line for each link.
        let next = page.headers.iter().find_map(|(_, line)| line.strip_suffix(">; rel=\"next\""));
        let (_, next) = next.expect("a next page").rsplit_once("/issues/").expect("a path");
        assert_eq!(keys(&format!("/issues/{next}")), [&*first]);
        client.get("/issues/_archived?id=x").send().expect(400);
        client.get("/issues/_archived?queue=NOSUCH").send().expect(404);
        for key in [&first, &second] {
            client.delete(&format!("/issues/{key}")).send().expect(204);
        }
        assert_eq!(keys(&archived), [] as [&str; 0]);
        let deleted = format!("/issues/_deleted?queue={queue}&perPage=2");
        assert_eq!(keys(&deleted), [second.clone(), first.clone()]);
        let one = client.get(&deleted).send().expect(200).json()[0].clone();
        assert_eq!(
            (&one["summary"], &one["queue"]["key"]),
            (&json!("life of an issue"), &json!(queue))
        );
        for key in [&first, &second] {
            client.post(&format!("/issues/{key}/_restore")).send().expect(200);
            client.post(&format!("/issues/{key}/_restore")).send().expect(200);
        }
        assert!(!keys(&deleted).contains(&second));
    });
}

/// Whatever would change something in an archived queue is refused, in a form that the contract has.
#[test]
fn a_queue_on_the_shelf_is_read_only() {
    each(|client| {
        let version = client.get("/myself").send().expect(200).json()["self"].to_string();
        let queue = if version.contains("/v2/") { "SHELFTWO" } else { "SHELFTHREE" };
        let preset = "developmentPresetWorkflow";
        let new = json!({"key": queue, "name": "Shelf", "preset": preset});
        client.post("/queues").json(&new).send().expect(201);
        let new = json!({"queue": queue, "summary": "kept"});
        let key = client.post("/issues").json(&new).send().expect(201).json()["key"].clone();
        let (path, key) = (format!("/queues/{queue}"), key.as_str().expect("a key"));
        let archived = client.post(&format!("{path}/_archive")).send().expect(200).json();
        assert_eq!(archived["archived"], true);
        let listed = client.get("/queues?perPage=1000").send().expect(200).json();
        let is_one = |one: &&Value| one["key"] == queue && one["archived"] == true;
        assert_eq!(listed.as_array().expect("a list").iter().filter(is_one).count(), 1);
        client.get(&format!("/issues/{key}")).send().expect(200);
        client.get(&format!("{path}/triggers")).send().expect(200);
        let comment = json!([{"type": "CreateComment", "text": "x"}]);
        let trigger =
            json!({"name": "t", "actions": comment, "conditions": [{"type": "Event.create"}]});
        for (path, body) in [
            ("/issues".to_owned(), new.clone()),
            (format!("/issues/{key}/comments"), json!({"text": "x"})),
            (format!("/issues/{key}/checklistItems"), json!({"text": "x"})),
            (format!("/issues/{key}/_archive"), json!({})),
            (format!("/issues/{key}/_clone?queues={queue}"), json!({})),
            (format!("{path}/versions"), json!({"name": "1.0"})),
            (format!("{path}/components"), json!({"name": "core"})),
            (format!("{path}/triggers"), trigger),
            (format!("{path}/defaultValues"), json!({"values": {"tags": ["a"]}})),
        ] {
            let refused = client.post(&path).json(&body).send().expect(423).json();
            assert!(refused["errorMessages"][0].as_str().expect("why").contains(queue), "{path}");
        }
        client.patch(&path).json(&json!({"name": "x"})).send().expect(423);
        client.patch(&format!("/issues/{key}")).json(&json!({"summary": "x"})).send().expect(423);
        client.delete(&format!("/issues/{key}")).send().expect(423);
        client.get(&format!("/issues/_deleted?queue={queue}")).send().expect(423);
        let restored = client.post(&format!("{path}/_restore")).json(&json!({})).send().expect(200);
        assert_eq!(restored.json().get("archived"), None);
        client.patch(&format!("/issues/{key}")).json(&json!({"summary": "x"})).send().expect(200);
    });
}

#[test]
fn imports_keep_authors_and_times() {
    each(|client| {
        let (queue, _, login) = surroundings(client);
        let body = json!({"queue": queue, "summary": "imported", "type": "task",
            "createdAt": "2020-01-01T10:00:00Z", "createdBy": login,
            "updatedAt": "2021-01-01T10:00:00Z", "updatedBy": login, "spent": 3_600_000});
        let import = |body: &Value| client.post("/issues/_import").json(body).send();
        let made = import(&body).expect(200).json();
        assert_eq!(
            (&made["spent"], &made["createdAt"]),
            (&json!("PT1H"), &json!("2020-01-01T10:00:00.000+0000"))
        );
        let key = made["key"].as_str().expect("a key");
        let mut again = body.clone();
        again["key"] = json!(key);
        import(&again).expect(409);
        let other = import(&body).expect(200).json();
        let mut story = json!({"createdAt": "2020-06-01", "createdBy": login, "text": "hello",
            "relationship": "relates", "issue": other["key"], "duration": "PT1H",
            "start": "2020-05-31"});
        for part in ["comments", "links", "worklogs"] {
            client.post(&format!("/issues/{key}/{part}/_import")).json(&story).send().expect(200);
        }
        story["createdAt"] = json!("2030-01-01");
        for part in ["comments", "links", "worklogs"] {
            client.post(&format!("/issues/{key}/{part}/_import")).json(&story).send().expect(422);
        }
        let now = client.get(&format!("/issues/{key}")).send().expect(200).json();
        assert_eq!(now["updatedAt"], "2021-01-01T10:00:00.000+0000");
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);
    });
}

#[test]
fn reactions_links_and_applications() {
    each(|client| {
        let (queue, _, _) = surroundings(client);
        let (key, other) = (issue(client, &queue), issue(client, &queue));
        let path = format!("/issues/{key}/comments");
        let comment = client.post(&path).json(&json!({"text": "hi"})).send().expect(201).json();
        let like = format!("{path}/{}/reactions/LIKE", comment["id"]);
        let liked = client.post(&like).send().expect(200).json();
        assert_eq!(liked["reactionsCount"], json!({"like": 1}));
        client.get(&format!("{path}?expand=reactions")).send().expect(200);
        client.post(&format!("{path}/{}/reactions/NOPE", comment["id"])).send().expect(404);
        client.delete(&like).send().expect(200);
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);

        let link = json!({"relationship": "depends on", "issue": other});
        client.post(&format!("/issues/{key}/links")).json(&link).send().expect(201);
        let filtered = format!("/issues/{key}/links/_list");
        let body = json!({"linkTypes": ["depends on"]});
        let page = client.post(&filtered).json(&body).send().expect(200).json();
        assert_eq!(page["links"].as_array().map(Vec::len), Some(1));
        client.post(&filtered).json(&json!({"linkTypes": ["depends"]})).send().expect(400);

        let apps = client.get("/applications").send().expect(200).json();
        let app = apps[0]["id"].as_str().expect("an id");
        client.get(&format!("/applications/{app}")).send().expect(200);
        let path = format!("/issues/{key}/remotelinks");
        let link = json!({"relationship": "RELATES", "key": "MR-55", "origin": app});
        let path_back = format!("{path}?backlink=true");
        let made = client.post(&path_back).json(&link).send().expect(201).json();
        assert_eq!(client.get(&path).send().expect(200).json(), json!([made]));
        let one = format!("{path}/{}", made["id"]);
        client.get(&one).send().expect(200);
        client.delete(&one).send().expect(204);
        client.get(&one).send().expect(404);
        client.get(&format!("/issues/{key}/changelog")).send().expect(200);
    });
}
