//! `/`: where to go from here.

use askama::Template;
use trackway_core::Result;

use crate::ui::call::Call;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    t: &'static Texts,
    base: &'a str,
    orgs: Vec<Org<'a>>,
}

struct Org<'a> {
    name: &'a str,
    id: &'a str,
    admin: bool,
}

/// Sends strangers to the sign-in page.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    let Some(signed) = &call.signed else { return Ok(Reply::go("/login")) };
    let t = call.t;
    let orgs = signed.person.orgs.iter().map(|dict| Org {
        name: dict.org.name.get(call.lang),
        id: &dict.org.org_id,
        admin: signed.person.actor(dict).is_some_and(|actor| actor.admin),
    });
    let inside = Start { t, base: &call.base, orgs: orgs.collect() };
    Panel::new(call, t.hello.with(signed.person.name.get(call.lang)))?
        .intro(t.start_intro)
        .section(Section::new("start", "").inside(&inside)?)
        .reply()
}
