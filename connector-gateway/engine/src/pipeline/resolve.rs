//! Resolve: finds the action by any spelling of its id.

use http::Method;
use plugwright_sdk::host::{Connector, Effect};
use plugwright_sdk::{ActionError, Auth};

use crate::call::Target;
use crate::catalog::{ActionFacts, Catalog, HeldFacts, unknown_connector};

/// The target of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) connector: &'a Connector,
    /// The action; `None` for a request to the provider's API.
    pub(crate) action: Option<&'a ActionFacts>,
    pub(crate) effect: Effect,
    /// Whether the call can be repeated safely.
    pub(crate) repeatable: bool,
}

impl<'a> Resolved<'a> {
    /// Returns the auth schemes that the call can use, the preferred one first.
    pub(crate) fn schemes(&self) -> impl Iterator<Item = &'a Auth<'a>> {
        let action = self.action.map(|action| &action.entry.action);
        self.connector
            .schemes_at(action.and_then(|action| action.schemes()))
    }

    pub(crate) fn id(&self) -> &'a str {
        self.action
            .map_or(self.connector.name(), |action| &action.id)
    }

    /// Returns whether a write can be looked for after its response was lost.
    pub(crate) fn reconciles(&self) -> bool {
        let action = self.action.map(|action| &action.entry.action);
        action.is_some_and(|action| action.reconciles_by().is_some())
    }
}

/// `tells` is whether the caller may be told of a name.
pub(super) fn resolve<'a>(
    catalog: &'a Catalog,
    target: &Target,
    held: &'a HeldFacts,
    tells: impl Fn(&str) -> bool,
) -> Result<Resolved<'a>, ActionError> {
    match target {
        Target::Action { name, .. } => {
            let action = catalog.action(name, held);
            let action = action.map_err(|unknown| unknown.among(tells))?;
            Ok(Resolved {
                connector: &action.entry.connector,
                action: Some(action),
                effect: action.effect,
                repeatable: action.repeatable,
            })
        }
        Target::Proxy { connector, request } => {
            let (effect, repeatable) = effect_of(&request.method);
            let registry = catalog.registry();
            let known = registry.connector(connector);
            Ok(Resolved {
                connector: known.ok_or_else(|| {
                    let names = registry.names().filter(|name| tells(name));
                    unknown_connector("connector", connector, names)
                })?,
                action: None,
                effect,
                repeatable,
            })
        }
    }
}

/// The semantics of a method (RFC 9110, sections 9.2.1 and 9.2.2).
pub(super) fn effect_of(method: &Method) -> (Effect, bool) {
    match *method {
        Method::GET | Method::HEAD => (Effect::Read, true),
        Method::PUT => (Effect::Write, true),
        Method::DELETE => (Effect::Destructive, true),
        _ => (Effect::Write, false),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plugwright_sdk::host::Registry;
    use plugwright_sdk::{ErrorCode, json};

    use super::*;
    use crate::call::ProxyRequest;

    fn catalog() -> Catalog {
        Catalog::new(Registry::new([&plugwright_github::CONNECTOR]).unwrap())
    }

    fn action(name: &str) -> Target {
        Target::Action {
            name: name.to_owned(),
            input: Arc::new(json!({})),
        }
    }

    #[test]
    fn finds_actions_by_every_spelling() {
        let catalog = catalog();
        for name in [
            "github.issues.create",
            "github.issues_create",
            "github_issues_create",
        ] {
            let held = HeldFacts::new();
            let resolved = resolve(&catalog, &action(name), &held, |_| true).unwrap();
            assert_eq!(resolved.id(), "github.issues.create");
            assert_eq!(
                (resolved.effect, resolved.repeatable),
                (Effect::Write, false)
            );
        }
    }

    #[test]
    fn names_what_is_near() {
        let catalog = catalog();
        let held = HeldFacts::new();
        let proxy = Target::Proxy {
            connector: "githib".to_owned(),
            request: Box::new(ProxyRequest {
                endpoint: "/user".to_owned(),
                method: Method::GET,
                query: Vec::new(),
                headers: http::HeaderMap::new(),
                body: None,
            }),
        };
        for (target, near, code) in [
            (
                action("github.issue.create"),
                "github.issues.create",
                ErrorCode::ActionNotFound,
            ),
            (proxy, "github", ErrorCode::ConnectorNotFound),
        ] {
            let error = resolve(&catalog, &target, &held, |_| true).unwrap_err();
            let offered = format!("did you mean `{near}`");
            assert!(error.message().contains(&offered), "{error}");
            assert_eq!(error.code(), code);
            let error = resolve(&catalog, &target, &held, |_| false).unwrap_err();
            assert!(!error.message().contains("did you mean"), "{error}");
        }
    }

    #[test]
    fn the_method_of_a_proxy_call_decides_its_effect() {
        for (method, effect, repeatable) in [
            (Method::GET, Effect::Read, true),
            (Method::POST, Effect::Write, false),
            (Method::PATCH, Effect::Write, false),
            (Method::DELETE, Effect::Destructive, true),
        ] {
            let target = Target::Proxy {
                connector: "github".to_owned(),
                request: Box::new(ProxyRequest {
                    endpoint: "/user".to_owned(),
                    method,
                    query: Vec::new(),
                    headers: http::HeaderMap::new(),
                    body: None,
                }),
            };
            let catalog = catalog();
            let held = HeldFacts::new();
            let resolved = resolve(&catalog, &target, &held, |_| true).unwrap();
            assert_eq!((resolved.effect, resolved.repeatable), (effect, repeatable));
            assert_eq!(resolved.id(), "github");
        }
    }
}
