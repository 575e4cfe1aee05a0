//! Authorize: the deployment's policy and the principal's grant, before any credential is read.

use plugwright_sdk::host::{Echo, Effect, nearest};
use plugwright_sdk::{ActionError, Availability, ErrorCode};
use plugwright_store::{Grant, Owner};

use super::caller_credential::CallerCredential;
use super::resolve::Resolved;
use crate::call::{Call, ConnectionSelector, OwnerSelector, Target};
use crate::principal::Principal;
use crate::rate_limits::RateLimits;
use crate::settings::Policy;

/// Returns whose connections a call uses; `None` if the caller brings the credential.
pub(super) fn authorize(
    policy: &Policy,
    rate_limits: &RateLimits,
    call: &Call,
    resolved: &Resolved<'_>,
) -> Result<Option<Owner>, ActionError> {
    let verdict = match &call.target {
        Target::Action { .. } => Verdict::of_action(policy, &call.principal.grant, resolved.id()),
        Target::Proxy { .. } => Verdict::of_proxy(policy, &call.principal.grant, resolved.id()),
    };
    verdict
        .and_effect(policy, &call.principal.grant, resolved.effect)
        .enforce(resolved)?;
    if resolved.connector.availability() != Availability::Available {
        return Err(denied(format!(
            "{} is announced and can't be used yet",
            resolved.connector.display_name()
        )));
    }
    if !policy.caller_credentials && CallerCredential::of(call, resolved).is_some() {
        return Err(denied(
            "this gateway does not allow callers to send a credential of their own".to_owned(),
        ));
    }
    rate_limits.check(&call.principal)?;
    match call.connection {
        ConnectionSelector::Credential { .. } => Ok(None),
        _ => owner(&call.principal, &call.owner).map(Some),
    }
}

/// Returns whose connections a principal may use. A project's key acts for the project's end users,
/// any other token for organizations.
pub(crate) fn owner(principal: &Principal, selector: &OwnerSelector) -> Result<Owner, ActionError> {
    match (principal.project, selector) {
        (None, OwnerSelector::Organization(named)) => {
            organization(principal, named.as_deref()).map(Owner::Organization)
        }
        (Some(project), OwnerSelector::EndUser { user, .. }) => Ok(Owner::User {
            project,
            user: user.clone(),
        }),
        (Some(_), OwnerSelector::Organization(_)) => Err(not_allowed(
            "a project's key can only act for end users: call `/v1/saas/actions/{id}` with a `userId`",
        )),
        (None, OwnerSelector::EndUser { .. }) => {
            Err(not_allowed("only a project's key can act for end users"))
        }
    }
}

/// Returns whether the deployment and the principal's grant allow an action with this effect.
pub(crate) fn allows(policy: &Policy, principal: &Principal, action: &str, effect: Effect) -> bool {
    let grant = &principal.grant;
    let verdict = Verdict::of_action(policy, grant, action);
    verdict.and_effect(policy, grant, effect) == Verdict::Allowed
}

/// Returns whether they allow direct requests to a connector, with whatever effect.
pub(crate) fn allows_proxy(policy: &Policy, principal: &Principal, connector: &str) -> bool {
    Verdict::of_proxy(policy, &principal.grant, connector) == Verdict::Allowed
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    ByDeployment,
    /// The principal's grant does not cover it.
    ByGrant,
}

impl Verdict {
    fn of_action(policy: &Policy, grant: &Grant, id: &str) -> Self {
        if !policy.actions.matches(id) || policy.blocked_actions.matches(id) {
            Self::ByDeployment
        } else if !grant.actions.matches(id) || grant.blocked_actions.matches(id) {
            Self::ByGrant
        } else {
            Self::Allowed
        }
    }

    fn of_proxy(policy: &Policy, grant: &Grant, connector: &str) -> Self {
        if !policy.proxies.matches(connector) {
            Self::ByDeployment
        } else if !grant.proxies.matches(connector) {
            Self::ByGrant
        } else {
            Self::Allowed
        }
    }

    fn and_effect(self, policy: &Policy, grant: &Grant, effect: Effect) -> Self {
        match self {
            Self::Allowed if !policy.effects.contains(&effect) => Self::ByDeployment,
            Self::Allowed if !grant.effects.contains(&effect) => Self::ByGrant,
            verdict => verdict,
        }
    }

    fn enforce(self, resolved: &Resolved<'_>) -> Result<(), ActionError> {
        let who = match self {
            Self::Allowed => return Ok(()),
            Self::ByDeployment => "this gateway",
            Self::ByGrant => "the token",
        };
        let effect = resolved.effect;
        Err(denied(match resolved.action {
            Some(action) => format!("{who} does not allow `{}` ({effect})", action.id),
            None => {
                let connector = resolved.connector.display_name();
                format!("{who} does not allow direct requests to {connector} ({effect})")
            }
        }))
    }
}

fn denied(message: String) -> ActionError {
    ActionError::new(ErrorCode::PolicyDenied, message)
}

fn not_allowed(message: impl Into<String>) -> ActionError {
    ActionError::new(ErrorCode::ConnectionNotAllowed, message)
}

/// Returns the organization that a principal names, or its first.
fn organization(principal: &Principal, named: Option<&str>) -> Result<String, ActionError> {
    let granted = &principal.grant.organizations;
    let every = granted.iter().any(|name| name == "*");
    match named {
        Some(name) if name.len() > nearest::LONGEST_NAME => Err(not_allowed(format!(
            "no organization is named `{}`",
            Echo(name)
        ))),
        Some(name) if every || granted.iter().any(|other| other == name) => Ok(name.to_owned()),
        Some(name) => Err(not_allowed(format!(
            "the token has no access to organization `{}`",
            Echo(name)
        ))),
        None if every => Ok(plugwright_store::DEFAULT_ORGANIZATION.to_owned()),
        None => granted
            .first()
            .cloned()
            .ok_or_else(|| not_allowed("the token has no access to any organization")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugwright_store::Patterns;

    fn patterns(texts: &[&str]) -> Patterns {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn both_the_deployment_and_the_grant_must_allow_an_action() {
        let open = (Policy::default(), Grant::default());
        assert_eq!(
            Verdict::of_action(&open.0, &open.1, "a.b.c"),
            Verdict::Allowed
        );
        let blocked = Policy {
            blocked_actions: patterns(&["a.*"]),
            ..Policy::default()
        };
        assert_eq!(
            Verdict::of_action(&blocked, &open.1, "a.b.c"),
            Verdict::ByDeployment
        );
        let narrow = Grant {
            actions: patterns(&["a.*"]),
            blocked_actions: patterns(&["*.delete"]),
            ..Grant::default()
        };
        assert_eq!(
            Verdict::of_action(&open.0, &narrow, "a.b.c"),
            Verdict::Allowed
        );
        assert_eq!(
            Verdict::of_action(&open.0, &narrow, "a.b.delete"),
            Verdict::ByGrant
        );
        assert_eq!(
            Verdict::of_action(&open.0, &narrow, "b.b.c"),
            Verdict::ByGrant
        );
    }

    #[test]
    fn effects_are_allowed_apart_from_names() {
        let reader = Grant {
            effects: vec![Effect::Read],
            ..Grant::default()
        };
        let policy = Policy::default();
        let verdict = Verdict::of_action(&policy, &reader, "a.b.c");
        assert_eq!(
            verdict.and_effect(&policy, &reader, Effect::Read),
            Verdict::Allowed
        );
        assert_eq!(
            verdict.and_effect(&policy, &reader, Effect::Write),
            Verdict::ByGrant
        );
    }

    #[test]
    fn a_token_reaches_no_proxy_unless_granted() {
        let policy = Policy::default();
        assert_eq!(
            Verdict::of_proxy(&policy, &Grant::default(), "github"),
            Verdict::ByGrant
        );
        assert_eq!(
            Verdict::of_proxy(&policy, &Grant::everything(), "github"),
            Verdict::Allowed
        );
    }

    #[test]
    fn a_projects_key_acts_for_its_end_users_and_nobody_else_does() {
        let project = uuid::Uuid::from_u128(7);
        let key = Principal {
            project: Some(project),
            ..Principal::local()
        };
        let user = OwnerSelector::EndUser {
            user: "u1".to_owned(),
            provider_configs: Vec::new(),
        };
        let expected = Owner::User {
            project,
            user: "u1".to_owned(),
        };
        assert_eq!(owner(&key, &user).unwrap(), expected);
        for (principal, selector) in [
            (key, OwnerSelector::default()),
            (Principal::local(), user.clone()),
            (Principal::operator(), user),
        ] {
            let error = owner(&principal, &selector).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ConnectionNotAllowed);
        }
    }

    #[test]
    fn only_granted_organizations_are_reached() {
        let token = |names: &[&str]| Principal {
            grant: Grant {
                organizations: names.iter().map(|&name| name.to_owned()).collect(),
                ..Grant::default()
            },
            ..Principal::local()
        };
        assert_eq!(organization(&token(&["a", "b"]), None).unwrap(), "a");
        assert_eq!(organization(&token(&["a", "b"]), Some("b")).unwrap(), "b");
        assert_eq!(organization(&token(&["*"]), Some("z")).unwrap(), "z");
        for (principal, named) in [(token(&["a"]), Some("b")), (token(&[]), None)] {
            let error = organization(&principal, named).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ConnectionNotAllowed);
        }
    }
}
