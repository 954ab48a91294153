//! The error body of the API and the errors of decoding a request.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Body of every answer with a status of 400 or more (contract: `Error`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Messages by field; empty when the trouble is not with a field.
    #[serde(default)]
    pub errors: BTreeMap<String, String>,
    /// Machine-readable details.
    #[serde(default)]
    pub errors_data: serde_json::Map<String, serde_json::Value>,
    /// General messages; clients show the first one.
    #[serde(default)]
    pub error_messages: Vec<String>,
    /// The HTTP status again.
    pub status_code: u16,
}

/// Why a request could not be read. The server words it in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A path, query or header parameter is unusable.
    Param {
        /// Its name.
        name: String,
        /// What was expected.
        why: String,
    },
    /// The body is missing though the operation needs one.
    NoBody,
    /// The body is not JSON.
    Syntax {
        /// What the parser says, with line and column.
        why: String,
    },
    /// The body is JSON of another shape than needed.
    Shape {
        /// Path of the offending member, `.` for the body as a whole.
        field: String,
        /// What was expected.
        why: String,
    },
}

impl DecodeError {
    pub(crate) fn param(name: &str, why: String) -> Self {
        Self::Param { name: name.to_owned(), why }
    }
}
