//! Builds a gateway from a configuration.

use std::collections::HashMap;
use std::time::Duration;

use plugwright_egress::EgressSettings;
use plugwright_engine::patterns::{unmatched, unmatched_connectors};
use plugwright_engine::{EngineSettings, tokens};
use plugwright_sdk::Secret;
use plugwright_sdk::host::Registry;

use super::state::{self, State};
use super::{ServeError, lock};
use crate::config::Config;
use crate::telemetry::{self, Telemetry, TraceSettings};
use plugwright_store::Timestamp;
use plugwright_store::data_directory::DataDirectory;
use plugwright_store::{RecordKind, StoreError, TokenHash, TokenStore, damage};
use plugwright_surfaces::{Gateway, WebSettings};

/// How often expired records are deleted.
const HOUSEKEEPING: Duration = Duration::from_mins(10);

/// How long connect requests can be read after they expire.
const REQUEST_RETENTION: Duration = Duration::from_hours(24);

/// How long the status of deleted connections can be read.
const ENDED_RETENTION: Duration = Duration::from_hours(30 * 24);

/// A gateway with what belongs to its process.
pub(super) struct Started<L> {
    pub(super) gateway: Gateway,
    pub(super) listener: L,
    /// Keeps other processes out.
    pub(super) _directory: Option<DataDirectory>,
}

pub(super) fn telemetry(config: &Config) -> Result<Telemetry, ServeError> {
    let endpoint = config.otlp_endpoint.as_ref().map(ToString::to_string);
    let traces = TraceSettings::new(endpoint);
    Ok(telemetry::init(&config.log, traces.as_ref())?)
}

/// Opens everything that the configuration names, then listens: a second process on one directory
/// fails before it tries to.
///
/// If this start creates the operator's token, `show` gets it at once, as only its hash is stored. All
/// that can easily fail comes before, since a later start does not show the token again.
pub(super) async fn start<L>(
    registry: Registry,
    config: &Config,
    listen: impl FnOnce() -> Result<L, ServeError>,
    show: fn(&Secret),
) -> Result<Started<L>, ServeError> {
    if let Some(path) = &config.lock_file {
        lock::check(&registry, path)?;
    }
    let registry = enabled(registry, config)?;
    warn_of_patterns(&registry, config);
    let State {
        store,
        vault,
        run_log,
        directory,
    } = state::open(config).await?;
    let egress = egress(config)?;
    let listener = listen()?;
    let (operator, created) = operator_token(&*store, config).await?;
    if let Some(token) = created {
        show(&token);
    }
    let builder = Gateway::builder(registry)
        .engine(EngineSettings {
            policy: config.policy.clone(),
            limits: config.limits.clone(),
            output_check: config.output_check,
            base_urls: base_urls(config),
            storage: Some((store, vault)),
            egress: Some(egress),
            recorded: config.recorded,
            run_log,
            return_uris: config.return_uris.clone(),
            oauth: config
                .connectors
                .iter()
                .map(|(name, connector)| (name.clone(), connector.oauth.clone()))
                .collect(),
        })
        .dialects(config.dialects)
        .operator_token(operator)
        .mcp(config.mcp)
        .web(web(config))
        .public_url(config.public_url.clone())
        .allow_anonymous(config.dev);
    Ok(Started {
        gateway: builder.build()?,
        listener,
        _directory: directory,
    })
}

/// Warns of patterns that match nothing. They are no errors, as connectors can be imported later.
fn warn_of_patterns(registry: &Registry, config: &Config) {
    let policy = &config.policy;
    let warnings = [
        ("policy.actions", unmatched(registry, &policy.actions)),
        (
            "policy.blocked_actions",
            unmatched(registry, &policy.blocked_actions),
        ),
        (
            "policy.proxies",
            unmatched_connectors(registry, &policy.proxies),
        ),
    ];
    for (setting, warnings) in warnings {
        for warning in warnings {
            tracing::warn!("`{setting}`: {warning}");
        }
    }
}

/// Returns the base URLs of connectors; settings of disabled ones are ignored.
fn base_urls(config: &Config) -> HashMap<String, String> {
    let enabled = config.connectors.iter().filter(|(_, own)| own.enabled);
    enabled
        .filter_map(|(name, own)| Some((name.clone(), own.base_url.as_ref()?.to_string())))
        .collect()
}

fn enabled(registry: Registry, config: &Config) -> Result<Registry, ServeError> {
    let unknown = config
        .connectors
        .keys()
        .find(|name| !registry.has_connector(name));
    if let Some(name) = unknown {
        return Err(ServeError::UnknownConnector(name.clone()));
    }
    let off = |name: &str| config.connectors.get(name).is_some_and(|own| !own.enabled);
    Ok(registry.without(off))
}

/// Returns the hash of the operator's token, which is configured, stored or new.
async fn operator_token(
    store: &dyn TokenStore,
    config: &Config,
) -> Result<(TokenHash, Option<Secret>), ServeError> {
    if let Some(token) = &config.admin_token {
        return Ok((tokens::hash(token.expose()), None));
    }
    let stored = match store.operator_token().await {
        Err(error @ StoreError::Corrupt { .. }) => {
            damage::note("operator's token", "hash", &error);
            tracing::error!("the operator's token is unusable; set PLUGWRIGHT_ADMIN_TOKEN");
            let unused = tokens::generate(tokens::PREFIX).map_err(|_| ServeError::Random)?;
            Some(tokens::hash(unused.expose()))
        }
        stored => stored?,
    };
    if let Some(hash) = stored {
        return Ok((hash, None));
    }
    let token = tokens::generate(tokens::PREFIX).map_err(|_| ServeError::Random)?;
    let hash = tokens::hash(token.expose());
    match store.set_operator_token(&hash).await {
        Ok(()) => Ok((hash, Some(token))),
        // Another process on the store started at the same time and prints its own token.
        Err(StoreError::Changed(_)) => match store.operator_token().await? {
            Some(hash) => Ok((hash, None)),
            None => Err(StoreError::Changed(RecordKind::OperatorToken).into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn egress(config: &Config) -> Result<EgressSettings, ServeError> {
    let mut settings = config.egress.clone();
    if let Some(file) = &config.ca_file {
        let pem = file.pem().map_err(|error| ServeError::Certificates {
            path: file.path().to_owned(),
            error,
        })?;
        settings.extra_root_certificates.push(pem.to_vec());
    }
    Ok(settings)
}

/// Accepts any host name if other machines can reach the gateway: then every call needs a token,
/// which a malicious page doesn't have.
fn web(config: &Config) -> WebSettings {
    let settings = &config.web;
    let any = settings.hosts.is_empty() && !config.listen.ip().is_loopback();
    WebSettings {
        hosts: (!any).then(|| settings.hosts.clone()),
        origins: settings.origins.clone(),
    }
}

/// Deletes expired records periodically, until it is dropped.
pub(super) async fn run_housekeeping(gateway: Gateway) {
    let mut rounds = tokio::time::interval(HOUSEKEEPING);
    loop {
        rounds.tick().await;
        let Some(storage) = gateway.engine().storage() else {
            return;
        };
        match storage.store.forget_claims(Timestamp::now()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "deleted expired idempotency keys"),
            Err(error) => tracing::warn!(%error, "can't delete expired idempotency keys"),
        }
        let old = storage.store.now().before(REQUEST_RETENTION);
        if let Err(error) = storage.store.forget_requests(old).await {
            tracing::warn!(%error, "can't delete old connect requests");
        }
        let old = storage.store.now().before(ENDED_RETENTION);
        if let Err(error) = storage.store.forget_ended_connections(old).await {
            tracing::warn!(%error, "can't delete records of old deleted connections");
        }
        if let Err(error) = storage.store.forget_mcp_sessions(storage.store.now()).await {
            tracing::warn!(%error, "can't delete ended MCP sessions");
        }
    }
}
