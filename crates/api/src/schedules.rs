//! Recurring issues of a queue. An extension of ours: the original keeps these rules in its
//! interface.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members, PlainRef};

wire! {
    /// A rule that makes issues again and again.
    pub struct Schedule {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        queue: KeyedRef,
        name: String,
        issues: Vec<Value>,
        unit: String,
        every: i64,
        weekdays: Vec<String>,
        time_zone: String,
        start: String,
        end?: String,
        calendar?: PlainRef,
        active: bool,
        next_run?: String,
        last_run?: String,
        issues_created: i64,
        last_error?: String,
    }
}

endpoints! {
    /// Recurring issues of a queue.
    ListSchedules GET "/queues/{queueId}/schedules" read => 200 Vec<Schedule> { path { queue } }
    /// Creates a rule that makes issues every so many hours, days or weeks.
    CreateSchedule POST "/queues/{queueId}/schedules" write => 201 Schedule {
        path { queue }
        body Json<Members>
    }
    /// One rule of recurring issues.
    GetSchedule GET "/queues/{queueId}/schedules/{scheduleId}" read => 200 Schedule {
        path { queue, id }
    }
    /// Changes a rule of recurring issues.
    UpdateSchedule PATCH "/queues/{queueId}/schedules/{scheduleId}" write => 200 Schedule {
        path { queue, id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a rule of recurring issues; what it made stays.
    DeleteSchedule DELETE "/queues/{queueId}/schedules/{scheduleId}" write => 204 () {
        path { queue, id }
    }
}
