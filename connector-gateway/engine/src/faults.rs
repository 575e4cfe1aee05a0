//! What becomes of writes whose answers get lost.

mod report;
#[cfg(test)]
mod tests;
mod trial;

use std::collections::HashMap;
use std::sync::Arc;

use plugwright_sdk::cassette::CassetteError;
use plugwright_sdk::host::{ActionDefinition, Effect, Registry, RegistryError};
use plugwright_sdk::testing::{Cut, Double, Rehearsal};
use plugwright_sdk::{Action as _, Cassette, ConnectorDefinition};
use plugwright_store::{Store, vault::Vault};

use crate::engine::{Engine, EngineError, EngineSettings};
use crate::settings::OutputCheck;

pub use report::{FaultReport, Resolution, WriteReport};
use trial::{Call, Repeats, Trial};

/// Makes each write of a connector against a [`Double`] of its provider, cuts the answer to each of its
/// requests in [every way](Cut), makes the same call again with the same idempotency key, and counts
/// what the provider applied.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_engine::faults::{FaultCheck, Resolution};
/// use plugwright_store::{SqliteStore, vault::Vault};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let store = Arc::new(SqliteStore::in_memory().await?);
/// let check = FaultCheck::new(&plugwright_github::CONNECTOR, store, Vault::ephemeral())?;
/// let report = check.run().await;
/// assert!(report.findings.is_empty(), "{report}");
/// let update = report.writes.iter().find(|write| write.action == "issues.update").unwrap();
/// assert_eq!(update.resolution, Some(Resolution::NaturalKey));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FaultCheck {
    connector: &'static ConnectorDefinition,
    cassettes: Vec<Cassette>,
    engine: Engine,
    doubles: HashMap<String, MakeDouble>,
}

type MakeDouble = Box<dyn Fn() -> Double + Send + Sync>;

/// A connector can't be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultCheckError {
    /// A cassette can't be read.
    #[error(transparent)]
    Cassette(#[from] CassetteError),
    /// The connector is not valid.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The engine can't be made.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl FaultCheck {
    /// Prepares the check of a connector. Calls claim their idempotency keys in the store.
    ///
    /// # Errors
    ///
    /// If the connector or one of its cassettes is not valid.
    pub fn new(
        connector: &'static ConnectorDefinition,
        store: Arc<dyn Store>,
        vault: Vault,
    ) -> Result<Self, FaultCheckError> {
        let settings = EngineSettings {
            storage: Some((store, vault)),
            output_check: OutputCheck::Off,
            ..EngineSettings::offline()
        };
        Ok(Self {
            connector,
            cassettes: Cassette::shipped(connector.cassettes())?,
            engine: Engine::new(Registry::new([connector])?, settings)?,
            doubles: HashMap::new(),
        })
    }

    /// Uses a double by hand for one action, in place of that which its cassettes make. The input is
    /// that of the action's cassette.
    #[must_use]
    pub fn double(
        mut self,
        action: impl Into<String>,
        make: impl Fn() -> Double + Send + Sync + 'static,
    ) -> Self {
        self.doubles.insert(action.into(), Box::new(make));
        self
    }

    /// Checks every write.
    pub async fn run(&self) -> FaultReport {
        let mut report = FaultReport::new(self.connector.name());
        for action in self.connector.actions() {
            if action.effect() != Effect::Read {
                self.check(action, &mut report).await;
            }
        }
        report
    }

    async fn check(&self, action: &'static ActionDefinition, report: &mut FaultReport) {
        let name = action.name();
        let mut write = WriteReport::new(action);
        let Some(rehearsal) = Rehearsal::new(self.connector, action, &self.cassettes) else {
            report.find(name, "cassette", "has no cassette of a call that succeeds");
            report.writes.push(write);
            return;
        };
        let call = Call {
            engine: &self.engine,
            id: format!("{}.{name}", self.connector.name()),
            make: self.doubles.get(name),
            rehearsal: &rehearsal,
        };
        let usual = Trial::undisturbed(&call).await;
        if let Some(error) = usual.error() {
            let detail = error.detail().map(|detail| format!(" ({detail})"));
            let message = format!(
                "fails without a fault: {error}{}",
                detail.unwrap_or_default()
            );
            report.find(name, "replay", message);
            report.writes.push(write);
            return;
        }
        let carries_key = usual.applied != Trial::undisturbed(&call).await.applied;
        let repeats = match (action.idempotent(), carries_key) {
            (false, _) => Repeats::Count,
            (true, false) => Repeats::ChangeNothing,
            (true, true) => Repeats::AreKnown,
        };
        write.requests = usual.sent;
        let mut is_certain = true;
        for request in 0..usual.sent {
            for cut in Cut::ALL {
                let trial = Trial::disturbed(&call, request, cut).await;
                write.cuts += 1;
                is_certain &= trial.is_certain();
                for (rule, fault) in trial.faults(&usual, repeats) {
                    let message = format!("{fault}; {}, request {}", cut.as_str(), request + 1);
                    report.find(name, rule, message);
                }
                for asked in trial.unknown {
                    if !write.unanswered.contains(&asked) {
                        write.unanswered.push(asked);
                    }
                }
            }
        }
        write.resolution = Some(match repeats {
            _ if !is_certain => Resolution::Unknown,
            Repeats::Count => Resolution::Reconciled,
            Repeats::AreKnown => Resolution::Key,
            Repeats::ChangeNothing => Resolution::NaturalKey,
        });
        report.writes.push(write);
    }
}
