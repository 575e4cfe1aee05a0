#![doc = include_str!("../README.md")]

pub mod blocks;
pub mod comments;
pub mod data_sources;
pub mod databases;
mod evidence;
pub mod files;
mod lost;
mod markdown;
mod model;
pub mod page_content;
pub mod pages;
pub mod users;

use plugwright_sdk::auth::{RequestFormat, Revocation};
use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

/// The version of the API that requests name.
const VERSION: &str = "2025-09-03";
/// The version that content as Markdown needs, which differs in nothing else that is read here.
const MARKDOWN_VERSION: &str = "2026-03-11";

/// The Notion connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("notion", "Notion", env!("CARGO_PKG_VERSION"))
        .description("Workspace for notes and data: pages, databases, blocks and comments")
        .base_url("https://api.notion.com/v1")
        .auth(&[
            Auth::bearer_token("Integration token"),
            // What a connection may do, its owner sets in Notion; there are no scopes.
            Auth::oauth2(
                "https://api.notion.com/v1/oauth/authorize",
                "https://api.notion.com/v1/oauth/token",
                &[],
            )
            .authorize_parameters(&[("owner", "user")])
            .account_picker(&[])
            // It refuses members of bodies that it does not know.
            .without_pkce()
            .token_request(RequestFormat::Json)
            .revocation(Revocation::json("https://api.notion.com/v1/oauth/revoke")),
        ])
        .categories(&["productivity"])
        .homepage_url("https://www.notion.com")
        .headers(&[("notion-version", VERSION)])
        .on_error(model::error)
        .identity("/users/me", model::account)
        .cassettes(cassettes!("tests/cassettes"))
        .evidence(evidence::evidence)
        .actions(actions![
            pages::search,
            pages::get,
            pages::create,
            pages::update,
            pages::relocate,
            pages::trash,
            pages::restore,
            pages::list_property_values,
            page_content::get,
            page_content::edit,
            page_content::replace,
            blocks::list,
            blocks::get,
            blocks::append,
            blocks::append_file,
            blocks::update,
            blocks::delete,
            databases::get,
            databases::create,
            databases::update,
            data_sources::search,
            data_sources::get,
            data_sources::query,
            data_sources::create,
            data_sources::update,
            data_sources::list_templates,
            comments::list,
            comments::get,
            comments::create,
            comments::update,
            comments::delete,
            files::upload,
            files::get,
            users::list,
            users::get,
            users::get_self,
        ]);

pub use model::{
    Block, BlockId, Comment, CommentId, DataSource, DataSourceId, DataSourceName, Database,
    DatabaseId, EMPTIABLE, Emoji, EmptiedType, FileUpload, FileUploadId, NewProperty,
    PROPERTY_TYPES, PageContent, PageId, PageObject, PageSize, Parent, PropertyDefinition,
    PropertyItem, PropertyValue, PropertyValues, Template, User, UserId,
};
