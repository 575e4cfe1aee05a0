//! Hosts and origins of requests, parsed before they are compared.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use url::{Host, Url};

/// A host with its port, as in `Host` and `:authority` (RFC 9110, section 7.2): without user info or
/// path, and unambiguous to all parsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    host: Host,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoAuthority;

impl Authority {
    pub(crate) fn of_header(value: &HeaderValue) -> Result<Self, NoAuthority> {
        value.to_str().map_err(|_| NoAuthority)?.parse()
    }

    pub(crate) fn is_loopback(&self) -> bool {
        plugwright_engine::loopback::is_host(&self.host)
    }

    /// Returns whether it matches one that the operator listed, which without a port matches any port.
    pub(crate) fn is_of(&self, listed: &Self) -> bool {
        self.host == listed.host && (listed.port.is_none() || listed.port == self.port)
    }
}

impl FromStr for Authority {
    type Err = NoAuthority;

    fn from_str(text: &str) -> Result<Self, NoAuthority> {
        let (host, port) = match text.rfind(']') {
            Some(end) => text.split_at(end + 1),
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| NoAuthority)?)
            }
            _ => return Err(NoAuthority),
        };
        // Excludes other parts of URLs, and other spellings of a name.
        let plain = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '[' | ']' | ':')
        };
        if !host.chars().all(plain) {
            return Err(NoAuthority);
        }
        let host = match Host::parse(host).map_err(|_| NoAuthority)? {
            Host::Domain(name) => {
                // A trailing dot only marks a name as fully qualified.
                let name = name.strip_suffix('.').unwrap_or(&name);
                if name.is_empty() || name.split('.').any(str::is_empty) {
                    return Err(NoAuthority);
                }
                Host::Domain(name.to_owned())
            }
            address => address,
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => self.host.fmt(f),
        }
    }
}

/// Parses an origin as browsers write it: scheme, host and port in the URL standard's serialization,
/// and nothing else.
pub(super) fn web_origin(text: &str) -> Option<url::Origin> {
    let origin = Url::parse(text).ok()?.origin();
    (origin.is_tuple() && origin.ascii_serialization() == text).then_some(origin)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_names_addresses_and_ports() {
        for (text, shown, loopback) in [
            ("localhost", "localhost", true),
            ("LOCALHOST.:3000", "localhost:3000", true),
            ("app.localhost", "app.localhost", true),
            ("127.0.0.1:80", "127.0.0.1:80", true),
            ("0x7f.1", "127.0.0.1", true),
            ("2130706433:1", "127.0.0.1:1", true),
            ("[::1]:3000", "[::1]:3000", true),
            ("Gateway.Example.com", "gateway.example.com", false),
            ("10.0.0.1", "10.0.0.1", false),
            ("notlocalhost", "notlocalhost", false),
        ] {
            let read: Authority = text.parse().unwrap();
            assert_eq!(
                (read.to_string().as_str(), read.is_loopback()),
                (shown, loopback)
            );
        }
    }

    #[test]
    fn refuses_what_is_more_or_less_than_a_host() {
        for text in [
            "",
            ":80",
            "evil.example@127.0.0.1",
            "127.0.0.1@evil.example",
            "127.0.0.1:80@evil.example",
            "localhost\\.evil.example",
            "localhost/x",
            "localhost?",
            "localhost#",
            "localhost:",
            "localhost:port",
            "localhost:+80",
            "localhost:99999",
            "local host",
            "localhost,evil.example",
            "localhost%2e",
            "localhost..",
            ".localhost",
            "::1",
            "[::1",
            "[::1]x",
            "[::1]]",
            "[::1%25eth0]",
            "127.0.0.256",
            "ⓛocalhost",
        ] {
            assert!(text.parse::<Authority>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_origin_has_one_spelling() {
        for good in [
            "http://localhost:5173",
            "https://a.example",
            "http://[::1]:3000",
        ] {
            assert!(web_origin(good).is_some(), "{good}");
        }
        for bad in [
            "http://LOCALHOST\\.evil.example",
            "http://localhost\\@evil.example",
            "http://localhost:80",
            "http://LOCALHOST",
            "http://localhost/",
            "http://user@localhost",
            "http://localhost#",
            "http://localhost?",
            "http:localhost",
            "http:\\\\localhost",
            "http://0x7f.1",
            "http://2130706433",
            "http://local\thost",
            " http://localhost",
            "http://localhost ",
            "null",
            "file://",
            "",
        ] {
            assert_eq!(web_origin(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again(text in "[a-z0-9.:\\[\\]@\\\\%/]{0,30}|\\PC{0,20}") {
            if let Ok(read) = text.parse::<Authority>() {
                prop_assert_eq!(read.to_string().parse::<Authority>(), Ok(read));
            }
        }
    }
}
