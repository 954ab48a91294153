//! A request in the form in which it is sent, as often as needed.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use trackway_api::{Access, Endpoint, HttpMethod, Info, Outgoing};

use crate::builder::Version;
use crate::{Error, link};

/// Where the API is found.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    /// Scheme, host and port; the path is of no meaning.
    url: Url,
    /// What stands before `/v3`; empty or starting with a slash.
    prefix: String,
    version: Version,
}

impl Base {
    pub(crate) fn new(text: &str, version: Version) -> Result<Self, Error> {
        let wrong = |why: &str| Error::InvalidSettings(format!("the base URL {why}"));
        let url = Url::parse(text).map_err(|error| wrong(&format!("is unreadable: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("must start with http:// or https:// and a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must end with the path"));
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, prefix, version })
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    fn endpoint(&self, path: &str, query: &[(Cow<'static, str>, String)], outside: bool) -> Url {
        let mut url = self.url.clone();
        if outside {
            url.set_path(&format!("{}{path}", self.prefix));
        } else {
            url.set_path(&format!("{}/{}{path}", self.prefix, self.version.as_str()));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// A request composed at run time, for programs that let others choose the operation, see
/// [`Tracker::call`](crate::Tracker::call).
#[derive(Clone, Debug)]
pub struct AnyRequest {
    method: HttpMethod,
    outgoing: Outgoing,
    info: Option<&'static Info>,
    /// The path is not below that of the API.
    outside: bool,
}

impl AnyRequest {
    /// A request of a declared operation.
    pub fn of(info: &'static Info, outgoing: Outgoing) -> Self {
        Self { method: info.method, outgoing, info: Some(info), outside: false }
    }

    /// A request of an operation that the API does not declare. Unless it is a GET, PUT or
    /// DELETE, a broken connection is not tried again.
    pub fn undeclared(method: HttpMethod, outgoing: Outgoing) -> Self {
        Self { method, outgoing, info: None, outside: false }
    }

    /// A request of what a server offers besides the API, with the whole path: `/oauth/…`.
    pub fn outside(method: HttpMethod, outgoing: Outgoing) -> Self {
        Self { method, outgoing, info: None, outside: true }
    }
}

impl<E: Endpoint> From<&E> for AnyRequest {
    fn from(request: &E) -> Self {
        Self::of(E::INFO, request.encode())
    }
}

/// A request ready to be sent any number of times.
#[derive(Clone)]
pub(crate) struct Call {
    /// What the operation is called in traces.
    pub(crate) operation: &'static str,
    /// Whether the operation changes nothing.
    reads: bool,
    /// Whether a success has no body, or none that matters.
    pub(crate) answers_nothing: bool,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Call {
    pub(crate) fn new(base: &Base, request: AnyRequest) -> Result<Self, Error> {
        const NOTHING: u16 = 204;
        let AnyRequest { method, outgoing, info, outside } = request;
        let Outgoing { path, query, headers, body, media_type } = outgoing;
        check_path(&path)?;
        let mut call = Self {
            operation: info.map_or("other", |info| info.name),
            reads: info
                .map_or(method == HttpMethod::GET, |info| matches!(info.access, Access::read)),
            answers_nothing: info.is_some_and(|info| info.status == NOTHING),
            method: Method::from_bytes(method.as_str().as_bytes())
                .map_err(|_| Error::InvalidRequest(format!("{method} is no method")))?,
            url: base.endpoint(&path, &query, outside),
            headers: header_map(&headers)?,
            body: body.map(Bytes::from),
        };
        if call.body.is_some() {
            let media_type = media_type.unwrap_or("application/json");
            call.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        Ok(call)
    }

    /// The same call (method, headers and body) for the next page, if there is one.
    ///
    /// # Errors
    /// The next page is the present one, which would never end.
    pub(crate) fn next_page(
        &self,
        base: &Base,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, Error> {
        let Some(target) = link::next(headers) else { return Ok(None) };
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let mut next = self.clone();
        // A server behind a proxy that adds a prefix may not know of the prefix.
        if path.starts_with(&format!("{}/", base.prefix)) {
            next.url.set_path(path);
        } else {
            next.url.set_path(&format!("{}{path}", base.prefix));
        }
        next.url.set_query(query);
        if next.url == self.url && !self.is_scrolling() {
            let why = "the next page is this page".to_owned();
            return Err(Error::Decode { at: "header Link".to_owned(), why });
        }
        Ok(Some(next))
    }

    /// Whether the server may see the call twice without harm.
    pub(crate) fn is_repeatable(&self) -> bool {
        let harmless =
            self.reads || [Method::GET, Method::PUT, Method::DELETE].contains(&self.method);
        harmless && !self.is_scrolling()
    }

    /// A scroll moves on with each request, also with one whose answer is lost.
    fn is_scrolling(&self) -> bool {
        self.url.query_pairs().any(|(name, _)| name == "scrollId")
    }
}

/// Refuses path parameters that would lead to another operation: URLs drop `.` and `..`, and an
/// empty id may turn an operation on one object into one on all of them.
fn check_path(path: &str) -> Result<(), Error> {
    let strange = |segment: &str| matches!(segment, "" | "." | "..");
    match path.trim_start_matches('/').split('/').find(|segment| strange(segment)) {
        Some("") => Err(Error::InvalidRequest("a path parameter is empty".to_owned())),
        Some(dots) => Err(Error::InvalidRequest(format!("a path parameter is {dots:?}"))),
        None => Ok(()),
    }
}

fn header_map(headers: &[(Cow<'static, str>, String)]) -> Result<HeaderMap, Error> {
    headers
        .iter()
        .map(|(name, value)| {
            let wrong = || Error::InvalidRequest(format!("the header {name} cannot be sent"));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
            let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
            Ok((name, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use trackway_api::comments::DeleteComment;
    use trackway_api::issues::{GetIssue, SearchIssues, SearchRequest};
    use trackway_api::links::UnlinkIssue;

    use super::*;

    fn call<E: Endpoint>(base: &Base, request: &E) -> Result<Call, Error> {
        Call::new(base, request.into())
    }

    fn base(text: &str) -> Base {
        Base::new(text, Version::V3).expect("a good address")
    }

    fn next(from: &Call, base: &Base, link: &'static str) -> Result<Option<String>, Error> {
        let headers = HeaderMap::from_iter([(http::header::LINK, HeaderValue::from_static(link))]);
        Ok(from.next_page(base, &headers)?.map(|call| call.url.to_string()))
    }

    #[test]
    fn addresses_are_composed() {
        for (text, expected) in [
            ("https://a.example", "https://a.example/v3/issues/TREK-1?localized=false"),
            ("http://a:8080/", "http://a:8080/v3/issues/TREK-1?localized=false"),
            ("https://a/x/y//", "https://a/x/y/v3/issues/TREK-1?localized=false"),
        ] {
            let call = call(&base(text), &GetIssue::new("TREK-1").localized(false));
            assert_eq!(call.expect("a good call").url.as_str(), expected);
        }
        for text in ["", "a.example", "ftp://a", "https://me:secret@a", "https://a/?x", "http://"] {
            let error = Base::new(text, Version::V3).expect_err(text).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn path_parameters_stay_parameters() {
        let base = base("https://a");
        for id in ["", ".", ".."] {
            let call = call(&base, &DeleteComment::new("TREK-1", id));
            assert!(matches!(call, Err(Error::InvalidRequest(_))), "{id:?}");
        }
        let call = call(&base, &DeleteComment::new("TREK-1", "../2?x#y ж")).expect("encoded");
        assert_eq!(call.url.path(), "/v3/issues/TREK-1/comments/..%2F2%3Fx%23y%20%D0%B6");
        assert_eq!(call.url.query(), None);
    }

    #[test]
    fn next_pages_stay_on_the_host() {
        let base = base("https://a/x");
        let call = call(&base, &SearchIssues::new(SearchRequest::default())).expect("a good call");
        for (link, expected) in [
            (r#"<https://evil/x/v3/i?page=2>; rel="next""#, "https://a/x/v3/i?page=2"),
            (r#"<a/v3/i?page=2>; rel="next""#, "https://a/x/v3/i?page=2"),
        ] {
            assert_eq!(next(&call, &base, link).expect("ok").as_deref(), Some(expected));
        }
        assert_eq!(next(&call, &base, "<a/v3>; rel=first").expect("ok"), None);
        assert!(next(&call, &base, "<a/x/v3/issues/_search>; rel=next").is_err());
    }

    #[test]
    fn scrolls_and_changes_are_not_repeated() {
        let base = base("https://a");
        let search = SearchIssues::new(SearchRequest::default());
        let repeatable = |call: Result<Call, Error>| call.expect("a good call").is_repeatable();
        assert!(repeatable(call(&base, &search)));
        assert!(!repeatable(call(&base, &search.scroll_id("x"))));
        assert!(repeatable(call(&base, &DeleteComment::new("TREK-1", "2"))));
        assert!(!repeatable(call(&base, &UnlinkIssue::new("TREK-1").link("x"))));
        let bad = UnlinkIssue::new("TREK-1").link("a\nb");
        assert!(matches!(call(&base, &bad), Err(Error::InvalidRequest(_))));
    }
}
