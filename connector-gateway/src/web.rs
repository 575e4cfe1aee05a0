//! Which web pages may call the gateway, and under which names it is called.
//!
//! A browser lets any page send requests anywhere, and tells by `Origin` whose page it is; whether
//! the page may read the answer, the gateway says (the [Fetch] standard's CORS protocol). A page
//! whose name was made to lead to this machine (DNS rebinding) shows by its `Host`.
//!
//! [Fetch]: https://fetch.spec.whatwg.org/#http-cors-protocol

use std::fmt;
use std::str::FromStr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri};
use plugwright_sdk::{ActionError, Echo, ErrorCode};
use serde::{Serialize, Serializer};
use url::{Host, Url};

/// Who may call from a browser, beside what is on the browser's own machine. By default nobody.
///
/// ```
/// use plugwright_gateway::WebSettings;
///
/// let settings = WebSettings::default();
/// assert_eq!(settings.hosts, Some(Vec::new()));
/// assert!(settings.origins.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// Names that a request may have in `Host` where that matters: for MCP, and wherever calls
    /// need no token. `None` means any: a gateway that lets anonymous calls in needs a list.
    pub hosts: Option<Vec<String>>,
    /// Pages that may send requests and read the answers.
    pub origins: Vec<Origin>,
}

impl Default for WebSettings {
    /// Settings that take calls of this machine alone.
    fn default() -> Self {
        Self {
            hosts: Some(Vec::new()),
            origins: Vec::new(),
        }
    }
}

impl WebSettings {
    /// Tells whether pages of an origin may call.
    pub(crate) fn allows(&self, origin: &HeaderValue) -> bool {
        let Ok(text) = origin.to_str() else {
            return false;
        };
        let url = Url::parse(text).ok();
        self.origins.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::Of(allowed) => url.as_ref().is_some_and(|url| url.origin() == *allowed),
        }) || url.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some_and(|host| is_loopback(&host))
        })
    }

    /// Checks that no page or name of others is behind a request.
    ///
    /// # Errors
    ///
    /// `POLICY_DENIED`, with what is not allowed and which setting would.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ActionError> {
        let refuse = |message| Err(ActionError::new(ErrorCode::PolicyDenied, message));
        if let Some(origin) = headers.get(ORIGIN)
            && !self.allows(origin)
        {
            return refuse(format!(
                "pages of {} may not call here; `web.origins` says which may",
                Echo(&format!("{origin:?}"))
            ));
        }
        let Some(hosts) = &self.hosts else {
            return Ok(());
        };
        // HTTP/2 has the name in the request's address. Without any it is no browser's request.
        let host = match (headers.get(HOST), uri.authority()) {
            (Some(host), _) => Authority::try_from(host.as_bytes()).ok(),
            (None, Some(authority)) => Some(authority.clone()),
            (None, None) => return Ok(()),
        };
        let allowed = |host: &Authority| {
            let name = host.host();
            hosts.iter().any(|allowed| {
                allowed.eq_ignore_ascii_case(name) || allowed.eq_ignore_ascii_case(host.as_str())
            }) || Host::parse(name).is_ok_and(|host| is_loopback(&host))
        };
        match &host {
            Some(host) if allowed(host) => Ok(()),
            Some(host) => refuse(format!(
                "the gateway is not called `{}` here; `web.hosts` says which names it has",
                Echo(host.as_str())
            )),
            None => refuse("the request's `Host` is no name".to_owned()),
        }
    }
}

/// Tells whether a host is the machine itself, whatever its resolver says.
pub(crate) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Pages that may call: those of an origin, or all with `*`.
///
/// ```
/// use plugwright_gateway::Origin;
///
/// let origin: Origin = "https://app.example.com".parse()?;
/// assert_eq!(origin.to_string(), "https://app.example.com");
/// assert!("https://app.example.com/path".parse::<Origin>().is_err());
/// # Ok::<(), plugwright_gateway::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Any page.
    Any,
    /// Pages with this scheme, host and port.
    Of(url::Origin),
}

/// A text that is no origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no origin: write scheme, host and port as browsers do, such as \
     `https://app.example.com`, or `*` for all pages"
)]
pub struct OriginError(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let url = Url::parse(text).ok();
        let origin = url.map(|url| url.origin()).filter(|origin| {
            // A page's own spelling, so that what was written is what is compared.
            origin.is_tuple() && origin.ascii_serialization() == text && !text.contains('*')
        });
        origin
            .map(Self::Of)
            .ok_or_else(|| OriginError(Echo(text).to_string()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Of(origin) => f.write_str(&origin.ascii_serialization()),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> WebSettings {
        WebSettings {
            hosts: Some(vec!["gateway.example.com".to_owned()]),
            origins: vec!["https://app.example.com".parse().unwrap()],
        }
    }

    fn check(headers: &[(http::HeaderName, &str)]) -> Result<(), String> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        let checked = settings().check(&Uri::from_static("/v1/actions"), &headers);
        checked.map_err(|error| error.message().to_owned())
    }

    #[test]
    fn origins_are_taken_as_browsers_write_them() {
        for good in ["*", "https://a.example", "http://a.example:8080"] {
            assert_eq!(good.parse::<Origin>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "a.example",
            "https://a.example/",
            "https://A.example",
            "https://a.example:443",
            "https://*.example",
            "null",
            "file:///",
        ] {
            let error = bad.parse::<Origin>().unwrap_err().to_string();
            assert!(error.contains("such as `https://app.example.com`"), "{bad}");
        }
    }

    #[test]
    fn pages_of_this_machine_and_those_that_are_named_may_call() {
        for good in [
            "https://app.example.com",
            "http://localhost:5173",
            "https://127.0.0.1:8443",
            "http://[::1]:3000",
            "http://app.localhost",
        ] {
            assert_eq!(check(&[(HOST, "localhost"), (ORIGIN, good)]), Ok(()));
        }
        for bad in [
            "null",
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://localhost.example.com",
            "http://192.168.0.1",
        ] {
            let error = check(&[(HOST, "localhost"), (ORIGIN, bad)]).unwrap_err();
            assert!(error.contains("`web.origins`"), "{error}");
        }
        let any = WebSettings {
            origins: vec![Origin::Any],
            ..settings()
        };
        assert!(any.allows(&HeaderValue::from_static("null")));
    }

    #[test]
    fn names_of_this_machine_and_those_that_are_set_are_its_own() {
        for good in [
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "Gateway.example.com:443",
        ] {
            assert_eq!(check(&[(HOST, good)]), Ok(()), "{good}");
        }
        for bad in ["evil.example.com", "127.0.0.1.example.com", "10.0.0.1", ""] {
            assert!(check(&[(HOST, bad)]).is_err(), "{bad}");
        }
        assert_eq!(check(&[]), Ok(()));
    }
}
