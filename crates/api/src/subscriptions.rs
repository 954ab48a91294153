//! Subscriptions of people to queues, components, versions and goals. An extension of ours: the
//! original keeps them in its interface.

use crate::input::Json;
use crate::types::{Members, PlainRef, UserRef};

wire! {
    /// That somebody is told of the issues of an object.
    pub struct Subscription {
        #[serde(rename = "self")] self_url: String,
        id: String,
        #[serde(rename = "type")] kind: String,
        object: PlainRef,
        user: UserRef,
        events: String,
    }
}

endpoints! {
    /// Subscriptions of the caller, or those to an object.
    ListSubscriptions GET "/subscriptions" read => 200 Vec<Subscription> {
        query { kind = "type": String, object: String }
    }
    /// Subscribes the caller, or somebody else.
    CreateSubscription POST "/subscriptions" manage => 201 Subscription { body Json<Members> }
    /// Ends a subscription.
    DeleteSubscription DELETE "/subscriptions/{subscriptionId}" manage => 204 () { path { id } }
}
