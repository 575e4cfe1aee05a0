//! Requests to the operator's API of a running gateway.

use crate::args::GatewayArguments;
use crate::client;
pub(super) use crate::client::Client;
use crate::failure::{Failure, Stop};
use crate::remote;

/// Runs `work` with a client for the operator's API.
pub(super) fn with<T>(
    arguments: &GatewayArguments,
    work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
) -> Result<T, Stop> {
    client::with(&remote::for_operator(arguments)?, "admin", work)
}
