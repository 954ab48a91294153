//! The first administrator and the first organisation (oauth.md, BS-01..BS-03).

use super::password;
use crate::account_cx::AccountCx;
use crate::dict::model::Member;
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::org::{self, NewOrg};
use crate::world::World;

/// How many accounts there are.
pub const ACCOUNTS: &str = "SELECT COUNT(*) FROM account";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[ACCOUNTS];

/// What the page of the first start asks for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Organisation, with its ids.
    pub org: NewOrg,
    /// Login.
    pub login: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Mail address.
    pub email: String,
    /// Hash of the password.
    pub phc: String,
    /// Language of the person and the organisation.
    pub language: String,
}

/// Whether nobody has set the installation up.
pub fn is_needed(world: &World) -> bool {
    world.orgs().next().is_none()
}

/// Makes the organisation and its administrator; answers the numbers of both. Of two at the same
/// time one is refused.
///
/// # Errors
/// The database fails; 404 when it was done already; 422 for a malformed login.
pub fn run(cx: &mut AccountCx<'_, '_>, s: &Setup) -> Result<(i64, i64)> {
    let now = cx.now();
    let tx = &mut *cx.tx;
    let (accounts,): (i64,) = tx.one(ACCOUNTS, &[])?;
    if accounts > 0 {
        return Err(Code::SetupDone.err());
    }
    // Two nodes at once take the same number, and the second fails on it.
    let org = org::insert_org(tx, &s.org, &s.language).map_err(|error| match error.code {
        Code::KeyTaken => Code::SetupDone.err(),
        _ => error,
    })?;
    let member = Member {
        login: s.login.clone(),
        first_name: Name::new(&s.first_name, &s.first_name),
        last_name: Name::new(&s.last_name, &s.last_name),
        email: s.email.clone(),
        admin: true,
        full: true,
        language: Some(s.language.clone()),
        ..Member::default()
    };
    let uid = org::insert_member(tx, org, &member, now)?;
    password::set(tx, uid, &s.phc, now)?;
    Ok((org, uid))
}
