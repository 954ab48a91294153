//! From what clients write to what is stored: references by key, id, login, name, or an object
//! with any of these (contract, x-global-rules.references_in_requests).

use std::sync::Arc;

use serde_json::Value as Json;

use crate::dict::model::{Body, MailList, Member};
use crate::dict::{Dict, Object, Table};

/// A reference as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    /// A number, or a string of digits.
    Id(i64),
    /// Any other string: a key, for some kinds a name.
    Word(&'a str),
    /// The `name` of an object.
    Name(&'a str),
}

/// Reads a reference. Of an object the id wins over the key, and the key over the name
/// (real-samples, 3).
pub fn written(json: &Json) -> Option<Written<'_>> {
    match json {
        Json::Number(n) => n.as_i64().map(Written::Id),
        Json::String(text) => word(text),
        Json::Object(members) => {
            if let Some(inner) = members.get("set") {
                return written(inner);
            }
            ["id", "uid", "key", "login"]
                .iter()
                .find_map(|m| members.get(*m).filter(|v| !v.is_null()).and_then(scalar))
                .or_else(|| members.get("name").and_then(Json::as_str).map(Written::Name))
                .or_else(|| {
                    let url = members.get("url").or_else(|| members.get("self"))?.as_str()?;
                    word(url.trim_end_matches('/').rsplit('/').next()?)
                })
        }
        _ => None,
    }
}

fn scalar(json: &Json) -> Option<Written<'_>> {
    match json {
        Json::Number(n) => n.as_i64().map(Written::Id),
        Json::String(text) => word(text),
        _ => None,
    }
}

fn word(text: &str) -> Option<Written<'_>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(text.parse().map_or(Written::Word(text), Written::Id))
}

/// The object of a table that a reference means. Names match in either language.
pub fn object<'t, T: Body>(
    table: &'t Table<T>,
    json: &Json,
    fits: impl Fn(&T) -> bool,
) -> Option<&'t Arc<Object<T>>> {
    let found = match written(json)? {
        Written::Id(id) => table.get(id),
        Written::Word(word) => table.by_key(word).or_else(|| table.by_name(word, &fits)),
        Written::Name(name) => table.by_name(name, &fits),
    };
    found.filter(|o| fits(&o.body))
}

/// The object of a table that is known by name, such as a component: a bare string is a name, and
/// one of digits is an id first.
pub fn named<'t, T: Body>(
    table: &'t Table<T>,
    json: &Json,
    fits: impl Fn(&T) -> bool,
) -> Option<&'t Arc<Object<T>>> {
    match written(json)? {
        Written::Id(id) => table
            .get(id)
            .filter(|o| fits(&o.body))
            .or_else(|| table.by_name(&id.to_string(), &fits)),
        Written::Word(name) | Written::Name(name) => table.by_name(name, &fits),
    }
}

/// The user that a reference means: uid in any spelling, login, `login:<digits>`, cloud uid, or
/// mail address.
pub fn user<'d>(dict: &'d Dict, json: &Json) -> Option<&'d Arc<Object<Member>>> {
    if let Json::Object(members) = json {
        if let Some(inner) = members.get("set") {
            return user(dict, inner);
        }
        return ["uid", "id", "trackerUid", "passportUid", "cloudUid", "login", "email"]
            .iter()
            .find_map(|m| members.get(*m).filter(|v| !v.is_null()))
            .and_then(|value| user(dict, value));
    }
    match written(json)? {
        Written::Id(uid) => dict.users.get(uid),
        Written::Word(text) | Written::Name(text) => user_by_text(dict, text),
    }
}

/// The mail list that a reference means: its address in any letter case, or its name.
pub fn maillist<'d>(dict: &'d Dict, json: &Json) -> Option<&'d Arc<Object<MailList>>> {
    let address = json.get("email").or_else(|| json.get("id"));
    let text = match address.and_then(Json::as_str) {
        Some(address) => address,
        None => match written(json)? {
            Written::Word(text) | Written::Name(text) => text,
            Written::Id(id) => return dict.maillists.get(id),
        },
    };
    dict.maillists
        .by_key(&text.trim().to_lowercase())
        .or_else(|| dict.maillists.by_name(text.trim(), |_| true))
}

/// The user that a text in a path or query means.
pub fn user_by_text<'d>(dict: &'d Dict, text: &str) -> Option<&'d Arc<Object<Member>>> {
    if let Ok(uid) = text.parse::<i64>() {
        return dict.users.get(uid);
    }
    let login = text.strip_prefix("login:").unwrap_or(text).to_lowercase();
    dict.users.by_key(&login).or_else(|| {
        dict.users.iter().find(|u| {
            u.body.cloud_uid == text || (!u.body.email.is_empty() && u.body.email == login)
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_in_all_spellings() {
        assert_eq!(written(&json!(3)), Some(Written::Id(3)));
        assert_eq!(written(&json!("3")), Some(Written::Id(3)));
        assert_eq!(written(&json!("bug")), Some(Written::Word("bug")));
        assert_eq!(written(&json!({"key": "bug", "id": "1"})), Some(Written::Id(1)));
        assert_eq!(written(&json!({"set": "bug"})), Some(Written::Word("bug")));
        assert_eq!(written(&json!({"name": "Ошибка"})), Some(Written::Name("Ошибка")));
        for bad in [json!(""), json!({}), json!(true), json!([]), json!(1.5), json!({"key": null})]
        {
            assert_eq!(written(&bad), None, "{bad}");
        }
    }
}
