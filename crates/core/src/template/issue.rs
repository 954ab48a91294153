//! Templates of issues.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trackway_api::templates::{
    GetIssueTemplate, IssueTemplate as Wire, ListIssueTemplates, ListQueueIssueTemplates,
};
use trackway_api::types::Members;

use super::{Template, sees};
use crate::cx::{Cx, Reply};
use crate::dict::model::IssueTemplate;
use crate::dict::{Dict, Object, Table, store};
use crate::error::{Code, Result};
use crate::field::no::FieldNo;
use crate::issue::input::stored;
use crate::issue::render::value_json;
use crate::queue::input;
use crate::queue::render::{filled, keyed};
use crate::view::View;

impl Template for IssueTemplate {
    type Wire = Wire;

    fn table(dict: &Dict) -> &Table<Self> {
        &dict.issue_templates
    }

    fn queue(&self) -> Option<i64> {
        self.queue
    }

    fn wire(dict: &Dict, view: &View, template: &Object<Self>) -> Wire {
        let body = &template.body;
        let fields = body.fields.iter().filter_map(|(field, value)| {
            let def = dict.field_index.get(FieldNo::try_from(*field).ok()?)?;
            Some((def.wire.clone(), value_json(dict, view, def, value)))
        });
        Wire {
            self_url: view.url(&template.path()),
            id: template.id,
            version: template.version,
            name: body.name.clone(),
            description: filled(&body.description),
            field_templates: fields.collect(),
            queue: body.queue.map(|id| keyed(&dict.queues, id, view)),
        }
    }
}

/// Templates the caller may use, of all queues.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListIssueTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    super::page_of(cx, (r.page, r.per_page), |template: &Object<IssueTemplate>| sees(cx, template))
}

/// Templates of a queue and those of no queue.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueIssueTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    super::of_queue::<IssueTemplate>(cx, &r.queue, (r.page, r.per_page))
}

/// One template.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetIssueTemplate) -> Result<Reply<Wire>> {
    cx.view.localize(r.localized);
    super::one::<IssueTemplate>(cx, &r.id)
}

/// Adds a template, whose fields are written as those of a new issue.
///
/// # Errors
/// 404 for an unknown queue, 422 for wrong fields.
pub fn add(
    cx: &mut Cx<'_, '_>,
    name: &str,
    description: &str,
    queue: Option<&str>,
    fields: &Members,
) -> Result<i64> {
    let queue = queue.map(|queue| cx.queue(queue)).transpose()?.map(|q| q.id);
    let mut values = BTreeMap::new();
    for (member, json) in fields {
        let def =
            cx.dict.field_index.by_wire(member).ok_or_else(|| Code::FieldUnknown.at(member))?;
        let one = |json: &Json| {
            let value = stored(&cx.dict, def, queue, json);
            value.ok_or_else(|| Code::ValueUnknown.with(input::shown(json)).under(member))
        };
        let value = match json {
            Json::Array(items) if def.array => items.iter().map(one).collect::<Result<_>>()?,
            one_item if def.array => Json::Array(vec![one(one_item)?]),
            plain => one(plain)?,
        };
        values.insert(i64::from(def.no), value);
    }
    let body = IssueTemplate {
        name: input::name(name)?,
        description: input::description(description)?,
        queue,
        fields: values,
    };
    Ok(store::insert(cx, "", body)?.id)
}
