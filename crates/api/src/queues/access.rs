//! Who may do what in queues and with issues of components.

use std::collections::BTreeMap;

use super::parts::Component;
use crate::input::Json;
use crate::types::{Members, PlainRef, Text, UserRef};

wire! {
    /// Through what a right comes.
    pub struct SubjectRight {
        users*: UserRef,
        groups*: PlainRef,
        roles*: RoleRef,
    }
    /// What a user or group may do in a queue.
    pub struct SubjectAccess {
        user?: UserRef,
        group?: PlainRef,
        permissions: BTreeMap<String, SubjectRight>,
        components*: PlainRef,
    }
    /// What a user or group may do with issues of a component.
    pub struct SubjectComponentAccess {
        user?: UserRef,
        group?: PlainRef,
        component: Component,
        permissions: BTreeMap<String, SubjectRight>,
    }
    /// A role in permissions.
    pub struct RoleRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: Text,
    }
    /// Who holds a permission.
    pub struct Participants {
        #[serde(rename = "self")] self_url: String,
        users*: UserRef,
        groups*: PlainRef,
        roles*: RoleRef,
    }
    /// Who holds the permissions of a queue.
    pub struct PermissionSet {
        #[serde(rename = "self")] self_url: String,
        version: i64,
        create?: Participants,
        write?: Participants,
        read?: Participants,
        grant?: Participants,
        deny?: Participants,
    }
    /// The people and groups that hold a permission, roles resolved.
    pub struct AccessParticipants {
        #[serde(rename = "self")] self_url: String,
        users*: UserRef,
        groups*: PlainRef,
    }
    /// The people and groups that hold the permissions of a queue, roles resolved.
    pub struct AccessSet {
        #[serde(rename = "self")] self_url: String,
        create?: AccessParticipants,
        write?: AccessParticipants,
        read?: AccessParticipants,
        grant?: AccessParticipants,
    }
}

endpoints! {
    /// What a user may do in a queue.
    GetQueuePermissionsOfUser GET "/queues/{queueId}/permissions/users/{userId}" read
        => 200 SubjectAccess {
        path { queue, user }
        query { localized: bool }
    }
    /// What a group may do in a queue.
    GetQueuePermissionsOfGroup GET "/queues/{queueId}/permissions/groups/{groupId}" read
        => 200 SubjectAccess {
        path { queue, group }
        query { localized: bool }
    }
    /// Permissions of a queue.
    GetQueuePermissions GET "/queues/{queueId}/permissions" read => 200 PermissionSet {
        path { queue }
        query { localized: bool }
    }
    /// Changes the permissions of a queue.
    UpdateQueuePermissions PATCH "/queues/{queueId}/permissions" manage => 200 PermissionSet {
        path { queue }
        query { localized: bool }
        body Json<Members>
    }
    /// Holders of one permission of a queue.
    GetQueuePermission GET "/queues/{queueId}/permissions/{permissionCode}" read
        => 200 Participants {
        path { queue, permission }
        query { localized: bool }
    }
    /// The people and groups that hold the permissions of a queue.
    GetQueueAccess GET "/queues/{queueId}/access" read => 200 AccessSet {
        path { queue }
        query { localized: bool }
    }
    /// The people and groups that hold one permission of a queue.
    GetQueueAccessOne GET "/queues/{queueId}/access/{permissionCode}" read
        => 200 AccessParticipants {
        path { queue, permission }
        query { localized: bool }
    }
    /// Whether the caller holds a permission on a queue.
    CheckQueuePermission GET "/queues/{queueId}/checkPermissions/{permissionCode}" read
        => 200 bool {
        path { queue, permission }
    }
    /// Rules of a component.
    GetComponentPermissions GET "/components/{componentId}/permissions" read
        => 200 PermissionSet {
        path { component }
        query { localized: bool }
    }
    /// Changes the rules of a component. An extension: the original has no operation for it.
    UpdateComponentPermissions PATCH "/components/{componentId}/permissions" manage
        => 200 PermissionSet {
        path { component }
        query { localized: bool }
        body Json<Members>
    }
    /// Takes the rules of a component away. An extension.
    DeleteComponentPermissions DELETE "/components/{componentId}/permissions" manage => 204 () {
        path { component }
    }
    /// Holders of one right in the rules of a component.
    GetComponentPermission GET "/components/{componentId}/permissions/{permissionCode}" read
        => 200 Participants {
        path { component, permission }
        query { localized: bool }
    }
    /// What a user may do with issues of a component.
    GetComponentPermissionsOfUser GET "/components/{componentId}/permissions/users/{userId}" read
        => 200 SubjectComponentAccess {
        path { component, user }
        query { localized: bool }
    }
    /// What a group may do with issues of a component.
    GetComponentPermissionsOfGroup
        GET "/components/{componentId}/permissions/groups/{groupId}" read
        => 200 SubjectComponentAccess {
        path { component, group }
        query { localized: bool }
    }
    /// The people and groups that hold rights on issues of a component.
    GetComponentAccess GET "/components/{componentId}/access" read => 200 AccessSet {
        path { component }
        query { localized: bool }
    }
    /// The people and groups that hold one right on issues of a component.
    GetComponentAccessOne GET "/components/{componentId}/access/{permissionCode}" read
        => 200 AccessParticipants {
        path { component, permission }
        query { localized: bool }
    }
}
