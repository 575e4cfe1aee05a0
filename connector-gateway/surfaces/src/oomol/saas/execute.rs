//! `POST /v1/saas/actions/{actionId}`: calls of actions for end users.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Echo, Entry};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::body::Body;
use super::failure;
use crate::body::{Bodies, Kind, Received};
use crate::oomol::envelope::{Failure, render_for_user};
use crate::oomol::execute::options::Options;
use crate::oomol::request::{self, fault};
use crate::oomol::{Dialect, bad_segment};
use crate::request::trace_context;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::accounts::{AccountError, Accounts, ProviderSelector};
use plugwright_engine::{Call, CallOptions, ConnectionSelector, Handles, OwnerSelector, Target};

const MEMBERS: [&str; 7] = [
    "userId",
    "service",
    "providerConfigId",
    "connectedAccountId",
    "alias",
    "input",
    "options",
];

/// `POST /v1/saas/actions/{actionId}`.
pub(super) async fn execute(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let principal = dialect.principal(&headers).await?;
    // Who has no key of a project sends no body either.
    dialect.gateway.accounts(&principal)?;
    let Path(name) = path.map_err(bad_segment("actionId"))?;
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    let may_bring_file = || gateway.engine().takes_file(&name);
    let body = request::body(bodies, request, Kind::MayBringFile(&may_bring_file)).await?;
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
    let asked = Asked::parse(bodies, &headers, &mut body).map_err(named)?;
    // Of an action that is not there, the call itself says so.
    let provider_configs = match dialect.gateway.engine().find(&name) {
        Ok(entry) => {
            let usable = usable(&accounts, &asked.who, entry, &name).await;
            usable.map_err(|error| named(error.into()))?
        }
        Err(_) => Vec::new(),
    };
    let call = Call {
        surface: Surface::Action,
        target: Target::Action {
            name: name.clone(),
            input: Arc::new(asked.input),
        },
        connection: asked.who.connection,
        owner: OwnerSelector::EndUser {
            user: asked.who.user,
            provider_configs,
        },
        options: asked.options,
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
    entry: Entry,
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
        .usable(who.provider.as_ref(), connector, &who.user, &who.connection)
        .await
}

/// For whom a call is, and with which account.
pub(super) struct Who {
    pub(super) user: String,
    pub(super) provider: Option<ProviderSelector>,
    pub(super) connection: ConnectionSelector,
}

impl Who {
    /// Takes the members that say so. An id counts before a name.
    pub(super) fn take(body: &mut Body, id: Option<Uuid>) -> Self {
        let user = body.user();
        let provider = body.selector();
        let given = body.text("connectedAccountId");
        let alias = body.alias();
        // What is no id of ours is no account of anybody's.
        let given = given.map(|text| Uuid::try_parse(&text).unwrap_or_default());
        Self {
            user,
            provider,
            connection: match (given.or(id), alias) {
                (Some(id), _) => ConnectionSelector::Id(id),
                (None, Some(alias)) => ConnectionSelector::Named(alias),
                (None, None) => ConnectionSelector::Default,
            },
        }
    }
}

struct Asked {
    who: Who,
    input: Value,
    options: CallOptions,
}

impl Asked {
    fn parse(bodies: &Bodies, headers: &HeaderMap, body: &mut Received) -> Result<Self, Failure> {
        let mut body = Body::read(bodies, headers, body, &MEMBERS)?;
        let options = body.take("options");
        let options = Options::parse(bodies, options.as_ref(), &mut body.faults);
        let who = Who::take(&mut body, options.connection_id);
        if !body.faults.is_empty() {
            return Err(Failure::invalid(body.faults, Surface::Action));
        }
        let input = body.take("input").unwrap_or_else(|| Map::new().into());
        let mut options = options.call;
        options.idempotency_key = request::idempotency_key(headers)?;
        Ok(Self {
            who,
            input,
            options,
        })
    }
}
