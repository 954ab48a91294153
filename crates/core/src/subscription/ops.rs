//! Operations on subscriptions.

use serde_json::Value as Json;
use trackway_api::subscriptions::{
    CreateSubscription, DeleteSubscription, ListSubscriptions, Subscription,
};
use trackway_api::types::PlainRef;

use super::Target;
use super::store::{self, SubscriberRow};
use crate::access::EntityRight;
use crate::cx::{Cx, Reply};
use crate::dict::model::EntityType;
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::queue::input as fields;
use crate::user;

/// Every change is told.
const ALL: &str = "all";
/// Only creations are told.
const CREATED: &str = "created";
/// Most subscriptions of one person.
const MAX_SUBSCRIPTIONS: usize = 1000;

/// Subscriptions of the caller; with `type` and `object` those to an object that the caller manages.
///
/// # Errors
/// 400 for one parameter without the other, 404 and 403 as for the object.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListSubscriptions) -> Result<Reply<Vec<Subscription>>> {
    let rows: Vec<SubscriberRow> = match (r.kind.as_deref(), r.object.as_deref()) {
        (None, None) => cx.tx.all(store::OF_USER, &[&cx.dict.org_id, &cx.actor.uid])?,
        (Some(kind), Some(object)) => {
            let target = Target::from_name(kind).ok_or_else(|| {
                Code::BadParameter.with("type").and("must be queue, component, version or goal")
            })?;
            let id = find(cx, target, &object.into(), true)?;
            cx.tx.all(store::OF_OBJECT, &[&cx.dict.org_id, &id, &target.name()])?
        }
        _ => return Err(Code::BadParameter.with("object").and("goes with type")),
    };
    Ok(rows.iter().filter_map(|row| wire(cx, row)).collect::<Vec<_>>().into())
}

/// Subscribes the caller to something they may see, or somebody else to something they manage.
/// Whoever is subscribed already is told what is asked for now.
///
/// # Errors
/// 404 and 403 as for the object, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateSubscription) -> Result<Reply<Subscription>> {
    let body = &r.body.0;
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    let kind = fields::required(given("type"), "type")?;
    let unknown =
        |json: &Json, member: &str| Code::ValueUnknown.with(fields::shown(json)).under(member);
    let target = Target::from_name(fields::text(kind, "type")?);
    let target = target.ok_or_else(|| unknown(kind, "type"))?;
    let object = fields::required(given("object"), "object")?;
    let user = match given("user") {
        None => cx.actor.uid,
        Some(json) => fields::person(&cx.dict, json).ok_or_else(|| unknown(json, "user"))?,
    };
    let created_only = match given("events") {
        None => false,
        Some(json) => match fields::text(json, "events")? {
            ALL => false,
            CREATED => true,
            _ => return Err(unknown(json, "events")),
        },
    };
    let id = find(cx, target, object, user != cx.actor.uid)?;
    let org = cx.dict.org_id;
    let own: Vec<SubscriberRow> = cx.tx.all(store::OF_USER, &[&org, &user])?;
    if own.len() >= MAX_SUBSCRIPTIONS {
        return Err(Code::TooManyValues.with(MAX_SUBSCRIPTIONS));
    }
    let row = SubscriberRow {
        kind: target.name().to_owned(),
        object_id: id,
        user_id: user,
        created_only: i64::from(created_only),
    };
    let params: [&dyn trackway_db::Param; 5] = [&org, &id, &user, &row.kind, &row.created_only];
    cx.tx.exec(store::PUT, &params)?;
    wire(cx, &row).map(Reply::new).ok_or_else(|| Code::SubscriptionNotFound.err())
}

/// Ends a subscription: one's own, or one to something the caller manages.
///
/// # Errors
/// 404 when there is none, or none that the caller may end.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteSubscription) -> Result<Reply<()>> {
    let missing = || Code::SubscriptionNotFound.err();
    let mut parts = r.id.splitn(3, '.');
    let target = parts.next().and_then(Target::from_name).ok_or_else(missing)?;
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or_else(missing);
    let (object, user) = (number()?, number()?);
    if user != cx.actor.uid {
        find(cx, target, &object.into(), true).map_err(|_| missing())?;
    }
    let params: [&dyn trackway_db::Param; 4] = [&cx.dict.org_id, &object, &user, &target.name()];
    if cx.tx.exec(store::DELETE, &params)? == 0 { Err(missing()) } else { Ok(Reply::new(())) }
}

/// The object of a subscription. The caller must see it, to subscribe others manage it.
fn find(cx: &Cx<'_, '_>, target: Target, json: &Json, manage: bool) -> Result<i64> {
    let queue = |id: i64| {
        let id = id.to_string();
        if manage { cx.queue_to_administer(&id) } else { cx.queue(&id) }
    };
    match target {
        Target::Queue => {
            let found = refs::object(&cx.dict.queues, json, |queue| !queue.deleted);
            let id = found.map(|queue| queue.id).ok_or_else(|| Code::QueueNotFound.err())?;
            Ok(queue(id)?.id)
        }
        Target::Component => {
            let found = refs::object(&cx.dict.components, json, |_| true);
            let found = found.ok_or_else(|| Code::ComponentNotFound.err())?;
            queue(found.body.queue)?;
            Ok(found.id)
        }
        Target::Version => {
            let found = refs::object(&cx.dict.versions, json, |_| true);
            let found = found.ok_or_else(|| Code::VersionNotFound.err())?;
            queue(found.body.queue)?;
            Ok(found.id)
        }
        Target::Goal => {
            let id = match json {
                Json::Object(members) => members.get("id").map(fields::shown).unwrap_or_default(),
                other => fields::shown(other),
            };
            let right = if manage { EntityRight::Write } else { EntityRight::Read };
            Ok(cx.entity(EntityType::Goal, &id, right)?.id)
        }
    }
}

/// A subscription on the wire; nothing when its object is gone.
fn wire(cx: &Cx<'_, '_>, row: &SubscriberRow) -> Option<Subscription> {
    let target = Target::from_name(&row.kind)?;
    let (dict, view) = (&cx.dict, &cx.view);
    let object: PlainRef = match target {
        Target::Queue => {
            let queue = dict.queues.get(row.object_id).filter(|queue| !queue.body.deleted)?;
            queue.plain_ref(view)
        }
        Target::Component => dict.components.get(row.object_id)?.plain_ref(view),
        Target::Version => dict.versions.get(row.object_id)?.plain_ref(view),
        Target::Goal => dict.entities.get(row.object_id)?.plain_ref(view),
    };
    let id = format!("{}.{}.{}", row.kind, row.object_id, row.user_id);
    Some(Subscription {
        self_url: view.url(&format!("/subscriptions/{id}")),
        id,
        kind: row.kind.clone(),
        object,
        user: user::reference(dict, view, row.user_id),
        events: if row.created_only == 0 { ALL } else { CREATED }.to_owned(),
    })
}
