//! What one user or one group may do in a queue or with a component, and through what.

use std::collections::BTreeMap;
use std::sync::Arc;

use trackway_api::queues::{
    GetComponentPermissionsOfGroup, GetComponentPermissionsOfUser, GetQueuePermissionsOfGroup,
    GetQueuePermissionsOfUser, SubjectAccess, SubjectComponentAccess, SubjectRight,
};

use super::permissions::{self, Permission};
use super::{component, component_rules, render};
use crate::cx::{Cx, Reply};
use crate::dict::model::{EVERYBODY, Group, Member, Permissions, Queue, Role, Subjects};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::user;
use crate::view::View;

/// The permissions that are told, with the names they are told under.
const TOLD: [(Permission, &str); 4] = [
    (Permission::Create, "CREATE"),
    (Permission::Read, "READ"),
    (Permission::Write, "WRITE"),
    (Permission::Grant, "GRANT"),
];

/// Whom the question is about.
enum Subject {
    User(Arc<Object<Member>>),
    Group(Arc<Object<Group>>),
}

/// What a user may do in a queue.
pub fn user_in_queue(
    cx: &mut Cx<'_, '_>,
    r: &GetQueuePermissionsOfUser,
) -> Result<Reply<SubjectAccess>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(in_queue(cx, &queue, &Subject::user(&cx.dict, &r.user)?).into())
}

/// What a group may do in a queue.
pub fn group_in_queue(
    cx: &mut Cx<'_, '_>,
    r: &GetQueuePermissionsOfGroup,
) -> Result<Reply<SubjectAccess>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(in_queue(cx, &queue, &Subject::group(&cx.dict, &r.group)?).into())
}

/// What a user may do with issues of a component.
pub fn user_in_component(
    cx: &mut Cx<'_, '_>,
    r: &GetComponentPermissionsOfUser,
) -> Result<Reply<SubjectComponentAccess>> {
    cx.view.localize(r.localized);
    let subject = Subject::user(&cx.dict, &r.user)?;
    in_component(cx, &r.component, &subject)
}

/// What a group may do with issues of a component.
pub fn group_in_component(
    cx: &mut Cx<'_, '_>,
    r: &GetComponentPermissionsOfGroup,
) -> Result<Reply<SubjectComponentAccess>> {
    cx.view.localize(r.localized);
    let subject = Subject::group(&cx.dict, &r.group)?;
    in_component(cx, &r.component, &subject)
}

fn in_queue(cx: &Cx<'_, '_>, queue: &Object<Queue>, subject: &Subject) -> SubjectAccess {
    let (dict, view) = (&cx.dict, &cx.view);
    let rights = subject.rights(dict, view, &queue.body, &queue.body.permissions);
    let ids = dict.components_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
    let ruled = ids.iter().filter_map(|id| dict.components.get(*id)).filter(|component| {
        let rules = component.body.permissions.as_ref();
        rules.is_some_and(|rules| !subject.rights(dict, view, &queue.body, rules).is_empty())
    });
    let (user, group) = subject.reference(dict, view);
    SubjectAccess {
        user,
        group,
        permissions: rights,
        components: ruled.map(|c| c.plain_ref(view)).collect(),
    }
}

fn in_component(
    cx: &Cx<'_, '_>,
    id: &str,
    subject: &Subject,
) -> Result<Reply<SubjectComponentAccess>> {
    let (component, queue) = component_rules::find(cx, id)?;
    let rules = component.body.permissions.as_ref().unwrap_or(&queue.body.permissions);
    let mut rights = subject.rights(&cx.dict, &cx.view, &queue.body, rules);
    rights.remove("GRANT");
    let (user, group) = subject.reference(&cx.dict, &cx.view);
    let component = component::reply_of(&cx.dict, &cx.view, &component);
    Ok(SubjectComponentAccess { user, group, component, permissions: rights }.into())
}

impl Subject {
    fn user(dict: &Dict, text: &str) -> Result<Self> {
        let found = refs::user_by_text(dict, text).cloned();
        found.map(Self::User).ok_or_else(|| Code::UserNotFound.err())
    }

    fn group(dict: &Dict, id: &str) -> Result<Self> {
        let found = dict.groups.find(id).cloned();
        found.map(Self::Group).ok_or_else(|| Code::GroupNotFound.err())
    }

    fn reference(
        &self,
        dict: &Dict,
        view: &View,
    ) -> (Option<trackway_api::types::UserRef>, Option<trackway_api::types::PlainRef>) {
        match self {
            Self::User(user) => (Some(user::reference(dict, view, user.id)), None),
            Self::Group(group) => (None, Some(render::plain(&dict.groups, group.id, view))),
        }
    }

    /// Groups through which a right may come.
    fn groups(&self, dict: &Dict) -> Vec<i64> {
        match self {
            Self::User(user) => user.body.all_groups(dict),
            Self::Group(group) if group.id == EVERYBODY => vec![EVERYBODY],
            Self::Group(group) => {
                let alike = Member { groups: vec![group.id], ..Member::default() };
                alike.all_groups(dict)
            }
        }
    }

    fn is_refused(&self, rules: &Permissions, groups: &[i64]) -> bool {
        let by_name = match self {
            Self::User(user) => rules.deny.users.contains(&user.id),
            Self::Group(_) => false,
        };
        by_name || rules.deny.groups.iter().any(|group| groups.contains(group))
    }

    /// The rights, each with what gives it; those the subject lacks are absent. Roles that only an
    /// issue gives mean nobody yet.
    fn rights(
        &self,
        dict: &Dict,
        view: &View,
        queue: &Queue,
        rules: &Permissions,
    ) -> BTreeMap<String, SubjectRight> {
        let groups = self.groups(dict);
        let refused = self.is_refused(rules, &groups);
        TOLD.iter()
            .filter(|(permission, _)| !refused || *permission == Permission::Grant)
            .filter_map(|(permission, name)| {
                let mut right = SubjectRight::default();
                self.add(dict, view, queue, permission.of(rules), &groups, &mut right);
                // Whoever may edit may read.
                if *permission == Permission::Read {
                    self.add(dict, view, queue, &rules.write, &groups, &mut right);
                }
                (right != SubjectRight::default()).then(|| ((*name).to_owned(), right))
            })
            .collect()
    }

    fn add(
        &self,
        dict: &Dict,
        view: &View,
        queue: &Queue,
        subjects: &Subjects,
        groups: &[i64],
        right: &mut SubjectRight,
    ) {
        if let Self::User(user) = self
            && subjects.users.contains(&user.id)
            && right.users.is_empty()
        {
            right.users.push(user::reference(dict, view, user.id));
        }
        for group in subjects.groups.iter().filter(|group| groups.contains(group)) {
            let reference = permissions::group(dict, view, *group);
            if !right.groups.contains(&reference) {
                right.groups.push(reference);
            }
        }
        for role in subjects.roles.iter().filter(|role| self.plays(**role, queue, groups)) {
            let reference = permissions::role(view, *role);
            if !right.roles.contains(&reference) {
                right.roles.push(reference);
            }
        }
    }

    fn plays(&self, role: Role, queue: &Queue, groups: &[i64]) -> bool {
        let in_team = queue.team_groups.iter().any(|group| groups.contains(group));
        match (self, role) {
            (Self::User(user), Role::QueueLead) => queue.lead == user.id,
            (Self::User(user), Role::TeamMember) => queue.team.contains(&user.id) || in_team,
            (Self::Group(_), Role::TeamMember) => in_team,
            _ => false,
        }
    }
}
