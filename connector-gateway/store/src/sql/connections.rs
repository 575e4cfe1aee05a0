//! Connections.

use async_trait::async_trait;
use plugwright_sdk::Account;
use sqlx::error::ErrorKind;
use uuid::Uuid;

use super::{
    Change, Record, SqlRow, SqlStore, Statement, by_foreign_key, by_name, ended_connections,
    execute, find, is_no_text, json, optional_json, requests, some, store_error, take_turn,
};
use crate::{
    Backend as _, Connection, ConnectionFilter, ConnectionStore, EndedConnection, Owner,
    RecordKind, Selection, StoreError, Timestamp,
};

/// Listed explicitly: the columns of a prepared statement stay the same when a migration adds
/// others.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, owner, connector, provider_config, name, label, is_default, scheme, status, ",
            "account_id, account_label, settings, scopes, expires_at, refresh_at, key_id, secret, version, ",
            "credential_version, created_at, updated_at ",
            $after
        )
    };
    ($rest:literal) => {
        columns!("SELECT", $rest)
    };
}

const KIND: RecordKind = RecordKind::Connection;

#[async_trait]
impl ConnectionStore for SqlStore {
    async fn create_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            take_turn(&mut change, &connection.owner).await?;
            insert(&mut change, connection).await?;
            stored(change, connection.id).await
        })
        .await
    }

    async fn connection(&self, id: Uuid) -> Result<Option<Connection>, StoreError> {
        let select = sqlx::query(columns!("FROM connections WHERE id = $1")).bind(id);
        self.find(select, read).await
    }

    async fn find_connection(
        &self,
        selection: &Selection,
    ) -> Result<Option<Connection>, StoreError> {
        let Selection {
            owner,
            connector,
            provider_config,
            name,
        } = selection;
        let key = owner.key();
        if is_no_text(&key) || name.as_deref().is_some_and(is_no_text) {
            return Ok(None);
        }
        let select = match (name, owner) {
            (Some(_), _) => {
                columns!(
                    "FROM connections WHERE owner = $1 AND connector = $2 AND name = $3
                       AND ($4 IS NULL OR provider_config = $4)"
                )
            }
            (None, Owner::Organization(_)) => {
                columns!(
                    "FROM connections WHERE owner = $1 AND connector = $2 AND is_default
                       AND $3 IS NULL AND $4 IS NULL"
                )
            }
            (None, Owner::User { .. }) => {
                columns!(
                    "FROM connections WHERE owner = $1 AND connector = $2 AND $3 IS NULL
                       AND ($4 IS NULL OR provider_config = $4)
                     ORDER BY (status = 'active') DESC, created_at DESC, id DESC LIMIT 1"
                )
            }
        };
        let select = sqlx::query(select)
            .bind(key)
            .bind(connector)
            .bind(name)
            .bind(provider_config);
        self.find(select, read).await
    }

    async fn connections(&self, filter: &ConnectionFilter) -> Result<Vec<Connection>, StoreError> {
        let owner = filter.owner.as_ref().map(Owner::key);
        let (connector, name) = (filter.connector.as_deref(), filter.name.as_deref());
        let texts = [owner.as_deref(), connector, name];
        if texts.into_iter().flatten().any(is_no_text) {
            return Ok(Vec::new());
        }
        let select = sqlx::query(columns!(
            "FROM connections WHERE ($1 IS NULL OR owner = $1) AND ($2 IS NULL OR connector = $2)
               AND ($3 IS NULL OR project = $3) AND ($4 IS NULL OR name = $4)
             ORDER BY owner, connector, name"
        ))
        .bind(owner)
        .bind(connector)
        .bind(filter.project)
        .bind(name);
        self.list(KIND, select, read).await
    }

    async fn count_connections(&self, owner: &Owner) -> Result<usize, StoreError> {
        let key = owner.key();
        if is_no_text(&key) {
            return Ok(0);
        }
        let select = "SELECT count(*) AS number FROM connections WHERE owner = $1";
        count(self, sqlx::query(select).bind(key)).await
    }

    async fn count_accounts(&self, project: Uuid) -> Result<usize, StoreError> {
        // The keys of its users begin with this, and `;` comes after `:`.
        let user = String::new();
        let first = Owner::User { project, user }.key();
        let beyond = format!("{};", first.trim_end_matches(':'));
        let select = "SELECT count(*) AS number FROM connections WHERE owner >= $1 AND owner < $2";
        count(self, sqlx::query(select).bind(first).bind(beyond)).await
    }

    async fn update_connection(&self, connection: &Connection) -> Result<Connection, StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let before = held(&mut change, connection.id).await?;
            if before.version != connection.version {
                return Err(StoreError::Changed(KIND));
            }
            replace(self, &mut change, &before, connection).await?;
            stored(change, connection.id).await
        })
        .await
    }

    async fn delete_connection(&self, id: Uuid) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            match held(&mut change, id).await {
                Err(StoreError::Corrupt { .. }) => return delete_damaged(self, change, id).await,
                held => held?,
            };
            let delete = columns!("DELETE FROM connections WHERE id = $1 RETURNING", "");
            let deleted = find(&mut *change, sqlx::query(delete).bind(id), read)
                .await?
                .ok_or(StoreError::NotFound(KIND))?;
            requests::withdraw_for(self, &mut change, id).await?;
            if let Some(ended) = EndedConnection::of(&deleted, self.now()) {
                ended_connections::insert(&mut change, &ended).await?;
            }
            if deleted.is_default {
                let update = sqlx::query(
                    "UPDATE connections SET is_default = TRUE, version = version + 1
                     WHERE id = (SELECT id FROM connections WHERE owner = $1 AND connector = $2
                                 ORDER BY created_at, id LIMIT 1)",
                )
                .bind(deleted.owner.key())
                .bind(&deleted.connector);
                execute(&mut change, update).await?;
            }
            change.commit().await.map_err(store_error)
        })
        .await
    }
}

async fn count(store: &SqlStore, select: Statement<'_>) -> Result<usize, StoreError> {
    let read = |row: &SqlRow| Record { kind: KIND, row }.get::<i64>("number");
    let number = store.find(select, read).await?.unwrap_or_default();
    Ok(usize::try_from(number).unwrap_or_default())
}

/// Stores a new connection. An organization's first of a connector becomes the default.
pub(super) async fn insert(change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
    let is_default = match &connection.owner {
        Owner::Organization(_) => connection.is_default || is_first(change, connection).await?,
        Owner::User { .. } => false,
    };
    if is_default {
        clear_default(change, connection).await?;
    }
    let insert = sqlx::query(
        "INSERT INTO connections (name, label, is_default, scheme, status, account_id,
           account_label, settings, scopes, expires_at, refresh_at, key_id, secret,
           credential_version, updated_at, id, owner, organization, project, provider_config,
           connector, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19, $20, $21, $22, 1)",
    );
    with_values(insert, connection, is_default, connection.updated_at)?
        .bind(connection.id)
        .bind(connection.owner.key())
        .bind(connection.owner.organization())
        .bind(connection.owner.project())
        .bind(connection.provider_config)
        .bind(&connection.connector)
        .bind(connection.created_at.as_millis())
        .execute(&mut **change)
        .await
        .map(drop)
        .map_err(|error| {
            let missing = match connection.owner {
                Owner::Organization(_) => RecordKind::Organization,
                Owner::User { .. } => RecordKind::ProviderConfig,
            };
            match error
                .as_database_error()
                .map(sqlx::error::DatabaseError::kind)
            {
                Some(ErrorKind::UniqueViolation) => by_name(&connection.name)(error),
                _ => by_foreign_key(StoreError::NotFound(missing))(error),
            }
        })
}

/// Binds the columns of new and changed connections, as `$1` to `$15`.
fn with_values<'q>(
    statement: Statement<'q>,
    connection: &Connection,
    is_default: bool,
    updated_at: Timestamp,
) -> Result<Statement<'q>, StoreError> {
    let account = connection.account.as_ref();
    Ok(statement
        .bind(&connection.name)
        .bind(&connection.label)
        .bind(is_default)
        .bind(connection.scheme.as_str())
        .bind(connection.status.as_str())
        .bind(account.map(|account| &account.id))
        .bind(account.map(|account| &account.label))
        .bind(json(KIND, &connection.settings)?)
        .bind(optional_json(KIND, connection.scopes.as_ref())?)
        .bind(connection.expires_at.map(Timestamp::as_millis))
        .bind(connection.refresh_at.map(Timestamp::as_millis))
        .bind(&connection.secret.key_id)
        .bind(&connection.secret.bytes)
        .bind(connection.credential_version)
        .bind(updated_at.as_millis()))
}

/// Returns a connection and locks it until the transaction ends, except for its credential.
async fn held(change: &mut Change, id: Uuid) -> Result<Connection, StoreError> {
    let found = by_id(change, id).await?;
    take_turn(change, &found.ok_or(StoreError::NotFound(KIND))?.owner).await?;
    by_id(change, id).await?.ok_or(StoreError::NotFound(KIND))
}

pub(super) async fn by_id(change: &mut Change, id: Uuid) -> Result<Option<Connection>, StoreError> {
    let select = sqlx::query(columns!("FROM connections WHERE id = $1")).bind(id);
    find(&mut **change, select, read).await
}

pub(super) async fn replace(
    store: &SqlStore,
    change: &mut Change,
    before: &Connection,
    connection: &Connection,
) -> Result<(), StoreError> {
    let is_default = connection.is_default && before.owner.organization().is_some();
    if is_default && !before.is_default {
        clear_default(change, before).await?;
    }
    let update = sqlx::query(
        "UPDATE connections SET name = $1, label = $2, is_default = $3, scheme = $4, status = $5,
           account_id = $6, account_label = $7, settings = $8, scopes = $9, expires_at = $10,
           refresh_at = $11, key_id = $12, secret = $13, credential_version = $14,
           updated_at = $15, version = version + 1
         WHERE id = $16 AND version = $17",
    );
    with_values(update, connection, is_default, store.now())?
        .bind(before.id)
        .bind(before.version)
        .execute(&mut **change)
        .await
        .map_err(by_name(&connection.name))
        .and_then(|done| some(done.rows_affected(), StoreError::Changed(KIND)))
}

/// Deletes a connection that can't be read, so that it can be created again.
async fn delete_damaged(store: &SqlStore, mut change: Change, id: Uuid) -> Result<(), StoreError> {
    let delete = sqlx::query("DELETE FROM connections WHERE id = $1").bind(id);
    execute(&mut change, delete).await?;
    requests::withdraw_for(store, &mut change, id).await?;
    change.commit().await.map_err(store_error)
}

async fn is_first(change: &mut Change, connection: &Connection) -> Result<bool, StoreError> {
    let select = "SELECT 1 FROM connections WHERE owner = $1 AND connector = $2 LIMIT 1";
    let select = sqlx::query(select)
        .bind(connection.owner.key())
        .bind(&connection.connector);
    let found = find(&mut **change, select, |_| Ok(())).await?;
    Ok(found.is_none())
}

/// Clears the default flag of the owner's default, which counts as a change of it.
async fn clear_default(change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
    let update = sqlx::query(
        "UPDATE connections SET is_default = FALSE, version = version + 1
         WHERE owner = $1 AND connector = $2 AND is_default",
    )
    .bind(connection.owner.key())
    .bind(&connection.connector);
    execute(change, update).await.map(drop)
}

/// Commits a change and returns the connection as stored.
pub(super) async fn stored(mut change: Change, id: Uuid) -> Result<Connection, StoreError> {
    let connection = by_id(&mut change, id)
        .await?
        .ok_or(StoreError::NotFound(KIND))?;
    change.commit().await.map_err(store_error)?;
    Ok(connection)
}

reads! {
    KIND => Connection {
        id, owner, connector, provider_config, name, label, is_default, scheme, status, expires_at,
        refresh_at, credential_version, version, created_at, updated_at,
    }
    |record| {
        account: match (record.get("account_id")?, record.get("account_label")?) {
            (Some(id), Some(label)) => Some(Account { id, label }),
            _ => None,
        },
        settings: record.json("settings")?,
        scopes: record.optional_json("scopes")?,
        secret: record.sealed("secret")?,
    }
}
