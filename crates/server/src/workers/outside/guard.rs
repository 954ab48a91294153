//! Which addresses requests may go to: a rule of a queue must not reach into the network that the
//! server stands in.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::Network;

/// Looks up host names and leaves out what is not public.
#[derive(Clone)]
pub(crate) struct Guard {
    allowed: Arc<[Network]>,
}

impl Guard {
    pub(super) fn new(allowed: &[Network]) -> Self {
        Self { allowed: allowed.into() }
    }

    /// Whether requests may go to an address.
    pub(super) fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }

    /// Whether requests may go to the host of a URL, as far as that shows before it is looked up.
    pub(super) fn admits_host(&self, url: &reqwest::Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().map_or(true, |address| self.admits(address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = addresses(name.as_str()).await?;
            let admitted: Vec<SocketAddr> =
                found.into_iter().filter(|address| guard.admits(address.ip())).collect();
            if admitted.is_empty() {
                let refused = "the address is not public, or there is none";
                return Err(Box::from(io::Error::new(io::ErrorKind::PermissionDenied, refused)));
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// Every address of a name. Names below `localhost` mean this machine, whatever a name server says
/// (RFC 6761, 6.3).
async fn addresses(name: &str) -> io::Result<Vec<SocketAddr>> {
    if name == "localhost" || name.ends_with(".localhost") {
        let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        return Ok(own.map(|address| SocketAddr::new(address, 0)).to_vec());
    }
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || shared
        || protocols
        || benchmarks)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    let documentation = first == 0x2001 && second == 0x0db8;
    // Both carry an IPv4 address inside, which may be anything.
    let translated = (first == 0x64 && second == 0xff9b) || first == 0x2002;
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || unique_local
        || link_local
        || documentation
        || translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in ["8.8.8.8", "2a02:6b8::1", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }

    #[test]
    fn networks_may_be_allowed() {
        let guard = Guard::new(&["127.0.0.0/8".parse().expect("a network")]);
        assert!(guard.admits("127.0.0.1".parse().expect("an address")));
        assert!(!guard.admits("10.0.0.1".parse().expect("an address")));
        let url = |text: &str| reqwest::Url::parse(text).expect("a URL");
        assert!(guard.admits_host(&url("http://127.0.0.1:80/x")));
        assert!(!guard.admits_host(&url("http://[::1]/x")));
        // Short and odd spellings of addresses are read as addresses by the URL.
        assert!(!Guard::new(&[]).admits_host(&url("http://0x7f.1/x")));
        assert!(guard.admits_host(&url("https://example.org/")), "looked up later");
    }
}
