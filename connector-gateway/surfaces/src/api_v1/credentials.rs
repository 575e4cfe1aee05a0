//! `POST /api/v1/connections/{id}/credentials`: the fields of a key, for the first time or again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Failure, fresh};
use super::body::Object;
use super::connections::Found;
use super::form;
use super::record::Record;
use super::{Caller, Id};
use crate::gateway::Gateway;
use plugwright_engine::connect::personal::AccountRequest;
use plugwright_store::RequestDetails;

/// A connection that can be used.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Submitted")]
pub(super) struct Submitted<'a> {
    connection: Record<'a>,
}

pub(super) async fn submit(
    State(gateway): State<Gateway>,
    Caller(principal): Caller,
    Id(id): Id,
    Object(members): Object,
) -> Result<Response, Failure> {
    let work = {
        let gateway = gateway.clone();
        async move {
            let personal = gateway.personal(&principal)?;
            let found = Found::of(personal, id).await?;
            let connector = found.connector.clone();
            let base_url = personal.connect.base_url(&connector);
            let connected = match (found.open(personal), &found.connection) {
                (Some(request), _) => {
                    let settings = &request.details.settings;
                    let given = form::read(&connector, base_url, settings, members)?;
                    personal.submit(request.clone(), given).await?
                }
                (None, Some(connection)) => {
                    let settings = &connection.settings;
                    let given = form::read(&connector, base_url, settings, members)?;
                    let wish = AccountRequest {
                        organization: None,
                        connector: connector.clone(),
                        details: RequestDetails::default(),
                        again: Some(connection.clone()),
                        supersedes: false,
                    };
                    personal.connect_by_key(wish, given).await?
                }
                (None, None) => {
                    return Err(ActionError::new(
                        ErrorCode::Conflict,
                        "the time of this connection is over: start another",
                    ));
                }
            };
            Ok((connected, connector))
        }
    };
    let (connection, connector) = gateway.engine().run_to_end(work).await?;
    let connection = Record::of(&connection, &connector);
    Ok(fresh(StatusCode::OK, &Submitted { connection }))
}
