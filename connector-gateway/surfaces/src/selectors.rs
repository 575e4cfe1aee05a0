//! The headers and the parameters of queries by which requests choose whose account they use, and
//! how. Each surface serves some of them and refuses the others: a call that ignored one would use
//! another account, or be live instead of a dry run.

use axum::http::{HeaderMap, HeaderValue};
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

/// The letters that the gateway's own headers begin with.
const OWN: &[u8] = b"xplugwright";

/// The headers that choose an account or a mode on any surface. So do unknown ones of the gateway's own.
const HEADERS: [&str; 9] = [
    TENANTS[0],
    TENANTS[1],
    TENANT_ID,
    ALIASES[0],
    ALIASES[1],
    CONNECTION,
    CONNECTION_ID,
    ORGANIZATION,
    MODE,
];

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

    /// Refuses a request with a selector that this surface does not serve or spells otherwise, unless it is
    /// empty, and with one that it serves twice.
    pub(crate) fn check(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<(), ActionError> {
        let mut faults = Faults::new();
        for name in headers.keys() {
            let Some(meant) = header_meant(name.as_str()) else {
                continue;
            };
            let values = headers.get_all(name);
            let is_blank = |value: &HeaderValue| value.as_bytes().trim_ascii().is_empty();
            let given = Given {
                name: name.as_str(),
                meant,
                is_again: values.iter().count() > 1,
                is_empty: values.iter().all(is_blank),
            };
            self.judge(&given, self.headers, &mut faults);
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
        let mut before: SmallVec<[&str; 2]> = SmallVec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(meant) = meant(&letters(&name), &PARAMETERS) else {
                continue;
            };
            let given = Given {
                name: &name,
                meant,
                is_again: before.contains(&meant),
                is_empty: value.is_empty(),
            };
            self.judge(&given, served, faults);
            if name == meant && !given.is_again {
                before.push(meant);
            }
        }
    }

    fn judge(&self, given: &Given<'_>, served: &[&str], faults: &mut Faults) {
        let Given { name, meant, .. } = *given;
        let is_served = served.contains(&meant);
        if is_served && name == meant {
            if given.is_again {
                faults.note(Echo(name), GIVEN_TWICE);
            }
            return;
        }
        if given.is_empty {
            return;
        }
        if is_served {
            faults.note(Echo(name), format_args!("is spelled `{meant}` here"));
        } else {
            let message = format_args!("has no effect here; {}", self.instead);
            faults.note(Echo(name), message);
        }
    }
}

/// A selector in a request.
struct Given<'a> {
    name: &'a str,
    /// The selector that it is a spelling of.
    meant: &'a str,
    /// Whether the name stands there more than once.
    is_again: bool,
    is_empty: bool,
}

/// What two spellings of a name have in common: all but case, `_` and `-`.
fn letters(name: &str) -> SmallVec<[u8; 32]> {
    let bytes = name.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    let letters = bytes.map(|byte| byte.to_ascii_lowercase());
    letters.take(32).collect()
}

fn meant(given: &[u8], known: &[&'static str]) -> Option<&'static str> {
    let mut known = known.iter().copied();
    known.find(|known| *letters(known) == *given)
}

/// Returns the selector that a header is a spelling of.
fn header_meant(name: &str) -> Option<&str> {
    let given = letters(name);
    // Most headers need no closer look.
    if given.first() != Some(&b'x') {
        return None;
    }
    let known = meant(&given, &HEADERS);
    known.or_else(|| given.starts_with(OWN).then_some(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use plugwright_sdk::ErrorCode;

    use super::*;

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
            for name in HEADERS.into_iter().chain(["x-plugwright-organisation"]) {
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
            for second in ["", "main"] {
                let mut headers = header(name, "main");
                headers.append(name, HeaderValue::from_static(second));
                let error = surface.check(&headers, None).unwrap_err();
                assert_eq!(error.message(), format!("`{name}` is given twice"));
            }
        }
    }

    #[test]
    fn a_header_in_another_spelling_is_refused() {
        for (surface, name, problem) in [
            (
                Selectors::OOMOL,
                "x_oo_connector_alias",
                "is spelled `x-oo-connector-alias` here",
            ),
            (
                Selectors::OOMOL,
                "x-oo-connector_alias",
                "is spelled `x-oo-connector-alias` here",
            ),
            (
                Selectors::OOMOL,
                "x_oo_team_name",
                "is spelled `x-oo-team-name` here",
            ),
            (
                Selectors::END_USERS,
                "x_plugwright_connection_id",
                "has no effect here",
            ),
            (Selectors::MCP, "xplugwrightmode", "has no effect here"),
        ] {
            surface.check(&header(name, " "), None).unwrap();
            let error = surface.check(&header(name, "plus"), None).unwrap_err();
            assert!(error.message().contains(problem), "{error}");
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
                "connectionName=&alias=b&name=x",
                "connectionName=a&connectionName=b",
            ),
            (Selectors::OOMOL, "alias=plus", "alias=plus&alias="),
            (Selectors::OOMOL, "alias=", "alias=&alias=plus"),
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
