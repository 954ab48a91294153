//! Items as they go over the wire.

use serde_json::Value as Json;
use trackway_api::checklists::{ChecklistAssignee, ChecklistDeadline, ChecklistItem};

use super::{Item, read};
use crate::dict::Dict;
use crate::markup;
use crate::time::{Instant, instant_text};
use crate::view::View;

/// Writes an item.
pub fn item(dict: &Dict, view: &View, now: Instant, item: &Item) -> ChecklistItem {
    let kind = if item.kind.is_empty() { "standard" } else { &item.kind };
    ChecklistItem {
        id: item.id.clone(),
        text: item.text.clone(),
        text_html: Some(markup::html(&item.text)),
        checked: item.checked,
        assignee: item.assignee.map(|uid| assignee(dict, view, uid)),
        deadline: item.deadline.as_ref().map(|deadline| ChecklistDeadline {
            date: instant_text(deadline.date),
            deadline_type: deadline.kind.clone(),
            is_exceeded: deadline.date < now,
        }),
        checklist_item_type: kind.to_owned(),
        url: item.url.clone(),
    }
}

fn assignee(dict: &Dict, view: &View, uid: i64) -> ChecklistAssignee {
    let member = dict.users.get(uid);
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ChecklistAssignee {
        id: uid,
        display: member.map_or_else(|| uid.to_string(), |m| m.name.get(view.lang).to_owned()),
        passport_uid: uid,
        tracker_uid: uid,
        cloud_uid: member.and_then(|m| text(&m.body.cloud_uid)),
        login: member.and_then(|m| text(&m.body.login)),
        first_name: member.and_then(|m| text(m.body.first_name.get(view.lang))),
        last_name: member.and_then(|m| text(m.body.last_name.get(view.lang))),
        email: member.and_then(|m| text(&m.body.email)),
    }
}

/// Writes a stored checklist as JSON.
pub fn write(out: &mut Vec<u8>, dict: &Dict, view: &View, now: Instant, stored: &Json) {
    let items: Vec<ChecklistItem> =
        read(stored).iter().map(|one| item(dict, view, now, one)).collect();
    // Writing into a vector cannot fail.
    serde_json::to_writer(out, &items).unwrap_or_default();
}
