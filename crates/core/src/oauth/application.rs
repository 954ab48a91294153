//! Registered applications: what their owners say about them and what administrators decide
//! (oauth.md, 2.11).

mod check;

use serde::{Deserialize, Serialize};
use serde_json::json;

pub(super) use check::checked;

use super::log::{self, Event};
use super::scope::ScopeSet;
use super::{Profile, Registration, icon, likeness, revoke, store};
use crate::account_cx::AccountCx;
use crate::error::{Code, Error, Result};
use crate::secret;
use crate::time::{DAY_MS, Instant};
use crate::world::World;

/// Most applications of one owner.
const MOST: i64 = 200;
/// Longest time that a replaced secret stays good.
const LONGEST_OVERLAP: i64 = 7 * DAY_MS;

/// What an application runs on, which decides whether it can keep a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A server: can keep a secret.
    #[default]
    Web,
    /// A phone or tablet.
    Ios,
    /// A phone or tablet.
    Android,
    /// A program on a computer, or a device.
    Device,
}

/// What the owner of an application says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick box of the form")]
pub struct Details {
    /// Name shown to users.
    pub name: String,
    /// Address of a picture; empty: none.
    pub icon_url: String,
    /// What it runs on.
    pub platform: Platform,
    /// Whether it keeps a secret although its platform says otherwise.
    pub keeps_secret: bool,
    /// Where answers may be sent.
    pub redirect_uris: Vec<String>,
    /// Web origins whose scripts may call the endpoints (GN-08).
    pub origins: Vec<String>,
    /// What it may ask for.
    pub scopes: ScopeSet,
    /// Mail address for administrators.
    pub contact: String,
    /// Whether it may use the device flow.
    pub device_flow: bool,
    /// Whether tokens may be shown on the code page.
    pub implicit: bool,
    /// By the book, or as clients of the original expect.
    pub profile: Profile,
    /// Whether answers leave out `iss` (AZ-17).
    pub omit_iss: bool,
    /// Whether `/token` may leave out the redirect URI (TK-08).
    pub token_without_redirect_uri: bool,
}

/// What administrators decide about an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Standing {
    /// Waits for approval; only its owner may use it.
    pub unapproved: bool,
    /// An administrator vouches for it.
    pub verified: bool,
    /// Tokens may be sent to other places than the code page (AZ-20).
    pub implicit_redirect: bool,
    /// May ask about tokens of other applications.
    pub resource_server: bool,
    /// Nothing is given to it without a second factor that is shown with the decision (MF-05).
    pub second_factor: bool,
    /// Numbers of the organisations it is limited to; empty: all.
    pub organizations: Vec<i64>,
    /// Made from a document at its id; when it was last read.
    pub document_read_at: Option<Instant>,
}

/// A registered application.
#[derive(Clone, Debug)]
pub struct Application {
    /// `client_id`.
    pub id: String,
    /// Account that registered it; 0 for one described by a document.
    pub owner: i64,
    /// Grows with every change.
    pub version: i64,
    /// What its owner says.
    pub details: Details,
    /// What administrators say.
    pub standing: Standing,
    /// Nobody may use it.
    pub blocked: bool,
    /// Whether `format=jwt` is available.
    pub signed_info: bool,
    /// When it was registered.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    pub(super) secret_hash: Option<String>,
    pub(super) old_secret: Option<(String, Instant)>,
    pub(super) sealed_secret: Option<String>,
}

/// A client secret, to be shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Details {
    /// Whether the application keeps a secret.
    pub fn is_confidential(&self) -> bool {
        self.platform == Platform::Web || self.keeps_secret
    }
}

impl Application {
    /// Whether the application authenticates with a secret.
    pub fn is_confidential(&self) -> bool {
        self.secret_hash.is_some()
    }

    /// Whether it is described by a document at its id.
    pub fn is_document(&self) -> bool {
        self.standing.document_read_at.is_some()
    }

    /// Whether this account may use it at all: an application that waits for approval works for
    /// its owner only (AP-01).
    pub fn admits(&self, account: i64) -> bool {
        !self.blocked && (!self.standing.unapproved || self.owner == account)
    }

    /// Whether it may act in an organisation.
    pub fn reaches(&self, org_id: i64) -> bool {
        self.standing.organizations.is_empty() || self.standing.organizations.contains(&org_id)
    }

    /// Whether this is its secret. All secrets are hashed before they are compared, and the
    /// comparison takes the same time whatever they are.
    pub fn has_secret(&self, presented: &str, now: Instant) -> bool {
        let hash = secret::hash(presented);
        let is = |known: &str| secret::equal(known.as_bytes(), hash.as_bytes());
        let current = self.secret_hash.as_deref().is_some_and(is);
        let old = self.old_secret.as_ref().is_some_and(|(known, until)| is(known) && now < *until);
        current || old
    }

    fn from_row(row: store::ApplicationRow) -> Result<Self> {
        Ok(Self {
            details: serde_json::from_str(&row.details).map_err(Error::internal)?,
            standing: serde_json::from_str(&row.standing).map_err(Error::internal)?,
            id: row.id,
            owner: row.owner,
            version: row.version,
            blocked: row.blocked != 0,
            signed_info: row.sealed_secret.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            secret_hash: row.secret_hash,
            old_secret: row.old_secret_hash.zip(row.old_secret_until),
            sealed_secret: row.sealed_secret,
        })
    }
}

/// The application with this id.
///
/// # Errors
/// The database fails.
pub fn find(cx: &mut AccountCx<'_, '_>, id: &str) -> Result<Option<Application>> {
    let row: Option<store::ApplicationRow> = cx.tx.opt(store::APPLICATION, &[&id])?;
    row.map(Application::from_row).transpose()
}

/// The application with this id, for its owner or an administrator.
///
/// # Errors
/// 404 for everybody else, as if there were none.
pub fn own(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<Application> {
    let found = find(cx, id)?.filter(|app| app.owner == account || is_administrator(cx, account));
    found.ok_or_else(|| Code::ApplicationNotFound.err())
}

/// The applications an account registered.
///
/// # Errors
/// The database fails.
pub fn list(cx: &mut AccountCx<'_, '_>, owner: i64) -> Result<Vec<Application>> {
    let rows: Vec<store::ApplicationRow> = cx.tx.all(store::APPLICATIONS_OF, &[&owner])?;
    rows.into_iter().map(Application::from_row).collect()
}

/// All applications after an id, at most 200, for administrators.
///
/// # Errors
/// 403 for others.
pub fn list_all(cx: &mut AccountCx<'_, '_>, account: i64, after: &str) -> Result<Vec<Application>> {
    admin_only(cx, account)?;
    let rows: Vec<store::ApplicationRow> = cx.tx.all(store::APPLICATIONS, &[&after])?;
    rows.into_iter().map(Application::from_row).collect()
}

/// Whether an account administers an organisation of this installation.
pub fn is_administrator(cx: &AccountCx<'_, '_>, account: i64) -> bool {
    administers(&cx.world, account)
}

/// The same where nothing else is asked of the database.
pub fn administers(world: &World, account: i64) -> bool {
    world.orgs().any(|dict| crate::actor::Actor::of(dict, account).is_some_and(|actor| actor.admin))
}

fn admin_only(cx: &AccountCx<'_, '_>, account: i64) -> Result<()> {
    if is_administrator(cx, account) { Ok(()) } else { Err(Code::AdminRequired.err()) }
}

/// Registers an application. A confidential one gets a secret, which is shown this once.
///
/// # Errors
/// 422 naming every wrong field; 403 where only administrators may register.
pub fn register(
    cx: &mut AccountCx<'_, '_>,
    owner: i64,
    details: Details,
) -> Result<(Application, Option<Secret>)> {
    let registration = cx.settings.policy.app_registration;
    let administrator = is_administrator(cx, owner);
    if registration == Registration::Admins {
        admin_only(cx, owner)?;
    }
    let (count,): (i64,) = cx.tx.one(store::APPLICATION_COUNT, &[&owner])?;
    if count >= MOST {
        return Err(Code::TooManyValues.with(MOST));
    }
    let details = checked(details)?;
    admin_scopes(cx, owner, &details)?;
    let id = secret::random_hex::<16>()?;
    let secret =
        if details.is_confidential() { Some(Secret(secret::random_hex::<24>()?)) } else { None };
    let unapproved = registration == Registration::Approval && !administrator;
    let standing = Standing { unapproved, ..Standing::default() };
    insert(cx, &id, owner, &details, &standing, secret.as_ref())?;
    let made = find(cx, &id)?.ok_or_else(|| Error::internal("an application vanished"))?;
    log::change(cx, owner, Event::AppCreated, &made, None, value(&made.details)?)?;
    Ok((made, secret))
}

pub(super) fn insert(
    cx: &mut AccountCx<'_, '_>,
    id: &str,
    owner: i64,
    details: &Details,
    standing: &Standing,
    secret: Option<&Secret>,
) -> Result<()> {
    set_origins(cx, id, &details.origins)?;
    let hash = secret.map(|secret| secret::hash(&secret.0));
    let now = cx.now();
    let likeness = likeness::of(&details.name);
    let (details, standing) = (text(details)?, text(standing)?);
    let params: [&dyn trackway_db::Param; 7] =
        [&id, &owner, &details, &standing, &hash, &now, &likeness];
    cx.tx.exec(store::INSERT_APPLICATION, &params)?;
    Ok(())
}

pub(super) fn update_details(
    cx: &mut AccountCx<'_, '_>,
    id: &str,
    details: &Details,
) -> Result<()> {
    let (now, likeness) = (cx.now(), likeness::of(&details.name));
    cx.tx.exec(store::UPDATE_DETAILS, &[&id, &text(details)?, &now, &likeness])?;
    Ok(())
}

/// The name of a verified application that this one, which nobody verified, could be taken for.
///
/// # Errors
/// The database fails.
pub fn looks_like(cx: &mut AccountCx<'_, '_>, application: &Application) -> Result<Option<String>> {
    if application.standing.verified {
        return Ok(None);
    }
    let key = likeness::of(&application.details.name);
    let rows: Vec<store::ApplicationRow> = cx.tx.all(store::APPLICATIONS_LIKE, &[&key])?;
    for row in rows {
        let other = Application::from_row(row)?;
        if other.standing.verified && other.id != application.id {
            return Ok(Some(other.details.name));
        }
    }
    Ok(None)
}

fn value<T: Serialize>(value: &T) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(Error::internal)
}

fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Changes an application. Where the change touches what tokens rest on (scopes, redirect URIs,
/// type), everything given to it so far is revoked (1.5). An application that becomes confidential
/// gets a secret.
///
/// # Errors
/// 404, 422.
pub fn edit(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    id: &str,
    details: Details,
) -> Result<(Application, Option<Secret>)> {
    let old = own(cx, account, id)?;
    let details = checked(details)?;
    admin_scopes(cx, account, &details)?;
    let now = cx.now();
    update_details(cx, id, &details)?;
    set_origins(cx, id, &details.origins)?;
    let retyped = details.is_confidential() != old.is_confidential();
    let mut secret = None;
    if retyped {
        secret = details.is_confidential().then(secret::random_hex::<24>).transpose()?.map(Secret);
        let hash = secret.as_ref().map(|secret| secret::hash(&secret.0));
        let (no_text, no_time) = (None::<String>, None::<i64>);
        cx.tx.exec(store::UPDATE_SECRET, &[&id, &hash, &no_text, &no_time, &no_text, &now])?;
    }
    if retyped
        || details.scopes != old.details.scopes
        || details.redirect_uris != old.details.redirect_uris
        || details.profile != old.details.profile
    {
        revoke::application(cx, id)?;
    }
    let changed = find(cx, id)?.ok_or_else(|| Error::internal("an application vanished"))?;
    let (before, after) = (value(&old.details)?, value(&changed.details)?);
    log::change(cx, account, Event::AppChanged, &changed, Some(before), after)?;
    Ok((changed, secret))
}

/// Replaces the secret. The old one stays good for `overlap` ms, at most seven days; with `revoke`
/// everything given to the application so far is revoked.
///
/// # Errors
/// 404; 422 for a public application.
pub fn rotate_secret(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    id: &str,
    overlap: i64,
    revoke: bool,
) -> Result<Secret> {
    let old = own(cx, account, id)?;
    let Some(old_hash) = old.secret_hash.clone() else {
        return Err(Code::ApplicationPublic.err());
    };
    let secret = Secret(secret::random_hex::<24>()?);
    let now = cx.now();
    let until = (overlap > 0).then(|| now + overlap.min(LONGEST_OVERLAP));
    let old_hash = until.map(|_| old_hash);
    let sealed = if old.signed_info { Some(super::seal::seal(cx, id, &secret.0)?) } else { None };
    let hash = secret::hash(&secret.0);
    cx.tx.exec(store::UPDATE_SECRET, &[&id, &hash, &old_hash, &until, &sealed, &now])?;
    if revoke {
        revoke::application(cx, id)?;
    }
    log::event(cx, account, Event::AppSecretRegenerated, &old)?;
    Ok(secret)
}

/// Switches signed user info (`format=jwt`) on or off (UI-13). Switching it on makes a new secret,
/// because the present one is known as a hash only.
///
/// # Errors
/// 404; 422 for a public application.
pub fn set_signed_info(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    id: &str,
    on: bool,
) -> Result<Option<Secret>> {
    let old = own(cx, account, id)?;
    let Some(old_hash) = &old.secret_hash else {
        return Err(Code::ApplicationPublic.err());
    };
    let (now, no_text, no_time) = (cx.now(), None::<String>, None::<i64>);
    if !on {
        let (before, after) = (json!({"signedInfo": true}), json!({"signedInfo": false}));
        log::change(cx, account, Event::AppChanged, &old, Some(before), after)?;
        cx.tx.exec(store::UPDATE_SECRET, &[&id, &old_hash, &no_text, &no_time, &no_text, &now])?;
        return Ok(None);
    }
    let secret = Secret(secret::random_hex::<24>()?);
    let sealed = super::seal::seal(cx, id, &secret.0)?;
    let hash = secret::hash(&secret.0);
    cx.tx.exec(store::UPDATE_SECRET, &[&id, &hash, &no_text, &no_time, &sealed, &now])?;
    log::change(cx, account, Event::AppSecretRegenerated, &old, None, json!({"signedInfo": true}))?;
    Ok(Some(secret))
}

/// Whether scripts of an origin may call, because the application, or any where none is named, is
/// registered with it (GN-08).
///
/// # Errors
/// The database fails.
pub fn has_origin(
    cx: &mut AccountCx<'_, '_>,
    origin: &str,
    client_id: Option<&str>,
) -> Result<bool> {
    let known: Option<(String,)> = match client_id {
        Some(id) => cx.tx.opt(store::ORIGIN_OF, &[&origin, &id])?,
        None => cx.tx.opt(store::ORIGIN, &[&origin])?,
    };
    Ok(known.is_some())
}

fn set_origins(cx: &mut AccountCx<'_, '_>, id: &str, origins: &[String]) -> Result<()> {
    cx.tx.exec(store::DELETE_ORIGINS, &[&id])?;
    for origin in origins {
        cx.tx.exec(store::INSERT_ORIGIN, &[origin, &id])?;
    }
    Ok(())
}

/// Deletes an application with everything given to it.
///
/// # Errors
/// 404.
pub fn delete(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<()> {
    let old = own(cx, account, id)?;
    revoke::application(cx, id)?;
    set_origins(cx, id, &[])?;
    cx.tx.exec(icon::DELETE, &[&id])?;
    cx.tx.exec(store::DELETE_APPLICATION, &[&id])?;
    log::event(cx, account, Event::AppDeleted, &old)
}

/// Sets what administrators decide about an application. Blocking, and taking back an approval,
/// revokes everything given to it.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn decide(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    id: &str,
    standing: Standing,
    blocked: bool,
) -> Result<()> {
    admin_only(cx, account)?;
    let old = own(cx, account, id)?;
    let standing = Standing { document_read_at: old.standing.document_read_at, ..standing };
    let now = cx.now();
    let flag = i64::from(blocked);
    cx.tx.exec(store::UPDATE_STANDING, &[&id, &text(&standing)?, &flag, &now])?;
    if blocked || standing.unapproved {
        revoke::application(cx, id)?;
    }
    let event = match (blocked && !old.blocked, old.standing.unapproved && !standing.unapproved) {
        (true, _) => Event::AppBlocked,
        (false, true) => Event::AppApproved,
        (false, false) => Event::AppChanged,
    };
    let state = |standing: &Standing, blocked: bool| -> Result<serde_json::Value> {
        Ok(json!({ "standing": value(standing)?, "blocked": blocked }))
    };
    let (before, after) = (state(&old.standing, old.blocked)?, state(&standing, blocked)?);
    log::change(cx, account, event, &old, Some(before), after)?;
    // What is remembered about tokens names the organisations they reach.
    cx.credentials_changed();
    Ok(())
}

/// Scopes for administrators are for applications of administrators.
fn admin_scopes(cx: &AccountCx<'_, '_>, account: i64, details: &Details) -> Result<()> {
    let asks = details.scopes.iter().any(super::scope::Scope::is_administrative);
    if asks && !is_administrator(cx, account) {
        return Err(Code::AdminRequired.at("scopes"));
    }
    Ok(())
}
