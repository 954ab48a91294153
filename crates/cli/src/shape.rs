//! From the server's JSON to ours, and from members to the cells of a table.

use serde_json::{Map, Value, json};

/// The shorter form: references become `{key, name}`, times RFC 3339 in UTC; addresses of
/// references go.
pub(crate) fn short(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(short).collect(),
        Value::Object(members) if is_reference(&members) => reference(&members),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, short(value))).collect()
        }
        Value::String(text) => time(&text).map_or(Value::String(text), Value::String),
        other => other,
    }
}

fn is_reference(members: &Map<String, Value>) -> bool {
    members.contains_key("display")
        && members.keys().all(|name| {
            ["self", "id", "key", "display", "cloudUid", "passportUid"].contains(&name.as_str())
        })
}

fn reference(members: &Map<String, Value>) -> Value {
    let name = members.get("display").cloned().unwrap_or_default();
    match members.get("key").filter(|key| key.is_string()) {
        Some(key) => json!({"key": key, "name": name}),
        None => json!({"id": members.get("id"), "name": name}),
    }
}

/// `2026-11-24T10:11:12.345+0000` as RFC 3339.
fn time(text: &str) -> Option<String> {
    let bare = text.strip_suffix("+0000")?;
    let is_time = bare.len() == 23 && bare.as_bytes().get(10) == Some(&b'T');
    is_time.then(|| format!("{bare}Z"))
}

/// The member at a path such as `assignee.name`. Of the server's own references `name` is the
/// `display`.
pub(crate) fn member<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, name| {
        value.get(name).or_else(|| (name == "name").then(|| value.get("display")).flatten())
    })
}

/// A member as a cell.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => minute(text),
        Some(Value::Array(items)) => {
            items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(", ")
        }
        Some(Value::Object(members)) => {
            let name = ["display", "name", "summary", "key", "id"];
            cell(name.iter().find_map(|name| members.get(*name)))
        }
        Some(other) => other.to_string(),
    }
}

/// A time to the minute; any other text as it is.
fn minute(text: &str) -> String {
    let is_time = text.len() > 16
        && text.as_bytes().get(10) == Some(&b'T')
        && text.as_bytes().get(13) == Some(&b':');
    match text.get(..16) {
        Some(minute) if is_time => minute.replace('T', " "),
        _ => text.to_owned(),
    }
}

/// What names an object in `-o keys`.
pub(crate) fn key(value: &Value) -> String {
    cell(["key", "login", "id"].iter().find_map(|name| value.get(*name)))
}

/// A text with members in braces: `{key}`, `{summary:trunc 60}`, `{tags:upper}`.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn fill(template: &str, value: &Value) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) =
            after.split_once('}').ok_or_else(|| "a brace is not closed".to_owned())?;
        let (path, change) = inside.split_once(':').unwrap_or((inside, ""));
        out.push_str(before);
        out.push_str(&changed(cell(member(value, path.trim())), change.trim())?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out.replace("\\n", "\n").replace("\\t", "\t"))
}

fn changed(text: String, change: &str) -> Result<String, String> {
    let mut words = change.split_whitespace();
    match (words.next(), words.next().map(str::parse::<usize>)) {
        (None, _) => Ok(text),
        (Some("trunc"), Some(Ok(width))) => Ok(cut(&text, width)),
        (Some("pad"), Some(Ok(width))) => Ok(format!("{text:width$}")),
        (Some("upper"), None) => Ok(text.to_uppercase()),
        (Some("lower"), None) => Ok(text.to_lowercase()),
        _ => Err(format!("{change:?} is none of trunc N, pad N, upper, lower")),
    }
}

/// A text of at most so many characters.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue() -> Value {
        json!({"key": "A-1", "summary": "Beam me up, Scotty", "tags": ["x", "y"],
            "updatedAt": "2026-11-24T10:11:12.345+0000",
            "status": {"self": "s", "id": "1", "key": "open", "display": "Open"},
            "assignee": {"self": "s", "id": "7", "display": "Ann"}})
    }

    #[test]
    fn references_and_times_are_short() {
        let short = short(issue());
        assert_eq!(short["status"], json!({"key": "open", "name": "Open"}));
        assert_eq!(short["assignee"], json!({"id": "7", "name": "Ann"}));
        assert_eq!(short["updatedAt"], "2026-11-24T10:11:12.345Z");
    }

    #[test]
    fn templates_take_members_of_both_forms() {
        for issue in [issue(), short(issue())] {
            let filled =
                fill("{key} {status.key} {assignee.name} {summary:trunc 8}|{tags}", &issue);
            assert_eq!(filled.as_deref(), Ok("A-1 open Ann Beam me…|x, y"));
            assert_eq!(fill("{updatedAt} {nosuch}", &issue).as_deref(), Ok("2026-11-24 10:11 "));
        }
        assert!(fill("{key", &issue()).is_err());
        assert!(fill("{key:spin}", &issue()).is_err());
    }
}
