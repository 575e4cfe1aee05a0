#![doc = include_str!("../README.md")]

pub mod aliases;
mod event;
mod evidence;
pub mod files;
mod lost;
pub mod members;
pub mod messages;
mod model;
pub mod reactions;
pub mod rooms;
mod sync;
pub mod users;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The Matrix connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("matrix", "Matrix", env!("CARGO_PKG_VERSION"))
        .description("Open network for team chat: rooms, messages, threads, members and files")
        .base_url("{base_url}/_matrix")
        .setting_defaults(&[("base_url", "https://matrix-client.matrix.org")])
        .auth(&[Auth::bearer_token("Access token")])
        .categories(&["communication"])
        .homepage_url("https://matrix.org")
        .on_error(model::error)
        .identity("/client/v3/account/whoami", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            rooms::list,
            rooms::list_invites,
            rooms::list_public,
            rooms::get,
            rooms::create,
            rooms::join,
            rooms::leave,
            rooms::set_name,
            rooms::set_topic,
            aliases::get,
            aliases::create,
            aliases::delete,
            members::list,
            members::invite,
            members::kick,
            members::ban,
            members::unban,
            messages::list,
            messages::list_thread,
            messages::get,
            messages::search,
            messages::send,
            messages::send_file,
            messages::reply,
            messages::update,
            messages::delete,
            messages::mark_read,
            reactions::list,
            reactions::add,
            files::upload,
            files::download,
            users::me,
            users::get,
            users::search,
            users::set_display_name,
        ]);

pub use model::{
    Alias, Done, EventId, Invite, KnownRoom, Limit, Member, Message, PublicRoom, Reaction, Room,
    RoomAlias, RoomId, RoomRef, SentEvent, StoredFile, User, UserId,
};
