//! Instance: the name of a connection in place of its connector's.

use std::sync::Arc;

use plugwright_sdk::ActionError;
use plugwright_store::ConnectionFilter;

use super::{Pipeline, authorize};
use crate::call::{Call, ConnectionSelector, OwnerSelector, Target};

/// Returns the call that `hubspot-prod.contacts.list` stands for, if the caller has one connection of
/// that name to a connector with that action.
pub(super) async fn named(pipeline: &Pipeline, call: &Call) -> Result<Option<Call>, ActionError> {
    let (Some(storage), Target::Action { name, input }) = (&pipeline.storage, &call.target) else {
        return Ok(None);
    };
    let Some((slug, action)) = name.split_once('.') else {
        return Ok(None);
    };
    if !matches!(call.connection, ConnectionSelector::Default) {
        return Ok(None);
    }
    let filter = ConnectionFilter {
        owner: Some(authorize::owner(&call.principal, &call.owner)?),
        ..ConnectionFilter::default()
    };
    let connections = storage.store.connections(&filter).await?;
    let registry = pipeline.catalog.registry();
    let mut ids = connections
        .iter()
        .filter(|connection| connection.name == slug)
        .filter(|connection| match &call.owner {
            OwnerSelector::Organization(_) => true,
            OwnerSelector::EndUser {
                provider_configs, ..
            } => connection
                .provider_config
                .is_some_and(|config| provider_configs.contains(&config)),
        })
        .map(|connection| format!("{}.{action}", connection.connector))
        .filter(|id| registry.find(id).is_ok());
    let (Some(name), None) = (ids.next(), ids.next()) else {
        return Ok(None);
    };
    Ok(Some(Call {
        target: Target::Action {
            name,
            input: Arc::clone(input),
        },
        connection: ConnectionSelector::Named(slug.to_owned()),
        ..call.clone()
    }))
}
