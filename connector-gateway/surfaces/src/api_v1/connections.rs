//! `/api/v1/connections`: the caller's connections, and those that are pending.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::Connector;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::Id;
use super::answer::{Failure, ok};
use super::body::{Json, LABEL, LIST, SLUG, SWITCH, authorization};
use super::form::schemes;
use super::record::Record;
use crate::answer;
use crate::caller::Caller;
use crate::connect::paths;
use crate::members::{Body, Kind, Members, SETTINGS, TEXT, read_query};
use plugwright_engine::connect::personal::{AccountRequest, Personal};
use plugwright_engine::connect::{Standing, code};
use plugwright_store::{
    Connection, ConnectionRequest, ConnectionStatus, EndedConnection, RecordKind, RequestDetails,
};

/// A connection at the moment: stored, requested, or both while it is connected again.
pub(super) struct AnyConnection {
    pub(super) connector: Connector,
    pub(super) connection: Option<Connection>,
    pub(super) request: Option<ConnectionRequest>,
}

impl AnyConnection {
    /// Finds a connection of the caller's by its id. `NOT_FOUND` if there is none, or it is another
    /// caller's: the error is the same.
    pub(super) async fn of(personal: Personal<'_>, id: Uuid) -> Result<Self, ActionError> {
        let connection = personal.connection(id).await?;
        match deleted(personal, id, connection.as_ref()).await? {
            None => Self::present(personal, id, connection).await,
            Some(_) => Err(RecordKind::Connection.missing(id)),
        }
    }

    async fn present(
        personal: Personal<'_>,
        id: Uuid,
        connection: Option<Connection>,
    ) -> Result<Self, ActionError> {
        let request = personal.request_for(id).await?;
        let request = request.filter(|request| !is_over(personal, request));
        let name = match (&connection, &request) {
            (Some(connection), _) => &connection.connector,
            (None, Some(request)) => &request.connector,
            (None, None) => return Err(RecordKind::Connection.missing(id)),
        };
        Ok(Self {
            connector: personal.connect.connector(name)?.clone(),
            connection,
            request,
        })
    }

    /// Returns the request that a person can finish.
    pub(super) fn open(&self, personal: Personal<'_>) -> Option<&ConnectionRequest> {
        let request = self.request.as_ref()?;
        (personal.connect.standing(request) == Standing::Initiated).then_some(request)
    }

    pub(super) fn record(&self, personal: Personal<'_>) -> Option<Record<'_>> {
        match (&self.connection, &self.request) {
            (Some(connection), _) => Some(Record::of(connection, &self.connector)),
            (None, Some(request)) => {
                let standing = personal.connect.standing(request);
                Some(Record::of_request(request, &self.connector, standing))
            }
            (None, None) => None,
        }
    }
}

async fn deleted(
    personal: Personal<'_>,
    id: Uuid,
    connection: Option<&Connection>,
) -> Result<Option<EndedConnection>, ActionError> {
    match connection {
        Some(_) => Ok(None),
        None => personal.ended(id).await,
    }
}

/// Returns whether a request no longer describes its connection, which is stored or deleted.
fn is_over(personal: Personal<'_>, request: &ConnectionRequest) -> bool {
    let withdrawn = request.error.as_ref();
    personal.connect.standing(request) == Standing::Connected
        || withdrawn.is_some_and(|error| error.code == code::WITHDRAWN)
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiV1Next")]
pub(super) struct Next<'a> {
    pub(super) connection: Option<Record<'a>>,
    /// Where a person continues, in a browser.
    pub(super) oauth_url: Option<String>,
    /// Where to send the fields of a key.
    pub(super) credential_submit_url: Option<String>,
}

/// Returns where to send the fields of a key: a path if the gateway doesn't know its address.
pub(super) fn submit_url(
    personal: Personal<'_>,
    connector: &Connector,
    id: Uuid,
) -> Option<String> {
    schemes(connector).next()?;
    let path = format!("/api/v1/connections/{id}/credentials");
    let url = personal.connect.address(&path);
    Some(url.map_or(path, String::from))
}

pub(super) async fn list(caller: Caller, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let Which { organization } = read_query(query.as_deref())?;
    let personal = caller.personal()?;
    let stored = personal.connections(organization.as_deref()).await?;
    let pending = personal.pending(organization.as_deref()).await?;
    let mut records = Vec::new();
    for connection in &stored {
        // Those of a connector that this binary no longer has can't be used.
        if let Ok(connector) = personal.connect.connector(&connection.connector) {
            let record = Record::of(connection, connector);
            records.push((connection.created_at, record));
        }
    }
    for request in &pending {
        if let Ok(connector) = personal.connect.connector(&request.connector) {
            let record = Record::of_request(request, connector, Standing::Initiated);
            records.push((request.created_at, record));
        }
    }
    records.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
    let records: Vec<_> = records.into_iter().map(|(_, record)| record).collect();
    Ok(ok(&records))
}

/// Which connections to list.
pub(super) struct Which {
    organization: Option<String>,
}

impl Body for Which {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            organization: members.text("organization", ORGANIZATION),
        }
    }
}

pub(super) const ORGANIZATION: Kind<String> = TEXT.about(
    "The organization; by default all that the token may use, or for a new connection the first.",
);

#[derive(Default)]
pub(super) struct NewConnection {
    pub(super) slug: Option<String>,
    pub(super) organization: Option<String>,
    pub(super) details: RequestDetails,
}

impl Body for NewConnection {
    fn read(members: &mut Members<'_>) -> Self {
        Self {
            slug: members.filled("connectorSlug", SLUG),
            organization: members.text("organization", TEXT),
            details: RequestDetails {
                name: members.text("name", TEXT),
                label: members.text("label", LABEL),
                settings: members.optional("settings", SETTINGS).unwrap_or_default(),
                ..authorization(members, LIST, SWITCH)
            },
        }
    }
}

pub(super) async fn create(
    caller: Caller,
    Json(new): Json<NewConnection>,
) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let connector = personal.connector(new.slug.as_deref().unwrap_or_default())?;
    let existing = existing(personal, connector, &new).await?;
    if let Some(connection) = &existing
        && connection.status == ConnectionStatus::Active
    {
        let next = Next {
            connection: Some(Record::of(connection, connector)),
            oauth_url: None,
            credential_submit_url: submit_url(personal, connector, connection.id),
        };
        return Ok(ok(&next));
    }
    let found = begin(personal, connector, new, existing).await?;
    let next = next(personal, &found).await?;
    Ok(answer::json(StatusCode::CREATED, &next))
}

/// Returns the connection that the caller has already: the one with the given name or label, or
/// without these the default one.
async fn existing(
    personal: Personal<'_>,
    connector: &Connector,
    new: &NewConnection,
) -> Result<Option<Connection>, ActionError> {
    let organization = personal.organization(new.organization.as_deref()).await?;
    let own = personal.connections(Some(&organization)).await?;
    let own = own
        .into_iter()
        .filter(|own| own.connector == connector.name());
    let (label, name) = (&new.details.label, &new.details.name);
    let mut fitting = own.filter(|own| match (name, label) {
        (Some(name), _) => own.name == *name,
        (None, Some(_)) => own.label == *label,
        (None, None) => own.is_default,
    });
    Ok(fitting.next())
}

/// Starts a connection, or resumes a pending one with the same parameters.
pub(super) async fn begin(
    personal: Personal<'_>,
    connector: &Connector,
    new: NewConnection,
    again: Option<Connection>,
) -> Result<AnyConnection, ActionError> {
    let pending = match &again {
        None => {
            let organization = personal.organization(new.organization.as_deref()).await?;
            let pending = personal.pending(Some(&organization)).await?;
            pending
                .into_iter()
                .find(|open| open.connector == connector.name() && open.details == new.details)
        }
        Some(_) => None,
    };
    let request = match pending {
        Some(open) => open,
        None => {
            let wish = AccountRequest {
                organization: new.organization,
                connector: connector.clone(),
                details: new.details,
                again: again.clone(),
                supersedes: false,
            };
            if uses_browser(personal, connector).await? {
                personal.start(wish).await?
            } else {
                personal.prepare(wish).await?
            }
        }
    };
    // A connection that needs no person is connected by now.
    let connection = match personal.connect.standing(&request) {
        Standing::Connected => personal.connection(request.connection).await?,
        _ => again,
    };
    Ok(AnyConnection {
        connector: connector.clone(),
        connection,
        request: Some(request),
    })
}

/// Returns whether people connect accounts of a connector at the provider.
pub(super) async fn uses_browser(
    personal: Personal<'_>,
    connector: &Connector,
) -> Result<bool, ActionError> {
    match connector.oauth2() {
        None => Ok(false),
        // Without an OAuth client, a key may still do.
        Some(_) if schemes(connector).next().is_some() => {
            personal.connect.registrations.has(connector, None).await
        }
        Some(_) => Ok(true),
    }
}

/// Returns the next step of a connection: in a browser with OAuth, otherwise with a key.
pub(super) async fn next<'f>(
    personal: Personal<'_>,
    found: &'f AnyConnection,
) -> Result<Next<'f>, ActionError> {
    let in_browser = uses_browser(personal, &found.connector).await?;
    let request = found.open(personal);
    let page = request.filter(|_| in_browser);
    let by_key = request.filter(|_| !in_browser);
    Ok(Next {
        connection: found.record(personal),
        oauth_url: page
            .map(|request| paths::page(&personal.connect, request.id).map(String::from))
            .transpose()?,
        credential_submit_url: by_key
            .and_then(|request| submit_url(personal, &found.connector, request.connection)),
    })
}

pub(super) async fn show(caller: Caller, Id(id): Id) -> Result<Response, Failure> {
    let personal = caller.personal()?;
    let connection = personal.connection(id).await?;
    if let Some(deleted) = deleted(personal, id, connection.as_ref()).await? {
        let connector = personal.connect.connector(&deleted.connector)?;
        return Ok(ok(&Record::of_deleted(&deleted, connector)));
    }
    let found = AnyConnection::present(personal, id, connection).await?;
    Ok(ok(&found.record(personal)))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiV1Deleted")]
pub(super) struct Deletion {
    deleted: bool,
}

pub(super) async fn delete(caller: Caller, Id(id): Id) -> Result<Response, Failure> {
    let work = caller.run_to_end(|caller| async move {
        let personal = caller.personal()?;
        let found = AnyConnection::of(personal, id).await?;
        match (&found.connection, &found.request) {
            (Some(connection), _) => personal.disconnect(connection).await,
            (None, Some(request)) => personal.abandon(request).await,
            (None, None) => Ok(()),
        }
    });
    work.await?;
    Ok(ok(&Deletion { deleted: true }))
}
