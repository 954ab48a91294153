//! Users and the caller.

use crate::params::List;
use crate::types::PlainRef;

wire! {
    /// An account of the organisation (contract: `UserFull`).
    pub struct User {
        #[serde(rename = "self")] self_url: String,
        uid: i64,
        login: String,
        tracker_uid?: i64,
        passport_uid?: i64,
        cloud_uid?: String,
        first_name?: String,
        last_name?: String,
        display: String,
        email?: String,
        external?: bool,
        has_license?: bool,
        dismissed?: bool,
        use_new_filters?: bool,
        disable_notifications?: bool,
        first_login_date?: String,
        last_login_date?: String,
        welcome_mail_sent?: bool,
        groups?: Vec<PlainRef>,
        sources*: String,
        position?: String,
    }
    /// A page of users by cursor.
    pub struct UsersPage {
        users: Vec<User>,
        has_next: bool,
    }
}

endpoints! {
    /// The account the request is made as; the documented check of access.
    GetMyself GET "/myself" read => 200 User {
        query { expand: List, localized: bool }
    }
    /// Users of the organisation, page by page.
    ListUsers GET "/users" read => 200 Vec<User> {
        query { per_page = "perPage": i64, page: i64, id: String, email: String, group: String,
            expand: List, localized: bool }
    }
    /// Users of the organisation, by cursor.
    ListUsersRelative GET "/users/_relative" read => 200 UsersPage {
        query { per_page = "perPage": i64, id: String, expand: List }
    }
    /// One user by uid or login.
    GetUser GET "/users/{userId}" read => 200 User {
        path { user }
        query { expand: List, localized: bool }
    }
}
