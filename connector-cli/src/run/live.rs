//! `--live`: calls the provider.

use plugwright_sdk::host::{Entry, Registry};
use plugwright_sdk::{ErrorCode, Hint};

use super::call::{Call, give};
use super::pages;
use crate::credential;
use crate::failure::{Failure, Stop};

pub(super) fn run(registry: Registry, entry: &Entry, call: &Call<'_>) -> Result<(), Stop> {
    let connector = &entry.connector;
    let credential = credential::find(
        connector,
        entry.schemes(),
        call.arguments.call.credential_file.as_deref(),
    )?;
    let executor = pages::live(registry)?;
    match call.deliver(&executor, |made| give(made, credential)) {
        Ok(_) => Ok(()),
        Err(Stop::Failed(failure)) => Err(advise(entry, *failure).into()),
        Err(stop @ Stop::Output(_)) => Err(stop),
    }
}

/// Says what to do when the provider rejected the credential.
pub(crate) fn advise(entry: &Entry, failure: Failure) -> Failure {
    if failure.error.hint() != Hint::Auth || failure.is_advised() {
        return failure;
    }
    let scopes = entry.action.scopes().into_iter();
    let scopes: Vec<_> = scopes.map(|scope| scope.to_string()).collect();
    if failure.error.code() == ErrorCode::Forbidden && !scopes.is_empty() {
        return failure.advise(format!(
            "the credential needs these scopes: {}",
            scopes.join(", ")
        ));
    }
    let connector = &entry.connector;
    failure.advise(credential::advice(
        connector,
        &credential::variable(connector),
    ))
}
