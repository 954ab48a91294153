//! References as people write them: keys and logins instead of objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

/// Logins by uid: references name people by a number that says nothing to a reader.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<String, String>);

impl People {
    /// A value with references as people write them.
    pub(crate) async fn plain(
        &mut self,
        value: Value,
        session: &Session<'_, '_>,
    ) -> Result<Value, Failure> {
        let mut unknown = Vec::new();
        strangers(&value, &self.0, &mut unknown);
        for id in unknown {
            // Whoever has left keeps the number.
            let found = session.get(&Session::at("/users/{id}", &[&id]), &[]).await;
            let login = found.ok().map(|user| cell(user.get("login")));
            let login = login.filter(|login| !login.is_empty()).unwrap_or_else(|| id.clone());
            self.0.insert(id, login);
        }
        Ok(plain(value, &self.0))
    }
}

/// Whether members are those of a reference, and to what.
fn referred(members: &Map<String, Value>) -> Option<&str> {
    let path = members.get("self")?.as_str()?;
    let known = ["self", "id", "key", "display", "cloudUid", "passportUid"];
    let only = members.keys().all(|name| known.contains(&name.as_str()));
    let to = path.rsplit('/').nth(1)?;
    only.then_some(to)
}

/// Ids of people that are not known yet.
fn strangers(value: &Value, known: &BTreeMap<String, String>, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| strangers(item, known, found)),
        Value::Object(members) if referred(members) == Some("users") => {
            let id = cell(members.get("id"));
            if !known.contains_key(&id) && !found.contains(&id) {
                found.push(id);
            }
        }
        Value::Object(members) => members.values().for_each(|one| strangers(one, known, found)),
        _ => {}
    }
}

/// References as they are written: keys, logins, names of components and versions, else ids.
fn plain(value: Value, people: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| plain(item, people)).collect(),
        Value::Object(members) => {
            let member = |name: &str| members.get(name).cloned().filter(|value| !value.is_null());
            let id = || cell(members.get("id"));
            match referred(&members) {
                Some("users") => people.get(&id()).cloned().unwrap_or_else(id).into(),
                Some("components" | "versions") => member("display").unwrap_or_default(),
                Some(_) => member("key").unwrap_or_else(|| id().into()),
                None => {
                    let members = members.into_iter();
                    Value::Object(members.map(|(name, one)| (name, plain(one, people))).collect())
                }
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_become_what_people_write() {
        let people = [("7".to_owned(), "ann".to_owned())].into_iter().collect();
        let raw = json!({"lead": {"self": "http://h/v3/users/7", "id": "7", "display": "Ann"},
            "type": {"self": "http://h/v3/issuetypes/2", "id": "2", "key": "task", "display": "T"},
            "of": [{"self": "http://h/v3/components/3", "id": "3", "display": "API"}],
            "group": {"self": "http://h/v3/groups/5", "id": "5", "display": "All"},
            "more": {"self": "http://h/v3/users/7", "text": "x"}});
        let wanted = json!({"lead": "ann", "type": "task", "of": ["API"], "group": "5",
            "more": {"self": "http://h/v3/users/7", "text": "x"}});
        assert_eq!(plain(raw, &people), wanted);
    }
}
