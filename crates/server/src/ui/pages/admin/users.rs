//! `/admin/users`: everybody in the organisations one administers.

use askama::Template;
use trackway_core::Result;
use trackway_core::account::oversight::{self, Account};

use super::super::orgs::level_name;
use super::gate;
use crate::ui::call::Call;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

/// People of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "users.html")]
struct List<'a> {
    t: &'static Texts,
    query: &'a str,
    users: Vec<Entry>,
    total: usize,
    previous: Option<usize>,
    following: Option<usize>,
}

struct Entry {
    uid: i64,
    name: String,
    login: String,
    email: String,
    places: Vec<Place>,
    second_step: bool,
    seen: String,
}

struct Place {
    org: String,
    name: String,
    /// Empty for who was dismissed.
    level: String,
}

fn entry(call: &Call<'_>, account: &Account) -> Entry {
    let places = account.places.iter().map(|(dict, level)| Place {
        org: dict.org.org_id.clone(),
        name: dict.org.name.get(call.lang).to_owned(),
        level: level.map_or_else(String::new, |level| level_name(call, level)),
    });
    Entry {
        uid: account.uid,
        name: account.name.get(call.lang).to_owned(),
        login: account.login.clone(),
        email: account.email.clone(),
        places: places.collect(),
        second_step: account.second_step,
        seen: account.seen_at.map_or_else(String::new, |at| call.when(at)),
    }
}

/// The list, with a search and page by page.
pub(in crate::ui::pages) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let by = gate(call)?;
    let query = call.query.get("q");
    let page: usize = call.query.get("page").parse().unwrap_or(1).max(1);
    let skip = PAGE.saturating_mul(page - 1);
    let text = query.to_owned();
    let (found, total) =
        call.read(move |cx| oversight::people(cx, by, &text, (skip, PAGE))).await?;
    let list = List {
        t,
        query,
        users: found.iter().map(|account| entry(call, account)).collect(),
        total,
        previous: (page > 1).then(|| page - 1),
        following: (total > skip.saturating_add(PAGE)).then(|| page + 1),
    };
    Panel::new(call, t.users)?
        .intro(t.users_intro)
        .section(Section::new("list", "").inside(&list)?)
        .reply()
}
