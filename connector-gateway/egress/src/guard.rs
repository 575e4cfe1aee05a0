//! Where requests may go.

use std::net::IpAddr;

use plugwright_sdk::host::{Echo, word_list};
use url::{Host, Position, Url};

use crate::address::{Reach, reach};
use crate::allow::AllowedDestination;

/// Names of the services that give out the credentials of a machine.
const METADATA_NAMES: &[&str] = &word_list::<9>(include_str!("../words/metadata_hosts.txt"));

/// Ends of names that only networks of their own know.
const INSIDE_NAMES: &[&str] = &word_list::<10>(include_str!("../words/inside_domains.txt"));

/// The longest name of a host, in bytes.
const LONGEST_NAME: usize = 253;

/// Returns whether a name (lower case, without a dot at its end) is of a metadata service.
pub(crate) fn is_metadata_name(name: &str) -> bool {
    METADATA_NAMES.contains(&name)
}

fn is_inside_name(name: &str) -> bool {
    // A name of one part is completed by the search list of the machine.
    !name.contains('.')
        || INSIDE_NAMES.iter().any(|end| {
            name.strip_suffix(end)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("`{0}` URLs can't be called, only http and https")]
    Scheme(String),
    #[error("the URL of `{0}` contains a user name or password, which is not allowed")]
    UserInfo(String),
    #[error("the URL has no host")]
    NoHost,
    /// A host that is no name (RFC 1035, section 2.3.4).
    #[error("the URL's host is longer than the {LONGEST_NAME} bytes that a name may have")]
    LongName,
    #[error(
        "`{0}` is not on the public internet and may not be called; an operator can allow it with `egress.allow`"
    )]
    Inside(String),
    #[error("`{0}` is a metadata service that issues machine credentials and is never allowed")]
    Metadata(String),
}

impl Refusal {
    /// Says it of a URL: with its port, by which `egress.allow` may list it.
    pub(crate) fn of(self, url: &Url) -> Self {
        let place = place(url);
        match self {
            Self::Inside(_) => Self::Inside(place),
            Self::Metadata(_) => Self::Metadata(place),
            other => other,
        }
    }
}

/// Returns the host of a URL, and its port if that is not the one of its scheme, as messages show it.
pub(crate) fn place(url: &Url) -> String {
    Echo(&url[Position::BeforeHost..Position::AfterPort]).to_string()
}

/// By which rule a destination may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// Its addresses must be on the internet, or listed.
    Public,
    /// Its name is listed, whatever its addresses are.
    Listed,
}

/// Decides where requests may go.
#[derive(Debug)]
pub(crate) struct Guard {
    allow: Vec<AllowedDestination>,
    /// Whether every destination may be called.
    open: bool,
}

impl Guard {
    pub(crate) fn new(allow: Vec<AllowedDestination>) -> Self {
        Self { allow, open: false }
    }

    /// Makes a guard that lets requests go to every host and address.
    pub(crate) fn open() -> Self {
        Self {
            allow: Vec::new(),
            open: true,
        }
    }

    /// Judges a URL by itself; addresses of names are judged when they are looked up.
    pub(crate) fn check(&self, url: &Url) -> Result<Route, Refusal> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refusal::Scheme(Echo::cut(url.scheme().to_owned())));
        }
        let host = url.host().ok_or(Refusal::NoHost)?;
        if url.host_str().is_some_and(|name| name.len() > LONGEST_NAME) {
            return Err(Refusal::LongName);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo(Echo::cut(host.to_string())));
        }
        if self.open {
            return Ok(Route::Listed);
        }
        let port = url.port_or_known_default();
        match host {
            Host::Domain(name) => self.check_name(name, port),
            Host::Ipv4(address) => self.check_address(address.into(), port),
            Host::Ipv6(address) => self.check_address(address.into(), port),
        }
    }

    fn check_name(&self, written: &str, port: Option<u16>) -> Result<Route, Refusal> {
        let name = written.trim_end_matches('.');
        if is_metadata_name(name) {
            return Err(Refusal::Metadata(written.to_owned()));
        }
        if self.allow.iter().any(|entry| entry.has_name(name, port)) {
            return Ok(Route::Listed);
        }
        if is_inside_name(name) {
            return Err(Refusal::Inside(written.to_owned()));
        }
        Ok(Route::Public)
    }

    fn check_address(&self, address: IpAddr, port: Option<u16>) -> Result<Route, Refusal> {
        match self.judge(address, port) {
            Reach::Public => Ok(Route::Public),
            Reach::Inside => Err(Refusal::Inside(address.to_string())),
            Reach::Metadata => Err(Refusal::Metadata(address.to_string())),
        }
    }

    /// Tells what an address is; one that is listed counts as public.
    fn judge(&self, address: IpAddr, port: Option<u16>) -> Reach {
        match reach(address) {
            Reach::Inside if self.allow.iter().any(|own| own.has_address(address, port)) => {
                Reach::Public
            }
            reach => reach,
        }
    }

    /// Keeps those addresses of a name that may be called by a route; fails if there are some and none
    /// may be.
    pub(crate) fn keep(
        &self,
        route: Route,
        name: &str,
        addresses: Vec<IpAddr>,
    ) -> Result<Vec<IpAddr>, Refusal> {
        let mut refusal = None;
        let mut kept = addresses;
        kept.retain(|address| match (self.judge(*address, None), route) {
            (Reach::Public, _) | (Reach::Inside, Route::Listed) => true,
            (Reach::Metadata, _) => {
                refusal = Some(Refusal::Metadata(name.to_owned()));
                false
            }
            (Reach::Inside, Route::Public) => {
                refusal.get_or_insert_with(|| Refusal::Inside(name.to_owned()));
                false
            }
        });
        match refusal {
            Some(refusal) if kept.is_empty() => Err(refusal),
            _ => Ok(kept),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_refusal_names_the_port() {
        for (url, place) in [
            ("http://127.0.0.1:8888/api", "`127.0.0.1:8888` is not on"),
            ("https://[::1]:8443/", "`[::1]:8443` is not on"),
            ("http://localhost/", "`localhost` is not on"),
            (
                "http://169.254.169.254:81/",
                "`169.254.169.254:81` is a metadata service",
            ),
        ] {
            let url = url.parse().unwrap();
            let refusal = guard(&[]).check(&url).unwrap_err().of(&url);
            assert!(refusal.to_string().starts_with(place), "{refusal}");
        }
    }

    fn guard(allow: &[&str]) -> Guard {
        Guard::new(allow.iter().map(|text| text.parse().unwrap()).collect())
    }

    fn check(guard: &Guard, url: &str) -> Result<Route, Refusal> {
        guard.check(&url.parse().unwrap())
    }

    #[test]
    fn a_host_that_is_no_name_is_refused_and_not_repeated() {
        let guard = Guard::new(Vec::new());
        let url = |length: usize| format!("https://{}.example/", "a.".repeat(length / 2));
        assert_eq!(check(&guard, &url(200)), Ok(Route::Public));
        assert_eq!(check(&guard, &url(60_000)), Err(Refusal::LongName));
        let shown = place(&url(200).parse().unwrap());
        assert_eq!(shown.chars().count(), Echo::LONGEST);
    }

    #[test]
    fn public_names_and_addresses_pass() {
        for url in [
            "https://api.github.com/x",
            "http://example.com",
            "https://api.github.com.",
            "https://mylocal.example",
            "https://8.8.8.8",
            "https://[2606:4700::1111]",
        ] {
            assert_eq!(check(&guard(&[]), url), Ok(Route::Public), "{url}");
        }
    }

    #[test]
    fn what_is_listed_passes_at_its_port() {
        let guard = guard(&["127.0.0.1:4000", "10.0.0.0/8", "*.internal:80", "localhost"]);
        for (url, passes) in [
            ("http://127.0.0.1:4000", true),
            ("http://[::ffff:127.0.0.1]:4000", true),
            ("http://127.0.0.1:4001", false),
            ("http://10.2.3.4:99", true),
            ("http://git.internal", true),
            ("http://git.internal.", true),
            ("https://git.internal", false),
            ("http://internal", false),
            ("http://localhost:5", true),
            ("http://a.localhost", false),
        ] {
            assert_eq!(check(&guard, url).is_ok(), passes, "{url}");
        }
    }

    #[test]
    fn metadata_services_stay_closed_whatever_is_listed() {
        let guard = guard(&["0.0.0.0/0", "::/0", "*.internal"]);
        for url in [
            "http://169.254.169.254",
            "http://[::ffff:a9fe:a9fe]",
            "http://[fd00:ec2::254]",
            "http://metadata.google.internal",
            "http://metadata.google.internal./x",
            "http://METADATA",
        ] {
            assert!(
                matches!(check(&guard, url), Err(Refusal::Metadata(_))),
                "{url}"
            );
        }
        assert!(check(&guard, "http://169.254.1.1").is_ok());
        let found = vec!["169.254.169.254".parse().unwrap()];
        let kept = guard.keep(Route::Listed, "x.internal", found);
        assert!(matches!(kept, Err(Refusal::Metadata(_))));
    }

    #[test]
    fn an_open_guard_refuses_only_what_is_no_plain_url() {
        let guard = Guard::open();
        for url in [
            "http://127.0.0.1:4000",
            "https://box.lan",
            "http://10.0.0.1",
        ] {
            assert_eq!(check(&guard, url), Ok(Route::Listed), "{url}");
        }
        assert!(matches!(
            check(&guard, "ftp://box.lan"),
            Err(Refusal::Scheme(_))
        ));
        assert!(matches!(
            check(&guard, "http://me:x@box.lan"),
            Err(Refusal::UserInfo(_))
        ));
    }

    #[test]
    fn of_the_addresses_of_a_name_only_public_ones_are_kept() {
        let guard = guard(&["10.0.0.0/8", "192.168.0.1:80"]);
        let all = ["8.8.8.8", "127.0.0.1", "10.0.0.1", "192.168.0.1"].map(|a| a.parse().unwrap());
        let kept = guard.keep(Route::Public, "x.test", all.to_vec()).unwrap();
        assert_eq!(kept, [all[0], all[2]]);
        let error = guard
            .keep(Route::Public, "x.test", vec![all[1]])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`x.test` is not on the public internet and may not be called; an operator can allow it with `egress.allow`"
        );
        assert_eq!(
            guard.keep(Route::Public, "x.test", Vec::new()),
            Ok(Vec::new())
        );
    }

    proptest! {
        #[test]
        fn judges_any_url_without_panic(text in "(https?://)?\\PC{0,40}|http://[0-9a-fx:.\\[\\]%@]{0,30}") {
            if let Ok(url) = text.parse::<Url>()
                && guard(&[]).check(&url).is_ok()
            {
                let public = match url.host() {
                    Some(Host::Ipv4(v4)) => reach(v4.into()) == Reach::Public,
                    Some(Host::Ipv6(v6)) => reach(v6.into()) == Reach::Public,
                    host => host.is_some(),
                };
                prop_assert!(public, "{}", url);
            }
        }
    }
}
