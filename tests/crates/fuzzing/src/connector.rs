//! A connector with parameters and answers of every shape.

use plugwright_sdk::graphql::{Connection, Operation};
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

const GET: Operation = Operation::new("query Node($id: ID) { node(id: $id) { count name } }");
const LIST: Operation = Operation::new(
    "query List($after: String) { list(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }",
);
const SET: Operation = Operation::new("mutation Set($id: ID) { set(id: $id) { id } }");

/// Gets a node.
#[action("graph.get", read)]
pub(crate) async fn node(
    cx: &ActionContext,
    /// Its id.
    id: Option<String>,
) -> Result<Amount> {
    let request = cx.graphql(GET).variable("id", id).at("/node");
    request.accept_partial().fetch().await
}

/// Lists nodes.
#[action("graph.list", read)]
pub(crate) async fn nodes(cx: &ActionContext) -> Result<Page<Value>> {
    cx.graphql(LIST).page(Connection::at("/list")).await
}

/// Sets a node.
#[action("graph.set", write)]
pub(crate) async fn set(
    cx: &ActionContext,
    /// Its id.
    id: Option<String>,
) -> Result<Value> {
    cx.graphql(SET).variable("id", id).at("/set").fetch().await
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
        .actions(actions![
            amount, anything, pages, things, file, node, nodes, set, create
        ]);
