//! Invitations to an organisation (web-ui.md, 9.1): a link that an administrator sends or hands
//! over, good once, for a week.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use trackway_db::Tx;

use super::member::{self, Level, Seat};
use super::{hashed, log, password};
use crate::account_cx::AccountCx;
use crate::dict::Dict;
use crate::dict::model::Member;
use crate::error::{Code, Error, Result};
use crate::lang::Name;
use crate::org;
use crate::secret;
use crate::time::{DAY_MS, Instant};

const LIFE_MS: i64 = 7 * DAY_MS;
/// Open invitations of an organisation.
const MOST: usize = 500;

/// Adds an invitation.
pub const INSERT: &str = "INSERT INTO invitation (org_id, hash, body, created_at, created_by, \
     expires_at, used_at, used_by) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL)";
/// A live invitation.
pub const FIND: &str = "SELECT org_id, hash, body, created_at, created_by, expires_at \
     FROM invitation WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
/// The live invitations of an organisation.
pub const OF_ORG: &str = "SELECT org_id, hash, body, created_at, created_by, expires_at \
     FROM invitation WHERE org_id = $1 AND used_at IS NULL AND expires_at > $2 \
     ORDER BY created_at DESC";
/// Uses an invitation, once.
pub const USE: &str = "UPDATE invitation SET used_at = $3, used_by = $4 \
     WHERE org_id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3";
/// Withdraws an invitation by the beginning of its hash.
pub const DELETE: &str =
    "DELETE FROM invitation WHERE org_id = $1 AND substr(hash, 1, 16) = $2 AND used_at IS NULL";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, FIND, OF_ORG, USE, DELETE];

trackway_db::row! {
    /// A stored invitation.
    pub struct InvitationRow {
        pub org_id: i64,
        pub hash: String,
        pub body: String,
        pub created_at: i64,
        pub created_by: i64,
        pub expires_at: i64,
    }
}

/// Who is invited, as what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Invited {
    /// Mail address; may be empty.
    pub email: String,
    /// Name or note, so that the administrator knows whom the link was for.
    pub note: String,
    /// What the person will be.
    pub level: Level,
    /// Groups the person will be in.
    pub groups: Vec<i64>,
}

impl InvitationRow {
    /// Who is invited.
    ///
    /// # Errors
    /// The row is damaged.
    pub fn invited(&self) -> Result<Invited> {
        serde_json::from_str(&self.body).map_err(Error::internal)
    }

    /// Name in lists: the beginning of the hash.
    pub fn name(&self) -> &str {
        self.hash.get(..16).unwrap_or_default()
    }
}

/// Stores an invitation under a secret.
///
/// # Errors
/// 403 for others than administrators, 422 for an unknown group or too many open invitations.
pub fn create(
    cx: &mut AccountCx<'_, '_>,
    by: Seat,
    secret_text: &str,
    invited: &Invited,
) -> Result<()> {
    let dict = member::administered(cx, by)?;
    if let Some(unknown) = invited.groups.iter().find(|id| dict.groups.get(**id).is_none()) {
        return Err(Code::ValueUnknown.with(unknown).under("groups"));
    }
    if list(cx, by)?.len() >= MOST {
        return Err(Code::TooManyValues.with(MOST));
    }
    let body = serde_json::to_string(invited).map_err(Error::internal)?;
    let (hash, now) = (secret::hash(secret_text), cx.now());
    cx.tx.exec(INSERT, &[&by.org, &hash, &body, &now, &by.uid, &(now + LIFE_MS)])?;
    Ok(())
}

/// The open invitations of the organisation.
///
/// # Errors
/// 403 for others than administrators.
pub fn list(cx: &mut AccountCx<'_, '_>, by: Seat) -> Result<Vec<InvitationRow>> {
    member::administered(cx, by)?;
    let now = cx.now();
    Ok(cx.tx.all(OF_ORG, &[&by.org, &now])?)
}

/// Withdraws an open invitation.
///
/// # Errors
/// 403 for others than administrators.
pub fn withdraw(cx: &mut AccountCx<'_, '_>, by: Seat, name: &str) -> Result<()> {
    member::administered(cx, by)?;
    cx.tx.exec(DELETE, &[&by.org, &name])?;
    Ok(())
}

/// The invitation behind a secret, while it is good.
///
/// # Errors
/// 404 when it is not.
pub fn find(tx: &mut Tx<'_>, secret_text: &str, now: Instant) -> Result<InvitationRow> {
    let hash = hashed(secret_text).ok_or_else(|| Code::LinkExpired.err())?;
    let row: Option<InvitationRow> = tx.opt(FIND, &[&hash, &now])?;
    row.ok_or_else(|| Code::LinkExpired.err())
}

/// Who accepts.
#[derive(Clone, Debug)]
pub enum Guest {
    /// Somebody without an account.
    New {
        /// Login.
        login: String,
        /// Given name.
        first_name: String,
        /// Family name.
        last_name: String,
        /// Mail address.
        email: String,
        /// Hash of the password.
        phc: String,
        /// Language.
        language: String,
    },
    /// Somebody with an account, who is signed in.
    Known(i64),
}

/// Accepts an invitation; answers the uid.
///
/// # Errors
/// 404 when the invitation is not good any more; 409 for a login that is taken or somebody who is
/// a member already.
pub fn accept(cx: &mut AccountCx<'_, '_>, secret_text: &str, guest: &Guest) -> Result<i64> {
    let now = cx.now();
    let row = find(cx.tx, secret_text, now)?;
    let dict = cx.world.org(row.org_id).map(Arc::clone);
    let dict = dict.ok_or_else(|| Code::LinkExpired.err())?;
    let invited = row.invited()?;
    let mut body = body(cx, &dict, guest)?;
    invited.level.give(&mut body);
    body.groups = invited.groups.into_iter().filter(|g| dict.groups.get(*g).is_some()).collect();
    let who = log::who(cx, row.created_by);
    let stored = org::new_member(cx.tx, row.org_id, &body, &who)?;
    let uid = stored.id;
    cx.changed_object(row.org_id, stored)?;
    if let Guest::New { phc, .. } = guest {
        password::set(cx.tx, uid, phc, now)?;
    }
    if cx.tx.exec(USE, &[&row.org_id, &row.hash, &now, &uid])? != 1 {
        return Err(Code::LinkExpired.err());
    }
    Ok(uid)
}

fn body(cx: &mut AccountCx<'_, '_>, dict: &Dict, guest: &Guest) -> Result<Member> {
    match guest {
        Guest::New { login, first_name, last_name, email, language, .. } => {
            let login = login.trim().to_lowercase();
            let taken: Option<(i64,)> = cx.tx.opt(org::ACCOUNT_BY_LOGIN, &[&login])?;
            if taken.is_some() {
                return Err(Code::NameTaken.with(&login).under("login"));
            }
            Ok(Member {
                login,
                first_name: Name::new(first_name, first_name),
                last_name: Name::new(last_name, last_name),
                email: email.clone(),
                language: Some(language.clone()),
                ..Member::default()
            })
        }
        Guest::Known(uid) => {
            if dict.users.get(*uid).is_some() {
                return Err(Code::AlreadyMember.err());
            }
            // The profile of the oldest of the guest's organisations.
            let home = cx.organizations(*uid).into_iter().next();
            let known = home.and_then(|home| Some(home.users.get(*uid)?.body.clone()));
            let known = known.ok_or_else(|| Code::OrgUnavailable.err())?;
            Ok(Member { cloud_uid: String::new(), ..known })
        }
    }
}
