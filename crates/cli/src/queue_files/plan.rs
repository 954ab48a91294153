//! What has to be sent so that a queue becomes what files say.

use serde_json::{Map, Value, json};
use trackway_client::api::HttpMethod;

use super::files::Wanted;
use super::kinds::{self, KINDS, Kind};
use super::read::{One, State};
use super::{diff, workflow};
use crate::failure::Failure;
use crate::lang::shown;
use crate::session::Session;
use crate::shape::cell;

/// One change of a queue.
#[derive(Debug)]
pub(super) struct Change {
    /// `+`, `~` or `-`.
    pub(super) sign: char,
    /// What is changed: `workflow dev`.
    pub(super) subject: String,
    /// How.
    pub(super) lines: Vec<String>,
    /// What follows from it.
    pub(super) effects: Vec<String>,
    pub(super) call: Call,
}

/// How a change is made.
#[derive(Debug)]
pub(super) enum Call {
    /// By one request.
    Send { method: HttpMethod, path: String, version: Option<i64>, body: Option<Value> },
    /// A new one, and what has to be changed in it afterwards.
    Create { kind: &'static Kind, path: String, body: Value, later: Map<String, Value> },
    /// By putting triggers, by their names, into an order.
    Order { names: Vec<String> },
}

impl Change {
    /// The lines that tell of it.
    pub(super) fn text(&self) -> String {
        let head = format!("{} {}", self.sign, self.subject);
        let mut lines: Vec<String> = match self.lines.as_slice() {
            [] => vec![head],
            lines => lines.iter().map(|line| format!("{head}: {line}")).collect(),
        };
        lines.extend(self.effects.iter().map(|line| format!("  {}: {line}", shown("effect"))));
        lines.join("\n")
    }

    /// It for programs.
    pub(super) fn json(&self) -> Value {
        let (method, path, body) = match &self.call {
            Call::Send { method, path, body, .. } => (method.as_str(), path.clone(), body.clone()),
            Call::Create { path, body, .. } => ("POST", path.clone(), Some(body.clone())),
            Call::Order { names } => ("PATCH", String::new(), Some(json!({"order": names}))),
        };
        json!({"change": self.sign.to_string(), "subject": self.subject, "lines": self.lines,
            "effects": self.effects, "method": method, "path": path, "body": body})
    }
}

/// All changes, in an order in which they can be made.
///
/// # Errors
/// Usage: the files want what cannot be.
pub(super) fn plan(state: &State, wanted: &Wanted) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let mut removals = Vec::new();
    // Workflows and the queue name fields, components and versions; rules name all of these.
    let (first, last) = KINDS.split_at(3);
    let mut of_kinds = |kinds: &'static [Kind], changes: &mut Vec<Change>| {
        for kind in kinds {
            let (Some(now), Some(wanted)) =
                (state.lists.get(kind.name), wanted.lists.get(kind.name))
            else {
                continue;
            };
            let (made, gone) = of_kind(kind, &state.key, now, wanted)?;
            changes.extend(made);
            changes.extend(order(kind, now, wanted));
            removals.extend(gone);
        }
        Ok::<(), Failure>(())
    };
    of_kinds(first, &mut changes)?;
    for (slug, settings) in &wanted.workflows {
        changes.extend(workflow::change(state, slug, settings));
    }
    if let Some(queue) = &wanted.queue {
        changes.extend(of_queue(state, queue)?);
    }
    if let (Some(now), Some(access)) = (&state.access, &wanted.access) {
        changes.extend(of_access(state, now, access));
    }
    of_kinds(last, &mut changes)?;
    // What is removed may be named by what was changed above.
    removals.reverse();
    changes.extend(removals);
    Ok(changes)
}

fn of_queue(state: &State, wanted: &Value) -> Result<Option<Change>, Failure> {
    let now = &state.queue.settings;
    if wanted.get("key").is_some_and(|key| *key != now["key"]) {
        let why = format!("queue.toml is of queue {}, not {}", cell(wanted.get("key")), state.key);
        return Err(Failure::usage(why).hint("change its key, or leave it out"));
    }
    let changes = diff::changes(now, wanted, kinds::QUEUE);
    Ok((!changes.is_empty()).then(|| Change {
        sign: '~',
        subject: shown(&format!("queue {}", state.key)),
        lines: diff::lines(now, &changes),
        effects: Vec::new(),
        call: Call::Send {
            method: HttpMethod::PATCH,
            path: Session::at("/queues/{key}", &[&state.key]),
            version: state.queue.version,
            body: Some(Value::Object(changes)),
        },
    }))
}

/// Rights are sent whole: whoever is not named loses them.
fn of_access(state: &State, now: &Value, wanted: &Value) -> Option<Change> {
    let full = |rights: &Value| {
        let roles = |name: &str| name != "deny";
        full(rights, kinds::ACCESS, roles)
    };
    let (now, wanted) = (full(now), full(wanted));
    let changes = diff::changes(&now, &wanted, kinds::ACCESS);
    (!changes.is_empty()).then(|| Change {
        sign: '~',
        subject: shown("access"),
        lines: diff::lines(&now, &changes),
        effects: Vec::new(),
        call: Call::Send {
            method: HttpMethod::PATCH,
            path: Session::at("/queues/{key}/permissions", &[&state.key]),
            version: None,
            body: Some(Value::Object(changes)),
        },
    })
}

/// Rights with all who hold them, also where that is nobody.
fn full(rights: &Value, members: &[kinds::Member], roles: impl Fn(&str) -> bool) -> Value {
    let right = |name: &str| -> Value {
        let kinds: &[&str] =
            if roles(name) { &["users", "groups", "roles"] } else { &["users", "groups"] };
        let holders = |kind: &&str| {
            let given = rights[name].get(*kind).cloned().unwrap_or_else(|| json!([]));
            ((*kind).to_owned(), given)
        };
        kinds.iter().map(holders).collect()
    };
    members.iter().map(|(name, _)| ((*name).to_owned(), right(name))).collect()
}

/// How the rules of a component are sent; none takes them away, so that those of the queue apply.
pub(super) fn rules(component: &str, wanted: &Value) -> Call {
    let path = Session::at("/components/{id}/permissions", &[component]);
    if wanted.is_null() {
        return Call::Send { method: HttpMethod::DELETE, path, version: None, body: None };
    }
    let body = full(wanted, kinds::COMPONENT_ACCESS, |_| true);
    Call::Send { method: HttpMethod::PATCH, path, version: None, body: Some(body) }
}

/// Triggers act one after another. New ones come last, so that those in files may have to move.
fn order(kind: &'static Kind, now: &[One], wanted: &[Value]) -> Option<Change> {
    if kind.name != "triggers" {
        return None;
    }
    let pairs = paired(kind, now, wanted);
    let place = |at: usize| pairs.iter().position(|pair| *pair == Some(at));
    let kept = (0..now.len()).filter_map(place);
    let new = (0..wanted.len()).filter(|at| pairs.get(*at).is_some_and(Option::is_none));
    let comes: Vec<usize> = kept.chain(new).collect();
    (!comes.is_sorted()).then(|| Change {
        sign: '~',
        subject: shown("triggers in another order"),
        lines: Vec::new(),
        effects: Vec::new(),
        call: Call::Order { names: wanted.iter().map(|one| kind.called(one)).collect() },
    })
}

/// Changes and removals of one kind.
fn of_kind(
    kind: &'static Kind,
    queue: &str,
    now: &[One],
    wanted: &[Value],
) -> Result<(Vec<Change>, Vec<Change>), Failure> {
    let pairs = paired(kind, now, wanted);
    let mut changes = Vec::new();
    for (settings, place) in wanted.iter().zip(&pairs) {
        match place.and_then(|place| now.get(place)) {
            None => changes.push(created(kind, queue, settings)?),
            Some(one) => {
                let (of_one, rules) = changed(kind, queue, one, settings)?;
                changes.extend(of_one);
                changes.extend(rules);
            }
        }
    }
    let gone = now.iter().enumerate().filter(|(place, _)| !pairs.contains(&Some(*place)));
    let removals = gone.filter_map(|(_, one)| removed(kind, queue, one)).collect();
    Ok((changes, removals))
}

/// Which one of the present each wanted one is: that of the same name, or else that of the same id
/// whose name nobody else takes.
fn paired(kind: &Kind, now: &[One], wanted: &[Value]) -> Vec<Option<usize>> {
    let by_name = |settings: &Value| {
        now.iter().position(|one| kind.called(&one.settings) == kind.called(settings))
    };
    let named: Vec<Option<usize>> = wanted.iter().map(by_name).collect();
    let by_id = |settings: &Value| {
        let id = settings.get("id")?;
        let free = |place: &usize| !named.contains(&Some(*place));
        now.iter().position(|one| one.settings.get("id") == Some(id)).filter(free)
    };
    wanted.iter().zip(&named).map(|(settings, place)| place.or_else(|| by_id(settings))).collect()
}

fn subject(kind: &Kind, settings: &Value) -> String {
    let name = kind.called(settings);
    let of = if name.is_empty() { "*" } else { &name };
    shown(&format!("{} \"{of}\"", kind.one))
}

fn at(kind: &Kind, queue: &str, id: &str) -> String {
    Session::at(&kind.item.replace("{queue}", queue), &[id])
}

fn changed(
    kind: &'static Kind,
    queue: &str,
    now: &One,
    wanted: &Value,
) -> Result<(Option<Change>, Option<Change>), Failure> {
    let mut changes = diff::changes(&now.settings, wanted, kind.members);
    if let Some(born) = kind.born.iter().find(|member| changes.contains_key(**member)) {
        let why = format!("{}: {born} cannot be changed", subject(kind, wanted));
        return Err(Failure::usage(why).hint("give it another key to make a new one"));
    }
    let change = |changes: &Map<String, Value>, call| Change {
        sign: '~',
        subject: subject(kind, &now.settings),
        lines: diff::lines(&now.settings, changes),
        effects: Vec::new(),
        call,
    };
    let own = changes.remove_entry(kinds::RULES).map(|(name, wanted)| {
        let call = rules(&now.id, &wanted);
        change(&[(name, wanted)].into_iter().collect(), call)
    });
    let send = || Call::Send {
        method: HttpMethod::PATCH,
        path: at(kind, queue, &now.id),
        version: now.version,
        body: Some(Value::Object(changes.clone())),
    };
    Ok(((!changes.is_empty()).then(|| change(&changes, send())), own))
}

fn created(kind: &'static Kind, queue: &str, wanted: &Value) -> Result<Change, Failure> {
    let mut body = wanted.as_object().cloned().unwrap_or_default();
    body.remove("id");
    let mut later = Map::new();
    for name in kind.later.iter().chain(&[kinds::RULES]) {
        let value = body.remove(*name).filter(|value| *value != Value::Bool(false));
        later.extend(value.map(|value| ((*name).to_owned(), value)));
    }
    if !kind.create.contains("{queue}") {
        body.insert("queue".to_owned(), queue.into());
    }
    if kind.name == "fields" {
        new_field(&mut body)?;
    }
    Ok(Change {
        sign: '+',
        subject: subject(kind, wanted),
        lines: Vec::new(),
        effects: Vec::new(),
        call: Call::Create {
            kind,
            path: kind.create.replace("{queue}", queue),
            body: Value::Object(body),
            later,
        },
    })
}

/// A new field names its class, and its key as an id.
fn new_field(body: &mut Map<String, Value>) -> Result<(), Failure> {
    let kind = cell(body.get("type"));
    let class = kinds::class(&kind)
        .ok_or_else(|| Failure::usage(format!("fields.toml: there is no type {kind:?}")))?;
    let key = body.remove("key").unwrap_or_default();
    body.insert("id".to_owned(), key);
    body.insert("type".to_owned(), class.into());
    if let Some(Value::String(name)) = body.get("name").cloned() {
        body.insert("name".to_owned(), json!({"en": name, "ru": name}));
    }
    Ok(())
}

/// Fields are not deleted, they are hidden.
fn removed(kind: &'static Kind, queue: &str, one: &One) -> Option<Change> {
    let path = at(kind, queue, &one.id);
    let (lines, call) = if kind.removable {
        let call = Call::Send { method: HttpMethod::DELETE, path, version: None, body: None };
        (Vec::new(), call)
    } else {
        if one.settings["hidden"] == true {
            return None;
        }
        let (version, body) = (one.version, Some(json!({"hidden": true})));
        let call = Call::Send { method: HttpMethod::PATCH, path, version, body };
        (vec![shown("hidden, for fields are not deleted")], call)
    };
    Some(Change {
        sign: '-',
        subject: subject(kind, &one.settings),
        lines,
        effects: Vec::new(),
        call,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> &'static Kind {
        KINDS.iter().find(|kind| kind.name == name).expect("a kind")
    }

    fn trigger(id: i64, name: &str) -> One {
        let settings = json!({"id": id, "name": name, "active": true, "actions": []});
        One { id: id.to_string(), version: Some(1), settings }
    }

    fn told(kind: &'static Kind, now: &[One], wanted: &[Value]) -> Vec<String> {
        let (changes, removals) = of_kind(kind, "A", now, wanted).expect("a plan");
        changes.iter().chain(&removals).map(Change::text).collect()
    }

    #[test]
    fn things_come_change_and_go() {
        let now = [trigger(1, "one"), trigger(2, "two"), trigger(3, "three")];
        let same: Vec<Value> = now.iter().map(|one| one.settings.clone()).collect();
        let triggers = kind("triggers");
        assert!(told(triggers, &now, &same).is_empty());
        let mut wanted = same.clone();
        wanted[0]["name"] = "first".into();
        wanted[1]["active"] = false.into();
        wanted.remove(2);
        wanted.push(json!({"name": "four", "actions": []}));
        assert_eq!(
            told(triggers, &now, &wanted),
            [
                "~ trigger \"one\": name one → first",
                "~ trigger \"two\": active true → false",
                "+ trigger \"four\"",
                "- trigger \"three\"",
            ]
        );
    }

    #[test]
    fn triggers_move_only_where_their_order_differs() {
        let now = [trigger(1, "one"), trigger(2, "two")];
        let same: Vec<Value> = now.iter().map(|one| one.settings.clone()).collect();
        let new = json!({"name": "new", "actions": []});
        let triggers = kind("triggers");
        let moved = |wanted: &[Value]| order(triggers, &now, wanted).is_some();
        assert!(!moved(&same));
        assert!(!moved(&[same[0].clone(), same[1].clone(), new.clone()]));
        assert!(!moved(&[same[1].clone()]));
        assert!(moved(&[same[1].clone(), same[0].clone()]));
        assert!(moved(&[new, same[0].clone(), same[1].clone()]));
    }

    #[test]
    fn rules_of_a_component_are_sent_by_themselves() {
        let settings = json!({"id": 3, "name": "API", "access": {"read": {"users": ["ann"]}}});
        let now = [One { id: "3".to_owned(), version: Some(1), settings: settings.clone() }];
        let components = kind("components");
        assert!(told(components, &now, std::slice::from_ref(&settings)).is_empty());
        let mut wanted = settings.clone();
        wanted["description"] = "x".into();
        wanted["access"] = json!({"read": {"users": ["bob"]}});
        let (changes, _) = of_kind(components, "A", &now, &[wanted]).expect("a plan");
        let sent: Vec<Value> = changes.iter().map(Change::json).collect();
        assert_eq!((sent.len(), &sent[0]["body"]), (2, &json!({"description": "x"})));
        assert_eq!(sent[1]["path"], "/components/3/permissions");
        assert_eq!(sent[1]["body"]["read"], json!({"users": ["bob"], "groups": [], "roles": []}));
        let plain = json!({"id": 3, "name": "API"});
        let (changes, _) = of_kind(components, "A", &now, &[plain]).expect("a plan");
        assert_eq!(changes[0].json()["method"], "DELETE");
        let (changes, _) = of_kind(components, "A", &[], &[settings]).expect("a plan");
        assert!(changes[0].json()["body"].get("access").is_none());
    }

    #[test]
    fn fields_are_hidden_and_keep_their_type() {
        let settings = json!({"key": "x", "name": "X", "type": "string", "category": "c"});
        let now = [One { id: "x".to_owned(), version: Some(1), settings: settings.clone() }];
        let fields = kind("fields");
        assert_eq!(told(fields, &now, &[]), ["- field \"x\": hidden, for fields are not deleted"]);
        let mut other = settings.clone();
        other["type"] = "date".into();
        assert!(of_kind(fields, "A", &now, &[other]).is_err());
        let (changes, _) = of_kind(fields, "A", &[], &[settings]).expect("a plan");
        let sent = changes[0].json();
        assert_eq!(sent["path"], "/queues/A/localFields");
        assert_eq!(
            sent["body"],
            json!({"id": "x", "name": {"en": "X", "ru": "X"}, "category": "c",
                "type": "ru.yandex.startrek.core.fields.StringFieldType"})
        );
    }
}
