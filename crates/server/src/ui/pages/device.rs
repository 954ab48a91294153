//! `/device`: the code a device shows is typed here (oauth.md, 2.5).

use trackway_core::oauth::device;
use trackway_core::{Code, Result};

use super::consent::{Question, lines, looks_like, owner_name, reached, shown, ticked};
use super::{app_icon, fresh_factor};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::{Key, place};
use crate::ui::reply::{Policy, Reply};

fn form(call: &Call<'_>) -> Result<Form> {
    let t = call.t;
    // Letters of the code and nothing else; it is filled in, never sent by itself (DF-05).
    let given = call.form.opt("user_code").unwrap_or_else(|| call.query.get("user_code"));
    let letters = device::normal_user_code(given);
    let code = match letters.split_at_checked(4) {
        Some((first, rest)) if !rest.is_empty() => format!("{first}-{rest}"),
        _ => letters,
    };
    Ok(Form::new(call, "/device", t.go_on)?.field(
        Field::line("user_code", t.device_code)
            .value(code)
            .hint(t.device_code_hint)
            .complete("off")
            .required()
            .focus(),
    ))
}

fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    Card::new(call, call.t.device)?.intro(call.t.device_intro).form(form).reply()
}

/// The form.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    call.person()?;
    page(call, form(call)?)
}

/// Finds the request behind the code and asks.
pub(super) async fn find(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let signed = call.person()?;
    let uid = signed.person.uid;
    let keys = [
        Key::Device(format!("s{}", signed.session.hash)),
        Key::Device(format!("a{uid}")),
        Key::Device(format!("p{}", place(call.client))),
    ];
    // Locked looks like wrong (DF-07).
    let wrong = || -> Result<Reply> {
        let form = form(call)?.refused(call, &Code::CodeWrong.at("user_code"));
        page(call, form)
    };
    if call.app.ui.guard.wait(&keys, call.now).is_some() {
        return wrong();
    }
    let typed = call.form.get("user_code").to_owned();
    let Some(pending) = call.write("ClaimDevice", move |cx| device::claim(cx, uid, &typed)).await?
    else {
        call.app.ui.guard.fail(&keys, call.now);
        if call.app.ui.guard.wait(&keys, call.now).is_some() {
            call.write("DeviceThrottled", move |cx| device::throttled(cx, uid)).await?;
        }
        return wrong();
    };
    let person = &signed.person;
    let application = &pending.application;
    if let Some(reply) = fresh_factor::lacking(call, application, Some("/device")).await? {
        return Ok(reply);
    }
    let settings = call.app.tracker.settings();
    let until = settings.policy.access_end(application.details.profile, call.now);
    let name = pending.device.as_ref().map_or("", |device| device.name.as_str());
    let device = if name.is_empty() { t.device_unknown.to_string() } else { shown(name) };
    let question = Question {
        t,
        csrf: call.token()?,
        action: "/device/decision",
        id: pending.id,
        name: &shown(&application.details.name),
        owner: owner_name(call, application.owner),
        verified: application.standing.verified,
        icon: app_icon::address(call, &application.id).await?,
        like: looks_like(call, application).await?,
        person: person.name.get(call.lang),
        orgs: reached(call, person, application),
        scopes: lines(call, pending.scopes),
        optional: lines(call, pending.optional),
        device,
        until: call.when(until),
        destination: String::new(),
        from: format!("{}, {}", pending.address, call.when(pending.created_at)),
        another: String::new(),
    };
    Card::new(call, t.consent.with(shown(&application.details.name)))?
        .inside(&question)?
        .wide()
        .reply()
}

/// Lets the device act, or refuses it. No token is shown here (DF-08).
pub(super) async fn decide(call: &mut Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let id = call.form.get("id").to_owned();
    let allowed = call.form.get("decision") == "allow";
    let granted = ticked(call);
    let given = fresh_factor::given(call)?;
    let (again, shown) = (id.clone(), given.clone());
    let decided = call
        .write("DecideDevice", move |cx| {
            if allowed {
                return device::approve(cx, uid, &id, granted, shown.as_ref());
            }
            device::deny(cx, uid, &id).map(|()| true)
        })
        .await?;
    if !decided {
        let (action, policy) = ("/device/decision", Policy::Own);
        let decision = fresh_factor::Decision { action, id: again, granted, policy };
        return fresh_factor::ask(call, decision, given.as_ref()).await;
    }
    let text = if allowed { t.device_allowed } else { t.device_denied };
    Card::new(call, t.device)?.intro(text).intro(t.device_close).link("/", t.to_start).reply()
}
