//! Sprints.

use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::params::IfMatch;
use crate::types::{Members, PlainRef, RefInput, UserRef};

wire! {
    /// A sprint.
    pub struct Sprint {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        board: PlainRef,
        status: String,
        archived: bool,
        created_by: UserRef,
        created_at: String,
        start_date: String,
        end_date: String,
        start_date_time?: String,
        end_date_time?: String,
    }
    /// A new sprint.
    pub struct SprintCreate {
        name?: String,
        board?: RefInput,
        start_date?: String,
        end_date?: String,
        start_date_time?: String,
        end_date_time?: String,
    }
}

endpoints! {
    /// Sprints of all boards the caller may see.
    ListSprints GET "/sprints" read => 200 Vec<Sprint> {
        query { per_page = "perPage": i64, page: i64 }
    }
    /// Creates a sprint.
    CreateSprint POST "/sprints" write => 201 Sprint {
        body Json<SprintCreate>
    }
    /// One sprint.
    GetSprint GET "/sprints/{sprintId}" read => 200 Sprint {
        path { sprint }
    }
    /// Changes a sprint; `status` starts, finishes and archives it.
    UpdateSprint PATCH "/sprints/{sprintId}" write => 200 Sprint {
        path { sprint }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a sprint; its issues lose it.
    DeleteSprint DELETE "/sprints/{sprintId}" write => 204 () {
        path { sprint }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
    }
    /// Starts a sprint.
    StartSprint POST "/sprints/{sprintId}/_start" write => 200 Sprint {
        path { sprint }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// Finishes a sprint that runs; its issues stay where they are.
    FinishSprint POST "/sprints/{sprintId}/_finish" write => 200 Sprint {
        path { sprint }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// Archives a sprint.
    ArchiveSprint POST "/sprints/{sprintId}/_archive" write => 200 Sprint {
        path { sprint }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
}
