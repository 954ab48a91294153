//! Groups of people and roles, whom permissions may name; departments, mail lists, countries,
//! translations.

pub mod admin;
pub mod countries;
mod country_names;
pub mod departments;
pub mod maillists;
pub mod translations;

use trackway_api::directory::{
    GetGroup, GetRole, Group as GroupReply, ListGroups, ListRoles, Role as RoleReply,
};

use crate::cx::{Cx, Reply};
use crate::dict::model::{Group, Role};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::view::View;

/// Groups of the organisation.
pub fn groups(cx: &mut Cx<'_, '_>, r: &ListGroups) -> Result<Reply<Vec<GroupReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (groups, paging) = page.cut(cx.dict.groups.iter().cloned().collect());
    let replies = groups.iter().map(|g| group_reply(&cx.dict, &cx.view, g)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One group.
pub fn group(cx: &mut Cx<'_, '_>, r: &GetGroup) -> Result<Reply<GroupReply>> {
    cx.view.localize(r.localized);
    let group = cx.dict.groups.find(&r.id).ok_or_else(|| Code::GroupNotFound.err())?;
    Ok(group_reply(&cx.dict, &cx.view, group).into())
}

fn group_reply(dict: &Dict, view: &View, group: &Object<Group>) -> GroupReply {
    let parent = group.body.parent.and_then(|id| dict.groups.get(id));
    GroupReply {
        self_url: view.url(&group.path()),
        id: group.id.to_string(),
        name: group.name.text(view.names),
        description: Some(group.body.description.text(view.names))
            .filter(|_| group.body.description != Name::default()),
        parent: parent.map(|parent| parent.plain_ref(view)),
    }
}

/// Roles that issues and queues give.
pub fn roles(cx: &mut Cx<'_, '_>, r: &ListRoles) -> Result<Reply<Vec<RoleReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (roles, paging) = page.cut(Role::ALL.to_vec());
    let replies = roles.into_iter().map(|role| role_reply(&cx.view, role)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One role.
pub fn role(cx: &mut Cx<'_, '_>, r: &GetRole) -> Result<Reply<RoleReply>> {
    cx.view.localize(r.localized);
    let role = Role::ALL.into_iter().find(|role| role.id() == r.id);
    let role = role.ok_or_else(|| Code::RoleNotFound.err())?;
    Ok(role_reply(&cx.view, role).into())
}

fn role_reply(view: &View, role: Role) -> RoleReply {
    RoleReply {
        self_url: view.url(&format!("/roles/{}", role.id())),
        id: role.id().to_owned(),
        name: role.name().text(view.names),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Fixture, body};

    #[test]
    fn everybody_is_a_group_and_missing_ones_answer_404() {
        let f = Fixture::new();
        let everybody = json!({
            "self": "http://tracker.test/v3/groups/0", "id": "0", "name": "All employees",
        });
        let list = f.read(f.guest, |cx| groups(cx, &ListGroups::new()).map(body));
        assert_eq!(list.expect("a list"), json!([everybody]));
        let one = f.read(f.guest, |cx| group(cx, &GetGroup::new("0")).map(body));
        assert_eq!(one.expect("a group"), everybody);
        let missing = f.read(f.guest, |cx| group(cx, &GetGroup::new("77")));
        assert_eq!(missing.expect_err("no group").status(), 404);
    }

    #[test]
    fn roles_are_found_by_id() {
        let f = Fixture::new();
        let list = f.read(f.guest, |cx| roles(cx, &ListRoles::new()).map(body)).expect("a list");
        assert_eq!(list.as_array().map(Vec::len), Some(6));
        let request = GetRole::new("queue-lead").localized(false);
        let lead = f.read(f.guest, |cx| role(cx, &request).map(body)).expect("a role");
        assert_eq!(lead["name"], json!({"ru": "Владелец очереди", "en": "Queue owner"}));
        let missing = f.read(f.guest, |cx| role(cx, &GetRole::new("king")));
        assert_eq!(missing.expect_err("no role").status(), 404);
    }
}
