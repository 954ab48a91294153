//! Issues as JSON, written by hand from ready fragments (design, section 10): the hottest answer
//! of the API. A test proves that the bytes read as `trackway_api::issues::Issue`.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;

use super::project;
use super::store::{Brief, Loaded};
use super::value::{Form, Val};
use super::{Issue, key_text};
use crate::access::{self, Right};
use crate::checklist;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{StatusType, ValueType};
use crate::error::Result;
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::ids::{Tag, hex_id};
use crate::time;
use crate::view::{ApiVersion, View};

/// Which members of an issue are asked for (`fields=`); `self`, `id`, `key`, `version` always stay.
#[derive(Clone, Debug, Default)]
pub struct Selection(Option<FxHashSet<String>>);

impl Selection {
    /// The members named; all when nothing is.
    pub fn new(fields: Option<&trackway_api::List>) -> Self {
        let named = fields.map(|f| f.0.iter().cloned().collect::<FxHashSet<_>>());
        Self(named.filter(|names| !names.is_empty()))
    }

    /// Whether a member is wanted.
    pub fn has(&self, wire: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(wire))
    }

    fn is_all(&self) -> bool {
        self.0.is_none()
    }
}

/// Writes issues of one answer.
pub struct Renderer<'a> {
    dict: &'a Dict,
    view: &'a View,
    selection: &'a Selection,
    now: time::Instant,
    briefs: FxHashMap<i64, Brief>,
    readable: FxHashSet<i64>,
    uid: i64,
}

/// Fields that hold other issues.
const MENTIONS: [FieldNo; 2] = [no::PARENT, no::EPIC];

/// Other issues that an issue mentions in its values.
#[expect(single_use_lifetimes, reason = "an elided one is not allowed here")]
pub(super) fn mentioned<'i>(issues: impl Iterator<Item = &'i Issue>, dict: &Dict) -> Vec<i64> {
    let mut ids: Vec<i64> = Vec::new();
    for issue in issues {
        ids.extend(MENTIONS.iter().filter_map(|field| issue.one(*field)));
        for (field, val) in issue.vals().filter(|(field, _)| *field >= no::FIRST_CUSTOM) {
            if dict.field_index.get(field).is_some_and(|d| d.value_type == ValueType::Issue) {
                match val {
                    Val::Ref(id) => ids.push(*id),
                    Val::Refs(many) => ids.extend(many),
                    _ => {}
                }
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl<'a> Renderer<'a> {
    /// A renderer for these issues; reads what they mention in one query.
    ///
    /// # Errors
    /// The database fails.
    #[expect(single_use_lifetimes, reason = "an elided one is not allowed here")]
    pub fn new<'i>(
        cx: &mut Cx<'_, '_>,
        dict: &'a Dict,
        view: &'a View,
        selection: &'a Selection,
        issues: impl Iterator<Item = &'i Issue>,
    ) -> Result<Self> {
        let ids = mentioned(issues, dict);
        Self::mentioning(cx, dict, view, selection, &ids)
    }

    /// A renderer that can mention these issues.
    ///
    /// # Errors
    /// The database fails.
    pub fn mentioning(
        cx: &mut Cx<'_, '_>,
        dict: &'a Dict,
        view: &'a View,
        selection: &'a Selection,
        ids: &[i64],
    ) -> Result<Self> {
        let mut briefs = super::store::briefs(cx, ids)?;
        let missing: Vec<i64> = ids.iter().copied().filter(|id| !briefs.contains_key(id)).collect();
        let gone = super::store::removed(cx, &missing)?;
        let readable = briefs
            .iter()
            .filter(|(_, b)| access::may(dict, &cx.actor, &b.issue, Right::Read))
            .map(|(id, _)| *id)
            .collect();
        // Whoever mentions a removed issue still knows its key.
        briefs.extend(
            gone.into_iter().map(|issue| (issue.id, Brief { issue: std::sync::Arc::new(issue) })),
        );
        Ok(Self { dict, view, selection, now: cx.now, briefs, readable, uid: cx.actor.uid })
    }

    /// Writes an issue; `extras` are expanded blocks, each a member name and its JSON.
    pub fn issue(&self, out: &mut Vec<u8>, loaded: &Loaded, extras: &[(&str, Vec<u8>)]) {
        let issue = &loaded.issue;
        let key = issue.key(self.dict);
        out.extend_from_slice(b"{\"self\":\"");
        out.extend_from_slice(self.view.prefix().as_bytes());
        out.extend_from_slice(b"/issues/");
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\",\"id\":\"");
        out.extend_from_slice(issue.hex().as_bytes());
        out.extend_from_slice(b"\",\"key\":\"");
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\",\"version\":");
        number(out, issue.version);
        if self.selection.has("queue")
            && let Some(queue) = self.dict.queues.get(issue.queue)
        {
            out.extend_from_slice(b",\"queue\":");
            queue.write_ref(out, self.view);
        }
        for (field, val) in issue.vals() {
            let Some(def) = self.dict.field_index.get(field) else { continue };
            if !(self.is_member(field, val) && self.selection.has(&def.wire)) {
                continue;
            }
            let val = self.present(def, val);
            if !val.is_empty() && self.shows(def, &val) {
                out.push(b',');
                out.extend_from_slice(&def.member);
                self.value(out, def, &val);
            }
        }
        self.plain(out, issue, &loaded.plain);
        self.constant_members(out, issue);
        for (name, json) in extras {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            out.extend_from_slice(json);
        }
        out.push(b'}');
    }

    /// Counters are written apart, since they are there even when nothing counts, and so are texts
    /// (see [`Self::plain`]), which an issue that was just written has among its values too. Who
    /// voted is told only to those who ask for it: the original does not show it.
    fn is_member(&self, field: FieldNo, val: &Val) -> bool {
        let counter = matches!(
            field,
            no::VOTES | no::FAVORITED_BY | no::COMMENTS_WITH_MESSAGE | no::COMMENTS_WITHOUT_MESSAGE
        ) || (field == no::VOTED_BY && self.selection.is_all());
        let text = matches!(val, Val::Text(_) | Val::Texts(_) | Val::Json(_));
        !counter && (field == no::SUMMARY || !text)
    }

    /// The stored texts are ready to be sent, but for the checklist, whose people have names.
    fn plain(&self, out: &mut Vec<u8>, issue: &Issue, plain: &str) {
        if plain.is_empty() {
            return;
        }
        let index = &self.dict.field_index;
        let removed = index.may_hold_removed(plain);
        let listed = issue.one(no::CHECKLIST_TOTAL).unwrap_or(0) > 0;
        if self.selection.is_all() && !removed && !listed {
            out.push(b',');
            out.extend_from_slice(plain.as_bytes());
            return;
        }
        let members: serde_json::Map<String, Json> =
            serde_json::from_str(&format!("{{{plain}}}")).unwrap_or_default();
        let shown =
            |wire: &str| self.selection.has(wire) && (!removed || index.by_wire(wire).is_some());
        for (wire, value) in members.iter().filter(|(wire, _)| shown(wire)) {
            out.extend_from_slice(format!(",{}:", Json::from(wire.as_str())).as_bytes());
            match index.by_wire(wire) {
                Some(def) if def.value_type == ValueType::ChecklistItem => {
                    checklist::render::write(out, self.dict, self.view, self.now, value);
                }
                _ => out.extend_from_slice(value.to_string().as_bytes()),
            }
        }
    }

    fn constant_members(&self, out: &mut Vec<u8>, issue: &Issue) {
        for (field, wire) in [
            (no::VOTES, "votes"),
            (no::COMMENTS_WITHOUT_MESSAGE, "commentWithoutExternalMessageCount"),
            (no::COMMENTS_WITH_MESSAGE, "commentWithExternalMessageCount"),
        ] {
            if self.selection.has(wire) {
                out.extend_from_slice(b",\"");
                out.extend_from_slice(wire.as_bytes());
                out.extend_from_slice(b"\":");
                number(out, issue.one(field).unwrap_or(0));
            }
        }
        if issue.is_archived() && self.selection.has("archived") {
            out.extend_from_slice(b",\"archived\":true");
        }
        if self.selection.has("favorite") {
            let favorite = issue.many(no::FAVORITED_BY).contains(&self.uid);
            out.extend_from_slice(b",\"favorite\":");
            out.extend_from_slice(if favorite { b"true" } else { b"false" });
        }
    }

    /// Writes the value of a field, as it stands in an issue and in a changelog.
    pub fn value(&self, out: &mut Vec<u8>, def: &FieldDef, val: &Val) {
        match val {
            Val::Ref(id) => self.reference(out, def.value_type, *id),
            Val::Refs(_) if def.value_type == ValueType::Project && !def.array => {
                self.projects(out, val);
            }
            Val::Refs(ids) => {
                list(out, ids.iter(), |out, id| self.reference(out, def.value_type, *id));
            }
            Val::Num(n) => out.extend_from_slice(Json::from(*n).to_string().as_bytes()),
            Val::Day(day) => quoted(out, |out| time::write_day(out, *day)),
            Val::At(at) => quoted(out, |out| time::write_instant(out, *at)),
            Val::Span(seconds) => {
                quoted(out, |out| out.extend_from_slice(time::span_text(*seconds).as_bytes()));
            }
            Val::Text(text) => string(out, text),
            Val::Texts(texts) => list(out, texts.iter(), |out, text| string(out, text)),
            Val::Json(json) if def.value_type == ValueType::ChecklistItem => {
                checklist::render::write(out, self.dict, self.view, self.now, json);
            }
            Val::Json(json) => out.extend_from_slice(json.to_string().as_bytes()),
        }
    }

    /// A list without objects that are gone. Their removal shows at once, while the rows of issues
    /// follow one after the other (`upkeep`).
    fn present<'v>(&self, def: &FieldDef, val: &'v Val) -> Cow<'v, Val> {
        let dict = self.dict;
        let is_there = |id: &i64| match def.value_type {
            ValueType::Component => dict.components.get(*id).is_some_and(|c| !c.body.deleted),
            ValueType::Version => dict.versions.get(*id).is_some_and(|v| !v.body.deleted),
            ValueType::Sprint => dict.sprints.get(*id).is_some(),
            ValueType::Board => dict.boards.get(*id).is_some(),
            ValueType::Group => dict.groups.get(*id).is_some(),
            ValueType::Maillist => dict.maillists.get(*id).is_some(),
            _ => true,
        };
        match val {
            Val::Refs(ids) if !ids.iter().all(is_there) => {
                Cow::Owned(Val::Refs(ids.iter().copied().filter(is_there).collect()))
            }
            _ => Cow::Borrowed(val),
        }
    }

    /// Whether there is anything to show of a value: projects may be gone, and v2 knows the main
    /// one only.
    fn shows(&self, def: &FieldDef, val: &Val) -> bool {
        if def.value_type != ValueType::Project || def.array {
            return true;
        }
        let (primary, others) = project::parts(self.dict, Some(val));
        primary.is_some() || (self.view.version == ApiVersion::V3 && !others.is_empty())
    }

    /// The main project alone under v2, all of them under v3 (contract, `Issue.project`).
    fn projects(&self, out: &mut Vec<u8>, val: &Val) {
        let (primary, others) = project::parts(self.dict, Some(val));
        if self.view.version == ApiVersion::V2 {
            match primary {
                Some(id) => self.reference(out, ValueType::Project, id),
                None => out.extend_from_slice(b"null"),
            }
            return;
        }
        out.push(b'{');
        if let Some(id) = primary {
            out.extend_from_slice(b"\"primary\":");
            self.reference(out, ValueType::Project, id);
            out.push(b',');
        }
        out.extend_from_slice(b"\"secondary\":");
        list(out, others.iter(), |out, id| self.reference(out, ValueType::Project, *id));
        out.push(b'}');
    }

    fn reference(&self, out: &mut Vec<u8>, kind: ValueType, id: i64) {
        macro_rules! table {
            ($table:ident) => {
                if let Some(object) = self.dict.$table.get(id) {
                    return object.write_ref(out, self.view);
                }
            };
        }
        match kind {
            ValueType::User => table!(users),
            ValueType::Status => table!(statuses),
            ValueType::IssueType => table!(types),
            ValueType::Priority => table!(priorities),
            ValueType::Resolution => table!(resolutions),
            ValueType::Queue => table!(queues),
            ValueType::Component => table!(components),
            ValueType::Version => table!(versions),
            ValueType::Group => table!(groups),
            ValueType::Project | ValueType::Goal => table!(entities),
            ValueType::Maillist => table!(maillists),
            ValueType::Sprint => {
                table!(sprints);
                let path = self.view.url(&format!("/sprints/{id}"));
                return json_ref(out, &path, id);
            }
            ValueType::Board => return self.board(out, id),
            ValueType::StatusType => return self.status_type(out, id),
            ValueType::Issue => return self.mention(out, id),
            ValueType::Boolean => {
                return out.extend_from_slice(if id == 0 { b"false" } else { b"true" });
            }
            _ => return number(out, id),
        }
        // The object is gone; its id is all that is left.
        out.extend_from_slice(format!("{{\"id\":\"{id}\",\"display\":\"{id}\"}}").as_bytes());
    }

    /// A board inside an issue has no address (contract, `BoardRef`); one that is private has no
    /// name either.
    fn board(&self, out: &mut Vec<u8>, id: i64) {
        let board = self.dict.boards.get(id).filter(|board| !board.body.private);
        let json = match board {
            Some(board) => serde_json::json!({"id": id, "name": board.body.name}),
            None => serde_json::json!({"id": id}),
        };
        out.extend_from_slice(json.to_string().as_bytes());
    }

    fn status_type(&self, out: &mut Vec<u8>, number: i64) {
        let kind = StatusType::from_number(number).unwrap_or_default();
        let display = serde_json::to_string(&kind.name().text(self.view.names));
        let display = display.unwrap_or_default();
        let key = kind.key();
        let text = format!("{{\"id\":\"{key}\",\"key\":\"{key}\",\"display\":{display}}}");
        out.extend_from_slice(text.as_bytes());
    }

    /// Writes a reference to another issue; who may not read it sees its key only
    /// (permissions.md, 3).
    pub fn mention(&self, out: &mut Vec<u8>, id: i64) {
        let reference = self.issue_ref(id);
        out.extend_from_slice(serde_json::to_string(&reference).unwrap_or_default().as_bytes());
    }

    /// A reference to another issue.
    pub fn issue_ref(&self, id: i64) -> trackway_api::types::KeyedRef {
        let Some(brief) = self.briefs.get(&id) else {
            return trackway_api::types::KeyedRef {
                id: hex_id(Tag::Issue, 0, id),
                ..Default::default()
            };
        };
        let key = key_text(self.dict, brief.issue.queue, brief.issue.num);
        let summary = brief.issue.text(no::SUMMARY);
        let display = if self.readable.contains(&id) { summary } else { key.as_str() };
        trackway_api::types::KeyedRef {
            self_url: self.view.url(&format!("/issues/{key}")),
            id: brief.issue.hex(),
            display: display.into(),
            key,
        }
    }

    /// The mentioned issue itself, if the actor may read it.
    pub fn readable_brief(&self, id: i64) -> Option<&Brief> {
        self.readable.contains(&id).then(|| self.briefs.get(&id)).flatten()
    }
}

/// A reference to an object that is gone.
fn json_ref(out: &mut Vec<u8>, path: &str, id: i64) {
    let id = id.to_string();
    let json = serde_json::json!({"self": path, "id": id, "display": id});
    out.extend_from_slice(json.to_string().as_bytes());
}

/// One stored value, or one element of a list, as issues show it. Other issues are shown by id.
pub(crate) fn value_json(dict: &Dict, view: &View, def: &FieldDef, stored: &Json) -> Json {
    let selection = Selection::default();
    let renderer = Renderer {
        dict,
        view,
        selection: &selection,
        briefs: FxHashMap::default(),
        readable: FxHashSet::default(),
        now: 0,
        uid: 0,
    };
    let form = match Form::of(def) {
        Form::Refs if !stored.is_array() => Form::Ref,
        Form::Texts if !stored.is_array() => Form::Text,
        form => form,
    };
    let Some(val) = Val::from_json(form, stored) else { return Json::Null };
    let mut out = Vec::new();
    renderer.value(&mut out, def, &val);
    serde_json::from_slice(&out).unwrap_or_default()
}

fn number(out: &mut Vec<u8>, n: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

fn string(out: &mut Vec<u8>, text: &str) {
    // Writing into a vector cannot fail.
    serde_json::to_writer(out, text).unwrap_or_default();
}

fn list<T>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}
