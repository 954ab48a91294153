//! Small pictures of pictures, drawn when first asked for and then kept beside the file.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderValue, Response};
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use trackway_core::{Code, Error, Result};

use super::receive::MAX_PIXELS;
use super::store::FileStore;
use super::{Call, Wanted, download};
use crate::http::errors::Refusal;

/// Longest side of a thumbnail in pixels.
const SIDE: u32 = 400;

/// Bytes that a decoder may use.
const DECODER_BYTES: u64 = MAX_PIXELS * 8;

/// How long a thumbnail waits for its turn when many are drawn.
const TURN: Duration = Duration::from_secs(10);

/// Sends the small picture of a picture.
pub(super) async fn answer(call: &Call<'_>, wanted: Wanted) -> Result<Response<Body>, Refusal> {
    let row = download::look_up(call, &wanted).await?;
    if !row.is_picture() {
        return Err(Code::ThumbnailNotFound.err().into());
    }
    let etag = download::etag(&row);
    if download::matches(call.headers, &IF_NONE_MATCH, &etag) {
        return Ok(download::unchanged(&etag));
    }
    let picture = small(call, &row.blob).await?;
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, picture.len().into());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    download::protect(headers, &etag);
    *response.body_mut() = Body::from(picture);
    Ok(response)
}

async fn small(call: &Call<'_>, blob: &str) -> Result<Bytes> {
    let files = &call.app.files;
    let kept = FileStore::preview_of(blob);
    if let Some(picture) = files.store.read(&kept).await? {
        return Ok(picture);
    }
    let turn = tokio::time::timeout(TURN, Arc::clone(&files.drawing).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Code::Overloaded.err()) };
    let whole = files.store.read(blob).await?;
    let whole = whole.ok_or_else(|| Error::internal("the bytes of a file are gone"))?;
    let drawn = tokio::task::spawn_blocking(move || {
        let drawn = draw(&whole);
        drop(turn);
        drawn
    });
    let drawn = drawn.await.map_err(Error::internal)?;
    // A picture that is damaged behind its head has no thumbnail.
    let picture = Bytes::from(drawn.map_err(|_| Code::ThumbnailNotFound.err())?);
    if let Err(error) = files.store.put(&kept, picture.clone()).await {
        tracing::warn!(%error, "a thumbnail could not be kept");
    }
    Ok(picture)
}

/// Draws a picture small, as PNG. What it says of its orientation is heeded.
fn draw(whole: &[u8]) -> image::ImageResult<Vec<u8>> {
    use image::ImageDecoder;

    let mut reader = ImageReader::new(Cursor::new(whole)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width() > SIDE || picture.height() > SIDE {
        picture = picture.thumbnail(SIDE, SIDE);
    }
    picture.apply_orientation(orientation);
    // Eight bits a channel are enough, and every viewer knows them.
    let picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).expect("a picture");
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_drawn_within_a_square() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let small = draw(&picture(800, 200, format)).expect("a thumbnail");
            let small = image::load_from_memory(&small).expect("a picture");
            assert_eq!((small.width(), small.height()), (400, 100), "{format:?}");
        }
        let same = draw(&picture(10, 20, ImageFormat::Png)).expect("a thumbnail");
        assert_eq!(image::load_from_memory(&same).expect("a picture").height(), 20);
    }

    #[test]
    fn damaged_and_huge_pictures_are_no_pictures() {
        let whole = picture(100, 100, ImageFormat::Png);
        assert!(draw(&whole[..whole.len() / 2]).is_err());
        assert!(draw(b"GIF89a").is_err());
        assert!(draw(b"").is_err());
    }
}
