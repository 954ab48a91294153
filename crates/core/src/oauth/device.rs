//! The device flow (RFC 8628; oauth.md, 2.5): a device asks, a person elsewhere decides.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::application::{self, Application};
use super::authorize::{asked_scopes, resource};
use super::client::{self, Credentials};
use super::decide::{Assurance, may_give};
use super::log::{self, About, Event};
use super::params::Params;
use super::refusal::{Decision, Fault};
use super::scope::ScopeSet;
use super::store;
use crate::account::factor::Given;
use crate::account_cx::AccountCx;
use crate::error::{Code, Error, Result};
use crate::secret;

/// Letters of user codes: no vowels, so that no words come out.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Parameters that may not be repeated.
const KNOWN: [&str; 7] = [
    "client_id",
    "client_secret",
    "scope",
    "optional_scope",
    "device_id",
    "device_name",
    "resource",
];
/// Requests of one application that may wait for a decision.
const MOST_PENDING: i64 = 50;
/// An expired request is remembered so long, to be told apart from an unknown one, in ms.
const REMEMBERED: i64 = 3_600_000;

/// A device an application runs on, as the application tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// 6 to 50 printable characters.
    pub id: String,
    /// Name for people; empty: unknown.
    pub name: String,
}

impl Device {
    /// The device of a request (AZ-08).
    ///
    /// # Errors
    /// A malformed id or name.
    pub(super) fn read(params: &Params) -> Decision<Option<Self>> {
        let Some(id) = params.get("device_id") else { return Ok(None) };
        let name = params.get("device_name").unwrap_or_default();
        if !(6..=50).contains(&id.len()) || !id.bytes().all(|b| (32..127).contains(&b)) {
            return Err(Fault::InvalidRequest.because("device_id is malformed"));
        }
        if name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Fault::InvalidRequest.because("device_name is malformed"));
        }
        Ok(Some(Self { id: id.to_owned(), name: name.to_owned() }))
    }
}

/// What a device is told.
#[derive(Clone)]
pub struct Started {
    /// For the device.
    pub device_code: String,
    /// For the person: `XXXX-XXXX`.
    pub user_code: String,
    /// Seconds until both end.
    pub expires_in: i64,
}

/// What is kept about a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) scopes: ScopeSet,
    pub(super) optional: ScopeSet,
    pub(super) device: Option<Device>,
    pub(super) resource: String,
    pub(super) address: String,
    pub(super) created_at: i64,
}

/// The codes are secrets.
impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Started").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// A request that waits for the user.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Names the request in the form that decides it; not the device's code.
    pub id: String,
    /// Who asks.
    pub application: Application,
    /// Scopes the application insists on.
    pub scopes: ScopeSet,
    /// Scopes the user may leave out.
    pub optional: ScopeSet,
    /// The device, where the application tells it.
    pub device: Option<Device>,
    /// Address the request came from.
    pub address: String,
    /// When it came.
    pub created_at: i64,
}

/// A user code as it is looked up: upper case, and only letters that codes are made of (DF-05).
pub fn normal_user_code(typed: &str) -> String {
    typed
        .chars()
        .map(|c| c.to_ascii_uppercase())
        .filter(|c| u8::try_from(*c).is_ok_and(|b| LETTERS.contains(&b)))
        .take(16)
        .collect()
}

/// Answers `POST /device/code`.
///
/// # Errors
/// The database fails.
pub fn start(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
    params: &Params,
) -> Result<Decision<Started>> {
    if params.repeats(&KNOWN) {
        return Ok(Err(Fault::InvalidRequest.because("A parameter is given more than once")));
    }
    match client::identify(cx, credentials)? {
        Ok(application) => start_for(cx, &application, params),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn start_for(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    params: &Params,
) -> Result<Decision<Started>> {
    let details = match read(cx, application, params) {
        Ok(details) => details,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let now = cx.now();
    let (pending,): (i64,) = cx.tx.one(store::PENDING_DEVICES, &[&application.id, &now])?;
    if pending >= MOST_PENDING {
        let full = Fault::TemporarilyUnavailable.because("Too many requests wait for a decision");
        return Ok(Err(full));
    }
    let device_id = details.device.as_ref().map_or("", |device| &device.id).to_owned();
    if !device_id.is_empty() {
        cx.tx.exec(store::VOID_DEVICE, &[&application.id, &device_id])?;
    }
    let device_code = secret::random_text()?;
    let letters = user_code()?;
    let life = cx.settings.policy.device_ttl;
    let (hash, mac) = (secret::hash(&device_code), user_code_mac(cx, &letters)?);
    let json = serde_json::to_string(&details).map_err(Error::internal)?;
    let end = now + life * 1000 + REMEMBERED;
    cx.tx.exec(
        store::INSERT_DEVICE,
        &[&hash, &mac, &application.id, &device_id, &json, &now, &end],
    )?;
    log::event(cx, 0, Event::DeviceRequested, application)?;
    let (a, b) = letters.split_at(letters.len() / 2);
    Ok(Ok(Started { device_code, user_code: format!("{a}-{b}"), expires_in: life }))
}

fn read(cx: &AccountCx<'_, '_>, application: &Application, params: &Params) -> Decision<Details> {
    if !application.details.device_flow {
        return Err(Fault::UnauthorizedClient.because("The device flow is off for the application"));
    }
    let (scopes, optional) = asked_scopes(application, params, &cx.settings.policy)?;
    Ok(Details {
        scopes,
        optional,
        device: Device::read(params)?,
        resource: resource(params, &cx.visit.issuer)?,
        address: cx.visit.address.clone(),
        created_at: cx.now(),
    })
}

/// Eight letters, each equally likely.
fn user_code() -> Result<String> {
    let mut code = String::new();
    while code.len() < 8 {
        let bytes: [u8; 16] = secret::random()?;
        // 240 is the greatest multiple of 20 that fits a byte.
        for byte in bytes.into_iter().filter(|byte| *byte < 240).take(8 - code.len()) {
            let letter = LETTERS.get(usize::from(byte % 20)).copied().unwrap_or(b'B');
            code.push(char::from(letter));
        }
    }
    Ok(code)
}

fn user_code_mac(cx: &AccountCx<'_, '_>, letters: &str) -> Result<String> {
    let mac = cx.settings.key.mac("user code", &[letters.as_bytes()])?;
    Ok(data_encoding::HEXLOWER.encode(&mac))
}

/// Finds the request behind a typed code and claims it for this account: from now on nobody else
/// can decide it (DF-07). `None` for a code that is wrong, over, decided or claimed by another;
/// whoever calls this counts wrong codes and locks.
///
/// # Errors
/// The database fails.
pub fn claim(cx: &mut AccountCx<'_, '_>, account: i64, typed: &str) -> Result<Option<Pending>> {
    let letters = normal_user_code(typed);
    if letters.len() != 8 {
        return Ok(None);
    }
    let mac = user_code_mac(cx, &letters)?;
    let row: Option<store::DeviceRow> = cx.tx.opt(store::DEVICE_BY_USER_CODE, &[&mac])?;
    let Some(row) = row.filter(|row| is_open(cx, row, account)) else { return Ok(None) };
    let Some(application) = application::find(cx, &row.application_id)? else { return Ok(None) };
    if application.blocked {
        return Ok(None);
    }
    cx.tx.exec(store::CLAIM_DEVICE, &[&row.hash, &account])?;
    let details: Details = serde_json::from_str(&row.details).map_err(Error::internal)?;
    Ok(Some(Pending {
        id: row.hash,
        application,
        scopes: details.scopes,
        optional: details.optional,
        device: details.device,
        address: details.address,
        created_at: details.created_at,
    }))
}

fn is_open(cx: &AccountCx<'_, '_>, row: &store::DeviceRow, account: i64) -> bool {
    row.state == "waiting"
        && !is_over(cx, row)
        && row.account_id.is_none_or(|claimed| claimed == account)
}

/// Whether the time of a request is over; its row is kept a while longer.
pub(super) fn is_over(cx: &AccountCx<'_, '_>, row: &store::DeviceRow) -> bool {
    cx.now() >= row.expires_at - REMEMBERED
}

/// Lets the device act: `granted` is what the user ticked of the optional scopes, `given` a second
/// factor. Nothing is decided, and the answer is no, where the application demands one that was not
/// given or wrong (MF-05).
///
/// # Errors
/// 404 when the request is not open for this account any more, 403 when the account may not use
/// the application.
pub fn approve(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    id: &str,
    granted: ScopeSet,
    given: Option<&Given>,
) -> Result<bool> {
    let row = claimed(cx, account, id)?;
    let details: Details = serde_json::from_str(&row.details).map_err(Error::internal)?;
    let granted = details.scopes.union(granted.and(details.optional));
    let application = application::find(cx, &row.application_id)?
        .ok_or_else(|| Code::DeviceRequestNotFound.err())?;
    if may_give(cx, &application, account, granted).is_err() {
        return Err(Code::ApplicationDenied.err());
    }
    if !Assurance::of(cx, &application, account, given)?.does_for(&application) {
        return Ok(false);
    }
    let scopes = granted.text();
    cx.tx.exec(store::DECIDE_DEVICE, &[&id, &"approved", &account, &scopes])?;
    let scopes = json!({ "scopes": scopes });
    log::change(cx, account, Event::DeviceApproved, &application, None, scopes)?;
    Ok(true)
}

/// Refuses the device.
///
/// # Errors
/// 404 when the request is not open for this account any more.
pub fn deny(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<()> {
    let row = claimed(cx, account, id)?;
    cx.tx.exec(store::DECIDE_DEVICE, &[&id, &"denied", &account, &""])?;
    log::event(cx, account, Event::DeviceDenied, About::application(&row.application_id))
}

/// Records that an account typed wrong codes until it was locked out (DF-07).
///
/// # Errors
/// The database fails.
pub fn throttled(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<()> {
    log::event(cx, account, Event::UserCodeThrottled, About::account(&account.to_string()))
}

fn claimed(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<store::DeviceRow> {
    let row: Option<store::DeviceRow> = cx.tx.opt(store::DEVICE, &[&id])?;
    row.filter(|row| row.account_id == Some(account) && is_open(cx, row, account))
        .ok_or_else(|| Code::DeviceRequestNotFound.err())
}
