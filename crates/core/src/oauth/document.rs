//! Applications that are named by the URL of a document about them (client ID metadata documents).
//! The server fetches it; here is decided what a URL may look like and what a document is worth.

use serde::Deserialize;

use super::application::{self, Application, Details, Platform, Standing};
use super::log::{self, About, Event};
use super::scope::ScopeSet;
use super::{Profile, redirect, revoke, store};
use crate::account_cx::AccountCx;
use crate::error::{Error, Result};
use crate::time::Instant;

/// A document is read again after this time, in ms.
const FRESH: i64 = 3_600_000;
/// Longest URL.
const LONGEST: usize = 500;

/// What a document says, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Document {
    client_id: String,
    #[serde(default)]
    client_name: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_method: Option<String>,
    #[serde(default)]
    client_secret: Option<serde_json::Value>,
}

/// An application that nobody can be, for taking time.
pub(super) fn nobody() -> Application {
    Application {
        id: String::new(),
        owner: 0,
        version: 0,
        details: Details::default(),
        standing: Standing::default(),
        blocked: true,
        signed_info: false,
        created_at: 0,
        updated_at: 0,
        secret_hash: Some("0".repeat(64)),
        old_secret: None,
        sealed_secret: None,
    }
}

/// Whether a client id is the URL of a document: `https`, a host name, a path that is more than a
/// slash, no query, fragment, user info or dot segment.
pub fn is_url(client_id: &str) -> bool {
    let Some(rest) = client_id.strip_prefix("https://") else { return false };
    let Some((authority, path)) = rest.split_once('/') else { return false };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    client_id.len() <= LONGEST
        && redirect::may_register(client_id, false)
        && !client_id.contains('?')
        && !path.is_empty()
        && host.contains('.')
        && !host.contains(['@', '[', ']'])
        // One spelling of each port, so that one document has one name.
        && port.parse::<u16>().is_ok_and(|number| number != 0 && number.to_string() == port)
        && !authority.ends_with(":443")
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b))
        && !host.ends_with('.')
        // No address in place of a name.
        && host.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Whether the document of this application has to be fetched.
///
/// # Errors
/// The database fails.
pub fn is_stale(cx: &mut AccountCx<'_, '_>, client_id: &str) -> Result<bool> {
    if !cx.settings.policy.client_id_documents || !is_url(client_id) {
        return Ok(false);
    }
    let now = cx.now();
    let known = application::find(cx, client_id)?;
    let read = known.and_then(|app| app.standing.document_read_at);
    Ok(read.is_none_or(|at| now >= at + FRESH))
}

/// Takes what a document says. Answers whether it is worth anything; what was known before stays
/// if it is not.
///
/// # Errors
/// The database fails.
pub fn take(cx: &mut AccountCx<'_, '_>, client_id: &str, body: &[u8]) -> Result<bool> {
    let Some(details) = details(client_id, body) else { return Ok(false) };
    let now = cx.now();
    let Some(old) = application::find(cx, client_id)? else {
        let standing = standing(now);
        application::insert(cx, client_id, 0, &details, &standing, None)?;
        log::event(cx, 0, Event::AppCreated, About::application(client_id))?;
        return Ok(true);
    };
    let standing = Standing { document_read_at: Some(now), ..old.standing };
    let text = serde_json::to_string(&standing).map_err(Error::internal)?;
    let flag = i64::from(old.blocked);
    cx.tx.exec(store::UPDATE_STANDING, &[&client_id, &text, &flag, &now])?;
    if details != old.details {
        application::update_details(cx, client_id, &details)?;
        if details.redirect_uris != old.details.redirect_uris {
            revoke::application(cx, client_id)?;
        }
        log::event(cx, 0, Event::AppChanged, About::application(client_id))?;
    }
    Ok(true)
}

fn standing(now: Instant) -> Standing {
    Standing { document_read_at: Some(now), ..Standing::default() }
}

/// The application a document describes: always public and by the book.
fn details(client_id: &str, body: &[u8]) -> Option<Details> {
    let document: Document = serde_json::from_slice(body).ok()?;
    let public = document.token_endpoint_auth_method.as_deref().is_none_or(|m| m == "none");
    if document.client_id != client_id || document.client_secret.is_some() || !public {
        return None;
    }
    let host = client_id.strip_prefix("https://")?.split('/').next()?.to_owned();
    let name = document.client_name.trim();
    // The host is what can be believed; it stands beside the name.
    let name = if name.is_empty() { host } else { format!("{name} ({host})") };
    let details = Details {
        name: name.chars().take(100).collect(),
        platform: Platform::Device,
        redirect_uris: document.redirect_uris,
        scopes: ScopeSet::stored("tracker:read tracker:write login:info login:email"),
        profile: Profile::Strict,
        ..Details::default()
    };
    application::checked(details).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_documents() {
        for good in [
            "https://app.example.net/client.json",
            "https://a.example/x/y",
            "https://app.example.net:8443/c",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "http://app.example.net/client.json",
            "https://app.example.net/",
            "https://app.example.net",
            "https://app.example.net/c?x=1",
            "https://app.example.net/c#x",
            "https://app.example.net:443/c",
            "https://app.example.net:08443/c",
            "https://app.example.net:0/c",
            "https://app.example.net:/c",
            "https://app.example.net:80:80/c",
            "https://app.example.net:99999/c",
            "https://u@app.example.net/c",
            "https://app.example.net/a/../c",
            "https://localhost/c",
            "https://127.0.0.1/c",
            "https://[::1]/c",
            "https://0x7f.0.0.1/c",
            "https://10.1/c",
            "https://app.example.net./c",
            "https://APP.example.net/c",
            "https:///c",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn documents_must_speak_of_themselves_and_keep_no_secret() {
        let id = "https://app.example.net/client.json";
        let doc = |more: &str| {
            let text = format!(
                r#"{{"client_id":"{id}","client_name":"App","redirect_uris":["http://127.0.0.1/cb"]{more}}}"#
            );
            details(id, text.as_bytes())
        };
        let good = doc("").expect("good");
        assert_eq!(good.name, "App (app.example.net)");
        assert!(!good.is_confidential() && good.profile == Profile::Strict);
        assert!(doc(r#","token_endpoint_auth_method":"client_secret_post""#).is_none());
        assert!(doc(r#","client_secret":"x""#).is_none());
        assert!(details("https://app.example.net/other.json", b"{}").is_none());
        assert!(details(id, b"not json").is_none());
    }
}
