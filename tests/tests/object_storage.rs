//! Files in a bucket: the real program against a server that speaks the protocol of S3.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use trackway_tests::{Answer, Client, Options, Server, python};

const BUCKET: &str = "trackway-files";
/// Parts of this many bytes are sent to a bucket.
const PART: usize = 5 << 20;

/// A server of buckets in memory, killed with this value.
struct Buckets {
    child: Child,
    port: u16,
}

impl Buckets {
    /// Starts one with an empty bucket; none where there is no Python.
    fn start() -> Option<Self> {
        let python = python::interpreter()?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = port.expect("a free port").port();
        let child = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let buckets = Self { child, port };
        eventually("the server of buckets answers", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        buckets.call("PUT", &format!("/{BUCKET}"));
        Some(buckets)
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The body of an answer.
    fn call(&self, method: &str, target: &str) -> String {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n",
            self.port
        );
        socket.write_all(head.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 200"), "{method} {target}: {answer}");
        answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned()
    }

    /// How many objects the bucket holds.
    fn objects(&self) -> usize {
        self.call("GET", &format!("/{BUCKET}?list-type=2")).matches("<Contents>").count()
    }

    /// How many uploads have begun and not ended.
    fn uploads(&self) -> usize {
        self.call("GET", &format!("/{BUCKET}?uploads")).matches("<UploadId>").count()
    }

    /// A program that keeps its files here.
    fn serve(&self) -> Server {
        let args = ["--files", &format!("s3://{BUCKET}/some/prefix"), "--s3-endpoint"];
        let mut args: Vec<String> = args.into_iter().map(str::to_owned).collect();
        args.extend([self.endpoint(), "--s3-region".to_owned(), "eu-central-1".to_owned()]);
        let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
        let env = keys.map(|name| (name.to_owned(), "test".to_owned())).to_vec();
        Server::start(&Options { args, env, ..Options::default() })
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within a minute");
}

fn upload(client: &Client, key: &str, name: &str, content: &[u8]) -> Answer {
    let disposition = format!("name=file; filename=\"{name}\"");
    let head = format!("--xYz\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
    let form = [head.as_bytes(), content, b"\r\n--xYz--\r\n"].concat();
    let path = format!("/issues/{key}/attachments");
    client.post(&path).body("multipart/form-data; boundary=xYz", form).send()
}

fn new_issue(client: &Client) -> String {
    let body = json!({"queue": "DEV", "summary": "Files"});
    let issue = client.post("/issues").json(&body).send().expect(201).json();
    issue["key"].as_str().expect("a key").to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn files_of_every_size_go_to_the_bucket_and_come_back() {
    let Some(buckets) = Buckets::start() else { return };
    let server = buckets.serve();
    let client = server.client();
    let key = new_issue(&client);
    let before = buckets.objects();
    let large: Vec<u8> =
        (0..2 * PART + 12_345).map(|i| u8::try_from(i % 251).expect("small")).collect();
    for content in [&b""[..], b"0123456789", &large[..PART], &large] {
        let file = upload(&client, &key, "a.bin", content).expect(201).json();
        assert_eq!(file["size"], content.len());
        assert_eq!(buckets.objects(), before + 1);
        assert_eq!(buckets.uploads(), 0, "an upload in parts has ended");
        let url = text(&file["content"]);
        assert!(client.get(url).send().expect(200).body == content, "{} bytes", content.len());
        if content.len() > PART {
            let range = format!("bytes={}-{}", PART - 2, PART + 1);
            let part = client.get(url).header("Range", &range).send().expect(206);
            assert_eq!(part.body, &content[PART - 2..PART + 2], "over the seam of two parts");
        }
        client.delete(text(&file["self"])).send().expect(204);
        client.get(url).send().expect(404);
        eventually("the object of a deleted file is taken away", || buckets.objects() == before);
    }
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing_in_the_bucket() {
    let Some(buckets) = Buckets::start() else { return };
    let server = buckets.serve();
    let client = server.client();
    let key = new_issue(&client);
    let before = buckets.objects();
    let ready = server.ready();
    let mut socket = TcpStream::connect(client.authority()).expect("a connection");
    let head = format!(
        "POST /v3/issues/{key}/attachments HTTP/1.1\r\nHost: {}\r\nAuthorization: OAuth {}\r\n\
         X-Org-ID: {}\r\nContent-Type: multipart/form-data; boundary=xYz\r\n\
         Content-Length: 90000000\r\n\r\n--xYz\r\nContent-Disposition: form-data; name=f; \
         filename=a\r\n\r\n",
        client.authority(),
        ready.text("token"),
        ready.text("orgId"),
    );
    socket.write_all(head.as_bytes()).expect("sent");
    socket.write_all(&vec![b'x'; 2 * PART]).expect("sent");
    eventually("a part is there", || buckets.uploads() == 1);
    socket.shutdown(std::net::Shutdown::Write).expect("closed");
    let mut rest = Vec::new();
    // Whatever the server says, it must end.
    socket.read_to_end(&mut rest).unwrap_or_default();
    eventually("the parts are taken back", || buckets.uploads() == 0);
    assert_eq!(buckets.objects(), before);
    let listed = client.get(&format!("/issues/{key}/attachments")).send().expect(200).json();
    assert_eq!(listed, json!([]));
}

#[test]
fn a_bucket_that_is_away_is_an_error_and_no_loss() {
    let Some(mut buckets) = Buckets::start() else { return };
    let server = buckets.serve();
    let client = server.client();
    let key = new_issue(&client);
    buckets.child.kill().expect("killed");
    buckets.child.wait().expect("ended");
    let answer = upload(&client, &key, "a.txt", b"x");
    assert!(answer.status >= 500, "{}", answer.status);
    let listed = client.get(&format!("/issues/{key}/attachments")).send().expect(200).json();
    assert_eq!(listed, json!([]));
}
