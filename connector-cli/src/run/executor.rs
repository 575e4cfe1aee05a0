//! Who executes calls: an engine in this process, or a gateway elsewhere.

use std::time::Duration;

use plugwright_engine::{
    Call, Case, ConnectionSelector, Engine, Mode, Outcome, OwnerSelector, Target,
};
use plugwright_sdk::host::Meta;
use plugwright_sdk::serde::Deserialize as _;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::failure::{Failure, Options};

/// Extra time for the way to a gateway and back, and for what a gateway does after the call's own
/// timeout: it looks for a write whose response was lost, by default for ten seconds.
const SLACK: Duration = Duration::from_secs(30);

pub(crate) enum Executor {
    Local(Engine),
    Remote(Box<Client>),
}

impl Executor {
    /// Executes a call; fails if the gateway can't be reached, so that the outcome is unknown.
    pub(crate) async fn execute(&self, call: Call) -> Result<Outcome, Failure> {
        match self {
            Self::Local(engine) => {
                let outcome = engine.execute(call).await;
                Ok(Outcome {
                    result: outcome.result.map_err(in_options),
                    ..outcome
                })
            }
            Self::Remote(client) => {
                let answering = there(client, &call);
                let outcome = match &call.cancellation {
                    Some(token) => token.run_until_cancelled(answering).await,
                    None => Some(answering.await),
                };
                outcome.unwrap_or_else(|| {
                    let message = "the call was cancelled";
                    let error = ActionError::new(ErrorCode::Cancelled, message);
                    // The gateway runs a write that it has received to its end.
                    Err(error.ambiguous().into())
                })
            }
        }
    }
}

/// Names the command line's options in faults of those of `/v1/actions`.
fn in_options(error: ActionError) -> ActionError {
    const OPTIONS: Options = &[
        ("connectionName", "--connection"),
        ("options.connectionId", "--connection"),
        ("options.cursor", "--cursor"),
        ("options.fields", "--fields"),
        ("options.raw", "--raw"),
        ("options.timeoutMs", "--timeout"),
    ];
    Failure::from(error).in_options(OPTIONS).error
}

async fn there(client: &Client, call: &Call) -> Result<Outcome, Failure> {
    let Target::Action { name, input } = &call.target else {
        return Err(Failure::internal("only actions can run on a gateway"));
    };
    let patience = call.options.timeout.unwrap_or(Duration::from_mins(5)) + SLACK;
    let mut headers = Vec::new();
    if let OwnerSelector::Organization(Some(organization)) = &call.owner {
        headers.push(("x-oo-organization-name", organization.as_str()));
    }
    let body = body(input, call);
    let response = client
        .post(&["actions", name], &headers, &body, patience)
        .await?;
    let (execution_id, result, [replayed, reconciled], sent) = match response {
        Ok(mut answer) => {
            let meta = answer["meta"].take();
            let result = ActionResult {
                data: answer["data"].take().into(),
                meta: Meta {
                    cursor: meta["cursor"].as_str().map(str::to_owned),
                    has_more: meta["hasMore"].as_bool(),
                    total_count: meta["totalCount"].as_u64(),
                    missing: meta
                        .get("missing")
                        .and_then(|missing| Vec::deserialize(missing).ok())
                        .unwrap_or_default(),
                },
                raw: meta.get("raw").cloned().map(Into::into),
            };
            let id = meta["executionId"].as_str().and_then(|id| id.parse().ok());
            let is = |name: &str| meta[name].as_bool().unwrap_or_default();
            let earlier = ["replayed", "reconciled"].map(is);
            (id, Ok(result), earlier, true)
        }
        Err(error) => (None, Err(in_options(error.error)), [false; 2], error.sent),
    };
    Ok(Outcome {
        execution_id: execution_id.unwrap_or(Uuid::nil()),
        target: None,
        effect: None,
        result,
        case: Case::Repeatable,
        replayed,
        reconciled,
        sent,
        answers: 1,
    })
}

fn body(input: &Value, call: &Call) -> Value {
    let wanted = &call.options;
    let mut options = Map::new();
    let mut set = |name: &str, value: Value| options.insert(name.to_owned(), value);
    if let Some(timeout) = wanted.timeout {
        let millis = u64::try_from(timeout.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        set("timeoutMs", millis.into());
    }
    match wanted.mode {
        Mode::Live | Mode::Recorded => {}
        Mode::Mock => drop(set("mode", "mock".into())),
        Mode::DryRun => drop(set("mode", "dryRun".into())),
    }
    if !wanted.fields.is_empty() {
        set("fields", wanted.fields.clone().into());
    }
    if wanted.raw {
        set("raw", true.into());
    }
    if let Some(cursor) = &wanted.cursor {
        set("cursor", cursor.as_str().into());
    }
    let mut body = json!({ "input": input });
    match &call.connection {
        ConnectionSelector::Named(name) => body["connectionName"] = name.as_str().into(),
        ConnectionSelector::Id(id) => drop(set("connectionId", id.to_string().into())),
        ConnectionSelector::Default | ConnectionSelector::Credential { .. } => {}
    }
    body["options"] = options.into();
    body
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plugwright_engine::Principal;

    use super::*;

    #[test]
    fn a_call_says_what_it_asks_for_and_nothing_else() {
        let principal = Arc::new(Principal::local());
        let mut call = Call::action(principal, "a.b.c", json!({}));
        assert_eq!(
            body(&json!({}), &call),
            json!({ "input": {}, "options": {} })
        );
        call.connection = ConnectionSelector::Named("work".to_owned());
        call.options.timeout = Some(Duration::from_millis(1500));
        call.options.mode = Mode::DryRun;
        call.options.fields = vec!["a.b".to_owned()];
        call.options.cursor = Some("next".to_owned());
        assert_eq!(
            body(&json!({ "x": 1 }), &call),
            json!({
                "input": { "x": 1 },
                "connectionName": "work",
                "options": {
                    "timeoutMs": 1500, "mode": "dryRun", "fields": ["a.b"], "cursor": "next",
                },
            })
        );
    }
}
