//! The file in a form: found among its parts and passed on piece by piece.

use std::future::poll_fn;
use std::io::Cursor;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_core::Stream;
use multer::{Constraints, Field, Multipart, SizeLimit};
use percent_encoding::percent_decode_str;
use trackway_core::{Code, Error, Result};

use super::store::Writer;

/// Bytes of a file that are looked at to tell what it is, and how large a picture is.
const HEAD: usize = 256 << 10;

/// Bytes of a part without a file name that may still turn out to be an ordinary field.
const FIELD: usize = 64 << 10;

/// Bytes of a form besides the file.
const OVERHEAD: u64 = 1 << 20;

/// Pixels of a picture beyond which it is kept as any other file.
pub(super) const MAX_PIXELS: u64 = 50_000_000;

/// A file as it came.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// Name that its part gives.
    pub(super) name: Option<String>,
    /// Type that its part gives.
    pub(super) declared: Option<String>,
    pub(super) size: u64,
    pub(super) head: Vec<u8>,
}

impl Received {
    /// Width and height, if the file is a picture.
    pub(super) fn pixels(&self) -> Option<(u32, u32)> {
        let reader = image::ImageReader::new(Cursor::new(&self.head)).with_guessed_format().ok()?;
        reader.format()?;
        let (width, height) = reader.into_dimensions().ok()?;
        (u64::from(width) * u64::from(height) <= MAX_PIXELS).then_some((width, height))
    }
}

/// What bounds a form.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) bytes: u64,
    /// How long the client may send nothing.
    pub(super) patience: Duration,
}

/// Reads a form and writes the file in it: the first part with a file name, or else the first
/// with content. Names of parts are of no meaning (contract, `FileForm`).
///
/// # Errors
/// 400 for what is no form or is cut off, 413 for a file that is too large, 422 for a form without
/// a file.
pub(super) async fn file(
    body: Body,
    boundary: String,
    bounds: Bounds,
    writer: &mut Writer,
) -> Result<Received> {
    let whole = SizeLimit::new().whole_stream(bounds.bytes.saturating_add(OVERHEAD));
    let constraints = Constraints::new().size_limit(whole);
    let mut form = Multipart::with_constraints(Pieces::new(body), boundary, constraints);
    let mut content = None;
    while let Some(field) = wait(bounds, form.next_field()).await? {
        if file_name(&field).is_some() {
            return pass(field, Vec::new(), bounds, writer).await;
        }
        if content.is_some() {
            skip(field, bounds).await?;
            continue;
        }
        match peek(field, bounds).await? {
            Peeked::Large(field, first) => return pass(*field, first, bounds, writer).await,
            Peeked::Small(received) => content = received,
        }
    }
    let received = content.ok_or_else(|| Code::FieldRequired.at("file"))?;
    writer.write(&received.head).await?;
    Ok(received)
}

enum Peeked<'r> {
    /// More than a field would hold.
    Large(Box<Field<'r>>, Vec<u8>),
    /// All of it, unless it is empty.
    Small(Option<Received>),
}

async fn peek(mut field: Field<'_>, bounds: Bounds) -> Result<Peeked<'_>> {
    let mut bytes = Vec::new();
    while let Some(piece) = wait(bounds, field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FIELD {
            return Ok(Peeked::Large(Box::new(field), bytes));
        }
    }
    if bytes.is_empty() {
        return Ok(Peeked::Small(None));
    }
    let size = u64::try_from(bytes.len()).map_err(Error::internal)?;
    if size > bounds.bytes {
        return Err(Code::FileTooLarge.with(bounds.bytes));
    }
    let declared = declared(&field);
    Ok(Peeked::Small(Some(Received { name: None, declared, size, head: bytes })))
}

async fn skip(mut field: Field<'_>, bounds: Bounds) -> Result<()> {
    while wait(bounds, field.chunk()).await?.is_some() {}
    Ok(())
}

async fn pass(
    mut field: Field<'_>,
    first: Vec<u8>,
    bounds: Bounds,
    writer: &mut Writer,
) -> Result<Received> {
    let mut received =
        Received { name: file_name(&field), declared: declared(&field), ..Received::default() };
    let mut next = Some(Bytes::from(first));
    while let Some(piece) = next {
        received.size += u64::try_from(piece.len()).map_err(Error::internal)?;
        if received.size > bounds.bytes {
            return Err(Code::FileTooLarge.with(bounds.bytes));
        }
        let room = HEAD - received.head.len();
        received.head.extend(piece.iter().take(room));
        writer.write(&piece).await?;
        next = wait(bounds, field.chunk()).await?;
    }
    Ok(received)
}

async fn wait<T>(bounds: Bounds, next: impl Future<Output = multer::Result<T>>) -> Result<T> {
    match tokio::time::timeout(bounds.patience, next).await {
        Ok(result) => result.map_err(|error| wrong(&error, bounds)),
        Err(_) => Err(Code::TimedOut.err()),
    }
}

fn wrong(error: &multer::Error, bounds: Bounds) -> Error {
    match error {
        multer::Error::StreamSizeExceeded { .. } => Code::FileTooLarge.with(bounds.bytes),
        multer::Error::StreamReadFailed(_) => Code::FormSyntax.with("it is cut off"),
        other => Code::FormSyntax.with(other.to_string().trim_end_matches('.')),
    }
}

fn declared(field: &Field<'_>) -> Option<String> {
    field.headers().get(http::header::CONTENT_TYPE)?.to_str().ok().map(str::to_owned)
}

/// The name in `filename*`, which is percent-encoded, or in `filename`.
fn file_name(field: &Field<'_>) -> Option<String> {
    let header = field.headers().get(http::header::CONTENT_DISPOSITION);
    let extended =
        header.and_then(|value| extended_name(&String::from_utf8_lossy(value.as_bytes())));
    extended.or_else(|| field.file_name().map(str::to_owned)).filter(|name| !name.is_empty())
}

fn extended_name(disposition: &str) -> Option<String> {
    let start = disposition.to_ascii_lowercase().find("filename*=")?;
    let value = disposition.get(start + "filename*=".len()..)?;
    let value = value.split(';').next()?.trim().trim_matches('"');
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    percent_decode_str(encoded).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The body, one piece for each time it is asked: who reads ahead would fill the memory with what a
/// fast client sends.
struct Pieces {
    body: BodyDataStream,
    gave: bool,
}

impl Pieces {
    fn new(body: Body) -> Self {
        Self { body: body.into_data_stream(), gave: false }
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.gave) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = Pin::new(&mut self.body).poll_next(cx);
        self.gave = matches!(next, Poll::Ready(Some(Ok(_))));
        next
    }
}

/// Reads what a client still sends, within bounds, so that it comes to hear why its file is not
/// wanted: most clients look for an answer only when they have sent everything.
pub(super) async fn drain(body: Body) {
    const BYTES: usize = 64 << 20;
    const PATIENCE: Duration = Duration::from_secs(10);
    let mut stream = body.into_data_stream();
    let read = async {
        let mut left = BYTES;
        while let Some(Ok(piece)) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                break;
            }
        }
    };
    // Whoever is still sending then has to live without the answer.
    tokio::time::timeout(PATIENCE, read).await.unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::super::store::FileStore;
    use super::*;

    async fn read(form: &str, limit: u64) -> Result<(Received, Bytes)> {
        let store = FileStore::memory();
        let mut writer = store.writer("1/1/x");
        let bounds = Bounds { bytes: limit, patience: Duration::from_secs(5) };
        let body = Body::from(form.replace('\n', "\r\n"));
        let received = file(body, "b".to_owned(), bounds, &mut writer).await?;
        writer.finish().await?;
        let bytes = store.read("1/1/x").await?.expect("stored");
        Ok((received, bytes))
    }

    const FIELD_PART: &str = "--b\nContent-Disposition: form-data; name=\"note\"\n\nhello\n";

    fn part(disposition: &str, content: &str) -> String {
        format!("--b\nContent-Disposition: form-data; {disposition}\n\n{content}\n")
    }

    #[tokio::test]
    async fn the_file_is_the_part_with_a_name() {
        let form = format!("{FIELD_PART}{}--b--\n", part("name=\"x\"; filename=\"a.txt\"", "body"));
        let (received, bytes) = read(&form, 99).await.expect("a file");
        assert_eq!((received.name.as_deref(), received.size), (Some("a.txt"), 4));
        assert_eq!(bytes, "body");
        let encoded = part("name=f; filename=\"x\"; filename*=UTF-8''%D1%8F%20.txt", "");
        let (received, bytes) = read(&format!("{encoded}--b--\n"), 99).await.expect("a file");
        assert_eq!(received.name.as_deref(), Some("я .txt"));
        assert!(bytes.is_empty());
    }

    #[tokio::test]
    async fn a_form_without_names_gives_its_first_content() {
        let (received, bytes) = read(&format!("{FIELD_PART}--b--\n"), 99).await.expect("a file");
        assert_eq!((received.name, bytes), (None, Bytes::from("hello")));
    }

    #[tokio::test]
    async fn what_is_no_file_is_refused() {
        let code = |form: String| async move { read(&form, 8).await.expect_err("refused").code };
        assert_eq!(code("--b--\n".to_owned()).await, Code::Invalid);
        assert_eq!(code(String::new()).await, Code::FormSyntax);
        let cut = part("name=f; filename=\"a\"", "abc");
        assert_eq!(code(cut).await, Code::FormSyntax);
        let large = part("name=f; filename=\"a\"", "123456789");
        assert_eq!(code(format!("{large}--b--\n")).await, Code::FileTooLarge);
        assert_eq!(code(part("name=f", "123456789") + "--b--\n").await, Code::FileTooLarge);
    }
}
