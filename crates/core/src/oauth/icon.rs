//! Pictures of applications (oauth.md, 2.11). Whoever uploads one is not believed: what is kept was
//! drawn anew by the server (UI-21).

use serde_json::json;

use super::application;
use super::log::{self, Event};
use crate::account_cx::AccountCx;
use crate::error::Result;

/// The picture of an application.
const PICTURE: &str = "SELECT png FROM application_icon WHERE application_id = $1";
/// Whether there is one.
const KNOWN: &str = "SELECT CAST(1 AS BIGINT) FROM application_icon WHERE application_id = $1";
/// Sets it.
const SET: &str = "INSERT INTO application_icon (application_id, png) VALUES ($1, $2) \
     ON CONFLICT (application_id) DO UPDATE SET png = excluded.png";
/// Takes it away.
pub(super) const DELETE: &str = "DELETE FROM application_icon WHERE application_id = $1";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[PICTURE, KNOWN, SET, DELETE];

/// The picture, as PNG.
///
/// # Errors
/// The database fails.
pub fn of(cx: &mut AccountCx<'_, '_>, id: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = cx.tx.opt(PICTURE, &[&id])?;
    Ok(row.map(|(png,)| png))
}

/// Whether there is one.
///
/// # Errors
/// The database fails.
pub fn exists(cx: &mut AccountCx<'_, '_>, id: &str) -> Result<bool> {
    let row: Option<(i64,)> = cx.tx.opt(KNOWN, &[&id])?;
    Ok(row.is_some())
}

/// Sets the picture, or takes it away. People who let the application in are asked again: to them it
/// looks like another one.
///
/// # Errors
/// 404 for others than the owner and administrators.
pub fn set(cx: &mut AccountCx<'_, '_>, account: i64, id: &str, png: Option<&[u8]>) -> Result<()> {
    let app = application::own(cx, account, id)?;
    let had = exists(cx, id)?;
    match png {
        Some(png) => cx.tx.exec(SET, &[&id, &png])?,
        None => cx.tx.exec(DELETE, &[&id])?,
    };
    application::update_details(cx, id, &app.details)?;
    let (before, after) = (json!({ "icon": had }), json!({ "icon": png.is_some() }));
    log::change(cx, account, Event::AppChanged, &app, Some(before), after)
}
