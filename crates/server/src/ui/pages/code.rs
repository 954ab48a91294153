//! `/verification_code`: shows a code, or the token in the fragment of the address (oauth.md, 2.3).

use askama::Template;
use trackway_core::Result;

use crate::ui::assets;
use crate::ui::call::Call;
use crate::ui::frame::Card;
use crate::ui::reply::{Policy, Reply};
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "code.html")]
struct Shown {
    t: &'static Texts,
    /// In four groups; empty without one.
    code: String,
    /// Name of an error; empty without one.
    error: String,
    script: &'static str,
}

/// The page. What stands in the address comes from a redirect, but anybody may have written it, so
/// it is shown only where it has the right form.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let code = call.query.get("code");
    let code = if code.len() == 16 && code.chars().all(plain) { code } else { "" };
    let groups: Vec<_> = code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    let error = call.query.get("error");
    let named = error.len() <= 40 && error.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let shown = Shown {
        t: call.t,
        code: groups.join(" "),
        error: if named { error.to_owned() } else { String::new() },
        script: &assets::TOKEN.path,
    };
    Card::new(call, call.t.code_page)?
        .inside(&shown)?
        .link("/settings/applications", call.t.access)
        .wide()
        .bare()
        .policy(Policy::Code)
        .reply()
}
