#![doc = include_str!("../README.md")]

pub mod me;
mod model;
pub mod pets;
pub mod pets_photo;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The Petstore connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("petstore", "Petstore", env!("CARGO_PKG_VERSION"))
        .description("Pets of a shop, and who owns them")
        .base_url("https://petstore.example.com/v1")
        .auth(&[Auth::api_key_header("API key", "x-key")])
        .identity("/me", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            pets::list,
            pets::get,
            pets::create,
            pets::update,
            pets::delete,
            pets_photo::pets_upload_photo,
            me::get,
        ]);

pub use model::{Me, Owner, Pet, PetId};
