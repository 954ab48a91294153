//! `/admin/applications`: what administrators decide about applications (AP-04).

use askama::Template;
use trackway_core::oauth::application::{self, Application, Standing};
use trackway_core::time::Instant;
use trackway_core::{Code, Result};

use super::super::consent::{Line, lines, looks_like, owner_name, shown};
use super::gate;
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Choice, Field, Form, Look};
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::{Text, Texts};

/// Applications that come at once.
const PAGE: usize = 200;

#[derive(Template)]
#[template(path = "admin_apps.html")]
struct List {
    t: &'static Texts,
    apps: Vec<Entry>,
    /// Where the next page begins.
    following: Option<String>,
}

struct Entry {
    id: String,
    name: String,
    owner: String,
    made: String,
    blocked: bool,
    unapproved: bool,
    verified: bool,
}

/// When an application was registered; of those that are part of the server there is nothing to say.
fn made(call: &Call<'_>, at: Instant) -> String {
    if at == 0 { String::new() } else { call.when(at) }
}

/// Every application.
pub(in crate::ui::pages) async fn list(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let by = gate(call)?;
    let after = call.query.get("after").to_owned();
    let found = call.read(move |cx| application::list_all(cx, by, &after)).await?;
    let following = found.last().filter(|_| found.len() == PAGE).map(|app| app.id.clone());
    let mut apps: Vec<Entry> = found
        .into_iter()
        .map(|app| Entry {
            name: shown(&app.details.name),
            owner: owner_name(call, app.owner),
            made: made(call, app.created_at),
            blocked: app.blocked,
            unapproved: app.standing.unapproved,
            verified: app.standing.verified,
            id: app.id,
        })
        .collect();
    // Whatever waits for a decision comes first.
    apps.sort_by_cached_key(|app| (!app.unapproved, app.name.to_lowercase()));
    Panel::new(call, t.all_apps)?
        .intro(t.all_apps_intro)
        .section(Section::new("list", "").inside(&List { t, apps, following })?)
        .reply()
}

#[derive(Template)]
#[template(path = "admin_app.html")]
struct Facts<'a> {
    t: &'static Texts,
    id: &'a str,
    owner: String,
    contact: &'a str,
    made: String,
    redirects: &'a [String],
    scopes: Vec<Line>,
    blocked: bool,
    /// Name of a verified application that it looks like; empty: none.
    like: String,
}

async fn one(call: &Call<'_>, id: &str) -> Result<(i64, Application)> {
    let by = gate(call)?;
    let key = id.to_owned();
    // An id may be the address of a document, which comes in the query.
    let app = call.read(move |cx| application::own(cx, by, &key)).await?;
    Ok((by, app))
}

fn path(app: &Application, deed: &str) -> String {
    let id: String = form_urlencoded::byte_serialize(app.id.as_bytes()).collect();
    format!("/admin/applications/{deed}?id={id}")
}

fn decisions(call: &Call<'_>, app: &Application) -> Result<Form> {
    let t = call.t;
    let standing = &app.standing;
    let choice = |value: &str, label: Text, hint: Text, on| Choice {
        value: value.to_owned(),
        label: label.to_string(),
        hint: hint.to_string(),
        on,
    };
    let switches = vec![
        choice("approved", t.standing_approved, t.standing_approved_hint, !standing.unapproved),
        choice("verified", t.standing_verified, t.standing_verified_hint, standing.verified),
        choice(
            "implicit",
            t.standing_implicit,
            t.standing_implicit_hint,
            standing.implicit_redirect,
        ),
        choice("resource", t.standing_resource, t.standing_resource_hint, standing.resource_server),
        choice("factor", t.standing_factor, t.standing_factor_hint, standing.second_factor),
    ];
    let world = call.app.tracker.world();
    let mut orgs: Vec<_> = world.orgs().collect();
    orgs.sort_by_key(|dict| dict.org_id);
    let orgs = orgs.into_iter().map(|dict| Choice {
        value: dict.org_id.to_string(),
        label: dict.org.name.get(call.lang).to_owned(),
        hint: dict.org.org_id.clone(),
        on: standing.organizations.contains(&dict.org_id),
    });
    Ok(Form::new(call, "/admin/applications/decide", t.save)?
        .hidden("id", &app.id)
        .field(Field::line("standing", t.standing).choices(Look::Ticks, switches).under_heading())
        .field(
            Field::line("orgs", t.standing_orgs)
                .hint(t.standing_orgs_hint)
                .choices(Look::Ticks, orgs.collect()),
        ))
}

/// One application, with what may be decided.
pub(in crate::ui::pages) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let (_, app) = one(call, call.query.get("id")).await?;
    let facts = Facts {
        t,
        id: &app.id,
        owner: owner_name(call, app.owner),
        contact: &app.details.contact,
        made: made(call, app.created_at),
        redirects: &app.details.redirect_uris,
        scopes: lines(call, app.details.scopes),
        blocked: app.blocked,
        like: looks_like(call, &app).await?,
    };
    let block = if app.blocked {
        let form = Form::new(call, "/admin/applications/unblock", t.app_unblock)?;
        Section::new("block", t.app_unblock).form(form.hidden("id", &app.id))
    } else {
        Section::new("block", t.app_block)
            .intro(t.app_block_intro)
            .inside(&Go::danger(path(&app, "block"), t.app_block))?
            .danger()
    };
    Panel::new(call, shown(&app.details.name))?
        .section(Section::new("facts", "").inside(&facts)?)
        .section(Section::new("decisions", t.standing).form(decisions(call, &app)?))
        .section(block)
        .reply()
}

/// Asks before an application is blocked.
pub(in crate::ui::pages) async fn ask_block(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let (_, app) = one(call, call.query.get("id")).await?;
    let form = Form::new(call, "/admin/applications/block", t.app_block)?.hidden("id", &app.id);
    let question = t.app_block_sure.with(shown(&app.details.name));
    sure(call, question, t.app_block_intro, form, path(&app, "one"))
}

/// Does what an administrator decided.
pub(in crate::ui::pages) async fn act(call: &mut Call<'_>, deed: &str) -> Result<Reply> {
    let (by, app) = one(call, call.form.get("id")).await?;
    let (standing, blocked) = match deed {
        "block" => (app.standing.clone(), true),
        "unblock" => (app.standing.clone(), false),
        "decide" => (decided(call, &app)?, app.blocked),
        _ => return Err(Code::UnknownPath.err()),
    };
    let target = path(&app, "one");
    call.write("DecideApplication", move |cx| {
        application::decide(cx, by, &app.id, standing.clone(), blocked)
    })
    .await?;
    Ok(Reply::go(format!("{target}&done=saved")))
}

fn decided(call: &Call<'_>, app: &Application) -> Result<Standing> {
    let ticked = call.form.all("standing");
    let is = |name: &str| ticked.contains(&name);
    let world = call.app.tracker.world();
    let number = |text: &str| -> Result<i64> {
        let id = text.parse().ok().filter(|id| world.org(*id).is_some());
        id.ok_or_else(|| Code::ValueUnknown.with(text).under("orgs"))
    };
    let organizations = call.form.all("orgs").into_iter().map(number).collect::<Result<_>>()?;
    Ok(Standing {
        unapproved: !is("approved"),
        verified: is("verified"),
        implicit_redirect: is("implicit"),
        resource_server: is("resource"),
        second_factor: is("factor"),
        organizations,
        ..app.standing.clone()
    })
}
