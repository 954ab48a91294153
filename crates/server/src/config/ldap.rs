//! Settings of sign-in by a directory (LDAP).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What stands for the login in a filter.
pub(crate) const LOGIN: &str = "{login}";

/// A directory whose people sign in with the password that it knows: the `[server.ldap]` of the
/// configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Directory {
    /// `ldaps://host`, or `ldap://host` with `start_tls`; empty: there is none.
    pub url: String,
    /// Whether the connection begins in the clear and is encrypted by `StartTLS`.
    pub start_tls: bool,
    /// PEM file of the authority that signed the directory's certificate; empty: those of the system.
    pub authority_file: PathBuf,
    /// Entry as which people are looked up; empty: nobody in particular.
    pub bind_dn: String,
    /// File with its password.
    pub bind_password_file: PathBuf,
    /// Where people are looked for, with everything below.
    pub base: String,
    /// Which entry is meant; `{login}` is what was typed, escaped.
    pub filter: String,
    /// Attribute that tells an entry from all others and never changes.
    pub id_attribute: String,
    /// Attribute with the mail address.
    pub mail_attribute: String,
    /// Attribute with the names (DN) of the groups that somebody is in.
    pub group_attribute: String,
    /// Whether an account with the same mail address is linked.
    pub link_by_mail: bool,
    /// Whether people get an account when they first come.
    pub create: bool,
    /// Id for API of the organisation that they join, and that `groups` speak of.
    pub organization: String,
    /// What groups of the directory are in the organisation. Where there are any, levels and the groups
    /// named here follow the directory at each sign-in and each look.
    pub groups: Vec<DirectoryGroup>,
    /// Seconds between two looks at who is still found by `filter`; others are shut out. 0 never looks.
    pub look_seconds: u64,
}

/// A group of the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryGroup {
    /// Its name there.
    pub dn: String,
    /// Level of its members: `read`, `full`, `admin`; empty: says nothing of it.
    pub level: String,
    /// Group of the organisation that its members are in; empty: none.
    pub group: String,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            url: String::new(),
            start_tls: false,
            authority_file: PathBuf::new(),
            bind_dn: String::new(),
            bind_password_file: PathBuf::new(),
            base: String::new(),
            filter: format!("(&(objectClass=person)(uid={LOGIN}))"),
            id_attribute: "entryUUID".to_owned(),
            mail_attribute: "mail".to_owned(),
            group_attribute: "memberOf".to_owned(),
            link_by_mail: false,
            create: false,
            organization: String::new(),
            groups: Vec::new(),
            look_seconds: 3600,
        }
    }
}

impl Directory {
    /// Whether people sign in by it.
    pub(crate) fn is_on(&self) -> bool {
        !self.url.is_empty()
    }

    /// What accounts of the directory are linked under.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/{}", self.url.trim_end_matches('/'), self.base)
    }

    /// Says what is wrong with the settings. Passwords go over encrypted connections only, but for a
    /// directory on this machine.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wrong = |why: &str| Err(format!("server.ldap: {why}"));
        let Some((scheme, host)) = self.url.split_once("://") else {
            return wrong("url must begin with ldaps:// or ldap://");
        };
        match scheme {
            "ldaps" if self.start_tls => return wrong("start_tls belongs to ldap://"),
            "ldaps" => {}
            "ldap" if self.start_tls || is_loopback(host) => {}
            "ldap" => return wrong("passwords would go in the clear: use ldaps:// or start_tls"),
            _ => return wrong("url must begin with ldaps:// or ldap://"),
        }
        if self.base.is_empty() {
            return wrong("base must be given");
        }
        if !self.filter.contains(LOGIN) {
            return wrong("filter must contain {login}");
        }
        if self.id_attribute.is_empty() {
            return wrong("id_attribute must be given");
        }
        let levels = ["", "read", "full", "admin"];
        match self.groups.iter().find(|group| !levels.contains(&group.level.as_str())) {
            Some(group) => wrong(&format!("{:?} is no level", group.level)),
            None => Ok(()),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.split('/').next().unwrap_or_default();
    // What stands before such a sign is a name, and no host.
    if host.contains('@') {
        return false;
    }
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str, start_tls: bool) -> Option<String> {
        let base = "dc=example".to_owned();
        Directory { url: url.to_owned(), start_tls, base, ..Directory::default() }.check().err()
    }

    /// T-40: no setting sends passwords in the clear over a network.
    #[test]
    fn passwords_are_encrypted_on_their_way() {
        for good in ["ldaps://ldap.example", "ldap://127.0.0.1:389", "ldap://[::1]:389/"] {
            assert_eq!(told(good, false), None, "{good}");
        }
        assert_eq!(told("ldap://ldap.example", true), None);
        for bad in [
            "ldap://ldap.example",
            "ldap://127.0.0.1.example",
            "ldap://localhost.example:1",
            "ldap://127.0.0.1:1@ldap.example",
            "http://127.0.0.1",
            "ldap.example",
            "ldapi://x",
        ] {
            assert!(told(bad, false).is_some(), "{bad}");
        }
        assert!(told("ldaps://ldap.example", true).is_some());
        let mut other =
            Directory { url: "ldaps://x".into(), base: "b".into(), ..Directory::default() };
        assert_eq!(other.check(), Ok(()));
        other.groups = vec![DirectoryGroup { level: "root".into(), ..DirectoryGroup::default() }];
        assert!(other.check().is_err());
        other = Directory { filter: "(uid=*)".into(), groups: Vec::new(), ..other };
        assert!(other.check().is_err());
    }
}
