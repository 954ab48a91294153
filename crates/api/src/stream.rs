//! The event stream: what happens to the issues the caller may read, as it happens. An extension
//! of ours.

use serde_json::Value;

wire! {
    /// Events after a place of the log.
    pub struct Events {
        events: Vec<Value>,
        last_event_id: String,
    }
}

endpoints! {
    /// Events after a place of the log, oldest first. With `Accept: text/event-stream` the answer
    /// does not end: events are sent as they happen.
    StreamEvents GET "/events" read => 200 Events {
        query { last_event_id = "lastEventId": String, limit: i64 }
        header { resume = "Last-Event-ID": String }
    }
}
