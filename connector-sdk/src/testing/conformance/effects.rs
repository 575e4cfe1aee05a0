//! An action that is declared to read sends no GraphQL mutation.

use std::sync::{Mutex, PoisonError};

use crate::action::{Action, ActionDefinition, Effect};
use crate::graphql::{Operation, OperationKind};
use crate::testing::Report;
use crate::transport::{Replay, Request, Response, Transport, TransportError};

/// Replays a cassette and notes the GraphQL operations in it.
pub(super) struct Operations {
    replay: Replay,
    sent: Mutex<Vec<Operation>>,
}

impl Operations {
    pub(super) fn new(replay: Replay) -> Self {
        Self {
            replay,
            sent: Mutex::default(),
        }
    }

    pub(super) fn unused(&self) -> usize {
        self.replay.unused()
    }

    pub(super) fn sent(&self) -> Vec<Operation> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait::async_trait]
impl Transport for Operations {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(request.operation().cloned());
        self.replay.send(request).await
    }
}

pub(super) fn check(action: &ActionDefinition, sent: &[Operation], report: &mut Report) {
    if action.effect() != Effect::Read {
        return;
    }
    for operation in sent {
        if operation.kind() == OperationKind::Mutation {
            let (name, place) = (operation.name(), operation.place());
            report.find(
                Some(action.name()),
                "effect",
                format!(
                    "is declared `read`, and sends the mutation `{name}` ({}:{})",
                    place.file(),
                    place.line()
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::graphql::Operation;
    use crate::testing::{block_on, report};
    use crate::{ActionContext, ConnectorDefinition, Result, Value, action, actions};

    const CLOSE: Operation = Operation::new("mutation Close($id: ID!) { close(id: $id) { id } }");

    /// Gets one task by its id.
    #[action("tasks.get", read)]
    async fn get(
        cx: &ActionContext,
        /// Id of the task.
        id: String,
    ) -> Result<Value> {
        cx.graphql(CLOSE)
            .variable("id", id)
            .at("/close")
            .fetch()
            .await
    }

    static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
        .base_url("https://api.example.com")
        .cassettes(&[(
            "tasks.get.json",
            r#"{
                "action": "tasks.get",
                "provenance": { "kind": "constructed", "source": "the schema" },
                "call": { "input": { "id": "7" } },
                "exchanges": [{
                    "request": {
                        "method": "POST",
                        "url": "https://api.example.com/graphql",
                        "body": { "json": { "operationName": "Close", "variables": { "id": "7" } } }
                    },
                    "response": { "status": 200, "body": { "json": { "data": { "close": { "id": "7" } } } } }
                }]
            }"#,
        )])
        .actions(actions![get]);

    #[test]
    fn a_read_that_sends_a_mutation_is_found() {
        let report = block_on(report(&CONNECTOR));
        let effects: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.rule == "effect")
            .collect();
        assert_eq!(effects.len(), 1, "{report}");
        assert_eq!(effects[0].action.as_deref(), Some("tasks.get"));
        let message = &effects[0].message;
        assert!(message.starts_with("is declared `read`, and sends the mutation `Close` ("));
        assert!(message.contains("effects.rs:"), "{message}");
    }
}
