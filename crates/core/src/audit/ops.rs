//! Reading the audit log, which administrators may.

use serde_json::Value as Json;
use trackway_api::audit::{AuditObject, AuditRecord, AuditSource, ListAudit};

use super::store::{self, AuditRow, Filter};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::issue::refs;
use crate::time::{self, instant_text};
use crate::{paging, user};

/// Recorded changes, the newest first.
///
/// # Errors
/// 403 for everybody but administrators, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListAudit) -> Result<Reply<Vec<AuditRecord>>> {
    cx.actor.admin_only()?;
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let size = usize::try_from(per_page).map_err(Error::internal)?;
    let filter = filter(cx, r)?;
    let org_id = cx.dict.org_id;
    let mut rows = store::page(cx.tx, org_id, &filter, r.id, size + 1)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let records: Result<Vec<_>> = rows.into_iter().map(|row| record(cx, row)).collect();
    Ok(Reply::new(records?).paged(Paging::Relative { per_page, next }))
}

fn filter(cx: &Cx<'_, '_>, r: &ListAudit) -> Result<Filter> {
    let actor = match r.actor.as_deref() {
        None => None,
        Some(text) => {
            let user = refs::user_by_text(&cx.dict, text);
            Some(user.ok_or_else(|| Code::UserNotFound.err())?.id)
        }
    };
    if r.object.is_some() && r.kind.is_none() {
        return Err(Code::BadParameter.with("object").and("needs type besides"));
    }
    let at = |name: &str, text: Option<&String>| {
        let wrong = || Code::BadParameter.with(name).and("must be a date and time");
        text.map(|text| time::parse_instant(text).ok_or_else(wrong)).transpose()
    };
    Ok(Filter {
        actor,
        kind: r.kind.clone(),
        object: r.object.clone(),
        from: at("from", r.from.as_ref())?,
        to: at("to", r.to.as_ref())?,
    })
}

fn record(cx: &Cx<'_, '_>, row: AuditRow) -> Result<AuditRecord> {
    let json = |text: Option<String>| -> Result<Option<Json>> {
        text.map(|text| serde_json::from_str(&text).map_err(Error::internal)).transpose()
    };
    let filled = |text: String| (!text.is_empty()).then_some(text);
    Ok(AuditRecord {
        self_url: cx.view.url(&format!("/audit/{}", row.id)),
        id: row.id,
        created_at: instant_text(row.at),
        created_by: (row.actor != 0).then(|| user::reference(&cx.dict, &cx.view, row.actor)),
        action: row.action,
        object: AuditObject { kind: row.kind, id: row.object, display: row.name },
        source: AuditSource { address: filled(row.address), request_id: filled(row.request_id) },
        before: json(row.before)?,
        after: json(row.after)?,
    })
}
