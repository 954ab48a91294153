//! From method and path to the operation.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::{HeaderValue, Method};
use percent_encoding::percent_decode_str;
use trackway_core::Code;
use trackway_core::view::ApiVersion;

use crate::http::errors::Refusal;
use crate::routes::Route;

/// Every operation of the contract: `METHOD /path operationId versions`, one line each.
const CONTRACT: &str = include_str!("../../../../contract/operations.txt");

/// Slashes inside a segment; they must not split it.
const SLASH: &str = "%2F";
const PERCENT: &str = "%25";

/// Finds operations by method and path.
pub(crate) struct Dispatch {
    places: matchit::Router<Vec<Entry>>,
}

/// What one method of a path stands for.
struct Entry {
    method: &'static str,
    /// Under `/v2` and `/v3`.
    versions: [bool; 2],
    target: Target,
}

enum Target {
    Served(Box<Route>),
    /// The contract's operation id.
    Unserved(&'static str),
}

/// A served operation with the decoded parameters of its path.
pub(crate) struct Found<'d, 'p> {
    pub(crate) route: &'d Route,
    pub(crate) params: Vec<Cow<'p, str>>,
}

impl Dispatch {
    /// The table of all routes and of those that the contract has besides.
    ///
    /// # Errors
    /// Two templates that no path can tell apart.
    pub(crate) fn new(routes: Vec<Route>) -> Result<Self, matchit::InsertError> {
        let mut table: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for route in routes {
            table.entry(template(route.info.path)).or_default().push(Entry {
                method: route.info.method.as_str(),
                versions: [true; 2],
                target: Target::Served(Box::new(route)),
            });
        }
        for line in CONTRACT.lines() {
            let mut words = line.split_whitespace();
            let (Some(method), Some(path), Some(id), Some(versions)) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let place = table.entry(template(path)).or_default();
            if place.iter().all(|entry| entry.method != method) {
                let versions = ["v2", "v3"].map(|v| versions.split(',').any(|name| name == v));
                place.push(Entry { method, versions, target: Target::Unserved(id) });
            }
        }
        let mut places = matchit::Router::new();
        for (template, entries) in table {
            places.insert(template, entries)?;
        }
        Ok(Self { places })
    }

    /// The operation for a path as [`canonical`] gives it.
    ///
    /// # Errors
    /// 404 for an unknown path, 405 for another method, 501 for an operation not served.
    pub(crate) fn find<'d, 'p>(
        &'d self,
        method: &Method,
        version: ApiVersion,
        path: &'p str,
    ) -> Result<Found<'d, 'p>, Refusal> {
        let unknown = || Refusal::from(Code::UnknownPath.err());
        let found = self.places.at(path).map_err(|_| unknown())?;
        let version = usize::from(version == ApiVersion::V3);
        let under = |e: &&Entry| e.versions.get(version).copied().unwrap_or_default();
        let wanted = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let Some(entry) = found.value.iter().filter(under).find(|e| e.method == wanted) else {
            let methods: Vec<_> = found.value.iter().filter(under).map(|e| e.method).collect();
            return Err(if methods.is_empty() { unknown() } else { not_allowed(method, &methods) });
        };
        match &entry.target {
            Target::Served(route) => {
                let params = found.params.iter().map(|(_, value)| plain(value)).collect();
                Ok(Found { route, params })
            }
            Target::Unserved(id) => Err(Code::NotServed.with(id).into()),
        }
    }

    /// Routes by operation, for tests and metrics.
    #[cfg(test)]
    fn served(&self, path: &str) -> bool {
        self.places.at(path).is_ok()
    }
}

fn not_allowed(method: &Method, methods: &[&str]) -> Refusal {
    let mut allow = methods.join(", ");
    if methods.contains(&"GET") {
        allow.push_str(", HEAD");
    }
    let refusal = Refusal::from(Code::MethodNotAllowed.with(method));
    match HeaderValue::try_from(allow) {
        Ok(allow) => refusal.with(http::header::ALLOW, allow),
        Err(_) => refusal,
    }
}

/// Names parameters by position, because the registry and the contract may name them differently.
fn template(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for (i, part) in path.split(['{', '}']).enumerate() {
        if i % 2 == 0 {
            out.push_str(part);
        } else {
            out.push_str("{p");
            out.push_str(&(i / 2).to_string());
            out.push('}');
        }
    }
    out
}

/// Splits a request path into version and the rest without slashes at its end. More than one slash
/// at the start of either comes from a base URL that ends with one.
pub(crate) fn versioned(path: &str) -> Option<(ApiVersion, &str)> {
    let slashes = path.len() - path.trim_start_matches('/').len();
    let path = path.get(slashes.saturating_sub(1)..)?;
    [ApiVersion::V3, ApiVersion::V2].into_iter().find_map(|version| {
        let rest = path.strip_prefix(version.prefix())?;
        let doubled = rest.len() - rest.trim_start_matches('/').len();
        let rest = rest.get(doubled.saturating_sub(1)..)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| (version, rest.trim_end_matches('/')))
    })
}

/// The path with all percent codes undone but those of `/` and `%`.
///
/// # Errors
/// Bytes that are not UTF-8, or NUL.
pub(crate) fn canonical(path: &str) -> Result<Cow<'_, str>, Refusal> {
    if !path.contains('%') {
        return Ok(Cow::Borrowed(path));
    }
    let mut out = String::with_capacity(path.len());
    for (i, segment) in path.split('/').enumerate() {
        if i > 0 {
            out.push('/');
        }
        let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| Code::BadPath.err())?;
        if decoded.contains('\0') {
            return Err(Code::BadPath.err().into());
        }
        out.push_str(&decoded.replace('%', PERCENT).replace('/', SLASH));
    }
    Ok(Cow::Owned(out))
}

/// A parameter out of a canonical path.
fn plain(value: &str) -> Cow<'_, str> {
    if value.contains('%') {
        Cow::Owned(value.replace(SLASH, "/").replace(PERCENT, "%"))
    } else {
        Cow::Borrowed(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispatch() -> Dispatch {
        Dispatch::new(crate::routes::served()).expect("no ambiguous templates")
    }

    fn find(method: &str, path: &str) -> Result<(&'static str, Vec<String>), Refusal> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let (version, rest) = versioned(path).expect("an API path");
        let rest = canonical(rest)?;
        let dispatch = dispatch();
        let found = dispatch.find(&method, version, &rest)?;
        let params = found.params.iter().map(|p| p.clone().into_owned()).collect();
        Ok((found.route.info.name, params))
    }

    fn code(method: &str, path: &str) -> Code {
        find(method, path).map(|(name, _)| name).expect_err("a refusal").code()
    }

    #[test]
    fn paths_lead_to_operations() {
        for path in ["/v2/issues/TREK-9", "/v3/issues/TREK-9/", "/v3/issues/TREK-9//"] {
            assert_eq!(find("GET", path).expect("found"), ("GetIssue", vec!["TREK-9".to_owned()]));
        }
        for path in ["//v3/issues/TREK-9", "/v2//issues/TREK-9"] {
            assert_eq!(find("GET", path).expect("found").0, "GetIssue");
        }
        assert_eq!(find("HEAD", "/v3/issues/TREK-9").expect("found").0, "GetIssue");
        assert_eq!(find("POST", "/v3/issues/").expect("found").0, "CreateIssue");
        assert_eq!(find("POST", "/v3/%69ssues").expect("found").0, "CreateIssue");
    }

    #[test]
    fn parameters_are_decoded_after_the_split() {
        for (sent, meant) in [
            ("a%2Fb", "a/b"),
            ("%D1%8F", "я"),
            ("100%25", "100%"),
            ("%252F", "%2F"),
            ("a+b", "a+b"),
        ] {
            let (_, params) = find("GET", &format!("/v3/issues/{sent}")).expect("found");
            assert_eq!(params, [meant], "{sent}");
        }
        assert_eq!(code("GET", "/v3/issues/%FF"), Code::BadPath);
        assert_eq!(code("GET", "/v3/issues/%00"), Code::BadPath);
    }

    #[test]
    fn what_is_not_served_is_told_apart() {
        assert_eq!(code("GET", "/v3/nothing"), Code::UnknownPath);
        assert_eq!(code("GET", "/v3"), Code::UnknownPath);
        assert_eq!(code("GET", "/v3/issues//comments"), Code::UnknownPath);
        assert_eq!(code("PATCH", "/v3/myself"), Code::MethodNotAllowed);
        // What the contract has in v3 only is answered under v2 as well: no client breaks by that.
        assert_eq!(find("POST", "/v2/gaps").expect("found").0, "CreateGaps");
        let refusal = find("OPTIONS", "/v3/issues/A-1").expect_err("a refusal");
        let allow = refusal.header("allow").expect("Allow");
        for method in ["GET", "HEAD", "PATCH", "LINK", "UNLINK"] {
            assert!(allow.split(", ").any(|m| m == method), "{method} in {allow}");
        }
    }

    #[test]
    fn the_whole_contract_has_a_place() {
        let dispatch = dispatch();
        assert!(CONTRACT.lines().count() > 280);
        for line in CONTRACT.lines() {
            let path = line.split_whitespace().nth(1).expect("a path");
            assert!(dispatch.served(&path.replace(['{', '}'], "")), "{line}");
        }
    }

    #[test]
    fn only_whole_prefixes_are_versions() {
        assert!(versioned("/v2x/issues").is_none());
        assert!(versioned("/issues").is_none());
        assert_eq!(versioned("/v2/issues/").map(|(_, rest)| rest), Some("/issues"));
    }
}
