//! Caches reads of the store.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plugwright_sdk::host::Redactor;
use plugwright_sdk::{ActionError, Auth, Credential, Secret};
use plugwright_store::{
    Connection, ConnectionStore, McpSession, McpSessionStore, ProjectStore, ProviderConfig, Sealed,
    Selection, StoreError, Timestamp, TokenHash, TokenStore,
};
use uuid::Uuid;

use super::brief::Brief;
use crate::principal::Principal;
use plugwright_store::vault::Vault;

/// Longest delay until changes of other processes are visible.
const TIME_TO_LIVE: Duration = Duration::from_secs(5);

/// A token, prepared for calls.
#[derive(Debug)]
pub struct CachedToken {
    /// The principal.
    pub principal: Arc<Principal>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
}

pub(crate) struct CachedCredential {
    sealed: Sealed,
    pub(crate) credential: Credential,
    /// Finds its secrets. Creating it takes longer than a call.
    pub(crate) redactor: Redactor,
}

/// Values by key, each with the generation in which it was read.
type Cached<K, V> = Brief<K, (u64, Option<Arc<V>>)>;

/// Cached reads. A value read before a change is never returned after it.
pub struct Directory {
    generation: AtomicU64,
    tokens: Cached<TokenHash, CachedToken>,
    by_selection: Cached<Selection, Connection>,
    by_id: Cached<Uuid, Connection>,
    mcp_sessions: Cached<Uuid, McpSession>,
    provider_configs: Cached<Uuid, Vec<ProviderConfig>>,
    /// Opened credentials with their sealed form.
    opened: Brief<Uuid, Arc<CachedCredential>>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        Self {
            generation: AtomicU64::new(0),
            tokens: Brief::new(TIME_TO_LIVE),
            by_selection: Brief::new(TIME_TO_LIVE),
            by_id: Brief::new(TIME_TO_LIVE),
            mcp_sessions: Brief::new(TIME_TO_LIVE),
            provider_configs: Brief::new(TIME_TO_LIVE),
            opened: Brief::new(TIME_TO_LIVE),
        }
    }

    /// Invalidates everything, after a change.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Returns a token by hash.
    pub async fn token(
        &self,
        store: &dyn TokenStore,
        hash: &TokenHash,
    ) -> Result<Option<Arc<CachedToken>>, StoreError> {
        self.read(&self.tokens, hash, || async {
            let token = store.token_by_hash(hash).await?;
            Ok(token.map(|token| CachedToken {
                principal: Arc::new(Principal::of(&token)),
                expires_at: token.expires_at,
                revoked: token.revoked_at.is_some(),
            }))
        })
        .await
    }

    /// Returns the selected connection.
    pub async fn find(
        &self,
        store: &dyn ConnectionStore,
        selection: &Selection,
    ) -> Result<Option<Arc<Connection>>, StoreError> {
        self.read(&self.by_selection, selection, || {
            store.find_connection(selection)
        })
        .await
    }

    /// Returns a connection by id.
    pub async fn connection(
        &self,
        store: &dyn ConnectionStore,
        id: Uuid,
    ) -> Result<Option<Arc<Connection>>, StoreError> {
        self.read(&self.by_id, &id, || store.connection(id)).await
    }

    /// Returns an MCP session by id.
    pub async fn mcp_session(
        &self,
        store: &dyn McpSessionStore,
        id: Uuid,
    ) -> Result<Option<Arc<McpSession>>, StoreError> {
        self.read(&self.mcp_sessions, &id, || store.mcp_session(id))
            .await
    }

    /// Returns the provider configs of a project.
    pub async fn provider_configs(
        &self,
        store: &dyn ProjectStore,
        project: Uuid,
    ) -> Result<Option<Arc<Vec<ProviderConfig>>>, StoreError> {
        self.read(&self.provider_configs, &project, || async {
            store.provider_configs(project).await.map(Some)
        })
        .await
    }

    /// Opens the credential of a connection. `client` is the secret of the gateway's client.
    pub(crate) async fn opened(
        &self,
        vault: &Vault,
        connection: &Connection,
        schemes: &[Auth<'_>],
        client: impl AsyncFnOnce() -> Result<Option<Secret>, ActionError>,
    ) -> Result<Arc<CachedCredential>, ActionError> {
        if let Some(opened) = self.opened.get(&connection.id)
            && opened.sealed == connection.secret
        {
            return Ok(opened);
        }
        let mut opened = vault.open_credential(connection)?;
        // Boxed, as every call has room for it.
        opened.others.extend(Box::pin(client()).await?);
        let opened = Arc::new(CachedCredential {
            sealed: connection.secret.clone(),
            redactor: opened.redactor(schemes),
            credential: opened.credential,
        });
        self.opened.insert(connection.id, Arc::clone(&opened));
        Ok(opened)
    }

    /// Removes a session after it has ended.
    pub fn forget_mcp_session(&self, id: Uuid) {
        self.mcp_sessions.remove(&id);
    }

    async fn read<K, V, F>(
        &self,
        cache: &Cached<K, V>,
        key: &K,
        load: impl FnOnce() -> F,
    ) -> Result<Option<Arc<V>>, StoreError>
    where
        K: Hash + Eq + Clone,
        F: Future<Output = Result<Option<V>, StoreError>>,
    {
        // Read before the store: a change in between invalidates the entry.
        let generation = self.generation.load(Ordering::Acquire);
        if let Some((seen, value)) = cache.get(key)
            && seen == generation
        {
            return Ok(value);
        }
        let value = load().await?.map(Arc::new);
        cache.insert(key.clone(), (generation, value.clone()));
        Ok(value)
    }
}
