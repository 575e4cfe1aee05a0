//! `GET /v1/health`.

use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::envelope::{Failure, fresh};

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Health {
    #[schemars(extend("const" = true))]
    ok: bool,
    runtime: &'static str,
}

/// Reports that the process is alive. Whether it can take calls is for the readiness check.
pub(super) async fn show() -> Result<Response, Failure> {
    fresh(&Health {
        ok: true,
        runtime: "plugwright",
    })
}
