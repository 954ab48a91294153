//! Bodies of requests.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::DecodeError;

/// A JSON body that must be there.
#[derive(Clone, Debug, Default)]
pub struct Json<T>(pub T);

/// A JSON body that may be missing; nothing and `null` are the same.
#[derive(Clone, Debug, Default)]
pub struct MaybeJson<T>(pub Option<T>);

/// A form with one file in it, to be sent. The server reads such bodies piece by piece and never
/// as a value of this type.
#[derive(Clone, Debug, Default)]
pub struct FileForm {
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// What separates the parts of a [`FileForm`]; long enough not to occur in a file by chance.
const BOUNDARY: &str = "trackway-9f4b6d1c52e08a73-7d30c1fe84b2a965";

impl FileForm {
    /// Media type of the body.
    pub const MEDIA_TYPE: Option<&'static str> =
        Some("multipart/form-data; boundary=trackway-9f4b6d1c52e08a73-7d30c1fe84b2a965");

    /// The body is read elsewhere.
    ///
    /// # Errors
    /// None.
    pub fn decode(_: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::default())
    }

    /// What stands before and after the bytes of a file.
    pub fn frame(name: &str) -> (Vec<u8>, Vec<u8>) {
        let name = name.replace(['"', '\\', '\r', '\n'], "_");
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        (head.into_bytes(), format!("\r\n--{BOUNDARY}--\r\n").into_bytes())
    }

    /// Writes the body.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let (mut out, tail) = Self::frame(&self.name);
        out.extend_from_slice(&self.content);
        out.extend_from_slice(&tail);
        Some(out)
    }

    /// JSON Schema of the form.
    pub fn schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "type": "object",
            "properties": {
                "file": { "type": "string", "contentMediaType": "application/octet-stream" }
            }
        })
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> From<T> for MaybeJson<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T: DeserializeOwned + Serialize + JsonSchema> Json<T> {
    /// Media type, where it is not JSON.
    pub const MEDIA_TYPE: Option<&'static str> = None;

    /// Reads the body.
    ///
    /// # Errors
    /// Missing, not JSON, or of another shape.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        if body.trim_ascii().is_empty() {
            return Err(DecodeError::NoBody);
        }
        decode(body).map(Self)
    }

    /// Writes the body.
    pub fn encode(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(&self.0).ok()
    }

    /// JSON Schema of the body.
    pub fn schema(g: &mut SchemaGenerator) -> Schema {
        g.subschema_for::<T>()
    }
}

impl<T: DeserializeOwned + Serialize + JsonSchema> MaybeJson<T> {
    /// Media type, where it is not JSON.
    pub const MEDIA_TYPE: Option<&'static str> = None;

    /// Reads the body.
    ///
    /// # Errors
    /// Not JSON, or of another shape.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        match body.trim_ascii() {
            b"" | b"null" => Ok(Self(None)),
            body => decode(body).map(Some).map(Self),
        }
    }

    /// Writes the body, if there is one.
    pub fn encode(&self) -> Option<Vec<u8>> {
        self.0.as_ref().and_then(|body| serde_json::to_vec(body).ok())
    }

    /// JSON Schema of the body.
    pub fn schema(g: &mut SchemaGenerator) -> Schema {
        g.subschema_for::<T>()
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    reject_nul(body)?;
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            DecodeError::Shape { field, why: without_position(&inner.to_string()) }
        } else {
            DecodeError::Syntax { why: inner.to_string() }
        }
    })?;
    reader.end().map_err(|error| DecodeError::Syntax { why: error.to_string() })?;
    Ok(value)
}

/// NUL can be spelt in JSON but not stored in PostgreSQL text, so it is refused everywhere.
fn reject_nul(body: &[u8]) -> Result<(), DecodeError> {
    const ESCAPE: &[u8] = b"\\u0000";
    if !body.windows(ESCAPE.len()).any(|w| w == ESCAPE) {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Ok(()) };
    match find_nul(&value) {
        Some(field) => Err(DecodeError::Shape { field, why: "must not contain NUL".to_owned() }),
        None => Ok(()),
    }
}

fn find_nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| ".".to_owned()),
        Value::Array(items) => items.iter().find_map(find_nul),
        Value::Object(members) => members.iter().find_map(|(key, member)| {
            if key.contains('\0') {
                return Some(key.replace('\0', ""));
            }
            find_nul(member).map(|_| key.clone())
        }),
        _ => None,
    }
}

fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, serde::Deserialize, Serialize, JsonSchema)]
    struct Body {
        n: i64,
    }

    #[test]
    fn errors_tell_syntax_from_shape() {
        let syntax = Json::<Body>::decode(b"{\"n\": ").expect_err("cut off");
        assert!(matches!(syntax, DecodeError::Syntax { .. }), "{syntax:?}");
        let shape = Json::<Body>::decode(b"{\"n\": \"x\"}").expect_err("not a number");
        assert!(matches!(shape, DecodeError::Shape { ref field, .. } if field == "n"), "{shape:?}");
        assert_eq!(Json::<Body>::decode(b" ").expect_err("empty"), DecodeError::NoBody);
    }

    #[test]
    fn nul_is_refused_but_an_escaped_backslash_is_not() {
        let bad = Json::<Value>::decode(br#"{"a": ["x\u0000"]}"#).expect_err("NUL");
        assert!(matches!(bad, DecodeError::Shape { ref field, .. } if field == "a"));
        assert!(Json::<Value>::decode(br#"{"a": "x\\u0000"}"#).is_ok());
    }

    #[test]
    fn null_counts_as_no_body() {
        assert!(MaybeJson::<Body>::decode(b" null ").expect("null").0.is_none());
    }
}
