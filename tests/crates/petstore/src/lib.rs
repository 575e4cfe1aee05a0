#![doc = include_str!("../README.md")]

pub mod me;
mod model;
pub mod pets;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The Petstore connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("petstore", "Petstore", env!("CARGO_PKG_VERSION"))
        .description("Pets of a shop, and who owns them")
        .base_url("https://petstore.example.com/v1")
        .auth(&[
            Auth::api_key_header("API key", "x-key"),
            Auth::api_key_header("API key", "x-admin-key"),
            Auth::none(),
        ])
        .on_error(model::error)
        .identity("/me", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            pets::list,
            pets::get,
            pets::create,
            pets::update,
            pets::upload_photo,
            pets::delete,
            me::get,
        ]);

pub use model::{Owner, Pet, PetId, PetstoreAccount};
