//! `/help/api`: the way from here to the first call.

use askama::Template;
use trackway_core::Result;

use crate::ui::call::Call;
use crate::ui::frame::{Card, Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    t: &'static Texts,
    base: &'a str,
    org: &'a str,
}

/// Steps and lines to paste. Strangers may read it, without an organisation.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let org = call.signed.as_ref().and_then(|signed| signed.person.orgs.first());
    let org = org.map_or("…", |dict| dict.org.org_id.as_str());
    let help = Help { t, base: &call.base, org };
    if call.signed.is_some() {
        return Panel::new(call, t.help_api)?
            .intro(t.help_intro)
            .section(Section::new("help", "").inside(&help)?)
            .reply();
    }
    Card::new(call, t.help_api)?
        .intro(t.help_intro)
        .inside(&help)?
        .link("/login", t.sign_in)
        .wide()
        .reply()
}
