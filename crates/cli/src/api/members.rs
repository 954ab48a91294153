//! Bodies and query strings of flags: `-f key=value`, `-F key=value`, with `a[b]=c` and `a[]=x`.

use std::str::FromStr;

use serde_json::Value;

use super::Pair;
use crate::failure::Failure;

/// `KEY=VALUE` whose value is JSON if it parses, the content of a file behind `@`, otherwise text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Typed(Pair);

impl FromStr for Typed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Members with their values, the texts first.
pub(super) fn members(
    texts: Vec<Pair>,
    typed: Vec<Typed>,
) -> Result<Vec<(String, Value)>, Failure> {
    let mut members: Vec<(String, Value)> =
        texts.into_iter().map(|Pair { key, value }| (key, value.into())).collect();
    for Typed(Pair { key, value }) in typed {
        let value = if value.starts_with('@') {
            // `@-` is standard input.
            let file = if value == "@-" { "-" } else { &value };
            crate::session::text(file)?.into()
        } else {
            serde_json::from_str(&value).unwrap_or(Value::String(value))
        };
        members.push((key, value));
    }
    Ok(members)
}

/// The object that members make.
pub(super) fn object(members: Vec<(String, Value)>) -> Result<Value, Failure> {
    let mut object = Value::Object(serde_json::Map::new());
    for (key, value) in members {
        let steps = steps(&key)?;
        if !put(&mut object, &steps, value) {
            return Err(Failure::usage(format!(
                "-f {key}: it is a list, an object and a value at once"
            )));
        }
    }
    Ok(object)
}

/// Members as pairs of a query string; a list is the same name several times.
pub(super) fn pairs(members: Vec<(String, Value)>) -> Result<Vec<(String, String)>, Failure> {
    let pair = |(key, value): (String, Value)| {
        let name = key.strip_suffix("[]").unwrap_or(&key).to_owned();
        if name.contains(['[', ']']) || value.is_object() || value.is_array() {
            return Err(Failure::usage(format!("-f {key}: a query string holds no objects")));
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok((name, text))
    };
    members.into_iter().map(pair).collect()
}

/// The names on the way to a member; `None` for a further item of a list.
fn steps(key: &str) -> Result<Vec<Option<&str>>, Failure> {
    let wrong = || Failure::usage(format!("-f {key}: must be like a[b]=c or a[]=x"));
    let (first, mut rest) = key.split_at(key.find('[').unwrap_or(key.len()));
    let mut steps = vec![Some(first)];
    while !rest.is_empty() {
        let inside = rest.strip_prefix('[').ok_or_else(wrong)?;
        let (name, after) = inside.split_once(']').ok_or_else(wrong)?;
        steps.push(Some(name).filter(|name| !name.is_empty()));
        rest = after;
    }
    if first.is_empty() { Err(wrong()) } else { Ok(steps) }
}

/// Whether the value has its place.
fn put(at: &mut Value, steps: &[Option<&str>], value: Value) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *at = value;
        return true;
    };
    if let Some(name) = step {
        if at.is_null() {
            *at = Value::Object(serde_json::Map::new());
        }
        let Some(members) = at.as_object_mut() else { return false };
        return put(members.entry((*name).to_owned()).or_insert(Value::Null), rest, value);
    }
    if at.is_null() {
        *at = Value::Array(Vec::new());
    }
    let Some(items) = at.as_array_mut() else { return false };
    // `a[][b]=1 a[][c]=2 a[][b]=3` makes two objects.
    let joins = items.last().is_some_and(|last| match rest.first() {
        Some(Some(name)) => last.is_object() && (rest.len() > 1 || last.get(name).is_none()),
        _ => false,
    });
    if !joins {
        items.push(Value::Null);
    }
    items.last_mut().is_some_and(|last| put(last, rest, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(texts: &[&str], typed: &[&str]) -> Result<Value, Failure> {
        let texts = texts.iter().map(|text| text.parse().expect("a pair")).collect();
        let typed = typed.iter().map(|text| text.parse().expect("a pair")).collect();
        object(members(texts, typed)?)
    }

    #[test]
    fn texts_stay_texts_and_others_have_types() {
        assert_eq!(made(&["a=1", "b=true"], &[]).expect("good"), json!({"a": "1", "b": "true"}));
        let wanted = json!({"a": 1, "b": true, "c": null, "d": "1", "e": "x=y", "f": [1]});
        let typed = ["a=1", "b=true", "c=null", "d=\"1\"", "e=x=y", "f=[1]"];
        assert_eq!(made(&[], &typed).expect("good"), wanted);
        let file = std::env::temp_dir().join(format!("trackway-members-{}", std::process::id()));
        std::fs::write(&file, "12").expect("written");
        let field = format!("text=@{}", file.display());
        assert_eq!(made(&[], &[&field]).expect("good"), json!({"text": "12"}));
        std::fs::remove_file(file).expect("removed");
        assert!(made(&[], &["text=@/no/such/file"]).is_err());
        assert!("a".parse::<Typed>().is_err() && "=a".parse::<Typed>().is_err());
    }

    #[test]
    fn brackets_lead_into_lists_and_objects() {
        let texts = ["a[b]=c", "a[d][e]=f", "t[]=x", "t[]=y", "l[][n]=1", "l[][m]=2", "l[][n]=3"];
        let wanted = json!({"a": {"b": "c", "d": {"e": "f"}}, "t": ["x", "y"],
            "l": [{"n": "1", "m": "2"}, {"n": "3"}]});
        assert_eq!(made(&texts, &[]).expect("good"), wanted);
        for wrong in
            [&["a=1", "a[b]=2"][..], &["a[=1"], &["[b]=1"], &["a[b]c=1"], &["a[]=1", "a[b]=2"]]
        {
            assert!(made(wrong, &[]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn query_strings_repeat_names() {
        let members = |texts: &[&str]| {
            members(texts.iter().map(|text| text.parse().expect("a pair")).collect(), Vec::new())
        };
        let made = pairs(members(&["a[]=1", "a[]=2", "b=x y"]).expect("good")).expect("good");
        let made: Vec<(&str, &str)> = made.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(made, [("a", "1"), ("a", "2"), ("b", "x y")]);
        assert!(pairs(members(&["a[b]=1"]).expect("good")).is_err());
    }
}
