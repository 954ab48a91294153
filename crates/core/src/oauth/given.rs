//! What an account gave away: the list of applications with access (UI-09) and personal tokens.

use std::collections::BTreeMap;

use serde_json::json;

use super::grant::{self, NewToken};
use super::log::{self, About, Event};
use super::scope::{Scope, ScopeSet};
use super::{application, revoke, store};
use crate::account_cx::AccountCx;
use crate::error::{Code, Result};
use crate::secret;
use crate::time::Instant;
use crate::token::{self, Kind};

/// Personal tokens of one account.
const MOST_TOKENS: usize = 200;
/// Queues a token may be limited to.
const MOST_QUEUES: usize = 100;

/// An application with access.
#[derive(Clone, Debug)]
pub struct Access {
    /// Application.
    pub application_id: String,
    /// Its name; empty when it exists no more.
    pub name: String,
    /// Its owner's account; 0 for none.
    pub owner: i64,
    /// An administrator vouches for it.
    pub verified: bool,
    /// One entry a grant, the newest first.
    pub grants: Vec<GivenGrant>,
}

/// One decision in favour of an application.
#[derive(Clone, Debug)]
pub struct GivenGrant {
    /// For [`revoke_grant`].
    pub id: String,
    /// What the application may do.
    pub scopes: ScopeSet,
    /// Name of the device; empty: unknown or none.
    pub device_name: String,
    /// Whether it is for a device.
    pub on_device: bool,
    /// When it was given.
    pub created_at: Instant,
    /// When a token of it was last used.
    pub last_used_at: Option<Instant>,
    /// From which address.
    pub last_address: Option<String>,
    /// Number of live access tokens.
    pub tokens: usize,
}

/// A token that somebody made for own use.
#[derive(Clone, Debug)]
pub struct PersonalToken {
    /// For [`revoke_personal`]: the start of its hash, which opens nothing.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// Ids of the queues it is limited to; empty: not limited.
    pub queues: Vec<i64>,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Option<Instant>,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
    /// From which address.
    pub last_address: Option<String>,
}

/// A personal token to be made.
#[derive(Clone, Debug)]
pub struct NewPersonal {
    /// What it is for.
    pub label: String,
    /// What it may do: `tracker:*` scopes.
    pub scopes: ScopeSet,
    /// When it ends; at most as long-lived as other tokens.
    pub expires_at: Option<Instant>,
    /// Ids of the queues it is limited to; empty: not limited.
    pub queues: Vec<i64>,
}

/// The applications an account lets in, most recent first.
///
/// # Errors
/// The database fails.
pub fn applications(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<Vec<Access>> {
    let grants: Vec<store::GrantRow> = cx.tx.all(store::GRANTS_OF_ACCOUNT, &[&account])?;
    let uses = uses(cx, account)?;
    let mut list: Vec<Access> = Vec::new();
    for row in grants {
        let id = row.application_id.clone();
        let known = list.iter().position(|access| access.application_id == id);
        let at = if let Some(at) = known {
            at
        } else {
            list.push(described(cx, id)?);
            list.len() - 1
        };
        let given = given(row, &uses);
        if let Some(access) = list.get_mut(at) {
            access.grants.push(given);
        }
    }
    Ok(list)
}

/// Tokens that live, by their grant.
fn uses(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
) -> Result<BTreeMap<String, Vec<store::TokenUseRow>>> {
    let now = cx.now();
    let rows: Vec<store::TokenUseRow> = cx.tx.all(store::TOKENS_OF_ACCOUNT, &[&account])?;
    let mut by_grant: BTreeMap<String, Vec<store::TokenUseRow>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.expires_at.is_none_or(|end| now < end)) {
        if let Some(grant) = &row.grant_id {
            by_grant.entry(grant.clone()).or_default().push(row);
        }
    }
    Ok(by_grant)
}

fn described(cx: &mut AccountCx<'_, '_>, id: String) -> Result<Access> {
    let found = application::find(cx, &id)?;
    let (name, owner, verified) = found.map_or((String::new(), 0, false), |app| {
        (app.details.name, app.owner, app.standing.verified)
    });
    Ok(Access { application_id: id, name, owner, verified, grants: Vec::new() })
}

fn given(row: store::GrantRow, uses: &BTreeMap<String, Vec<store::TokenUseRow>>) -> GivenGrant {
    let tokens = uses.get(&row.id).map_or(&[][..], Vec::as_slice);
    let last = tokens.iter().max_by_key(|token| token.last_used_at);
    GivenGrant {
        id: row.id,
        scopes: ScopeSet::stored(&row.scopes),
        device_name: row.device_name,
        on_device: !row.device_id.is_empty(),
        created_at: row.created_at,
        last_used_at: last.and_then(|token| token.last_used_at),
        last_address: last.and_then(|token| token.last_address.clone()),
        tokens: tokens.len(),
    }
}

/// Takes back one decision.
///
/// # Errors
/// 404.
pub fn revoke_grant(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<()> {
    let row: Option<store::GrantRow> = cx.tx.opt(store::GRANT, &[&id])?;
    let row = row
        .filter(|row| row.account_id == account)
        .ok_or_else(|| Code::ApplicationNotFound.err())?;
    // A remembered consent would bring it back without a question.
    cx.tx.exec(store::DELETE_CONSENT, &[&account, &row.application_id])?;
    log::event(cx, account, Event::ConsentRevoked, About::application(&row.application_id))?;
    revoke::family(cx, id)
}

/// Makes a token for own use. Only its hash is stored; the text is to be shown this once.
///
/// # Errors
/// 422 naming the wrong field.
pub fn create_personal(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    new: &NewPersonal,
) -> Result<String> {
    create_by(cx, account, account, new)
}

/// The same for an account that somebody else, `by`, administers.
///
/// # Errors
/// 422 naming the wrong field.
pub(super) fn create_by(
    cx: &mut AccountCx<'_, '_>,
    by: i64,
    account: i64,
    new: &NewPersonal,
) -> Result<String> {
    let label = new.label.trim();
    if label.is_empty() {
        return Err(Code::FieldRequired.at("label"));
    }
    if label.chars().count() > 100 {
        return Err(Code::ValueTooLong.with(100).under("label"));
    }
    let administrative = new.scopes.iter().any(Scope::is_administrative);
    if new.scopes.is_empty() {
        return Err(Code::FieldRequired.at("scopes"));
    }
    if administrative && !application::is_administrator(cx, account) {
        return Err(Code::AdminRequired.at("scopes"));
    }
    if new.queues.len() > MOST_QUEUES {
        return Err(Code::TooManyValues.with(MOST_QUEUES).under("queues"));
    }
    let longest = cx.now() + cx.settings.policy.long_token_ttl * 1000;
    let end = new.expires_at.map_or(longest, |end| end.min(longest));
    if end <= cx.now() {
        return Err(Code::ValueRange.at("expiresAt"));
    }
    if personal(cx, account)?.len() >= MOST_TOKENS {
        return Err(Code::TooManyValues.with(MOST_TOKENS));
    }
    let queues: Vec<String> = new.queues.iter().map(ToString::to_string).collect();
    let queues = (!queues.is_empty()).then(|| queues.join(" "));
    let text = token::generate(Kind::Access)?;
    let row = NewToken {
        account,
        scopes: &new.scopes.text(),
        label,
        end: Some(end),
        kind: "personal",
        application: None,
        grant: None,
        parent: None,
        resource: "",
        queues: queues.as_deref(),
    };
    grant::store_token(cx, &text, &row)?;
    let id = token_id(&secret::hash(&text));
    let scopes = json!({ "scopes": new.scopes.text() });
    log::change(cx, by, Event::TokenIssued, About::token(&id, label), None, scopes)?;
    Ok(text)
}

/// Stores a token that whoever operates the server made for an account.
///
/// # Errors
/// The database fails.
pub(crate) fn by_operator(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    text: &str,
    scopes: ScopeSet,
    label: &str,
    end: Option<Instant>,
) -> Result<()> {
    let row = NewToken {
        account,
        scopes: &scopes.text(),
        label,
        end,
        kind: "personal",
        application: None,
        grant: None,
        parent: None,
        resource: "",
        queues: None,
    };
    grant::store_token(cx, text, &row)?;
    let id = token_id(&secret::hash(text));
    let scopes = json!({ "scopes": row.scopes });
    log::change(cx, account, Event::TokenIssued, About::token(&id, label), None, scopes)
}

/// The tokens an account made for own use.
///
/// # Errors
/// The database fails.
pub fn personal(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<Vec<PersonalToken>> {
    let now = cx.now();
    let rows: Vec<store::TokenUseRow> = cx.tx.all(store::TOKENS_OF_ACCOUNT, &[&account])?;
    let live = rows.into_iter().filter(|row| {
        row.grant_id.is_none()
            && row.kind == "personal"
            && row.expires_at.is_none_or(|end| now < end)
    });
    Ok(live
        .map(|row| PersonalToken {
            id: token_id(&row.hash),
            label: row.label,
            scopes: ScopeSet::stored(&row.scopes),
            queues: token::queue_ids(row.queues.as_deref()).unwrap_or_default(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            last_address: row.last_address,
        })
        .collect())
}

/// How a token is named in lists: enough of its hash to tell it from the others.
fn token_id(hash: &str) -> String {
    hash.chars().take(16).collect()
}

/// Ends a token that was made for own use.
///
/// # Errors
/// 404.
pub fn revoke_personal(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<()> {
    revoke_by(cx, account, account, id)
}

/// The same for an account that somebody else, `by`, administers.
///
/// # Errors
/// 404.
pub(super) fn revoke_by(cx: &mut AccountCx<'_, '_>, by: i64, account: i64, id: &str) -> Result<()> {
    let rows: Vec<store::TokenUseRow> = cx.tx.all(store::TOKENS_OF_ACCOUNT, &[&account])?;
    let found = rows
        .into_iter()
        .find(|row| row.grant_id.is_none() && row.kind == "personal" && token_id(&row.hash) == id);
    let found = found.ok_or_else(|| Code::TokenNotFound.err())?;
    log::event(cx, by, Event::TokenRevoked, About::token(id, &found.label))?;
    let hash = found.hash;
    cx.tx.exec(store::DELETE_CHILDREN, &[&hash])?;
    cx.tx.exec(store::DELETE_TOKEN, &[&hash])?;
    cx.credentials_changed();
    Ok(())
}
