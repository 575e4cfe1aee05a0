//! Destinations inside the network that an operator opens.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

use crate::address::{self, Reach};
use crate::guard::is_metadata_name;

/// A destination that calls may reach although it is not on the internet.
///
/// An address (`127.0.0.1`, `[::1]`), a network (`10.0.0.0/8`), a name (`git.internal`) or all names
/// below one (`*.internal`), each with a port or for all ports (`127.0.0.1:4000`). A name with a
/// port has to be listed by its name: the addresses that names lead to are compared with entries
/// that have no port.
///
/// ```
/// use plugwright_egress::AllowedDestination;
///
/// let git: AllowedDestination = "git.internal:8443".parse()?;
/// assert_eq!(git.to_string(), "git.internal:8443");
/// assert!("http://git.internal".parse::<AllowedDestination>().is_err());
/// # Ok::<(), plugwright_egress::AllowedDestinationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedDestination {
    place: Place,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Network(IpNet),
    Name(String),
    /// All names that end in this one, which begins with a dot.
    Below(String),
}

/// Why a text is no destination to allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` can't be allowed: {fault}; write an address (127.0.0.1), a network (10.0.0.0/8), a name (git.internal) or all subdomains of one (*.internal), optionally with a port (127.0.0.1:4000, [::1]:4000)"
)]
pub struct AllowedDestinationError {
    text: String,
    fault: &'static str,
}

impl AllowedDestination {
    /// Returns whether this is the address, at the port; without a port, at all ports.
    pub(crate) fn has_address(&self, address: IpAddr, port: Option<u16>) -> bool {
        match &self.place {
            Place::Network(network) => self.takes_port(port) && address::contains(network, address),
            Place::Name(_) | Place::Below(_) => false,
        }
    }

    /// Returns whether this is the name (lower case, without a dot at its end) at the port.
    pub(crate) fn has_name(&self, name: &str, port: Option<u16>) -> bool {
        let listed = match &self.place {
            Place::Network(_) => false,
            Place::Name(own) => own == name,
            Place::Below(end) => name.len() > end.len() && name.ends_with(end),
        };
        listed && self.takes_port(port)
    }

    fn takes_port(&self, port: Option<u16>) -> bool {
        self.port.is_none() || self.port == port
    }
}

impl FromStr for AllowedDestination {
    type Err = AllowedDestinationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text.trim()).map_err(|fault| AllowedDestinationError {
            text: text.to_owned(),
            fault,
        })
    }
}

fn parse(text: &str) -> Result<AllowedDestination, &'static str> {
    if text.contains("://") {
        return Err("it is a URL; write its host, such as `git.internal`");
    }
    if let Some(place) = network(text) {
        return allowed(place, None);
    }
    if let Some((inside, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(number(port)?),
            None if rest.is_empty() => None,
            None => return Err("after `]` only a port can follow"),
        };
        return allowed(
            network(inside).ok_or("in brackets must be an IPv6 address")?,
            port,
        );
    }
    let (place, port) = match text.rsplit_once(':') {
        Some((place, port)) => (place, Some(number(port)?)),
        None => (text, None),
    };
    match network(place) {
        Some(network) => allowed(network, port),
        None => allowed(name(place)?, port),
    }
}

fn number(port: &str) -> Result<u16, &'static str> {
    match port.parse() {
        Ok(0) | Err(_) => Err("what follows the last colon is not a port from 1 to 65535"),
        Ok(port) => Ok(port),
    }
}

fn network(text: &str) -> Option<Place> {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.ok().map(|network| Place::Network(network.trunc()))
}

fn name(text: &str) -> Result<Place, &'static str> {
    const NO_NAME: &str = "it is not a host name";

    let (own, below) = match text.strip_prefix("*.") {
        Some(own) => (own, true),
        None => (text, false),
    };
    let plain = own
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if !plain || own.is_empty() {
        return Err(NO_NAME);
    }
    match Host::parse(own) {
        Ok(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(&name);
            if name.split('.').any(str::is_empty) {
                return Err(NO_NAME);
            }
            Ok(if below {
                Place::Below(format!(".{name}"))
            } else {
                Place::Name(name.to_owned())
            })
        }
        Ok(Host::Ipv4(address)) if !below => Ok(Place::Network(IpAddr::V4(address).into())),
        _ => Err(NO_NAME),
    }
}

fn allowed(place: Place, port: Option<u16>) -> Result<AllowedDestination, &'static str> {
    let metadata = match &place {
        Place::Network(network) => {
            network.prefix_len() == network.max_prefix_len()
                && address::reach(network.addr()) == Reach::Metadata
        }
        Place::Name(name) => is_metadata_name(name),
        Place::Below(_) => false,
    };
    if metadata {
        return Err("it issues machine credentials and is never allowed");
    }
    Ok(AllowedDestination { place, port })
}

impl fmt::Display for AllowedDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                match (network.addr(), self.port) {
                    (IpAddr::V6(address), Some(_)) => write!(f, "[{address}]")?,
                    (address, _) => write!(f, "{address}")?,
                }
            }
            Place::Network(network @ IpNet::V6(_)) if self.port.is_some() => {
                write!(f, "[{network}]")?;
            }
            Place::Network(network) => write!(f, "{network}")?,
            Place::Name(name) => f.write_str(name)?,
            Place::Below(end) => write!(f, "*{end}")?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_addresses_networks_and_names_and_writes_them_back() {
        for (text, shown) in [
            ("127.0.0.1", "127.0.0.1"),
            (" 127.0.0.1:4000 ", "127.0.0.1:4000"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.0.0.0/8:80", "10.0.0.0/8:80"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("[::1]:80", "[::1]:80"),
            ("[fd00::/8]:80", "[fd00::/8]:80"),
            ("Git.Internal.", "git.internal"),
            ("*.internal:8443", "*.internal:8443"),
            ("bücher.internal", "xn--bcher-kva.internal"),
        ] {
            let read: AllowedDestination = text.parse().unwrap();
            assert_eq!(read.to_string(), shown, "{text}");
            assert_eq!(shown.parse::<AllowedDestination>().unwrap(), read);
        }
    }

    #[test]
    fn says_what_is_wrong_with_others() {
        for (text, fault) in [
            ("", "not a host name"),
            ("*", "not a host name"),
            ("*.", "not a host name"),
            ("0..", "not a host name"),
            ("git..internal", "not a host name"),
            ("git.internal..", "not a host name"),
            ("http://git.internal", "it is a URL"),
            ("git.internal/x", "not a host name"),
            ("a@git.internal", "not a host name"),
            ("http://[fd00::1]:3000/", "it is a URL"),
            ("git.internal:0", "not a port"),
            ("git.internal:99999", "not a port"),
            ("[::1]x", "only a port"),
            ("[git]", "an IPv6 address"),
            ("169.254.169.254", "never allowed"),
            ("[::ffff:169.254.169.254]:80", "never allowed"),
            ("metadata.google.internal", "never allowed"),
        ] {
            let error = text.parse::<AllowedDestination>().unwrap_err().to_string();
            assert!(error.contains(fault), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn reads_any_text_without_panic(text in "\\PC{0,40}|[0-9a-f:.\\[\\]*/]{0,30}") {
            if let Ok(read) = text.parse::<AllowedDestination>() {
                prop_assert_eq!(read.to_string().parse::<AllowedDestination>().unwrap(), read);
            }
        }
    }
}
