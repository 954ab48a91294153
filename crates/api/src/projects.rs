//! Projects in their old form; the same projects as those of `entities`.

use crate::input::Json;
use crate::params::{IfMatch, List};
use crate::queues::{AccessParticipants, AccessSet, Participants, PermissionSet, Queue};
use crate::types::{KeyedRef, Members, PlainRef, UserRef};

wire! {
    /// A project.
    pub struct Project {
        #[serde(rename = "self")] self_url: String,
        id: String,
        version: i64,
        key: String,
        name: String,
        description?: String,
        lead?: UserRef,
        status: String,
        start_date?: String,
        end_date?: String,
        team_users*: UserRef,
        team_groups*: PlainRef,
        queues?: Vec<KeyedRef>,
    }
}

endpoints! {
    /// Projects the caller may see.
    ListProjects GET "/projects" read => 200 Vec<Project> {
        query { expand: List, per_page = "perPage": i64, page: i64, localized: bool }
    }
    /// Creates a project.
    CreateProject POST "/projects" write => 201 Project {
        query { expand: List }
        body Json<Members>
    }
    /// One project.
    GetProject GET "/projects/{projectId}" read => 200 Project {
        path { project }
        query { expand: List, localized: bool }
    }
    /// Changes a project.
    ReplaceProject PUT "/projects/{projectId}" write => 200 Project {
        path { project }
        query { version: i64, expand: List }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Changes a project, as the official client spells it.
    UpdateProject PATCH "/projects/{projectId}" write => 200 Project {
        path { project }
        query { version: i64, expand: List }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a project.
    DeleteProject DELETE "/projects/{projectId}" write => 204 () {
        path { project }
    }
    /// Queues of a project.
    ListProjectQueues GET "/projects/{projectId}/queues" read => 200 Vec<Queue> {
        path { project }
        query { expand: List }
    }
    /// Who holds which permission on a project.
    GetProjectPermissions GET "/projects/{projectId}/permissions" read => 200 PermissionSet {
        path { project }
    }
    /// Who holds one permission on a project.
    GetProjectPermissionOne GET "/projects/{projectId}/permissions/{permissionCode}"
        read => 200 Participants {
        path { project, permission }
    }
    /// People and groups with permissions on a project, roles resolved.
    GetProjectAccess GET "/projects/{projectId}/access" read => 200 AccessSet {
        path { project }
    }
    /// People and groups with one permission on a project, roles resolved.
    GetProjectAccessOne GET "/projects/{projectId}/access/{permissionCode}"
        read => 200 AccessParticipants {
        path { project, permission }
    }
    /// Projects that include a queue.
    ListQueueProjects GET "/queues/{queueId}/projects" read => 200 Vec<PlainRef> {
        path { queue }
        query { localized: bool }
    }
}
