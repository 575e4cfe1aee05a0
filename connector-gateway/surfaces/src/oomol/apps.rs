//! `GET /v1/apps`: the connections that a caller may use.

use std::collections::{HashMap, HashSet};

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_catalog::SearchQuery;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::{Connector, Entry};
use schemars::JsonSchema;
use serde::Serialize;

use super::catalog::{NO_AUTH, auth_type};
use super::dialect::{Segment, unknown_service};
use super::envelope::{Failure, fresh};
use super::request::{Query, organization};
use crate::caller::{Caller, runs_without_credential};
use plugwright_store::{Connection, ConnectionStatus};

/// A connection that may be used, or the use of a connector without one.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct App<'a> {
    id: String,
    service: &'a str,
    status: ConnectionStatus,
    alias: &'a str,
    auth_type: &'static str,
    display_name: &'a str,
    account_label: Option<&'a str>,
    is_default: bool,
    scopes: &'a [String],
}

impl<'a> App<'a> {
    pub(super) fn of(connection: &'a Connection, connector: &'a Connector) -> Self {
        Self {
            id: connection.id.to_string(),
            service: &connection.connector,
            status: connection.status,
            alias: &connection.name,
            auth_type: auth_type(connection.scheme),
            display_name: connector.display_name(),
            account_label: connection
                .account
                .as_ref()
                .map(|account| account.label.as_str()),
            is_default: connection.is_default,
            scopes: connection.scopes.as_deref().unwrap_or_default(),
        }
    }

    fn without_credential(connector: &'a Connector) -> Self {
        Self {
            id: format!("{}:default", connector.name()),
            service: connector.name(),
            status: ConnectionStatus::Active,
            alias: "default",
            auth_type: NO_AUTH,
            display_name: connector.display_name(),
            account_label: None,
            is_default: true,
            scopes: &[],
        }
    }
}

/// Returns the apps of a connector: its connections, or its use without a credential if there are
/// none.
fn apps<'a>(connector: &'a Connector, connections: &'a [Connection]) -> Vec<App<'a>> {
    let mut apps: Vec<_> = connections
        .iter()
        .filter(|connection| connection.connector == connector.name())
        .map(|connection| App::of(connection, connector))
        .collect();
    if apps.is_empty() && runs_without_credential(connector) {
        apps.push(App::without_credential(connector));
    }
    apps
}

pub(super) async fn list(
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    Query::parse(query.as_deref()).only(&[])?;
    let organization = organization(&headers)?;
    let connections = caller.connections(organization.as_deref(), None).await?;
    let apps = |connector| apps(connector, &connections);
    fresh(&caller.connectors().flat_map(apps).collect::<Vec<_>>())
}

/// `GET /v1/apps/services/{service}`.
pub(super) async fn of_service(
    caller: Caller,
    Segment(service): Segment,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    Query::parse(query.as_deref()).only(&[])?;
    let connector = caller
        .connector(&service)
        .ok_or_else(|| unknown_service(&caller, &service))?;
    let organization = organization(&headers)?;
    let connections = caller.connections(organization.as_deref(), Some(&service));
    fresh(&apps(connector, &connections.await?))
}

/// `GET /v1/apps/authenticated`: the requested services that can be called now.
pub(super) async fn authenticated(
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = Query::parse(query.as_deref());
    query.only(&["service"])?;
    let organization = organization(&headers)?;
    let ready = ReadyServices::of(&caller, organization.as_deref()).await?;
    let mut seen = HashSet::new();
    let services = query.all("service").filter(|service| seen.insert(*service));
    let is_ready = |connector| ready.is_ready(connector);
    let found = services.filter(|service| caller.connector(service).is_some_and(is_ready));
    fresh(&found.collect::<Vec<_>>())
}

/// The services that a caller could call now: with a connection that works, or without one where
/// none is needed.
pub(super) struct ReadyServices {
    connections: Vec<Connection>,
    /// The services with a connection, and whether one of them works.
    works: HashMap<String, bool>,
}

impl ReadyServices {
    pub(super) async fn of(caller: &Caller, organization: Option<&str>) -> Result<Self, Failure> {
        Ok(Self::new(caller.connections(organization, None).await?))
    }

    fn new(connections: Vec<Connection>) -> Self {
        let mut works = HashMap::new();
        for connection in &connections {
            *works.entry(connection.connector.clone()).or_default() |=
                connection.status == ConnectionStatus::Active;
        }
        Self { connections, works }
    }

    pub(super) fn is_ready(&self, connector: &Connector) -> bool {
        match self.works.get(connector.name()) {
            Some(works) => *works,
            None => runs_without_credential(connector),
        }
    }

    pub(super) fn search(
        &self,
        caller: &Caller,
        query: SearchQuery<'_>,
    ) -> Result<Vec<Entry>, ActionError> {
        caller.search_ready(query, &self.connections, |connector| {
            self.is_ready(connector)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plugwright_sdk::auth::SchemeKind;
    use plugwright_sdk::{Account, Auth, ConnectorDefinition, actions};
    use uuid::Uuid;

    use super::*;
    use plugwright_store::Owner;
    use plugwright_store::Sealed;
    use plugwright_store::Timestamp;

    static OPEN: ConnectorDefinition = ConnectorDefinition::new("open", "Open", "1.0.0")
        .auth(&[Auth::none(), Auth::bearer_token("Token")])
        .actions(actions![]);

    fn connection(connector: &str, status: ConnectionStatus) -> Connection {
        Connection {
            id: Uuid::nil(),
            owner: Owner::Organization("default".to_owned()),
            connector: connector.to_owned(),
            name: "work".to_owned(),
            is_default: true,
            scheme: SchemeKind::BearerToken,
            status,
            account: Some(Account {
                id: "1".to_owned(),
                label: "octocat".to_owned(),
            }),
            settings: BTreeMap::new(),
            provider_config: None,
            label: None,
            scopes: None,
            expires_at: None,
            refresh_at: None,
            credential_version: 1,
            secret: Sealed {
                key_id: "k".to_owned(),
                bytes: vec![1],
            },
            version: 1,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn apps_are_connections_and_what_runs_without_one() {
        let connections = [connection("github", ConnectionStatus::ReauthRequired)];
        let connectors = [&plugwright_github::CONNECTOR, &OPEN].map(Connector::from);
        let apps = connectors.iter().flat_map(|it| apps(it, &connections));
        insta::assert_json_snapshot!(apps.collect::<Vec<_>>());
    }

    #[test]
    fn a_stored_connection_stands_in_place_of_the_use_without_one() {
        let connections = [connection("open", ConnectionStatus::Active)];
        let open = Connector::from(&OPEN);
        let apps = apps(&open, &connections);
        let aliases: Vec<_> = apps.iter().map(|app| app.alias).collect();
        assert_eq!(aliases, ["work"]);
    }

    #[test]
    fn what_the_provider_refused_does_not_work() {
        let is_ready = |connector: &Connector, statuses: &[ConnectionStatus]| {
            let statuses = statuses.iter();
            let connections = statuses.map(|status| connection(connector.name(), *status));
            ReadyServices::new(connections.collect()).is_ready(connector)
        };
        let github = &Connector::from(&plugwright_github::CONNECTOR);
        let open = &Connector::from(&OPEN);
        let (active, refused) = (ConnectionStatus::Active, ConnectionStatus::ReauthRequired);
        assert!(is_ready(open, &[]) && !is_ready(open, &[refused]));
        assert!(!is_ready(github, &[]) && !is_ready(github, &[refused]));
        assert!(is_ready(github, &[active, refused]) && is_ready(github, &[refused, active]));
    }
}
