//! Testing connectors: handlers alone, and the conformance suite that every connector passes.
//!
//! ```
//! use plugwright_sdk::testing::{MockContext, block_on};
//! use plugwright_sdk::{Auth, ConnectorDefinition, json, actions};
//!
//! static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
//!     .base_url("https://api.example.com")
//!     .auth(&[Auth::bearer_token("API token")])
//!     .actions(actions![]);
//!
//! let cx = MockContext::new(&CONNECTOR, [(200, json!({ "id": 7 }))]);
//! let task: plugwright_sdk::Value = block_on(cx.get("/tasks/7").fetch())?;
//! assert_eq!(task["id"], 7);
//! assert_eq!(cx.sent()[0].url.as_str(), "https://api.example.com/tasks/7");
//! # Ok::<(), plugwright_sdk::ActionError>(())
//! ```

mod canned;
mod cassette_call;
mod conformance;
mod double;
#[cfg(feature = "testing-graphql")]
mod graphql;
mod lost_write;
mod mock_context;
mod readme;
mod report;
mod unlisted;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

pub use canned::Canned;
pub use double::{AppliedWrite, Cut, Double, Provider, Rehearsal};
#[cfg(feature = "testing-graphql")]
pub use graphql::{GraphqlReport, check_graphql, report_graphql};
pub use lost_write::LostWrite;
pub use mock_context::MockContext;
pub use readme::{check_cassettes_readme, check_readme};
pub use report::{Finding, Report};

use crate::action::Action as _;
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::error::Result;
use crate::result::ActionResult;
use crate::transport::Transport;

/// Runs a future to its end, with a clock that jumps over waiting.
///
/// # Panics
///
/// If no runtime can be started on this machine.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing of the machine")
        .block_on(future)
}

/// Checks a connector against everything that connectors keep to, without network.
///
/// Names, descriptions and schemas; every action has a cassette, and cassettes replay with the
/// outcome that they state; outputs fit their schema; lists end; each kind of upstream failure
/// maps to the right error; text survives in every script; no secret shows in an error, a plan or
/// a cassette; an action that reads sends no GraphQL mutation. What was counted is printed.
///
/// Public actions in `src` of the crate whose test this is are compared with the connector's: one
/// that no `actions![..]` names is told. Cargo says where the crate is, in `CARGO_MANIFEST_DIR`.
///
/// # Panics
///
/// With everything that was found, if the connector does not conform.
pub fn check(connector: &'static ConnectorDefinition) {
    let mut report = block_on(report(connector));
    if let Some(krate) = std::env::var_os("CARGO_MANIFEST_DIR") {
        unlisted::check(connector, Path::new(&krate), &mut report);
    }
    println!("{report}");
    assert!(
        report.findings.is_empty(),
        "connector `{}` does not conform",
        connector.name()
    );
}

/// Checks a connector as [`check`] does, and returns what was found.
///
/// It waits on timers, so a caller outside of [`block_on`] waits for real.
pub async fn report(connector: &'static ConnectorDefinition) -> Report {
    conformance::report(connector).await
}

/// Makes the call of a cassette over any transport, as [`check`] does over a replay, and returns its
/// pages. Settings that the cassette does not state are made up.
///
/// # Errors
///
/// Those of the action.
///
/// # Panics
///
/// If the connector has no action of the cassette's.
pub async fn call_of(
    connector: &'static ConnectorDefinition,
    cassette: &Cassette,
    transport: Arc<dyn Transport>,
) -> Result<Vec<ActionResult>> {
    let actions = connector.actions();
    let action = actions
        .iter()
        .find(|action| action.name() == cassette.action);
    let action =
        action.unwrap_or_else(|| panic!("{} has no `{}`", connector.name(), cassette.action));
    let cx = cassette_call::context(connector, cassette, transport)
        .cursor(cassette.call.cursor.clone())
        .build();
    cassette_call::pages(action, &cx, cassette).await
}
