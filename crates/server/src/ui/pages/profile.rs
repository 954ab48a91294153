//! `/settings/profile`: names, mail, language, time zone.

use trackway_core::account::member::{self, Profile};
use trackway_core::lang::{Lang, Name};
use trackway_core::{Code, Result, zone};

use crate::ui::call::Call;
use crate::ui::form::{Choice, Field, Form, Look};
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;

/// The languages to choose from.
pub(super) fn languages(call: &Call<'_>, chosen: Option<Lang>, none: &str) -> Vec<Choice> {
    let choice = |value: &str, label: &str, on| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        on,
        ..Choice::default()
    };
    vec![
        choice("", none, chosen.is_none()),
        choice("en", &call.t.english.to_string(), chosen == Some(Lang::En)),
        choice("ru", &call.t.russian.to_string(), chosen == Some(Lang::Ru)),
    ]
}

/// The time zones to choose from.
pub(super) fn zones(chosen: &str, none: &str) -> Vec<Choice> {
    let choice = |value: String, label: String| Choice {
        on: value == chosen,
        value,
        label,
        ..Choice::default()
    };
    let all = zone::names().into_iter().map(|name| choice(name.clone(), name));
    std::iter::once(choice(String::new(), none.to_owned())).chain(all).collect()
}

fn form(call: &Call<'_>) -> Result<Form> {
    let (t, f, person) = (call.t, &call.form, &call.person()?.person);
    let member = person.orgs.first().and_then(|dict| person.member(dict));
    let member = member.ok_or_else(|| Code::OrgUnavailable.err())?;
    let value = |name: &'static str, own: &str| f.opt(name).unwrap_or(own).to_owned();
    let line = |name: &'static str, label: &dyn ToString, own: &str| {
        Field::line(name, label.to_string()).value(value(name, own))
    };
    let lang = match f.opt("lang") {
        Some(text) => Lang::from_accept(text),
        None => person.lang,
    };
    Ok(Form::new(call, "/settings/profile", t.save)?
        .field(line("first_name_ru", &t.first_name_ru, &member.first_name.ru))
        .field(line("last_name_ru", &t.last_name_ru, &member.last_name.ru))
        .field(line("first_name_en", &t.first_name_en, &member.first_name.en))
        .field(line("last_name_en", &t.last_name_en, &member.last_name.en))
        .field(line("email", &t.email, &member.email).kind("email").complete("email"))
        .field(
            Field::line("lang", t.language)
                .choices(Look::Select, languages(call, lang, &t.language_of_browser.to_string())),
        )
        .field(Field::line("zone", t.time_zone).hint(t.time_zone_hint).choices(
            Look::Select,
            zones(
                &value("zone", member.time_zone.as_deref().unwrap_or_default()),
                &t.time_zone_of_org.to_string(),
            ),
        )))
}

/// The form. The mail address is where password links go, so it takes a fresh proof (SE-04).
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    page(call, form(call)?)
}

fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    let t = call.t;
    let person = &call.person()?.person;
    let intro = t.profile_intro.with(&person.login);
    Panel::new(call, t.profile)?.intro(intro).section(Section::new("form", "").form(form)).reply()
}

/// Saves.
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    match run(call).await {
        Ok(reply) => Ok(reply),
        Err(error) if matches!(error.status(), 409 | 422) => {
            let form = form(call)?.refused(call, &error);
            page(call, form)
        }
        Err(error) => Err(error),
    }
}

async fn run(call: &mut Call<'_>) -> Result<Reply> {
    let f = &call.form;
    let name = |field| member::name(field, f.get(field));
    let profile = Profile {
        first_name: Name { ru: name("first_name_ru")?, en: name("first_name_en")? },
        last_name: Name { ru: name("last_name_ru")?, en: name("last_name_en")? },
        email: member::mail("email", f.get("email"))?,
        lang: Lang::from_accept(f.get("lang")),
        time_zone: zone::checked("zone", f.get("zone"))?,
    };
    let uid = call.person()?.person.uid;
    call.write("SetProfile", move |cx| member::set_profile(cx, uid, &profile)).await?;
    Ok(Reply::go("/settings/profile?done=saved"))
}
