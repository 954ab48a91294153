//! Groups of people and roles: whom permissions may name.

use crate::types::{PlainRef, Text};

wire! {
    /// A group of people.
    pub struct Group {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        parent?: PlainRef,
    }
    /// A role that an issue or a queue gives.
    pub struct Role {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
    }
}

endpoints! {
    /// Groups of the organisation.
    ListGroups GET "/groups" read => 200 Vec<Group> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One group.
    GetGroup GET "/groups/{groupId}" read => 200 Group {
        path { id }
        query { localized: bool }
    }
    /// Roles.
    ListRoles GET "/roles" read => 200 Vec<Role> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One role.
    GetRole GET "/roles/{roleId}" read => 200 Role {
        path { id }
        query { localized: bool }
    }
}
