//! Runs actions on a gateway.

use std::sync::Arc;

use plugwright_engine::{self as engine, ConnectionSelector, OwnerSelector, Principal};
use plugwright_sdk::host::Faults;
use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::{ActionError, ErrorCode};
use uuid::Uuid;

use super::call::Call;
use super::executor::Executor;
use super::{dry_run, files};
use crate::args::{Mode, RunArguments};
use crate::client::{self, Client};
use crate::failure::{Exit, Failure, Stop};
use crate::info::ActionInfo;
use crate::remote::Remote;
use crate::runtime::block_on;
use crate::{backend, facts, input, output};

pub(super) fn run(remote: &Remote, arguments: &RunArguments) -> Result<(), Stop> {
    refuse_local_arguments(arguments)?;
    let info = client::with(remote, "v1", async |client| {
        backend::described(client, &arguments.call.action).await
    })?;
    let base = prepare(remote, &info, arguments)?;
    let call = Call::new(base, info.clone(), arguments)?;
    let executor = Executor::Remote(Box::new(Client::new(remote, "v1")?));
    let done = match arguments.mode.choice() {
        Mode::DryRun => dry_run::plan(&executor, &call),
        Mode::Mock => call
            .deliver(&executor, |made| made.options.mode = engine::Mode::Mock)
            .map(|_| {
                output::note("mock data: recorded or generated, ignoring the parameters");
            }),
        Mode::Live | Mode::Replay => call.deliver(&executor, |_| {}).map(drop),
    };
    done.map_err(|stop| match stop {
        Stop::Failed(failure) => advise(remote, &info, *failure).into(),
        stop @ Stop::Output(_) => stop,
    })
}

/// Rejects arguments that only make sense in this process.
fn refuse_local_arguments(arguments: &RunArguments) -> Result<(), Failure> {
    let given = [
        ("--replay", arguments.mode.choice() == Mode::Replay),
        (
            "--credential-file",
            arguments.call.credential_file.is_some(),
        ),
        ("--set", !arguments.call.settings.is_empty()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let message = "can't be used on a gateway";
            let failure = Failure::param(name, message);
            Err(failure.advise("run it in this process with --local"))
        }
        None => Ok(()),
    }
}

fn prepare(
    remote: &Remote,
    info: &ActionInfo,
    arguments: &RunArguments,
) -> Result<engine::Call, Failure> {
    let id = info.id();
    let refused = |error| Failure::usage(error).advise_show(&id, "lists the parameters");
    let given = &arguments.call;
    let schema = &info.input_schema;
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
    // A dry run returns the gateway's own faults, to report all of them together.
    call.options.mode = engine::Mode::DryRun;
    let client = Executor::Remote(Box::new(Client::new(remote, "v1")?));
    let others = block_on(async |cancellation| {
        call.cancellation = Some(cancellation);
        client.execute(call).await
    })??;
    let others = others
        .result
        .map_or_else(ActionError::into_faults, |_| Faults::new());
    Err(refused(coerce::refused(faults, others)))
}

/// Adds advice to a failure that has none.
fn advise(remote: &Remote, info: &ActionInfo, failure: Failure) -> Failure {
    if failure.is_advised() {
        return failure;
    }
    let of_option = failure.error.param().is_some_and(|it| it.starts_with("--"));
    if failure.exit == Exit::Usage && !of_option {
        return Failure::usage(failure.error).advise_show(&info.id(), "lists the parameters");
    }
    match failure.error.code() {
        ErrorCode::Unauthorized => failure.advise(remote.advice("v1")),
        ErrorCode::Forbidden if !info.scopes.is_empty() => {
            let scopes = facts::scopes(info, str::to_owned);
            failure.advise(format!("the credential needs these scopes: {scopes}"))
        }
        _ => failure,
    }
}
