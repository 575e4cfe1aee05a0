#![doc = include_str!("../README.md")]

pub mod audio;
pub mod batches;
pub mod chat;
pub mod embeddings;
pub mod files;
pub mod images;
mod model;
pub mod models;
pub mod moderations;
pub mod responses;
mod streaming;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The OpenAI connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("openai", "OpenAI", env!("CARGO_PKG_VERSION"))
        .description("Models for text, images and audio: chat, responses, embeddings and batches")
        .base_url("https://api.openai.com/v1")
        .auth(&[Auth::bearer_token("API key")])
        .categories(&["ai"])
        .homepage_url("https://openai.com")
        .on_error(model::error)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            chat::completion,
            responses::create,
            responses::get,
            responses::cancel,
            responses::delete,
            responses::list_input_items,
            embeddings::create,
            models::list,
            models::get,
            models::delete,
            images::generate,
            images::edit,
            audio::speak,
            audio::transcribe,
            audio::translate,
            files::list,
            files::get,
            files::upload,
            files::download,
            files::delete,
            moderations::create,
            batches::list,
            batches::get,
            batches::create,
            batches::cancel,
        ]);

pub use chat::{ChatCompletion, Message, Role};
pub use model::{Deleted, Limit, ToolCall, Usage};
pub use responses::{Response, ResponseError};
