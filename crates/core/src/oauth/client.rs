//! Who calls an endpoint: authentication of applications (oauth.md, 2.4, CA-01 to CA-09).

use data_encoding::BASE64;

use super::application::{self, Application};
use super::log::{self, Event};
use super::params::Params;
use super::refusal::{Decision, Fault, Refusal};
use super::{Profile, document};
use crate::account_cx::AccountCx;
use crate::error::Result;

const NOT_UTF8: Refusal = Fault::InvalidClient.because("Malformed Authorization header");
const UNKNOWN: Refusal = Fault::InvalidClient.because("Client authentication failed");

/// What a request says about the application that makes it.
#[derive(Clone, Default)]
pub struct Credentials {
    /// Id and secret of the header `Authorization: Basic`.
    basic: Option<(String, String)>,
    body_id: Option<String>,
    body_secret: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Reads the header and the body.
    ///
    /// # Errors
    /// CA-04 to CA-06 and CA-09.
    pub fn read(authorization: Option<&str>, params: &Params) -> Decision<Self> {
        let basic = authorization.map(basic).transpose()?;
        let body_id = params.get("client_id").map(str::to_owned);
        let body_secret = params.get("client_secret").map(str::to_owned);
        if let (Some((id, _)), Some(other)) = (&basic, &body_id)
            && id != other
        {
            return Err(Fault::InvalidRequest.because("Header and body name different clients"));
        }
        if basic.is_none() && body_id.is_none() {
            return Err(Fault::InvalidRequest.because("client_id is missing"));
        }
        Ok(Self { basic, body_id, body_secret })
    }

    /// The id that is claimed; not proven yet.
    pub fn id(&self) -> &str {
        let basic = self.basic.as_ref().map(|(id, _)| id.as_str());
        basic.or(self.body_id.as_deref()).unwrap_or_default()
    }

    /// The one secret, if one is given.
    fn secret(&self, profile: Profile) -> Decision<Option<&str>> {
        let header = self.basic.as_ref().map(|(_, secret)| secret.as_str());
        let header = header.filter(|secret| !secret.is_empty());
        match (header, self.body_secret.as_deref()) {
            (Some(a), Some(b)) if profile == Profile::Strict || a != b => {
                Err(Fault::InvalidRequest.because("More than one way of authentication is used"))
            }
            (Some(secret), _) | (None, Some(secret)) => Ok(Some(secret)),
            (None, None) => Ok(None),
        }
    }
}

/// `Basic base64(enc(id):enc(secret))`, `enc` being form encoding (RFC 6749, 2.3.1).
fn basic(header: &str) -> Decision<(String, String)> {
    let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Fault::InvalidClient.because("Basic auth required"));
    }
    let text = BASE64
        .decode(rest.trim().as_bytes())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or(NOT_UTF8)?;
    let (id, secret) = text.split_once(':').ok_or(NOT_UTF8)?;
    let id = form_decoded(id).filter(|id| !id.is_empty()).ok_or(NOT_UTF8)?;
    Ok((id, form_decoded(secret).ok_or(NOT_UTF8)?))
}

/// Undoes form encoding; `None` for a broken code or bytes that are not UTF-8.
pub fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16).and_then(|n| u8::try_from(n).ok());
                digit(rest.next()?)? << 4 | digit(rest.next()?)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The application that proved to be the caller. A public one proves nothing: its id is enough.
///
/// # Errors
/// The database fails.
pub(super) fn authenticate(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
) -> Result<Decision<Application>> {
    let application = known(cx, credentials)?;
    Ok(application.and_then(|app| match credentials.secret(app.details.profile)? {
        Some(secret) if app.has_secret(secret, cx.now()) => Ok(app),
        None if !app.is_confidential() => Ok(app),
        _ => Err(UNKNOWN),
    }))
}

/// The same where a confidential application need not prove itself, but must not fail to if it
/// tries (device flow).
///
/// # Errors
/// The database fails.
pub(super) fn identify(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
) -> Result<Decision<Application>> {
    let application = known(cx, credentials)?;
    Ok(application.and_then(|app| match credentials.secret(app.details.profile)? {
        Some(secret) if !app.has_secret(secret, cx.now()) => Err(UNKNOWN),
        _ => Ok(app),
    }))
}

fn known(cx: &mut AccountCx<'_, '_>, credentials: &Credentials) -> Result<Decision<Application>> {
    let found = application::find(cx, credentials.id())?.filter(|app| !app.blocked);
    // The same work for an unknown application as for a wrong secret.
    if found.is_none()
        && let Ok(Some(secret)) = credentials.secret(Profile::Compatible)
    {
        document::nobody().has_secret(secret, cx.now());
    }
    Ok(found.ok_or(UNKNOWN))
}

/// Records that somebody failed to authenticate as this application, if there is one.
///
/// # Errors
/// The database fails.
pub fn failed(cx: &mut AccountCx<'_, '_>, id: &str) -> Result<()> {
    match application::find(cx, id)? {
        Some(application) => log::event(cx, 0, Event::ClientAuthFailed, &application),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: Option<&str>, body: &[(&str, &str)]) -> Decision<Credentials> {
        let pairs = body.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Credentials::read(header, &Params::new(pairs))
    }

    fn encoded(text: &str) -> String {
        format!("Basic {}", BASE64.encode(text.as_bytes()))
    }

    /// S-6749-01; CA-01 to CA-09 as far as they need no database.
    #[test]
    fn credentials_are_read_from_header_and_body() {
        let read_pair = |header: &str| {
            let found = read(Some(header), &[])?;
            Ok::<_, Refusal>((
                found.id().to_owned(),
                found.secret(Profile::Strict)?.map(str::to_owned),
            ))
        };
        let good = read_pair(&encoded("a%3Ab:s+e%25")).expect("good");
        assert_eq!(good, ("a:b".to_owned(), Some("s e%".to_owned())));
        assert_eq!(read_pair(&encoded("id:")).expect("no secret").1, None);
        for malformed in ["Basic", "Basic !!!", "Basic YQ==", "Basic Og==", "basic /w=="] {
            let refusal = read_pair(malformed).expect_err(malformed);
            assert_eq!(refusal.description, "Malformed Authorization header", "{malformed}");
        }
        for other in ["OAuth y0_x", "Bearer x", "Digest x"] {
            let refusal = read_pair(other).expect_err(other);
            assert_eq!(refusal, Fault::InvalidClient.because("Basic auth required"));
        }
        let both = read(Some(&encoded("a:s")), &[("client_id", "b")]).expect_err("two clients");
        assert_eq!(both.fault, Fault::InvalidRequest);
        assert_eq!(read(None, &[]).expect_err("nobody").description, "client_id is missing");
        let twice = [("client_id", "a"), ("client_secret", "s")];
        let twice = read(Some(&encoded("a:s")), &twice).expect("readable");
        assert!(twice.secret(Profile::Strict).is_err());
        assert_eq!(twice.secret(Profile::Compatible), Ok(Some("s")));
    }
}
