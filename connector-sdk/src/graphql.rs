//! Operations of a GraphQL API.
//!
//! The text of an operation is a constant beside the action that sends it. Variables are values of
//! parameters, or any type of serde; the answer is read as a type, at a JSON pointer into `data`.
//!
//! ```
//! use plugwright_sdk::graphql::{Connection, Operation};
//! use plugwright_sdk::testing::{MockContext, block_on};
//! use plugwright_sdk::{ActionContext, ConnectorDefinition, Page, Result, action, actions, json, model};
//!
//! /// A task.
//! #[model]
//! pub struct Task {
//!     /// Id.
//!     pub id: String,
//!     /// What is to be done.
//!     pub title: String,
//! }
//!
//! const LIST: Operation = Operation::new(
//!     "query Tasks($project: ID!, $first: Int!, $after: String) {
//!         project(id: $project) {
//!             tasks(first: $first, after: $after) {
//!                 totalCount
//!                 nodes { id title }
//!                 pageInfo { hasNextPage endCursor }
//!             }
//!         }
//!     }",
//! );
//!
//! /// Lists the tasks of a project.
//! #[action("tasks.list", read)]
//! pub async fn list(
//!     cx: &ActionContext,
//!     /// Id of the project.
//!     project: String,
//!     /// Tasks per page.
//!     #[param(default = 30, range(1..=100))]
//!     per_page: u32,
//! ) -> Result<Page<Task>> {
//!     cx.graphql(LIST)
//!         .variable("project", project)
//!         .variable("first", per_page)
//!         .page(Connection::at("/project/tasks"))
//!         .await
//! }
//!
//! static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
//!     .base_url("https://api.example.com")
//!     .actions(actions![list]);
//!
//! let tasks = json!({ "data": { "project": { "tasks": {
//!     "totalCount": 2,
//!     "nodes": [{ "id": "T1", "title": "Buy milk" }],
//!     "pageInfo": { "hasNextPage": true, "endCursor": "Y3Vyc29y" },
//! } } } });
//! let cx = MockContext::new(&CONNECTOR, [(200, tasks)]);
//! let page = block_on(list(&cx, "P1".to_owned(), 1))?;
//! assert_eq!((page.items.len(), page.total_count), (1, Some(2)));
//! assert!(page.cursor.is_some());
//! # Ok::<(), plugwright_sdk::ActionError>(())
//! ```
//!
//! # Errors in answers
//!
//! Most providers report errors inside of answers with status 200. Any entry of `errors` fails the
//! action, unless it [accepts partial data](GraphqlRequest::accept_partial). The error is the one that a
//! REST API reports with a status: `extensions.code`, `type` and their kin are read as the status that
//! they stand for, in the spellings of Apollo, GitHub, Shopify, Linear, Hasura and others. Retries, the
//! rate limit and the judgement on lost writes follow that status. The connector's own
//! [`on_error`](crate::connector::ConnectorBuilder::on_error) comes first.

mod answer;
mod code;
mod connection;
mod failure;
mod operation;
mod rate_limit;
mod request;

pub use connection::Connection;
pub use operation::{InvalidOperation, Operation, OperationKind};
pub use request::GraphqlRequest;

use crate::context::ActionContext;
use crate::http::RequestBuilder;

impl ActionContext {
    /// Starts a request for a GraphQL operation, to the [endpoint] of the connector.
    ///
    /// [endpoint]: crate::ConnectorDefinition::graphql_path
    pub fn graphql(&self, operation: Operation) -> GraphqlRequest<'_> {
        GraphqlRequest::new(self.post(self.provider().graphql_path()), operation)
    }
}

impl<'a> RequestBuilder<'a> {
    /// Sends a GraphQL operation with this request, to an endpoint other than the connector's.
    pub fn graphql(self, operation: Operation) -> GraphqlRequest<'a> {
        GraphqlRequest::new(self, operation)
    }
}
