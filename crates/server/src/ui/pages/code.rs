//! `/verification_code`: shows a code, or the token in the fragment of the address (oauth.md, 2.3).

use askama::Template;
use trackway_core::Result;
use trackway_core::oauth::exchange;

use super::consent;
use crate::ui::assets;
use crate::ui::call::Call;
use crate::ui::frame::Card;
use crate::ui::reply::{Policy, Reply};
use crate::ui::text::Texts;

const MINUTE: i64 = 60_000;

#[derive(Template)]
#[template(path = "code.html")]
struct Shown {
    t: &'static Texts,
    /// In four groups; empty without one.
    code: String,
    /// Name of an error; empty without one.
    error: String,
    /// Name of the application that waits for the code, if it is known.
    application: String,
    /// Minutes that are left, of a code that is known.
    minutes: i64,
    script: &'static str,
}

/// Whose code this is, and when it ends: for the person it was made for.
async fn waiting(call: &Call<'_>, code: &str) -> Result<Option<(String, i64)>> {
    let (Some(signed), false) = (&call.signed, code.is_empty()) else { return Ok(None) };
    let (uid, code) = (signed.person.uid, code.to_owned());
    call.read(move |cx| exchange::waiting(cx, uid, &code)).await
}

/// The page. What stands in the address comes from a redirect, but anybody may have written it, so
/// it is shown only where it has the right form.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let code = call.query.get("code");
    let code = if code.len() == 16 && code.chars().all(plain) { code } else { "" };
    let groups: Vec<_> = code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    let error = call.query.get("error");
    let named = error.len() <= 40 && error.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let waiting = waiting(call, code).await?;
    let (application, ends) = waiting.unwrap_or_default();
    let shown = Shown {
        t: call.t,
        code: groups.join(" "),
        error: if named { error.to_owned() } else { String::new() },
        application: consent::shown(&application),
        minutes: (ends - call.now + MINUTE - 1) / MINUTE,
        script: &assets::TOKEN.path,
    };
    // A token is in the fragment of the address, of which only the browser knows.
    let heading = if code.is_empty() { call.t.token_page } else { call.t.code_page };
    Card::new(call, heading)?
        .inside(&shown)?
        .link("/settings/applications", call.t.access)
        .wide()
        .bare()
        .policy(Policy::Code)
        .reply()
}
