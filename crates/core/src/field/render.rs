//! Fields and categories as they go over the wire.

use trackway_api::fields::{Field, FieldCategory, FieldSchema, Provider};

use super::{no, options};
use crate::dict::model::{self, Category, ValueType};
use crate::dict::{Dict, Object};
use crate::lang::Name;
use crate::view::View;

/// A category as the API shows one.
pub(crate) fn category(view: &View, category: &Object<Category>) -> FieldCategory {
    FieldCategory {
        self_url: view.url(&category.path()),
        id: category.key.clone(),
        version: category.version,
        name: category.name.text(view.names),
        description: described(&category.body.description, view),
        order: category.body.order,
    }
}

/// A field as the API shows one; `self` of a local one is its global address.
pub(crate) fn wire(dict: &Dict, view: &View, field: &Object<model::Field>) -> Field {
    let body = &field.body;
    let in_category = dict.categories.get(body.category);
    Field {
        self_url: view.url(&field.path()),
        id: field.key.clone(),
        name: field.name.text(view.names),
        description: described(&body.description, view),
        key: key(&field.key).to_owned(),
        version: version(field),
        schema: schema(body),
        readonly: body.readonly,
        options: body.options,
        suggest: body.suggest,
        suggest_provider: body.suggest.then(|| provider(body.value_type, "Suggest")),
        options_provider: options::wire(dict, body),
        query_provider: Some(query(body)),
        order: body.order,
        category: in_category.map(|c| c.plain_ref(view)).unwrap_or_default(),
        origin: if body.queue.is_some() { "local" } else { "standard" }.to_owned(),
        hidden: body.hidden.then_some(true),
        visible: body.visible,
    }
}

fn described(text: &Name, view: &View) -> Option<trackway_api::types::Text> {
    (*text != Name::default()).then(|| text.text(view.names))
}

/// The id of a local field is `<24 digits>--<key>`; every other field's id is its key.
pub(crate) fn key(id: &str) -> &str {
    id.split_once("--").map_or(id, |(_, key)| key)
}

/// A system field has version 0 until changed, a created one starts at 1 (contract, `Field`).
/// Stored objects all start at 1.
pub(crate) fn version(field: &Object<model::Field>) -> i64 {
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
pub(super) fn provider(kind: ValueType, purpose: &str) -> Provider {
    Provider { kind: format!("{kind:?}{purpose}Provider"), ..Provider::default() }
}

/// Fields that may be empty can be asked for emptiness.
fn query(field: &model::Field) -> Provider {
    provider(field.value_type, if field.required { "Query" } else { "OptionalQuery" })
}
