//! Tags of a queue.

use trackway_api::queues::RemoveQueueTag;
use trackway_search::Cond;

use crate::audit::{self, Action, Entry};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::store;
use crate::issue::value::text_key;

/// Removes a tag that no issue of the queue carries.
///
/// # Errors
/// 404 and 403 as for changing a queue; 422 for a tag in use, 404 for one that is not there.
pub fn remove(cx: &mut Cx<'_, '_>, r: &RemoveQueueTag) -> Result<Reply<()>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let tag = r.body.0.tag.as_ref().ok_or_else(|| Code::FieldRequired.at("tag"))?;
    let tag = tag.as_str().ok_or_else(|| Code::ValueType.with("string").under("tag"))?;
    if !store::tags(cx, queue.id)?.iter().any(|known| known == tag) {
        return Err(Code::TagNotFound.err());
    }
    let used = {
        let index = cx.index.index.read();
        let carrying = index.eval(&Cond::Has(no::TAGS, text_key(tag)));
        !carrying.is_disjoint(&index.eval(&Cond::Has(no::QUEUE, queue.id)))
    };
    if used {
        return Err(Code::TagInUse.with(tag.chars().take(80).collect::<String>()).under("tag"));
    }
    store::forget_tag(cx, queue.id, tag)?;
    let before = serde_json::json!({"queue": queue.key, "tag": tag});
    let (action, object) = (Action::Delete, queue.id.to_string());
    let entry = Entry { action, kind: "tag", object, name: tag, before: Some(before), after: None };
    audit::record(cx, entry)?;
    Ok(Reply::new(()))
}
