//! Service accounts (oauth.md, IM-08): members of one organisation that no person signs in as. They
//! prove who they are with keys of which only the public halves are known here.

pub(super) mod assertion;
mod key;
pub(super) mod store;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use assertion::try_reading;
pub use key::PublicKey;

use trackway_db::Tx;

use super::given::{self, NewPersonal, PersonalToken};
use super::log::{self, About, Event};
use super::{revoke, scope};
use crate::account::member::{self, Level, Seat};
use crate::account_cx::AccountCx;
use crate::dict::model::Member;
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::time::Instant;
use crate::{org, secret};

/// Keys of one account.
const MOST_KEYS: usize = 20;
/// Characters of what a key is for.
const LONGEST: usize = 100;

/// A service account.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// Uid; what its assertions name as their issuer.
    pub id: i64,
    /// Login.
    pub login: String,
    /// Name.
    pub name: Name,
    /// What it may do in its organisation.
    pub level: Level,
    /// When it was made.
    pub created_at: Instant,
    /// Its keys, the oldest first.
    pub keys: Vec<Key>,
}

/// An authorised key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What assertions name in `kid`.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// When it was added.
    pub created_at: Instant,
}

/// A service account to be made.
#[derive(Clone, Debug)]
pub struct NewService {
    /// Login.
    pub login: String,
    /// Name that people see.
    pub name: String,
    /// What it may do.
    pub level: Level,
}

/// The service accounts of an organisation.
///
/// # Errors
/// 403 for others than its administrators.
pub fn list(cx: &mut AccountCx<'_, '_>, by: Seat) -> Result<Vec<ServiceAccount>> {
    member::administered(cx, by)?;
    let rows: Vec<store::ServiceRow> = cx.tx.all(store::SERVICES, &[&by.org])?;
    let mut accounts = Vec::new();
    for row in rows {
        accounts.extend(described(cx, by.org, &row)?);
    }
    Ok(accounts)
}

/// One of them.
///
/// # Errors
/// 403 for others than administrators; 404, also for the account of a person.
pub fn get(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64) -> Result<ServiceAccount> {
    let row = own(cx, by, id)?;
    described(cx, by.org, &row)?.ok_or_else(|| Code::UserNotFound.err())
}

/// Makes a service account. Its login must be free: a key to the account of a person would be that
/// person.
///
/// # Errors
/// 403 for others than administrators, 409 for a login that is taken, 422.
pub fn create(cx: &mut AccountCx<'_, '_>, by: Seat, new: &NewService) -> Result<i64> {
    member::administered(cx, by)?;
    let login = new.login.trim().to_lowercase();
    let name = member::required("name", &new.name)?;
    let taken: Option<(i64,)> = cx.tx.opt(org::ACCOUNT_BY_LOGIN, &[&login])?;
    if taken.is_some() {
        return Err(Code::NameTaken.with(&login).under("login"));
    }
    let mut body = Member { login, first_name: Name::new(&name, &name), ..Member::default() };
    new.level.give(&mut body);
    let who = crate::account::log::who(cx, by.uid);
    let stored = org::new_member(cx.tx, by.org, &body, &who)?;
    let (id, now) = (stored.id, cx.now());
    cx.changed_object(by.org, stored)?;
    cx.tx.exec(store::INSERT_SERVICE, &[&id, &by.org, &now, &by.uid])?;
    Ok(id)
}

/// Dismisses a service account, and ends its keys and tokens. What it is stays known: taken back as
/// a member it is a service account again, without keys, and never somebody who signs in.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn delete(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64) -> Result<()> {
    own(cx, by, id)?;
    cx.tx.exec(store::DELETE_KEYS, &[&id])?;
    revoke::account(cx, id)?;
    member::dismiss(cx, by, id)
}

/// Authorises a key (`-----BEGIN PUBLIC KEY-----`, RSA of 2048 bits or more). Answers its id.
///
/// # Errors
/// 403 for others than administrators, 404, 422 for what is no such key.
pub fn add_key(
    cx: &mut AccountCx<'_, '_>,
    by: Seat,
    id: i64,
    pem: &str,
    description: &str,
) -> Result<Key> {
    own(cx, by, id)?;
    let public = PublicKey::from_pem(pem).ok_or_else(|| Code::KeyForm.at("publicKey"))?;
    let description = member::name("description", description)?;
    if description.chars().count() > LONGEST {
        return Err(Code::ValueTooLong.with(LONGEST).under("description"));
    }
    if keys(cx, id)?.len() >= MOST_KEYS {
        return Err(Code::TooManyValues.with(MOST_KEYS));
    }
    let key = Key { id: secret::random_hex::<10>()?, description, created_at: cx.now() };
    let text = public.text();
    cx.tx.exec(store::INSERT_KEY, &[&key.id, &id, &text, &key.description, &key.created_at])?;
    log::event(cx, by.uid, Event::ServiceKeyAdded, About::account(&id.to_string()))?;
    Ok(key)
}

/// Takes a key back, with the tokens that it opened.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn remove_key(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64, key: &str) -> Result<()> {
    own(cx, by, id)?;
    if cx.tx.exec(store::DELETE_KEY, &[&key, &id])? == 0 {
        return Err(Code::KeyNotFound.err());
    }
    cx.tx.exec(super::store::DELETE_CHILDREN, &[&assertion::parent(key)])?;
    cx.credentials_changed();
    log::event(cx, by.uid, Event::ServiceKeyRemoved, About::account(&id.to_string()))
}

/// Makes a token that acts as a service account, for programs that keep a secret but sign nothing.
/// Queues are named by key or id. The text is to be shown this once.
///
/// # Errors
/// 403 for others than administrators, 404, 422 naming the wrong field.
pub fn create_token(
    cx: &mut AccountCx<'_, '_>,
    by: Seat,
    id: i64,
    queues: &[String],
    new: &NewPersonal,
) -> Result<String> {
    own(cx, by, id)?;
    if new.scopes.iter().any(scope::Scope::is_administrative) {
        return Err(Code::AdminRequired.at("scopes"));
    }
    let dict = member::administered(cx, by)?;
    let mut new = new.clone();
    for name in queues {
        let queue = dict.queues.by_key(name).filter(|queue| !queue.body.deleted);
        let queue = queue.ok_or_else(|| Code::ValueUnknown.with(name).under("queues"))?;
        if !new.queues.contains(&queue.id) {
            new.queues.push(queue.id);
        }
    }
    given::create_by(cx, by.uid, id, &new)
}

/// The tokens of a service account.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn tokens(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64) -> Result<Vec<PersonalToken>> {
    own(cx, by, id)?;
    given::personal(cx, id)
}

/// Ends a token of a service account.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn remove_token(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64, token: &str) -> Result<()> {
    own(cx, by, id)?;
    given::revoke_by(cx, by.uid, id, token)
}

/// Whether an account is one that nobody signs in as, also after it was deleted.
///
/// # Errors
/// The database fails.
pub fn is_one(tx: &mut Tx<'_>, id: i64) -> Result<bool> {
    let row: Option<store::ServiceRow> = tx.opt(store::SERVICE, &[&id])?;
    Ok(row.is_some())
}

fn own(cx: &mut AccountCx<'_, '_>, by: Seat, id: i64) -> Result<store::ServiceRow> {
    let dict = member::administered(cx, by)?;
    let active = dict.users.get(id).is_some_and(|member| !member.body.dismissed);
    let row: Option<store::ServiceRow> = cx.tx.opt(store::SERVICE, &[&id])?;
    row.filter(|row| active && row.org_id == by.org).ok_or_else(|| Code::UserNotFound.err())
}

fn keys(cx: &mut AccountCx<'_, '_>, id: i64) -> Result<Vec<Key>> {
    let rows: Vec<store::KeyRow> = cx.tx.all(store::KEYS, &[&id])?;
    let key = |row: store::KeyRow| Key {
        id: row.id,
        description: row.description,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(key).collect())
}

/// The account of a row; `None` when its member is not there (yet, or any more).
fn described(
    cx: &mut AccountCx<'_, '_>,
    org_id: i64,
    row: &store::ServiceRow,
) -> Result<Option<ServiceAccount>> {
    let found = cx.world.org(org_id).and_then(|dict| dict.users.get(row.account_id)).cloned();
    let Some(member) = found.filter(|member| !member.body.dismissed) else { return Ok(None) };
    Ok(Some(ServiceAccount {
        id: row.account_id,
        login: member.body.login.clone(),
        name: member.body.first_name.clone(),
        level: Level::of(&member.body),
        created_at: row.created_at,
        keys: keys(cx, row.account_id)?,
    }))
}
