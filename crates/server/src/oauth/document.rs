//! Fetching the documents that describe applications (client ID metadata documents). A stranger
//! chooses the address, so nothing but public addresses is asked, redirects are not followed, and
//! neither time nor size is the other side's to choose (T-39).

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use trackway_core::Result;
use trackway_core::account_cx::Visit;
use trackway_core::oauth::document;

use crate::{App, lanes};

/// Bytes of a document.
const MOST: usize = 16 << 10;
/// For everything together.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the document of an application that is named by its URL, where it is not known well
/// enough. To be called before an authorization request is checked; a document that cannot be had
/// leaves the application unknown.
///
/// # Errors
/// The database fails.
pub(crate) async fn ensure(app: &App, visit: &Visit, client_id: &str) -> Result<()> {
    if !document::is_url(client_id) {
        return Ok(());
    }
    let id = client_id.to_owned();
    let wanted = id.clone();
    let stale =
        lanes::account_read(app, visit.clone(), move |cx| document::is_stale(cx, &wanted)).await?;
    if !stale {
        return Ok(());
    }
    if app.oauth_limits.document(&visit.address).is_err() {
        return Ok(());
    }
    match tokio::time::timeout(PATIENCE, fetch(app, &id)).await {
        Ok(Ok(body)) => {
            let visit = visit.clone();
            lanes::account_write(app, "TakeClientDocument", visit, move |cx| {
                document::take(cx, &id, &body)
            })
            .await?;
        }
        Ok(Err(why)) => tracing::info!(why, "a client document cannot be read"),
        Err(_) => tracing::info!("a client document takes too long"),
    }
    Ok(())
}

/// The bytes of the document, or why there are none. The reasons name no address.
async fn fetch(app: &App, url: &str) -> Result<Vec<u8>, &'static str> {
    let client = app.strangers.as_ref().ok_or("no client")?;
    let request = client.get(url).header(ACCEPT, "application/json").send();
    let mut response = request.await.map_err(|_| "it cannot be reached")?;
    if response.status() != http::StatusCode::OK {
        return Err("another status than 200");
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if essence != "application/json" && !essence.ends_with("+json") {
        return Err("no JSON");
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| "it is cut off")? {
        if body.len() + piece.len() > MOST {
            return Err("it is too large");
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
