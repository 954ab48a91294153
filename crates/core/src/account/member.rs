//! What administrators do with the members of their organisation, and what members do with
//! themselves.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::letter::{self, Matter};
use super::person::Person;
use super::{log, reset, session};
use crate::account_cx::AccountCx;
use crate::actor::Actor;
use crate::dict::model::{Body, Group, Member, Org};
use crate::dict::{Dict, Kind, Object, store};
use crate::error::{Code, Error, Result};
use crate::ids::Series;
use crate::lang::{Lang, Name};

/// Characters of a name.
const NAME: usize = 100;
/// Characters of a mail address (RFC 5321).
const MAIL: usize = 254;

/// Member rows of an account in all organisations.
pub const ELSEWHERE: &str =
    "SELECT body FROM object WHERE id = $1 AND kind = 'member' AND org_id <> $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[ELSEWHERE];

/// Whoever acts, in which organisation.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// Number of the organisation.
    pub org: i64,
    /// Account.
    pub uid: i64,
}

/// Levels of access (permissions.md, 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// See, change nothing.
    #[default]
    Read,
    /// Work with issues.
    Full,
    /// Administer the organisation, and work with issues.
    Admin,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Read, Self::Full, Self::Admin];

    /// Name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Full => "full",
            Self::Admin => "admin",
        }
    }

    /// The level with this name in forms.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The level of a member.
    pub fn of(member: &Member) -> Self {
        match (member.admin, member.full) {
            (true, _) => Self::Admin,
            (false, true) => Self::Full,
            (false, false) => Self::Read,
        }
    }

    /// Gives the level to a member.
    pub fn give(self, member: &mut Member) {
        member.admin = self == Self::Admin;
        member.full = self != Self::Read;
    }
}

/// A person's name for a form field: trimmed, of bearable length, on one line.
///
/// # Errors
/// 422 under the field.
pub fn name(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > NAME {
        return Err(Code::ValueTooLong.with(NAME).under(field));
    }
    if text.chars().any(is_unseen) {
        return Err(Code::CharacterHidden.at(field));
    }
    Ok(text.to_owned())
}

/// Control characters, ends of lines and those that turn the direction of a line or have no width:
/// they make one name look like another (oauth.md, UI-22).
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A mail address for a form field, in lower case; may be empty.
///
/// # Errors
/// 422 under the field.
pub fn mail(field: &str, text: &str) -> Result<String> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(text);
    }
    let good = text.len() <= MAIL
        && !text.chars().any(|c| c.is_whitespace() || is_unseen(c) || "<>,;\"\\".contains(c))
        && text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.contains('@') && host.contains('.') && !host.ends_with('.')
        });
    if good { Ok(text) } else { Err(Code::MailForm.at(field)) }
}

/// The organisation of a seat.
fn dict(cx: &AccountCx<'_, '_>, by: Seat) -> Result<Arc<Dict>> {
    cx.world.org(by.org).map(Arc::clone).ok_or_else(|| Code::OrgUnavailable.err())
}

/// The organisation of a seat that must be an administrator's.
///
/// # Errors
/// 403.
pub fn administered(cx: &AccountCx<'_, '_>, by: Seat) -> Result<Arc<Dict>> {
    let dict = dict(cx, by)?;
    Actor::of(&dict, by.uid).ok_or_else(|| Code::OrgUnavailable.err())?.admin_only()?;
    Ok(dict)
}

fn member(dict: &Dict, uid: i64) -> Result<Arc<Object<Member>>> {
    dict.users.get(uid).map(Arc::clone).ok_or_else(|| Code::UserNotFound.err())
}

pub(super) fn update<T: Body>(
    cx: &mut AccountCx<'_, '_>,
    dict: &Dict,
    by: i64,
    old: &Object<T>,
    body: &T,
) -> Result<()> {
    let who = log::who(cx, by);
    let stored = store::update_by(cx.tx, dict.org_id, &who, old, body)?;
    cx.changed_object(dict.org_id, stored)
}

/// An organisation always keeps somebody who can administer it.
pub(super) fn keep_an_admin(dict: &Dict, leaving: i64) -> Result<()> {
    let another = dict.users.iter().any(|m| m.id != leaving && m.body.admin && !m.body.dismissed);
    if another { Ok(()) } else { Err(Code::LastAdmin.err()) }
}

/// Gives a member another level.
///
/// # Errors
/// 403 for others than administrators, 404, 409 for the last administrator.
pub fn set_level(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64, level: Level) -> Result<()> {
    let dict = administered(cx, by)?;
    let old = member(&dict, uid)?;
    if level != Level::Admin && old.body.admin {
        keep_an_admin(&dict, uid)?;
    }
    let mut body = old.body.clone();
    level.give(&mut body);
    update(cx, &dict, by.uid, &old, &body)
}

/// Puts a member into groups, and out of all others.
///
/// # Errors
/// 403 for others than administrators, 404, 422 for a group that is not there.
pub fn set_groups(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64, groups: &[i64]) -> Result<()> {
    let dict = administered(cx, by)?;
    if let Some(unknown) = groups.iter().find(|id| dict.groups.get(**id).is_none()) {
        return Err(Code::ValueUnknown.with(unknown).under("groups"));
    }
    let old = member(&dict, uid)?;
    let body = Member { groups: groups.to_vec(), ..old.body.clone() };
    update(cx, &dict, by.uid, &old, &body)
}

/// Dismisses a member: the sessions end at once, and the tokens too unless the person is in
/// another organisation (there they go on; here every request asks for the membership).
///
/// # Errors
/// 403 for others than administrators, 404, 409 for the last administrator.
pub fn dismiss(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64) -> Result<()> {
    let dict = administered(cx, by)?;
    let old = member(&dict, uid)?;
    keep_an_admin(&dict, uid)?;
    let body = Member { dismissed: true, left: false, ..old.body.clone() };
    update(cx, &dict, by.uid, &old, &body)?;
    if is_elsewhere(cx, &dict, uid)? {
        session::end_all(cx.tx, uid, None).map(drop)
    } else {
        reset::end_everything(cx, uid, None)
    }
}

fn is_elsewhere(cx: &mut AccountCx<'_, '_>, dict: &Dict, uid: i64) -> Result<bool> {
    let bodies: Vec<(String,)> = cx.tx.all(ELSEWHERE, &[&uid, &dict.org_id])?;
    Ok(bodies
        .iter()
        .any(|(body,)| serde_json::from_str::<Member>(body).is_ok_and(|member| !member.dismissed)))
}

/// Takes a dismissed member back.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn restore(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64) -> Result<()> {
    let dict = administered(cx, by)?;
    let old = member(&dict, uid)?;
    let body = Member { dismissed: false, left: false, ..old.body.clone() };
    update(cx, &dict, by.uid, &old, &body)
}

/// Ends every session and token of a member.
///
/// # Errors
/// 403 for others than administrators, 404.
pub fn sign_out(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64) -> Result<()> {
    let dict = administered(cx, by)?;
    member(&dict, uid)?;
    reset::end_everything(cx, uid, None)
}

/// Makes a link with which a member chooses a new password, to be handed over.
///
/// # Errors
/// 403 for others than administrators, and for members of other organisations too, whose account
/// is not this administrator's alone; 404; 409 for a service account, which has keys instead.
pub fn reset_link(cx: &mut AccountCx<'_, '_>, by: Seat, uid: i64, secret: &str) -> Result<()> {
    let dict = administered(cx, by)?;
    member(&dict, uid)?;
    if is_elsewhere(cx, &dict, uid)? {
        return Err(Code::MemberElsewhere.err());
    }
    let now = cx.now();
    reset::create(cx.tx, secret, uid, by.uid, reset::HAND_MS, now)
}

/// Adds a group.
///
/// # Errors
/// 403 for others than administrators, 409 for a name that is taken, 422 for none.
pub fn add_group(cx: &mut AccountCx<'_, '_>, by: Seat, text: &str) -> Result<()> {
    let dict = administered(cx, by)?;
    let text = required("name", text)?;
    if dict.groups.iter().any(|group| Body::name(&group.body).is(&text)) {
        return Err(Code::NameTaken.with(&text).under("name"));
    }
    let body = Group { name: Name::new(&text, &text), ..Group::default() };
    let id = cx.next(Series::Object)?;
    let who = log::who(cx, by.uid);
    let stored = store::insert_by(cx.tx, dict.org_id, &who, id, "", &body)?;
    cx.changed_object(dict.org_id, stored)
}

/// A name that must be given.
///
/// # Errors
/// 422 under the field.
pub fn required(field: &str, text: &str) -> Result<String> {
    let text = name(field, text)?;
    if text.is_empty() { Err(Code::FieldRequired.at(field)) } else { Ok(text) }
}

/// What people may change of themselves.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Given name.
    pub first_name: Name,
    /// Family name.
    pub last_name: Name,
    /// Mail address.
    pub email: String,
    /// Language of pages and messages.
    pub lang: Option<Lang>,
    /// Time zone, by name.
    pub time_zone: Option<String>,
}

/// Changes somebody's own profile, in every organisation.
///
/// # Errors
/// 409 when somebody else changed it at the same time.
pub fn set_profile(cx: &mut AccountCx<'_, '_>, uid: i64, profile: &Profile) -> Result<()> {
    let moves = Person::of(&cx.world, uid).is_some_and(|person| person.email != profile.email);
    if moves {
        // To the old address: the new one is not known to the database yet.
        letter::send_to(cx, uid, Matter::AddressChanged)?;
    }
    for dict in cx.organizations(uid) {
        let old = member(&dict, uid)?;
        let body = Member {
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            email: profile.email.clone(),
            language: profile.lang.map(|lang| lang.tag().to_owned()),
            time_zone: profile.time_zone.clone(),
            ..old.body.clone()
        };
        update(cx, &dict, uid, &old, &body)?;
    }
    Ok(())
}

/// What administrators may change of an organisation.
#[derive(Clone, Debug, Default)]
pub struct OrgProfile {
    /// Displayed name.
    pub name: String,
    /// Language of people who chose none.
    pub lang: Option<Lang>,
    /// Time zone of people who chose none.
    pub time_zone: Option<String>,
    /// Whether members need a second step to sign in.
    pub second_step: bool,
}

/// Renames the organisation, sets its rules and what people have who chose nothing.
///
/// # Errors
/// 403 for others than administrators, 422 for no name.
pub fn set_org(cx: &mut AccountCx<'_, '_>, by: Seat, new: &OrgProfile) -> Result<()> {
    let dict = administered(cx, by)?;
    let text = required("name", &new.name)?;
    let stored = store::one(cx.tx, dict.org_id, Kind::Org, 1)?;
    let old = stored.ok_or_else(|| Error::internal("an organisation without its object"))?;
    let body = Org {
        name: Name::new(&text, &text),
        language: new.lang.map_or_else(String::new, |lang| lang.tag().to_owned()),
        time_zone: new.time_zone.clone().unwrap_or_default(),
        second_step: new.second_step,
        ..dict.org.clone()
    };
    let old = Object::new(1, old.key, old.version, dict.org.clone());
    update(cx, &dict, by.uid, &old, &body)
}
