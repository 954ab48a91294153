//! `/client/{id}/icon`: the picture of an application (UI-21).

use askama::Template;
use trackway_core::oauth::icon;
use trackway_core::{Code, Result};

use super::apps::own;
use crate::files;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form, Look};
use crate::ui::frame::Section;
use crate::ui::reply::Reply;

/// Largest picture that is taken, in bytes.
pub(in crate::ui) const BYTES: usize = 1 << 20;

/// Width and height of what is drawn of it, in pixels.
const SIDE: u32 = 256;

#[derive(Template)]
#[template(
    source = "<p><img class=\"icon\" src=\"{{ src }}\" alt=\"\" width=\"64\" height=\"64\"></p>",
    ext = "html"
)]
struct Picture {
    src: String,
}

/// Where the picture of an application lies; empty without one.
pub(super) async fn address(call: &Call<'_>, id: &str) -> Result<String> {
    let key = id.to_owned();
    let known = call.read(move |cx| icon::exists(cx, &key)).await?;
    Ok(if known { format!("/client/{id}/icon") } else { String::new() })
}

/// The picture and the form that changes it, on the page of the application.
pub(super) async fn section(call: &Call<'_>, id: &str) -> Result<Section> {
    let t = call.t;
    let (src, path) = (address(call, id).await?, format!("/client/{id}/icon"));
    let mut section = Section::new("icon", t.app_icon);
    let known = !src.is_empty();
    if known {
        section = section.inside(&Picture { src })?;
    }
    let field = Field::line("picture", t.app_icon_file).hint(t.app_icon_hint);
    let form = Form::new(call, path, t.app_icon_set)?.uploading();
    section = section.form(form.field(field.with_look(Look::Picture)));
    if known {
        let remove = Form::new(call, format!("/client/{id}/icon/remove"), t.remove)?;
        section = section.form(remove.class("quiet").about(t.app_icon));
    }
    Ok(section)
}

/// The picture itself, for people who are signed in.
pub(super) async fn show(call: &Call<'_>, id: &str) -> Result<Reply> {
    call.person()?;
    let key = id.to_owned();
    let png = call.read(move |cx| icon::of(cx, &key)).await?;
    png.map(Reply::picture).ok_or_else(|| Code::ApplicationNotFound.err())
}

/// Draws the uploaded picture anew and keeps that.
pub(super) async fn set(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    own(call, id).await?;
    let whole = call.file.take().filter(|file| file.len() <= BYTES);
    let whole = whole.ok_or_else(|| Code::PictureForm.at("picture"))?;
    let png = files::icon(call.app, whole, SIDE).await?;
    save(call, id, Some(png)).await
}

/// Takes the picture away.
pub(super) async fn remove(call: &mut Call<'_>, id: &str) -> Result<Reply> {
    crate::ui::fresh(call)?;
    save(call, id, None).await
}

async fn save(call: &Call<'_>, id: &str, png: Option<Vec<u8>>) -> Result<Reply> {
    let (uid, key) = (call.person()?.person.uid, id.to_owned());
    call.write("SetIcon", move |cx| icon::set(cx, uid, &key, png.as_deref())).await?;
    Ok(Reply::go(format!("/client/{id}?done=saved")))
}
