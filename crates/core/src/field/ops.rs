//! Operations on fields and their categories.

use trackway_api::fields::{
    Field, FieldCategory, FieldSchema, GetField, GetFieldCategory, ListFieldCategories, ListFields,
    Provider,
};

use super::no;
use crate::cx::{Cx, Reply};
use crate::dict::model::{self, Category, ValueType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::view::View;

/// Global fields by order. Clients learn from this list which members issues have.
///
/// # Errors
/// None.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListFields) -> Result<Reply<Vec<Field>>> {
    cx.view.localize(r.localized);
    let fields = cx
        .dict
        .fields
        .iter()
        .filter(|f| !f.body.hidden && f.body.queue.is_none())
        .map(|f| wire(&cx.dict, &cx.view, f));
    Ok(Reply::new(fields.collect()))
}

/// One field by id; hidden ones and those of queues too, since changes in a changelog refer to
/// them (contract, `getField`).
///
/// # Errors
/// 404 when there is none.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetField) -> Result<Reply<Field>> {
    cx.view.localize(r.localized);
    let field = cx.dict.fields.by_key(&r.id).ok_or_else(|| Code::FieldNotFound.err())?;
    Ok(wire(&cx.dict, &cx.view, field).into())
}

/// Categories by order.
///
/// # Errors
/// None.
pub fn list_categories(
    cx: &mut Cx<'_, '_>,
    r: &ListFieldCategories,
) -> Result<Reply<Vec<FieldCategory>>> {
    cx.view.localize(r.localized);
    Ok(Reply::new(cx.dict.categories.iter().map(|c| category(&cx.view, c)).collect()))
}

/// One category.
///
/// # Errors
/// 404 when there is none.
pub fn get_category(cx: &mut Cx<'_, '_>, r: &GetFieldCategory) -> Result<Reply<FieldCategory>> {
    cx.view.localize(r.localized);
    // Only by key: the 24 digits of one also read as a number.
    let found = cx.dict.categories.by_key(&r.id).ok_or_else(|| Code::CategoryNotFound.err())?;
    Ok(category(&cx.view, found).into())
}

fn category(view: &View, category: &Object<Category>) -> FieldCategory {
    FieldCategory {
        self_url: view.url(&category.path()),
        id: category.key.clone(),
        version: category.version,
        name: category.name.text(view.names),
        description: None,
        order: category.body.order,
    }
}

/// A field as the API shows one.
fn wire(dict: &Dict, view: &View, field: &Object<model::Field>) -> Field {
    let body = &field.body;
    let described = body.description != Name::default();
    let in_category = dict.categories.get(body.category);
    Field {
        self_url: view.url(&field.path()),
        id: field.key.clone(),
        name: field.name.text(view.names),
        description: described.then(|| body.description.text(view.names)),
        key: key(&field.key).to_owned(),
        version: version(field),
        schema: schema(body),
        readonly: body.readonly,
        options: body.options,
        suggest: body.suggest,
        suggest_provider: body.suggest.then(|| provider(body.value_type, "Suggest")),
        options_provider: options(body),
        query_provider: Some(query(body)),
        order: body.order,
        category: in_category.map(|c| c.plain_ref(view)).unwrap_or_default(),
        origin: if body.queue.is_some() { "local" } else { "standard" }.to_owned(),
        hidden: body.hidden.then_some(true),
        visible: None,
    }
}

/// The id of a local field is `<24 digits>--<key>`; every other field's id is its key.
fn key(id: &str) -> &str {
    id.split_once("--").map_or(id, |(_, key)| key)
}

/// A system field has version 0 until changed, a created one starts at 1 (contract, `Field`).
/// Stored objects all start at 1.
fn version(field: &Object<model::Field>) -> i64 {
    let system = field.id < i64::from(no::FIRST_CUSTOM);
    if system { field.version - 1 } else { field.version }
}

fn schema(field: &model::Field) -> FieldSchema {
    let name = field.value_type.name();
    FieldSchema {
        kind: if field.array { "array".to_owned() } else { name.clone() },
        items: field.array.then_some(name),
        required: Some(field.required),
    }
}

/// What the real service calls its sources of values: the type of the values and what they are for.
fn provider(kind: ValueType, purpose: &str) -> Provider {
    Provider { kind: format!("{kind:?}{purpose}Provider"), ..Provider::default() }
}

fn options(field: &model::Field) -> Option<Provider> {
    if let Some(values) = &field.values {
        let user = field.value_type == ValueType::User;
        let kind = if user { "FixedUserListOptionsProvider" } else { "FixedListOptionsProvider" };
        return Some(Provider {
            kind: kind.to_owned(),
            values: Some(values.clone().into()),
            need_validation: Some(true),
        });
    }
    field.options.then(|| match field.value_type {
        ValueType::User => {
            Provider { kind: "TeamOptionsProvider".to_owned(), ..Provider::default() }
        }
        kind => provider(kind, "Options"),
    })
}

/// Fields that may be empty can be asked for emptiness.
fn query(field: &model::Field) -> Provider {
    provider(field.value_type, if field.required { "Query" } else { "OptionalQuery" })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Fixture, body};

    fn field(f: &Fixture, id: &str) -> Value {
        let r = GetField::new(id);
        body(f.read(f.guest, |cx| get(cx, &r)).expect("a field"))
    }

    #[test]
    fn the_list_is_by_order_and_leaves_hidden_fields_out() {
        let f = Fixture::new();
        let all = body(f.read(f.guest, |cx| list(cx, &ListFields::new())).expect("fields"));
        let all = all.as_array().expect("a list");
        assert_eq!(all.len(), 64);
        let orders: Vec<i64> = all.iter().filter_map(|f| f["order"].as_i64()).collect();
        assert!(orders.is_sorted());
        assert!(all.iter().all(|f| f["id"] != "descriptionHtml"));
        assert_eq!(field(&f, "descriptionHtml")["hidden"], true);
    }

    #[test]
    fn clients_learn_the_shape_of_issues_from_schemas() {
        let f = Fixture::new();
        let followers = field(&f, "followers");
        assert_eq!(
            followers["schema"],
            json!({"type": "array", "items": "user", "required": false})
        );
        assert_eq!(followers["suggestProvider"]["type"], "UserSuggestProvider");
        assert_eq!(followers["optionsProvider"]["type"], "TeamOptionsProvider");
        assert_eq!(followers["queryProvider"]["type"], "UserOptionalQueryProvider");
        let queue = field(&f, "queue");
        assert_eq!(queue["schema"], json!({"type": "queue", "required": true}));
        assert_eq!(queue["queryProvider"]["type"], "QueueQueryProvider");
        assert_eq!(queue["type"], "standard");
        assert_eq!(queue["version"], 0);
        assert_eq!(queue["category"]["id"], "000000000000000000000001");
        assert_eq!(field(&f, "deadline").get("optionsProvider"), None);
    }

    #[test]
    fn a_local_field_is_read_by_its_full_id_but_is_not_global() {
        let f = Fixture::new();
        let id = "65f0c0ffee65f0c0ffee65f0--ripeness";
        let local = model::Field {
            name: Name::new("Спелость", "Ripeness"),
            options: true,
            values: Some(vec![json!("green"), json!("ripe")]),
            category: 1,
            queue: Some(f.dev),
            ..model::Field::default()
        };
        f.tracker.add_object(f.org, id, &local).expect("a field");
        let shown = field(&f, id);
        assert_eq!((&shown["key"], &shown["type"]), (&json!("ripeness"), &json!("local")));
        assert_eq!(shown["version"], 1);
        assert_eq!(
            shown["optionsProvider"],
            json!({"type": "FixedListOptionsProvider", "needValidation": true,
                "values": ["green", "ripe"]})
        );
        let all = body(f.read(f.ann, |cx| list(cx, &ListFields::new())).expect("fields"));
        assert!(all.as_array().expect("a list").iter().all(|f| f["id"] != id));
    }

    #[test]
    fn unknown_fields_and_categories_are_not_found() {
        let f = Fixture::new();
        for id in ["nosuch", "1", ""] {
            let r = GetField::new(id);
            assert_eq!(f.read(f.ann, |cx| get(cx, &r)).expect_err("none").status(), 404);
            let r = GetFieldCategory::new(id);
            assert_eq!(f.read(f.ann, |cx| get_category(cx, &r)).expect_err("none").status(), 404);
        }
    }

    #[test]
    fn categories_by_order_and_by_id() {
        let f = Fixture::new();
        let all = f.read(f.ann, |cx| list_categories(cx, &ListFieldCategories::new()));
        let all = body(all.expect("categories"));
        assert_eq!(all.as_array().map(Vec::len), Some(5));
        let r = GetFieldCategory::new("000000000000000000000003").localized(false);
        let agile = body(f.read(f.ann, |cx| get_category(cx, &r)).expect("a category"));
        assert_eq!(agile["name"], json!({"ru": "Agile", "en": "Agile"}));
        assert_eq!(
            agile["self"],
            "http://tracker.test/v3/fields/categories/000000000000000000000003"
        );
    }
}
