//! Fields as clients describe them: what global fields and those of queues have in common.

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::no;
use super::options::{self, Options};
use crate::dict::model::{Field, ValueType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::queue::input::{self, Problems};

/// Longest id and longest name, in characters.
const MAX_ID: usize = 100;
const MAX_NAME: usize = 255;
/// Bounds of a position in lists.
const ORDERS: std::ops::RangeInclusive<i64> = 0..=1_000_000_000;

/// Classes of values and what they are in a schema (contract, `FieldCreate`).
const CLASSES: [(&str, ValueType); 11] = [
    ("DateFieldType", ValueType::Date),
    ("DateTimeFieldType", ValueType::Datetime),
    ("StringFieldType", ValueType::String),
    ("TextFieldType", ValueType::Text),
    ("FloatFieldType", ValueType::Float),
    ("IntegerFieldType", ValueType::Integer),
    ("UserFieldType", ValueType::User),
    ("UriFieldType", ValueType::Uri),
    ("MoneyFieldType", ValueType::Money),
    ("MoneyWithRateFieldType", ValueType::Money),
    ("TimeTrackingDurationFieldType", ValueType::Timetracking),
];
const PACKAGE: &str = "ru.yandex.startrek.core.fields.";

/// A new field, and the id it was given, which becomes its key; `queue` for a local one. That the
/// id is free is checked by whoever stores the field.
///
/// # Errors
/// 422 with every wrong member named; 404 for an unknown category.
pub(crate) fn new(dict: &Dict, body: &Members, queue: Option<i64>) -> Result<(String, Field)> {
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    let mut problems = Problems::default();
    let id = problems.note(input::required(given("id"), "id").and_then(id));
    let name = input::required(given("name"), "name").and_then(|json| name(json, "name"));
    let name = problems.note(name).unwrap_or_default();
    problems.note(free_name(dict, queue, &name, None));
    let value_type = input::required(given("type"), "type").and_then(class);
    let value_type = problems.note(value_type).unwrap_or_default();
    let wanted = given("optionsProvider").unwrap_or(&Json::Null);
    let options = problems.note(options::read(dict, value_type, wanted)).unwrap_or_default();
    let array = problems.note(input::flag(body, "container")).flatten().unwrap_or_default();
    let mut field = Field {
        name,
        value_type,
        array,
        suggest: value_type == ValueType::User,
        order: next_order(dict, queue),
        queue,
        ..Field::default()
    };
    if array && !may_hold_several(value_type, &options) {
        problems.note::<()>(Err(Code::ContainerUnfit.at("container")));
    }
    set_options(&mut field, options);
    let category = input::required(given("category"), "category");
    field.category =
        problems.note(category.and_then(|json| self::category(dict, json))).unwrap_or_default();
    common(&mut problems, &mut field, body);
    problems.end()?;
    Ok((id.unwrap_or_default(), field))
}

/// A field after a change. Type, key and container stay; `null` clears the description and the
/// list of values, and changes nothing else.
///
/// # Errors
/// As [`new`].
pub(crate) fn changed(dict: &Dict, old: &Object<Field>, patch: &Members) -> Result<Field> {
    let given = |member: &str| patch.get(member).filter(|json| !json.is_null());
    let mut field = old.body.clone();
    let mut problems = Problems::default();
    if let Some(json) = given("name")
        && let Some(name) = problems.note(renamed(json, &old.body.name))
    {
        problems.note(free_name(dict, field.queue, &name, Some(old.id)));
        field.name = name;
    }
    if let Some(json) = given("category")
        && let Some(category) = problems.note(category(dict, json))
    {
        field.category = category;
    }
    if let Some(json) = patch.get("optionsProvider")
        && let Some(options) = problems.note(options::read(dict, field.value_type, json))
    {
        set_options(&mut field, options);
    }
    common(&mut problems, &mut field, patch);
    if old.id < i64::from(no::FIRST_CUSTOM) {
        problems.note(system_stays(&old.body, &field));
    }
    problems.end()?;
    Ok(field)
}

/// Members that a creation and a change read alike.
fn common(problems: &mut Problems, field: &mut Field, body: &Members) {
    if let Some(order) = problems.note(order(body)).flatten() {
        field.order = order;
    }
    if let Some(json) = body.get("description")
        && let Some(text) = problems.note(description(json))
    {
        field.description = text;
    }
    if let Some(visible) = problems.note(input::flag(body, "visible")).flatten() {
        field.visible = Some(visible);
    }
    for (member, flag) in [("readonly", &mut field.readonly), ("hidden", &mut field.hidden)] {
        if let Some(Some(value)) = problems.note(input::flag(body, member)) {
            *flag = value;
        }
    }
}

/// What the tracker itself relies on cannot be changed in a system field.
fn system_stays(old: &Field, new: &Field) -> Result<()> {
    let changed = [
        ("readonly", old.readonly != new.readonly),
        ("hidden", old.hidden != new.hidden),
        ("optionsProvider", old.values != new.values || old.lists != new.lists),
    ];
    match changed.into_iter().find(|(_, changed)| *changed) {
        Some((member, _)) => Err(Code::FieldReadonly.at(member)),
        None => Ok(()),
    }
}

fn set_options(field: &mut Field, options: Options) {
    field.options = options.common.is_some();
    field.values = options.common;
    field.lists = options.lists;
}

/// Strings, people, and lists to choose from (contract, `FieldCreate`).
fn may_hold_several(kind: ValueType, options: &Options) -> bool {
    matches!(kind, ValueType::String | ValueType::User) || options.common.is_some()
}

fn id(json: &Json) -> Result<String> {
    let text = input::text(json, "id")?.trim();
    let mut chars = text.chars();
    let fits = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.len() <= MAX_ID;
    if fits { Ok(text.to_owned()) } else { Err(Code::FieldKeyForm.with(MAX_ID).under("id")) }
}

fn class(json: &Json) -> Result<ValueType> {
    let text = input::text(json, "type")?;
    let short = text.strip_prefix(PACKAGE).unwrap_or(text);
    let known = CLASSES.iter().find(|(class, _)| *class == short);
    known
        .map(|(_, kind)| *kind)
        .ok_or_else(|| Code::ValueUnknown.with(input::shown(json)).under("type"))
}

/// A name in one or both languages: an object by language, or a text that is the same in both.
///
/// # Errors
/// 422 under `member`.
pub(crate) fn name(json: &Json, member: &str) -> Result<Name> {
    let name = renamed_in(json, &Name::default(), member)?;
    if name == Name::default() {
        return Err(Code::ValueEmpty.at(member));
    }
    Ok(name)
}

/// A language that a change does not name keeps its text.
pub(crate) fn renamed(json: &Json, old: &Name) -> Result<Name> {
    let name = renamed_in(json, old, "name")?;
    if name == Name::default() { Err(Code::ValueEmpty.at("name")) } else { Ok(name) }
}

fn renamed_in(json: &Json, old: &Name, member: &str) -> Result<Name> {
    let text = |json: &Json| {
        let text = json.as_str().map(str::trim);
        let text = text.ok_or_else(|| Code::ValueType.with("{ru, en}").under(member))?;
        if text.chars().count() > MAX_NAME {
            return Err(Code::ValueTooLong.with(MAX_NAME).under(member));
        }
        Ok(text.to_owned())
    };
    let Json::Object(members) = json else {
        let both = text(json)?;
        return Ok(Name { ru: both.clone(), en: both });
    };
    let mut name = old.clone();
    for (language, target) in [("ru", &mut name.ru), ("en", &mut name.en)] {
        if let Some(json) = members.get(language).filter(|json| !json.is_null()) {
            *target = text(json)?;
        }
    }
    Ok(name)
}

/// A description as a text or by language; `null` and the empty text are none.
///
/// # Errors
/// 422 under `description`.
pub(crate) fn description(json: &Json) -> Result<Name> {
    if json.is_null() {
        return Ok(Name::default());
    }
    if let Json::String(text) = json {
        return input::description(text).map(|text| Name { ru: text.clone(), en: text });
    }
    renamed_in(json, &Name::default(), "description")
}

/// A position in lists, if one is given.
///
/// # Errors
/// 422 under `order`.
pub(crate) fn order(body: &Members) -> Result<Option<i64>> {
    let Some(json) = body.get("order").filter(|json| !json.is_null()) else { return Ok(None) };
    let order = json.as_i64().ok_or_else(|| Code::ValueType.with("integer").under("order"))?;
    if ORDERS.contains(&order) { Ok(Some(order)) } else { Err(Code::ValueRange.at("order")) }
}

/// A category by its id, alone or in an object.
fn category(dict: &Dict, json: &Json) -> Result<i64> {
    let text = match json {
        Json::Object(members) => members.get("id").and_then(Json::as_str),
        other => other.as_str(),
    };
    let text = text.ok_or_else(|| Code::ValueType.with("string").under("category"))?;
    let found = dict.categories.by_key(text).ok_or_else(|| Code::CategoryNotFound.err())?;
    Ok(found.id)
}

/// A name that no other field has where both could be meant: of the global ones, and of those of
/// the same queue.
fn free_name(dict: &Dict, queue: Option<i64>, name: &Name, itself: Option<i64>) -> Result<()> {
    let taken = |text: &str| {
        !text.is_empty()
            && dict.fields.iter().any(|f| {
                let beside = f.body.queue.is_none() || f.body.queue == queue;
                beside
                    && !f.body.hidden
                    && !f.body.deleted
                    && Some(f.id) != itself
                    && f.name.is(text)
            })
    };
    match [&name.ru, &name.en].into_iter().find(|text| taken(text)) {
        Some(text) => Err(Code::NameUsed.with(text).under("name")),
        None => Ok(()),
    }
}

fn next_order(dict: &Dict, queue: Option<i64>) -> i64 {
    let beside = dict.fields.iter().filter(|f| f.body.queue == queue);
    beside.map(|f| f.body.order).max().unwrap_or(0).saturating_add(1).min(*ORDERS.end())
}

/// The field of a path: global ones by id, local ones by `<24 digits>--<key>`.
///
/// # Errors
/// 404 when there is none, or it was removed.
pub(crate) fn named<'d>(dict: &'d Dict, id: &str) -> Result<&'d std::sync::Arc<Object<Field>>> {
    let found = dict.fields.by_key(id).filter(|f| !f.body.deleted);
    found.ok_or_else(|| Code::FieldNotFound.err())
}
