//! The `Link` header (RFC 8288).

use http::HeaderMap;
use http::header::LINK;

/// Path and query of the link `rel="next"`.
///
/// Scheme and host are dropped: the cloud service prints its links without a scheme, a server
/// behind a proxy may not know its own name, and a token must not follow a link to another host.
pub(crate) fn next(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(LINK)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find_map(|line| links(line).find(|(_, params)| is_next(params)))
        .map(|(target, _)| path_and_query(target))
}

/// Targets of a header line with the text of their parameters.
fn links(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        let (params, tail) = after.split_at(end_of_params(after));
        rest = tail;
        Some((target, params))
    })
}

/// A comma ends the parameters of a link unless it is inside quotes.
fn end_of_params(text: &str) -> usize {
    let mut quoted = false;
    text.find(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .unwrap_or(text.len())
}

fn is_next(params: &str) -> bool {
    params.split(';').filter_map(|param| param.split_once('=')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|rel| rel.eq_ignore_ascii_case("next"))
    })
}

fn path_and_query(target: &str) -> &str {
    if target.starts_with('/') && !target.starts_with("//") {
        return target;
    }
    let after_scheme = target.split_once("//").map_or(target, |(_, rest)| rest);
    after_scheme.find(['/', '?']).map_or("/", |start| &after_scheme[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(LINK, http::HeaderValue::from_static(line));
        }
        next(&headers).map(ToOwned::to_owned)
    }

    #[test]
    fn scheme_and_host_are_dropped() {
        for (line, expected) in [
            (r#"<https://a.b/v3/x?page=2>; rel="next""#, "/v3/x?page=2"),
            (r#"<api.tracker.yandex.net/v3/x?page=2>; rel="next""#, "/v3/x?page=2"),
            ("</v3/x?a=//b>; rel=next", "/v3/x?a=//b"),
            (r#"<//evil.example/v3/x>; rel="prev next""#, "/v3/x"),
            (r#"<evil.example>; rel="next""#, "/"),
        ] {
            assert_eq!(of(&[line]).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn next_is_found_among_others() {
        let joined = r#"<http://h/v2/i?fields=a,b>; rel="first"; title="x, <y>", <http://h/v2/i?p=2>; rel="next", <http://h/v2/i{&page}>; rel="seek""#;
        assert_eq!(of(&[joined]).as_deref(), Some("/v2/i?p=2"));
        let lines = [r#"<http://h/a>; rel="first""#, r#"<http://h/b>; rel="next""#];
        assert_eq!(of(&lines).as_deref(), Some("/b"));
        assert_eq!(of(&[r#"<http://h/a>; rel="last""#]), None);
        for broken in ["", "<", "<a", "rel=next", "<a>; rel", ">,<"] {
            assert_eq!(of(&[broken]), None, "{broken}");
        }
    }
}
