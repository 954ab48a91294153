//! What becomes of people when a directory says who they are, or does not know them any more
//! (oauth.md, 7.6).

use std::sync::Arc;

use super::log::{self, Event};
use super::member::{self, Level};
use super::{password, reset};
use crate::account_cx::AccountCx;
use crate::dict::model::{Body, Member};
use crate::dict::{Dict, Object};
use crate::error::Result;

/// People who are linked with a directory, after one of them.
pub const LINKED: &str = "SELECT subject, account_id FROM account_upstream \
     WHERE issuer = $1 AND subject > $2 ORDER BY subject LIMIT $3";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[LINKED];

/// What a directory says of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Level; nothing where it says nothing of levels.
    pub level: Option<Level>,
    /// Names of the organisation's groups that it knows, and whether the member is in them.
    pub groups: Vec<(String, bool)>,
}

/// People who are linked with a directory: what it knows them by and their accounts, after one of them.
///
/// # Errors
/// The database fails.
pub fn linked(
    cx: &mut AccountCx<'_, '_>,
    issuer: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    Ok(cx.tx.all(LINKED, &[&issuer, &after, &limit])?)
}

/// Makes of an account what a directory says: level and groups in the organisation that it speaks of, and
/// without any word of it (`None`) somebody who is out everywhere, at once, until it knows them again.
/// Groups that it does not know stay as they are. Nobody who has a password of this server stops
/// administering, nor does the last who administers: whatever a directory says, somebody here can mend it.
///
/// # Errors
/// The database fails.
pub fn follow(
    cx: &mut AccountCx<'_, '_>,
    org: Option<i64>,
    uid: i64,
    told: Option<&Told>,
) -> Result<()> {
    let changes = changes(cx, org, uid, told)?;
    for change in &changes {
        member::update(cx, &change.dict, 0, &change.old, &change.body)?;
    }
    if told.is_none() && !changes.is_empty() {
        reset::end_everything(cx, uid, None)?;
        log::record(cx, uid, Event::SessionEnded, "")?;
    }
    Ok(())
}

/// Whether [`follow`] would change anything.
///
/// # Errors
/// The database fails.
pub fn is_news(
    cx: &mut AccountCx<'_, '_>,
    org: Option<i64>,
    uid: i64,
    told: Option<&Told>,
) -> Result<bool> {
    Ok(!changes(cx, org, uid, told)?.is_empty())
}

/// A place of somebody in an organisation.
struct Place {
    dict: Arc<Dict>,
    member: Arc<Object<Member>>,
}

/// What becomes of one.
struct Change {
    dict: Arc<Dict>,
    old: Arc<Object<Member>>,
    body: Member,
}

fn changes(
    cx: &mut AccountCx<'_, '_>,
    org: Option<i64>,
    uid: i64,
    told: Option<&Told>,
) -> Result<Vec<Change>> {
    let world = Arc::clone(&cx.world);
    let places = world.orgs().filter_map(|dict| {
        let member = Arc::clone(dict.users.get(uid)?);
        Some(Place { dict: Arc::clone(dict), member })
    });
    let mut places: Vec<Place> = places.collect();
    // In one order, because each row waits for the end of the audit log of its organisation.
    places.sort_by_key(|place| place.dict.org_id);
    let Some(told) = told else { return gone(cx, places) };
    let mut changes = Vec::new();
    for Place { dict, member: old } in places {
        let mut body = old.body.clone();
        body.dismissed &= !body.left;
        body.left = false;
        if org == Some(dict.org_id) {
            give(cx, &dict, uid, &mut body, told)?;
        }
        let state = |m: &Member| (m.admin, m.full, m.dismissed, m.left, m.groups.clone());
        if state(&body) != state(&old.body) {
            changes.push(Change { dict, old, body });
        }
    }
    Ok(changes)
}

/// Out of every organisation, or of none where one would be without its administrator.
fn gone(cx: &mut AccountCx<'_, '_>, mut places: Vec<Place>) -> Result<Vec<Change>> {
    places.retain(|place| !place.member.body.dismissed);
    for Place { dict, member } in &places {
        if remains(cx, dict, member.id, &member.body)? {
            tracing::warn!(uid = member.id, "an administrator is not in the directory, and stays");
            return Ok(Vec::new());
        }
    }
    let out = |Place { dict, member: old }| {
        let body = Member { dismissed: true, left: true, ..old.body.clone() };
        Change { dict, old, body }
    };
    Ok(places.into_iter().map(out).collect())
}

fn give(
    cx: &mut AccountCx<'_, '_>,
    dict: &Dict,
    uid: i64,
    body: &mut Member,
    told: &Told,
) -> Result<()> {
    if let Some(level) = told.level
        && (level == Level::Admin || !remains(cx, dict, uid, body)?)
    {
        level.give(body);
    }
    for (name, inside) in &told.groups {
        let group = dict.groups.iter().find(|group| Body::name(&group.body).is(name));
        let Some(id) = group.map(|group| group.id) else {
            tracing::warn!(group = name, "a group of server.ldap is not in the organisation");
            continue;
        };
        if body.groups.contains(&id) != *inside {
            body.groups.retain(|own| *own != id);
            body.groups.extend(inside.then_some(id));
        }
    }
    Ok(())
}

/// Whether somebody goes on administering whatever a directory says.
fn remains(cx: &mut AccountCx<'_, '_>, dict: &Dict, uid: i64, body: &Member) -> Result<bool> {
    if !body.admin {
        return Ok(false);
    }
    Ok(member::keep_an_admin(dict, uid).is_err() || password::find(cx.tx, uid)?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::password::Password;
    use crate::account::pepper::Peppers;
    use crate::account::person::Person;
    use crate::testing::{Fixture, NOW};

    fn hear(f: &Fixture, uid: i64, told: Option<Told>) {
        let org = Some(f.org);
        let again = told.clone();
        f.account(move |cx| follow(cx, org, uid, told.as_ref())).expect("followed");
        let news = f.account(move |cx| is_news(cx, org, uid, again.as_ref())).expect("a look");
        assert!(!news, "once is enough");
    }

    fn of_level(level: Level) -> Told {
        Told { level: Some(level), groups: Vec::new() }
    }

    fn is_in(f: &Fixture, uid: i64) -> bool {
        Person::of(&f.tracker.world(), uid).is_some()
    }

    /// oauth.md, 7.6: who left the directory is out until it knows them again, but nobody whom an
    /// administrator dismissed comes back by it.
    #[test]
    fn who_left_comes_back_with_the_directory_only() {
        let f = Fixture::new();
        let uid = f.ann;
        hear(&f, uid, None);
        assert!(!is_in(&f, uid));
        hear(&f, uid, Some(of_level(Level::Read)));
        let dict = Arc::clone(f.tracker.world().org(f.org).expect("an organisation"));
        assert_eq!(Level::of(&dict.users.get(uid).expect("a member").body), Level::Read);
        assert!(is_in(&f, uid));
        let by = member::Seat { org: f.org, uid: f.boss };
        f.account(move |cx| member::dismiss(cx, by, uid)).expect("dismissed");
        for told in [Some(Told::default()), None, Some(Told::default())] {
            hear(&f, uid, told);
            assert!(!is_in(&f, uid), "an administrator's word counts");
        }
    }

    /// oauth.md, 7.6: an administrator always remains: the last one, and any with a password of this server.
    #[test]
    fn an_administrator_remains() {
        let f = Fixture::new();
        let (boss, bob) = (f.boss, f.bob);
        hear(&f, boss, None);
        assert!(is_in(&f, boss), "the last one");
        let phc = password::hash(
            &Password::from("correct horse battery"),
            &Peppers::default(),
            &mut password::Memory::default(),
        );
        let phc = phc.expect("a hash");
        f.account(move |cx| password::set(cx.tx, bob, &phc, NOW)).expect("a password");
        hear(&f, bob, Some(of_level(Level::Admin)));
        hear(&f, bob, None);
        assert!(is_in(&f, bob), "one with a password of this server");
        hear(&f, boss, None);
        assert!(!is_in(&f, boss), "there is another now");
    }
}
