//! The [`Endpoint`] trait and the [`endpoints!`] macro that declares operations.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::DecodeError;
use crate::params::TextParam;

/// HTTP method of an operation; `LINK` and `UNLINK` are used by the official Python client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum HttpMethod {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
    LINK,
    UNLINK,
}

impl HttpMethod {
    /// The method's name as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GET => "GET",
            Self::POST => "POST",
            Self::PUT => "PUT",
            Self::PATCH => "PATCH",
            Self::DELETE => "DELETE",
            Self::LINK => "LINK",
            Self::UNLINK => "UNLINK",
        }
    }
}

impl FromStr for HttpMethod {
    type Err = UnknownMethod;

    /// Reads a method in any letter case.
    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        [Self::GET, Self::POST, Self::PUT, Self::PATCH, Self::DELETE, Self::LINK, Self::UNLINK]
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownMethod)
    }
}

/// A word that is no [`HttpMethod`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMethod;

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no method of the API")
    }
}

impl std::error::Error for UnknownMethod {}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a token must be allowed to do for the operation (`tracker:read`, `tracker:write`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "written in lower case in declarations")]
pub enum Access {
    /// Needs `tracker:read`.
    read,
    /// Needs `tracker:write`, whatever the user's level: what is changed concerns that user alone.
    personal,
    /// Needs `tracker:write` and a user with full access.
    write,
    /// Needs `tracker:write`; the operation itself decides about the user (administrators may
    /// lack full access).
    manage,
}

/// Which queue of the server an operation waits in (design, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Reads by key.
    Read,
    /// Searches, counts and long lists.
    Search,
    /// Changes.
    Write,
}

/// API versions an operation is served under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// `/v2` and `/v3`.
    Both,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
}

/// A parameter of an operation, for descriptions.
#[derive(Clone, Copy, Debug)]
pub struct ParamInfo {
    /// Name on the wire; for path parameters the name of the Rust field.
    pub name: &'static str,
    /// Where it travels.
    pub place: Place,
    /// JSON Schema `type` of the value.
    pub kind: &'static str,
}

/// Everything that is known of an operation without running it.
pub struct Info {
    /// Operation id of the contract in Pascal case, for instance `UpdateIssue`.
    pub name: &'static str,
    /// HTTP method.
    pub method: HttpMethod,
    /// Path template without the version prefix, parameters in braces.
    pub path: &'static str,
    /// What the operation does, in the words of its declaration.
    pub doc: &'static str,
    /// Scope it needs.
    pub access: Access,
    /// Versions it is served under.
    pub versions: Versions,
    /// Status of a success.
    pub status: u16,
    /// Path, query and header parameters.
    pub params: &'static [ParamInfo],
    /// JSON Schema of the answer; `None` for an empty one.
    pub reply: fn(&mut SchemaGenerator) -> Schema,
    /// JSON Schema of the body, if there is one.
    pub body: Option<fn(&mut SchemaGenerator) -> Schema>,
}

impl Info {
    /// The operation id as the contract writes it (`updateIssue`).
    pub fn operation_id(&self) -> String {
        let mut chars = self.name.chars();
        chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
    }

    /// The lane follows from the access and the path.
    pub fn lane(&self) -> Lane {
        match self.access {
            Access::personal | Access::write | Access::manage => Lane::Write,
            Access::read
                if ["/_search", "/_count", "/_suggest", "/ranks"]
                    .iter()
                    .any(|s| self.path.ends_with(s))
                    || ["/issues", "/worklog"].contains(&self.path) =>
            {
                Lane::Search
            }
            Access::read => Lane::Read,
        }
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.method, self.path)
    }
}

/// A request as it came from the socket, before it becomes an [`Endpoint`] value.
pub struct Raw<'a> {
    /// Percent-decoded path parameters in the order of the template.
    pub path: &'a [Cow<'a, str>],
    /// Percent-decoded pairs of the query string.
    pub query: &'a [(Cow<'a, str>, Cow<'a, str>)],
    /// Headers.
    pub headers: &'a http::HeaderMap,
    /// Body bytes.
    pub body: &'a [u8],
}

impl Raw<'_> {
    /// A path parameter by position.
    pub fn path_param<T: TextParam>(&self, index: usize, name: &str) -> Result<T, DecodeError> {
        let text = self.path.get(index).map_or("", AsRef::as_ref);
        T::parse(text).map_err(|why| DecodeError::param(name, why))
    }

    /// A query parameter; repeated ones are joined by commas, which is how lists may also come.
    pub fn query_param<T: TextParam>(&self, name: &str) -> Result<Option<T>, DecodeError> {
        let mut found = self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        let Some(first) = found.next() else { return Ok(None) };
        let mut joined = Cow::Borrowed(first.as_ref());
        for more in found {
            let text = joined.to_mut();
            text.push(T::SEPARATOR);
            text.push_str(more);
        }
        T::parse_optional(&joined).map_err(|why| DecodeError::param(name, why))
    }

    /// A header parameter.
    pub fn header_param<T: TextParam>(&self, name: &str) -> Result<Option<T>, DecodeError> {
        let mut values = self.headers.get_all(name).iter();
        let Some(first) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(DecodeError::param(name, "is given more than once".into()));
        }
        let text =
            first.to_str().map_err(|_| DecodeError::param(name, "is not readable text".into()))?;
        T::parse_optional(text.trim()).map_err(|why| DecodeError::param(name, why))
    }
}

/// A request ready to be sent: what the client makes of an [`Endpoint`] value.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    /// Path with its parameters, without version prefix.
    pub path: String,
    /// Query pairs.
    pub query: Vec<(Cow<'static, str>, String)>,
    /// Headers.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// Body; JSON unless `media_type` says something else.
    pub body: Option<Vec<u8>>,
    /// Media type of a body that is not JSON.
    pub media_type: Option<&'static str>,
}

impl Outgoing {
    /// Fills the placeholders of `template` with percent-encoded `params` in order.
    pub fn at(template: &str, params: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 32);
        let mut params = params.iter();
        for (i, part) in template.split(['{', '}']).enumerate() {
            if i % 2 == 0 {
                path.push_str(part);
            } else if let Some(value) = params.next() {
                path.push_str(&path_segment(value));
            }
        }
        Self { path, ..Self::default() }
    }
}

/// Characters that do not stand for themselves in a path segment.
const PATH_SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':');

/// A text as one segment of a path, percent-encoded.
pub fn path_segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, PATH_SEGMENT).to_string()
}

/// An operation of the API as a request type.
pub trait Endpoint: Clone + Send + Sync + 'static {
    /// What a success answers.
    type Reply: Serialize + DeserializeOwned + JsonSchema + Send + 'static;
    /// The operation's description.
    const INFO: &'static Info;

    /// Reads the request (server side).
    ///
    /// # Errors
    /// A parameter or the body that cannot be read.
    fn decode(raw: &Raw<'_>) -> Result<Self, DecodeError>;

    /// Writes the request (client side).
    fn encode(&self) -> Outgoing;
}

/// Declares operations. The name is the contract's operation id in Pascal case; path parameters
/// are taken by position; every query parameter is optional.
///
/// ```text
/// endpoints! {
///     /// Edits an issue.
///     UpdateIssue PATCH "/issues/{issueId}" write => 200 Issue {
///         path { issue }
///         query { version: i64, per_page = "perPage": u32 }
///         header { if_match = "If-Match": IfMatch }
///         body Json<IssuePatch>
///     }
/// }
/// ```
macro_rules! endpoints {
    ($( $(#[doc = $doc:literal])* $name:ident $method:ident $path:literal $access:ident
        => $status:literal $reply:ty {
        $(path { $($p:ident),* $(,)? })?
        $(query { $($q:ident $(= $qw:literal)? : $qt:ty),* $(,)? })?
        $(header { $($h:ident = $hw:literal : $ht:ty),* $(,)? })?
        $(body $body:ty)?
    })*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, Default)]
            #[allow(missing_docs, reason = "parameters are described by the contract")]
            pub struct $name {
                $($(pub $p: String,)*)?
                $($(pub $q: Option<$qt>,)*)?
                $($(pub $h: Option<$ht>,)*)?
                $(pub body: $body,)?
            }

            #[allow(clippy::new_without_default, reason = "Default is derived")]
            impl $name {
                /// The request without optional parameters.
                pub fn new($($($p: impl Into<String>,)*)? $(body: impl Into<$body>)?) -> Self {
                    #[allow(clippy::needless_update, reason = "some have no optional parameters")]
                    Self {
                        $($($p: $p.into(),)*)?
                        $(body: { let b: $body = body.into(); b },)?
                        ..Self::default()
                    }
                }
                $($(
                    /// Sets the parameter of this name.
                    #[must_use]
                    pub fn $q(mut self, value: impl Into<$qt>) -> Self {
                        self.$q = Some(value.into());
                        self
                    }
                )*)?
                $($(
                    /// Sets the header of this name.
                    #[must_use]
                    pub fn $h(mut self, value: impl Into<$ht>) -> Self {
                        self.$h = Some(value.into());
                        self
                    }
                )*)?
            }

            impl $crate::Endpoint for $name {
                type Reply = $reply;
                const INFO: &'static $crate::Info = &$crate::Info {
                    name: stringify!($name),
                    method: $crate::HttpMethod::$method,
                    path: $path,
                    doc: concat!($($doc, "\n"),*),
                    access: $crate::Access::$access,
                    versions: $crate::Versions::Both,
                    status: $status,
                    params: &[
                        $($($crate::ParamInfo {
                            name: stringify!($p), place: $crate::Place::Path, kind: "string",
                        },)*)?
                        $($($crate::ParamInfo {
                            name: wire_name!($q $(, $qw)?), place: $crate::Place::Query,
                            kind: <$qt as $crate::TextParam>::KIND,
                        },)*)?
                        $($($crate::ParamInfo {
                            name: $hw, place: $crate::Place::Header,
                            kind: <$ht as $crate::TextParam>::KIND,
                        },)*)?
                    ],
                    reply: |g| g.subschema_for::<$reply>(),
                    body: body_schema!($($body)?),
                };

                #[allow(unused_mut, unused_variables, unused_assignments,
                    reason = "not every operation has every kind of parameter")]
                fn decode(raw: &$crate::Raw<'_>) -> Result<Self, $crate::DecodeError> {
                    let mut position = 0;
                    $($(
                        let $p = raw.path_param::<String>(position, stringify!($p))?;
                        position += 1;
                    )*)?
                    Ok(Self {
                        $($($p,)*)?
                        $($($q: raw.query_param(wire_name!($q $(, $qw)?))?,)*)?
                        $($($h: raw.header_param($hw)?,)*)?
                        $(body: <$body>::decode(raw.body)?,)?
                    })
                }

                #[allow(unused_mut, reason = "not every operation has every kind of parameter")]
                fn encode(&self) -> $crate::Outgoing {
                    let mut out = $crate::Outgoing::at($path, &[$($(self.$p.as_str(),)*)?]);
                    $($(
                        if let Some(value) = &self.$q {
                            out.query.push((
                                wire_name!($q $(, $qw)?).into(),
                                <$qt as $crate::TextParam>::print(value),
                            ));
                        }
                    )*)?
                    $($(
                        if let Some(value) = &self.$h {
                            let value = <$ht as $crate::TextParam>::print(value);
                            out.headers.push(($hw.into(), value));
                        }
                    )*)?
                    $(
                        out.body = <$body>::encode(&self.body);
                        out.media_type = <$body>::MEDIA_TYPE;
                    )?
                    out
                }
            }
        )*

        /// The operations declared in this module.
        pub const ALL: &[&$crate::Info] = &[$(<$name as $crate::Endpoint>::INFO),*];
    };
}

macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $wire:literal) => {
        $wire
    };
}

macro_rules! body_schema {
    () => {
        None
    };
    ($body:ty) => {
        Some(|g| <$body>::schema(g))
    };
}
