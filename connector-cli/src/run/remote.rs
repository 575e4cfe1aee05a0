//! Runs actions on a gateway.

use std::sync::Arc;

use plugwright_engine::{self as engine, ConnectionSelector, OwnerSelector, Principal};
use plugwright_sdk::host::coerce::{self, Coerced};
use plugwright_sdk::host::{Effect, Faults};
use plugwright_sdk::{ActionError, ErrorCode};
use uuid::Uuid;

use super::call::{Call, judge};
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
    let mode = arguments.mode.choice();
    done.map_err(|stop| match stop {
        Stop::Failed(failure) => settle(remote, &info, mode, *failure).into(),
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

/// Judges a failure: a gateway that did not answer may have made the call.
fn settle(remote: &Remote, info: &ActionInfo, mode: Mode, failure: Failure) -> Failure {
    let repeatable = info.effect == Effect::Read || info.idempotent;
    if failure.error.is_ambiguous() && mode == Mode::Live && !repeatable {
        return judge(engine::outcome_unknown(failure.error));
    }
    advise(remote, info, failure)
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

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Registry;
    use url::Url;

    use super::*;
    use crate::fixture::SHOP;

    #[test]
    fn a_write_that_a_silent_gateway_got_may_have_happened() {
        let remote = Remote::without_a_token(Url::parse("http://gw.example").unwrap());
        let registry = Registry::new([&SHOP]).unwrap();
        let read = ActionInfo::from(&registry.find("test-shop.items.list").unwrap());
        let write = ActionInfo {
            effect: Effect::Write,
            idempotent: false,
            ..read.clone()
        };
        let settled = |info: &ActionInfo, mode| {
            let silent = ActionError::new(ErrorCode::UpstreamTimeout, "no answer").ambiguous();
            settle(
                &remote,
                info,
                mode,
                Failure::from(silent).advise("is it running?"),
            )
        };
        let lost = settled(&write, Mode::Live);
        assert_eq!(lost.error.code(), ErrorCode::OutcomeUnknown);
        assert_eq!(lost.exit, Exit::Failure);
        let told = lost.to_text();
        assert!(
            told.contains("the request was sent and may have taken effect: no answer")
                && told.contains("check at the provider")
                && !told.contains("is it running?"),
            "{told}"
        );
        for (info, mode) in [(&read, Mode::Live), (&write, Mode::DryRun)] {
            let silent = settled(info, mode);
            assert_eq!(silent.error.code(), ErrorCode::UpstreamTimeout);
            assert!(silent.to_text().contains("is it running?"));
        }
    }
}
