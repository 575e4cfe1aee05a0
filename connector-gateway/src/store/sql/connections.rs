//! Connections.

use uuid::Uuid;

use super::error::{is_duplicate, store_error};
use super::row::{Record, is_no_text, readable};
use super::{Change, SqlRow, SqlStore, ended, refused, requests, take_turn};
use crate::store::{
    Accounts as _, Connection, ConnectionFilter, ConnectionStatus, EndedConnection, Owner,
    Selection, StoreError, json, optional_json,
};
use crate::time::Timestamp;
use plugwright_sdk::Account;

/// Named one by one: a statement that was prepared keeps its columns when a migration adds others.
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

const WHAT: &str = "connection";

pub(super) async fn create(
    store: &SqlStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    take_turn(&mut change, &connection.owner).await?;
    insert(&mut change, connection).await?;
    stored(change, connection.id).await
}

/// Stores a new connection. The first of an organization to a connector becomes the default.
pub(super) async fn insert(change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
    let is_default = match &connection.owner {
        Owner::Organization(_) => connection.is_default || is_first(change, connection).await?,
        Owner::User { .. } => false,
    };
    if is_default {
        clear_default(change, connection).await?;
    }
    sqlx::query(
        "INSERT INTO connections (id, owner, organization, project, provider_config, connector,
           name, label, is_default, scheme, status, account_id, account_label, settings, scopes,
           expires_at, refresh_at, key_id, secret, version, credential_version, created_at,
           updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
           $19, 1, $20, $21, $22)",
    )
    .bind(connection.id)
    .bind(connection.owner.key())
    .bind(connection.owner.organization())
    .bind(connection.owner.project())
    .bind(connection.provider_config)
    .bind(&connection.connector)
    .bind(&connection.name)
    .bind(&connection.label)
    .bind(is_default)
    .bind(connection.scheme.as_str())
    .bind(connection.status.as_str())
    .bind(connection.account.as_ref().map(|account| &account.id))
    .bind(connection.account.as_ref().map(|account| &account.label))
    .bind(json(WHAT, &connection.settings)?)
    .bind(optional_json(WHAT, connection.scopes.as_ref())?)
    .bind(connection.expires_at.map(Timestamp::as_millis))
    .bind(connection.refresh_at.map(Timestamp::as_millis))
    .bind(&connection.secret.key_id)
    .bind(&connection.secret.bytes)
    .bind(connection.credential_version)
    .bind(connection.created_at.as_millis())
    .bind(connection.updated_at.as_millis())
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(|error| {
        if is_duplicate(&error) {
            return refused::by_name(&connection.name)(error);
        }
        let missing = match connection.owner {
            Owner::Organization(_) => "organization",
            Owner::User { .. } => "project or provider config",
        };
        refused::by_foreign_key(StoreError::NotFound(missing))(error)
    })
}

pub(super) async fn by_id(store: &SqlStore, id: Uuid) -> Result<Option<Connection>, StoreError> {
    sqlx::query(columns!("FROM connections WHERE id = $1"))
        .bind(id)
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn find(
    store: &SqlStore,
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
    let query = match (name, owner) {
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
    sqlx::query(query)
        .bind(key)
        .bind(connector)
        .bind(name)
        .bind(provider_config)
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(
    store: &SqlStore,
    filter: &ConnectionFilter,
) -> Result<Vec<Connection>, StoreError> {
    let owner = filter.owner.as_ref().map(Owner::key);
    let connector = filter.connector.as_deref();
    if owner.as_deref().is_some_and(is_no_text) || connector.is_some_and(is_no_text) {
        return Ok(Vec::new());
    }
    sqlx::query(columns!(
        "FROM connections WHERE ($1 IS NULL OR owner = $1) AND ($2 IS NULL OR connector = $2)
           AND ($3 IS NULL OR project = $3)
         ORDER BY owner, connector, name"
    ))
    .bind(owner)
    .bind(connector)
    .bind(filter.project)
    .fetch_all(store.reading())
    .await
    .map_err(store_error)
    .map(|rows| readable(WHAT, &rows, read))
}

pub(super) async fn update(
    store: &SqlStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    let before = held(&mut change, connection.id).await?;
    if before.version != connection.version {
        return Err(StoreError::Changed(WHAT));
    }
    replace(store, &mut change, &before, connection).await?;
    stored(change, connection.id).await
}

/// Returns a connection that nobody else changes before the change ends, but for its credential.
pub(super) async fn held(change: &mut Change, id: Uuid) -> Result<Connection, StoreError> {
    let found = by_id_in(change, id)
        .await?
        .ok_or(StoreError::NotFound(WHAT))?;
    take_turn(change, &found.owner).await?;
    by_id_in(change, id)
        .await?
        .ok_or(StoreError::NotFound(WHAT))
}

pub(super) async fn by_id_in(
    change: &mut Change,
    id: Uuid,
) -> Result<Option<Connection>, StoreError> {
    sqlx::query(columns!("FROM connections WHERE id = $1"))
        .bind(id)
        .fetch_optional(&mut **change)
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

/// Writes a connection over the one that is stored.
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
    sqlx::query(
        "UPDATE connections SET name = $1, label = $2, is_default = $3, scheme = $4, status = $5,
           account_id = $6, account_label = $7, settings = $8, scopes = $9, expires_at = $10,
           refresh_at = $11, key_id = $12, secret = $13, credential_version = $14,
           version = version + 1, updated_at = $15
         WHERE id = $16 AND version = $17",
    )
    .bind(&connection.name)
    .bind(&connection.label)
    .bind(is_default)
    .bind(connection.scheme.as_str())
    .bind(connection.status.as_str())
    .bind(connection.account.as_ref().map(|account| &account.id))
    .bind(connection.account.as_ref().map(|account| &account.label))
    .bind(json(WHAT, &connection.settings)?)
    .bind(optional_json(WHAT, connection.scopes.as_ref())?)
    .bind(connection.expires_at.map(Timestamp::as_millis))
    .bind(connection.refresh_at.map(Timestamp::as_millis))
    .bind(&connection.secret.key_id)
    .bind(&connection.secret.bytes)
    .bind(connection.credential_version)
    .bind(store.now().as_millis())
    .bind(before.id)
    .bind(before.version)
    .execute(&mut **change)
    .await
    .map_err(refused::by_name(&connection.name))
    .and_then(|done| match done.rows_affected() {
        0 => Err(StoreError::Changed(WHAT)),
        _ => Ok(()),
    })
}

pub(super) async fn delete(store: &SqlStore, id: Uuid) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    held(&mut change, id).await?;
    let row = sqlx::query(columns!(
        "DELETE FROM connections WHERE id = $1 RETURNING",
        ""
    ))
    .bind(id)
    .fetch_optional(&mut *change)
    .await
    .map_err(store_error)?
    .ok_or(StoreError::NotFound(WHAT))?;
    let deleted = read(&row)?;
    requests::withdraw_for(store, &mut change, id).await?;
    if let Some(ended) = EndedConnection::of(&deleted, store.now()) {
        ended::insert(&mut change, &ended).await?;
    }
    if deleted.is_default {
        sqlx::query(
            "UPDATE connections SET is_default = TRUE, version = version + 1
             WHERE id = (SELECT id FROM connections WHERE owner = $1 AND connector = $2
                         ORDER BY created_at, id LIMIT 1)",
        )
        .bind(deleted.owner.key())
        .bind(&deleted.connector)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    }
    change.commit().await.map_err(store_error)
}

/// Tells whether the owner has no connection to this connector yet.
async fn is_first(change: &mut Change, connection: &Connection) -> Result<bool, StoreError> {
    sqlx::query("SELECT 1 FROM connections WHERE owner = $1 AND connector = $2 LIMIT 1")
        .bind(connection.owner.key())
        .bind(&connection.connector)
        .fetch_optional(&mut **change)
        .await
        .map(|row| row.is_none())
        .map_err(store_error)
}

/// Takes the default from whichever connection of the same owner has it. That one has changed too.
async fn clear_default(change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE connections SET is_default = FALSE, version = version + 1
         WHERE owner = $1 AND connector = $2 AND is_default",
    )
    .bind(connection.owner.key())
    .bind(&connection.connector)
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(store_error)
}

/// Commits a change and returns the connection as it is after it.
pub(super) async fn stored(mut change: Change, id: Uuid) -> Result<Connection, StoreError> {
    let connection = by_id_in(&mut change, id)
        .await?
        .ok_or(StoreError::NotFound(WHAT))?;
    change.commit().await.map_err(store_error)?;
    Ok(connection)
}

pub(super) fn read(row: &SqlRow) -> Result<Connection, StoreError> {
    let record = Record { what: WHAT, row };
    let account = match (record.get("account_id")?, record.get("account_label")?) {
        (Some(id), Some(label)) => Some(Account { id, label }),
        _ => None,
    };
    Ok(Connection {
        id: record.id("id")?,
        owner: record.owner("owner")?,
        connector: record.get("connector")?,
        provider_config: record.optional_id("provider_config")?,
        name: record.get("name")?,
        label: record.get("label")?,
        is_default: record.get("is_default")?,
        scheme: record.word("scheme", |name| name.parse().ok())?,
        status: record.word("status", ConnectionStatus::from_text)?,
        account,
        settings: record.json("settings")?,
        scopes: record.optional_json("scopes")?,
        expires_at: record.optional_time("expires_at")?,
        refresh_at: record.optional_time("refresh_at")?,
        secret: record.sealed("key_id", "secret")?,
        credential_version: record.get("credential_version")?,
        version: record.get("version")?,
        created_at: record.time("created_at")?,
        updated_at: record.time("updated_at")?,
    })
}
