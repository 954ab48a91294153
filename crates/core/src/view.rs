//! How an answer is written: base of URLs, API version, language.

use crate::lang::{Lang, Names};

/// API version a request came under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum ApiVersion {
    V2,
    V3,
}

impl ApiVersion {
    /// Path prefix.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "/v2",
            Self::V3 => "/v3",
        }
    }
}

/// How an answer is written.
#[derive(Clone, Debug)]
pub struct View {
    prefix: String,
    /// Version of the request.
    pub version: ApiVersion,
    /// Language of messages.
    pub lang: Lang,
    /// Form of names.
    pub names: Names,
}

impl View {
    /// A view for answers below `base` (`https://tracker.example`, no slash at the end).
    pub fn new(base: &str, version: ApiVersion, lang: Lang) -> Self {
        Self {
            prefix: format!("{base}{}", version.prefix()),
            version,
            lang,
            names: Names::In(lang),
        }
    }

    /// Applies the `localized` parameter.
    pub fn localize(&mut self, localized: Option<bool>) {
        if localized == Some(false) {
            self.names = Names::Both;
        }
    }

    /// Base and version prefix, free of characters JSON would escape.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The URL of a path that starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}
