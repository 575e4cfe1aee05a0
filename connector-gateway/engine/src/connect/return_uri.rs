//! URLs that browsers may return to.

use url::Url;

use crate::loopback;
use crate::projects::{plain_return_uri, return_uri_allowed};

/// Returns what is wrong with a return URL.
pub(super) fn problem(text: &str, allowed: &[String], is_project: bool) -> Option<String> {
    let Ok(uri) = Url::parse(text) else {
        return Some("must be an absolute URL".to_owned());
    };
    if uri.fragment().is_some() || !uri.username().is_empty() || uri.password().is_some() {
        return Some("must have no fragment and no user name or password".to_owned());
    }
    // A URL that parsers disagree about is rejected.
    let uri = match plain_return_uri(text) {
        Ok(uri) => uri,
        Err(fault) => return Some(fault),
    };
    if return_uri_allowed(allowed, text) || (!is_project && is_loopback(&uri)) {
        return None;
    }
    let place = if is_project {
        "the project's return URIs"
    } else {
        "the addresses in `connect.return_uris`"
    };
    Some(format!("is not below one of {place}"))
}

/// Command lines listen there (RFC 8252, section 7.3).
fn is_loopback(uri: &Url) -> bool {
    uri.scheme() == "http" && uri.host().is_some_and(|host| loopback::is_host(&host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_own_machine_will_do_for_accounts_of_ones_own() {
        for uri in [
            "http://127.0.0.1:8080/",
            "http://localhost:1/x",
            "http://[::1]:5/",
        ] {
            assert_eq!(problem(uri, &[], false), None, "{uri}");
            assert!(problem(uri, &[], true).is_some(), "{uri}");
        }
        for uri in [
            "https://example.com/",
            "http://localhost.evil.com/",
            "http://10.0.0.1/",
            "http://localhost\\.evil.com/",
            "http://localhost\\@evil.com/",
            "http://@localhost/",
            "http:localhost",
            "http://local\thost/",
        ] {
            assert!(problem(uri, &[], false).is_some(), "{uri}");
        }
    }
}
