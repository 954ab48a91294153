//! TLS of the server itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Error;
use crate::config::TlsFiles;

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// First byte of a TLS connection: the type of a handshake record (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;

/// A connection to a listener with a certificate.
pub(crate) enum Accepted {
    /// As it should be.
    Encrypted(Box<TlsStream<TcpStream>>),
    /// From somebody who begins in the clear, and is told so.
    Plain(TcpStream),
}

/// Encrypts connections.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
}

/// The certificate in use and the files it came from.
#[derive(Debug)]
struct Current {
    certificate: PathBuf,
    key: PathBuf,
    loaded: ArcSwap<CertifiedKey>,
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.loaded.load_full())
    }
}

impl Tls {
    /// Reads the files; `None` when none are named.
    ///
    /// # Errors
    /// One is named without the other, or they do not hold what they should.
    pub(crate) fn open(files: &TlsFiles) -> Result<Option<Self>, Error> {
        let (certificate, key) = match (&files.certificate, &files.key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
            _ => {
                let text = "tls.certificate and tls.key belong together";
                return Err(Error::Config(text.to_owned()));
            }
        };
        let loaded = load(&certificate, &key).map_err(Error::Config)?;
        let current = Arc::new(Current { certificate, key, loaded: ArcSwap::from_pointee(loaded) });
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&current);
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Config(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Self { acceptor: TlsAcceptor::from(Arc::new(config)), current }))
    }

    /// The connection; `None` when the other side does not get there in time.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Option<Accepted> {
        match tokio::time::timeout(PATIENCE, self.begin(stream)).await {
            Ok(Ok(accepted)) => Some(accepted),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }

    async fn begin(&self, stream: TcpStream) -> std::io::Result<Accepted> {
        let mut first = [0];
        let count = stream.peek(&mut first).await?;
        if count > 0 && first != [HANDSHAKE] {
            return Ok(Accepted::Plain(stream));
        }
        Ok(Accepted::Encrypted(Box::new(self.acceptor.accept(stream).await?)))
    }

    /// Looks at the files for ever, and takes what is new in them. A pair that cannot be used is
    /// left alone: the one before goes on.
    pub(crate) async fn follow(self) {
        let mut seen = self.changed();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.changed();
            if now == seen {
                continue;
            }
            seen = now;
            match load(&self.current.certificate, &self.current.key) {
                Ok(loaded) => {
                    self.current.loaded.store(Arc::new(loaded));
                    tracing::info!("the certificate was read again");
                }
                Err(error) => tracing::error!(error, "the new certificate cannot be used"),
            }
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.current.certificate, &self.current.key]
            .map(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok())
    }
}

/// A certificate with the key that fits it.
fn load(certificate: &PathBuf, key: &PathBuf) -> Result<CertifiedKey, String> {
    let told = |path: &PathBuf, error: String| format!("{}: {error}", path.display());
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| told(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(told(certificate, "there is no certificate in it".to_owned()));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| told(key, error.to_string()))?;
    CertifiedKey::from_der(chain, private, &ring::default_provider())
        .map_err(|error| told(key, error.to_string()))
}
