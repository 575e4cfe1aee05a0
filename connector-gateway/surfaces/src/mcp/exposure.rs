//! Which tools a client is offered.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Faults;
use url::form_urlencoded;

use plugwright_engine::Grant;
use plugwright_store::{Pattern, Patterns};

use crate::members::GIVEN_TWICE;

const PARAMETERS: [&str; 2] = ["tools", "organization"];

/// The query of an MCP endpoint's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EndpointQuery {
    /// `tools`: which tools are offered.
    pub(super) tools: Option<Patterns>,
    /// `organization`: whose connections are used.
    pub(super) organization: Option<String>,
}

impl EndpointQuery {
    /// Reads the query of a URL.
    ///
    /// # Errors
    ///
    /// `VALIDATION_ERROR` for an unknown parameter or an invalid pattern.
    pub(super) fn parse(query: Option<&str>) -> Result<Self, ActionError> {
        let mut asked = Self::default();
        let mut faults = Faults::new();
        let mut patterns = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match &*name {
                "tools" => {
                    for text in value
                        .split(',')
                        .map(str::trim)
                        .filter(|text| !text.is_empty())
                    {
                        match text.parse::<Pattern>() {
                            Ok(_) if patterns.len() == Patterns::MOST => {
                                let most = Patterns::MOST;
                                let message = format!("must have at most {most} patterns");
                                return Err(ActionError::invalid_param("tools", message));
                            }
                            Ok(pattern) => patterns.push(pattern),
                            Err(error) => faults.note("tools", error),
                        }
                    }
                }
                "organization" if asked.organization.is_some() => {
                    faults.note("organization", GIVEN_TWICE);
                }
                "organization" => asked.organization = Some(value.into_owned()),
                other => {
                    let allowed = faults
                        .list(PARAMETERS)
                        .map_or_else(String::new, |list| format!("; allowed: {list}"));
                    faults.note(other, format_args!("is not a parameter{allowed}"));
                }
            }
        }
        if !faults.is_empty() {
            return Err(ActionError::invalid(faults));
        }
        asked.tools = (!patterns.is_empty()).then(|| patterns.into_iter().collect());
        Ok(asked)
    }
}

/// Which tools a client is offered: those that both its grant and its URL list. If neither lists
/// any, these are the tools for discovery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure<'a> {
    lists: [Option<&'a Patterns>; 2],
}

impl<'a> Exposure<'a> {
    pub(super) fn new(grant: &'a Grant, asked: Option<&'a Patterns>) -> Self {
        Self {
            lists: [grant.mcp_tools.as_ref(), asked],
        }
    }

    /// Returns whether any action may be offered as a tool of its own.
    pub(super) fn lists_actions(&self) -> bool {
        self.lists.iter().any(Option::is_some)
    }

    /// Returns whether an action is offered as a tool of its own.
    pub(super) fn shows_action(&self, id: &str) -> bool {
        self.lists_actions() && self.shows_discovery(id)
    }

    /// Returns whether a tool for discovery is offered.
    pub(super) fn shows_discovery(&self, name: &str) -> bool {
        self.lists.iter().flatten().all(|list| list.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Patterns {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_url_names_tools_by_patterns() {
        let asked = EndpointQuery::parse(Some(
            "tools=github.*,todoist.tasks.create&organization=acme",
        ));
        let asked = asked.unwrap();
        assert_eq!(
            asked.tools,
            Some(patterns(&["github.*", "todoist.tasks.create"]))
        );
        assert_eq!(asked.organization.as_deref(), Some("acme"));
        for none in [None, Some(""), Some("tools=")] {
            assert_eq!(
                EndpointQuery::parse(none).unwrap(),
                EndpointQuery::default(),
                "{none:?}"
            );
        }
    }

    #[test]
    fn a_misspelled_parameter_and_a_bad_pattern_are_told_at_once() {
        let error = EndpointQuery::parse(Some("tool=a&tools=a%20b")).unwrap_err();
        let params: Vec<_> = error.faults().iter().map(|fault| &*fault.param).collect();
        assert_eq!(params, ["tool", "tools"]);
        assert!(
            error.message().contains("allowed: tools, organization"),
            "{error}"
        );
    }

    #[test]
    fn two_organizations_are_refused() {
        let error = EndpointQuery::parse(Some("organization=a&tools=b&organization=b"));
        assert_eq!(
            error.unwrap_err().message(),
            "`organization` is given twice"
        );
    }

    #[test]
    fn what_is_asked_for_never_widens_what_the_token_lists() {
        let open = Grant::default();
        let exposure = Exposure::new(&open, None);
        assert!(exposure.shows_discovery("run_action"));
        assert!(!exposure.shows_action("github.issues.list"));

        let asked = patterns(&["github.*", "search_actions"]);
        let exposure = Exposure::new(&open, Some(&asked));
        assert!(exposure.shows_discovery("search_actions"));
        assert!(!exposure.shows_discovery("run_action"));
        assert!(exposure.shows_action("github.issues.list"));

        let narrow = Grant {
            mcp_tools: Some(patterns(&["github.issues.*"])),
            ..Grant::default()
        };
        let exposure = Exposure::new(&narrow, Some(&asked));
        assert!(exposure.shows_action("github.issues.list"));
        assert!(!exposure.shows_action("github.repos.list"));
        assert!(!exposure.shows_discovery("search_actions"));
    }
}
