//! Runs at a gateway elsewhere.

use std::sync::Arc;

use plugwright_engine::{self as engine, ConnectionSelector, OwnerSelector, Principal};
use plugwright_sdk::host::Faults;
use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::{ActionError, ErrorCode};
use uuid::Uuid;

use super::call::Call;
use super::executor::Executor;
use super::{dry_run, files, usage};
use crate::args::{Mode, RunArguments};
use crate::card::Card;
use crate::client::{self, Client};
use crate::failure::{Exit, Failure, Stop};
use crate::remote::{self, Remote};
use crate::runtime::block_on;
use crate::{input, output, place};

/// Runs an action at a gateway and prints what comes of it.
pub(super) fn run(remote: &Remote, arguments: &RunArguments) -> Result<(), Stop> {
    refuse_what_is_of_this_process(arguments)?;
    let card = client::with(remote, "v1", async |client| {
        place::described(client, &arguments.call.action).await
    })?;
    let base = prepare(remote, &card, arguments)?;
    let call = Call::new(base, card.clone(), arguments)?;
    let executor = Executor::There(Client::new(remote, "v1")?);
    let done = match arguments.mode.choice() {
        Mode::DryRun => dry_run::plan(&executor, &call),
        Mode::Mock => call
            .deliver(&executor, |made| made.options.mode = engine::Mode::Mock)
            .map(|_| {
                output::note("mock data: recorded or made up, not an answer to these parameters");
            }),
        Mode::Live | Mode::Replay => call.deliver(&executor, |_| {}).map(drop),
    };
    done.map_err(|stop| match stop {
        Stop::Failed(failure) => advise(&card, *failure).into(),
        stop @ Stop::Output(_) => stop,
    })
}

/// Recordings and credentials of this process mean nothing to a gateway.
fn refuse_what_is_of_this_process(arguments: &RunArguments) -> Result<(), Failure> {
    let given = [
        ("replay", arguments.mode.choice() == Mode::Replay),
        ("credential-file", arguments.call.credential_file.is_some()),
        ("set", !arguments.call.settings.is_empty()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let message = "is for this process, and the action runs at a gateway";
            let failure = Failure::usage(ActionError::invalid_param(name, message));
            Err(failure.advise("--local runs it in this process"))
        }
        None => Ok(()),
    }
}

/// Puts the call together, with the input as the action's schema types it.
fn prepare(
    remote: &Remote,
    card: &Card,
    arguments: &RunArguments,
) -> Result<engine::Call, Failure> {
    let id = card.id();
    let refused = |error| usage(error, &id, "lists the parameters");
    let given = &arguments.call;
    let schema = &card.input_schema;
    let assignments = files::embed(schema, &given.assignments).map_err(refused)?;
    let Coerced { members, faults } =
        input::typed(schema, given.input.as_deref(), &assignments).map_err(refused)?;
    let mut call = engine::Call::action(Arc::new(Principal::local()), id.clone(), members.into());
    call.connection = match &arguments.connection {
        None => ConnectionSelector::Default,
        Some(name) => match Uuid::try_parse(name) {
            Ok(id) => ConnectionSelector::Id(id),
            Err(_) => ConnectionSelector::Named(name.clone()),
        },
    };
    call.owner = OwnerSelector::Organization(arguments.organization.clone());
    call.options.timeout = Some(given.timeout());
    if faults.is_empty() {
        return Ok(call);
    }
    // What else is wrong, the gateway knows.
    call.options.mode = engine::Mode::DryRun;
    let client = Executor::There(Client::new(remote, "v1")?);
    let others = block_on(async |cancellation| {
        call.cancellation = Some(cancellation);
        client.execute(call).await
    })??;
    let others = others
        .result
        .map_or_else(ActionError::into_faults, |_| Faults::new());
    Err(refused(coerce::refused(faults, others)))
}

/// Says what to do about a failure, if nobody has.
fn advise(card: &Card, failure: Failure) -> Failure {
    if failure.is_advised() {
        return failure;
    }
    if failure.exit == Exit::Usage {
        return usage(failure.error, &card.id(), "lists the parameters");
    }
    match failure.error.code() {
        ErrorCode::Unauthorized => failure.advise(remote::advice("v1")),
        ErrorCode::Forbidden if !card.scopes.is_empty() => {
            let scopes = card.scopes.join(", ");
            failure.advise(format!("the credential needs the scopes: {scopes}"))
        }
        _ => failure,
    }
}
