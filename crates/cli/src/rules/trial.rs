//! `trackway queue trigger test`: which issues meet the conditions of a trigger as they are now.
//! Nothing is written. What only an event can meet is taken for met, and said.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::directory::Tree;
use crate::failure::Failure;
use crate::people;
use crate::session::{ISSUE, Session};
use crate::shape::{cell, member};

/// Arguments of `trackway queue trigger test`.
#[derive(Debug, Args)]
pub(crate) struct Trial {
    /// Key of the queue.
    #[arg(add = crate::complete::of("queues"))]
    pub(super) queue: String,
    /// Id.
    pub(super) id: String,
    /// How many issues to look at, those changed last first; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 200)]
    limit: usize,
}

pub(super) async fn run(
    path: &str,
    arguments: Trial,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let rule = session.get(path, &[]).await?;
    let queue = serde_json::to_string(&arguments.queue).unwrap_or_default();
    let query = format!("Queue: {queue} \"Sort By\": Updated DESC");
    let found = session.search(json!({"query": query}), arguments.limit).await?;
    let looked_at = found.items.len();
    let conditions = rule["conditions"].as_array().map_or(&[][..], Vec::as_slice);
    let mut people = Members::default();
    for condition in conditions {
        people.meet(condition, &found.items, session).await?;
    }
    let mut events = BTreeSet::new();
    let met: Vec<Value> = found
        .items
        .into_iter()
        .filter(|issue| {
            let all = conditions.iter().map(|one| meets(one, issue, &people, &mut events));
            all.fold(Meets::Yes, Meets::and) != Meets::No
        })
        .collect();
    let count = met.len();
    session.output.list(ISSUE, met)?;
    session.output.remark(&format!("{count} of {looked_at} issues meet the conditions now"));
    if !events.is_empty() {
        let names: Vec<&str> = events.iter().map(String::as_str).collect();
        session.output.remark(&format!("taken for met, for events decide: {}", names.join(", ")));
    }
    if rule["active"] == false {
        session.output.remark("the trigger is off");
    }
    Ok(())
}

/// In which groups the people are that conditions ask about.
#[derive(Debug, Default)]
struct Members(BTreeMap<String, BTreeSet<String>>);

impl Members {
    /// Reads the groups of all whom a condition may ask about; groups are read once.
    async fn meet(
        &mut self,
        condition: &Value,
        issues: &[Value],
        session: &Session<'_, '_>,
    ) -> Result<(), Failure> {
        let fields = asked(condition);
        if fields.is_empty() {
            return Ok(());
        }
        let tree = Tree::read(session).await?;
        for issue in issues {
            for field in &fields {
                let id = cell(member(issue, field).and_then(|user| user.get("id")));
                if !id.is_empty() && !self.0.contains_key(&id) {
                    let of = tree.groups_of(&id, session).await?;
                    self.0.insert(id, of);
                }
            }
        }
        Ok(())
    }

    /// Whether the user is in one of the groups.
    fn are(&self, user: &Value, groups: &Value) -> bool {
        let held = self.0.get(&cell(user.get("id")));
        held.is_some_and(|held| names(groups).iter().any(|group| held.contains(group)))
    }
}

/// The fields whose users' groups a condition asks about.
fn asked(condition: &Value) -> Vec<String> {
    let inner = condition["conditions"].as_array().into_iter().flatten().flat_map(asked);
    let own = matches!(condition["type"].as_str(), Some("UserInGroups" | "UserNotInGroups"));
    inner.chain(own.then(|| field_of(condition))).collect()
}

/// The field that a condition is about.
fn field_of(condition: &Value) -> String {
    match &condition["field"] {
        Value::String(field) => field.clone(),
        other => cell(other.get("id")),
    }
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meets {
    No,
    /// That depends on an event.
    Event,
    Yes,
}

impl Meets {
    fn and(self, other: Self) -> Self {
        self.min(other)
    }

    fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<bool> for Meets {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Whether an issue meets a condition. Names in `events` what cannot be told of an issue.
fn meets(
    condition: &Value,
    issue: &Value,
    people: &Members,
    events: &mut BTreeSet<String>,
) -> Meets {
    let kind = cell(condition.get("type"));
    let inner = condition["conditions"].as_array().map_or(&[][..], Vec::as_slice);
    let field = field_of(condition);
    let now = member(issue, &field).unwrap_or(&Value::Null);
    let wanted = &condition["value"];
    // "Became" asks for a change to what must be there afterwards.
    let bare = kind.trim_end_matches("Condition");
    let (bare, became) = match bare.strip_prefix("Became") {
        Some(rest) => (rest, true),
        None => (bare, false),
    };
    let (bare, became) = match bare {
        "FieldBecameEmpty" => ("FieldIsEmpty", true),
        "FieldBecameNotEmpty" => ("FieldIsNotEmpty", true),
        "FieldBecameEqual" => ("FieldEquals", true),
        other => (other, became),
    };
    let is = match bare.to_ascii_lowercase().as_str() {
        "and" => {
            let all = inner.iter().map(|one| meets(one, issue, people, events));
            return all.fold(Meets::Yes, Meets::and);
        }
        "or" => {
            let any = inner.iter().map(|one| meets(one, issue, people, events));
            return any.fold(Meets::No, Meets::or);
        }
        "fieldisempty" => is_empty(now),
        "fieldisnotempty" => !is_empty(now),
        "fieldequals" => names(now).iter().any(|name| names(wanted).contains(name)),
        "fieldequalsstring" => {
            same(condition, &cell(Some(now))) == same(condition, &cell(Some(wanted)))
        }
        "containsanyofstrings" => contains(condition, now),
        "containsnoneofstrings" => !contains(condition, now),
        "containercontainsany" => names(wanted).iter().any(|one| names(now).contains(one)),
        "containercontainsall" => {
            let has = |one: &Value| names(one).iter().any(|name| names(now).contains(name));
            wanted.as_array().map_or_else(|| has(wanted), |all| all.iter().all(has))
        }
        "containercontainsnone" => !names(wanted).iter().any(|one| names(now).contains(one)),
        "greater" => compare(now, wanted, |a, b| a > b),
        "greaterorequal" => compare(now, wanted, |a, b| a >= b),
        "less" => compare(now, wanted, |a, b| a < b),
        "lessorequal" => compare(now, wanted, |a, b| a <= b),
        "dateequal" => compare_dates(now, wanted, |a, b| a == b),
        "dategreater" => compare_dates(now, wanted, |a, b| a > b),
        "dategreaterorequal" => compare_dates(now, wanted, |a, b| a >= b),
        "dateless" => compare_dates(now, wanted, |a, b| a < b),
        "datelessorequal" => compare_dates(now, wanted, |a, b| a <= b),
        "useringroups" => people.are(now, wanted),
        "usernotingroups" => !people.are(now, wanted),
        "container.sizeequals" => size(now) == wanted.as_u64().unwrap_or_default(),
        "container.sizenotequals" => size(now) != wanted.as_u64().unwrap_or_default(),
        "container.sizegreater" => size(now) > wanted.as_u64().unwrap_or_default(),
        "container.sizegreaterorequals" => size(now) >= wanted.as_u64().unwrap_or_default(),
        "container.sizeless" => size(now) < wanted.as_u64().unwrap_or_default(),
        "container.sizelessorequals" => size(now) <= wanted.as_u64().unwrap_or_default(),
        "checklistdone" => {
            let items = |name: &str| issue[name].as_u64().unwrap_or_default();
            let done =
                items("checklistTotal") > 0 && items("checklistDone") >= items("checklistTotal");
            if done {
                events.insert(kind);
            }
            return if done { Meets::Event } else { Meets::No };
        }
        _ => {
            events.insert(if field.is_empty() { kind } else { format!("{kind} ({field})") });
            return Meets::Event;
        }
    };
    if is && became {
        events.insert(format!("{kind} ({field})"));
        return Meets::Event;
    }
    is.into()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// All that a value may be called: key and id of a reference, the text of anything else, each item of
/// a list.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().flat_map(names).collect(),
        Value::Object(members) => {
            let named =
                ["key", "id", "login", "fixed"].iter().filter_map(|name| members.get(*name));
            named.flat_map(names).collect()
        }
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn same(condition: &Value, text: &str) -> String {
    if condition["ignoreCase"] == false { text.to_owned() } else { text.to_lowercase() }
}

fn contains(condition: &Value, now: &Value) -> bool {
    let text = same(condition, &cell(Some(now)));
    names(&condition["value"]).iter().any(|part| text.contains(&same(condition, part)))
}

fn compare(now: &Value, wanted: &Value, holds: fn(f64, f64) -> bool) -> bool {
    now.as_f64().zip(wanted.as_f64()).is_some_and(|(a, b)| holds(a, b))
}

/// A day counts as its beginning in UTC, as on the server.
fn compare_dates(now: &Value, wanted: &Value, holds: fn(Timestamp, Timestamp) -> bool) -> bool {
    let moment = |value: &Value| -> Option<Timestamp> {
        let text = value.as_str()?;
        let day = || text.parse::<Date>().ok()?.to_zoned_datetime(TimeZone::UTC).ok();
        people::moment(text).or_else(|| day().map(|day| day.timestamp()))
    };
    moment(now).zip(moment(wanted)).is_some_and(|(a, b)| holds(a, b))
}

/// Number of items; something that is no list is one, and nothing none.
fn size(value: &Value) -> u64 {
    value.as_array().map_or(u64::from(!value.is_null()), |items| items.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(condition: &Value) -> (Meets, Vec<String>) {
        let issue = json!({"status": {"id": "1", "key": "open"}, "tags": ["a", "b"],
            "storyPoints": 5.0, "summary": "Printer on FIRE", "assignee": {"id": "7"},
            "createdBy": {"id": "8"}, "deadline": "2026-03-01",
            "createdAt": "2026-02-01T09:30:00.000+0000"});
        let of = |id: &str, groups: &[&str]| {
            (id.to_owned(), groups.iter().map(ToString::to_string).collect())
        };
        let people = Members([of("7", &["0", "5"]), of("8", &["0"])].into_iter().collect());
        let mut events = BTreeSet::new();
        let meets = meets(condition, &issue, &people, &mut events);
        (meets, events.into_iter().collect())
    }

    #[test]
    fn states_are_told_from_events() {
        for (condition, wanted) in [
            (json!({"type": "FieldEquals", "field": "status", "value": "open"}), Meets::Yes),
            (
                json!({"type": "FieldEquals", "field": {"id": "status"}, "value": "closed"}),
                Meets::No,
            ),
            (json!({"type": "FieldBecameEqual", "field": "status", "value": "open"}), Meets::Event),
            (json!({"type": "FieldBecameEqual", "field": "status", "value": "closed"}), Meets::No),
            (json!({"type": "FieldIsEmpty", "field": "resolution"}), Meets::Yes),
            (json!({"type": "GreaterCondition", "field": "storyPoints", "value": 3}), Meets::Yes),
            (json!({"type": "BecameLessCondition", "field": "storyPoints", "value": 3}), Meets::No),
            (
                json!({"type": "ContainsAnyOfStrings", "field": "summary", "value": ["fire"]}),
                Meets::Yes,
            ),
            (
                json!({"type": "ContainsAnyOfStrings", "field": "summary", "value": ["fire"],
                "ignoreCase": false}),
                Meets::No,
            ),
            (json!({"type": "Container.SizeGreater", "field": "tags", "value": 1}), Meets::Yes),
            (
                json!({"type": "ContainerContainsAll", "field": "tags", "value": ["a", "b"]}),
                Meets::Yes,
            ),
            (
                json!({"type": "ContainerContainsAll", "field": "tags", "value": ["a", "c"]}),
                Meets::No,
            ),
            (
                json!({"type": "ContainerContainsAny", "field": "tags", "value": ["c", "b"]}),
                Meets::Yes,
            ),
            (json!({"type": "ContainerContainsNone", "field": "tags", "value": ["a"]}), Meets::No),
            (
                json!({"type": "DateLessCondition", "field": "createdAt",
                "value": "2026-02-01T10:00:00.000+0000"}),
                Meets::Yes,
            ),
            (
                json!({"type": "DateGreaterOrEqualCondition", "field": "deadline",
                "value": "2026-03-01T00:00:00.000+0000"}),
                Meets::Yes,
            ),
            (
                json!({"type": "DateEqualCondition", "field": "resolvedAt", "value": "2026-03-01"}),
                Meets::No,
            ),
            (json!({"type": "UserInGroups", "field": "assignee", "value": [4, 5]}), Meets::Yes),
            (json!({"type": "UserInGroups", "field": "createdBy", "value": "5"}), Meets::No),
            (json!({"type": "UserNotInGroups", "field": "createdBy", "value": "5"}), Meets::Yes),
            (json!({"type": "Event.create"}), Meets::Event),
            (json!({"type": "FieldChangedCondition", "field": "tags"}), Meets::Event),
        ] {
            assert_eq!(told(&condition).0, wanted, "{condition}");
        }
        let both = json!({"type": "And", "conditions": [
            {"type": "Event.create"}, {"type": "FieldIsEmpty", "field": "resolution"}]});
        assert_eq!(told(&both), (Meets::Event, vec!["Event.create".to_owned()]));
        let either = json!({"type": "Or", "conditions": [
            {"type": "Event.create"}, {"type": "FieldIsEmpty", "field": "resolution"}]});
        assert_eq!(told(&either).0, Meets::Yes);
    }
}
