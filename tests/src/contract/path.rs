//! Path templates and JSON pointers.

/// A path template, cut at its slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Static(String),
    Parameter(String),
}

/// How a template matched: per segment whether it was static, so that a greater value is the
/// better match.
pub(super) type Rank = Vec<bool>;

impl Template {
    pub(super) fn new(path: &str) -> Self {
        let segment = |s: &str| match s.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name.to_owned()),
            None => Segment::Static(s.to_owned()),
        };
        Self(path.split('/').skip(1).map(segment).collect())
    }

    pub(super) fn matches(&self, segments: &[&str]) -> Option<Rank> {
        if self.0.len() != segments.len() {
            return None;
        }
        self.0.iter().zip(segments).map(|(template, given)| template.matches(given)).collect()
    }

    pub(super) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let filled = self.0.iter().map(|segment| match segment {
            Segment::Static(text) => format!("/{text}"),
            Segment::Parameter(name) => format!("/{}", value(name)),
        });
        filled.collect()
    }
}

impl Segment {
    fn matches(&self, given: &str) -> Option<bool> {
        match self {
            Self::Static(text) => (text == given).then_some(true),
            Self::Parameter(_) => (!given.is_empty()).then_some(false),
        }
    }
}

/// The segments below `/v2` or `/v3`, without a trailing slash and query; `None` elsewhere.
pub(super) fn segments(target: &str) -> Option<Vec<&str>> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("/v2/").or_else(|| path.strip_prefix("/v3/"))?;
    Some(path.strip_suffix('/').unwrap_or(path).split('/').collect())
}

/// `text` as one token of a JSON pointer (RFC 6901, section 3).
pub(super) fn escape(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// A JSON pointer as the fragment of a URI (RFC 6901, section 6).
pub(super) fn fragment(pointer: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/~-._".contains(&byte);
    let encoded = pointer.bytes().map(|byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_matches_segment_by_segment() {
        let template = Template::new("/issues/{issueId}/comments");
        assert_eq!(
            template.matches(&["issues", "DEV-1", "comments"]),
            Some(vec![true, false, true])
        );
        assert_eq!(template.matches(&["issues", "", "comments"]), None);
        assert_eq!(template.matches(&["issues", "DEV-1"]), None);
        assert_eq!(template.fill(|name| format!("<{name}>")), "/issues/<issueId>/comments");
    }

    #[test]
    fn versions_slashes_and_queries_are_cut_off() {
        assert_eq!(segments("/v3/issues/?a=/b"), Some(vec!["issues"]));
        assert_eq!(segments("/v2/a/b#c"), Some(vec!["a", "b"]));
        assert_eq!(segments("/v1/a"), None);
        assert_eq!(segments("/v3"), None);
    }

    #[test]
    fn pointers_become_fragments() {
        assert_eq!(escape("/a~{b}"), "~1a~0{b}");
        assert_eq!(fragment("/paths/~1a~1{b}"), "/paths/~1a~1%7Bb%7D");
    }
}
