//! Automatic actions of a queue, on a schedule, and their log.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members};

wire! {
    /// An automatic action.
    pub struct AutoAction {
        id: i64,
        #[serde(rename = "self")] self_url: String,
        queue: KeyedRef,
        version: i64,
        name: String,
        filter?: Members,
        query?: String,
        actions: Vec<Value>,
        active: bool,
        enable_notifications: bool,
        interval_millis: i64,
        calendar?: Value,
        created: String,
        updated: String,
        last_launch?: String,
        total_issues_processed: i64,
    }
    /// A launch of an automatic action.
    pub struct AutoActionLaunch {
        id: String,
        launch_time: String,
        search_hits: i64,
        successes: i64,
        failures: i64,
        search_failed: bool,
    }
    /// An issue that a launch handled.
    pub struct AutoActionLaunchIssue {
        id: String,
        issue_reference: LaunchIssueRef,
        status: LaunchStatus,
    }
    /// An issue in the log of a launch.
    pub struct LaunchIssueRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        version: i64,
        key: String,
        display: String,
    }
    /// How it went.
    pub struct LaunchStatus {
        value: String,
        display: String,
    }
}

endpoints! {
    /// Automatic actions of a queue.
    ListAutoactions GET "/queues/{queueId}/autoactions" read => 200 Vec<AutoAction> {
        path { queue }
        query { per_page = "perPage": i64, page: i64 }
    }
    /// Creates an automatic action.
    CreateAutoaction POST "/queues/{queueId}/autoactions" manage => 201 AutoAction {
        path { queue }
        body Json<Members>
    }
    /// One automatic action.
    GetAutoaction GET "/queues/{queueId}/autoactions/{autoactionId}" read => 200 AutoAction {
        path { queue, id }
    }
    /// Changes an automatic action.
    UpdateAutoaction PATCH "/queues/{queueId}/autoactions/{autoactionId}" manage
        => 200 AutoAction {
        path { queue, id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes an automatic action.
    DeleteAutoaction DELETE "/queues/{queueId}/autoactions/{autoactionId}" manage => 204 () {
        path { queue, id }
    }
    /// Launches of an automatic action, newest first.
    ListAutoactionLaunches GET "/queues/{queueId}/autoactions/{autoactionId}/logs" read
        => 200 Vec<AutoActionLaunch> {
        path { queue, id }
    }
    /// The issues a launch handled.
    ListAutoactionLaunchIssues GET "/queues/{queueId}/autoactions/{autoactionId}/logs/{launchId}"
        read => 200 Vec<AutoActionLaunchIssue> {
        path { queue, id, launch }
    }
}
