//! The state of a gateway, in its data directory or in a shared database.

use std::sync::Arc;

use super::ServeError;
use crate::config::Config;
use plugwright_engine::run_log::{RunDatabase, RunLog};
use plugwright_store::data_directory::DataDirectory;
use plugwright_store::vault::{KeySource, Vault};
use plugwright_store::{SqliteStore, Store};

pub(super) struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) vault: Vault,
    pub(super) run_log: RunLog,
    pub(super) directory: Option<DataDirectory>,
}

pub(super) async fn open(config: &Config) -> Result<State, ServeError> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &config.database_url {
        // The data directory is only used for the key file.
        let (keys, directory) = match &config.vault_key {
            Some(keys) => (KeySource::Text(keys.clone()), None),
            None => {
                let directory = DataDirectory::open(&config.data_dir)?;
                (KeySource::File(directory.vault_key()), Some(directory))
            }
        };
        let connecting = plugwright_store::PostgresStore::connect(url, config.database_connections);
        let store = Arc::new(connecting.await?);
        let runs = async { Ok(RunDatabase::postgres(url)?) };
        return with_store(config, store, keys, directory, runs).await;
    }
    let directory = DataDirectory::open(&config.data_dir)?;
    let store = Arc::new(SqliteStore::open(&directory.database()).await?);
    let keys = match &config.vault_key {
        Some(keys) => KeySource::Text(keys.clone()),
        None => KeySource::File(directory.vault_key()),
    };
    let path = directory.run_log();
    let runs = async { Ok(RunDatabase::file(&path).await?) };
    with_store(config, store, keys, Some(directory), runs).await
}

async fn with_store(
    config: &Config,
    store: Arc<dyn Store>,
    keys: KeySource,
    directory: Option<DataDirectory>,
    runs: impl Future<Output = Result<RunDatabase, ServeError>>,
) -> Result<State, ServeError> {
    let vault = Vault::open(keys, &*store).await?;
    let run_log = if config.run_log_enabled {
        RunLog::start(runs.await?, config.run_log.clone())
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
