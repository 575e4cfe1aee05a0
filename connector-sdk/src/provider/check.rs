//! Checks of names and schemes in const evaluation; each message has the name at fault.

use crate::auth::{Auth, Scheme, has_own_host};
use crate::text::{equal, fail};

/// Names that a connector can't have, because gateways use them in their paths.
pub const RESERVED_NAMES: &[&str] = &[
    "actions",
    "apps",
    "catalog",
    "chains",
    "connection-requests",
    "connections",
    "flows",
    "health",
    "providers",
    "proxy",
    "saas",
    "tools",
];

#[track_caller]
pub(super) const fn connector_name(name: &str) {
    if !is_kebab(name.as_bytes()) {
        fail(&[
            "connector name `",
            name,
            "` is not allowed: use lower-case letters, digits and hyphens, starting with a letter",
        ]);
    }
    let mut index = 0;
    while index < RESERVED_NAMES.len() {
        if equal(name, RESERVED_NAMES[index]) {
            fail(&[
                "connector name `",
                name,
                "` is reserved for paths of the gateway; choose another",
            ]);
        }
        index += 1;
    }
}

pub(super) const fn is_kebab(name: &[u8]) -> bool {
    let mut index = 0;
    while index < name.len() {
        match name[index] {
            b'a'..=b'z' => {}
            b'0'..=b'9' | b'-' if index > 0 => {}
            _ => return false,
        }
        index += 1;
    }
    !name.is_empty()
}

#[track_caller]
pub(super) const fn oauth2(connector: &str, auth: &[Auth]) {
    let mut scheme = 0;
    while scheme < auth.len() {
        if let Scheme::OAuth2(oauth2) = auth[scheme].scheme {
            if let Some(endpoint) = oauth2.authorization_endpoint {
                own_host(connector, endpoint);
            }
            own_host(connector, oauth2.token_endpoint);
            if let Some(revocation) = oauth2.revocation {
                own_host(connector, revocation.endpoint);
            }
            let mut index = 0;
            while index < oauth2.default_scopes.len() {
                if !declares(auth, oauth2.default_scopes[index]) {
                    fail(&[
                        "connector `",
                        connector,
                        "`: default scope `",
                        oauth2.default_scopes[index],
                        "` is not among the scopes that the scheme declares",
                    ]);
                }
                index += 1;
            }
        }
        scheme += 1;
    }
}

#[track_caller]
const fn own_host(connector: &str, endpoint: &str) {
    if !has_own_host(endpoint) {
        fail(&[
            "connector `",
            connector,
            "`: OAuth 2 endpoint `",
            endpoint,
            "` must be a URL whose host ends in a domain of the provider, such as https://{site}.example.com/token: the client's secret goes there",
        ]);
    }
}

pub(crate) const fn declares(auth: &[Auth], scope: &str) -> bool {
    let mut scheme = 0;
    while scheme < auth.len() {
        if let Scheme::OAuth2(oauth2) = auth[scheme].scheme {
            let mut index = 0;
            while index < oauth2.scopes.len() {
                if equal(oauth2.scopes[index].name, scope) {
                    return true;
                }
                index += 1;
            }
        }
        scheme += 1;
    }
    false
}
