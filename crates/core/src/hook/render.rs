//! Events as webhooks and the event stream tell them: what happened to which issue, without its
//! texts. Whoever wants more asks for the issue or the change, with their own rights.

use serde_json::{Value as Json, json};

use crate::cx::Cx;
use crate::event::EventBody;
use crate::event::log::LoggedRow;
use crate::field::no;
use crate::ids::{Tag, hex_id};
use crate::issue::Issue;
use crate::time::instant_text;
use crate::user;

/// An event as JSON.
pub fn event(cx: &Cx<'_, '_>, row: &LoggedRow, body: &EventBody, issue: &Issue) -> Json {
    let (dict, view) = (&cx.dict, &cx.view);
    let key = issue.key(dict);
    let fields: Vec<&str> = body
        .fields
        .iter()
        .filter_map(|delta| dict.field_index.get(delta.0))
        .map(|def| def.wire.as_str())
        .collect();
    let comments: Vec<i64> = body.comments.iter().map(|comment| comment.id).collect();
    json!({
        "id": row.place().to_string(),
        "type": row.kind,
        "changeId": hex_id(Tag::Change, row.at, row.id),
        "at": instant_text(row.at),
        "actor": user::reference(dict, view, row.actor),
        "issue": {
            "self": view.url(&format!("/issues/{key}")),
            "id": issue.hex(),
            "key": key,
            "display": issue.text(no::SUMMARY),
        },
        "queue": dict.queues.get(issue.queue).map(|queue| queue.keyed_ref(view)),
        "fields": fields,
        "comments": comments,
    })
}
