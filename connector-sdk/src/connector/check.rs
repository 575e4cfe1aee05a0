//! Checks of definitions in const evaluation; each message has the name at fault.

use crate::action::{ActionDefinition, ActionInfo};
use crate::auth::{Auth, Scheme, has_own_host};
use crate::text::{equal, fail, is_action_name, same_spelling};

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

pub(super) const LONGEST_TOOL_NAME: usize = 64;

/// Slots of the table that finds names in use; at most half of them are filled.
const SLOTS: usize = 1 << 14;

#[expect(
    clippy::large_stack_arrays,
    reason = "it is evaluated while compiling only"
)]
#[track_caller]
pub(super) const fn actions(connector: &str, actions: &[&ActionDefinition]) {
    if actions.len() > SLOTS / 2 {
        fail(&[
            "connector `",
            connector,
            "` has more than 8192 actions; split it",
        ]);
    }
    // Open addressing over the hashes that the definitions carry: comparing all pairs would make
    // const evaluation of a large connector take too long.
    let mut slots = [0_usize; SLOTS];
    let mut index = 0;
    while index < actions.len() {
        let action = actions[index];
        let name = action.info.name;
        if equal(name, ActionInfo::STAND_IN.name) {
            // Its own errors are reported already.
            index += 1;
            continue;
        }
        if !is_action_name(name) {
            fail(&[
                "connector `",
                connector,
                "`: action name `",
                name,
                "` is not allowed: use `resource.verb` in lower-case letters, digits and `_`",
            ]);
        }
        if connector.len() + 1 + name.len() > LONGEST_TOOL_NAME {
            fail(&[
                "connector `",
                connector,
                "`: action name `",
                name,
                "` is too long: with the connector's name it must fit into 64 characters",
            ]);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only the low bits choose the slot"
        )]
        let mut slot = action.spelling as usize % SLOTS;
        while slots[slot] != 0 {
            let other = actions[slots[slot] - 1];
            if other.spelling == action.spelling && same_spelling(other.info.name, name) {
                if equal(other.info.name, name) {
                    fail(&[
                        "connector `",
                        connector,
                        "`: action `",
                        name,
                        "` is in `actions![..]` twice: list each function once, and give each its own name",
                    ]);
                }
                fail(&[
                    "connector `",
                    connector,
                    "`: actions `",
                    other.info.name,
                    "` and `",
                    name,
                    "` are spellings of one name; rename one of them",
                ]);
            }
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = index + 1;
        index += 1;
    }
}

#[track_caller]
pub(super) const fn scopes(connector: &str, auth: &[Auth], actions: &[&ActionDefinition]) {
    let mut index = 0;
    while index < actions.len() {
        let needed = actions[index].info.scopes;
        let mut place = 0;
        while place < needed.len() {
            declared(connector, auth, actions[index].info.name, needed[place]);
            place += 1;
        }
        index += 1;
    }
}

#[track_caller]
const fn declared(connector: &str, auth: &[Auth], action: &str, scopes: &[&str]) {
    let mut index = 0;
    while index < scopes.len() {
        if !declares(auth, scopes[index]) {
            fail(&[
                "connector `",
                connector,
                "`: action `",
                action,
                "` needs scope `",
                scopes[index],
                "`, which no OAuth 2 scheme in `.auth(..)` declares",
            ]);
        }
        index += 1;
    }
}

/// Checks endpoints and default scopes of OAuth 2 schemes.
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

const fn declares(auth: &[Auth], scope: &str) -> bool {
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
