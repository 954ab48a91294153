//! Service levels of queues, and work calendars. Extensions of ours; the `sla` member of issues is
//! the original's.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members, PlainRef, UserRef};

wire! {
    /// A work calendar.
    pub struct Calendar {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        owner: UserRef,
        time_zone: String,
        hours: Members,
        country?: String,
        exceptions: Vec<Value>,
    }
    /// A rule of service levels.
    pub struct Sla {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        queue: KeyedRef,
        name: String,
        calendar?: PlainRef,
        levels: Vec<Value>,
        start: Vec<Value>,
        pause: Vec<Value>,
        stop: Vec<Value>,
        restartable: bool,
        alerts: Vec<UserRef>,
    }
}

endpoints! {
    /// Work calendars of the caller.
    ListCalendars GET "/calendars" read => 200 Vec<Calendar> {}
    /// Creates a work calendar.
    CreateCalendar POST "/calendars" write => 201 Calendar { body Json<Members> }
    /// One work calendar.
    GetCalendar GET "/calendars/{calendarId}" read => 200 Calendar { path { id } }
    /// Changes a work calendar.
    UpdateCalendar PATCH "/calendars/{calendarId}" write => 200 Calendar {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a work calendar that nothing uses.
    DeleteCalendar DELETE "/calendars/{calendarId}" write => 204 () { path { id } }
    /// Service levels of a queue.
    ListSlas GET "/queues/{queueId}/slas" read => 200 Vec<Sla> { path { queue } }
    /// Creates a rule of service levels; it applies to issues created after it.
    CreateSla POST "/queues/{queueId}/slas" manage => 201 Sla {
        path { queue }
        body Json<Members>
    }
    /// One rule of service levels.
    GetSla GET "/queues/{queueId}/slas/{slaId}" read => 200 Sla { path { queue, id } }
    /// Changes a rule of service levels.
    UpdateSla PATCH "/queues/{queueId}/slas/{slaId}" manage => 200 Sla {
        path { queue, id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a rule of service levels with its timers.
    DeleteSla DELETE "/queues/{queueId}/slas/{slaId}" manage => 204 () { path { queue, id } }
}
