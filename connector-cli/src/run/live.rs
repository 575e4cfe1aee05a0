//! `--live`: the provider itself.

use plugwright_sdk::{Action as _, Entry, ErrorCode, Hint, Registry};

use super::call::Call;
use super::pages;
use crate::credential;
use crate::failure::{Failure, Stop};

pub(super) fn run(registry: Registry, call: &Call<'_>) -> Result<(), Stop> {
    let connector = call.prepared.entry.connector;
    let credential = credential::find(connector, call.arguments.call.credential_file.as_deref())?;
    let gateway = pages::live(registry)?;
    match call.deliver(&gateway, credential, |_| {}) {
        Ok(_) => Ok(()),
        Err(Stop::Failed(failure)) => Err(advise(call.prepared.entry, *failure).into()),
        Err(stop @ Stop::Output(_)) => Err(stop),
    }
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
