//! `POST /v1/saas/actions/{actionId}`: calls of actions for end users.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Echo, Entry};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::body::{ALIAS, USER, alias, with_service};
use super::failure;
use super::project::{NoQuery, Project};
use crate::body::{Bodies, BufferedBody};
use crate::members::{Body, Members, TEXT};
use crate::oomol::calls::{CallRequest, InputSchema, Render};
use crate::oomol::dialect::Segment;
use crate::oomol::envelope::{Failure, render_for_user};
use crate::oomol::execute::options::{OPTIONS, Options};
use crate::oomol::execute::{INPUT, place};
use crate::oomol::request::{self, Query, fault};
use plugwright_engine::accounts::{AccountError, Accounts, ProviderSelector};
use plugwright_engine::{CallOptions, ConnectionSelector, OwnerSelector, Surface, Target};

pub(super) struct CallBody {
    who: EndUser,
    input: Option<Value>,
    options: Options,
}

impl Body for CallBody {
    fn read(members: &mut Members<'_>) -> Self {
        let mut body = Self {
            options: members
                .object("options", "options.", OPTIONS)
                .unwrap_or_default(),
            who: EndUser::read(members),
            input: members.optional("input", INPUT),
        };
        let service = TEXT.about("The action's connector.");
        body.who.provider = with_service(members, body.who.provider, service);
        body
    }
}

/// `POST /v1/saas/actions/{actionId}`.
pub(super) async fn execute(
    Project(caller, NoQuery): Project,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, Failure> {
    let render: Render =
        |outcome, _, name| render_for_user(outcome, name).map_err(failure::of_call);
    CallRequest::serve(caller, name, Surface::Action, render, request, call).await
}

async fn call(mut request: CallRequest) -> Result<Response, Failure> {
    let (body, options) = request.parse(parse)?;
    let caller = &request.caller;
    // The call itself reports an action that does not exist.
    let engine = caller.gateway.engine();
    let provider_configs = match engine.find(&caller.principal, &request.name) {
        Ok(entry) => usable(&caller.accounts()?, &body.who, &entry, &request.name)
            .await
            .map_err(|error| request.named(error))?,
        Err(_) => Vec::new(),
    };
    let connection = body.who.connection();
    let owner = OwnerSelector::EndUser {
        user: body.who.user,
        provider_configs,
    };
    let input = Arc::new(body.input.unwrap_or_else(|| Map::new().into()));
    let target = |name| Target::Action { name, input };
    request.execute(target, connection, owner, options).await
}

fn parse(
    bodies: &Bodies,
    headers: &HeaderMap,
    _: &Query,
    body: &mut BufferedBody,
    schema: InputSchema<'_>,
) -> Result<(CallBody, CallOptions), Failure> {
    let (mut body, mut faults) =
        request::read_placing::<CallBody>(bodies, headers, body, |body, unknown| {
            place(unknown, &mut body.input, schema)
        })?;
    let mut options = body.options.call(bodies, &mut faults);
    // The engine reports these with those of the input.
    options.faults = faults;
    options.idempotency_key = request::idempotency_key(headers)?;
    let (account, id) = (body.who.account, body.options.connection_id);
    if account.is_some() && id.is_some() && account != id {
        let message = "and `options.connectionId` must not name two accounts";
        return Err(Failure::invalid(fault("connectedAccountId", message)));
    }
    body.who.account = account.or(id);
    Ok((body, options))
}

/// Returns the provider configs whose accounts the action may use.
async fn usable(
    accounts: &Accounts<'_>,
    who: &EndUser,
    entry: &Entry,
    name: &str,
) -> Result<Vec<Uuid>, AccountError> {
    let connector = entry.connector.name();
    if let Some(ProviderSelector::Service(service)) = &who.provider
        && service != connector
        // Clients send what precedes the first dot of the action, however it is spelled.
        && Some(service.as_str()) != name.split('.').next()
    {
        let message = format!(
            "is `{}`, and the action is one of `{connector}`",
            Echo(service)
        );
        return Err(ActionError::invalid_param("service", message).into());
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

pub(super) struct EndUser {
    pub(super) user: String,
    pub(super) provider: Option<ProviderSelector>,
    account: Option<Uuid>,
    alias: Option<String>,
}

impl Body for EndUser {
    fn read(members: &mut Members<'_>) -> Self {
        let config = TEXT.about("The provider config of the account; by default any.");
        let account = TEXT.about("Id of the account. By default the user's latest active one.");
        let name = ALIAS.about("Name of the account, if its id is not given.");
        Self {
            user: members.required("userId", USER).unwrap_or_default(),
            provider: members
                .text("providerConfigId", config)
                .map(ProviderSelector::Config),
            // No account has the nil UUID.
            account: members
                .text("connectedAccountId", account)
                .map(|text| Uuid::try_parse(&text).unwrap_or_default()),
            alias: alias(members, name),
        }
    }
}

impl EndUser {
    /// Returns the account. An id counts before a name.
    pub(super) fn connection(&self) -> ConnectionSelector {
        match (self.account, &self.alias) {
            (Some(id), _) => ConnectionSelector::Id(id),
            (None, Some(alias)) => ConnectionSelector::Named(alias.clone()),
            (None, None) => ConnectionSelector::Default,
        }
    }
}
