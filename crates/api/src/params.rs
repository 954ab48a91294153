//! Values of path, query and header parameters.

/// A value that travels as text in a path, query or header.
pub trait TextParam: Sized {
    /// JSON Schema `type`.
    const KIND: &'static str;
    /// What joins repeated parameters.
    const SEPARATOR: char = ',';

    /// Reads the value.
    ///
    /// # Errors
    /// A sentence fragment that says what was expected ("must be an integer").
    fn parse(text: &str) -> Result<Self, String>;

    /// Reads a parameter that may be given empty, which counts as absent.
    ///
    /// # Errors
    /// As [`TextParam::parse`].
    fn parse_optional(text: &str) -> Result<Option<Self>, String> {
        if text.is_empty() { Ok(None) } else { Self::parse(text).map(Some) }
    }

    /// Writes the value.
    fn print(&self) -> String;
}

impl TextParam for String {
    const KIND: &'static str = "string";

    fn parse(text: &str) -> Result<Self, String> {
        if text.contains('\0') {
            return Err("must not contain NUL".to_owned());
        }
        Ok(text.to_owned())
    }

    fn print(&self) -> String {
        self.clone()
    }
}

macro_rules! integer_param {
    ($($t:ty),*) => {$(
        impl TextParam for $t {
            const KIND: &'static str = "integer";

            fn parse(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| "must be an integer in range".to_owned())
            }

            fn print(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
integer_param!(i64, u32, u64);

impl TextParam for bool {
    const KIND: &'static str = "boolean";

    /// Python clients write `True` and `False`, so letters of any case are read.
    fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("true") || text == "1" {
            Ok(true)
        } else if text.eq_ignore_ascii_case("false") || text == "0" {
            Ok(false)
        } else {
            Err("must be true or false".to_owned())
        }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

/// A list: comma separated, repeated, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

impl List {
    /// Whether the list names `item`.
    pub fn has(&self, item: &str) -> bool {
        self.0.iter().any(|s| s == item)
    }
}

impl<S: Into<String>> FromIterator<S> for List {
    fn from_iter<I: IntoIterator<Item = S>>(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<String> + Clone, const N: usize> From<[S; N]> for List {
    fn from(items: [S; N]) -> Self {
        items.into_iter().collect()
    }
}

impl TextParam for List {
    const KIND: &'static str = "array";

    fn parse(text: &str) -> Result<Self, String> {
        String::parse(text)?;
        Ok(text.split(',').map(str::trim).filter(|s| !s.is_empty()).collect())
    }

    fn print(&self) -> String {
        self.0.join(",")
    }
}

/// `If-Match`: the version the caller believes the object has, or `*` for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Any version.
    Any,
    /// This version.
    Version(i64),
}

impl From<i64> for IfMatch {
    fn from(version: i64) -> Self {
        Self::Version(version)
    }
}

impl TextParam for IfMatch {
    const KIND: &'static str = "string";

    fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let tag = text.strip_prefix("W/").unwrap_or(text);
        let inner = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(tag);
        inner.parse().map(Self::Version).map_err(|_| "must be a quoted version number".to_owned())
    }

    fn print(&self) -> String {
        match self {
            Self::Any => "*".to_owned(),
            Self::Version(v) => format!("\"{v}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_read_in_any_case() {
        assert_eq!(bool::parse("True"), Ok(true));
        assert_eq!(bool::parse("FALSE"), Ok(false));
        assert!(bool::parse("yes").is_err());
    }

    #[test]
    fn if_match_takes_quoted_weak_and_bare() {
        for text in ["\"7\"", "W/\"7\"", "7"] {
            assert_eq!(IfMatch::parse(text), Ok(IfMatch::Version(7)), "{text}");
        }
        assert_eq!(IfMatch::parse("*"), Ok(IfMatch::Any));
        assert!(IfMatch::parse("\"x\"").is_err());
    }

    #[test]
    fn lists_skip_empty_items() {
        assert_eq!(List::parse("a, b,,c"), Ok(List::from(["a", "b", "c"])));
    }
}
