//! Operations on users. Everybody in the organisation may see who else is in it.

use std::sync::Arc;

use trackway_api::List;
use trackway_api::directory::{GetUserSettings, UpdateUserSettings, UserSettings};
use trackway_api::users::{GetMyself, GetUser, ListUsers, ListUsersRelative, User, UsersPage};

use crate::actor::Actor;
use crate::cx::{Cx, Reply};
use crate::dict::model::{EVERYBODY, Member};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Error, Result};
use crate::issue::refs;
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::view::View;
use crate::zone;

/// Most users of a page (contract, `listUsers`).
const MAX_PAGE: i64 = 100;

/// How many users can be reached by page number (contract, `listUsers`); the cursor of
/// `_relative` has no such limit.
const REACHABLE: usize = 10_000;

/// The account the request is made as.
///
/// # Errors
/// 404 when it left the organisation a moment ago.
pub fn myself(cx: &mut Cx<'_, '_>, r: &GetMyself) -> Result<Reply<User>> {
    let member = cx.dict.users.get(cx.actor.uid).ok_or_else(|| Code::UserNotFound.err())?;
    Ok(wire(&cx.dict, &cx.view, member, r.expand.as_ref()).into())
}

/// One user by uid, login, `login:<digits>` or cloud uid. There is no `me` (real-samples, 3).
///
/// # Errors
/// 404 when there is none.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetUser) -> Result<Reply<User>> {
    let member = refs::user_by_text(&cx.dict, &r.user).ok_or_else(|| Code::UserNotFound.err())?;
    Ok(wire(&cx.dict, &cx.view, member, r.expand.as_ref()).into())
}

/// The settings of a user, which are nobody else's business.
///
/// # Errors
/// 404 when there is no such user, 403 for others than the user and administrators.
pub fn settings(cx: &mut Cx<'_, '_>, r: &GetUserSettings) -> Result<Reply<UserSettings>> {
    let member = of_settings(cx, &r.user)?;
    Ok(settings_of(&cx.view, &member).into())
}

/// Changes settings of a user. Members that are not named stay, `null` takes one back.
///
/// # Errors
/// 404 when there is no such user, 403 for others than the user and administrators, 422 for an
/// unknown time zone.
pub fn update_settings(cx: &mut Cx<'_, '_>, r: &UpdateUserSettings) -> Result<Reply<UserSettings>> {
    let old = of_settings(cx, &r.user)?;
    let mut member = old.body.clone();
    if let Some(json) = r.body.0.get("timeZone") {
        member.time_zone = zone::read("timeZone", json)?;
    }
    if member.time_zone == old.body.time_zone {
        return Ok(settings_of(&cx.view, &old).into());
    }
    let new = store::update(cx, &old, member)?;
    Ok(settings_of(&cx.view, &new).into())
}

/// The user whose settings are meant, if they are the actor's business.
fn of_settings(cx: &Cx<'_, '_>, user: &str) -> Result<Arc<Object<Member>>> {
    let member = refs::user_by_text(&cx.dict, user).ok_or_else(|| Code::UserNotFound.err())?;
    if member.id != cx.actor.uid && !cx.actor.admin && !cx.actor.robot {
        return Err(Code::SettingsDenied.err());
    }
    Ok(Arc::clone(member))
}

fn settings_of(view: &View, member: &Object<Member>) -> UserSettings {
    UserSettings {
        self_url: view.url(&format!("{}/settings", member.path())),
        language: member.body.language.clone(),
        time_zone: member.body.time_zone.clone(),
    }
}

/// Users by uid, page by page; dismissed ones too.
///
/// # Errors
/// 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListUsers) -> Result<Reply<Vec<User>>> {
    let page = Page::new(r.page, r.per_page, MAX_PAGE)?;
    let from = number("id", r.id.as_deref())?.unwrap_or(i64::MIN);
    let group = number("group", r.group.as_deref())?;
    let email = r.email.as_deref().filter(|e| !e.is_empty()).map(str::to_lowercase);
    let found: Vec<&Object<Member>> = cx
        .dict
        .users
        .iter()
        .map(AsRef::as_ref)
        .filter(|m: &&Object<Member>| m.id >= from)
        .filter(|m| email.as_ref().is_none_or(|e| m.body.email.to_lowercase() == *e))
        .filter(|m| group.is_none_or(|g| g == EVERYBODY || m.body.groups.contains(&g)))
        .take(REACHABLE)
        .collect();
    let (found, paging) = page.cut(found);
    let users = found.into_iter().map(|m| wire(&cx.dict, &cx.view, m, r.expand.as_ref()));
    Ok(Reply::new(users.collect()).paged(paging))
}

/// Users by uid, from the one that `id` names on.
///
/// # Errors
/// 400 for wrong parameters.
pub fn list_relative(cx: &mut Cx<'_, '_>, r: &ListUsersRelative) -> Result<Reply<UsersPage>> {
    let size = paging::size(r.per_page, MAX_PAGE)?;
    let size = usize::try_from(size).map_err(Error::internal)?;
    let from = number("id", r.id.as_deref())?.unwrap_or(i64::MIN);
    let mut members = cx.dict.users.iter().filter(|m| m.id >= from);
    let users = members
        .by_ref()
        .take(size)
        .map(|m| {
            let position = text(&m.body.position, &cx.view);
            User { position, ..wire(&cx.dict, &cx.view, m, r.expand.as_ref()) }
        })
        .collect();
    let has_next = members.next().is_some();
    Ok(UsersPage { users, has_next }.into())
}

/// A parameter that is a number written as text.
fn number(name: &str, value: Option<&str>) -> Result<Option<i64>> {
    let value = value.map(str::trim).filter(|v| !v.is_empty());
    let wrong = |_| Code::BadParameter.with(name).and("must be a number");
    value.map(|v| v.parse().map_err(wrong)).transpose()
}

/// A user in full, if the organisation knows one of this uid.
pub(crate) fn full(cx: &Cx<'_, '_>, uid: i64) -> Option<User> {
    cx.dict.users.get(uid).map(|member| wire(&cx.dict, &cx.view, member, None))
}

/// A user as the API shows one. When somebody first and last came is not recorded, so the two
/// login dates are left out.
fn wire(dict: &Dict, view: &View, member: &Object<Member>, expand: Option<&List>) -> User {
    let body = &member.body;
    User {
        self_url: view.url(&member.path()),
        uid: member.id,
        login: body.login.clone(),
        tracker_uid: Some(member.id),
        passport_uid: Some(member.id),
        cloud_uid: Some(body.cloud_uid.clone()).filter(|id| !id.is_empty()),
        first_name: text(&body.first_name, view),
        last_name: text(&body.last_name, view),
        display: member.name.get(view.lang).to_owned(),
        // Empty for robots, which have none: a published typed client requires the member.
        email: Some(body.email.clone()),
        external: Some(false),
        has_license: Some(Actor::of(dict, member.id).map_or(body.full, |actor| actor.full)),
        dismissed: Some(body.dismissed),
        use_new_filters: Some(true),
        disable_notifications: Some(false),
        welcome_mail_sent: Some(false),
        groups: expand.is_some_and(|e| e.has("groups")).then(|| groups(dict, view, body)),
        ..User::default()
    }
}

/// The groups of a member, the one of everybody first.
fn groups(dict: &Dict, view: &View, member: &Member) -> Vec<trackway_api::types::PlainRef> {
    std::iter::once(&EVERYBODY)
        .chain(&member.groups)
        .filter_map(|id| Some(dict.groups.get(*id)?.plain_ref(view)))
        .collect()
}

/// A name of a person, which stays a string even with `localized=false`.
fn text(name: &Name, view: &View) -> Option<String> {
    Some(name.get(view.lang).to_owned()).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Fixture, body};

    fn logins(users: &Value) -> Vec<&str> {
        users.as_array().expect("a list").iter().filter_map(|u| u["login"].as_str()).collect()
    }

    fn page(f: &Fixture, r: &ListUsers) -> (Value, crate::cx::Paging) {
        let reply = f.read(f.ann, |cx| list(cx, r)).expect("a page");
        let paging = reply.paging.clone().expect("paging");
        (body(reply), paging)
    }

    #[test]
    fn the_caller_is_one_object_without_id() {
        let f = Fixture::new();
        let me = body(f.read(f.ann, |cx| myself(cx, &GetMyself::new())).expect("me"));
        assert_eq!(me["login"], "ann");
        assert_eq!(me["uid"], f.ann);
        assert_eq!(me["trackerUid"], f.ann);
        assert_eq!(me["self"], format!("http://tracker.test/v3/users/{}", f.ann));
        assert_eq!((&me["firstName"], &me["lastName"]), (&json!("ann"), &json!("Trial")));
        assert_eq!(me["display"], "ann Trial");
        assert_eq!(me["hasLicense"], true);
        assert_eq!(me.get("id"), None);
        assert_eq!(me.get("groups"), None);
    }

    #[test]
    fn a_reader_has_no_licence_and_groups_come_when_asked_for() {
        let f = Fixture::new();
        let r = GetMyself::new().expand(["groups"]);
        let me = body(f.read(f.guest, |cx| myself(cx, &r)).expect("me"));
        assert_eq!(me["hasLicense"], false);
        assert_eq!(me["groups"][0]["id"], "0");
        assert!(me["groups"][0]["display"].is_string());
    }

    #[test]
    fn users_are_found_by_uid_and_login_in_any_case_but_not_as_me() {
        let f = Fixture::new();
        let find = |name: &str| {
            let r = GetUser::new(name);
            f.read(f.bob, |cx| get(cx, &r)).map(|reply| body(reply)["login"].clone())
        };
        for name in ["ann", "ANN", "login:ann", &f.ann.to_string()] {
            assert_eq!(find(name).expect("found"), "ann", "{name}");
        }
        for name in ["me", "nobody", "12", "login:12"] {
            assert_eq!(find(name).expect_err("nobody").status(), 404, "{name}");
        }
    }

    #[test]
    fn pages_go_by_uid_and_tell_the_total() {
        let f = Fixture::new();
        let (first, paging) = page(&f, &ListUsers::new().per_page(3));
        assert_eq!(logins(&first), ["boss", "ann", "bob"]);
        assert_eq!(paging, crate::cx::Paging::Pages { page: 1, per_page: 3, total: 4, seek: true });
        let (second, _) = page(&f, &ListUsers::new().per_page(3).page(2));
        assert_eq!(logins(&second), ["guest"]);
        let (beyond, _) = page(&f, &ListUsers::new().page(9));
        assert_eq!(beyond, json!([]));
        let (_, cut) = page(&f, &ListUsers::new().per_page(5000));
        assert!(matches!(cut, crate::cx::Paging::Pages { per_page: 100, .. }));
    }

    #[test]
    fn pages_can_be_narrowed() {
        let f = Fixture::new();
        let (from, _) = page(&f, &ListUsers::new().id(f.bob.to_string()));
        assert_eq!(logins(&from), ["bob", "guest"]);
        let (mail, _) = page(&f, &ListUsers::new().email("ANN@trial.example"));
        assert_eq!(logins(&mail), ["ann"]);
        let (group, _) = page(&f, &ListUsers::new().group("77"));
        assert_eq!(group, json!([]));
        let (everybody, _) = page(&f, &ListUsers::new().group("0"));
        assert_eq!(logins(&everybody).len(), 4);
        for wrong in [
            ListUsers::new().id("x"),
            ListUsers::new().group("x"),
            ListUsers::new().page(0),
            ListUsers::new().per_page(0),
        ] {
            let error = f.read(f.ann, |cx| list(cx, &wrong)).expect_err("wrong");
            assert_eq!(error.status(), 400);
        }
    }

    #[test]
    fn the_cursor_of_users_is_inclusive() {
        let f = Fixture::new();
        let relative =
            |r: ListUsersRelative| body(f.read(f.ann, |cx| list_relative(cx, &r)).expect("a page"));
        let first = relative(ListUsersRelative::new().per_page(2));
        assert_eq!(logins(&first["users"]), ["boss", "ann"]);
        assert_eq!(first["hasNext"], true);
        let rest = relative(ListUsersRelative::new().id(f.ann.to_string()));
        assert_eq!(logins(&rest["users"]), ["ann", "bob", "guest"]);
        assert_eq!(rest["hasNext"], false);
    }
}
