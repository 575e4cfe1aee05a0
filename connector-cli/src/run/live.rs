//! `--live`: calls the provider.

use plugwright_sdk::host::{Entry, Registry};
use plugwright_sdk::{ActionError, ErrorCode, Hint};

use super::call::{Call, give};
use super::pages;
use crate::credential;
use crate::failure::{Failure, Stop, causes};

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
    if failure.is_advised() {
        return failure;
    }
    if failure.error.code() == ErrorCode::UpstreamUnreachable
        && let Some(variable) = proxy(&failure.error)
    {
        return failure.advise(format!("is the proxy in {variable} right?"));
    }
    if failure.error.hint() != Hint::Auth {
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
    let schemes: Vec<_> = entry.schemes().collect();
    failure.advise(credential::advice(&entry.connector, &schemes))
}

/// Returns the variable that names the proxy, if the request was to go through one. What is in it may
/// have a password.
fn proxy(error: &ActionError) -> Option<&'static str> {
    // Only this client takes a proxy; programs and their like take none.
    causes(error).find(|cause| cause.is::<reqwest::Error>())?;
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
