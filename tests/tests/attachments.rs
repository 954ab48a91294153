//! Files over the wire: forms as clients send them, ranges, and what a browser is told.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use trackway_tests::{Answer, Client, Options, Server, on_each_engine};

/// A picture of 2 x 1 pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x01\x08\x02\0\0\0{@\xe8\xdd\0\0\0\x0fIDATx\x9cc\xf8\xcf\xc0\xc0\xf0\x9f\x01\0\x07\xff\x01\xff\x01\x7f\x89\xa7\0\0\0\0IEND\xaeB`\x82";

fn form(disposition: &str, content_type: Option<&str>, content: &[u8]) -> Vec<u8> {
    let kind = content_type.map(|t| format!("Content-Type: {t}\r\n")).unwrap_or_default();
    let mut form = format!("--xYz\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n")
        .into_bytes();
    form.extend_from_slice(content);
    form.extend_from_slice(b"\r\n--xYz--\r\n");
    form
}

fn upload(client: &Client, path: &str, form: Vec<u8>) -> Answer {
    client.post(path).body("multipart/form-data; boundary=xYz", form).send()
}

fn new_issue(client: &Client) -> String {
    let body = json!({"queue": "DEV", "summary": "Files"});
    let issue = client.post("/issues").json(&body).send().expect(201).json();
    issue["key"].as_str().expect("a key").to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { files_below(&path) } else { vec![path.display().to_string()] }
        })
        .collect()
}

#[test]
fn a_file_goes_up_and_comes_down() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let client = server.client().with_version(version);
            let key = new_issue(&client);
            let path = format!("/issues/{key}/attachments/");
            let named = form("name=\"file\"; filename=\"file\"", None, b"0123456789");
            let file = upload(&client, &format!("{path}?filename=%D1%8F+1.txt"), named);
            let file = file.expect(201).json();
            assert_eq!((text(&file["name"]), &file["size"]), ("я 1.txt", &json!(10)));
            assert_eq!(file["mimetype"], "text/plain");
            let listed = client.get(&path).send().expect(200).json();
            assert_eq!(listed, json!([file]));
            assert_eq!(client.get(text(&file["self"])).send().expect(200).json(), file);
            let expanded = client.get(&format!("/issues/{key}?expand=attachments")).send();
            assert_eq!(expanded.expect(200).json()["attachments"][0]["id"], file["id"]);
            let whole = client.get(&format!("/issues/{key}?embed=attachments")).send();
            assert_eq!(whole.expect(200).json()["attachments"], json!([file]));

            let content = text(&file["content"]);
            let whole = client.get(content).send().expect(200);
            assert_eq!(whole.body, b"0123456789");
            assert_eq!(whole.header("Content-Length"), Some("10"));
            assert_eq!(whole.header("Content-Type"), Some("text/plain; charset=utf-8"));
            assert_eq!(whole.header("X-Content-Type-Options"), Some("nosniff"));
            assert!(whole.header("Content-Security-Policy").expect("one").contains("sandbox"));
            let told = whole.header("Content-Disposition").expect("one");
            assert!(told.starts_with("attachment;") && told.contains("%D1%8F%201.txt"), "{told}");

            let query = json!({"query": format!("Key: {key} Attachment: \"я txt\"")});
            let found = || client.post("/issues/_count").json(&query).send().expect(200).json();
            assert_eq!(found(), 1, "by the name of its file, at once");
            let delete = client.delete(&format!("{path}{}/", text(&file["id"]))).send();
            delete.expect(204);
            assert_eq!(found(), 0);
            client.get(content).send().expect(404);
            client.get(text(&file["self"])).send().expect(404);
            let history = client.get(&format!("/issues/{key}/changelog")).send().expect(200).json();
            let kinds: Vec<&str> =
                history.as_array().expect("a list").iter().map(|e| text(&e["type"])).collect();
            assert_eq!(kinds, ["IssueCreated", "IssueAttachmentAdded", "IssueAttachmentRemoved"]);
        }
    });
}

#[test]
fn forms_of_all_clients_are_read() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let path = format!("/issues/{}/attachments", new_issue(&client));
    let large = vec![b'x'; 3 << 20];
    for (form, name, kind, size) in [
        (form("name=\"file_data\"; filename=\"a.pdf\"", None, b"x"), "a.pdf", "application/pdf", 1),
        (
            form("name=whatever; filename=\"dir/b\"", Some("image/x-own; q=1"), b"xy"),
            "b",
            "image/x-own",
            2,
        ),
        (form("name=file; filename=\"e.bin\"", None, b""), "e.bin", "application/octet-stream", 0),
        (form("name=file", None, b"plain words"), "file", "text/plain", 11),
        (
            form("name=f; filename=\"big\"", Some("application/octet-stream"), &large),
            "big",
            "text/plain",
            3 << 20,
        ),
    ] {
        let file = upload(&client, &path, form).expect(201).json();
        assert_eq!((text(&file["name"]), text(&file["mimetype"])), (name, kind));
        assert_eq!(file["size"], size);
        let bytes = client.get(text(&file["content"])).send().expect(200).body;
        assert_eq!(bytes.len(), size, "{name}");
    }
    for (kind, form, status) in [
        ("multipart/form-data; boundary=xYz", b"--xYz--\r\n".to_vec(), 422),
        ("multipart/form-data; boundary=xYz", b"nonsense".to_vec(), 400),
        ("multipart/form-data", form("name=file", None, b"x"), 400),
        ("application/json", b"{}".to_vec(), 415),
    ] {
        client.post(&path).body(kind, form).send().expect(status);
    }
    let long = format!("{path}?filename={}", "x".repeat(256));
    upload(&client, &long, form("name=file; filename=a", None, b"x")).expect(422);
    upload(&client, "/issues/DEV-99999/attachments", form("name=f; filename=a", None, b"x"))
        .expect(404);
}

#[test]
fn parts_of_a_file_are_sent() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let path = format!("/issues/{}/attachments", new_issue(&client));
    let file = upload(&client, &path, form("name=f; filename=a.html", None, b"0123456789"));
    let file = file.expect(201).json();
    let content = text(&file["content"]).to_owned();
    let part = client.get(&content).header("Range", "bytes=2-4").send().expect(206);
    assert_eq!(
        (part.body.as_slice(), part.header("Content-Range")),
        (&b"234"[..], Some("bytes 2-4/10"))
    );
    let outside = client.get(&content).header("Range", "bytes=10-").send().expect(416);
    assert_eq!(outside.header("Content-Range"), Some("bytes */10"));
    let head = client.request("HEAD", &content).send().expect(200);
    assert_eq!((head.header("Content-Length"), head.body.len()), (Some("10"), 0));
    let etag = head.header("ETag").expect("one").to_owned();
    client.get(&content).header("If-None-Match", &etag).send().expect(304);
    let stale = client.get(&content).header("Range", "bytes=2-4").header("If-Range", "\"x\"");
    assert_eq!(stale.send().expect(200).body.len(), 10);
    let shown = client.get(&format!("{content}?inline=true")).send().expect(200);
    let told = shown.header("Content-Disposition").expect("one");
    assert!(told.starts_with("attachment"), "a page is never shown in place: {told}");
    assert_eq!(shown.header("Content-Type"), Some("text/html"));
    let packed = client.get(&content).header("Accept-Encoding", "gzip").send().expect(200);
    assert_eq!(packed.header("Content-Encoding"), None);
}

#[test]
fn pictures_have_thumbnails() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let key = new_issue(&client);
    let path = format!("/issues/{key}/attachments");
    let picture = upload(&client, &path, form("name=f; filename=a.png", None, PNG));
    let picture = picture.expect(201).json();
    assert_eq!(picture["metadata"]["size"], "2x1");
    for _ in 0..2 {
        let small = client.get(text(&picture["thumbnail"])).send().expect(200);
        assert_eq!(small.header("Content-Type"), Some("image/png"));
        assert!(small.body.starts_with(b"\x89PNG"));
    }
    let other = upload(&client, &path, form("name=f; filename=b.png", None, b"no picture"));
    let other = other.expect(201).json();
    assert!(other.get("thumbnail").is_none());
    client.get(&format!("/issues/{key}/thumbnails/{}", text(&other["id"]))).send().expect(404);
}

#[test]
fn temporary_files_become_files_of_issues_and_comments() {
    on_each_engine(|server| {
        let client = server.client();
        let temporary = |name: &str| {
            let form = form(&format!("name=file; filename=\"{name}\""), None, b"abc");
            upload(&client, "/attachments/", form).expect(201).json()
        };
        let first = temporary("one.txt");
        assert_eq!(client.get(text(&first["self"])).send().expect(200).json(), first);
        assert_eq!(client.get(text(&first["content"])).send().expect(200).body, b"abc");
        let body = json!({"queue": "DEV", "summary": "s", "attachmentIds": [first["id"]]});
        let issue = client.post("/issues?expand=attachments").json(&body).send().expect(201).json();
        assert_eq!(issue["attachments"][0]["display"], "one.txt");
        let again = json!({"attachmentIds": [first["id"]]});
        let key = text(&issue["key"]);
        client.patch(&format!("/issues/{key}")).json(&again).send().expect(404);
        let bound = client.get(text(&first["self"])).send().expect(200).json();
        assert!(text(&bound["self"]).contains(key));

        let second = temporary("two.txt");
        let comment = json!({"text": "See", "attachmentIds": [second["id"]]});
        let path = format!("/issues/{key}/comments");
        let made = client.post(&format!("{path}?expand=all")).json(&comment).send().expect(201);
        assert_eq!(made.json()["attachments"][0]["display"], "two.txt");
        let listed = client.get(&format!("/issues/{key}/attachments")).send().expect(200).json();
        assert_eq!(listed[1]["commentId"], made.json()["id"].to_string());

        // Two published clients upload a file to a comment directly.
        let path = format!("{path}/{}/attachments", made.json()["id"]);
        let direct = |client: &Client, path: &str| {
            upload(client, path, form("name=file; filename=\"three.txt\"", None, b"xyz"))
        };
        let third = direct(&client, &path).expect(201).json();
        assert_eq!(third["commentId"], made.json()["id"].to_string());
        assert_eq!(client.get(text(&third["content"])).send().expect(200).body, b"xyz");
        direct(&client, &format!("/issues/{key}/comments/999999999/attachments")).expect(404);
        let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
        direct(&server.anonymous().with_login(token, org), &path).expect(403);
        client.delete(&format!("/issues/{key}/comments/{}", made.json()["id"])).send().expect(204);
        client.get(text(&third["self"])).send().expect(404);
    });
}

#[test]
fn files_are_imported_with_their_history() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let key = new_issue(&client);
    let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
    let (at, by) = (text(&issue["createdAt"]).replace('+', "%2B"), text(&issue["createdBy"]["id"]));
    let query = format!("_import?filename=old.txt&createdAt={at}&createdBy={by}");
    let import = |path: &str| upload(&client, path, form("name=file; filename=x", None, b"x"));
    let file = import(&format!("/issues/{key}/attachments/{query}")).expect(200).json();
    assert_eq!((text(&file["name"]), &file["createdAt"]), ("old.txt", &issue["createdAt"]));
    import(&format!("/issues/{key}/attachments/_import?filename=a&createdBy={by}")).expect(422);
    let path = format!("/issues/{key}/comments");
    let comment = client.post(&path).json(&json!({"text": "t"})).send().expect(201).json();
    let at = text(&comment["createdAt"]).replace('+', "%2B");
    let query = format!("_import?filename=old.txt&createdAt={at}&createdBy={by}");
    let file = import(&format!("{path}/{}/attachments/{query}", comment["id"])).expect(200).json();
    assert_eq!(file["commentId"], comment["id"].to_string());
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let key = new_issue(&client);
    let ready = server.ready();
    let mut socket = TcpStream::connect(client.authority()).expect("a connection");
    let head = format!(
        "POST /v3/issues/{key}/attachments HTTP/1.1\r\nHost: {}\r\nAuthorization: OAuth {}\r\n\
         X-Org-ID: {}\r\nContent-Type: multipart/form-data; boundary=xYz\r\n\
         Content-Length: 9000000\r\n\r\n--xYz\r\nContent-Disposition: form-data; name=f; \
         filename=a\r\n\r\n",
        client.authority(),
        ready.text("token"),
        ready.text("orgId"),
    );
    let store = server.data_dir().join("files");
    // The demo company has files of its own.
    let before = files_below(&store).len();
    socket.write_all(head.as_bytes()).expect("sent");
    socket.write_all(&vec![b'x'; 4 << 20]).expect("sent");
    let wait_for = |wanted: usize| {
        for _ in 0..500 {
            if files_below(&store).len() == wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{:?}", files_below(&store));
    };
    wait_for(before + 1);
    socket.shutdown(std::net::Shutdown::Write).expect("closed");
    let mut rest = Vec::new();
    // Whatever the server says, it must end.
    socket.read_to_end(&mut rest).unwrap_or_default();
    wait_for(before);
    let listed = client.get(&format!("/issues/{key}/attachments")).send().expect(200).json();
    assert_eq!(listed, json!([]));
}

#[test]
fn files_over_the_limit_are_refused() {
    let config = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(config.path(), "[server.files.limits]\nbytes = 1000\n").expect("written");
    let args = vec!["--config".to_owned(), config.path().display().to_string()];
    let server = Server::start(&Options { args, ..Options::default() });
    let client = server.client();
    let path = format!("/issues/{}/attachments", new_issue(&client));
    upload(&client, &path, form("name=f; filename=a", None, &[b'x'; 1000])).expect(201);
    upload(&client, &path, form("name=f; filename=a", None, &[b'x'; 1001])).expect(413);
    upload(&client, &path, form("name=f; filename=a", None, &vec![b'x'; 3 << 20])).expect(413);
    let listed = client.get(&path).send().expect(200).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[test]
fn checklists_answer_the_whole_issue() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let client = server.client().with_version(version);
            let key = new_issue(&client);
            let path = format!("/issues/{key}/checklistItems");
            let me = client.get("/myself").send().expect(200).json();
            let item = json!({"text": "One", "checked": false, "assignee": me["uid"],
                "deadline": {"date": "2031-06-03T00:00:00.000+0000", "deadlineType": "date"}});
            let issue = client.post(&path).json(&item).send().expect(200).json();
            assert_eq!(issue["checklistTotal"], 1);
            let items = client.get(&path).send().expect(200).json();
            assert_eq!(items, issue["checklistItems"]);
            let one = format!("{path}/{}", text(&items[0]["id"]));
            assert_eq!(client.get(&one).send().expect(200).json(), items[0]);
            let done = client.patch(&one).json(&json!({"checked": true})).send().expect(200).json();
            assert_eq!(done["checklistDone"], 1);
            let list = json!([{"text": "New"}, {"id": items[0]["id"], "text": "One"}]);
            let rewritten = client.patch(&path).json(&list).send().expect(200).json();
            assert_eq!(rewritten["checklistItems"][0]["text"], "New");
            client.delete(&one).send().expect(200);
            let empty = client.delete(&path).send().expect(200).json();
            assert_eq!(empty["checklistTotal"], 0);
            client.get(&one).send().expect(404);
            client.post(&path).json(&json!({"text": ""})).send().expect(422);
            client.get(&format!("/issues/{key}/changelog")).send().expect(200);
        }
    });
}
