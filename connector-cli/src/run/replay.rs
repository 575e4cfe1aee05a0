//! `--replay`: answers from recorded traffic.

use std::sync::Arc;

use plugwright_sdk::host::{Entry, Registry};
use plugwright_sdk::transport::{Replay, TransportError};
use plugwright_sdk::{ActionError, Auth, Cassette, Credential, ErrorCode};
use serde_json::Value;

use super::call::{Call, complete, give};
use super::pages;
use crate::failure::{Failure, Stop, causes};
use crate::info::ActionInfo;
use crate::{command_line, lookup, settings};

pub(super) fn run(
    registry: Registry,
    entry: &Entry,
    input: &Value,
    call: &Call<'_>,
) -> Result<(), Stop> {
    let connector = &entry.connector;
    let mut cassettes = lookup::cassettes(connector)?;
    if cassettes.is_empty() {
        let mut own = registry.own_connectors().iter();
        let is_built_in = own.any(|own| own.name() == connector.name());
        let message = format!(
            "connector `{}` has no recorded traffic to replay",
            connector.name()
        );
        let failure = Failure::from(ActionError::new(ErrorCode::NotFound, message));
        let advice = if is_built_in {
            "use `--mock`, which needs no recordings; new ones are built in by rebuilding"
        } else {
            "imported connectors have none; use `--mock`, which needs no recordings"
        };
        return Err(failure.advise(advice).into());
    }
    // A request may be recorded several times: prefer this action's recordings, and successes.
    let own = |cassette: &Cassette| cassette.action == entry.action.name();
    cassettes.sort_by_key(|cassette| (!own(cassette), cassette.expect.error.is_some()));
    let recorded = settings::recorded(&cassettes, entry.action.name(), input);
    let executor = pages::offline(registry)?;
    let replay = Arc::new(Replay::new(&cassettes));
    let delivered = call.deliver(&executor, |made| {
        give(made, placeholder(entry));
        complete(made, recorded.into_iter().flatten());
        made.handles.upstream = Some(replay);
        made.handles.run_id = Some(Cassette::RUN_ID.to_owned());
    });
    match delivered {
        Ok(_) => Ok(()),
        Err(Stop::Failed(failure)) if is_unrecorded(&failure.error) => {
            let own = cassettes.iter().filter(|cassette| own(cassette));
            Err(offer(entry, *failure, own).into())
        }
        Err(stop) => Err(stop),
    }
}

fn is_unrecorded(error: &ActionError) -> bool {
    causes(error).any(|cause| {
        let lost = cause.downcast_ref();
        matches!(lost, Some(TransportError::NotRecorded(_)))
    })
}

fn offer<'a>(entry: &Entry, failure: Failure, own: impl Iterator<Item = &'a Cassette>) -> Failure {
    let info = ActionInfo::from(entry);
    let mut commands: Vec<_> = own
        .map(|cassette| command_line::replay_of(&info, cassette))
        .collect();
    commands.dedup();
    if commands.is_empty() {
        return failure.advise(
            "this action has no recordings; use `--mock`, or rebuild to build in new ones",
        );
    }
    let detail = format!("recorded calls of this action:\n{}", commands.join("\n"));
    failure.detail(detail)
}

/// Returns the placeholder credential for calls that send nothing.
pub(crate) fn placeholder(entry: &Entry) -> Credential {
    let scheme = entry.schemes().next();
    scheme.map_or(Credential::None, Auth::placeholder)
}
