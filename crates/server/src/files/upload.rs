//! Taking files: the bytes go to the store while they come, then one short write makes the row.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Response, StatusCode};
use trackway_core::attachment::media;
use trackway_core::attachment::upload::{self, Uploaded, clean_name};
use trackway_core::cx::{Answer, Cx};
use trackway_core::{Code, Error, Result};

use super::receive::{self, Bounds};
use super::store::FileStore;
use super::{Call, Incoming};
use crate::http::errors::{JSON, Refusal};
use crate::lanes;

/// How long an upload waits for its turn when many run.
const TURN: Duration = Duration::from_secs(10);

/// Largest picture that gets a thumbnail: it is read as a whole to be drawn.
const PICTURE_BYTES: u64 = 20 << 20;

/// Bytes of a form besides the file.
const OVERHEAD: u64 = 1 << 20;

/// Takes a file and answers its description.
pub(super) async fn answer(
    call: &Call<'_>,
    incoming: &Incoming,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    let declared = body.size_hint().lower();
    match admit(call, incoming, declared).await {
        Ok(admitted) => take(call, incoming, admitted, body).await.map_err(Refusal::from),
        Err(error) => {
            receive::drain(body).await;
            Err(error.into())
        }
    }
}

/// An upload that may begin.
struct Admitted {
    boundary: String,
    /// Name that the query gives.
    name: Option<String>,
    blob: String,
}

/// Says no before the bytes are read, where that can be said.
async fn admit(call: &Call<'_>, incoming: &Incoming, declared: u64) -> Result<Admitted> {
    let boundary = boundary(call.headers)?;
    let name = match incoming.filename.as_deref() {
        Some(name) => Some(clean_name(Some(name))?),
        None => None,
    };
    let most = call.app.files.limits.bytes;
    if declared > most.saturating_add(OVERHEAD) {
        return Err(Code::FileTooLarge.with(most));
    }
    let blob = FileStore::new_name(call.caller.dict.org_id)?;
    let (target, expected) = (incoming.target.clone(), blob.clone());
    let begun = move |cx: &mut Cx<'_, '_>| upload::begin(cx, &target, &expected);
    lanes::change(call.app, call.info.name, call.caller.clone(), begun).await?;
    Ok(Admitted { boundary, name, blob })
}

async fn take(
    call: &Call<'_>,
    incoming: &Incoming,
    admitted: Admitted,
    body: Body,
) -> Result<Response<Body>> {
    let blob = admitted.blob.clone();
    let taken = store(call, admitted, body).await;
    let done = match taken {
        Ok(file) => {
            let target = incoming.target.clone();
            let status = call.info.status;
            let finished =
                move |cx: &mut Cx<'_, '_>| Answer::new(upload::finish(cx, &target, &file)?, status);
            lanes::change(call.app, call.info.name, call.caller.clone(), finished).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(answer) => success(&answer),
        Err(error) => {
            // It is listed as trash; taking it away now only saves room. A write that is only
            // late may still need it.
            if error.code != Code::TimedOut
                && let Err(error) = call.app.files.store.remove(&blob).await
            {
                tracing::warn!(%error, "what an upload left could not be removed yet");
            }
            Err(error)
        }
    }
}

async fn store(call: &Call<'_>, admitted: Admitted, body: Body) -> Result<Uploaded> {
    let files = &call.app.files;
    let turn = tokio::time::timeout(TURN, files.uploads.acquire()).await;
    let Ok(Ok(turn)) = turn else { return Err(Code::Overloaded.err()) };
    let bounds = Bounds {
        bytes: files.limits.bytes,
        patience: Duration::from_secs(files.limits.patience_seconds.max(1)),
    };
    let mut writer = files.store.writer(&admitted.blob);
    let whole = Duration::from_secs(files.limits.upload_seconds.max(1));
    let received = receive::file(body, admitted.boundary, bounds, &mut writer);
    let received =
        tokio::time::timeout(whole, received).await.map_err(|_| Code::TimedOut.err())??;
    let name = match admitted.name {
        Some(name) => name,
        None => clean_name(received.name.as_deref())?,
    };
    writer.finish().await?;
    drop(turn);
    Ok(Uploaded {
        mimetype: media::media_type(received.declared.as_deref(), &name, &received.head),
        name,
        size: i64::try_from(received.size).map_err(Error::internal)?,
        pixels: received.pixels().filter(|_| received.size <= PICTURE_BYTES),
        blob: admitted.blob,
    })
}

fn success(answer: &Answer) -> Result<Response<Body>> {
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(Error::internal)?;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    Ok(response)
}

/// What separates the parts of the form.
fn boundary(headers: &HeaderMap) -> Result<String> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(Code::BadParameter.with("Content-Type").and("is given more than once"));
    }
    let text = first.and_then(|value| value.to_str().ok()).unwrap_or_default();
    multer::parse_boundary(text).map_err(|error| match error {
        multer::Error::NoBoundary => Code::FormSyntax.with("the boundary is missing"),
        _ => Code::MediaType.with(text.chars().take(100).collect::<String>()),
    })
}
