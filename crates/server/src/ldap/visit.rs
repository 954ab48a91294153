//! One visit to a directory.

use std::sync::Arc;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions};
use rustls::ClientConfig;
use trackway_core::Result;
use trackway_core::account::password::Password;

use super::filter::{of_anybody, of_login, of_subject};
use super::{Found, PATIENCE, bind_password, failed};
use crate::config::Directory;

/// Result codes of the protocol (RFC 4511, appendix A).
const OK: u32 = 0;
const SIZE_LIMIT: u32 = 4;
const NO_SUCH_OBJECT: u32 = 32;
const WRONG_PASSWORD: u32 = 49;

pub(super) struct Visit {
    pub(super) directory: Directory,
    pub(super) tls: Arc<ClientConfig>,
}

impl Visit {
    /// Looks the person up, takes exactly one entry, and binds as it.
    pub(super) async fn sign_in(&self, login: &str, password: &Password) -> Result<Option<Found>> {
        let mut ldap = self.open().await?;
        let found = self.try_password(&mut ldap, login, password).await;
        leave(&mut ldap).await;
        found
    }

    /// Looks for everybody of whom the id is known.
    pub(super) async fn look(&self, subjects: &[String]) -> Result<Vec<Option<Found>>> {
        let mut ldap = self.open().await?;
        let found = self.all(&mut ldap, subjects).await;
        leave(&mut ldap).await;
        found
    }

    async fn open(&self) -> Result<Ldap> {
        let told = |error: LdapError| failed(&error);
        let settings = LdapConnSettings::new()
            .set_conn_timeout(PATIENCE)
            .set_starttls(self.directory.start_tls)
            .set_config(Arc::clone(&self.tls));
        let url = &self.directory.url;
        let (connection, mut ldap) =
            LdapConnAsync::with_settings(settings, url).await.map_err(told)?;
        tokio::spawn(connection.drive());
        let dn = &self.directory.bind_dn;
        if !dn.is_empty() {
            let secret = bind_password(&self.directory).map_err(|error| failed(&error))?;
            ldap.with_timeout(PATIENCE);
            let bound = ldap.simple_bind(dn, &secret).await.map_err(told)?;
            if bound.rc != OK {
                return Err(failed(&bound));
            }
        }
        Ok(ldap)
    }

    async fn try_password(
        &self,
        ldap: &mut Ldap,
        login: &str,
        password: &Password,
    ) -> Result<Option<Found>> {
        let Some(entry) = self.only(ldap, login).await? else { return Ok(None) };
        // An entry without a name would be nobody, as whom every password is right.
        if entry.dn.is_empty() {
            return Ok(None);
        }
        let bound = ldap.simple_bind(&entry.dn, password.reveal()).await;
        let bound = bound.map_err(|error| failed(&error))?;
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
    async fn only(&self, ldap: &mut Ldap, login: &str) -> Result<Option<SearchEntry>> {
        let filter = of_login(&self.directory.filter, login);
        let (entries, code) = self.search(ldap, &filter, &[NO_SUCH_OBJECT, SIZE_LIMIT]).await?;
        if entries.len() > 1 || code == SIZE_LIMIT {
            tracing::warn!("several entries of the directory have one login; nobody is let in");
            return Ok(None);
        }
        Ok(entries.into_iter().next())
    }

    async fn all(&self, ldap: &mut Ldap, subjects: &[String]) -> Result<Vec<Option<Found>>> {
        let d = &self.directory;
        // Who sees nobody at all looks at the wrong place, or may look no longer; not everybody left.
        if self.search(ldap, &of_anybody(&d.filter), &[SIZE_LIMIT]).await?.0.is_empty() {
            return Err(failed("it shows nobody"));
        }
        let mut all = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let filter = of_subject(&d.filter, &d.id_attribute, subject);
            let (entries, _) = self.search(ldap, &filter, &[SIZE_LIMIT]).await?;
            let mut found = entries.iter().filter_map(|entry| self.described(entry));
            all.push(found.find(|found| found.subject == *subject));
        }
        Ok(all)
    }

    /// At most two entries, which is enough to know that there is not one only; with the code of the
    /// answer, which is none but success and those that are `expected`.
    async fn search(
        &self,
        ldap: &mut Ldap,
        filter: &str,
        expected: &[u32],
    ) -> Result<(Vec<SearchEntry>, u32)> {
        let d = &self.directory;
        let names = ["givenName", "sn"];
        let own = [&d.id_attribute, &d.mail_attribute, &d.group_attribute];
        let wanted = own.into_iter().map(String::as_str).filter(|name| !name.is_empty());
        let wanted: Vec<&str> = wanted.chain(names).collect();
        let seconds = i32::try_from(PATIENCE.as_secs()).unwrap_or(i32::MAX);
        ldap.with_search_options(SearchOptions::new().sizelimit(2).timelimit(seconds));
        ldap.with_timeout(PATIENCE);
        let found = ldap.search(&d.base, Scope::Subtree, filter, wanted).await;
        let found = found.map_err(|error| failed(&error))?;
        let (entries, outcome) = (found.0, found.1);
        if outcome.rc != OK && !expected.contains(&outcome.rc) {
            return Err(failed(&outcome));
        }
        // References to other servers are in the outcome, and followed by nobody.
        Ok((entries.into_iter().map(SearchEntry::construct).collect(), outcome.rc))
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

/// Whatever came of it; a directory that does not take the farewell is told nothing more.
async fn leave(ldap: &mut Ldap) {
    if let Err(error) = ldap.unbind().await {
        tracing::debug!(%error, "the directory did not take the farewell");
    }
}
