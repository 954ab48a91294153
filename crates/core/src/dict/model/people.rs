//! People and groups.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind};
use crate::dict::Dict;
use crate::lang::Name;

/// A group or department.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Displayed name.
    pub name: Name,
    /// Description.
    #[serde(skip_serializing_if = "is_unnamed")]
    pub description: Name,
    /// Parent group.
    pub parent: Option<i64>,
    /// Members are administrators of the organisation.
    pub admin: bool,
    /// Members have full access.
    pub full: bool,
}

fn is_unnamed(name: &Name) -> bool {
    *name == Name::default()
}

impl Body for Group {
    const KIND: Kind = Kind::Group;
    const PATH: &'static str = "groups";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// A department, whose people may be named by it in filters of users.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Department {
    /// Displayed name.
    pub name: Name,
    /// The department it is a part of.
    pub parent: Option<i64>,
}

impl Body for Department {
    const KIND: Kind = Kind::Department;
    const PATH: &'static str = "departments";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// A mail list. The key is its address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MailList {
    /// Address as it was given.
    pub address: String,
    /// Displayed name.
    pub name: String,
    /// What it is for.
    pub info: String,
    /// Anybody may subscribe.
    pub open: bool,
    /// Who gets its mail.
    pub members: Vec<i64>,
}

impl Body for MailList {
    const KIND: Kind = Kind::MailList;
    const PATH: &'static str = "maillists";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        Name::new(if self.name.is_empty() { &self.address } else { &self.name }, "")
    }
}

/// Id of the group that holds everybody (permissions.md, 2.3).
pub const EVERYBODY: i64 = 0;

/// A member of the organisation. The object id is the account's uid.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Member {
    /// Login.
    pub login: String,
    /// Given name.
    pub first_name: Name,
    /// Family name.
    pub last_name: Name,
    /// Mail address.
    pub email: String,
    /// Job title.
    pub position: Name,
    /// Identifier in the cloud name space.
    pub cloud_uid: String,
    /// Administrator of the organisation.
    pub admin: bool,
    /// Full access; otherwise the member may only read.
    pub full: bool,
    /// No longer in the organisation.
    pub dismissed: bool,
    /// Dismissed because a directory does not know the member any more; comes back with its word.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Groups the member is in, besides everybody.
    pub groups: Vec<i64>,
    /// Department the member works in.
    pub department: Option<i64>,
    /// Language chosen by the member.
    pub language: Option<String>,
    /// Time zone chosen by the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// How far up groups are followed; a longer chain is a circle.
const MAX_DEPTH: usize = 32;

impl Member {
    /// Groups of the member with all groups these belong to, and everybody.
    pub fn all_groups(&self, dict: &Dict) -> Vec<i64> {
        let mut all = Vec::with_capacity(self.groups.len() + 1);
        for group in &self.groups {
            let mut next = Some(*group);
            for _ in 0..MAX_DEPTH {
                let Some(id) = next.filter(|id| !all.contains(id)) else { break };
                all.push(id);
                next = dict.groups.get(id).and_then(|group| group.body.parent);
            }
        }
        if !all.contains(&EVERYBODY) {
            all.push(EVERYBODY);
        }
        all
    }
}

impl Body for Member {
    const KIND: Kind = Kind::Member;
    const PATH: &'static str = "users";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        let join = |a: &str, b: &str| format!("{a} {b}").trim().to_owned();
        let name = Name {
            ru: join(&self.first_name.ru, &self.last_name.ru),
            en: join(&self.first_name.en, &self.last_name.en),
        };
        if name.ru.is_empty() && name.en.is_empty() {
            return Name::new(&self.login, &self.login);
        }
        name
    }
    /// Newer answers of the real service name these two (real-samples, 1).
    fn more(&self, id: i64) -> Vec<(&'static str, Value)> {
        vec![("cloudUid", self.cloud_uid.as_str().into()), ("passportUid", id.into())]
    }
}
