//! The account in whose name automatic rules act (automation.md, section 14).

use std::sync::Arc;

use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::Member;
use crate::dict::store;
use crate::error::{Error, Result};
use crate::ids::Series;
use crate::lang::Name;
use crate::org;

/// Login of the robot; clients compare it.
pub const LOGIN: &str = "yndx-tracker-cnt-robot";

/// The robot's uid, once there is one.
pub fn uid(dict: &Dict) -> Option<i64> {
    dict.users.by_key(LOGIN).map(|member| member.id)
}

/// The robot as an actor.
///
/// # Errors
/// There is none yet, which is a bug: whoever stores a rule calls [`ensure`].
pub fn actor(dict: &Dict) -> Result<Arc<Actor>> {
    let uid = uid(dict).ok_or_else(|| Error::internal("a rule without a robot"))?;
    Ok(Arc::new(Actor::robot(uid)))
}

/// Makes the robot a member of the organisation, with the first rule that needs it.
///
/// # Errors
/// The database fails.
pub fn ensure(cx: &mut Cx<'_, '_>) -> Result<()> {
    if uid(&cx.dict).is_some() {
        return Ok(());
    }
    let known: Option<(i64,)> = cx.tx.opt(org::ACCOUNT_BY_LOGIN, &[&LOGIN])?;
    let uid = if let Some((uid,)) = known {
        uid
    } else {
        let uid = cx.next(Series::Account)?;
        cx.tx.exec(org::INSERT_ACCOUNT, &[&uid, &LOGIN, &cx.now])?;
        uid
    };
    let member = Member {
        login: LOGIN.to_owned(),
        first_name: Name::new("Робот", "Tracker"),
        last_name: Name::new("Трекера", "robot"),
        full: true,
        ..Member::default()
    };
    let stored = store::insert_at(cx.tx, cx.dict.org_id, uid, LOGIN, &member)?;
    cx.changed_object(stored)
}
