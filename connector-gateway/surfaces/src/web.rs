//! Which web pages may call the gateway, and by which host names.
//!
//! A browser lets any page send requests anywhere, and names the page's origin in `Origin`; the
//! gateway decides whether the page may read the response (the [Fetch] standard's CORS protocol).
//! DNS rebinding, where an attacker's name resolves to this machine, is detected by `Host`.
//!
//! [Fetch]: https://fetch.spec.whatwg.org/#http-cors-protocol

mod authority;
mod intent;

use std::fmt;
use std::str::FromStr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Uri};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde::{Serialize, Serializer};

pub(crate) use authority::Authority;
pub(crate) use intent::{GetEffect, check_get};

/// Who may call from a browser, apart from pages on the browser's own machine. By default nobody.
///
/// ```
/// use plugwright_surfaces::WebSettings;
///
/// let settings = WebSettings::default();
/// assert_eq!(settings.hosts, Some(Vec::new()));
/// assert!(settings.origins.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// Host names that requests may have in `Host`. They are checked for MCP, and for all calls if
    /// calls need no token. `None` allows any: a gateway with anonymous calls needs a list.
    pub hosts: Option<Vec<String>>,
    /// Pages that may send requests and read the responses.
    pub origins: Vec<Origin>,
}

impl Default for WebSettings {
    /// Allows calls from this machine only.
    fn default() -> Self {
        Self {
            hosts: Some(Vec::new()),
            origins: Vec::new(),
        }
    }
}

impl WebSettings {
    /// Returns whether a text is a host as in [`hosts`](Self::hosts): a name or an address, with or
    /// without a port.
    pub fn is_host(text: &str) -> bool {
        text.parse::<Authority>().is_ok()
    }

    /// Returns whether pages of an origin may call.
    pub(crate) fn allows(&self, origin: &HeaderValue) -> bool {
        let origin = origin.to_str().ok().and_then(authority::web_origin);
        self.origins.iter().any(|allowed| match allowed {
            Origin::Any => true,
            Origin::Of(allowed) => origin.as_ref() == Some(allowed),
        }) || origin.is_some_and(|origin| match origin {
            url::Origin::Tuple(scheme, host, _) => {
                matches!(scheme.as_str(), "http" | "https")
                    && plugwright_engine::loopback::is_host(&host)
            }
            url::Origin::Opaque(_) => false,
        })
    }

    /// Checks that a request comes from an allowed page, for an allowed host; else says what is not
    /// allowed, and which setting allows it.
    pub(crate) fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), ActionError> {
        let refuse = |message| Err(ActionError::new(ErrorCode::PolicyDenied, message));
        let mut origins = headers.get_all(ORIGIN).iter();
        if let Some(origin) = origins.next()
            && (!self.allows(origin) || origins.next().is_some())
        {
            let shown = String::from_utf8_lossy(origin.as_bytes());
            return refuse(format!(
                "pages of `{}` are not allowed; `web.origins` lists the allowed ones",
                Echo(&shown)
            ));
        }
        intent::check_form(method, headers)?;
        let Some(hosts) = &self.hosts else {
            return Ok(());
        };
        match asked_host(uri, headers) {
            // Browsers always send one.
            Ok(None) => Ok(()),
            Ok(Some(host)) => {
                let listed = |text: &String| {
                    text.parse()
                        .is_ok_and(|listed: Authority| host.is_of(&listed))
                };
                if host.is_loopback() || hosts.iter().any(listed) {
                    return Ok(());
                }
                refuse(format!(
                    "requests for the host `{}` are not allowed; `web.hosts` lists the allowed ones",
                    Echo(&host.to_string())
                ))
            }
            Err(_) => refuse(
                "the request's `Host` must be one host name, with or without a port".to_owned(),
            ),
        }
    }
}

/// Returns the host that a request is for: `Host`, or `:authority` in HTTP/2. They must be the same.
fn asked_host(uri: &Uri, headers: &HeaderMap) -> Result<Option<Authority>, authority::NoAuthority> {
    let of_address = uri.authority().map(|host| host.as_str().parse());
    let of_headers = headers.get_all(HOST).iter().map(Authority::of_header);
    let mut all = of_address.into_iter().chain(of_headers);
    let Some(first) = all.next().transpose()? else {
        return Ok(None);
    };
    for other in all {
        if other? != first {
            return Err(authority::NoAuthority);
        }
    }
    // Two headers are invalid even if they agree (RFC 9112, section 3.2).
    if headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(authority::NoAuthority);
    }
    Ok(Some(first))
}

/// Pages that may call: those of one origin, or with `*` all.
///
/// ```
/// use plugwright_surfaces::Origin;
///
/// let origin: Origin = "https://app.example.com".parse()?;
/// assert_eq!(origin.to_string(), "https://app.example.com");
/// assert!("https://app.example.com/path".parse::<Origin>().is_err());
/// # Ok::<(), plugwright_surfaces::OriginError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Any page.
    Any,
    /// Pages with this scheme, host and port.
    Of(url::Origin),
}

/// A text that is not an origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not an origin: write scheme, host and port as browsers do, such as \
     `https://app.example.com`, or `*` for all pages"
)]
pub struct OriginError(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let origin = authority::web_origin(text).filter(|_| !text.contains('*'));
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
        let checked = settings().check(&Method::GET, &Uri::from_static("/v1/actions"), &headers);
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
            "http://LOCALHOST\\.evil.example",
            "http://localhost/",
            "http://evil@localhost",
            "http://0x7f.1",
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
        for bad in [
            "evil.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "",
            "evil.example@127.0.0.1",
            "gateway.example.com@evil.example",
        ] {
            assert!(check(&[(HOST, bad)]).is_err(), "{bad}");
        }
        assert_eq!(check(&[]), Ok(()));
    }

    #[test]
    fn a_request_has_one_host() {
        let check = |uri: &str, hosts: &[&'static str]| {
            let headers = hosts.iter().fold(HeaderMap::new(), |mut headers, host| {
                headers.append(HOST, HeaderValue::from_static(host));
                headers
            });
            settings()
                .check(&Method::GET, &uri.parse().unwrap(), &headers)
                .is_ok()
        };
        assert!(check("http://localhost:1/x", &["localhost:1"]));
        assert!(check("http://localhost:1/x", &[]));
        assert!(!check("http://evil.example/x", &["localhost"]));
        assert!(!check("http://localhost/x", &["evil.example"]));
        assert!(!check("http://localhost:1/x", &["localhost:2"]));
        assert!(!check("/x", &["localhost", "evil.example"]));
        assert!(!check("/x", &["localhost", "localhost"]));
    }
}
