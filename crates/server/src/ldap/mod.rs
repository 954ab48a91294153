//! Asking a directory (LDAP) whose password this is, and who is still there (oauth.md, 7.6).

pub(crate) mod filter;
mod table;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::sync::Semaphore;
use trackway_core::account::password::Password;
use trackway_core::{Code, Error, Result};
use zeroize::Zeroizing;

use crate::config::Directory;
use visit::Visit;

/// How long a sign-in may take, and any answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many ask at the same time.
const MOST: usize = 32;

/// The directory of the settings.
pub(crate) struct Ldap {
    pub(crate) directory: Directory,
    tls: Arc<ClientConfig>,
    turns: Arc<Semaphore>,
}

/// Somebody the directory knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What tells the entry from all others.
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Names of the groups the person is in.
    pub(crate) groups: Vec<String>,
}

impl Ldap {
    /// The directory, where the settings name one.
    ///
    /// # Errors
    /// The settings make no sense, or a file cannot be read.
    pub(crate) fn new(directory: &Directory) -> std::result::Result<Option<Self>, String> {
        if !directory.is_on() {
            return Ok(None);
        }
        directory.check()?;
        let told = |error: String| format!("server.ldap: {error}");
        let tls = Arc::new(trusting(directory).map_err(told)?);
        bind_password(directory).map_err(|error| told(error.to_string()))?;
        let turns = Arc::new(Semaphore::new(MOST));
        Ok(Some(Self { directory: directory.clone(), tls, turns }))
    }

    /// Whose password this is, if anybody's.
    ///
    /// # Errors
    /// 503 when the directory does not answer as it should.
    pub(crate) async fn find(&self, login: &str, password: &Password) -> Result<Option<Found>> {
        // A bind without a password succeeds, as nobody (RFC 4513, 5.1.2).
        if login.is_empty() || password.reveal().is_empty() {
            return Ok(None);
        }
        let (visit, login, password) = (self.visit(), login.to_owned(), password.clone());
        self.within(PATIENCE, async move { visit.sign_in(&login, &password).await }).await
    }

    /// Who of these is still there, told by what tells entries apart, and in their order.
    ///
    /// # Errors
    /// 503 when the directory does not answer as it should. Nothing is known then of anybody.
    pub(crate) async fn look(&self, subjects: Vec<String>) -> Result<Vec<Option<Found>>> {
        let visit = self.visit();
        // Each answer has the usual time, and all of them together an end.
        let most = PATIENCE * u32::try_from(subjects.len()).unwrap_or(u32::MAX).saturating_add(2);
        self.within(most, async move { visit.look(&subjects).await }).await
    }

    fn visit(&self) -> Visit {
        Visit { directory: self.directory.clone(), tls: Arc::clone(&self.tls) }
    }

    async fn within<T: Send + 'static>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let turns = Arc::clone(&self.turns);
        // A task of its own: the library gives up by a panic where an answer makes no sense.
        let mut asked = tokio::spawn(async move {
            let _turn = turns.acquire_owned().await.map_err(Error::internal)?;
            work.await
        });
        match tokio::time::timeout(most, &mut asked).await {
            Ok(Ok(found)) => found,
            Ok(Err(broken)) => Err(failed(&broken)),
            Err(late) => {
                asked.abort();
                Err(failed(&late))
            }
        }
    }
}

fn failed(why: &(impl std::fmt::Display + ?Sized)) -> Error {
    let mut error = Code::UpstreamFailed.err();
    error.cause = Some(format!("the directory: {why}"));
    error
}

/// Trusts the authority of the settings, or those that the system trusts.
fn trusting(directory: &Directory) -> std::result::Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let file = &directory.authority_file;
    if file.as_os_str().is_empty() {
        let builder = builder.with_platform_verifier().map_err(|error| error.to_string())?;
        return Ok(builder.with_no_client_auth());
    }
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| told(&error))? {
        let certificate = certificate.map_err(|error| told(&error))?;
        roots.add(certificate).map_err(|error| told(&error))?;
    }
    if roots.is_empty() {
        return Err(told(&"no certificate"));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The password of the entry that looks people up.
fn bind_password(directory: &Directory) -> std::io::Result<Zeroizing<String>> {
    let file = &directory.bind_password_file;
    if file.as_os_str().is_empty() {
        return Ok(Zeroizing::default());
    }
    let text = Zeroizing::new(std::fs::read_to_string(file)?);
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
