//! Dry runs: which request a call would send to the provider.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Action, Subject};
use crate::error::{Error, ErrorCode};
use crate::http::Http;

/// What `/health` calls a gateway that makes dry runs.
const PLUGWRIGHT: &str = "plugwright";

/// What a call would send.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The requests, of which there is one.
    pub requests: Vec<PlannedRequest>,
}

/// A request that a call would send to the provider. Secrets are placeholders such as `{{token}}`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PlannedRequest {
    /// HTTP method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Names and values of headers.
    pub headers: Vec<(String, String)>,
    /// The body, as an object whose member says which kind it is, such as `json`.
    #[serde(default)]
    pub body: Option<Value>,
}

impl<S: Subject> Action<S> {
    /// Returns the request that the call would send to the provider, and sends none. It needs no
    /// connection.
    ///
    /// Other gateways ignore the option and would make the call, so this asks the gateway first what it
    /// is.
    ///
    /// # Errors
    ///
    /// With `client_unsupported` if the gateway makes no dry runs, or if the call could not be made.
    pub async fn dry_run(mut self) -> Result<Plan, Error> {
        self.options.mode = Some("dryRun");
        self.execute().await
    }
}

impl Http {
    /// Makes sure that the gateway knows modes of calls, since one that does not would make a live call.
    pub(super) async fn must_be_plugwright(&self) -> Result<(), Error> {
        let runtime = match self.runtime().get() {
            Some(runtime) => runtime.clone(),
            None => {
                let health = self
                    .health(crate::options::LimitOptions::default().resolve())
                    .await?;
                self.runtime().get_or_init(|| health.runtime).clone()
            }
        };
        if runtime == PLUGWRIGHT {
            return Ok(());
        }
        let message = format!("the gateway is `{runtime}`, which would make the call instead");
        Err(Error::new(ErrorCode::ClientUnsupported, message))
    }
}
