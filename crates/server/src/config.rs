//! Settings of the HTTP server. Every one has a default; none is needed to start.

mod ldap;
mod rates;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use trackway_core::oauth::Policy;

pub(crate) use ldap::LOGIN;
pub use ldap::{Directory, DirectoryGroup};
pub use rates::{Rate, Rates, UserId};

/// Settings of the server: the `[server]` table of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address under which people reach the server, for instance `https://tracker.example.org`.
    pub public_url: Option<String>,
    /// Other host names that point here, with or without a port.
    pub aliases: Vec<String>,
    /// Networks whose `X-Forwarded-For`, `-Host` and `-Proto` are believed (`10.0.0.0/8`, `::1`).
    pub trusted_proxies: Vec<Network>,
    /// Demo mode: stands for the host names of the original as well, believes forwarded headers
    /// of loopback peers, and limits no rates.
    pub demo: bool,
    /// What to do with a request that names no organisation: `required` refuses it, `single` takes
    /// the organisation of a user who is in only one, anything else is the id of the organisation
    /// to take (oauth.md, API-08).
    pub default_org: DefaultOrg,
    /// Sizes and times.
    pub limits: Limits,
    /// Rates.
    pub rates: Rates,
    /// Files.
    pub files: FilesConfig,
    /// Rules of the authorization server.
    pub auth: Policy,
    /// Certificate and key for TLS; without them the server speaks plain HTTP.
    pub tls: TlsFiles,
    /// Requests to other systems.
    pub outgoing: OutgoingRequests,
    /// Letters.
    pub mail: Mail,
    /// Services whose accounts people may sign in with (`OpenID` Connect).
    pub sign_in: Vec<SignInService>,
    /// Directory whose people sign in with the password that it knows (LDAP).
    pub ldap: Directory,
    /// Seconds between two snapshots of the search index; 0 writes one at shutdown only.
    pub snapshot_seconds: u64,
    /// Milliseconds between two looks at what other processes changed; 0 means 200 on PostgreSQL
    /// and 1,000 on SQLite.
    pub feed_millis: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            aliases: Vec::new(),
            trusted_proxies: Vec::new(),
            demo: false,
            default_org: DefaultOrg::default(),
            limits: Limits::default(),
            rates: Rates::default(),
            files: FilesConfig::default(),
            auth: Policy::default(),
            tls: TlsFiles::default(),
            outgoing: OutgoingRequests::default(),
            mail: Mail::default(),
            sign_in: Vec::new(),
            ldap: Directory::default(),
            snapshot_seconds: 180,
            feed_millis: 0,
        }
    }
}

/// Requests that rules make to other systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutgoingRequests {
    /// Networks that may be reached although they are not public (`10.1.0.0/16`).
    pub private_networks: Vec<Network>,
    /// Seconds until an answer must have come.
    pub timeout_seconds: u64,
    /// Requests at the same time.
    pub concurrency: usize,
}

impl Default for OutgoingRequests {
    fn default() -> Self {
        Self { private_networks: Vec::new(), timeout_seconds: 10, concurrency: 32 }
    }
}

/// Letters: notifications, and links for people without a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// SMTP server, as `smtps://user:password@mail.example.org`; empty sends no mail.
    pub smtp_url: String,
    /// Sender.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self { smtp_url: String::new(), from: "Trackway <tracker@localhost>".to_owned() }
    }
}

impl Mail {
    /// Whether no mail is sent.
    pub(crate) fn is_off(&self) -> bool {
        self.smtp_url.is_empty()
    }
}

/// A sign-in service (`OpenID` Connect), a `[[server.sign_in]]` of the configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInService {
    /// Name in addresses: letters, digits and hyphens.
    pub id: String,
    /// Name on the button.
    pub name: String,
    /// Issuer; its discovery document says the rest.
    pub issuer: String,
    /// Id that this server has there.
    pub client_id: String,
    /// File with the secret that belongs to it; empty for none.
    pub client_secret_file: PathBuf,
    /// Whether an account of the service is linked by a mail address that the service vouches for.
    pub link_by_mail: bool,
    /// Domains of mail addresses whose people get an account when they first come; empty: nobody.
    pub create_for_domains: Vec<String>,
    /// Id for API of the organisation that such people join.
    pub organization: String,
}

impl SignInService {
    /// The secret, if there is one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn secret(&self) -> std::io::Result<Option<String>> {
        if self.client_secret_file.as_os_str().is_empty() {
            return Ok(None);
        }
        std::fs::read_to_string(&self.client_secret_file).map(|text| Some(text.trim().to_owned()))
    }
}

/// Where the certificate lies. Both files are read again when they change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsFiles {
    /// PEM file with the certificate and those between it and the root.
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key.
    pub key: Option<PathBuf>,
}

/// Sizes and times a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request body; more is answered 413.
    pub body_bytes: usize,
    /// Connections open at the same time; more wait to be accepted.
    pub connections: usize,
    /// Seconds to wait for the head of the next request before a connection is closed.
    pub head_seconds: u64,
    /// Seconds the body of a request may take to arrive.
    pub body_seconds: u64,
    /// Seconds a read by key may take, waiting included.
    pub read_seconds: u64,
    /// Seconds a search may take, waiting included.
    pub search_seconds: u64,
    /// Seconds a change may take, waiting included. It may still happen after that.
    pub write_seconds: u64,
    /// Seconds running requests have to finish at shutdown.
    pub grace_seconds: u64,
    /// Seconds that a token is believed without asking the database again. Processes that share a
    /// database tell each other of revocations by the change feed (`feed_millis`); this is how long
    /// one may take at worst.
    pub token_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10 << 20,
            connections: 8192,
            head_seconds: 75,
            body_seconds: 30,
            read_seconds: 10,
            search_seconds: 30,
            write_seconds: 30,
            grace_seconds: 10,
            token_seconds: 5,
        }
    }
}

impl Limits {
    pub(crate) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace_seconds)
    }
}

/// Where the bytes of files lie, and how many of them. Keys of a bucket come from the environment
/// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`) and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    /// A folder, or `s3://bucket/prefix`. Empty means memory, which the program replaces by a
    /// folder beside the database.
    pub location: String,
    /// Address of the store of a bucket, when it is not Amazon's.
    pub endpoint: String,
    /// Region of a bucket.
    pub region: String,
    /// Sizes and times.
    pub limits: FileLimits,
}

/// Sizes and times of uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileLimits {
    /// Bytes of a file; more is answered 413.
    pub bytes: u64,
    /// Uploads that run at the same time; each holds at most a few megabytes in memory.
    pub uploads: usize,
    /// Seconds the client of an upload may send nothing.
    pub patience_seconds: u64,
    /// Seconds an upload may take; less than a day.
    pub upload_seconds: u64,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30, uploads: 16, patience_seconds: 30, upload_seconds: 3600 }
    }
}

/// What to do with a request that names no organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum DefaultOrg {
    /// Refuse it.
    #[default]
    Required,
    /// Take the organisation of a user who is in only one.
    Single,
    /// Take this one, by the value of `X-Org-ID`.
    Id(String),
}

impl From<String> for DefaultOrg {
    fn from(text: String) -> Self {
        match text.as_str() {
            "" | "required" => Self::Required,
            "single" => Self::Single,
            _ => Self::Id(text),
        }
    }
}

impl From<DefaultOrg> for String {
    fn from(value: DefaultOrg) -> Self {
        match value {
            DefaultOrg::Required => "required".to_owned(),
            DefaultOrg::Single => "single".to_owned(),
            DefaultOrg::Id(id) => id,
        }
    }
}

/// A network: an address with the number of its bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Whether an address is in the network. An IPv4 address in IPv6 clothes counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - self.bits;
                u32::from(own).checked_shr(shift) == u32::from(other).checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - self.bits;
                u128::from(own).checked_shr(shift) == u128::from(other).checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is not a network such as 10.0.0.0/8");
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|b| *b <= most).ok_or_else(wrong)?,
            None => most,
        };
        Ok(Self { address, bits })
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_their_addresses() {
        let contains = |network: &str, address: &str| {
            let network: Network = network.parse().expect("a network");
            network.contains(address.parse().expect("an address"))
        };
        assert!(contains("10.0.0.0/8", "10.9.8.7"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_come_from_toml_and_go_back() {
        let text = r#"
            listen = "0.0.0.0:80"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            default_org = "single"
            [rates]
            user = { per_second = 0, burst = 0 }
        "#;
        let config: Config = toml::from_str(text).expect("settings");
        assert_eq!(config.default_org, DefaultOrg::Single);
        assert_eq!(config.rates.user.per_second, 0);
        assert_eq!(config.rates.anonymous, Rates::default().anonymous);
        assert_eq!(config.limits, Limits::default());
        assert!(toml::from_str::<Config>("listne = 1").is_err());
        let written = serde_json::to_value(&config).expect("JSON");
        assert_eq!(written["trusted_proxies"][0], "10.0.0.0/8");
        assert_eq!(serde_json::from_value::<Config>(written).expect("JSON"), config);
    }
}
