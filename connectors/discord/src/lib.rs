#![doc = include_str!("../README.md")]

pub mod channels;
mod error;
pub mod guilds;
mod lost;
pub mod members;
pub mod messages;
mod model;
mod pages;
pub mod pins;
pub mod reactions;
mod reason;
pub mod roles;
pub mod threads;
pub mod users;
pub mod webhooks;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The Discord connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("discord", "Discord", env!("CARGO_PKG_VERSION"))
        .description("Community chat: messages, threads, channels, members, roles and webhooks")
        .base_url("https://discord.com/api/v10")
        // Tokens of people may do next to nothing of this, so there is no OAuth 2.
        .auth(&[Auth::prefixed_token("Bot token", "Bot")])
        // Discord blocks clients that don't name themselves in this form.
        .headers(&[(
            "user-agent",
            concat!(
                "DiscordBot (https://github.com/plugwright/plugwright, ",
                env!("CARGO_PKG_VERSION"),
                ")"
            ),
        )])
        .categories(&["communication"])
        .homepage_url("https://discord.com")
        .on_error(error::error)
        .identity("/users/@me", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![
            guilds::list,
            guilds::get,
            channels::list,
            channels::get,
            channels::create,
            channels::update,
            channels::delete,
            messages::list,
            messages::get,
            messages::send,
            messages::reply,
            messages::update,
            messages::delete,
            messages::delete_many,
            pins::list,
            pins::add,
            pins::remove,
            reactions::list,
            reactions::add,
            reactions::remove,
            threads::list,
            threads::create,
            threads::create_from_message,
            threads::update,
            members::list,
            members::get,
            members::search,
            members::update,
            members::kick,
            members::ban,
            members::unban,
            roles::list,
            roles::assign,
            roles::remove,
            webhooks::list,
            webhooks::create,
            webhooks::send,
            webhooks::delete,
            users::get_current,
            users::get,
            users::open_dm,
        ]);

pub use model::{
    Attachment, Channel, ChannelId, ChannelKind, Embed, EmbedField, EmbedFooter, EmbedImage, Emoji,
    Guild, GuildId, Member, MentionKind, Message, MessageId, MessageReference, PinnedMessage,
    Reaction, Role, RoleId, ThreadMetadata, User, UserId, Webhook, WebhookId,
};
