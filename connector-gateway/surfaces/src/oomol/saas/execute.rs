//! `POST /v1/saas/actions/{actionId}`: calls of actions for end users.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Echo, Entry};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::body::{ALIAS, USER, alias, with_service};
use super::{Project, failure};
use crate::body::{Kind as BodyKind, Received};
use crate::members::{Body, Members, TEXT};
use crate::oomol::envelope::{Failure, render_for_user};
use crate::oomol::execute::INPUT;
use crate::oomol::execute::options::{OPTIONS, Options};
use crate::oomol::request::{self, fault};
use crate::oomol::{Dialect, Segment};
use crate::request::trace_context;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::accounts::{AccountError, Accounts, ProviderSelector};
use plugwright_engine::{Call, ConnectionSelector, Handles, OwnerSelector, Target};

/// The body of a call.
pub(super) struct CallBody {
    who: Who,
    input: Option<Value>,
    options: Options,
}

impl Body for CallBody {
    fn read(members: &mut Members<'_>) -> Self {
        let mut body = Self {
            options: members
                .object("options", "options.", OPTIONS)
                .unwrap_or_default(),
            who: Who::read(members),
            input: members.optional("input", INPUT),
        };
        let service = TEXT.about("The action's connector.");
        body.who.provider = with_service(members, body.who.provider, service);
        body
    }
}

/// `POST /v1/saas/actions/{actionId}`.
pub(super) async fn execute(
    State(dialect): State<Arc<Dialect>>,
    Project(principal): Project,
    Segment(name): Segment,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    let may_bring_file = || gateway.engine().takes_file(&name);
    let body = request::body(bodies, request, BodyKind::MayBringFile(&may_bring_file)).await?;
    let called = |body| called(dialect, principal, name, headers, body);
    bodies.serve(body, called).await?
}

async fn called(
    dialect: Arc<Dialect>,
    principal: Arc<Principal>,
    name: String,
    headers: HeaderMap,
    mut body: Received,
) -> Result<Response, Failure> {
    let accounts = dialect.gateway.accounts(&principal)?;
    let named = |failure: Failure| failure.with_action(name.clone());
    let bodies = &dialect.gateway.inner().bodies;
    let (mut asked, mut faults) =
        request::read::<CallBody>(bodies, &headers, &mut body).map_err(named)?;
    let mut options = asked.options.call(bodies, &mut faults);
    if !faults.is_empty() {
        return Err(named(Failure::invalid(faults, Surface::Action)));
    }
    options.idempotency_key = request::idempotency_key(&headers).map_err(named)?;
    asked.who.account = asked.who.account.or(asked.options.connection_id);
    // Of an action that is not there, the call itself says so.
    let provider_configs = match dialect.gateway.engine().find(&name) {
        Ok(entry) => {
            let usable = usable(&accounts, &asked.who, &entry, &name).await;
            usable.map_err(|error| named(error.into()))?
        }
        Err(_) => Vec::new(),
    };
    let call = Call {
        surface: Surface::Action,
        target: Target::Action {
            name: name.clone(),
            input: Arc::new(asked.input.unwrap_or_else(|| Map::new().into())),
        },
        connection: asked.who.connection(),
        owner: OwnerSelector::EndUser {
            user: asked.who.user,
            provider_configs,
        },
        options,
        bytes_in: body.length() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        handles: Handles::default(),
        principal: Arc::clone(&principal),
    };
    let outcome = dialect
        .gateway
        .engine()
        .execute_holding(call, body.into_held())
        .await;
    render_for_user(&outcome, &name).map_err(failure::of_call)
}

/// Returns the provider configs whose accounts the action may use.
async fn usable(
    accounts: &Accounts<'_>,
    who: &Who,
    entry: &Entry,
    name: &str,
) -> Result<Vec<Uuid>, AccountError> {
    let connector = entry.connector.name();
    if let Some(ProviderSelector::Service(service)) = &who.provider
        && service != connector
        // Clients take what stands before the first dot for it, in any spelling of an action.
        && Some(service.as_str()) != name.split('.').next()
    {
        let message = format!(
            "is `{}`, and the action is one of `{connector}`",
            Echo(service)
        );
        return Err(ActionError::invalid(fault("service", message)).into());
    }
    accounts
        .usable(
            who.provider.as_ref(),
            connector,
            &who.user,
            &who.connection(),
        )
        .await
}

/// For whom a call is, and with which account.
pub(super) struct Who {
    pub(super) user: String,
    pub(super) provider: Option<ProviderSelector>,
    account: Option<Uuid>,
    alias: Option<String>,
}

impl Body for Who {
    fn read(members: &mut Members<'_>) -> Self {
        let config = TEXT.about("The provider config whose accounts are meant; without it, any.");
        let account =
            TEXT.about("Id of the account. Without it and `alias`, the user's latest active one.");
        let name = ALIAS.about("Name of the account, where its id is not given.");
        Self {
            user: members.required("userId", USER).unwrap_or_default(),
            provider: members
                .text("providerConfigId", config)
                .map(ProviderSelector::Config),
            // What is no id of ours is no account of anybody's.
            account: members
                .text("connectedAccountId", account)
                .map(|text| Uuid::try_parse(&text).unwrap_or_default()),
            alias: alias(members, name),
        }
    }
}

impl Who {
    /// Returns the account. An id counts before a name.
    pub(super) fn connection(&self) -> ConnectionSelector {
        match (self.account, &self.alias) {
            (Some(id), _) => ConnectionSelector::Id(id),
            (None, Some(alias)) => ConnectionSelector::Named(alias.clone()),
            (None, None) => ConnectionSelector::Default,
        }
    }
}
