//! The state of a gateway, in its data directory or in a shared database.

use std::sync::Arc;

use super::ServeError;
use crate::config::Config;
use plugwright_engine::run_log::{RunDatabase, RunLog, RunLogSettings};
use plugwright_store::data_directory::DataDirectory;
use plugwright_store::vault::{KeySource, Vault};
use plugwright_store::{SqliteStore, Store};

pub(super) struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) vault: Vault,
    pub(super) run_log: RunLog,
    /// The data directory, if it is used.
    pub(super) directory: Option<DataDirectory>,
}

pub(super) async fn open(config: &Config) -> Result<State, ServeError> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &config.database_url {
        return in_database(config, url).await;
    }
    let directory = DataDirectory::open(&config.data_dir)?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&directory.database()).await?);
    let keys = match &config.vault_key {
        Some(keys) => KeySource::Text(keys.clone()),
        None => KeySource::File(directory.vault_key()),
    };
    let vault = Vault::open(keys, &*store).await?;
    let run_log = if config.run_log.enabled {
        let database = RunDatabase::file(&directory.run_log()).await?;
        RunLog::start(database, RunLogSettings::from(&config.run_log))
    } else {
        RunLog::disabled()
    };
    Ok(State {
        store,
        vault,
        run_log,
        directory: Some(directory),
    })
}

/// Opens a database. The data directory is only used for the key file, if there is one.
#[cfg(feature = "postgres")]
async fn in_database(
    config: &Config,
    url: &plugwright_store::DatabaseUrl,
) -> Result<State, ServeError> {
    let (keys, directory) = match &config.vault_key {
        Some(keys) => (KeySource::Text(keys.clone()), None),
        None => {
            let directory = DataDirectory::open(&config.data_dir)?;
            (KeySource::File(directory.vault_key()), Some(directory))
        }
    };
    let store = plugwright_store::PostgresStore::connect(url, config.database_connections).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let vault = Vault::open(keys, &*store).await?;
    let run_log = if config.run_log.enabled {
        let database = RunDatabase::postgres(url)?;
        RunLog::start(database, RunLogSettings::from(&config.run_log))
    } else {
        RunLog::disabled()
    };
    Ok(State {
        store,
        vault,
        run_log,
        directory,
    })
}
