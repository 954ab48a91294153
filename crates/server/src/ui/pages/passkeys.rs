//! `/settings/security/passkeys`: making passkeys and taking them away (UI-11).

use askama::Template;
use trackway_core::account::session::Stage;
use trackway_core::account::{passkey, recovery};
use trackway_core::{Error, Result};

use super::security::recovery_page;
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::{Panel, Section};
use crate::ui::passkey::{PasskeyForm, made, place, site};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

const PATH: &str = "/settings/security/passkeys";
const BACK: &str = "/settings/security";

#[derive(Template)]
#[template(path = "passkeys.html")]
struct List {
    t: &'static Texts,
    passkeys: Vec<Entry>,
}

struct Entry {
    name: String,
    made: String,
    used: String,
    remove: Go,
}

/// The passkeys on the page of security.
pub(super) async fn section(call: &Call<'_>) -> Result<Section> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let rows = call.read(move |cx| passkey::of_account(cx.tx, uid)).await?;
    let passkeys = rows.into_iter().map(|row| Entry {
        made: call.when(row.created_at),
        used: row.used_at.map_or_else(|| t.never.to_string(), |at| call.when(at)),
        remove: Go::small(format!("{PATH}/remove?passkey={}", row.id), t.remove, &row.name),
        name: row.name,
    });
    let passkeys: Vec<Entry> = passkeys.collect();
    let section = Section::new("passkeys", t.passkeys).intro(t.passkeys_intro);
    let section =
        if passkeys.is_empty() { section } else { section.inside(&List { t, passkeys })? };
    if site(call).is_none() {
        return Ok(section.intro(t.passkeys_unsafe));
    }
    section.inside(&Go::button(PATH, t.passkey_add))
}

fn page(call: &Call<'_>, known: &[String], refused: Option<&Error>) -> Result<Reply> {
    let t = call.t;
    let name = Field::line("name", t.passkey_name)
        .value(call.form.opt("name").unwrap_or_default())
        .hint(t.passkey_name_hint)
        .required()
        .id("passkey-name");
    let section = Section::new("form", "");
    let section = match PasskeyForm::to_make(call, PATH, known, &name)? {
        Some(form) => section.inside(&form)?,
        None => section.intro(t.passkeys_unsafe),
    };
    let mut panel = Panel::new(call, t.passkey_add)?;
    if let Some(error) = refused {
        panel = panel.refused(call, error);
    }
    panel.intro(t.passkey_add_intro).section(section).reply()
}

async fn known(call: &Call<'_>) -> Result<Vec<String>> {
    let uid = call.person()?.person.uid;
    let rows = call.read(move |cx| passkey::of_account(cx.tx, uid)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The form for a new one.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    page(call, &known(call).await?, None)
}

/// Stores a new one; with the first second factor come recovery codes, shown once.
pub(super) async fn add(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let signed = call.person()?.clone();
    let uid = signed.person.uid;
    let codes = recovery::generate()?;
    let (stored, new, place) = (codes.clone(), made(call), place(call)?);
    let added =
        call.write("AddPasskey", move |cx| passkey::add(cx, uid, &place, &new, &stored)).await;
    match added {
        Ok(true) => {
            call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
            recovery_page(call, codes)
        }
        Ok(false) => Ok(Reply::go("/settings/security?done=passkey-added")),
        Err(error) if error.status() == 422 => page(call, &known(call).await?, Some(&error)),
        Err(error) => Err(error),
    }
}

async fn own(call: &Call<'_>, id: &str) -> Result<passkey::PasskeyRow> {
    let (uid, id) = (call.person()?.person.uid, id.to_owned());
    let rows = call.read(move |cx| passkey::of_account(cx.tx, uid)).await?;
    let found = rows.into_iter().find(|row| row.id == id);
    found.ok_or_else(|| trackway_core::Code::UnknownPath.err())
}

/// Asks before one is taken away.
pub(super) async fn ask(call: &Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let t = call.t;
    let row = own(call, call.query.get("passkey")).await?;
    let form = Form::new(call, format!("{PATH}/remove"), t.remove)?.hidden("passkey", &row.id);
    sure(call, t.passkey_remove.with(&row.name), t.passkey_remove_intro, form, BACK)
}

/// Takes one away.
pub(super) async fn remove(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let row = own(call, call.form.get("passkey")).await?;
    let signed = call.person()?.clone();
    let uid = signed.person.uid;
    let last = call.write("RemovePasskey", move |cx| passkey::remove(cx, uid, &row.id)).await?;
    if last {
        call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
    }
    Ok(Reply::go("/settings/security?done=passkey-removed"))
}
