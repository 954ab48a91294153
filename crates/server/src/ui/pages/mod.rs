//! The pages, by address.

mod access;
mod admin;
mod app_icon;
mod app_marks;
mod app_secrets;
mod apps;
mod browser;
mod code;
mod confirm;
mod consent;
mod device;
mod fresh_factor;
mod help;
mod invite;
mod ldap;
mod log;
mod login;
mod member;
mod members;
mod orgs;
mod passkeys;
mod profile;
mod reset;
mod second;
mod security;
mod services;
mod sessions;
mod setup;
mod start;
mod tokens;
mod unsubscribe;
mod upstream;

use trackway_core::account::factor;
use trackway_core::account::log::{self as audit, Event};
use trackway_core::account::setup::is_needed;
use trackway_core::{Code, Result};

pub(super) use app_icon::BYTES as ICON_BYTES;
use apps::Preset;

use super::call::{Call, local_path};
use super::reply::Reply;

/// Answers `GET`.
pub(super) async fn get(call: &mut Call<'_>, path: &[&str]) -> Result<Reply> {
    if is_needed(&call.app.tracker.world()) && path != ["setup"] {
        return Ok(Reply::go("/setup"));
    }
    match *path {
        [""] => start::show(call),
        ["setup"] => setup::show(call),
        ["login"] => login::show(call),
        ["login", "second"] => second::show(call).await,
        ["login", "confirm"] => confirm::show(call).await,
        ["login", "reset"] => reset::ask(call),
        ["login", "reset", token] => reset::show(call, token).await,
        ["login", "browser", link] => browser::ask(call, link),
        ["login", "with", id] => upstream::begin(call, id).await,
        ["login", "with", id, "callback"] => upstream::finish(call, id).await,
        ["invite", token] => invite::show(call, token).await,
        ["settings"] => Ok(Reply::go("/settings/profile")),
        ["profile", "access"] => Ok(Reply::go("/settings/applications")),
        ["profile", "sessions"] => Ok(Reply::go("/settings/sessions")),
        ["profile", "security"] => Ok(Reply::go("/settings/security")),
        ["settings", "profile"] => profile::show(call),
        ["settings", "sessions"] => sessions::show(call).await,
        ["settings", "sessions", "everywhere"] => sessions::ask_everywhere(call),
        ["settings", "security"] => security::show(call).await,
        ["settings", "security", "password"] => security::show_password(call),
        ["settings", "security", "codes"] => security::show_codes(call),
        ["settings", "security", "log"] => log::show(call).await,
        ["settings", "security", "passkeys"] => passkeys::show(call).await,
        ["settings", "security", "passkeys", "remove"] => passkeys::ask(call).await,
        ["admin"] => Ok(Reply::go("/admin/orgs")),
        ["admin", "overview"] => admin::overview::show(call).await,
        ["admin", "users"] => admin::users::show(call).await,
        ["admin", "applications"] => admin::applications::list(call).await,
        ["admin", "applications", "one"] => admin::applications::show(call).await,
        ["admin", "applications", "block"] => admin::applications::ask_block(call).await,
        ["admin", "audit"] => admin::audit::show(call).await,
        ["admin", "audit", "export"] => admin::audit::export(call).await,
        ["admin", "orgs"] => orgs::list(call),
        ["admin", "orgs", org] => orgs::show(call, org),
        ["admin", "orgs", org, "edit"] => orgs::edit(call, org),
        ["admin", "orgs", org, "groups"] => orgs::groups(call, org),
        ["admin", "orgs", org, "services"] => services::list(call, org).await,
        ["admin", "orgs", org, "services", id] => services::show(call, org, id).await,
        ["admin", "orgs", org, "services", id, "delete"] => {
            services::ask_delete(call, org, id).await
        }
        ["admin", "orgs", org, "services", id, "keys", key] => {
            services::ask_key(call, org, id, key).await
        }
        ["admin", "orgs", org, "members"] => members::list(call, org).await,
        ["admin", "orgs", org, "members", "invite"] => members::ask(call, org),
        ["admin", "orgs", org, "members", uid] => member::show(call, org, uid).await,
        ["admin", "orgs", org, "members", uid, deed] => member::ask_deed(call, org, uid, deed),
        ["settings", "applications"] => access::show(call).await,
        ["settings", "applications", "revoke"] => access::ask(call).await,
        ["settings", "applications", "everything"] => access::ask_everything(call),
        ["settings", "tokens"] => tokens::show(call).await,
        ["client"] => Ok(Reply::go("/client/my")),
        ["client", "my"] => apps::list(call).await,
        ["client", "new"] => apps::new(call, Preset::Empty),
        ["client", "new", "id"] => apps::new(call, Preset::SignIn),
        ["client", "new", "api"] => apps::new(call, Preset::Api),
        ["client", id] | ["client", id, "info"] => apps::show(call, id).await,
        ["client", id, "edit"] => apps::edit(call, id).await,
        ["client", id, "icon"] => app_icon::show(call, id).await,
        ["client", id, "secret"] => app_secrets::ask_secret(call, id).await,
        ["client", id, "signed-info"] => app_secrets::ask_signed_info(call, id).await,
        ["client", id, "delete"] => apps::ask_delete(call, id).await,
        ["authorize"] => consent::ask(call).await,
        ["device"] => device::show(call),
        ["verification_code"] => code::show(call).await,
        ["unsubscribe", token] => unsubscribe::ask(call, token),
        ["help", "api"] => help::show(call),
        _ => Err(Code::UnknownPath.err()),
    }
}

/// Answers `POST`; the form's token is checked already.
pub(super) async fn post(call: &mut Call<'_>, path: &[&str]) -> Result<Reply> {
    match *path {
        ["language"] => language(call).await,
        ["setup"] => setup::submit(call).await,
        ["login"] => login::submit(call).await,
        ["login", "passkey"] => login::with_passkey(call).await,
        ["login", "second"] => second::submit(call).await,
        ["login", "second", "passkey"] => second::with_passkey(call).await,
        ["login", "confirm"] => confirm::submit(call).await,
        ["login", "confirm", "passkey"] => confirm::with_passkey(call).await,
        ["login", "reset"] => reset::send(call).await,
        ["login", "reset", token] => reset::submit(call, token).await,
        ["login", "browser", link] => browser::admit(call, link),
        ["logout"] => login::leave(call).await,
        ["invite", token] => invite::submit(call, token).await,
        ["settings", "profile"] => profile::submit(call).await,
        ["settings", "sessions", "end"] => sessions::end(call).await,
        ["settings", "sessions", "end-others"] => sessions::end_others(call).await,
        ["settings", "sessions", "everywhere"] => sessions::everywhere(call).await,
        ["settings", "security", "password"] => security::set_password(call).await,
        ["settings", "security", "codes"] => security::switch_on(call).await,
        ["settings", "security", "codes-off"] => security::switch_off(call).await,
        ["settings", "security", "passkeys"] => passkeys::add(call).await,
        ["settings", "security", "passkeys", "remove"] => passkeys::remove(call).await,
        ["settings", "security", "directory"] => ldap::link(call).await,
        ["settings", "security", "unlink"] => upstream::unlink(call).await,
        ["settings", "security", "recovery"] => security::renew(call).await,
        ["settings", "applications", "revoke"] => access::revoke(call).await,
        ["settings", "applications", "everything"] => access::revoke_everything(call).await,
        ["settings", "applications", "revoke-one"] => access::revoke_one(call).await,
        ["settings", "tokens"] => tokens::make(call).await,
        ["settings", "tokens", "end"] => tokens::end(call).await,
        ["client", "new"] => apps::register(call).await,
        ["client", id, "edit"] => apps::save(call, id).await,
        ["client", id, "icon"] => app_icon::set(call, id).await,
        ["client", id, "icon", "remove"] => app_icon::remove(call, id).await,
        ["client", id, "secret"] => app_secrets::rotate(call, id).await,
        ["client", id, "signed-info"] => app_secrets::signed_info(call, id).await,
        ["client", id, "delete"] => apps::delete(call, id).await,
        ["authorize", "decision"] => consent::decide(call).await,
        ["unsubscribe", token] => unsubscribe::submit(call, token).await,
        ["device"] => device::find(call).await,
        ["device", "decision"] => device::decide(call).await,
        ["admin", "applications", deed] => admin::applications::act(call, deed).await,
        ["admin", "orgs", org, "edit"] => orgs::submit(call, org).await,
        ["admin", "orgs", org, "groups"] => orgs::add_group(call, org).await,
        ["admin", "orgs", org, "services"] => services::create(call, org).await,
        ["admin", "orgs", org, "services", id, "keys"] => services::add_key(call, org, id).await,
        ["admin", "orgs", org, "services", id, "delete"] => services::delete(call, org, id).await,
        ["admin", "orgs", org, "services", id, "keys", key] => {
            services::remove_key(call, org, id, key).await
        }
        ["admin", "orgs", org, "members", "invite"] => members::invite(call, org).await,
        ["admin", "orgs", org, "members", "withdraw"] => members::withdraw(call, org).await,
        ["admin", "orgs", org, "members", uid, deed] => member::act(call, org, uid, deed).await,
        _ => Err(Code::UnknownPath.err()),
    }
}

/// Whether somebody has to set up a second step before anything else, because one of their
/// organisations asks for it (UI-15).
pub(super) async fn lacks_second_step(call: &Call<'_>, path: &[&str]) -> Result<bool> {
    let Some(signed) = &call.signed else { return Ok(false) };
    let free = matches!(
        path,
        ["settings", "security", ..]
            | ["login" | "help" | "unsubscribe", ..]
            | ["logout" | "language"]
    );
    if free || !signed.person.orgs.iter().any(|dict| dict.org.second_step) {
        return Ok(false);
    }
    let uid = signed.person.uid;
    Ok(!call.read(move |cx| factor::is_on(cx.tx, uid)).await?)
}

/// A form came that no page of ours was made for: worth a line in the audit log.
pub(super) async fn forged(call: &Call<'_>) -> Result<()> {
    let uid = call.signed.as_ref().map_or(0, |signed| signed.person.uid);
    call.write("ForgedForm", move |cx| audit::record(cx, uid, Event::CsrfFailed, "")).await
}

/// Changes the language of the pages: of the person, or of the browser.
async fn language(call: &mut Call<'_>) -> Result<Reply> {
    use trackway_core::account::member::{Profile, set_profile};
    let lang = trackway_core::lang::Lang::from_accept(call.form.get("lang"));
    let lang = lang.ok_or_else(|| Code::BadParameter.with("lang").and("en, ru"))?;
    call.keep_language(lang);
    if let Some(signed) = &call.signed {
        let person = &signed.person;
        let member = person.orgs.first().and_then(|dict| person.member(dict)).cloned();
        if let Some(member) = member {
            let uid = person.uid;
            let profile = Profile {
                first_name: member.first_name,
                last_name: member.last_name,
                email: member.email,
                lang: Some(lang),
                time_zone: member.time_zone,
            };
            call.write("SetLanguage", move |cx| set_profile(cx, uid, &profile)).await?;
        }
    }
    Ok(Reply::go(local_path(call.form.get("next")).unwrap_or("/")))
}
