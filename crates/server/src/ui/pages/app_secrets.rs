//! `/client/{id}`: the secret of an application, which is shown once.

use askama::Template;
use trackway_core::Result;
use trackway_core::oauth::application::{self, Application};

use super::apps::own;
use super::consent::shown;
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form, Look};
use crate::ui::frame::{Card, Section};
use crate::ui::reply::Reply;
use crate::ui::text::{Text, Texts};

#[derive(Template)]
#[template(path = "app_secret.html")]
struct SecretOnce<'a> {
    t: &'static Texts,
    id: &'a str,
    secret: &'a str,
}

/// The page that shows a secret.
pub(super) fn page(call: &Call<'_>, app: &str, secret: &str, heading: Text) -> Result<Reply> {
    let t = call.t;
    Card::new(call, heading)?
        .inside(&SecretOnce { t, id: app, secret })?
        .link(format!("/client/{app}"), t.app_go_on)
        .wide()
        .reply()
}

/// Whether user info is signed, on the page of the application.
pub(super) fn section(call: &Call<'_>, app: &Application) -> Result<Section> {
    let (t, path) = (call.t, format!("/client/{}/signed-info", app.id));
    let section = Section::new("signed-info", t.signed_info);
    if app.signed_info {
        let off = Form::new(call, path, t.switch_off)?;
        return Ok(section.intro(t.signed_info_on).form(off));
    }
    section.intro(t.signed_info_off).inside(&Go::button(path, t.switch_on))
}

/// Asks before signed user info makes a new secret.
pub(super) async fn ask_signed_info(call: &Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let t = call.t;
    let app = own(call, id).await?;
    let form =
        Form::new(call, format!("/client/{id}/signed-info"), t.switch_on)?.hidden("on", "on");
    let question = t.signed_info_sure.with(shown(&app.details.name));
    sure(call, question, t.secret_intro, form, format!("/client/{id}"))
}

/// Switches signed user info (UI-13).
pub(super) async fn signed_info(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let (key, on) = (id.to_owned(), call.form.has("on"));
    let secret = call
        .write("SetSignedInfo", move |cx| application::set_signed_info(cx, uid, &key, on))
        .await?;
    match secret {
        Some(secret) => page(call, id, &secret.0, call.t.secret_made),
        None => Ok(Reply::go(format!("/client/{id}?done=saved"))),
    }
}

/// Asks before the old secret stops working.
pub(super) async fn ask_secret(call: &Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let t = call.t;
    let app = own(call, id).await?;
    let form = Form::new(call, format!("/client/{id}/secret"), t.secret_new)?
        .field(Field::line("revoke", t.secret_revoke).with_look(Look::Tick));
    let question = t.secret_sure.with(shown(&app.details.name));
    sure(call, question, t.secret_intro, form, format!("/client/{id}"))
}

/// Makes a new secret and shows it, once.
pub(super) async fn rotate(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let uid = call.person()?.person.uid;
    let (key, revoke) = (id.to_owned(), call.form.has("revoke"));
    let secret = call
        .write("RotateSecret", move |cx| application::rotate_secret(cx, uid, &key, 0, revoke))
        .await?;
    page(call, id, &secret.0, call.t.secret_made)
}
