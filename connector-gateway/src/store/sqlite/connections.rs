//! Connections.

use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::error::{is_duplicate, is_foreign_key, store_error};
use super::row::Record;
use super::{Change, SqliteStore};
use crate::store::{Connection, ConnectionFilter, ConnectionStatus, NameTaken, Owner, StoreError};
use crate::time::Timestamp;
use plugwright_sdk::Account;

const WHAT: &str = "connection";

fn organization(owner: &Owner) -> &str {
    let Owner::Organization(name) = owner;
    name
}

const fn status_text(status: ConnectionStatus) -> &'static str {
    match status {
        ConnectionStatus::Active => "active",
        ConnectionStatus::ReauthRequired => "reauth_required",
    }
}

pub(super) async fn create(
    store: &SqliteStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    let first = is_first(&mut change, connection).await?;
    if connection.is_default {
        clear_default(&mut change, connection).await?;
    }
    sqlx::query(
        "INSERT INTO connections (id, organization, connector, name, is_default, scheme, status,
           account_id, account_label, settings, key_id, secret, version, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
    )
    .bind(connection.id.as_bytes().as_slice())
    .bind(organization(&connection.owner))
    .bind(&connection.connector)
    .bind(&connection.name)
    .bind(connection.is_default || first)
    .bind(&connection.scheme)
    .bind(status_text(connection.status))
    .bind(connection.account.as_ref().map(|account| &account.id))
    .bind(connection.account.as_ref().map(|account| &account.label))
    .bind(settings(connection)?)
    .bind(&connection.secret.key_id)
    .bind(&connection.secret.bytes)
    .bind(connection.created_at.as_millis())
    .bind(connection.updated_at.as_millis())
    .execute(&mut *change)
    .await
    .map_err(|error| {
        if is_duplicate(&error) {
            NameTaken(connection.name.clone()).into()
        } else if is_foreign_key(&error) {
            StoreError::NotFound("organization")
        } else {
            store_error(error)
        }
    })?;
    stored(change, connection.id).await
}

pub(super) async fn by_id(store: &SqliteStore, id: Uuid) -> Result<Option<Connection>, StoreError> {
    sqlx::query("SELECT * FROM connections WHERE id = ?")
        .bind(id.as_bytes().as_slice())
        .fetch_optional(&store.readers)
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn find(
    store: &SqliteStore,
    owner: &Owner,
    connector: &str,
    name: Option<&str>,
) -> Result<Option<Connection>, StoreError> {
    let query = match name {
        Some(name) => sqlx::query(
            "SELECT * FROM connections WHERE organization = ? AND connector = ? AND name = ?",
        )
        .bind(organization(owner))
        .bind(connector)
        .bind(name),
        None => sqlx::query(
            "SELECT * FROM connections WHERE organization = ? AND connector = ? AND is_default = 1",
        )
        .bind(organization(owner))
        .bind(connector),
    };
    query
        .fetch_optional(&store.readers)
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(
    store: &SqliteStore,
    filter: &ConnectionFilter,
) -> Result<Vec<Connection>, StoreError> {
    sqlx::query(
        "SELECT * FROM connections
         WHERE (?1 IS NULL OR organization = ?1) AND (?2 IS NULL OR connector = ?2)
         ORDER BY organization, connector, name",
    )
    .bind(filter.owner.as_ref().map(organization))
    .bind(filter.connector.as_deref())
    .fetch_all(&store.readers)
    .await
    .map_err(store_error)?
    .iter()
    .map(read)
    .collect()
}

pub(super) async fn update(
    store: &SqliteStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    let row = sqlx::query("SELECT * FROM connections WHERE id = ?")
        .bind(connection.id.as_bytes().as_slice())
        .fetch_optional(&mut *change)
        .await
        .map_err(store_error)?
        .ok_or(StoreError::NotFound(WHAT))?;
    let before = read(&row)?;
    if before.version != connection.version {
        return Err(StoreError::Changed(WHAT));
    }
    if connection.is_default && !before.is_default {
        clear_default(&mut change, &before).await?;
    }
    sqlx::query(
        "UPDATE connections SET name = ?, is_default = ?, scheme = ?, status = ?, account_id = ?,
           account_label = ?, settings = ?, key_id = ?, secret = ?, version = version + 1,
           updated_at = ?
         WHERE id = ?",
    )
    .bind(&connection.name)
    .bind(connection.is_default)
    .bind(&connection.scheme)
    .bind(status_text(connection.status))
    .bind(connection.account.as_ref().map(|account| &account.id))
    .bind(connection.account.as_ref().map(|account| &account.label))
    .bind(settings(connection)?)
    .bind(&connection.secret.key_id)
    .bind(&connection.secret.bytes)
    .bind(Timestamp::now().as_millis())
    .bind(connection.id.as_bytes().as_slice())
    .execute(&mut *change)
    .await
    .map_err(|error| {
        if is_duplicate(&error) {
            NameTaken(connection.name.clone()).into()
        } else {
            store_error(error)
        }
    })?;
    stored(change, connection.id).await
}

pub(super) async fn delete(store: &SqliteStore, id: Uuid) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    let row = sqlx::query("DELETE FROM connections WHERE id = ? RETURNING *")
        .bind(id.as_bytes().as_slice())
        .fetch_optional(&mut *change)
        .await
        .map_err(store_error)?
        .ok_or(StoreError::NotFound(WHAT))?;
    let deleted = read(&row)?;
    if deleted.is_default {
        sqlx::query(
            "UPDATE connections SET is_default = 1, version = version + 1
             WHERE id = (SELECT id FROM connections WHERE organization = ? AND connector = ?
                         ORDER BY created_at, rowid LIMIT 1)",
        )
        .bind(organization(&deleted.owner))
        .bind(&deleted.connector)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    }
    change.commit().await.map_err(store_error)
}

/// Tells whether the owner has no connection to this connector yet.
async fn is_first(change: &mut Change, connection: &Connection) -> Result<bool, StoreError> {
    sqlx::query("SELECT 1 FROM connections WHERE organization = ? AND connector = ? LIMIT 1")
        .bind(organization(&connection.owner))
        .bind(&connection.connector)
        .fetch_optional(&mut **change)
        .await
        .map(|row| row.is_none())
        .map_err(store_error)
}

/// Takes the default from whichever connection of the same owner has it. That one has changed too.
async fn clear_default(change: &mut Change, connection: &Connection) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE connections SET is_default = 0, version = version + 1
         WHERE organization = ? AND connector = ? AND is_default = 1",
    )
    .bind(organization(&connection.owner))
    .bind(&connection.connector)
    .execute(&mut **change)
    .await
    .map(drop)
    .map_err(store_error)
}

/// Commits a change and returns the connection as it is after it.
async fn stored(mut change: Change, id: Uuid) -> Result<Connection, StoreError> {
    let row = sqlx::query("SELECT * FROM connections WHERE id = ?")
        .bind(id.as_bytes().as_slice())
        .fetch_one(&mut *change)
        .await
        .map_err(store_error)?;
    let connection = read(&row)?;
    change.commit().await.map_err(store_error)?;
    Ok(connection)
}

fn settings(connection: &Connection) -> Result<String, StoreError> {
    serde_json::to_string(&connection.settings).map_err(|error| StoreError::Corrupt {
        what: WHAT,
        reason: error.to_string(),
    })
}

fn read(row: &SqliteRow) -> Result<Connection, StoreError> {
    let record = Record { what: WHAT, row };
    let account = match (record.get("account_id")?, record.get("account_label")?) {
        (Some(id), Some(label)) => Some(Account { id, label }),
        _ => None,
    };
    let status = match record.get("status")? {
        "active" => ConnectionStatus::Active,
        "reauth_required" => ConnectionStatus::ReauthRequired,
        _ => return Err(record.corrupt("status", "is not known")),
    };
    Ok(Connection {
        id: record.id("id")?,
        owner: Owner::Organization(record.get("organization")?),
        connector: record.get("connector")?,
        name: record.get("name")?,
        is_default: record.get("is_default")?,
        scheme: record.get("scheme")?,
        status,
        account,
        settings: record.json("settings")?,
        secret: record.sealed("key_id", "secret")?,
        version: record.get("version")?,
        created_at: record.time("created_at")?,
        updated_at: record.time("updated_at")?,
    })
}
