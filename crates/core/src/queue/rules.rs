//! Changes to the permissions of a queue as clients write them (permissions.md, 2.4).

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::input::{self, Problems};
use super::permissions::Permission;
use crate::dict::Dict;
use crate::dict::model::{Permissions, Role, Subjects};
use crate::error::{Code, Result};
use crate::issue::refs::{self, Written};

/// Most subjects of one kind.
const MAX_SUBJECTS: usize = 1000;

const OPERATORS: [&str; 3] = ["set", "remove", "add"];

/// Whose rules are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A queue's.
    Queue,
    /// A component's: they say nothing about settings, and may refuse roles (permissions.md, 2.2).
    Component,
}

/// The rules after a patch. Permissions and kinds of subjects it does not name stay.
///
/// # Errors
/// 422 with the wrong members named, for instance `read.users`.
pub(crate) fn patched(
    dict: &Dict,
    old: &Permissions,
    patch: &Members,
    whose: Whose,
) -> Result<Permissions> {
    let known = |p: &Permission| whose == Whose::Queue || *p != Permission::Grant;
    let named = || {
        let known = Permission::ALL.into_iter().filter(known);
        known.filter_map(|p| Some((p, patch.get(p.code())?)))
    };
    if named().next().is_none() {
        return Err(Code::PermissionsMissing.err());
    }
    let mut permissions = old.clone();
    let mut problems = Problems::default();
    for (permission, json) in named() {
        let subjects = permission.of_mut(&mut permissions);
        // A queue cannot refuse roles (contract, `updateQueuePermissions`).
        let roles = permission != Permission::Deny || whose == Whose::Component;
        change(dict, (permission.code(), roles), subjects, json, &mut problems);
    }
    problems.end()?;
    Ok(permissions)
}

/// Changes the holders of one right, which has a name and may be given to roles or not.
pub(crate) fn change(
    dict: &Dict,
    (code, roles): (&str, bool),
    subjects: &mut Subjects,
    json: &Json,
    problems: &mut Problems,
) {
    let Some(kinds) = json.as_object() else {
        let error = Code::ValueType.with("{users, groups, roles}").under(code);
        problems.note::<()>(Err(error));
        return;
    };
    let user = |json: &Json| user(dict, json);
    let group = |json: &Json| group(dict, json);
    let kind = |kind: &str| kinds.get(kind).map(|json| (format!("{code}.{kind}"), json));
    if let Some((member, json)) = kind("users") {
        let changed = list(&subjects.users, json, user);
        subjects.users = named(changed, &member, problems);
    }
    if let Some((member, json)) = kind("groups") {
        let changed = list(&subjects.groups, json, group);
        subjects.groups = named(changed, &member, problems);
    }
    if let Some((member, json)) = kind("roles") {
        let changed = list(&subjects.roles, json, role);
        subjects.roles = named(changed, &member, problems);
        if !roles && !subjects.roles.is_empty() {
            let error = Code::ValueType.with("users, groups").under(&member);
            problems.note::<()>(Err(error));
        }
    }
}

fn named<T>(changed: Result<Vec<T>>, member: &str, problems: &mut Problems) -> Vec<T> {
    problems.note(changed.map_err(|error| error.under(member))).unwrap_or_default()
}

/// The people of a list after a change.
///
/// # Errors
/// 422 for whoever is unknown.
pub(super) fn people(dict: &Dict, old: &[i64], json: &Json) -> Result<Vec<i64>> {
    list(old, json, |json| user(dict, json))
}

/// The groups of a list after a change.
///
/// # Errors
/// 422 for groups that do not exist.
pub(super) fn groups(dict: &Dict, old: &[i64], json: &Json) -> Result<Vec<i64>> {
    list(old, json, |json| group(dict, json))
}

/// A list of subjects after a change: an array replaces it, `{add, remove}` edits it.
pub(super) fn list<T: Copy + PartialEq>(
    old: &[T],
    json: &Json,
    read: impl Fn(&Json) -> Option<T>,
) -> Result<Vec<T>> {
    let read_all = |json: &Json| -> Result<Vec<T>> {
        let items = json.as_array().ok_or_else(|| Code::ValueType.with("array"))?;
        items
            .iter()
            .map(|item| read(item).ok_or_else(|| Code::ValueUnknown.with(input::shown(item))))
            .collect()
    };
    let mut subjects = match json {
        Json::Object(operators) => {
            if let Some(odd) = operators.keys().find(|k| !OPERATORS.contains(&k.as_str())) {
                return Err(Code::OperatorUnknown.with(odd));
            }
            let [set, remove, add] = OPERATORS.map(|name| operators.get(name));
            let mut subjects = set.map_or_else(|| Ok(old.to_vec()), &read_all)?;
            let gone = remove.map_or_else(|| Ok(Vec::new()), &read_all)?;
            subjects.retain(|subject| !gone.contains(subject));
            subjects.extend(add.map_or_else(|| Ok(Vec::new()), &read_all)?);
            subjects
        }
        plain => read_all(plain)?,
    };
    let mut once = Vec::with_capacity(subjects.len());
    subjects.retain(|subject| {
        let new = !once.contains(subject);
        once.push(*subject);
        new
    });
    if subjects.len() > MAX_SUBJECTS {
        return Err(Code::TooManyValues.with(MAX_SUBJECTS));
    }
    Ok(subjects)
}

/// A member in any spelling. Dismissed ones can be named too: a list may hold one who is to be
/// taken out.
fn user(dict: &Dict, json: &Json) -> Option<i64> {
    refs::user(dict, json).map(|user| user.id)
}

fn group(dict: &Dict, json: &Json) -> Option<i64> {
    match refs::written(json)? {
        Written::Id(id) => dict.groups.get(id).map(|group| group.id),
        Written::Word(_) | Written::Name(_) => None,
    }
}

fn role(json: &Json) -> Option<Role> {
    match refs::written(json)? {
        Written::Word(word) => Role::ALL.into_iter().find(|role| role.id() == word),
        Written::Id(_) | Written::Name(_) => None,
    }
}
