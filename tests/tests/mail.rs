//! Letters: sent to an SMTP server as text and HTML, and ended with one click.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::json;
use trackway_tests::{Options, Server, on_each_engine_with};

const PATIENCE: Duration = Duration::from_secs(120);

/// A mail server that takes everything, and the letters it took.
fn mail_server() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (sender, letters) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            thread::spawn(move || serve(stream, &sender));
        }
    });
    (url, letters)
}

/// Speaks just enough SMTP; nothing when the other side goes.
fn serve(stream: TcpStream, letters: &Sender<String>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 mail\r\n").ok()?;
    loop {
        let line = lines.next()?.ok()?;
        let answer: &[u8] = match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => b"250-mail\r\n250 8BITMIME\r\n",
            "QUIT" => b"221 bye\r\n",
            "DATA" => {
                out.write_all(b"354 go on\r\n").ok()?;
                let mut letter = String::new();
                loop {
                    let line = lines.next()?.ok()?;
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                letters.send(letter).ok()?;
                b"250 taken\r\n"
            }
            _ => b"250 ok\r\n",
        };
        out.write_all(answer).ok()?;
    }
}

fn options(smtp: &str) -> Options {
    let file = std::env::temp_dir().join(format!("trackway-mail-{}.toml", std::process::id()));
    std::fs::write(&file, format!("[server.mail]\nsmtp_url = \"{smtp}\"\n"))
        .expect("a configuration");
    let args = vec!["--config".to_owned(), file.display().to_string()];
    Options { args, ..Options::default() }
}

#[test]
fn a_follower_gets_a_letter_and_ends_them_with_one_click() {
    let (smtp, letters) = mail_server();
    on_each_engine_with(&options(&smtp), |server| follow(server, &letters));
}

fn follow(server: &Server, letters: &Receiver<String>) {
    let client = server.client();
    let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
    let user = server.anonymous().with_login(token, org);
    let me = user.get("/myself").send().expect(200).json();
    let queue = server.ready().text("queue");
    let summary = format!("A letter about {}", server.engine());
    let body = json!({"queue": queue, "summary": summary, "followers": [me["login"]]});
    let key = client.post("/issues").json(&body).send().expect(201).json()["key"].clone();
    let key = key.as_str().expect("a key");
    let wanted = format!("X-Tracker-Key: {key}");
    let letter = loop {
        let letter = letters.recv_timeout(PATIENCE).expect("a letter");
        if letter.contains(&wanted) && letter.contains(me["email"].as_str().expect("an address")) {
            break letter;
        }
    };
    let letter = letter.replace("\n ", " ");
    for part in ["multipart/alternative", "text/plain", "text/html", "X-Tracker-Queue: "] {
        assert!(letter.contains(part), "{part} in\n{letter}");
    }
    assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{letter}");
    let link = letter.split_once("List-Unsubscribe: <").and_then(|(_, rest)| rest.split_once('>'));
    let link = link.expect("a link").0.replace(' ', "");
    let (_, path) = link.split_once("/unsubscribe/").expect("our own link");
    let path = format!("/unsubscribe/{path}");
    // Looking at the link changes nothing: mail programs do so by themselves.
    let bare = server.anonymous();
    bare.bare("GET", &path).send().expect(200);
    let settings = "/notifications/settings";
    assert_eq!(user.get(settings).send().expect(200).json()["mail"], "each");
    let form = "application/x-www-form-urlencoded";
    bare.bare("POST", &path).body(form, "List-Unsubscribe=One-Click").send().expect(200);
    assert_eq!(user.get(settings).send().expect(200).json()["mail"], "off");
    bare.bare("POST", &format!("{path}0")).send().expect(404);
}
