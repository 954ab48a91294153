//! Certificates made for a test, and both ends of an encrypted connection.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned};

/// Every name a server of a test is called by.
const NAMES: [&str; 4] = ["127.0.0.1", "::1", "localhost", "app.localhost"];

/// An encrypted connection of a client.
pub type Connection = StreamOwned<ClientConnection, TcpStream>;

/// An authority that exists for one test: it signs certificates, and clients may trust it.
#[derive(Clone)]
pub struct Authority {
    issuer: Arc<Issuer<'static, KeyPair>>,
    root: CertificateDer<'static>,
    pem: String,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

/// A name of its own, without which an issuer and what it signs look like the same.
fn called(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When no key can be made.
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name = called("Trackway test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root = params.self_signed(&key).expect("a certificate");
        let (pem, root) = (root.pem(), root.der().clone());
        Self { issuer: Arc::new(Issuer::new(params, key)), root, pem }
    }

    /// Its certificate, for those who are to trust it.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes a new certificate with its key, for a server on this machine.
    ///
    /// # Panics
    ///
    /// When the files cannot be written.
    pub fn issue(&self, certificate: &Path, key: &Path) {
        let (signed, pair) = self.leaf();
        // The key first: a server that looks in between finds a pair that does not fit, and waits.
        std::fs::write(key, pair.serialize_pem()).expect("the key can be written");
        std::fs::write(certificate, signed.pem()).expect("the certificate can be written");
    }

    fn leaf(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).expect("good names");
        params.distinguished_name = called("Trackway test server");
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let signed = params.signed_by(&key, &*self.issuer).expect("a certificate");
        (signed, key)
    }

    /// What a server of the test itself needs to be trusted.
    ///
    /// # Panics
    ///
    /// Never: the key belongs to the certificate.
    pub fn server(&self) -> Arc<ServerConfig> {
        let (signed, pair) = self.leaf();
        let key = PrivateKeyDer::from_pem_slice(pair.serialize_pem().as_bytes()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], key);
        Arc::new(config.expect("a pair that fits"))
    }

    /// Connects to a server whose certificate this authority has signed.
    ///
    /// # Panics
    ///
    /// When `host` is no name.
    ///
    /// # Errors
    ///
    /// The handshake fails, also because the certificate is not good.
    pub fn connect(&self, host: &str, stream: TcpStream) -> std::io::Result<Connection> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).expect("a name");
        let client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut connection = StreamOwned::new(client, stream);
        while connection.conn.is_handshaking() {
            connection.conn.complete_io(&mut connection.sock)?;
        }
        Ok(connection)
    }
}
