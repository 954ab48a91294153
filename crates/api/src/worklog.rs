//! Time spent on issues.

use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::types::{KeyedRef, UserRef};

wire! {
    /// A record of time spent.
    pub struct Worklog {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        issue: KeyedRef,
        comment?: String,
        created_by: UserRef,
        updated_by: UserRef,
        created_at: String,
        updated_at: String,
        start: String,
        duration: String,
    }
    /// A new record; `start` is the present moment when it is missing.
    pub struct WorklogCreate {
        start?: Value,
        duration?: Value,
        comment?: Value,
    }
    /// Which records are wanted; bounds are inclusive.
    pub struct WorklogSearch {
        created_by?: Value,
        created_at?: Value,
        start?: Value,
    }
    /// Time recorded elsewhere.
    pub struct ImportedWorklog {
        duration?: Value,
        start?: Value,
        comment?: Value,
        created_at?: Value,
        created_by?: Value,
        updated_at?: Value,
        updated_by?: Value,
    }
}

endpoints! {
    /// Time records of an issue, oldest first.
    ListIssueWorklog GET "/issues/{issueId}/worklog" read => 200 Vec<Worklog> {
        path { issue }
        query { per_page = "perPage": i64, id: String }
    }
    /// Records time spent on an issue.
    AddWorklog POST "/issues/{issueId}/worklog" write => 201 Worklog {
        path { issue }
        query { notify: bool, notify_author = "notifyAuthor": bool }
        body Json<WorklogCreate>
    }
    /// One time record of an issue.
    GetWorklog GET "/issues/{issueId}/worklog/{worklogId}" read => 200 Worklog {
        path { issue, worklog }
    }
    /// Changes a time record.
    UpdateWorklog PATCH "/issues/{issueId}/worklog/{worklogId}" write => 200 Worklog {
        path { issue, worklog }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<crate::types::Members>
    }
    /// Deletes a time record.
    DeleteWorklog DELETE "/issues/{issueId}/worklog/{worklogId}" write => 204 () {
        path { issue, worklog }
    }
    /// Time records of the organisation by author and time.
    ListWorklog GET "/worklog" read => 200 Vec<Worklog> {
        query { created_by = "createdBy": String, created_at = "createdAt": List, start: List,
            per_page = "perPage": i64, page: i64 }
    }
    /// One time record by its id alone.
    GetWorklogById GET "/worklog/{worklogId}" read => 200 Worklog { path { worklog } }
    /// Finds time records of the organisation.
    SearchWorklog POST "/worklog/_search" read => 200 Vec<Worklog> {
        query { per_page = "perPage": i64, page: i64 }
        body MaybeJson<WorklogSearch>
    }
    /// Adds a time record with the author and time it had elsewhere.
    ImportWorklog POST "/issues/{issueId}/worklogs/_import" write => 200 Vec<Worklog> {
        path { issue }
        body Json<ImportedWorklog>
    }
}
