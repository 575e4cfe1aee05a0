//! `--live`: the provider itself.

use plugwright_sdk::transport::Live;
use plugwright_sdk::{Action as _, Entry, ErrorCode, Hint};

use super::call::Call;
use super::observed::Observed;
use crate::credential;
use crate::failure::{Failure, Stop};

pub(super) fn run(call: &Call<'_>) -> Result<(), Stop> {
    let connector = call.prepared.entry.connector;
    let credential = credential::find(connector, call.arguments.call.credential_file.as_deref())?;
    let live = Live::new().map_err(|error| Failure::internal(error.to_string()))?;
    call.deliver(&Observed::new(live), credential)
        .map_err(|stop| match stop {
            Stop::Failed(failure) => advise(call.prepared.entry, *failure).into(),
            stop @ Stop::Output(_) => stop,
        })
}

/// Says what to do when the provider refused the credential.
pub(crate) fn advise(entry: Entry, failure: Failure) -> Failure {
    if failure.error.hint() != Hint::Auth || failure.is_advised() {
        return failure;
    }
    let scopes = entry.action.scopes();
    if failure.error.code() == ErrorCode::Forbidden && !scopes.is_empty() {
        return failure.advise(format!(
            "the credential needs the scopes: {}",
            scopes.join(", ")
        ));
    }
    let connector = entry.connector;
    failure.advise(credential::advice(
        connector,
        &credential::variable(connector),
    ))
}
