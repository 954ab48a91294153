//! Small pictures of pictures, drawn when first asked for and then kept beside the file.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderValue, Response};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use trackway_core::{Code, Error, Result};

use super::receive::MAX_PIXELS;
use super::store::FileStore;
use super::{Call, Wanted, download};
use crate::App;
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

/// Draws a picture small, as PNG.
fn draw(whole: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut picture = read(whole)?;
    if picture.width() > SIDE || picture.height() > SIDE {
        picture = picture.thumbnail(SIDE, SIDE);
    }
    png(picture)
}

/// Draws the middle of a picture as a square of so many pixels, as PNG.
fn square(whole: &[u8], side: u32) -> image::ImageResult<Vec<u8>> {
    png(read(whole)?.resize_to_fill(side, side, FilterType::Triangle))
}

/// Draws an uploaded picture anew, as a square PNG: nothing but what is seen of it is left (UI-21).
///
/// # Errors
/// 422 for what is no picture of a kind that is taken; 503 when many are drawn.
pub(crate) async fn icon(app: &App, whole: Bytes, side: u32) -> Result<Vec<u8>> {
    let wrong = || Code::PictureForm.at("picture");
    let kinds = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
    if !image::guess_format(&whole).is_ok_and(|kind| kinds.contains(&kind)) {
        return Err(wrong());
    }
    let turn = tokio::time::timeout(TURN, Arc::clone(&app.files.drawing).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Code::Overloaded.err()) };
    let drawn = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        square(&whole, side)
    });
    drawn.await.map_err(Error::internal)?.map_err(|_| wrong())
}

/// Reads a picture. What it says of its orientation is heeded.
fn read(whole: &[u8]) -> image::ImageResult<DynamicImage> {
    use image::ImageDecoder;

    let mut reader = ImageReader::new(Cursor::new(whole)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn png(picture: DynamicImage) -> image::ImageResult<Vec<u8>> {
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

    /// UI-21: what hides behind the picture is left behind.
    #[test]
    fn squares_hold_nothing_but_the_picture() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let mut whole = picture(300, 100, format);
            whole.extend(b"<script>alert(1)</script>");
            let drawn = square(&whole, 256).expect("a picture");
            assert!(!drawn.windows(8).any(|part| part == b"<script>"), "{format:?}");
            let drawn = image::load_from_memory(&drawn).expect("a picture");
            assert_eq!((drawn.width(), drawn.height()), (256, 256), "{format:?}");
        }
        assert!(square(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 256).is_err());
    }

    #[test]
    fn damaged_and_huge_pictures_are_no_pictures() {
        let whole = picture(100, 100, ImageFormat::Png);
        assert!(draw(&whole[..whole.len() / 2]).is_err());
        assert!(draw(b"GIF89a").is_err());
        assert!(draw(b"").is_err());
    }
}
