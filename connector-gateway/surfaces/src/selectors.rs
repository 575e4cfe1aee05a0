//! The headers and the parameters of queries by which requests choose whose account they use, and
//! how. Each surface serves some of them and refuses the others: a call that ignored one would use
//! another account, or be live instead of a dry run.

use axum::http::{HeaderMap, HeaderName};
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Echo, Faults};
use smallvec::SmallVec;
use url::form_urlencoded;

use crate::members::GIVEN_TWICE;

/// OOMOL's headers for an organization.
pub(crate) const TENANTS: [&str; 2] = ["x-oo-team-name", "x-oo-organization-name"];
/// OOMOL's header for an organization's id, which its clients send beside the name.
pub(crate) const TENANT_ID: &str = "x-oo-team-id";
/// OOMOL's headers for a connection; the first that is not empty counts.
pub(crate) const ALIASES: [&str; 2] = ["x-oomol-connector-alias", "x-oo-connector-alias"];
pub(crate) const CONNECTION: &str = "x-plugwright-connection";
pub(crate) const CONNECTION_ID: &str = "x-plugwright-connection-id";
pub(crate) const ORGANIZATION: &str = "x-plugwright-organization";
pub(crate) const MODE: &str = "x-plugwright-mode";

/// The gateway's own headers begin with this.
const OWN: &str = "x-plugwright-";

/// The parameters of queries and the members of bodies that choose an account on any surface.
const PARAMETERS: [&str; 7] = [
    "organization",
    "connection",
    "connectionId",
    "connectionName",
    "alias",
    "userId",
    "connectedAccountId",
];

/// The selectors that a surface serves.
pub(crate) struct Selectors {
    headers: &'static [&'static str],
    /// `None` if the surface refuses all parameters that it doesn't know by itself.
    parameters: Option<&'static [&'static str]>,
    /// What to use instead of others.
    instead: &'static str,
}

impl Selectors {
    /// Calls and lists of an organization's connections in OOMOL's dialect.
    pub(crate) const OOMOL: Self = Self {
        headers: &[
            TENANTS[0],
            TENANTS[1],
            TENANT_ID,
            ALIASES[0],
            ALIASES[1],
            CONNECTION_ID,
        ],
        parameters: Some(&["connectionName", "alias"]),
        instead: "name the organization in `x-oo-team-name`, and the connection in \
                  `x-oo-connector-alias` or `x-plugwright-connection-id`",
    };
    pub(crate) const END_USERS: Self = Self {
        headers: &[],
        parameters: None,
        instead: "the key is of one project, and `userId` and `connectedAccountId` or `alias` of \
                  the body choose the account",
    };
    pub(crate) const SHORT: Self = Self {
        headers: &[CONNECTION, CONNECTION_ID, ORGANIZATION, MODE],
        parameters: None,
        instead: "name the organization in `X-Plugwright-Organization`, and the connection in \
                  `X-Plugwright-Connection` or `X-Plugwright-Connection-Id`",
    };
    pub(crate) const MCP: Self = Self {
        headers: &[],
        parameters: None,
        instead: "name the organization in the URL, as in `/mcp?organization=acme`, and the \
                  connection in the arguments of `run_action`",
    };
    /// Connecting accounts of one's own.
    pub(crate) const CONNECTING: Self = Self {
        headers: &[],
        parameters: Some(&["organization"]),
        instead: "name the organization in `organization` of the body, or of the query where there \
                  is no body",
    };
    /// Requests of [`CONNECTING`](Self::CONNECTING) with a body.
    pub(crate) const OF_BODY: Self = Self {
        parameters: Some(&[]),
        ..Self::CONNECTING
    };

    /// The operator's routes.
    pub(crate) const OPERATOR: Self = Self {
        headers: &[],
        parameters: None,
        instead: "name organization and connection where the operation says",
    };

    /// Refuses a request with a selector that this surface does not serve, or with one twice; empty ones
    /// are ignored.
    pub(crate) fn check(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<(), ActionError> {
        let mut faults = Faults::new();
        for name in headers.keys().map(HeaderName::as_str) {
            if !name.starts_with("x-") || !is_selector(name) {
                continue;
            }
            let values = headers.get_all(name).iter();
            let given = values.filter(|value| !value.as_bytes().trim_ascii().is_empty());
            match given.count() {
                0 => {}
                1 if self.headers.contains(&name) => {}
                _ if self.headers.contains(&name) => faults.note(Echo(name), GIVEN_TWICE),
                _ => self.refuse(name, &mut faults),
            }
        }
        if let (Some(served), Some(query)) = (self.parameters, query) {
            self.check_query(served, query, &mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ActionError::invalid(faults))
        }
    }

    fn check_query(&self, served: &[&str], query: &str, faults: &mut Faults) {
        let mut given: SmallVec<[&str; 2]> = SmallVec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(meant) = PARAMETERS.into_iter().find(|known| is_alike(known, &name)) else {
                continue;
            };
            if value.is_empty() {
                continue;
            }
            if !served.contains(&meant) {
                self.refuse(&name, faults);
            } else if name != meant {
                faults.note(Echo(&name), format_args!("is spelled `{meant}` here"));
            } else if given.contains(&meant) {
                faults.note(meant, GIVEN_TWICE);
            } else {
                given.push(meant);
            }
        }
    }

    fn refuse(&self, name: &str, faults: &mut Faults) {
        let message = format_args!("has no effect here; {}", self.instead);
        faults.note(Echo(name), message);
    }
}

/// Returns whether names differ by no more than case, `_` and `-`.
fn is_alike(name: &str, other: &str) -> bool {
    let letters = |name: &'_ str| -> SmallVec<[u8; 32]> {
        let bytes = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        bytes
            .map(|byte| byte.to_ascii_lowercase())
            .take(32)
            .collect()
    };
    letters(name) == letters(other)
}

/// Returns whether a header chooses the account or the mode of a call on any surface.
fn is_selector(name: &str) -> bool {
    name.starts_with(OWN) || name == TENANT_ID || TENANTS.contains(&name) || ALIASES.contains(&name)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use plugwright_sdk::ErrorCode;

    use super::*;

    const HEADERS: [&str; 10] = [
        TENANTS[0],
        TENANTS[1],
        TENANT_ID,
        ALIASES[0],
        ALIASES[1],
        CONNECTION,
        CONNECTION_ID,
        ORGANIZATION,
        MODE,
        "x-plugwright-organisation",
    ];

    fn header(name: &'static str, value: &'static str) -> HeaderMap {
        let pair = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        [pair].into_iter().collect()
    }

    #[test]
    fn each_surface_refuses_the_headers_of_the_others() {
        let surfaces = [
            (Selectors::OOMOL, 6),
            (Selectors::END_USERS, 0),
            (Selectors::SHORT, 4),
            (Selectors::MCP, 0),
            (Selectors::CONNECTING, 0),
            (Selectors::OPERATOR, 0),
        ];
        for (surface, served) in surfaces {
            let mut passed = 0;
            for name in HEADERS {
                surface.check(&header(name, ""), None).unwrap();
                match surface.check(&header(name, "acme"), None) {
                    Ok(()) => passed += 1,
                    Err(error) => {
                        assert_eq!(error.code(), ErrorCode::ValidationError);
                        assert!(error.message().contains(name), "{error}");
                    }
                }
            }
            assert_eq!(passed, served, "{}", surface.instead);
        }
        let others = header("x-forwarded-for", "10.0.0.1");
        Selectors::MCP.check(&others, None).unwrap();
    }

    #[test]
    fn a_selector_that_is_given_twice_is_refused() {
        for (surface, name) in [
            (Selectors::OOMOL, ALIASES[1]),
            (Selectors::SHORT, CONNECTION),
        ] {
            let mut headers = header(name, "main");
            headers.append(name, HeaderValue::from_static(""));
            surface.check(&headers, None).unwrap();
            headers.append(name, HeaderValue::from_static("main"));
            let error = surface.check(&headers, None).unwrap_err();
            assert_eq!(error.message(), format!("`{name}` is given twice"));
        }
    }

    #[test]
    fn queries_choose_no_account_where_they_are_not_read() {
        let check = |surface: &Selectors, query| surface.check(&HeaderMap::new(), Some(query));
        for (surface, served, refused) in [
            (
                Selectors::OOMOL,
                "alias=a&connectionName=b&q=1&organization=",
                "organization=a",
            ),
            (
                Selectors::OOMOL,
                "connectionName=&connectionName=b&name=x",
                "connectionName=a&connectionName=b",
            ),
            (Selectors::OOMOL, "connection_name=", "connection_name=a"),
            (Selectors::OOMOL, "tri=1", "ConnectionName=a"),
            (Selectors::OOMOL, "tri=1", "ALIAS=a"),
            (Selectors::OOMOL, "tri=1", "user-id=a"),
            (Selectors::CONNECTING, "organization=a", "connection%49d=1"),
            (Selectors::OF_BODY, "label=1", "organization=a"),
        ] {
            check(&surface, served).unwrap();
            check(&surface, refused).unwrap_err();
        }
    }
}
