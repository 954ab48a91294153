//! Redirect URIs: which may be registered (oauth.md, 2.11) and which presented one is a registered
//! one (AZ-05). Matching compares bytes; nothing is parsed, decoded or normalised for it.

/// Longest URI that can be registered.
const LONGEST: usize = 2000;

/// Ways of the original to say "show the code on a page".
const CODE_PAGES: [&str; 2] =
    ["https://oauth.yandex.ru/verification_code", "https://oauth.yandex.com/verification_code"];

const CODE_PAGE_PATH: &str = "/verification_code";

/// Schemes that run or read something instead of leading to an application.
const FORBIDDEN: [&str; 6] = ["javascript", "data", "file", "vbscript", "blob", "about"];

/// Query parameters that an answer brings itself.
const OWN_PARAMETERS: [&str; 5] = ["code", "state", "iss", "error", "access_token"];

/// Whether a URI leads to the page that shows codes and tokens.
pub(super) fn is_code_page(uri: &str, issuer: &str) -> bool {
    CODE_PAGES.contains(&uri) || uri.strip_prefix(issuer) == Some(CODE_PAGE_PATH)
}

/// Where the browser goes for this URI: the code page of the original stands for our own.
pub(super) fn target(uri: &str, issuer: &str) -> String {
    if is_code_page(uri, issuer) { format!("{issuer}{CODE_PAGE_PATH}") } else { uri.to_owned() }
}

/// Whether a URI may be registered; private-use schemes only for public applications.
pub(crate) fn may_register(uri: &str, public: bool) -> bool {
    if uri.len() > LONGEST || !is_clean(uri) {
        return false;
    }
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    if FORBIDDEN.contains(&scheme.to_ascii_lowercase().as_str()) {
        return false;
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if has_dot_segment(path) || query.split('&').any(is_own_parameter) {
        return false;
    }
    match scheme {
        "https" => has_host(path),
        "http" => has_host(path) && loopback(uri).is_some(),
        _ => public && is_private_use(scheme) && rest.starts_with('/') && !rest.starts_with("//"),
    }
}

/// No control character, space, backslash, non-ASCII byte, fragment, user info or wildcard.
fn is_clean(uri: &str) -> bool {
    let authority = uri
        .split_once("://")
        .map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    uri.bytes().all(|b| b.is_ascii_graphic() && !b"\\#*\"<>^`{|}".contains(&b))
        && !authority.contains('@')
}

fn has_host(path: &str) -> bool {
    path.strip_prefix("//").is_some_and(|rest| {
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = match authority.strip_prefix('[').and_then(|r| r.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':').unwrap_or("1")),
            None => authority.split_once(':').unwrap_or((authority, "1")),
        };
        !host.is_empty() && !host.contains('%') && is_port(port)
    })
}

fn is_port(text: &str) -> bool {
    !text.starts_with('0')
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// A reverse domain name (RFC 8252, 7.1).
fn is_private_use(scheme: &str) -> bool {
    scheme.contains('.')
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
}

fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    }) || {
        let lower = path.to_ascii_lowercase();
        lower.contains("%2f") || lower.contains("%5c") || lower.contains("%25")
    }
}

fn is_own_parameter(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    OWN_PARAMETERS.contains(&name)
}

/// Splits `http://127.0.0.1:8000/cb` into what stands before the port and what stands after it,
/// for the three loopback hosts (RFC 8252, 7.3).
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let hosts = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let host = hosts.into_iter().find(|host| uri.starts_with(host))?;
    let rest = uri.get(host.len()..)?;
    let after = match rest.strip_prefix(':') {
        Some(numbered) => {
            let end = numbered.find(|c: char| !c.is_ascii_digit()).unwrap_or(numbered.len());
            let (port, after) = numbered.split_at(end);
            if !is_port(port) {
                return None;
            }
            after
        }
        None => rest,
    };
    (after.is_empty() || after.starts_with(['/', '?'])).then_some((host, after))
}

/// Whether a presented URI is this registered one (AZ-05).
pub(crate) fn matches(registered: &str, presented: &str) -> bool {
    if !is_clean(presented) {
        return false;
    }
    registered == presented
        || loopback(registered).is_some_and(|own| loopback(presented) == Some(own))
}

/// A redirect to a URI that is ours to send people to.
pub(super) fn with_query(uri: &str, parameters: &[(&str, &str)]) -> String {
    let joint =
        if uri.contains('?') { if uri.ends_with(['?', '&']) { "" } else { "&" } } else { "?" };
    format!("{uri}{joint}{}", encode(parameters))
}

/// The same in the fragment.
pub(super) fn with_fragment(uri: &str, parameters: &[(&str, &str)]) -> String {
    format!("{uri}#{}", encode(parameters))
}

/// Parameters in the form of a query. A space becomes `%20`, which readers of both forms take.
fn encode(parameters: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let hex = |n: u8| {
                    char::from(b"0123456789ABCDEF".get(usize::from(n)).copied().unwrap_or(b'0'))
                };
                out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
