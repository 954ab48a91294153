//! Groups, departments, roles, mail lists, countries, translations, settings of users.

use crate::Json;
use crate::types::{Members, PlainRef, Text};

wire! {
    /// A group of people.
    pub struct Group {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        description?: Text,
        parent?: PlainRef,
    }
    /// A department.
    pub struct Department {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        parent?: PlainRef,
    }
    /// A mail list; its id is the address.
    pub struct Maillist {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: String,
        email: String,
        open: bool,
        info?: String,
    }
    /// A country.
    pub struct Country {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
    }
    /// The name of a dictionary object in both languages.
    pub struct Translation {
        #[serde(rename = "self")] self_url: String,
        id: String,
        key: String,
        version: i64,
        value: Text,
    }
    /// Settings of a user.
    pub struct UserSettings {
        #[serde(rename = "self")] self_url: String,
        language?: String,
        time_zone?: String,
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
    /// Departments of the organisation.
    ListDepartments GET "/departments" read => 200 Vec<Department> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One department.
    GetDepartment GET "/departments/{departmentId}" read => 200 Department {
        path { id }
        query { localized: bool }
    }
    /// Countries.
    ListCountries GET "/countries" read => 200 Vec<Country> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One country.
    GetCountry GET "/countries/{countryId}" read => 200 Country {
        path { id }
        query { localized: bool }
    }
    /// Mail lists of the organisation.
    ListMaillists GET "/maillists" read => 200 Vec<Maillist> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One mail list by its address.
    GetMaillist GET "/maillists/{maillistId}" read => 200 Maillist {
        path { id }
        query { localized: bool }
    }
    /// Names of the dictionaries' objects in both languages.
    ListTranslations GET "/translations" read => 200 Vec<Translation> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One translation.
    GetTranslation GET "/translations/{translationId}" read => 200 Translation {
        path { id }
        query { localized: bool }
    }
    /// Settings of a user, for the user and for administrators.
    GetUserSettings GET "/users/{userId}/settings" read => 200 UserSettings { path { user } }
    /// Changes settings of a user, by the user and by administrators.
    UpdateUserSettings PATCH "/users/{userId}/settings" write => 200 UserSettings {
        path { user }
        body Json<Members>
    }
}
