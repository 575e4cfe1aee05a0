//! A connector with parameters and answers of every shape.

use plugwright_sdk::pagination::{CursorField, LinkHeader, Pagination};
use plugwright_sdk::{
    ActionContext, ConnectorDefinition, FileOutput, Page, Result, Value, action, actions, model,
};

/// What is counted.
#[model]
pub(crate) struct Amount {
    /// How many there are.
    count: u64,
    /// What they are.
    name: Option<String>,
}

/// Gets an amount.
#[action("amounts.get", read, get = "/amount")]
pub(crate) async fn amount(cx: &ActionContext) -> Result<Amount>;

/// Gets whatever there is.
#[action("anything.get", read, get = "/anything")]
pub(crate) async fn anything(cx: &ActionContext) -> Result<Value>;

/// Lists pages that a header links.
#[action("pages.list", read, get = "/pages", page = LinkHeader)]
pub(crate) async fn pages(cx: &ActionContext) -> Result<Page<Value>>;

fn by_cursor() -> impl Pagination {
    CursorField::new("cursor", "/next").items("/things")
}

/// Lists things by a cursor.
#[action("things.list", read, get = "/things", page = by_cursor())]
pub(crate) async fn things(cx: &ActionContext) -> Result<Page<Value>>;

/// Gets a file.
#[action("files.get", read)]
pub(crate) async fn file(cx: &ActionContext) -> Result<FileOutput> {
    cx.get("/file").download().await
}

/// Creates a thing.
#[action("things.create", write, post = "/things", json)]
pub(crate) async fn create(
    cx: &ActionContext,
    /// Its name.
    #[param(length(1..=100))]
    name: String,
    /// How many.
    #[param(provider_default = 1, range(1..=1000))]
    count: Option<u32>,
    /// Whether it is open.
    open: Option<bool>,
    /// Labels.
    labels: Option<Vec<String>>,
    /// How much.
    share: Option<f64>,
) -> Result<Value>;

/// The connector.
pub(crate) static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("fuzzed", "Fuzzed", "1.0.0")
        .description("An API that takes and sends anything")
        .base_url("https://api.example.com")
        .actions(actions![amount, anything, pages, things, file, create]);
