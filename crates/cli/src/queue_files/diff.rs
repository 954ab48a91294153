//! How settings differ, in words.

use serde_json::{Map, Value};

use super::kinds::{Absent, Member};

/// Longest value that is told in full, in characters.
const TOLD: usize = 60;

/// The members of `wanted` that differ from those of `now`, with what to send for them.
pub(super) fn changes(now: &Value, wanted: &Value, members: &[Member]) -> Map<String, Value> {
    let differing = |(name, absent): &Member| {
        let (old, new) = (now.get(*name), wanted.get(*name));
        let sent = match new {
            Some(new) if old.is_some_and(|old| same(name, old, new)) => None,
            Some(new) => Some(new.clone()),
            None if old.is_none() || *absent == Absent::Stays => None,
            None => absent.clearing().filter(|clearing| old != Some(clearing)),
        };
        sent.map(|sent| ((*name).to_owned(), sent))
    };
    members.iter().filter_map(differing).collect()
}

/// A line for each member that changes.
pub(super) fn lines(now: &Value, changes: &Map<String, Value>) -> Vec<String> {
    let line = |(name, new): (&String, &Value)| {
        let old = now.get(name).unwrap_or(&Value::Null);
        told(name, old, new)
    };
    changes.iter().flat_map(line).collect()
}

fn told(name: &str, old: &Value, new: &Value) -> Vec<String> {
    match (old, new) {
        (Value::Array(old), Value::Array(new)) if old.iter().chain(new).all(is_word) => {
            let added = new.iter().filter(|item| !old.contains(item)).map(|item| ("+", item));
            let gone = old.iter().filter(|item| !new.contains(item)).map(|item| ("-", item));
            let pieces: Vec<String> =
                added.chain(gone).map(|(sign, item)| format!("{sign}{}", short(item))).collect();
            if pieces.is_empty() {
                return vec![format!("{name} in another order")];
            }
            vec![format!("{name} {}", pieces.join(" "))]
        }
        (Value::Object(old), Value::Object(new)) => {
            let null = Value::Null;
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            names
                .map(|below| {
                    (below, old.get(below).unwrap_or(&null), new.get(below).unwrap_or(&null))
                })
                .filter(|(below, old, new)| !same(below, old, new))
                .flat_map(|(below, old, new)| told(&format!("{name}.{below}"), old, new))
                .collect()
        }
        (Value::Array(old), Value::Array(new)) => {
            let pairs = old.len().max(new.len());
            let null = Value::Null;
            let at = |items: &Vec<Value>, n: usize| items.get(n).unwrap_or(&null).clone();
            (0..pairs)
                .map(|n| (n, at(old, n), at(new, n)))
                .filter(|(_, old, new)| !same(name, old, new))
                .flat_map(|(n, old, new)| told(&format!("{name}[{}]", n + 1), &old, &new))
                .collect()
        }
        _ => vec![format!("{name} {} → {}", short(old), short(new))],
    }
}

/// Whether two values are the same setting: the server writes limits of time in days of work, which
/// a file may have in hours.
fn same(name: &str, old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::String(a), Value::String(b)) if matches!(name, "limit" | "warn") => {
            a == b || minutes(a).is_some_and(|length| Some(length) == minutes(b))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(name, a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let all = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| same(name, a, b));
            a.len() == b.len() && a.iter().all(all)
        }
        _ => old == new,
    }
}

/// The length of `P1W2DT3H30M`, with five days of eight hours in a week.
fn minutes(text: &str) -> Option<u64> {
    let (mut total, mut number) = (0_u64, String::new());
    for c in text.strip_prefix('P')?.chars().filter(|c| *c != 'T') {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let length = match c {
            'W' => 5 * 8 * 60,
            'D' => 8 * 60,
            'H' => 60,
            'M' => 1,
            _ => return None,
        };
        total += number.parse::<u64>().ok()?.checked_mul(length)?;
        number.clear();
    }
    number.is_empty().then_some(total)
}

fn is_word(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// A value on one line, cut where it is long.
pub(super) fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    crate::shape::cut(&line, TOLD)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kinds::{KINDS, QUEUE};
    use super::*;

    fn both(now: &Value, wanted: &Value, members: &[Member]) -> (Value, Vec<String>) {
        let changes = changes(now, wanted, members);
        let lines = lines(now, &changes);
        (Value::Object(changes), lines)
    }

    #[test]
    fn only_what_differs_is_sent() {
        let now = json!({"key": "A", "name": "Old", "description": "x", "assignAuto": true,
            "teamUsers": ["ann", "bob"]});
        assert_eq!(both(&now, &now, QUEUE), (json!({}), vec![]));
        let wanted = json!({"key": "A", "name": "New", "teamUsers": ["bob", "eve"]});
        let (sent, lines) = both(&now, &wanted, QUEUE);
        assert_eq!(sent, json!({"name": "New", "description": null, "teamUsers": ["bob", "eve"]}));
        assert_eq!(lines, ["description x → -", "name Old → New", "teamUsers +eve -ann"]);
    }

    #[test]
    fn limits_of_time_are_compared_by_their_length() {
        let slas = KINDS.iter().find(|kind| kind.name == "slas").expect("a kind");
        let levels = |limit: &str| json!({"levels": [{"warn": "PT30M", "limit": limit}]});
        assert_eq!(both(&levels("P1DT2H"), &levels("PT10H"), slas.members).0, json!({}));
        let (_, lines) = both(&levels("P1D"), &levels("PT9H"), slas.members);
        assert_eq!(lines, ["levels[1].limit P1D → PT9H"]);
        assert_eq!((minutes("P1W"), minutes("P1Y"), minutes("soon")), (Some(2400), None, None));
    }

    #[test]
    fn what_cannot_be_cleared_by_null_is_cleared_otherwise() {
        let components = KINDS.iter().find(|kind| kind.name == "components").expect("a kind");
        let now = json!({"name": "API", "lead": "ann", "description": "x"});
        let (sent, _) = both(&now, &json!({"name": "API"}), components.members);
        assert_eq!(sent, json!({"lead": {}, "description": ""}));
    }

    #[test]
    fn values_within_values_are_told_with_their_place() {
        let now = json!({"issueTypesConfig": [{"issueType": "task", "resolutions": ["fixed"]}]});
        let wanted = json!({"issueTypesConfig": [
            {"issueType": "task", "resolutions": ["fixed", "later"]}, {"issueType": "bug"}]});
        let (_, lines) = both(&now, &wanted, QUEUE);
        assert_eq!(
            lines,
            [
                "issueTypesConfig[1].resolutions +later",
                "issueTypesConfig[2] - → {\"issueType\":\"bug\"}"
            ]
        );
    }
}
