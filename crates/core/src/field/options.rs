//! Lists of allowed values: `optionsProvider` of a field (contract, `OptionsProvider`).

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trackway_api::fields::Provider;

use super::render::provider;
use crate::dict::Dict;
use crate::dict::model::{Field, ValueType};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::queue::input::shown;

const MEMBER: &str = "optionsProvider";
const FIXED: &str = "FixedListOptionsProvider";
const USERS: &str = "FixedUserListOptionsProvider";
const BY_QUEUE: &str = "QueueFixedListOptionsProvider";
/// Longest list (contract, `FieldCreate`).
const MAX_VALUES: usize = 3000;
/// Most lists of one field.
const MAX_LISTS: usize = 1000;
/// Longest value, in characters.
const MAX_VALUE: usize = 255;

/// Allowed values as they are stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) common: Option<Vec<Json>>,
    pub(crate) lists: BTreeMap<String, Vec<Json>>,
}

/// Reads an `optionsProvider`. `null` and one without values mean that any value may be given.
///
/// # Errors
/// 422 under `optionsProvider`.
pub(crate) fn read(dict: &Dict, kind: ValueType, json: &Json) -> Result<Options> {
    read_provider(dict, kind, json).map_err(|error| error.under(MEMBER))
}

fn read_provider(dict: &Dict, kind: ValueType, json: &Json) -> Result<Options> {
    if json.is_null() {
        return Ok(Options::default());
    }
    let wrong = || Code::ValueType.with("{type, values}");
    let members = json.as_object().ok_or_else(wrong)?;
    let name = members.get("type").and_then(Json::as_str).ok_or_else(wrong)?;
    let fits = match name {
        FIXED => matches!(kind, ValueType::String | ValueType::Integer),
        USERS => kind == ValueType::User,
        BY_QUEUE => matches!(kind, ValueType::String | ValueType::Integer | ValueType::User),
        _ => return Err(Code::ValueUnknown.with(shown(&Json::from(name)))),
    };
    let values = members.get("values").filter(|v| !v.is_null());
    if !fits {
        return Err(Code::ProviderUnfit.with(name));
    }
    match values {
        None => Err(Code::FieldRequired.err()),
        Some(Json::Array(items)) => {
            Ok(Options { common: Some(list(dict, kind, items)?), lists: BTreeMap::new() })
        }
        Some(Json::Object(lists)) => {
            if lists.len() > MAX_LISTS {
                return Err(Code::TooManyValues.with(MAX_LISTS));
            }
            let mut options = Options { common: Some(Vec::new()), lists: BTreeMap::new() };
            for (key, items) in lists {
                let items = items.as_array().ok_or_else(wrong)?;
                options.lists.insert(key.clone(), list(dict, kind, items)?);
            }
            if let Some(items) = members.get("defaults").filter(|v| !v.is_null()) {
                let items = items.as_array().ok_or_else(wrong)?;
                options.common = Some(list(dict, kind, items)?);
            }
            Ok(options)
        }
        Some(_) => Err(wrong()),
    }
}

fn list(dict: &Dict, kind: ValueType, items: &[Json]) -> Result<Vec<Json>> {
    if items.len() > MAX_VALUES {
        return Err(Code::TooManyValues.with(MAX_VALUES));
    }
    let mut values: Vec<Json> = Vec::with_capacity(items.len());
    let mut seen = rustc_hash::FxHashSet::default();
    for item in items {
        let value = value(dict, kind, item)?;
        if !seen.insert(value.to_string()) {
            return Err(Code::ValueRepeated.with(shown(item)));
        }
        values.push(value);
    }
    Ok(values)
}

fn value(dict: &Dict, kind: ValueType, item: &Json) -> Result<Json> {
    let wrong = || Code::ValueType.with(kind.name());
    match kind {
        ValueType::Integer => {
            let text = item.as_str().and_then(|t| t.trim().parse().ok());
            item.as_i64().or(text).map(Json::from).ok_or_else(wrong)
        }
        ValueType::User => {
            let user = refs::user(dict, item);
            user.map(|u| u.id.into()).ok_or_else(|| Code::ValueUnknown.with(shown(item)))
        }
        _ => {
            let text = item.as_str().map(str::trim).ok_or_else(wrong)?;
            if text.is_empty() {
                return Err(Code::ValueEmpty.err());
            }
            if text.chars().count() > MAX_VALUE {
                return Err(Code::ValueTooLong.with(MAX_VALUE));
            }
            Ok(text.into())
        }
    }
}

/// The source of values as the API shows it.
pub(super) fn wire(dict: &Dict, field: &Field) -> Option<Provider> {
    let users = field.value_type == ValueType::User;
    if let Some(common) = &field.values {
        let shown = |list: &Vec<Json>| {
            list.iter().map(|v| if users { login(dict, v) } else { v.clone() }).collect::<Json>()
        };
        let need_validation = Some(true);
        if field.lists.is_empty() {
            let kind = if users { USERS } else { FIXED }.to_owned();
            return Some(Provider {
                kind,
                values: Some(shown(common)),
                need_validation,
                ..Provider::default()
            });
        }
        let lists: serde_json::Map<String, Json> =
            field.lists.iter().map(|(key, list)| (key.clone(), shown(list))).collect();
        return Some(Provider {
            kind: BY_QUEUE.to_owned(),
            values: Some(lists.into()),
            defaults: Some(shown(common)),
            need_validation,
        });
    }
    field.options.then(|| match field.value_type {
        ValueType::User => {
            Provider { kind: "TeamOptionsProvider".to_owned(), ..Provider::default() }
        }
        kind => provider(kind, "Options"),
    })
}

/// People are shown by the name under which a client may write them.
fn login(dict: &Dict, uid: &Json) -> Json {
    let user = uid.as_i64().and_then(|uid| dict.users.get(uid));
    user.map_or_else(|| uid.to_string().into(), |u| u.body.login.as_str().into())
}
