//! To do: lists of tasks.

mod model;
pub mod tasks;

use plugwright_sdk::{Auth, ConnectorDefinition, actions, cassettes};

pub use model::{Priority, Task};

/// The connector.
pub static CONNECTOR: ConnectorDefinition =
    ConnectorDefinition::new("todo", "To do", env!("CARGO_PKG_VERSION"))
        .description("Lists of tasks")
        .base_url("https://api.example.com/v1")
        .auth(&[Auth::bearer_token("API token")])
        .cassettes(cassettes!("tests/cassettes"))
        .actions(actions![tasks::list, tasks::create, tasks::close]);
