//! Instance: the name of a connection in place of its connector's.

use std::sync::Arc;

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Registry;
use plugwright_store::ConnectionFilter;

use super::{Pipeline, authorize};
use crate::call::{Call, ConnectionSelector, OwnerSelector, Target};
use crate::principal::Principal;
use crate::storage::Storage;

/// What a name such as `hubspot-prod.contacts.list` stands for.
pub(crate) struct Instance {
    pub(crate) action: String,
    pub(crate) connection: String,
}

impl Instance {
    /// Finds what a name stands for, if there is one connection of that name to a connector with that
    /// action.
    pub(crate) async fn find(
        storage: &Storage,
        registry: &Registry,
        principal: &Principal,
        owner: &OwnerSelector,
        name: &str,
    ) -> Result<Option<Self>, ActionError> {
        let Some((slug, action)) = name.split_once('.') else {
            return Ok(None);
        };
        let filter = ConnectionFilter {
            owner: Some(authorize::owner(principal, owner)?),
            name: Some(slug.to_owned()),
            ..ConnectionFilter::default()
        };
        let connections = storage.store.connections(&filter).await?;
        let mut ids = connections
            .iter()
            .filter(|connection| match owner {
                OwnerSelector::Organization(_) => true,
                OwnerSelector::EndUser {
                    provider_configs, ..
                } => connection
                    .provider_config
                    .is_some_and(|config| provider_configs.contains(&config)),
            })
            .filter_map(|connection| {
                let id = format!("{}.{action}", connection.connector);
                registry.find(&id).ok().map(|entry| entry.id())
            });
        let (Some(action), None) = (ids.next(), ids.next()) else {
            return Ok(None);
        };
        Ok(Some(Self {
            action,
            connection: slug.to_owned(),
        }))
    }
}

/// Returns the call that is meant by one whose action begins with the name of a connection.
pub(super) async fn named(pipeline: &Pipeline, call: &Call) -> Result<Option<Call>, ActionError> {
    let (Some(storage), Target::Action { name, input }) = (&pipeline.storage, &call.target) else {
        return Ok(None);
    };
    if !matches!(call.connection, ConnectionSelector::Default) {
        return Ok(None);
    }
    let registry = pipeline.catalog.registry();
    let found = Instance::find(storage, registry, &call.principal, &call.owner, name).await?;
    Ok(found.map(|Instance { action, connection }| Call {
        target: Target::Action {
            name: action,
            input: Arc::clone(input),
        },
        connection: ConnectionSelector::Named(connection),
        ..call.clone()
    }))
}
