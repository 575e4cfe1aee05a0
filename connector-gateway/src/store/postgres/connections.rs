//! Connections.

use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::error::{is_duplicate, is_foreign_key, store_error};
use super::row::{Record, is_no_text};
use super::{Change, PostgresStore};
use crate::store::{Connection, ConnectionFilter, ConnectionStatus, NameTaken, Owner, StoreError};
use crate::time::Timestamp;
use plugwright_sdk::Account;

/// Named one by one: a statement that was prepared keeps its columns when a migration adds others.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, organization, connector, name, is_default, scheme, status, account_id, ",
            "account_label, settings, key_id, secret, version, created_at, updated_at ",
            $after
        )
    };
    ($rest:literal) => {
        columns!("SELECT", $rest)
    };
}

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
    store: &PostgresStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    take_turn(&mut change, organization(&connection.owner)).await?;
    let first = is_first(&mut change, connection).await?;
    if connection.is_default {
        clear_default(&mut change, connection).await?;
    }
    sqlx::query(
        "INSERT INTO connections (id, organization, connector, name, is_default, scheme, status,
           account_id, account_label, settings, key_id, secret, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14)",
    )
    .bind(connection.id)
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

pub(super) async fn by_id(
    store: &PostgresStore,
    id: Uuid,
) -> Result<Option<Connection>, StoreError> {
    sqlx::query(columns!("FROM connections WHERE id = $1"))
        .bind(id)
        .fetch_optional(store.pool())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn find(
    store: &PostgresStore,
    owner: &Owner,
    connector: &str,
    name: Option<&str>,
) -> Result<Option<Connection>, StoreError> {
    if name.is_some_and(is_no_text) {
        return Ok(None);
    }
    let query = match name {
        Some(name) => sqlx::query(columns!(
            "FROM connections WHERE organization = $1 AND connector = $2 AND name = $3"
        ))
        .bind(organization(owner))
        .bind(connector)
        .bind(name),
        None => sqlx::query(columns!(
            "FROM connections WHERE organization = $1 AND connector = $2 AND is_default"
        ))
        .bind(organization(owner))
        .bind(connector),
    };
    query
        .fetch_optional(store.pool())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(
    store: &PostgresStore,
    filter: &ConnectionFilter,
) -> Result<Vec<Connection>, StoreError> {
    sqlx::query(columns!(
        "FROM connections
             WHERE ($1 IS NULL OR organization = $1) AND ($2 IS NULL OR connector = $2)
             ORDER BY organization, connector, name"
    ))
    .bind(filter.owner.as_ref().map(organization))
    .bind(filter.connector.as_deref())
    .fetch_all(store.pool())
    .await
    .map_err(store_error)?
    .iter()
    .map(read)
    .collect()
}

pub(super) async fn update(
    store: &PostgresStore,
    connection: &Connection,
) -> Result<Connection, StoreError> {
    let mut change = store.change().await?;
    take_turn_of(&mut change, connection.id).await?;
    let row = sqlx::query(columns!("FROM connections WHERE id = $1 FOR UPDATE"))
        .bind(connection.id)
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
        "UPDATE connections SET name = $1, is_default = $2, scheme = $3, status = $4, account_id = $5,
           account_label = $6, settings = $7, key_id = $8, secret = $9, version = version + 1,
           updated_at = $10
         WHERE id = $11",
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
    .bind(connection.id)
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

pub(super) async fn delete(store: &PostgresStore, id: Uuid) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    take_turn_of(&mut change, id).await?;
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
    if deleted.is_default {
        sqlx::query(
            "UPDATE connections SET is_default = TRUE, version = version + 1
             WHERE id = (SELECT id FROM connections WHERE organization = $1 AND connector = $2
                         ORDER BY created_at, number LIMIT 1)",
        )
        .bind(organization(&deleted.owner))
        .bind(&deleted.connector)
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    }
    change.commit().await.map_err(store_error)
}

/// Lets changes of an owner's connections go one after the other: which one is the default can't be
/// told while another change is halfway.
async fn take_turn(change: &mut Change, organization: &str) -> Result<(), StoreError> {
    sqlx::query("SELECT 1 FROM organizations WHERE name = $1 FOR NO KEY UPDATE")
        .bind(organization)
        .fetch_optional(&mut **change)
        .await
        .map_err(store_error)?
        .map(drop)
        .ok_or(StoreError::NotFound("organization"))
}

/// Does so for the owner of a connection, which is always the same.
async fn take_turn_of(change: &mut Change, id: Uuid) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT organization FROM connections WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut **change)
        .await
        .map_err(store_error)?
        .ok_or(StoreError::NotFound(WHAT))?;
    let record = Record {
        what: WHAT,
        row: &row,
    };
    take_turn(change, record.get("organization")?).await
}

/// Tells whether the owner has no connection to this connector yet.
async fn is_first(change: &mut Change, connection: &Connection) -> Result<bool, StoreError> {
    sqlx::query("SELECT 1 FROM connections WHERE organization = $1 AND connector = $2 LIMIT 1")
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
        "UPDATE connections SET is_default = FALSE, version = version + 1
         WHERE organization = $1 AND connector = $2 AND is_default",
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
    let row = sqlx::query(columns!("FROM connections WHERE id = $1"))
        .bind(id)
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

fn read(row: &PgRow) -> Result<Connection, StoreError> {
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
