//! The doors for names and searches from outside: too long ones are refused before anything is
//! compared with them.

use plugwright_sdk::host::{Echo, Entry, UnknownAction};
use plugwright_sdk::{ActionError, ErrorCode};

use super::{Gateway, Inner};
use crate::call::{Call, ConnectionSelector, Target};
use crate::limits::Limit;

impl Inner {
    /// Tells whether a name is longer than any may be.
    pub(crate) fn is_too_long(&self, name: &str) -> bool {
        let is_too_long = name.len() > self.limits.name;
        if is_too_long {
            self.metrics.limit_hits().add(Limit::Name);
        }
        is_too_long
    }

    /// Refuses a call that names something by what nothing can be called.
    pub(crate) fn check_names(&self, call: &Call) -> Result<(), ActionError> {
        if let ConnectionSelector::Named(name) = &call.connection
            && self.is_too_long(name)
        {
            return Err(ActionError::new(
                ErrorCode::ConnectionNotFound,
                format!("no connection is named `{}`", Echo(name)),
            ));
        }
        match &call.target {
            Target::Action { name, .. } if self.is_too_long(name) => {
                let registry = self.catalog.registry();
                Err(registry.not_looked_for(name).into())
            }
            // Connectors are few, and their names are compared as a whole.
            Target::Proxy { connector, .. } if self.is_too_long(connector) => {
                self.catalog.connector(connector).map(drop)
            }
            _ => Ok(()),
        }
    }
}

impl Gateway {
    /// Finds an action by any spelling of its id.
    pub(crate) fn find(&self, name: &str) -> Result<Entry, UnknownAction> {
        if self.inner.is_too_long(name) {
            return Err(self.registry().not_looked_for(name));
        }
        self.registry().find(name)
    }

    /// Refuses the text of a search that is too long; `param` is what the caller names it.
    pub(crate) fn check_search(&self, param: &str, text: &str) -> Result<(), ActionError> {
        let most = self.inner.limits.search;
        if text.len() <= most {
            return Ok(());
        }
        self.inner.metrics.limit_hits().add(Limit::Search);
        Err(ActionError::invalid_param(
            param,
            format!("must have at most {most} bytes, not {}", text.len()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Registry;

    use super::*;
    use crate::limits::Limits;

    #[test]
    fn names_and_searches_are_bounded_by_the_settings_and_counted() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let limits = Limits {
            name: 20,
            search: 10,
            ..Limits::default()
        };
        let gateway = Gateway::builder(registry).limits(limits).build().unwrap();
        assert!(gateway.find("github.issues.list").is_ok());
        let unknown = gateway.find("github.issues.create_it").unwrap_err();
        assert!(unknown.nearest.is_empty());
        let error = ActionError::from(unknown);
        assert_eq!(error.code(), ErrorCode::ActionNotFound);
        assert!(gateway.check_search("q", "ten bytes.").is_ok());
        let error = gateway.check_search("q", "eleven here").unwrap_err();
        assert_eq!(error.message(), "`q` must have at most 10 bytes, not 11");
        let metrics = gateway.metrics().unwrap();
        assert!(
            metrics.contains(r#"limit_hits_total{limit="name"} 1"#),
            "{metrics}"
        );
        assert!(
            metrics.contains(r#"limit_hits_total{limit="search"} 1"#),
            "{metrics}"
        );
    }
}
