//! Statuses, issue types, priorities, resolutions, link types.

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{Members, Text};

wire! {
    /// A priority.
    pub struct Priority {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        key: String,
        version: i64,
        name: Text,
        description?: Text,
        order: i64,
    }
    /// A status.
    pub struct Status {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        key: String,
        name: Text,
        description?: Text,
        order: i64,
        #[serde(rename = "type")] status_type: String,
    }
    /// An issue type.
    pub struct IssueType {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        key: String,
        name: Text,
        description?: Text,
    }
    /// A resolution.
    pub struct Resolution {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        key: String,
        name: Text,
        description?: Text,
        order: i64,
    }
    /// A type of links between issues; the names say what the issue being read is.
    pub struct LinkType {
        #[serde(rename = "self")] self_url: String,
        id: String,
        inward: Text,
        outward: Text,
    }
}

endpoints! {
    /// Priorities, by order.
    ListPriorities GET "/priorities" read => 200 Vec<Priority> { query { localized: bool } }
    /// One priority by id or key.
    GetPriority GET "/priorities/{priorityId}" read => 200 Priority {
        path { id }
        query { localized: bool }
    }
    /// Statuses of the organisation.
    ListStatuses GET "/statuses" read => 200 Vec<Status> { query { localized: bool } }
    /// One status by id or key.
    GetStatus GET "/statuses/{idOrKey}" read => 200 Status {
        path { id }
        query { localized: bool }
    }
    /// Issue types of the organisation.
    ListIssueTypes GET "/issuetypes" read => 200 Vec<IssueType> { query { localized: bool } }
    /// One issue type by id or key.
    GetIssueType GET "/issuetypes/{idOrKey}" read => 200 IssueType {
        path { id }
        query { localized: bool }
    }
    /// Resolutions of the organisation.
    ListResolutions GET "/resolutions" read => 200 Vec<Resolution> { query { localized: bool } }
    /// One resolution by id or key.
    GetResolution GET "/resolutions/{idOrKey}" read => 200 Resolution {
        path { id }
        query { localized: bool }
    }
    /// Link types.
    ListLinkTypes GET "/linktypes" read => 200 Vec<LinkType> { query { localized: bool } }
    /// One link type.
    GetLinkType GET "/linktypes/{linkTypeId}" read => 200 LinkType {
        path { id }
        query { localized: bool }
    }
    /// Creates a status.
    CreateStatus POST "/statuses" manage => 201 Status { body Json<Members> }
    /// Changes a status.
    UpdateStatus PATCH "/statuses/{idOrKey}" manage => 200 Status {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Creates an issue type.
    CreateIssueType POST "/issuetypes" manage => 201 IssueType { body Json<Members> }
    /// Changes an issue type.
    UpdateIssueType PATCH "/issuetypes/{idOrKey}" manage => 200 IssueType {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Creates a priority.
    CreatePriority POST "/priorities" manage => 201 Priority { body Json<Members> }
    /// Changes a priority.
    UpdatePriority PATCH "/priorities/{priorityId}" manage => 200 Priority {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Creates a resolution.
    CreateResolution POST "/resolutions" manage => 201 Resolution { body Json<Members> }
    /// Changes a resolution.
    UpdateResolution PATCH "/resolutions/{idOrKey}" manage => 200 Resolution {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
}
