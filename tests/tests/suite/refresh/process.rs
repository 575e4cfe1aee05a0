//! A gateway process that is killed and started again.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plugwright_tests::gateway::{GatewayProcess, Setup};
use plugwright_tests_oauth::AuthorizationServer;
use tempfile::TempDir;
use tokio::sync::RwLock;
use url::Url;

use crate::refresh::clocks;

/// The secret of the gateways' client at the provider.
pub(crate) const SECRET: &str = "s3cret-of-the-client";

/// One of the gateways.
pub(crate) struct Process {
    setup: Setup,
    file: PathBuf,
    _directory: TempDir,
    /// How often it was killed. Each start has its own address at the proxy, so that nothing of a
    /// dead process is taken for its successor's.
    life: AtomicU64,
    running: Mutex<Option<GatewayProcess>>,
    /// Held to read by each refresh from before the provider gets it until it is committed, and by
    /// whatever else must not be broken off; held to write by whoever kills.
    pub(crate) whole: Arc<RwLock<()>>,
}

impl Process {
    pub(crate) fn new(setup: Setup) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("plugwright.toml");
        Self {
            setup: setup
                .env("PLUGWRIGHT_CONNECTORS_SIGNED_OAUTH_CLIENT_SECRET", SECRET)
                .argument("--config")
                .argument(&file),
            file,
            _directory: directory,
            life: AtomicU64::new(0),
            running: Mutex::new(None),
            whole: Arc::default(),
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<GatewayProcess>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn life(&self) -> u64 {
        self.life.load(Ordering::SeqCst)
    }

    /// Starts it, with its proxy for the token endpoint.
    pub(crate) async fn start(&self, server: &AuthorizationServer, proxy: &Url) {
        let text = format!(
            "[connectors.signed]\nbase_url = \"{}\"\n[connectors.signed.oauth]\n\
             client_id = \"plugwright\"\nauthorization_url = \"{}\"\ntoken_url = \"{proxy}{}/token\"\n\
             revocation_url = \"{}\"\n",
            server.url("/"),
            server.authorization_endpoint(),
            self.life(),
            server.revocation_endpoint(),
        );
        fs::write(&self.file, text).expect("the configuration is written");
        let started = self.setup.start().await;
        *self.running() = Some(started);
    }

    /// Kills it, and waits until it is gone. Whoever does so holds `whole` to write.
    pub(crate) async fn kill(&self) {
        let gateway = self.running().take();
        self.life.fetch_add(1, Ordering::SeqCst);
        let gateway = gateway.expect("it runs");
        let id = gateway.id();
        gateway.kill().await;
        clocks::clean_up(id);
    }

    /// Does something with it if it runs.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&GatewayProcess) -> T) -> Option<T> {
        self.running().as_ref().map(work)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(gateway) = self.running().take() {
            let id = gateway.id();
            drop(gateway);
            clocks::clean_up(id);
        }
    }
}
