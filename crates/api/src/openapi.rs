//! The OpenAPI 3.1 document of what the server serves, made from the registry.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{Info, Place, registry};

/// The document.
pub fn document() -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|s| s.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    for info in registry::all() {
        let item = paths.entry(info.path).or_insert_with(|| json!({}));
        // OpenAPI has no room for LINK and UNLINK, hence the extension members.
        let method = match info.method.as_str() {
            "LINK" => "x-link".to_owned(),
            "UNLINK" => "x-unlink".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        if let Some(item) = item.as_object_mut() {
            item.insert(method, operation(info, &mut schemas));
        }
    }
    let error = schemas.subschema_for::<crate::ErrorBody>();
    let components = schemas.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Trackway API",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/v3" }, { "url": "/v2" }],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": { "Error": {
                "description": "Any failure",
                "content": { "application/json": { "schema": error } },
            } },
        },
    })
}

fn operation(info: &Info, schemas: &mut SchemaGenerator) -> Value {
    let mut slots = info.path.split(['{', '}']).skip(1).step_by(2);
    let parameters: Vec<Value> = info
        .params
        .iter()
        .map(|p| match p.place {
            Place::Path => json!({ "name": slots.next(), "in": "path", "required": true,
                "schema": { "type": p.kind } }),
            Place::Query => json!({ "name": p.name, "in": "query",
                "schema": { "type": p.kind } }),
            Place::Header => json!({ "name": p.name, "in": "header",
                "schema": { "type": p.kind } }),
        })
        .collect();
    let success = if info.status == 204 {
        json!({ "description": "Done" })
    } else {
        json!({ "description": "Success",
            "content": { "application/json": { "schema": (info.reply)(schemas) } } })
    };
    let mut operation = json!({
        "operationId": info.operation_id(),
        "summary": info.doc.trim(),
        "parameters": parameters,
        "responses": {
            info.status.to_string(): success,
            "default": { "$ref": "#/components/responses/Error" },
        },
    });
    if let Some(body) = info.body {
        operation["requestBody"] =
            json!({ "content": { "application/json": { "schema": body(schemas) } } });
    }
    operation
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_operation_is_described() {
        let document = super::document();
        let paths = document["paths"].as_object().expect("paths");
        let operations: usize =
            paths.values().filter_map(|item| item.as_object()).map(serde_json::Map::len).sum();
        assert_eq!(operations, crate::registry::all().count());
    }
}
