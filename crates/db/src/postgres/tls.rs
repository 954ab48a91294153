//! TLS to PostgreSQL.
//!
//! `sslmode=require`, `verify-ca` and `verify-full` all mean the same and the safest: encrypted, and
//! the server's certificate must be valid for its name by the roots of the system, or by those of
//! the file that the variable `SSL_CERT_FILE` names. Without `sslmode` the connection is plain, as
//! fits a local socket or a private network.

use std::borrow::Cow;
use std::sync::Arc;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, Result};

/// How connections are protected.
pub(crate) enum Tls {
    Plain,
    Verified(MakeRustlsConnect),
}

impl Tls {
    /// What the URL asks for.
    pub(crate) fn of(config: &Config) -> Result<Self> {
        match config.get_ssl_mode() {
            SslMode::Require => Ok(Self::Verified(MakeRustlsConnect::new(client_config()?))),
            _ => Ok(Self::Plain),
        }
    }

    pub(crate) fn connect(&self, config: &Config) -> Result<Client> {
        match self {
            Self::Plain => config.connect(NoTls),
            Self::Verified(tls) => config.connect(tls.clone()),
        }
        .map_err(|error| Error::Unavailable(Error::from(error).to_string()))
    }
}

/// Rewrites the modes of libpq that the driver's parser does not know.
pub(crate) fn known_mode(url: &str) -> Cow<'_, str> {
    let Some((before, rest)) = url.split_once("sslmode=verify-") else {
        return Cow::Borrowed(url);
    };
    let rest = rest.strip_prefix("full").or_else(|| rest.strip_prefix("ca")).unwrap_or(rest);
    Cow::Owned(format!("{before}sslmode=require{rest}"))
}

fn client_config() -> Result<ClientConfig> {
    // Named, because another crate of the program may bring a second provider.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| Error::Unavailable(format!("TLS: {error}")))?;
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_verify_are_known() {
        for (written, known) in [
            ("postgres://h/d?sslmode=verify-full&a=b", "postgres://h/d?sslmode=require&a=b"),
            ("host=h sslmode=verify-ca user=u", "host=h sslmode=require user=u"),
            ("postgres://h/d?sslmode=require", "postgres://h/d?sslmode=require"),
            ("postgres://h/d", "postgres://h/d"),
        ] {
            assert_eq!(known_mode(written), known);
        }
    }

    #[test]
    fn plain_unless_asked() {
        let tls = |url: &str| Tls::of(&url.parse().expect("a URL"));
        assert!(matches!(tls("postgres://h/d"), Ok(Tls::Plain)));
        assert!(matches!(tls("postgres://h/d?sslmode=disable"), Ok(Tls::Plain)));
        assert!(!matches!(tls("postgres://h/d?sslmode=require"), Ok(Tls::Plain)));
    }
}
