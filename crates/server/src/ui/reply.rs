//! Answers to browsers, with the headers that keep other sites out (UI-01).

use axum::body::{Body, Bytes};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};

/// Where the forms of a page may lead, and what it may load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Policy {
    /// This site.
    #[default]
    Own,
    /// This site and then, by a redirect, the origin of an application. Browsers hold the redirect
    /// that follows a form against `form-action`, too (UI-02).
    Leads(String),
    /// Anywhere: private-use schemes cannot be named in a policy.
    Open,
    /// The page that shows a code or a token (VC-02).
    Code,
    /// A picture that somebody uploaded: nothing in it may run.
    Picture,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    status: StatusCode,
    location: Option<String>,
    body: Bytes,
    policy: Policy,
    /// Tells the browser to drop what it kept of this site (UI-19).
    clear: bool,
    /// Another type than HTML.
    kind: Option<&'static str>,
    /// More headers.
    headers: Vec<(HeaderName, String)>,
}

impl Reply {
    /// A page.
    pub(crate) fn page(html: String) -> Self {
        Self { body: Bytes::from(html), ..Self::default() }
    }

    /// A picture that was drawn here from one that somebody uploaded.
    pub(crate) fn picture(png: Vec<u8>) -> Self {
        Self {
            body: Bytes::from(png),
            policy: Policy::Picture,
            kind: Some("image/png"),
            ..Self::default()
        }
    }

    /// Another page; always 303 (GN-07).
    pub(crate) fn go(location: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: Some(location.into()), ..Self::default() }
    }

    /// Sets the status.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets the policy.
    pub(crate) fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets another type than HTML.
    pub(crate) fn of(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Has the browser clear its caches.
    pub(crate) fn clearing(mut self) -> Self {
        self.clear = true;
        self
    }

    /// The response. `secure`: by TLS; `shy`: tell no other page where one comes from.
    pub(crate) fn response(self, cookies: &[String], secure: bool, shy: bool) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(name, value);
            }
        };
        put(CONTENT_TYPE, self.kind.unwrap_or("text/html; charset=utf-8"));
        for (name, value) in &self.headers {
            put(name.clone(), value);
        }
        put(CACHE_CONTROL, "no-store");
        put(CONTENT_SECURITY_POLICY, &csp(&self.policy));
        put(X_FRAME_OPTIONS, "DENY");
        put(X_CONTENT_TYPE_OPTIONS, "nosniff");
        put(REFERRER_POLICY, if shy { "no-referrer" } else { "same-origin" });
        put(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), \
             publickey-credentials-get=(self), publickey-credentials-create=(self)",
        );
        put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
        if secure {
            put(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        if self.clear {
            put(HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"");
        }
        if let Some(location) = &self.location {
            put(LOCATION, location);
        }
        for cookie in cookies {
            put(SET_COOKIE, cookie);
        }
        response
    }
}

fn csp(policy: &Policy) -> String {
    let forms = match policy {
        Policy::Picture => return "default-src 'none'; sandbox".to_owned(),
        Policy::Own => "; form-action 'self'".to_owned(),
        Policy::Leads(origin) => format!("; form-action 'self' {origin}"),
        Policy::Open => String::new(),
        Policy::Code => {
            return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                    connect-src 'none'; base-uri 'none'; form-action 'none'; \
                    frame-ancestors 'none'"
                .to_owned();
        }
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         object-src 'none'{forms}"
    )
}
