//! A connector that uses everything the macros know, under the strictest lints.

#![deny(missing_docs, warnings, clippy::all, clippy::pedantic)]

pub mod shelves;
pub mod things;

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, Page, Result, action, actions, host, model, scope,
};

/// The connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("pedantic", "Pedantic", env!("CARGO_PKG_VERSION"))
        .description("Things on shelves")
        .base_url("https://api.example.com")
        .hosts(&[host("files", "https://files.example.com")])
        .auth(&[Auth::oauth2(
            "https://example.com/authorize",
            "https://example.com/token",
            &[scope("things", "Read and write things")],
        )])
        .actions(actions![
            audit,
            things::list,
            things::find,
            things::get,
            things::create,
            things::replace,
            things::update,
            things::tag,
            things::archive,
            things::delete,
            shelves::list,
            shelves::rows::fill,
        ]);

/// An entry of the log.
#[model]
pub struct Entry {
    /// What was done.
    pub text: String,
    /// Who did it.
    pub author: Option<String>,
}

/// Lists what was done, newest first.
#[action(
    "log.audit",
    read,
    title = "Audit the log",
    scopes = ["things"],
    deprecated = "use `things.list`",
    get = "/log",
    page = LinkHeader
)]
pub async fn audit(
    cx: &ActionContext,
    /// Entries per page.
    #[param(provider_default = 30, range(1..=100), example = 50)]
    per_page: Option<u32>,
) -> Result<Page<Entry>>;
