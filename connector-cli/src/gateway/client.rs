//! The operator's API of a running gateway.

use std::fmt::Display;

use plugwright_sdk::host::Connector;
use serde_json::Value;

use super::present::{self, Column};
use crate::args::{DetailFormat, GatewayArguments, ListFormat};
use crate::client;
pub(super) use crate::client::Client;
use crate::failure::{Exit, Failure, Options, Stop};
use crate::{backend, output, remote};

/// The operator's API of the gateway that the arguments choose.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub(super) gateway: &'a GatewayArguments,
    pub(super) options: Options,
}

impl Api<'_> {
    pub(super) fn with<T>(
        self,
        work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
    ) -> Result<T, Stop> {
        client::with(&remote::for_operator(self.gateway)?, "admin", work)
            .map_err(|stop| stop.in_options(self.options))
    }

    /// Checks that the gateway has a connector of this name.
    pub(super) fn require_connector(self, name: &str) -> Result<(), Stop> {
        client::with(&remote::for_operator(self.gateway)?, "v1", async |client| {
            backend::require_connector(client, name).await
        })
    }

    /// Returns what the gateway tells of the connector of this name, if it has it.
    pub(super) fn connector(self, name: &str) -> Result<Connector, Stop> {
        client::with(&remote::for_operator(self.gateway)?, "v1", async |client| {
            backend::connector(client, name).await
        })
    }

    /// Says that there is no connector of this name, if that is why a command failed.
    pub(super) fn knowing(self, connector: &str, done: Result<(), Stop>) -> Result<(), Stop> {
        if let Err(Stop::Failed(failure)) = &done
            && (failure.exit == Exit::NotFound || failure.error.param() == Some("connector"))
        {
            self.require_connector(connector)?;
        }
        done
    }

    /// Prints the record that `work` returns.
    pub(super) fn detail(
        self,
        format: DetailFormat,
        parts: &[Column],
        work: impl AsyncFnOnce(&Client) -> Result<Value, Failure>,
    ) -> Result<(), Stop> {
        Ok(present::detail(&self.with(work)?, format, parts)?)
    }

    /// Prints the list that `work` returns.
    pub(super) fn list(
        self,
        format: ListFormat,
        parts: &[Column],
        work: impl AsyncFnOnce(&Client) -> Result<Vec<Value>, Failure>,
    ) -> Result<(), Stop> {
        Ok(present::list(self.with(work)?, format, parts)?)
    }

    /// Runs `work` for its effect, and says what was done.
    pub(super) fn change(
        self,
        done: impl Display,
        work: impl AsyncFnOnce(&Client) -> Result<Value, Failure>,
    ) -> Result<(), Stop> {
        self.with(work)?;
        output::note(&done.to_string());
        Ok(())
    }
}

/// Makes the body of a request of the members that are not null.
pub(super) fn body(members: Value) -> Value {
    match members {
        Value::Object(members) => {
            let given = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.collect())
        }
        other => other,
    }
}

pub(super) fn id<'a>(record: &'a Value, what: &str) -> Result<&'a str, Failure> {
    let missing = || Failure::internal(format!("the gateway returned a {what} without an id"));
    record["id"].as_str().ok_or_else(missing)
}
