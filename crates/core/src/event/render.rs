//! Events as entries of a changelog (contract, `Changelog`).

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use trackway_api::dictionaries::LinkType;
use trackway_api::types::{KeyedRef, PlainRef, UserRef};

use super::{
    AttachmentDelta, CommentDelta, EventBody, EventKind, EventRow, FieldDelta, LinkDelta, LinkEnd,
    RelatedResolution, WorklogDelta, WorklogState, store,
};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::ValueType;
use crate::error::{Error, Result};
use crate::field::{FieldDef, no};
use crate::ids::{Tag, hex_id};
use crate::issue::Issue;
use crate::issue::render::{Renderer, Selection};
use crate::issue::value::{Form, Val};
use crate::link::kinds::LinkKind;
use crate::link::remote;
use crate::time::{Instant, instant_text, span_text};
use crate::user;
use crate::view::View;

/// How every change came in. Events do not record it, because everything comes through the API;
/// the name is the one that the original gives to that way (contract, `Changelog.transport`).
const TRANSPORT: &str = "apiV2";

/// The wire form of an entry; as `trackway_api::changelog::Change`, but with values that are JSON
/// already. A test holds the two together.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    id: String,
    #[serde(rename = "self")]
    self_url: String,
    issue: &'a KeyedRef,
    updated_at: String,
    updated_by: UserRef,
    #[serde(rename = "type")]
    kind: &'a str,
    transport: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Attachments>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    worklog: Vec<WorklogEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_resolutions: Vec<ResolutionEntry>,
}

#[derive(Default, Serialize)]
struct Attachments {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<PlainRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<PlainRef>,
}

/// Both values are always there, `null` for none (contract, `ChangelogFieldChange`).
#[derive(Serialize)]
struct FieldEntry {
    field: PlainRef,
    from: Box<RawValue>,
    to: Box<RawValue>,
}

#[derive(Default, Serialize)]
struct Comments {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<CommentRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    updated: Vec<CommentEdit>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<CommentRef>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CommentRef {
    #[serde(rename = "self")]
    self_url: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_id: Option<String>,
    display: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CommentEdit {
    comment: CommentRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_reaction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_reaction: Option<String>,
}

#[derive(Serialize)]
struct WorklogEntry {
    record: PlainRef,
    from: Option<WorklogValue>,
    to: Option<WorklogValue>,
}

#[derive(Serialize)]
struct WorklogValue {
    duration: String,
    start: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResolutionEntry {
    direction: String,
    issue: KeyedRef,
    link_type: LinkType,
    new_resolution: Option<KeyedRef>,
}

#[derive(Serialize)]
struct LinkEntry {
    from: Option<LinkValue>,
    to: Option<LinkValue>,
}

#[derive(Serialize)]
struct LinkValue {
    #[serde(rename = "type")]
    kind: LinkType,
    direction: String,
    object: KeyedRef,
}

/// 24-digit id of an event.
pub fn hex(row: &EventRow) -> String {
    hex_id(Tag::Change, row.at, row.id)
}

/// Entries of one issue's changelog as JSON, one for each event. What they mention is read at
/// once.
///
/// # Errors
/// The database fails, or a stored event cannot be read.
pub fn entries(
    cx: &mut Cx<'_, '_>,
    issue: &Issue,
    rows: &[EventRow],
) -> Result<Vec<Box<RawValue>>> {
    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let bodies = rows
        .iter()
        .map(|row| serde_json::from_str(&row.body).map_err(Error::internal))
        .collect::<Result<Vec<EventBody>>>()?;
    let comments: Vec<i64> = bodies.iter().flat_map(|b| &b.comments).map(|c| c.id).collect();
    let times = store::comment_times(cx, issue.id, &comments)?;
    let selection = Selection::default();
    let mentioned = mentioned(&dict, &bodies);
    let renderer = Renderer::mentioning(cx, &dict, &view, &selection, &mentioned)?;
    let key = issue.key(&dict);
    let subject = KeyedRef {
        self_url: view.url(&format!("/issues/{key}")),
        id: issue.hex(),
        display: issue.text(no::SUMMARY).into(),
        key,
    };
    let writer =
        Writer { dict: &dict, view: &view, renderer, issue, subject, comment_times: times };
    rows.iter()
        .zip(&bodies)
        .map(|(row, body)| {
            serde_json::value::to_raw_value(&writer.entry(row, body)?).map_err(Error::internal)
        })
        .collect()
}

/// Other issues in the values and links of these events.
fn mentioned(dict: &Dict, bodies: &[EventBody]) -> Vec<i64> {
    let mut ids = Vec::new();
    for FieldDelta(field, from, to) in bodies.iter().flat_map(|b| &b.fields) {
        let def = dict.field_index.get(*field);
        if def.is_some_and(|d| d.value_type == ValueType::Issue) {
            for value in [from, to] {
                ids.extend(value.as_i64());
                ids.extend(value.as_array().into_iter().flatten().filter_map(Json::as_i64));
            }
        }
    }
    let links = bodies.iter().flat_map(|b| &b.links);
    let ends = links.flat_map(|l| [&l.from, &l.to]).flatten();
    ids.extend(ends.filter(|end| end.remote.is_none()).map(|end| end.other));
    ids.extend(bodies.iter().flat_map(|b| &b.resolutions).map(|r| r.link.other));
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Writes the entries of one issue.
struct Writer<'a> {
    dict: &'a Dict,
    view: &'a View,
    renderer: Renderer<'a>,
    issue: &'a Issue,
    subject: KeyedRef,
    comment_times: FxHashMap<i64, Instant>,
}

impl Writer<'_> {
    fn entry<'e>(&'e self, row: &'e EventRow, body: &EventBody) -> Result<Entry<'e>> {
        let id = hex(row);
        let fields = body.fields.iter().filter_map(|delta| self.field(&row.kind, delta));
        Ok(Entry {
            self_url: format!("{}/changelog/{id}", self.subject.self_url),
            id,
            issue: &self.subject,
            updated_at: instant_text(row.at),
            updated_by: user::reference(self.dict, self.view, row.actor),
            kind: &row.kind,
            transport: TRANSPORT,
            fields: fields.collect::<Result<_>>()?,
            comments: self.comments(&body.comments),
            links: body.links.iter().map(|link| self.link(link)).collect(),
            attachments: self.attachments(&body.attachments),
            worklog: body.worklog.iter().map(|delta| self.worklog(delta)).collect(),
            related_resolutions: body
                .resolutions
                .iter()
                .filter_map(|related| self.resolution(related))
                .collect(),
        })
    }

    /// A change of a field; none for fields that are hidden or gone.
    fn field(&self, kind: &str, delta: &FieldDelta) -> Option<Result<FieldEntry>> {
        let FieldDelta(field, from, to) = delta;
        let object = self.dict.fields.get(i64::from(*field)).filter(|f| !f.body.hidden)?;
        let def = self.dict.field_index.get(*field)?;
        // The time of the initial status is that of the creation, which is no change of status: the
        // first transition has no former start (contract, `executeTransition`).
        let first = kind == EventKind::IssueWorkflow.name()
            && *field == no::STATUS_START_TIME
            && from.as_i64() == Some(self.issue.created());
        let from = if first { &Json::Null } else { from };
        let entry = || {
            Ok(FieldEntry {
                field: object.plain_ref(self.view),
                from: self.value(def, from)?,
                to: self.value(def, to)?,
            })
        };
        Some(entry())
    }

    /// A stored value as it stands in an issue; one that no longer fits its field is shown as
    /// none.
    fn value(&self, def: &FieldDef, stored: &Json) -> Result<Box<RawValue>> {
        let Some(val) = Val::from_json(Form::of(def), stored) else {
            return serde_json::value::to_raw_value(&()).map_err(Error::internal);
        };
        let mut out = Vec::new();
        self.renderer.value(&mut out, def, &val);
        let json = String::from_utf8(out).map_err(Error::internal)?;
        RawValue::from_string(json).map_err(Error::internal)
    }

    fn comments(&self, deltas: &[CommentDelta]) -> Option<Comments> {
        let mut comments = Comments::default();
        for delta in deltas {
            let reacted = delta.added_reaction.is_some() || delta.removed_reaction.is_some();
            match (&delta.from, &delta.to) {
                (from, to) if reacted || (from.is_some() && to.is_some()) => {
                    comments.updated.push(CommentEdit {
                        comment: self.comment(delta.id, to.as_deref().unwrap_or_default()),
                        from: from.clone(),
                        to: to.clone().filter(|_| from.is_some()),
                        added_reaction: delta.added_reaction.clone(),
                        removed_reaction: delta.removed_reaction.clone(),
                    });
                }
                (Some(from), _) => comments.removed.push(self.comment(delta.id, from)),
                (None, to) => {
                    let text = to.as_deref().unwrap_or_default();
                    comments.added.push(self.comment(delta.id, text));
                }
            }
        }
        (!deltas.is_empty()).then_some(comments)
    }

    fn comment(&self, id: i64, text: &str) -> CommentRef {
        CommentRef {
            self_url: format!("{}/comments/{id}", self.subject.self_url),
            id: id.to_string(),
            object_id: self.comment_times.get(&id).map(|at| hex_id(Tag::Comment, *at, id)),
            display: text.to_owned(),
        }
    }

    fn attachments(&self, deltas: &[AttachmentDelta]) -> Option<Attachments> {
        let mut attachments = Attachments::default();
        for delta in deltas {
            let file = PlainRef {
                self_url: format!("{}/attachments/{}", self.subject.self_url, delta.id),
                id: delta.id.to_string(),
                display: delta.name.as_str().into(),
            };
            let list =
                if delta.removed { &mut attachments.removed } else { &mut attachments.added };
            list.push(file);
        }
        (!deltas.is_empty()).then_some(attachments)
    }

    fn link(&self, delta: &LinkDelta) -> LinkEntry {
        let end = |end: &Option<LinkEnd>| end.as_ref().and_then(|end| self.link_end(end));
        LinkEntry { from: end(&delta.from), to: end(&delta.to) }
    }

    fn link_end(&self, end: &LinkEnd) -> Option<LinkValue> {
        let object = match &end.remote {
            None => self.renderer.issue_ref(end.other),
            Some(remote) => KeyedRef {
                self_url: remote::object_url(self.view, &remote.application, &remote.key),
                id: remote.key.clone(),
                key: remote.key.clone(),
                display: remote.key.as_str().into(),
            },
        };
        Some(LinkValue {
            kind: LinkKind::from_key(&end.kind)?.wire(self.view),
            direction: end.direction.clone(),
            object,
        })
    }

    fn worklog(&self, delta: &WorklogDelta) -> WorklogEntry {
        let state = delta.to.as_ref().or(delta.from.as_ref());
        let record = PlainRef {
            self_url: format!("{}/worklog/{}", self.subject.self_url, delta.id),
            id: delta.id.to_string(),
            display: state.map(|s| span_text(s.seconds)).unwrap_or_default().as_str().into(),
        };
        let value = |state: &WorklogState| WorklogValue {
            duration: span_text(state.seconds),
            start: instant_text(state.start),
            comment: state.comment.clone(),
        };
        WorklogEntry {
            record,
            from: delta.from.as_ref().map(value),
            to: delta.to.as_ref().map(value),
        }
    }

    fn resolution(&self, related: &RelatedResolution) -> Option<ResolutionEntry> {
        let found = related.resolution.and_then(|id| self.dict.resolutions.get(id));
        Some(ResolutionEntry {
            direction: related.link.direction.clone(),
            issue: self.renderer.issue_ref(related.link.other),
            link_type: LinkKind::from_key(&related.link.kind)?.wire(self.view),
            new_resolution: found.map(|r| r.keyed_ref(self.view)),
        })
    }
}
