//! Asking the user: decisions that are open (AZ-14) and decisions that are remembered (AZ-15).

use super::application::Application;
use super::authorize::AuthorizeRequest;
use super::scope::ScopeSet;
use super::store;
use crate::account_cx::AccountCx;
use crate::error::{Error, Result};
use crate::secret;

/// How long a question stays open, in ms.
const OPEN_FOR: i64 = 600_000;

/// Opens a question to the user. The id goes into the form; it is good once, for this account in
/// this session (`session` is any text that names the session and is no secret, such as the hash
/// of its id).
///
/// # Errors
/// The database fails.
pub fn open(
    cx: &mut AccountCx<'_, '_>,
    request: &AuthorizeRequest,
    account: i64,
    session: &str,
) -> Result<String> {
    let id = secret::random_text()?;
    let json = serde_json::to_string(request).map_err(Error::internal)?;
    let end = cx.now() + OPEN_FOR;
    let hash = secret::hash(&id);
    cx.tx.exec(store::INSERT_CONSENT_REQUEST, &[&hash, &session, &account, &json, &end])?;
    Ok(id)
}

/// Takes a question for its answer. `None` when it is not open any more, or not for this account
/// and session.
///
/// # Errors
/// The database fails.
pub fn take(
    cx: &mut AccountCx<'_, '_>,
    id: &str,
    account: i64,
    session: &str,
) -> Result<Option<AuthorizeRequest>> {
    let (hash, now) = (secret::hash(id), cx.now());
    let row: Option<(String,)> =
        cx.tx.opt(store::TAKE_CONSENT_REQUEST, &[&hash, &session, &account, &now])?;
    row.map(|(json,)| serde_json::from_str(&json).map_err(Error::internal)).transpose()
}

/// Whether the user let this application, unchanged since, do at least this, on this device.
pub(super) fn is_remembered(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    request: &AuthorizeRequest,
    account: i64,
) -> Result<bool> {
    let row: Option<store::ConsentRow> = cx.tx.opt(store::CONSENT, &[&account, &application.id])?;
    Ok(row.is_some_and(|row| {
        row.application_version == application.version
            && row.device_id == device_id(request)
            && request.all_scopes().within(ScopeSet::stored(&row.scopes))
    }))
}

pub(super) fn remember(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    request: &AuthorizeRequest,
    account: i64,
    granted: ScopeSet,
) -> Result<()> {
    let (scopes, now) = (granted.text(), cx.now());
    let device = device_id(request);
    cx.tx.exec(
        store::UPSERT_CONSENT,
        &[&account, &application.id, &application.version, &scopes, &device, &now],
    )?;
    Ok(())
}

fn device_id(request: &AuthorizeRequest) -> &str {
    request.device.as_ref().map_or("", |device| &device.id)
}
