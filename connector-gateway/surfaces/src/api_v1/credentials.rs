//! `POST /api/v1/connections/{id}/credentials`: submits or replaces the fields of a key.

use axum::response::Response;
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;

use super::Id;
use super::answer::{Failure, ok};
use super::body::Object;
use super::connections::AnyConnection;
use super::form;
use super::record::Record;
use crate::caller::Caller;
use plugwright_engine::connect::personal::AccountRequest;
use plugwright_store::RequestDetails;

/// A connection that can be used.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Submitted")]
pub(super) struct SubmittedConnection<'a> {
    connection: Record<'a>,
}

pub(super) async fn submit(
    caller: Caller,
    Id(id): Id,
    Object(members): Object,
) -> Result<Response, Failure> {
    let work = caller.run_to_end(|caller| async move {
        let personal = caller.personal()?;
        let found = AnyConnection::of(personal, id).await?;
        let connector = found.connector.clone();
        let base_url = personal.connect.base_url(&connector);
        let connected = match (found.open(personal), &found.connection) {
            (Some(request), _) => {
                let given = form::read(&connector, base_url, &request.details.settings, members)?;
                personal.submit(request.clone(), given).await?
            }
            (None, Some(connection)) => {
                let given = form::read(&connector, base_url, &connection.settings, members)?;
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
                let message = "the pending connection has expired: start another";
                return Err(ActionError::new(ErrorCode::Conflict, message));
            }
        };
        Ok((connected, connector))
    });
    let (connection, connector) = work.await?;
    let connection = Record::of(&connection, &connector);
    Ok(ok(&SubmittedConnection { connection }))
}
