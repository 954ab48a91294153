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
    /// Parent group.
    pub parent: Option<i64>,
    /// Members are administrators of the organisation.
    pub admin: bool,
    /// Members have full access.
    pub full: bool,
}

impl Body for Group {
    const KIND: Kind = Kind::Group;
    const PATH: &'static str = "groups";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        self.name.clone()
    }
}

/// Id of the group that holds everybody (permissions.md, 2.3).
pub const EVERYBODY: i64 = 0;

/// A member of the organisation. The object id is the account's uid.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
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
    /// Groups the member is in, besides everybody.
    pub groups: Vec<i64>,
    /// Language chosen by the member.
    pub language: Option<String>,
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
