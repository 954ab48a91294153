//! Global issue fields and their categories.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members, PlainRef, Text};

wire! {
    /// Type of a field's values.
    pub struct FieldSchema {
        #[serde(rename = "type")] kind: String,
        items?: String,
        required?: bool,
    }
    /// Name of a provider of values, suggestions or queries.
    pub struct Provider {
        #[serde(rename = "type")] kind: String,
        values?: Value,
        defaults?: Value,
        need_validation?: bool,
    }
    /// A field of issues.
    pub struct Field {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        description?: Text,
        key: String,
        version: i64,
        schema: FieldSchema,
        readonly: bool,
        options: bool,
        suggest: bool,
        suggest_provider?: Provider,
        options_provider?: Provider,
        query_provider?: Provider,
        order: i64,
        category: PlainRef,
        #[serde(rename = "type")] origin: String,
        hidden?: bool,
        visible?: bool,
    }
    /// A field of a queue alone.
    pub struct LocalField {
        #[serde(rename = "type")] origin: String,
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        description?: String,
        key: String,
        version: i64,
        schema: FieldSchema,
        readonly: bool,
        options: bool,
        suggest: bool,
        visible?: bool,
        hidden?: bool,
        options_provider?: Provider,
        query_provider?: Provider,
        order: i64,
        category: PlainRef,
        queue?: KeyedRef,
    }
    /// A category of fields.
    pub struct FieldCategory {
        #[serde(rename = "self")] self_url: String,
        id: String,
        version: i64,
        name: Text,
        description?: Text,
        order: i64,
    }
    /// A new field. The id becomes its key, `container` makes it hold several values.
    pub struct FieldCreate {
        id?: Value,
        name?: Value,
        category?: Value,
        #[serde(rename = "type")] kind?: Value,
        options_provider?: Value,
        order?: Value,
        description?: Value,
        readonly?: Value,
        visible?: Value,
        hidden?: Value,
        container?: Value,
    }
}

endpoints! {
    /// Global fields, by order.
    ListFields GET "/fields" read => 200 Vec<Field> { query { localized: bool } }
    /// One field by id.
    GetField GET "/fields/{fieldId}" read => 200 Field {
        path { id }
        query { localized: bool }
    }
    /// Categories of fields.
    ListFieldCategories GET "/fields/categories" read => 200 Vec<FieldCategory> {
        query { localized: bool }
    }
    /// One category of fields.
    GetFieldCategory GET "/fields/categories/{categoryId}" read => 200 FieldCategory {
        path { id }
        query { localized: bool }
    }
    /// Creates a global field.
    CreateField POST "/fields" manage => 200 Field { body Json<FieldCreate> }
    /// Changes a global field.
    UpdateField PATCH "/fields/{fieldId}" manage => 200 Field {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Removes a global field.
    DeleteField DELETE "/fields/{fieldId}" manage => 204 () { path { id } }
    /// Creates a category of fields.
    CreateFieldCategory POST "/fields/categories" manage => 201 FieldCategory {
        body Json<Members>
    }
    /// Changes a category of fields.
    UpdateFieldCategory PATCH "/fields/categories/{categoryId}" manage => 200 FieldCategory {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Fields of a queue alone.
    ListQueueLocalFields GET "/queues/{queueId}/localFields" read => 200 Vec<LocalField> {
        path { queue }
        query { localized: bool }
    }
    /// Creates a field of a queue.
    CreateQueueLocalField POST "/queues/{queueId}/localFields" manage => 201 LocalField {
        path { queue }
        body Json<Members>
    }
    /// One field of a queue.
    GetQueueLocalField GET "/queues/{queueId}/localFields/{fieldKey}" read => 200 LocalField {
        path { queue, field }
        query { localized: bool }
    }
    /// Changes a field of a queue.
    UpdateQueueLocalField PATCH "/queues/{queueId}/localFields/{fieldKey}" manage
        => 200 LocalField {
        path { queue, field }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Fields of all queues.
    ListLocalFields GET "/localFields" read => 200 Vec<LocalField> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One field of a queue by its full id.
    GetLocalField GET "/localFields/{fieldId}" read => 200 LocalField {
        path { id }
        query { localized: bool }
    }
}
