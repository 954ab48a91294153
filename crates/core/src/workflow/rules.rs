//! Conditions and functions of transitions as clients write and read them. The contract leaves
//! their members open; the names of functions are those of workflow.md, 2.1.

use serde_json::{Map, Value as Json, json};

use crate::dict::Dict;
use crate::dict::model::{Function, Guard, ValueType};
use crate::error::{Code, Result};
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::issue::input::MAX_TEXT;
use crate::issue::refs;
use crate::queue::input::{limited, shown};

/// Deepest nesting of conditions.
const MAX_DEPTH: usize = 5;
/// Longest subject of a letter, in characters.
const MAX_SUBJECT: usize = 500;
/// Most conditions, functions, or people of one of them.
const MAX_ITEMS: usize = 50;

/// Fields that only the tracker itself writes, though edits may reach some of them.
const FIXED: [FieldNo; 8] = [
    no::KEY,
    no::QUEUE,
    no::STATUS,
    no::TYPE,
    no::UNIQUE,
    no::SUMMARY,
    no::PRIORITY,
    no::CREATED_BY,
];

/// Reads the dictionaries for one workflow.
#[derive(Clone, Copy)]
pub(super) struct Reader<'d> {
    pub(super) dict: &'d Dict,
    /// The queue of the workflow; shared ones know global fields only.
    pub(super) queue: Option<i64>,
    /// Whether letters can be sent.
    pub(super) mail: bool,
}

type Members = Map<String, Json>;

fn object(json: &Json) -> Result<(&Members, &str)> {
    let wrong = || Code::ValueType.with("{type, ...}");
    let members = json.as_object().ok_or_else(wrong)?;
    let kind = members.get("type").and_then(Json::as_str).ok_or_else(wrong)?;
    Ok((members, kind))
}

fn items<'j>(members: &'j Members, name: &str) -> Result<&'j [Json]> {
    let wrong = || Code::ValueType.with(format!("array ({name})"));
    let items = members.get(name).and_then(Json::as_array).ok_or_else(wrong)?;
    if items.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if items.len() > MAX_ITEMS {
        return Err(Code::TooManyValues.with(MAX_ITEMS));
    }
    Ok(items)
}

impl<'d> Reader<'d> {
    /// Conditions that must all hold.
    pub(super) fn conditions(self, json: Option<&Json>) -> Result<Vec<Guard>> {
        list(json)?.iter().map(|item| self.condition(item, 0)).collect()
    }

    fn condition(self, json: &Json, depth: usize) -> Result<Guard> {
        if depth >= MAX_DEPTH {
            return Err(Code::TooManyValues.with(MAX_DEPTH));
        }
        let (members, kind) = object(json)?;
        let group = || -> Result<Vec<Guard>> {
            let items = items(members, "conditions")?;
            items.iter().map(|item| self.condition(item, depth + 1)).collect()
        };
        Ok(match kind {
            "And" | "and" => Guard::And { conditions: group()? },
            "Or" | "or" => Guard::Or { conditions: group()? },
            "PreviousStatusCondition" => Guard::CameFromTarget,
            "LinkedToQueueCondition" => {
                let queue = crate::issue::input::queue(self.dict, members.get("queue"))?;
                Guard::LinkedToQueue { queue: queue.id }
            }
            "UserInGroupsCondition" => Guard::InGroups {
                groups: items(members, "groups")?
                    .iter()
                    .map(|json| self.group(json))
                    .collect::<Result<_>>()?,
            },
            "UserInFieldCondition" => Guard::InField {
                field: self.field(members, "field", |def| def.value_type == ValueType::User)?.no,
            },
            "QueueLeadCondition" => Guard::QueueLead,
            "UserInListCondition" => Guard::InList { users: self.people(members)? },
            _ => return Err(Code::ValueUnknown.with(kind)),
        })
    }

    /// Functions in the order in which they run.
    pub(super) fn functions(self, json: Option<&Json>) -> Result<Vec<Function>> {
        list(json)?.iter().map(|item| self.function(item)).collect()
    }

    fn function(self, json: &Json) -> Result<Function> {
        let (members, kind) = object(json)?;
        let target = |fits: fn(&FieldDef) -> bool| -> Result<FieldNo> {
            Ok(self.writable(members, "field", fits)?.no)
        };
        Ok(match kind {
            "UnsetResolutionFunction" => Function::UnsetResolution,
            "SetCurrentTimeFunction" => Function::SetCurrentTime { field: target(is_date)? },
            "CalculateFieldFunction" => Function::CalculateField {
                fields: items(members, "fields")?
                    .iter()
                    .map(|json| Ok(self.named(json, is_number)?.no))
                    .collect::<Result<_>>()?,
                field: target(is_number)?,
            },
            "MoveUsersFunction" => Function::MoveUsers {
                from: self.writable(members, "from", is_user)?.no,
                to: self.writable(members, "to", is_user)?.no,
                copy: members.get("copy").and_then(Json::as_bool).unwrap_or_default(),
            },
            "RemoveUsersFromCcFunction" => {
                Function::RemoveFollowers { users: self.people(members)? }
            }
            "AddTextToFieldFunction" => {
                Function::SetText { field: target(is_text)?, text: text(members)? }
            }
            "RemoveFieldValueFunction" => Function::RemoveValue { field: target(|_| true)? },
            "AddCommentFunction" => Function::AddComment {
                text: text(members)?,
                author: match members.get("author").filter(|json| !json.is_null()) {
                    Some(json) => Some(self.person(json)?),
                    None => None,
                },
            },
            "SetActiveSprintFunction" => {
                let json = members.get("board").unwrap_or(&Json::Null);
                let board = refs::object(&self.dict.boards, json, |_| true);
                let unknown = || Code::ValueUnknown.with(shown(json));
                Function::SetActiveSprint { board: board.ok_or_else(unknown)?.id }
            }
            // Where no mail is sent a function that does nothing would be a lie.
            "SendEmailFunction" if !self.mail => return Err(Code::MailIsOff.err()),
            "SendEmailFunction" => self.letter(members)?,
            _ => return Err(Code::ValueUnknown.with(kind)),
        })
    }

    /// People, fields with people, or both, and what they are told.
    fn letter(self, members: &Members) -> Result<Function> {
        let given = |name: &str| members.get(name).is_some_and(|json| !json.is_null());
        let users = if given("users") { self.people(members)? } else { Vec::new() };
        let fields = if given("fields") {
            let fields = items(members, "fields")?.iter();
            fields.map(|json| Ok(self.named(json, is_user)?.no)).collect::<Result<_>>()?
        } else {
            Vec::new()
        };
        if users.is_empty() && fields.is_empty() {
            return Err(Code::ValueType.with("{users, fields}"));
        }
        let subject = members.get("subject").and_then(Json::as_str).unwrap_or_default();
        let subject = limited(subject.trim(), "subject", MAX_SUBJECT)?;
        Ok(Function::SendEmail { users, fields, subject, text: text(members)? })
    }

    /// A field usable in the workflow, by its id.
    pub(super) fn named(
        self,
        json: &Json,
        fits: impl Fn(&FieldDef) -> bool,
    ) -> Result<&'d FieldDef> {
        let id = json.as_str().or_else(|| json.get("id")?.as_str());
        let def = id.and_then(|id| self.dict.field_index.by_wire(id));
        def.filter(|def| def.queue.is_none_or(|queue| Some(queue) == self.queue))
            .filter(|def| fits(def))
            .ok_or_else(|| Code::ValueUnknown.with(shown(json)))
    }

    fn field(
        self,
        members: &Members,
        name: &str,
        fits: impl Fn(&FieldDef) -> bool,
    ) -> Result<&'d FieldDef> {
        let json = members.get(name).ok_or_else(|| Code::ValueType.with(format!("{{{name}}}")))?;
        self.named(json, fits)
    }

    fn writable(
        self,
        members: &Members,
        name: &str,
        fits: impl Fn(&FieldDef) -> bool,
    ) -> Result<&'d FieldDef> {
        let free = |def: &FieldDef| {
            let local = def.no >= no::FIRST_CUSTOM;
            !FIXED.contains(&def.no) && (local || !def.readonly) && fits(def)
        };
        self.field(members, name, free)
    }

    fn people(self, members: &Members) -> Result<Vec<i64>> {
        items(members, "users")?.iter().map(|json| self.person(json)).collect()
    }

    fn person(self, json: &Json) -> Result<i64> {
        let user = refs::user(self.dict, json);
        user.map(|user| user.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)))
    }

    fn group(self, json: &Json) -> Result<i64> {
        let group = refs::object(&self.dict.groups, json, |_| true);
        group.map(|group| group.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)))
    }
}

fn list(json: Option<&Json>) -> Result<&[Json]> {
    match json {
        None | Some(Json::Null) => Ok(&[]),
        Some(Json::Array(items)) if items.len() <= MAX_ITEMS => Ok(items),
        Some(Json::Array(_)) => Err(Code::TooManyValues.with(MAX_ITEMS)),
        Some(_) => Err(Code::ValueType.with("array")),
    }
}

fn text(members: &Members) -> Result<String> {
    let text = members.get("text").and_then(Json::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    limited(text, "text", MAX_TEXT)
}

fn is_date(def: &FieldDef) -> bool {
    !def.array && matches!(def.value_type, ValueType::Date | ValueType::Datetime)
}

fn is_number(def: &FieldDef) -> bool {
    let numeric = ValueType::Integer;
    !def.array
        && (def.value_type == numeric
            || matches!(def.value_type, ValueType::Float | ValueType::Timetracking))
}

fn is_user(def: &FieldDef) -> bool {
    def.value_type == ValueType::User
}

fn is_text(def: &FieldDef) -> bool {
    !def.array && matches!(def.value_type, ValueType::String | ValueType::Text)
}

fn wire(dict: &Dict, field: FieldNo) -> Json {
    dict.field_index.get(field).map_or(Json::Null, |def| def.wire.as_str().into())
}

fn logins(dict: &Dict, users: &[i64]) -> Json {
    let login = |uid: &i64| {
        dict.users.get(*uid).map_or_else(|| uid.to_string().into(), |u| Json::from(u.key.as_str()))
    };
    users.iter().map(login).collect()
}

/// A condition for an answer.
pub(crate) fn condition(dict: &Dict, condition: &Guard) -> Json {
    let all = |conditions: &[Guard]| -> Json {
        conditions.iter().map(|c| self::condition(dict, c)).collect()
    };
    match condition {
        Guard::And { conditions } => json!({"type": "And", "conditions": all(conditions)}),
        Guard::Or { conditions } => json!({"type": "Or", "conditions": all(conditions)}),
        Guard::CameFromTarget => json!({"type": "PreviousStatusCondition"}),
        Guard::LinkedToQueue { queue } => {
            let key = dict.queues.get(*queue).map_or("", |q| q.key.as_str());
            json!({"type": "LinkedToQueueCondition", "queue": key})
        }
        Guard::InGroups { groups } => {
            json!({"type": "UserInGroupsCondition", "groups": groups})
        }
        Guard::InField { field } => {
            json!({"type": "UserInFieldCondition", "field": wire(dict, *field)})
        }
        Guard::QueueLead => json!({"type": "QueueLeadCondition"}),
        Guard::InList { users } => {
            json!({"type": "UserInListCondition", "users": logins(dict, users)})
        }
    }
}

/// A function for an answer.
pub(crate) fn function(dict: &Dict, function: &Function) -> Json {
    let wire = |field: &FieldNo| wire(dict, *field);
    match function {
        Function::UnsetResolution => json!({"type": "UnsetResolutionFunction"}),
        Function::SetCurrentTime { field } => {
            json!({"type": "SetCurrentTimeFunction", "field": wire(field)})
        }
        Function::CalculateField { fields, field } => {
            let fields: Json = fields.iter().map(wire).collect();
            json!({"type": "CalculateFieldFunction", "fields": fields, "field": wire(field)})
        }
        Function::MoveUsers { from, to, copy } => {
            json!({"type": "MoveUsersFunction", "from": wire(from), "to": wire(to), "copy": copy})
        }
        Function::RemoveFollowers { users } => {
            json!({"type": "RemoveUsersFromCcFunction", "users": logins(dict, users)})
        }
        Function::SetText { field, text } => {
            json!({"type": "AddTextToFieldFunction", "field": wire(field), "text": text})
        }
        Function::RemoveValue { field } => {
            json!({"type": "RemoveFieldValueFunction", "field": wire(field)})
        }
        Function::AddComment { text, author } => {
            let mut json = json!({"type": "AddCommentFunction", "text": text});
            if let (Some(uid), Some(members)) = (author, json.as_object_mut()) {
                let login = dict.users.get(*uid).map_or("", |user| user.key.as_str());
                members.insert("author".to_owned(), login.into());
            }
            json
        }
        Function::SendEmail { users, fields, subject, text } => {
            let fields: Json = fields.iter().map(wire).collect();
            json!({"type": "SendEmailFunction", "users": logins(dict, users), "fields": fields,
                "subject": subject, "text": text})
        }
        Function::SetActiveSprint { board } => {
            json!({"type": "SetActiveSprintFunction", "board": board})
        }
    }
}
