//! Which host names are ours, and the scheme and host that URLs in answers start with
//! (oauth.md, HO-02, HO-03, HO-06).

use std::net::{IpAddr, SocketAddr};

use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};

use crate::Error;
use crate::config::{Config, Network};

/// Host names of the original that a demo stands for.
const DEMO_ALIASES: [&str; 3] = ["api.tracker.yandex.net", "oauth.yandex.ru", "login.yandex.ru"];

/// What proxies say about a request.
const FORWARDED: [&str; 4] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) local: SocketAddr,
    pub(crate) peer: SocketAddr,
    /// Whether it is encrypted.
    pub(crate) tls: bool,
    /// Whether it should be: the listener has a certificate.
    pub(crate) tls_expected: bool,
}

/// What is known of a request before it is read.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Scheme and host of URLs in the answer, without a slash at the end.
    pub(crate) base: String,
    /// Address of the client, behind trusted proxies too.
    pub(crate) client: IpAddr,
    /// Whether it came in the clear although this listener, or the public address, has TLS.
    pub(crate) is_exposed: bool,
    /// Whether a peer that is no trusted proxy spoke as if it were one. It is not listened to.
    pub(crate) is_spoofed: bool,
}

/// The host names that are ours.
#[derive(Debug)]
pub(crate) struct Hosts {
    public: Option<Public>,
    aliases: Vec<Name>,
    /// Loopback names and addresses are ours whatever the connection's own address.
    loopback: bool,
    trusted: Vec<Network>,
    trust_loopback: bool,
}

#[derive(Debug)]
struct Public {
    scheme: String,
    authority: String,
    name: Name,
}

/// A host name, with a port if only that one is meant.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    host: String,
    port: Option<u16>,
}

impl Name {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`; letters become lower case.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let bracketed = text.strip_prefix('[').and_then(|t| t.split_once(']'));
        let (host, rest) = if let Some((host, rest)) = bracketed {
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, rest)
        } else {
            text.split_at_checked(text.find(':').unwrap_or(text.len()))?
        };
        let port = if rest.is_empty() {
            None
        } else {
            let digits =
                rest.strip_prefix(':').filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
            Some(digits.parse().ok()?)
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
        (!host.is_empty() && host.bytes().all(plain)).then(|| Self { host: host.to_owned(), port })
    }

    fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.address().is_some_and(|ip| ip.to_canonical().is_loopback())
    }

    /// Whether `other`, which a request names, is this host.
    fn admits(&self, other: &Self) -> bool {
        self.host == other.host && (self.port.is_none() || self.port == other.port)
    }

    fn authority(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }
}

impl Hosts {
    /// The names that follow from the settings.
    ///
    /// # Errors
    /// A public URL or an alias that is none.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let public = config.public_url.as_deref().map(public).transpose()?;
        let demo = if config.demo { &DEMO_ALIASES[..] } else { &[] };
        let aliases = config
            .aliases
            .iter()
            .map(String::as_str)
            .chain(demo.iter().copied())
            .map(|text| {
                Name::parse(text)
                    .ok_or_else(|| Error::Config(format!("{text:?} is not a host name")))
            })
            .collect::<Result<_, _>>()?;
        let ip = config.listen.ip().to_canonical();
        Ok(Self {
            public,
            aliases,
            loopback: ip.is_loopback() || ip.is_unspecified(),
            trusted: config.trusted_proxies.clone(),
            trust_loopback: config.demo,
        })
    }

    /// Where a request comes from and goes to.
    ///
    /// # Errors
    /// 400 without exactly one readable host name, 421 when it is not ours.
    pub(crate) fn origin(&self, ends: Ends, parts: &Parts) -> Result<Origin, StatusCode> {
        let peer = ends.peer.ip().to_canonical();
        let is_spoofed =
            !self.trusts(peer) && FORWARDED.iter().any(|n| parts.headers.contains_key(*n));
        let told = if self.trusts(peer) {
            self.told(peer, &parts.headers)
        } else {
            Told { client: peer, ..Told::default() }
        };
        let named = host(&parts.uri, &parts.headers)?;
        let name = Name::parse(told.host.as_deref().unwrap_or(named));
        let name = name.ok_or(StatusCode::BAD_REQUEST)?;
        if !self.is_ours(&name, ends) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        let is_exposed = self.is_exposed(ends, &told);
        let scheme = match &told.scheme {
            _ if ends.tls_expected => "https",
            Some(text) if text.eq_ignore_ascii_case("https") => "https",
            Some(_) => "http",
            None => self.scheme(&name),
        };
        let base = format!("{scheme}://{}", name.authority());
        Ok(Origin { base, client: told.client, is_exposed, is_spoofed })
    }

    /// Whether credentials have travelled in the clear: the public address has TLS, and neither
    /// this connection has it, nor does a trusted proxy say that the one before had. A listener on
    /// a loopback address hears only this machine, where a proxy need not say anything. A listener
    /// with a certificate wants TLS of everybody.
    fn is_exposed(&self, ends: Ends, told: &Told) -> bool {
        if ends.tls_expected {
            return !ends.tls;
        }
        let public = self.public.as_ref().is_some_and(|public| public.scheme == "https");
        if !public || ends.tls {
            return false;
        }
        match &told.scheme {
            Some(scheme) => !scheme.eq_ignore_ascii_case("https"),
            None => !ends.local.ip().to_canonical().is_loopback(),
        }
    }

    /// What a trusted proxy says about the request: `Forwarded` (RFC 7239) or else the older
    /// headers. The nearest proxy speaks last.
    fn told(&self, peer: IpAddr, headers: &HeaderMap) -> Told {
        let forwarded = forwarded(headers);
        let Some(nearest) = forwarded.last() else {
            return Told {
                host: last(headers, "x-forwarded-host").map(str::to_owned),
                scheme: last(headers, "x-forwarded-proto").map(str::to_owned),
                client: self.client(peer, headers),
            };
        };
        let mut client = peer;
        for hop in forwarded.iter().rev() {
            let Some(address) = hop.client.as_deref().and_then(address) else { break };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        Told { host: nearest.host.clone(), scheme: nearest.scheme.clone(), client }
    }

    /// A proxy in front of the public address need not tell the scheme.
    fn scheme(&self, name: &Name) -> &str {
        match &self.public {
            Some(public) if public.authority == name.authority() => &public.scheme,
            _ => "http",
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        (self.trust_loopback && address.is_loopback())
            || self.trusted.iter().any(|network| network.contains(address))
    }

    fn is_ours(&self, name: &Name, ends: Ends) -> bool {
        if self.public.as_ref().is_some_and(|public| public.name.host == name.host)
            || self.aliases.iter().any(|alias| alias.admits(name))
            || (self.loopback && name.is_loopback())
        {
            return true;
        }
        let local = ends.local.ip().to_canonical();
        name.address().is_some_and(|ip| ip.to_canonical() == local)
            && name.port.unwrap_or(80) == ends.local.port()
    }

    /// The right-most address that no trusted proxy has (API-37).
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        for value in headers.get_all("x-forwarded-for").iter().rev() {
            for item in value.to_str().unwrap_or_default().rsplit(',') {
                let Some(address) = address(item) else { return client };
                client = address;
                if !self.trusts(client) {
                    return client;
                }
            }
        }
        client
    }
}

/// What a proxy says about a request.
struct Told {
    host: Option<String>,
    scheme: Option<String>,
    client: IpAddr,
}

impl Default for Told {
    fn default() -> Self {
        Self { host: None, scheme: None, client: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED) }
    }
}

/// One hop of the header `Forwarded`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hop {
    host: Option<String>,
    scheme: Option<String>,
    client: Option<String>,
}

/// The hops of `Forwarded`, the nearest last.
fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let values = headers.get_all("forwarded").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(hop).collect()
}

fn hop(text: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in text.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = Some(value.trim().trim_matches('"').to_owned());
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.client = value,
            "host" => hop.host = value,
            "proto" => hop.scheme = value,
            _ => {}
        }
    }
    hop
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip())).map(|ip| ip.to_canonical())
}

fn public(text: &str) -> Result<Public, Error> {
    let wrong = || {
        Error::Config(format!(
            "public_url {text:?} is not a URL such as https://tracker.example.org without a path"
        ))
    };
    let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
    if scheme != "http" && scheme != "https" {
        return Err(wrong());
    }
    let name = Name::parse(authority.strip_suffix('/').unwrap_or(authority)).ok_or_else(wrong)?;
    Ok(Public { scheme: scheme.to_owned(), authority: name.authority(), name })
}

/// The host a request names: in its target, or in the one `Host` header.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, StatusCode> {
    let mut values = headers.get_all(HOST).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(StatusCode::BAD_REQUEST);
    }
    if let Some(authority) = uri.authority() {
        return Ok(authority.as_str());
    }
    let named = first.and_then(|value| value.to_str().ok()).ok_or(StatusCode::BAD_REQUEST)?;
    // Older pages of the documentation show this header with a scheme, and scripts copied it.
    Ok(named.strip_prefix("https://").unwrap_or(named))
}

/// The last item of a list header: what the nearest proxy wrote.
fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let item = value.rsplit(',').next()?.trim();
    (!item.is_empty()).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "127.0.0.1:8080";

    fn config(change: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::default();
        change(&mut config);
        config
    }

    fn origin(
        config: &Config,
        peer: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(String, String), u16> {
        let mut request = http::Request::builder().uri("/v3/myself");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let ends = Ends {
            local: LOCAL.parse().expect("an address"),
            peer: format!("{peer}:5555").parse().expect("an address"),
            tls: false,
            tls_expected: false,
        };
        let hosts = Hosts::new(config).expect("settings");
        let origin = hosts.origin(ends, &parts).map_err(|status| status.as_u16())?;
        Ok((origin.base, origin.client.to_string()))
    }

    fn base(config: &Config, host: &str) -> Result<String, u16> {
        origin(config, "127.0.0.1", &[("host", host)]).map(|(base, _)| base)
    }

    #[test]
    fn loopback_names_are_ours_on_loopback() {
        let config = Config::default();
        for host in ["localhost:8080", "127.0.0.1:8080", "127.0.0.1:9", "[::1]:8080", "localhost"] {
            assert_eq!(base(&config, host), Ok(format!("http://{host}")));
        }
        assert_eq!(base(&config, "LocalHost:8080"), Ok("http://localhost:8080".to_owned()));
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080"]
        {
            assert_eq!(base(&config, host), Err(421), "{host}");
        }
        for host in
            ["", "a b", "a/b", "a\"b", "localhost:x", "[::1", "localhost:99999", "u@localhost"]
        {
            assert_eq!(base(&config, host), Err(400), "{host}");
        }
    }

    #[test]
    fn only_the_own_address_is_ours_elsewhere() {
        let config = config(|c| c.listen = "192.0.2.7:8080".parse().expect("an address"));
        assert_eq!(base(&config, "localhost:8080"), Err(421));
        // The connection's own address in these tests is 127.0.0.1:8080.
        assert!(base(&config, "127.0.0.1:8080").is_ok());
        assert_eq!(base(&config, "127.0.0.1:9"), Err(421));
    }

    #[test]
    fn public_url_and_aliases_are_ours() {
        let config = config(|c| {
            c.public_url = Some("https://tracker.example.org/".to_owned());
            c.aliases = vec!["api.example.org".to_owned(), "old.example.org:81".to_owned()];
        });
        assert_eq!(
            base(&config, "tracker.example.org"),
            Ok("https://tracker.example.org".to_owned())
        );
        assert_eq!(
            base(&config, "tracker.example.org:8080"),
            Ok("http://tracker.example.org:8080".to_owned())
        );
        assert!(base(&config, "api.example.org:7").is_ok());
        assert!(base(&config, "old.example.org:81").is_ok());
        assert_eq!(base(&config, "old.example.org"), Err(421));
        assert_eq!(base(&config, "api.tracker.yandex.net"), Err(421));
    }

    #[test]
    fn a_demo_stands_for_the_original() {
        let config = config(|c| c.demo = true);
        let sent = [("host", "api.tracker.yandex.net"), ("x-forwarded-proto", "https")];
        assert_eq!(
            origin(&config, "127.0.0.1", &sent),
            Ok(("https://api.tracker.yandex.net".to_owned(), "127.0.0.1".to_owned()))
        );
    }

    #[test]
    fn forwarded_headers_of_strangers_are_not_seen() {
        let config = config(|c| c.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")]);
        let sent = [
            ("host", "localhost"),
            ("x-forwarded-host", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "203.0.113.9, 10.1.1.1"),
        ];
        let told = |peer| origin(&config, peer, &sent);
        assert_eq!(told("127.0.0.1"), Ok(("http://localhost".to_owned(), "127.0.0.1".to_owned())));
        assert_eq!(
            told("10.2.2.2"),
            Ok(("https://127.0.0.1".to_owned(), "203.0.113.9".to_owned()))
        );
    }

    /// HO-06, API-37: RFC 7239 is read like the older headers.
    #[test]
    fn the_standard_header_is_read_too() {
        let config = config(|c| c.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")]);
        let chain = r#"for="[2001:db8::7]:443", for=10.9.9.9;proto=https;host="127.0.0.1:81""#;
        let sent = [("host", "localhost"), ("forwarded", chain)];
        let told = |peer| origin(&config, peer, &sent);
        assert_eq!(told("127.0.0.1"), Ok(("http://localhost".to_owned(), "127.0.0.1".to_owned())));
        assert_eq!(
            told("10.2.2.2"),
            Ok(("https://127.0.0.1:81".to_owned(), "2001:db8::7".to_owned()))
        );
    }

    /// HO-05; T-38.
    #[test]
    fn plain_http_over_the_network_is_noticed() {
        let exposed = |local: &str, tls, proto: Option<&str>| {
            let config = config(|c| {
                c.public_url = Some("https://tracker.example.org".to_owned());
                c.listen = "0.0.0.0:80".parse().expect("an address");
                c.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
            });
            let mut request =
                http::Request::builder().uri("/token").header("host", "tracker.example.org");
            if let Some(proto) = proto {
                request = request.header("x-forwarded-proto", proto);
            }
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            let ends = Ends {
                local: local.parse().expect("an address"),
                peer: "10.0.0.9:5555".parse().expect("an address"),
                tls,
                tls_expected: tls,
            };
            let hosts = Hosts::new(&config).expect("settings");
            hosts.origin(ends, &parts).expect("ours").is_exposed
        };
        assert!(exposed("192.0.2.1:80", false, None));
        assert!(exposed("192.0.2.1:80", false, Some("http")));
        assert!(!exposed("192.0.2.1:80", false, Some("https")));
        assert!(!exposed("192.0.2.1:443", true, None));
        assert!(!exposed("127.0.0.1:80", false, None));
    }

    /// API-10.
    #[test]
    fn a_forwarded_host_must_be_ours_too() {
        let config = config(|c| c.demo = true);
        let sent = [("host", "localhost"), ("x-forwarded-host", "evil.example")];
        assert_eq!(origin(&config, "127.0.0.1", &sent), Err(421));
    }

    #[test]
    fn one_host_header_is_needed() {
        assert_eq!(origin(&Config::default(), "127.0.0.1", &[]), Err(400));
        let twice = [("host", "localhost"), ("host", "localhost")];
        assert_eq!(origin(&Config::default(), "127.0.0.1", &twice), Err(400));
    }

    #[test]
    fn settings_that_name_no_host_are_refused() {
        for bad in ["tracker.example", "ftp://x", "https://", "https://x/y", "https://x?y"] {
            let config = config(|c| c.public_url = Some(bad.to_owned()));
            assert!(Hosts::new(&config).is_err(), "{bad}");
        }
    }
}
