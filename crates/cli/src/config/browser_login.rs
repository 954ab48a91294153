//! Signing in with the browser of this machine: the answer comes to an address of the machine itself
//! (RFC 8252), and is worth nothing without a secret that never left this program (PKCE).

use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use trackway_client::oauth::{App, Pkce, Tokens};

use crate::browser;
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Output;

/// How long somebody may think about it.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a connection may take to ask, and how much.
const HEAD_TIME: Duration = Duration::from_secs(5);
const HEAD_BYTES: u64 = 16 << 10;

/// What the authorization server says by the browser.
#[derive(Debug, Default, Deserialize)]
struct Answer {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// Tokens, once the person has allowed it in the browser.
pub(super) async fn tokens(
    app: &App,
    scopes: &[&str],
    output: &mut Output<'_>,
) -> Result<Tokens, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let redirect = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
    let (state, pkce) = (App::state()?, Pkce::new()?);
    let address = app.authorize_url(&redirect, &state, scopes, &pkce)?;
    output.complain(&shown(&format!("Open {address}")));
    if let Err(failure) = browser::open(&address) {
        // The address can be opened by hand.
        output.remark(&failure.to_string());
    }
    let answer = tokio::time::timeout(PATIENCE, answered(&listener, &state)).await;
    let answer = answer.map_err(|_| {
        Failure::new(Kind::SignIn, "nobody answered in the browser in time")
            .hint("run the command again")
    })??;
    match (answer.code, answer.error) {
        (Some(code), None) => Ok(app.exchange(&code, &redirect, &pkce).await?),
        (_, Some(error)) if error == "access_denied" => {
            Err(Failure::new(Kind::SignIn, "the request was refused"))
        }
        (_, error) => {
            let error = error.unwrap_or_else(|| "no code".to_owned());
            Err(Failure::new(Kind::SignIn, format!("the server says: {error}")))
        }
    }
}

/// The first answer to this request; whatever else asks here is sent away.
async fn answered(listener: &TcpListener, state: &str) -> Result<Answer, Failure> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let asked = tokio::time::timeout(HEAD_TIME, asked(&mut stream)).await.ok().flatten();
        let ours = asked.filter(|answer| answer.state.as_deref() == Some(state));
        // Whether a page is shown is of no matter.
        reply(&mut stream, ours.is_some()).await.ok();
        if let Some(answer) = ours {
            return Ok(answer);
        }
    }
}

/// What stands in the address of a request; nothing where it is none for us.
async fn asked(stream: &mut TcpStream) -> Option<Answer> {
    let mut lines = BufReader::new(stream.take(HEAD_BYTES)).lines();
    let first = lines.next_line().await.ok()??;
    // The whole head is read, or the browser would hear that the connection was broken.
    while lines.next_line().await.ok()?.is_some_and(|line| !line.is_empty()) {}
    parsed(&first)
}

fn parsed(line: &str) -> Option<Answer> {
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    let query = target.strip_prefix("/?")?;
    serde_html_form::from_str(query).ok()
}

async fn reply(stream: &mut TcpStream, ours: bool) -> std::io::Result<()> {
    let (status, text) = if ours {
        ("200 OK", "Go on in the terminal; this page can be closed.")
    } else {
        ("404 Not Found", "There is nothing here.")
    };
    let body = format!(
        "<!doctype html><meta charset=utf-8><title>Trackway</title><p>{}</p>\n",
        shown(text)
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_from_the_address() {
        let answer = parsed("GET /?code=a%2Bb&state=s&iss=x HTTP/1.1").expect("an answer");
        assert_eq!((answer.code.as_deref(), answer.state.as_deref()), (Some("a+b"), Some("s")));
        let refused = parsed("GET /?error=access_denied&state=s HTTP/1.1").expect("an answer");
        assert_eq!(refused.error.as_deref(), Some("access_denied"));
        for line in ["GET /favicon.ico HTTP/1.1", "POST /?code=a HTTP/1.1", "GET / HTTP/1.1", ""] {
            assert!(parsed(line).is_none(), "{line}");
        }
    }

    #[tokio::test]
    async fn only_the_answer_to_our_request_is_taken() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ask = |target: &'static str| async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(head.as_bytes()).await.expect("sent");
            let mut said = String::new();
            stream.read_to_string(&mut said).await.expect("an answer");
            said
        };
        let (answer, said) = tokio::join!(answered(&listener, "ours"), async {
            let stranger = ask("/?code=evil&state=theirs").await;
            (stranger, ask("/?code=good&state=ours").await)
        });
        assert_eq!(answer.expect("an answer").code.as_deref(), Some("good"));
        assert!(
            said.0.starts_with("HTTP/1.1 404") && said.1.starts_with("HTTP/1.1 200"),
            "{said:?}"
        );
    }
}
