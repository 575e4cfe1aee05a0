#![doc = include_str!("../README.md")]

pub mod channels;
pub mod conversations;
mod error;
mod evidence;
pub mod files;
mod lost;
pub mod messages;
mod model;
pub mod pins;
pub mod reactions;
pub mod scheduled_messages;
pub mod team;
pub mod threads;
pub mod user_groups;
pub mod users;

use plugwright_sdk::auth::{ClientAuthentication, Revocation, TokenAnswer};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes, host, scope};

const TOKEN_ERRORS: &[(&str, &str)] = &[
    ("bad_client_secret", "invalid_client"),
    ("invalid_client_id", "invalid_client"),
    ("bad_redirect_uri", "invalid_request"),
    ("code_already_used", "invalid_grant"),
    ("invalid_code", "invalid_grant"),
    ("invalid_refresh_token", "invalid_grant"),
    ("token_expired", "invalid_grant"),
    ("token_revoked", "invalid_grant"),
];

/// The Slack connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("slack", "Slack", env!("CARGO_PKG_VERSION"))
        .description("Team chat: messages, threads, channels, people, reactions and files")
        .base_url("https://slack.com/api")
        .hosts(&[host("files", "https://files.slack.com")])
        .auth(&[
            Auth::bearer_token("Bot or user token"),
            Auth::oauth2(
                "https://slack.com/oauth/v2/authorize",
                "https://slack.com/api/oauth.v2.access",
                &[
                    scope("channels:history", "Read messages in public channels"),
                    scope("channels:read", "Read names and details of public channels"),
                    scope("channels:write", "Create and change public channels"),
                    scope("chat:write", "Send messages"),
                    scope("files:read", "Read files"),
                    scope("files:write", "Upload and delete files"),
                    scope("groups:history", "Read messages in private channels"),
                    scope("groups:read", "Read names and details of private channels"),
                    scope("groups:write", "Create and change private channels"),
                    scope("im:history", "Read direct messages"),
                    scope("im:read", "Read whom direct messages are with"),
                    scope("im:write", "Start direct messages"),
                    scope("mpim:history", "Read direct messages of several people"),
                    scope(
                        "mpim:read",
                        "Read who takes part in direct messages of several people",
                    ),
                    scope("mpim:write", "Start direct messages of several people"),
                    scope("pins:read", "Read what is pinned"),
                    scope("pins:write", "Pin and unpin messages"),
                    scope("reactions:read", "Read reactions"),
                    scope("reactions:write", "Add and remove reactions"),
                    scope("search:read", "Search messages and files"),
                    scope("team:read", "Read name and domain of the workspace"),
                    scope("usergroups:read", "Read user groups and who is in them"),
                    scope("users.profile:write", "Change the profile and status"),
                    scope("users:read", "Read the people of the workspace"),
                    scope("users:read.email", "Read their email addresses"),
                ],
            )
            // The token is that of the person, which has its own parameter and its own place in
            // the answer; the answer to a refresh has it at the top.
            .scope_parameter("user_scope")
            .scope_separator(",")
            .default_scopes(&[
                "channels:history",
                "channels:read",
                "chat:write",
                "users:read",
            ])
            .without_pkce()
            .account_picker(&[])
            .client_authentication(ClientAuthentication::SecretPost)
            .token_answer(
                TokenAnswer::STANDARD
                    .access_token("/authed_user/access_token")
                    .refresh_token("/authed_user/refresh_token")
                    .expires_in("/authed_user/expires_in")
                    .scope("/authed_user/scope")
                    .error_codes(TOKEN_ERRORS),
            )
            .refresh_answer(TokenAnswer::STANDARD.error_codes(TOKEN_ERRORS))
            .revocation(Revocation::standard("https://slack.com/api/auth.revoke")),
        ])
        .categories(&["communication"])
        .homepage_url("https://slack.com")
        .on_error(error::error)
        .identity("/auth.test", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            messages::send,
            messages::update,
            messages::delete,
            messages::list,
            messages::search,
            messages::get_permalink,
            messages::send_ephemeral,
            scheduled_messages::create,
            scheduled_messages::list,
            scheduled_messages::delete,
            threads::reply,
            threads::list,
            channels::list,
            channels::get,
            channels::create,
            channels::rename,
            channels::set_topic,
            channels::set_purpose,
            channels::archive,
            channels::unarchive,
            channels::invite,
            channels::remove_member,
            channels::join,
            channels::leave,
            channels::list_members,
            conversations::open,
            users::list,
            users::get,
            users::find_by_email,
            users::list_channels,
            users::set_status,
            reactions::list,
            reactions::add,
            reactions::remove,
            pins::list,
            pins::add,
            pins::remove,
            files::list,
            files::get,
            files::upload,
            files::download,
            files::delete,
            user_groups::list,
            user_groups::list_members,
            team::get,
        ]);

pub use model::{
    Channel, ChannelId, ChannelType, Done, Emoji, EphemeralMessage, File, FileId, Limit, Match,
    MatchChannel, Message, Permalink, PinnedItem, Profile, Reaction, ScheduledMessage, SearchOrder,
    Team, Ts, User, UserGroup, UserGroupId, UserId,
};
