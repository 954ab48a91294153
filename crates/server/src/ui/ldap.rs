//! Asking a directory (LDAP) whose password this is (oauth.md, 7.6): look the person up, take exactly
//! one entry, and bind as it.

use std::sync::Arc;
use std::time::Duration;

use ldap3::{LdapConnAsync, LdapConnSettings, Scope, SearchEntry, SearchOptions, ldap_escape};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::sync::Semaphore;
use trackway_core::account::password::Password;
use trackway_core::{Code, Error, Result};
use zeroize::Zeroizing;

use crate::config::{Directory, LOGIN};

/// How long everything may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many ask at the same time.
const MOST: usize = 32;
/// Result codes of the protocol (RFC 4511, appendix A).
const OK: u32 = 0;
const SIZE_LIMIT: u32 = 4;
const NO_SUCH_OBJECT: u32 = 32;
const WRONG_PASSWORD: u32 = 49;

/// The directory of the settings.
pub(crate) struct Ldap {
    pub(crate) directory: Directory,
    tls: Arc<ClientConfig>,
    turns: Arc<Semaphore>,
}

/// Whose password it was.
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
        let work = Visit {
            directory: self.directory.clone(),
            tls: Arc::clone(&self.tls),
            login: login.to_owned(),
            password: password.clone(),
        };
        let turns = Arc::clone(&self.turns);
        // A task of its own: the library gives up by a panic where an answer makes no sense.
        let mut asked = tokio::spawn(async move {
            let _turn = turns.acquire_owned().await.map_err(Error::internal)?;
            work.run().await
        });
        match tokio::time::timeout(PATIENCE, &mut asked).await {
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

/// The filter with the login in place; no sign of it means anything there (T-40).
fn filter(pattern: &str, login: &str) -> String {
    pattern.replace(LOGIN, &ldap_escape(login))
}

/// One look into the directory.
struct Visit {
    directory: Directory,
    tls: Arc<ClientConfig>,
    login: String,
    password: Password,
}

impl Visit {
    async fn run(self) -> Result<Option<Found>> {
        let told = |error: ldap3::LdapError| failed(&error);
        let settings = LdapConnSettings::new()
            .set_conn_timeout(PATIENCE)
            .set_starttls(self.directory.start_tls)
            .set_config(Arc::clone(&self.tls));
        let url = &self.directory.url;
        let (connection, mut ldap) =
            LdapConnAsync::with_settings(settings, url).await.map_err(told)?;
        tokio::spawn(connection.drive());
        let found = self.look(&mut ldap).await;
        // Whatever came of it; a directory that does not take the farewell is told nothing more.
        if let Err(error) = ldap.unbind().await {
            tracing::debug!(%error, "the directory did not take the farewell");
        }
        found
    }

    async fn look(&self, ldap: &mut ldap3::Ldap) -> Result<Option<Found>> {
        let told = |error: ldap3::LdapError| failed(&error);
        let dn = &self.directory.bind_dn;
        if !dn.is_empty() {
            let secret = bind_password(&self.directory).map_err(|error| failed(&error))?;
            let bound = ldap.simple_bind(dn, &secret).await.map_err(told)?;
            if bound.rc != OK {
                return Err(failed(&bound));
            }
        }
        let Some(entry) = self.only(ldap).await? else { return Ok(None) };
        // An entry without a name would be nobody, as whom every password is right.
        if entry.dn.is_empty() {
            return Ok(None);
        }
        let bound = ldap.simple_bind(&entry.dn, self.password.reveal()).await.map_err(told)?;
        match bound.rc {
            OK => Ok(self.described(&entry)),
            WRONG_PASSWORD | NO_SUCH_OBJECT => Ok(None),
            _ => {
                tracing::warn!(%bound, "the directory lets somebody not in");
                Ok(None)
            }
        }
    }

    /// The one entry of this login. With several it is not known who is meant, and nobody is.
    async fn only(&self, ldap: &mut ldap3::Ldap) -> Result<Option<SearchEntry>> {
        let told = |error: ldap3::LdapError| failed(&error);
        let d = &self.directory;
        let names = ["givenName", "sn"];
        let own = [&d.id_attribute, &d.mail_attribute, &d.group_attribute];
        let wanted = own.into_iter().map(String::as_str).filter(|name| !name.is_empty());
        let wanted: Vec<&str> = wanted.chain(names).collect();
        let seconds = i32::try_from(PATIENCE.as_secs()).unwrap_or(i32::MAX);
        ldap.with_search_options(SearchOptions::new().sizelimit(2).timelimit(seconds));
        let filter = filter(&d.filter, &self.login);
        let found = ldap.search(&d.base, Scope::Subtree, &filter, wanted).await.map_err(told)?;
        let (entries, outcome) = (found.0, found.1);
        if entries.len() > 1 || outcome.rc == SIZE_LIMIT {
            tracing::warn!("several entries of the directory have one login; nobody is let in");
            return Ok(None);
        }
        if outcome.rc != OK && outcome.rc != NO_SUCH_OBJECT {
            return Err(failed(&outcome));
        }
        // References to other servers are in the outcome, and followed by nobody.
        Ok(entries.into_iter().next().map(SearchEntry::construct))
    }

    fn described(&self, entry: &SearchEntry) -> Option<Found> {
        let d = &self.directory;
        let all = |name: &str| -> Vec<String> {
            let own = entry.attrs.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
            own.flat_map(|(_, values)| values).cloned().collect()
        };
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let binary = || {
            let own =
                entry.bin_attrs.iter().find(|(own, _)| own.eq_ignore_ascii_case(&d.id_attribute));
            own.and_then(|(_, values)| values.first())
                .map_or_else(String::new, |bytes| data_encoding::HEXLOWER.encode(bytes))
        };
        let subject = Some(first(&d.id_attribute)).filter(|id| !id.is_empty());
        let subject = subject.unwrap_or_else(binary);
        if subject.is_empty() {
            tracing::error!(attribute = d.id_attribute, "an entry of the directory lacks its id");
            return None;
        }
        let email = first(&d.mail_attribute).trim().to_lowercase();
        Some(Found {
            subject,
            email: Some(email).filter(|mail| !mail.is_empty()),
            first_name: first("givenName"),
            last_name: first("sn"),
            groups: all(&d.group_attribute),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T-40: nothing that is typed as a login changes what is looked for.
    #[test]
    fn a_login_is_no_filter() {
        let made = |login: &str| filter("(&(objectClass=person)(uid={login}))", login);
        assert_eq!(made("ann"), "(&(objectClass=person)(uid=ann))");
        assert_eq!(made("*"), "(&(objectClass=person)(uid=\\2a))");
        assert_eq!(made("a)(|(uid=*"), "(&(objectClass=person)(uid=a\\29\\28|\\28uid=\\2a))");
        assert_eq!(made("a\\2a\0"), "(&(objectClass=person)(uid=a\\5c2a\\00))");
        assert_eq!(made("анна"), "(&(objectClass=person)(uid=анна))");
    }
}
