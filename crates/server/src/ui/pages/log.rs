//! `/settings/security/log`: what happened to one's account (UI-11).

use askama::Template;
use trackway_core::Result;
use trackway_core::account::log::{self, Line};

use super::consent::shown;
use super::sessions::browser;
use crate::ui::call::Call;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

/// Lines of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "log.html")]
struct List {
    t: &'static Texts,
    lines: Vec<Entry>,
    /// Where the next page begins.
    following: Option<i64>,
}

struct Entry {
    what: String,
    bad: bool,
    name: String,
    at: String,
    address: String,
    browser: String,
}

fn entry(call: &Call<'_>, line: Line) -> Entry {
    let t = call.t;
    let bad = ["login_failed", "mfa_failed", "reauth_failed", "passkey_counter", "csrf_failed"];
    let bad = bad.contains(&line.event.as_str()) || line.event.ends_with("_replay");
    Entry {
        what: t.event(&line.event).map_or_else(|| line.event.clone(), |text| text.to_string()),
        bad,
        name: shown(&line.name),
        at: call.when(line.at),
        address: line.address,
        browser: browser(&line.agent).unwrap_or_default(),
    }
}

/// The list, page by page.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let before = call.query.get("before").parse().ok();
    let mut lines = call.read(move |cx| log::of_person(cx, uid, before, PAGE + 1)).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let following = lines.last().filter(|_| more).map(|line| line.id);
    let lines = lines.into_iter().map(|line| entry(call, line)).collect();
    Panel::new(call, t.log)?
        .intro(t.log_intro)
        .section(Section::new("list", "").inside(&List { t, lines, following })?)
        .reply()
}
