//! Accounts and what belongs to them.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{SqliteStore, ended, oauth_clients, projects, refresh, requests};
use crate::{
    Accounts, Asked, ClientOf, Connection, ConnectionRequest, EndedConnection, Lease, OAuthClient,
    Owner, Project, ProviderConfig, Quota, RequestError, StoreError, Timestamp,
};

#[async_trait]
impl Accounts for SqliteStore {
    async fn create_project(&self, project: &Project) -> Result<(), StoreError> {
        projects::create(self, project).await
    }

    async fn project(&self, id: Uuid) -> Result<Option<Project>, StoreError> {
        projects::by_id(self, id).await
    }

    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        projects::all(self).await
    }

    async fn update_project(&self, project: &Project) -> Result<Project, StoreError> {
        projects::update(self, project).await
    }

    async fn delete_project(&self, id: Uuid) -> Result<(), StoreError> {
        projects::delete(self, id).await
    }

    async fn create_provider_config(&self, config: &ProviderConfig) -> Result<(), StoreError> {
        projects::create_config(self, config).await
    }

    async fn provider_config(&self, id: Uuid) -> Result<Option<ProviderConfig>, StoreError> {
        projects::config(self, id).await
    }

    async fn provider_configs(&self, project: Uuid) -> Result<Vec<ProviderConfig>, StoreError> {
        projects::configs(self, project).await
    }

    async fn update_provider_config(
        &self,
        config: &ProviderConfig,
    ) -> Result<ProviderConfig, StoreError> {
        projects::update_config(self, config).await
    }

    async fn delete_provider_config(&self, id: Uuid) -> Result<(), StoreError> {
        projects::delete_config(self, id).await
    }

    async fn oauth_client(&self, of: ClientOf<'_>) -> Result<Option<OAuthClient>, StoreError> {
        oauth_clients::find(self, of).await
    }

    async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, StoreError> {
        oauth_clients::all(self).await
    }

    async fn put_oauth_client(&self, client: &OAuthClient) -> Result<(), StoreError> {
        oauth_clients::put(self, client).await
    }

    async fn delete_oauth_client(&self, of: ClientOf<'_>) -> Result<(), StoreError> {
        oauth_clients::delete(self, of).await
    }

    async fn create_request(
        &self,
        request: &ConnectionRequest,
        supersede: Option<&RequestError>,
        quota: Quota<'_>,
    ) -> Result<(), StoreError> {
        requests::create(self, request, supersede, quota).await
    }

    async fn request(&self, id: Uuid) -> Result<Option<ConnectionRequest>, StoreError> {
        requests::by_id(self, id).await
    }

    async fn request_for(&self, connection: Uuid) -> Result<Option<ConnectionRequest>, StoreError> {
        requests::latest_for(self, connection).await
    }

    async fn requests(&self, owner: &Owner) -> Result<Vec<ConnectionRequest>, StoreError> {
        requests::of_owner(self, owner).await
    }

    async fn begin_authorization(
        &self,
        id: Uuid,
        asked: &Asked,
        browser: &[u8; 32],
        state: &[u8; 32],
    ) -> Result<(), StoreError> {
        requests::begin_authorization(self, id, asked, browser, state).await
    }

    async fn take_authorization(
        &self,
        state: &[u8; 32],
        browser: &[u8; 32],
    ) -> Result<Option<ConnectionRequest>, StoreError> {
        requests::take_authorization(self, state, browser).await
    }

    async fn finish_request(
        &self,
        id: Uuid,
        connection: &Connection,
    ) -> Result<Connection, StoreError> {
        requests::finish(self, id, connection).await
    }

    async fn fail_request(&self, id: Uuid, error: &RequestError) -> Result<(), StoreError> {
        requests::fail(self, id, error).await
    }

    async fn forget_requests(&self, then: Timestamp) -> Result<u64, StoreError> {
        requests::forget(self, then).await
    }

    async fn end_connection(&self, ended: &EndedConnection) -> Result<(), StoreError> {
        ended::end(self, ended).await
    }

    async fn ended_connection(&self, id: Uuid) -> Result<Option<EndedConnection>, StoreError> {
        ended::by_id(self, id).await
    }

    async fn forget_ended_connections(&self, then: Timestamp) -> Result<u64, StoreError> {
        ended::forget(self, then).await
    }

    async fn lease_refresh(
        &self,
        connection: Uuid,
        credential_version: i64,
        span: Duration,
    ) -> Result<Lease, StoreError> {
        refresh::lease(self, connection, credential_version, span).await
    }

    async fn finish_refresh(
        &self,
        connection: &Connection,
        fence: i64,
    ) -> Result<Connection, StoreError> {
        refresh::finish(self, connection, fence).await
    }

    async fn release_refresh(&self, connection: Uuid, fence: i64) -> Result<(), StoreError> {
        refresh::release(self, connection, fence).await
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
