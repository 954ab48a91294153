//! `/client`: registered applications (oauth.md, 2.11).

use askama::Template;
use trackway_core::oauth::application::{self, Application, Details, Platform};
use trackway_core::oauth::scope::Scope;
use trackway_core::oauth::{Profile, ScopeSet};
use trackway_core::{Error, Result};

use super::app_marks::{Mark, marks};
use super::consent::{lines, looks_like, shown};
use super::{app_icon, app_secrets};
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Choice, Field, Form, Look};
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::{Text, Texts};

/// The code page as guides for the original name it; an alias of ours (AZ-05).
const ALIAS: &str = "https://oauth.yandex.ru/verification_code";

#[derive(Template)]
#[template(path = "apps.html")]
struct List {
    t: &'static Texts,
    apps: Vec<Entry>,
}

struct Entry {
    id: String,
    name: String,
    made: String,
    blocked: bool,
    unapproved: bool,
}

/// One's own applications.
pub(super) async fn list(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let found = call.read(move |cx| application::list(cx, uid)).await?;
    let apps = found.into_iter().map(|app| Entry {
        name: shown(&app.details.name),
        made: call.when(app.created_at),
        blocked: app.blocked,
        unapproved: app.standing.unapproved,
        id: app.id,
    });
    let list = List { t, apps: apps.collect() };
    Panel::new(call, t.my_apps)?
        .intro(t.my_apps_intro)
        .action("/client/new/api", t.app_new)
        .section(Section::new("list", "").inside(&list)?)
        .reply()
}

/// What the form of a new application begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preset {
    /// Nothing.
    Empty,
    /// Signing people in.
    SignIn,
    /// Using the API with a token for oneself.
    Api,
}

fn code_page(call: &Call<'_>) -> String {
    // Plain HTTP may be registered for this machine only.
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    if call.is_secure() || local.iter().any(|host| call.base.starts_with(host)) {
        return format!("{}/verification_code", call.base);
    }
    ALIAS.to_owned()
}

fn preset(call: &Call<'_>, preset: Preset) -> Details {
    let scopes = |text| ScopeSet::stored(text);
    let settings = call.app.tracker.settings();
    let person = call.signed.as_ref().map(|signed| &signed.person);
    let common = Details {
        contact: person.map_or_else(String::new, |person| person.email.clone()),
        profile: settings.policy.default_profile,
        ..Details::default()
    };
    match preset {
        Preset::Empty => common,
        Preset::SignIn => {
            Details { scopes: scopes("login:info login:email login:avatar"), ..common }
        }
        Preset::Api => Details {
            scopes: scopes("tracker:read tracker:write"),
            redirect_uris: vec![code_page(call)],
            implicit: true,
            device_flow: true,
            ..common
        },
    }
}

const PLATFORMS: [(Platform, &str); 4] = [
    (Platform::Web, "web"),
    (Platform::Device, "device"),
    (Platform::Android, "android"),
    (Platform::Ios, "ios"),
];

fn fields(call: &Call<'_>, form: Form, details: &Details) -> Form {
    let t = call.t;
    let platform_names = [t.platform_web, t.platform_device, t.platform_android, t.platform_ios];
    let platforms = PLATFORMS.iter().zip(platform_names).map(|((platform, name), label)| Choice {
        value: (*name).to_owned(),
        label: label.to_string(),
        hint: if *name == "web" { t.platform_web_hint.to_string() } else { String::new() },
        on: *platform == details.platform,
    });
    let settings = call.app.tracker.settings();
    let scopes = Scope::all(&settings.policy).map(|scope| Choice {
        value: scope.name().to_owned(),
        label: scope.words(call.lang).to_owned(),
        hint: scope.name().to_owned(),
        on: details.scopes.has(scope.name()),
    });
    let option = |value: &str, label: Text, hint: Text, on| Choice {
        value: value.to_owned(),
        label: label.to_string(),
        hint: hint.to_string(),
        on,
    };
    let strict = details.profile == Profile::Strict;
    let options = vec![
        option("implicit", t.app_implicit, t.app_implicit_hint, details.implicit),
        option("device_flow", t.app_device_flow, t.app_device_flow_hint, details.device_flow),
        option("keeps_secret", t.app_keeps_secret, t.app_keeps_secret_hint, details.keeps_secret),
        option("strict", t.app_strict, t.app_strict_hint, strict),
        option("omit_iss", t.app_omit_iss, t.app_omit_iss_hint, details.omit_iss),
        option(
            "no_redirect",
            t.app_no_redirect,
            t.app_no_redirect_hint,
            details.token_without_redirect_uri,
        ),
    ];
    form.field(
        Field::line("name", t.app_name).value(&details.name).hint(t.app_name_hint).required(),
    )
    .field(Field::line("platform", t.app_platform).choices(Look::Radio, platforms.collect()))
    .field(
        Field::line("redirectUris", t.app_redirects)
            .hint(t.app_redirects_hint.with(code_page(call)))
            .value(details.redirect_uris.join("\n"))
            .with_look(Look::Area),
    )
    .field(Field::line("scopes", t.scopes).choices(Look::Ticks, scopes.collect()))
    .field(Field::line("contact", t.app_contact).kind("email").value(&details.contact).required())
    .field(Field::line("options", t.app_options).choices(Look::Ticks, options))
    .field(
        Field::line("origins", t.app_origins)
            .hint(t.app_origins_hint)
            .value(details.origins.join("\n"))
            .with_look(Look::Area),
    )
}

/// The details a form holds.
fn read(call: &Call<'_>, icon_url: String) -> Details {
    let f = &call.form;
    let lines = |name| -> Vec<String> {
        f.get(name).split_whitespace().take(100).map(str::to_owned).collect()
    };
    let options = f.all("options");
    let has = |name: &str| options.contains(&name);
    let platform = PLATFORMS.iter().find(|(_, name)| *name == f.get("platform"));
    let scopes = f.all("scopes").into_iter().filter_map(Scope::parse);
    Details {
        name: f.get("name").to_owned(),
        icon_url,
        platform: platform.map_or(Platform::Web, |(platform, _)| *platform),
        keeps_secret: has("keeps_secret"),
        redirect_uris: lines("redirectUris"),
        origins: lines("origins"),
        scopes: scopes.fold(ScopeSet::NONE, ScopeSet::with),
        contact: f.get("contact").to_owned(),
        device_flow: has("device_flow"),
        implicit: has("implicit"),
        profile: if has("strict") { Profile::Strict } else { Profile::Compatible },
        omit_iss: has("omit_iss"),
        token_without_redirect_uri: has("no_redirect"),
    }
}

fn new_page(call: &Call<'_>, details: &Details, refused: Option<&Error>) -> Result<Reply> {
    let t = call.t;
    let form = fields(call, Form::new(call, "/client/new", t.app_register)?, details);
    let form = match refused {
        Some(error) => form.refused(call, error),
        None => form,
    };
    Panel::new(call, t.app_new)?
        .intro(t.app_new_intro)
        .section(Section::new("form", "").form(form))
        .reply()
}

/// The form for a new one.
pub(super) fn new(call: &Call<'_>, begin: Preset) -> Result<Reply> {
    crate::ui::fresh(call)?;
    new_page(call, &preset(call, begin), None)
}

/// Registers, and shows the secret, once.
pub(super) async fn register(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let details = read(call, String::new());
    let given = details.clone();
    let made = call
        .write("RegisterApplication", move |cx| application::register(cx, uid, given.clone()))
        .await;
    match made {
        Ok((app, Some(secret))) => app_secrets::page(call, &app.id, &secret.0, call.t.app_made),
        Ok((app, None)) => Ok(Reply::go(format!("/client/{}?done=saved", app.id))),
        Err(error) if matches!(error.status(), 409 | 422) => new_page(call, &details, Some(&error)),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "app.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a line of the page")]
struct Info<'a> {
    t: &'static Texts,
    id: &'a str,
    confidential: bool,
    redirects: &'a [String],
    scopes: Vec<super::consent::Line>,
    token_url: Option<String>,
    code_url: String,
    unapproved: bool,
    blocked: bool,
    omit_iss: bool,
    /// What administrators decided about it.
    marks: Vec<Mark>,
    /// Name of a verified application that it looks like; empty: none.
    like: String,
}

pub(super) async fn own(call: &Call<'_>, id: &str) -> Result<Application> {
    let (uid, id) = (call.person()?.person.uid, id.to_owned());
    call.read(move |cx| application::own(cx, uid, &id)).await
}

/// Properties, with ready-made links.
pub(super) async fn show(call: &Call<'_>, id: &str) -> Result<Reply> {
    let t = call.t;
    let app = own(call, id).await?;
    let details = &app.details;
    let implicit = call.app.tracker.settings().policy.implicit
        && details.implicit
        && details.profile == Profile::Compatible;
    let info = Info {
        t,
        id: &app.id,
        confidential: app.is_confidential(),
        redirects: &details.redirect_uris,
        scopes: lines(call, details.scopes),
        token_url: implicit.then(|| format!("/authorize?response_type=token&client_id={}", app.id)),
        code_url: format!("{}/authorize?response_type=code&client_id={}", call.base, app.id),
        unapproved: app.standing.unapproved,
        blocked: app.blocked,
        omit_iss: details.omit_iss,
        marks: marks(call, &app),
        like: looks_like(call, &app).await?,
    };
    let mut panel = Panel::new(call, shown(&details.name))?
        .action(format!("/client/{id}/edit"), t.edit)
        .section(Section::new("info", "").inside(&info)?)
        .section(app_icon::section(call, &app.id).await?);
    if app.is_confidential() {
        let go = Go::button(format!("/client/{id}/secret"), t.secret_new);
        panel = panel.section(Section::new("secret", t.secret).inside(&go)?);
        panel = panel.section(app_secrets::section(call, &app)?);
    }
    let delete = Go::danger(format!("/client/{id}/delete"), t.app_delete);
    let section = Section::new("delete", t.app_delete).intro(t.app_delete_intro);
    panel.section(section.inside(&delete)?.danger()).reply()
}

/// Asks before the application goes.
pub(super) async fn ask_delete(call: &Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let t = call.t;
    let app = own(call, id).await?;
    let form = Form::new(call, format!("/client/{id}/delete"), t.app_delete)?;
    let question = t.app_delete_sure.with(shown(&app.details.name));
    sure(call, question, t.app_delete_intro, form, format!("/client/{id}"))
}

fn edit_page(
    call: &Call<'_>,
    id: &str,
    details: &Details,
    refused: Option<&Error>,
) -> Result<Reply> {
    let t = call.t;
    let form = fields(call, Form::new(call, format!("/client/{id}/edit"), t.save)?, details);
    let form = match refused {
        Some(error) => form.refused(call, error),
        None => form,
    };
    Panel::new(call, shown(&details.name))?
        .intro(t.app_edit_intro)
        .section(Section::new("form", "").form(form))
        .reply()
}

/// The form for changes.
pub(super) async fn edit(call: &Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let app = own(call, id).await?;
    edit_page(call, id, &app.details, None)
}

/// Saves changes; an application that becomes confidential gets a secret.
pub(super) async fn save(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let old = own(call, id).await?;
    let uid = call.person()?.person.uid;
    let details = read(call, old.details.icon_url);
    let (given, key) = (details.clone(), id.to_owned());
    let saved = call
        .write("EditApplication", move |cx| application::edit(cx, uid, &key, given.clone()))
        .await;
    match saved {
        Ok((app, Some(secret))) => app_secrets::page(call, &app.id, &secret.0, call.t.secret_made),
        Ok((app, None)) => Ok(Reply::go(format!("/client/{}?done=saved", app.id))),
        Err(error) if matches!(error.status(), 409 | 422) => {
            edit_page(call, id, &details, Some(&error))
        }
        Err(error) => Err(error),
    }
}

/// Deletes an application with everything given to it.
pub(super) async fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let key = id.to_owned();
    call.write("DeleteApplication", move |cx| application::delete(cx, uid, &key)).await?;
    Ok(Reply::go("/client/my?done=deleted"))
}
