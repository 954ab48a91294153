//! Versions and components of queues.

use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::types::{KeyedRef, Members, PlainRef, RefInput, UserRef};

wire! {
    /// A version of a queue. With `fields` everything but `self`, `id` and `version` may be
    /// missing.
    #[serde(default)]
    pub struct Version {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        queue: KeyedRef,
        name: String,
        description?: String,
        start_date?: String,
        due_date?: String,
        released_at?: String,
        released: bool,
        archived: bool,
        next?: PlainRef,
    }
    /// A new version.
    pub struct VersionCreate {
        queue?: RefInput,
        name?: String,
        description?: String,
        start_date?: String,
        due_date?: String,
    }
    /// A component of a queue.
    pub struct Component {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        queue: KeyedRef,
        description?: String,
        lead?: UserRef,
        assign_auto: bool,
        archived?: bool,
    }
    /// A new component.
    pub struct ComponentCreate {
        queue?: RefInput,
        name?: String,
        description?: String,
        lead?: RefInput,
        assign_auto?: bool,
    }
}

endpoints! {
    /// Versions of a queue.
    ListQueueVersions GET "/queues/{queueId}/versions" read => 200 Vec<Version> {
        path { queue }
        query { localized: bool }
    }
    /// Components of a queue.
    ListQueueComponents GET "/queues/{queueId}/components" read => 200 Vec<Component> {
        path { queue }
        query { localized: bool }
    }
    /// Creates a version in a queue.
    CreateVersionInQueue POST "/queues/{queueId}/versions" manage => 201 Version {
        path { queue }
        query { localized: bool }
        body Json<VersionCreate>
    }
    /// Creates a component in a queue.
    CreateComponentInQueue POST "/queues/{queueId}/components" manage => 201 Component {
        path { queue }
        query { localized: bool }
        body Json<ComponentCreate>
    }
    /// One version.
    GetVersion GET "/versions/{versionId}" read => 200 Version {
        path { id }
        query { fields: List, localized: bool }
    }
    /// Versions of all queues.
    ListVersions GET "/versions" read => 200 Vec<Version> {
        query { fields: List, localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Creates a version.
    CreateVersion POST "/versions" manage => 201 Version {
        query { localized: bool }
        body Json<VersionCreate>
    }
    /// Changes a version.
    UpdateVersion PATCH "/versions/{versionId}" manage => 200 Version {
        path { id }
        query { fields: List, version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Archives a version.
    ArchiveVersion POST "/versions/{versionId}/_archive" manage => 200 Version {
        path { id }
        query { localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// Releases a version.
    ReleaseVersion POST "/versions/{versionId}/_release" manage => 200 Version {
        path { id }
        query { localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// One component.
    GetComponent GET "/components/{componentId}" read => 200 Component {
        path { id }
        query { localized: bool }
    }
    /// Components of all queues.
    ListComponents GET "/components" read => 200 Vec<Component> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Creates a component.
    CreateComponent POST "/components" manage => 201 Component {
        query { localized: bool }
        body Json<ComponentCreate>
    }
    /// Changes a component.
    UpdateComponent PATCH "/components/{componentId}" manage => 200 Component {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a component; issues lose it.
    DeleteComponent DELETE "/components/{componentId}" manage => 204 () {
        path { id }
        header { if_match = "If-Match": IfMatch }
    }
    /// Deletes a version; issues lose it.
    DeleteVersion DELETE "/versions/{versionId}" manage => 204 () { path { id } }
}
