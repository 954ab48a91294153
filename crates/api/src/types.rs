//! Types that several resources share: texts, references, and the macro that declares wire types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Declares wire types. `name: T` is always there, `name?: T` is left out when it has no value,
/// `name*: T` is a list left out when empty. Members are spelt in camel case on the wire.
macro_rules! wire {
    ($($(#[$sm:meta])* pub struct $n:ident { $($body:tt)* })*) => {
        $(wire!(@fields [$(#[$sm])* $n] [] $($body)*);)*
    };
    (@fields [$($head:tt)*] [$($out:tt)*]
        $(#[$fm:meta])* $f:ident ? : $t:ty, $($rest:tt)*) => {
        wire!(@fields [$($head)*] [$($out)* $(#[$fm])*
            #[serde(default, skip_serializing_if = "Option::is_none")] pub $f: Option<$t>,]
            $($rest)*);
    };
    (@fields [$($head:tt)*] [$($out:tt)*]
        $(#[$fm:meta])* $f:ident * : $t:ty, $($rest:tt)*) => {
        wire!(@fields [$($head)*] [$($out)* $(#[$fm])*
            #[serde(default, skip_serializing_if = "Vec::is_empty")] pub $f: Vec<$t>,]
            $($rest)*);
    };
    (@fields [$($head:tt)*] [$($out:tt)*]
        $(#[$fm:meta])* $f:ident : $t:ty, $($rest:tt)*) => {
        wire!(@fields [$($head)*] [$($out)* $(#[$fm])* pub $f: $t,] $($rest)*);
    };
    (@fields [$(#[$sm:meta])* $n:ident] [$($out:tt)*]) => {
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize,
            schemars::JsonSchema)]
        $(#[$sm])*
        #[serde(rename_all = "camelCase")]
        #[allow(missing_docs, reason = "members are described by the contract")]
        #[allow(clippy::struct_excessive_bools, reason = "the wire has them")]
        pub struct $n { $($out)* }
    };
}

/// A name: a string in the caller's language, or, with `localized=false`, an object by language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// In the caller's language.
    Plain(String),
    /// By language.
    ByLanguage(BTreeMap<String, String>),
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl Text {
    /// The text in `language`, or in any.
    pub fn in_language(&self, language: &str) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::ByLanguage(texts) => {
                texts.get(language).or_else(|| texts.values().next()).map_or("", String::as_str)
            }
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

wire! {
    /// A user inside another object.
    pub struct UserRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: String,
        cloud_uid?: String,
        passport_uid?: i64,
    }
    /// Something with a key inside another object (queue, status, issue, ...).
    pub struct KeyedRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        key: String,
        display: Text,
    }
    /// Something without a key inside another object (component, version, field, ...).
    pub struct PlainRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: Text,
    }
    /// Type of a status.
    pub struct StatusTypeRef {
        id: String,
        key: String,
        display: Text,
    }
}

/// An open object: members that the contract does not name.
pub type Members = Map<String, Value>;

/// A reference in a request: a key, an id, or an object holding any of `id`, `key`, `uid`,
/// `login`, `name`, `url` (contract: `RefInput`, `UserInput`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RefInput(pub Value);

impl From<&str> for RefInput {
    fn from(text: &str) -> Self {
        Self(Value::String(text.to_owned()))
    }
}

impl From<i64> for RefInput {
    fn from(id: i64) -> Self {
        Self(id.into())
    }
}

/// The bytes of a file: the answer of operations that send no JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Bytes(pub Vec<u8>);
