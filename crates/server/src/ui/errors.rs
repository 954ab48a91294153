//! Pages for what went wrong.

use http::StatusCode;
use trackway_core::lang::Lang;
use trackway_core::{Error, Result};

use super::assets;
use super::call::Call;
use super::frame::{Card, Frame};
use super::reply::Reply;

/// The page for something that went wrong (UI-18).
///
/// # Errors
/// There are no random numbers, or the template fails.
pub(crate) fn error_page(call: &Call<'_>, error: &Error) -> Result<Reply> {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let heading = match status.as_u16() {
        404 => call.t.error_404,
        403 | 401 => call.t.error_403,
        429 => call.t.error_429,
        500.. => call.t.error_500,
        _ => call.t.error_400,
    };
    let card = Card::new(call, heading)?
        .intro(call.told(error))
        .intro(call.t.error_id.with(&call.request_id))
        .link("/", call.t.to_start);
    Ok(card.reply()?.status(status))
}

/// The same where nothing is known of who asks.
///
/// # Errors
/// The template fails.
pub(crate) fn broken_page(lang: Lang, error: &Error, request_id: &str) -> Result<Reply> {
    let t = super::text::texts(lang);
    let heading = t.error_500.to_string();
    let body = error.body(lang);
    let mut intro = body.error_messages;
    intro.push(t.error_id.with(request_id));
    let frame = Frame {
        lang: lang.tag(),
        title: heading.clone(),
        css: &assets::STYLE.path,
        icon: &assets::ICON.path,
        copy: &assets::COPY.path,
        csrf: String::new(),
        here: "/".to_owned(),
        user: None,
        nav: Vec::new(),
        done: String::new(),
    };
    let card = intro.into_iter().fold(Card::in_frame(t, frame, heading), Card::intro);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok(card.bare().reply()?.status(status))
}
