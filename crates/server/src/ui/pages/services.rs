//! `/admin/orgs/{id}/services`: service accounts and their keys (oauth.md, IM-08). A key is made where
//! the program runs; the server is told its public half only, so that there is no secret to show.

use askama::Template;
use trackway_core::account::member::Level;
use trackway_core::oauth::service::{self, NewService, ServiceAccount};
use trackway_core::{Code, Error, Result};

use super::member::number;
use super::members::levels;
use super::orgs::{admin, level_name};
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form, Look};
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "services.html")]
struct List<'a> {
    t: &'static Texts,
    org: &'a str,
    accounts: Vec<Entry>,
}

struct Entry {
    id: i64,
    name: String,
    login: String,
    level: String,
    made: String,
    keys: usize,
}

#[derive(Template)]
#[template(path = "service.html")]
struct Facts<'a> {
    t: &'static Texts,
    login: &'a str,
    level: &'a str,
    id: i64,
    base: &'a str,
}

#[derive(Template)]
#[template(path = "service_keys.html")]
struct Keys {
    t: &'static Texts,
    keys: Vec<KeyEntry>,
}

struct KeyEntry {
    id: String,
    label: String,
    made: String,
    remove: Go,
}

#[derive(Template)]
#[template(path = "service_pair.html")]
struct Pair {
    t: &'static Texts,
}

fn root(org: &str) -> String {
    format!("/admin/orgs/{org}/services")
}

fn is_told(error: &Error) -> bool {
    matches!(error.status(), 409 | 422)
}

async fn found(call: &Call<'_>, org: &str, id: &str) -> Result<ServiceAccount> {
    let (seat, _) = admin(call, org)?;
    let id = number(id)?;
    call.read(move |cx| service::get(cx, seat, id)).await
}

fn new_form(call: &Call<'_>, org: &str) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    let level = Level::named(f.get("level")).unwrap_or_default();
    Ok(Form::new(call, root(org), t.service_make)?
        .field(
            Field::line("name", t.app_name)
                .hint(t.service_name_hint)
                .value(f.get("name"))
                .complete("off")
                .required(),
        )
        .field(
            Field::line("login", t.login)
                .hint(t.login_hint)
                .value(f.get("login"))
                .complete("off")
                .required(),
        )
        .field(Field::line("level", t.level).choices(Look::Radio, levels(call, level))))
}

async fn list_page(call: &Call<'_>, org: &str, form: Form) -> Result<Reply> {
    let t = call.t;
    let (seat, _) = admin(call, org)?;
    let all = call.read(move |cx| service::list(cx, seat)).await?;
    let accounts = all.into_iter().map(|account| Entry {
        id: account.id,
        name: account.name.get(call.lang).to_owned(),
        login: account.login,
        level: level_name(call, account.level),
        made: call.when(account.created_at),
        keys: account.keys.len(),
    });
    let list = List { t, org, accounts: accounts.collect() };
    Panel::new(call, t.services)?
        .intro(t.services_intro)
        .section(Section::new("list", "").inside(&list)?)
        .section(Section::new("new", t.service_new).form(form))
        .reply()
}

/// The service accounts, and the form for another one.
pub(super) async fn list(call: &Call<'_>, org: &str) -> Result<Reply> {
    admin(call, org)?;
    list_page(call, org, new_form(call, org)?).await
}

/// Makes a service account.
pub(super) async fn create(call: &mut Call<'_>, org: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let new = NewService {
        login: call.form.get("login").to_owned(),
        name: call.form.get("name").to_owned(),
        level: Level::named(call.form.get("level")).unwrap_or_default(),
    };
    match call.write("CreateServiceAccount", move |cx| service::create(cx, seat, &new)).await {
        Ok(id) => Ok(Reply::go(format!("{}/{id}?done=saved", root(org)))),
        Err(error) if is_told(&error) => {
            let form = new_form(call, org)?.refused(call, &error);
            list_page(call, org, form).await
        }
        Err(error) => Err(error),
    }
}

fn key_form(call: &Call<'_>, org: &str, id: i64) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    Ok(Form::new(call, format!("{}/{id}/keys", root(org)), t.service_key_add)?
        .field(
            Field::line("description", t.token_label)
                .hint(t.token_label_hint)
                .value(f.get("description"))
                .complete("off"),
        )
        .field(
            Field::line("publicKey", t.service_public)
                .with_look(Look::Area)
                .hint(t.service_public_hint)
                .value(f.get("publicKey"))
                .required(),
        ))
}

fn page(call: &Call<'_>, org: &str, account: ServiceAccount, form: Form) -> Result<Reply> {
    let t = call.t;
    let own = format!("{}/{}", root(org), account.id);
    let facts = Facts {
        t,
        login: &account.login,
        level: &level_name(call, account.level),
        id: account.id,
        base: &call.base,
    };
    let keys = account.keys.into_iter().map(|key| {
        let label = if key.description.is_empty() { &key.id } else { &key.description }.clone();
        KeyEntry {
            remove: Go::small(format!("{own}/keys/{}", key.id), t.remove, &label),
            made: call.when(key.created_at),
            id: key.id,
            label,
        }
    });
    let keys = Keys { t, keys: keys.collect() };
    let delete = Go::danger(format!("{own}/delete"), t.service_delete);
    let delete =
        Section::new("delete", t.service_delete).intro(t.service_delete_intro).inside(&delete)?;
    Panel::new(call, account.name.get(call.lang))?
        .section(Section::new("facts", "").intro(t.service_use).inside(&facts)?)
        .section(Section::new("keys", t.service_keys).inside(&keys)?)
        .section(Section::new("new", t.service_key_new).inside(&Pair { t })?.form(form))
        .section(delete.danger())
        .reply()
}

/// One account with its keys, and the form for another key.
pub(super) async fn show(call: &Call<'_>, org: &str, id: &str) -> Result<Reply> {
    let account = found(call, org, id).await?;
    let form = key_form(call, org, account.id)?;
    page(call, org, account, form)
}

/// Authorises a key.
pub(super) async fn add_key(call: &mut Call<'_>, org: &str, id: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let number = number(id)?;
    let pem = call.form.get("publicKey").to_owned();
    let description = call.form.get("description").to_owned();
    let added = call
        .write("AddServiceKey", move |cx| service::add_key(cx, seat, number, &pem, &description));
    match added.await {
        Ok(_) => Ok(Reply::go(format!("{}/{id}?done=saved", root(org)))),
        Err(error) if is_told(&error) => {
            let account = found(call, org, id).await?;
            let form = key_form(call, org, number)?.refused(call, &error);
            page(call, org, account, form)
        }
        Err(error) => Err(error),
    }
}

/// Asks before a key is taken back.
pub(super) async fn ask_key(call: &Call<'_>, org: &str, id: &str, key: &str) -> Result<Reply> {
    let account = found(call, org, id).await?;
    let own = account.keys.iter().find(|own| own.id == key);
    let own = own.ok_or_else(|| Code::KeyNotFound.err())?;
    let label = if own.description.is_empty() { &own.id } else { &own.description };
    let t = call.t;
    let back = format!("{}/{id}", root(org));
    let form = Form::new(call, format!("{back}/keys/{key}"), t.remove)?;
    sure(call, t.service_key_sure.with(label), t.service_key_intro, form, back)
}

/// Takes a key back.
pub(super) async fn remove_key(
    call: &mut Call<'_>,
    org: &str,
    id: &str,
    key: &str,
) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let (number, key) = (number(id)?, key.to_owned());
    call.write("RemoveServiceKey", move |cx| service::remove_key(cx, seat, number, &key)).await?;
    Ok(Reply::go(format!("{}/{id}?done=deleted", root(org))))
}

/// Asks before an account goes.
pub(super) async fn ask_delete(call: &Call<'_>, org: &str, id: &str) -> Result<Reply> {
    let account = found(call, org, id).await?;
    let t = call.t;
    let back = format!("{}/{id}", root(org));
    let form = Form::new(call, format!("{back}/delete"), t.service_delete)?;
    let question = t.service_delete_sure.with(account.name.get(call.lang));
    sure(call, question, t.service_delete_intro, form, back)
}

/// Dismisses an account, and ends its keys and tokens.
pub(super) async fn delete(call: &mut Call<'_>, org: &str, id: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let id = number(id)?;
    call.write("DeleteServiceAccount", move |cx| service::delete(cx, seat, id)).await?;
    Ok(Reply::go(format!("{}?done=deleted", root(org))))
}
