//! A shelf of items: the connector that the book compares with those of other frameworks.

pub mod items;
mod model;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

pub use model::Item;

/// The connector.
pub static SHELF: ConnectorDefinition =
    ConnectorDefinition::new("shelf", "Shelf", env!("CARGO_PKG_VERSION"))
        .description("Items of a shelf")
        .base_url("https://shelf.example.com")
        .auth(&[Auth::bearer_token("API token")])
        .on_error(model::error)
        .cassettes(cassettes!("src/shelf/cassettes"))
        .actions(actions![items::list, items::get, items::create]);
