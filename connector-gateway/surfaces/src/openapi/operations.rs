//! What operators and their tools ask, and the documents themselves.

use plugwright_sdk::ErrorCode;
use serde_json::{Value, json};

use super::api::{
    Access, Answers, Api, Operation, if_none_match, in_json, in_path, in_text, tagged, unchanged,
};
use super::failures::{Failures, own};
use plugwright_engine::Metrics;

const PLAIN: &str = "text/plain; charset=utf-8";

/// What every operation that asks for a token may meet.
const TOKEN: [ErrorCode; 3] = [
    ErrorCode::Unauthorized,
    ErrorCode::Unavailable,
    ErrorCode::InternalError,
];

/// Adds the operations.
pub(super) fn describe(api: &mut Api) {
    let tag = json!({ "name": "Operations", "description": "Is it alive, is it ready, what does it offer." });
    api.tag(tag);
    api.operation(operation(
        "GET /healthz",
        "checkLiveness",
        "Tell whether the process is alive",
        Answers::from([(200, in_text("It is.", PLAIN))]),
    ));
    let mut waiting = in_text("It does not, and why.", PLAIN);
    waiting["headers"] = json!({ "Retry-After": { "schema": { "type": "integer" } } });
    api.operation(operation(
        "GET /readyz",
        "checkReadiness",
        "Tell whether it takes calls",
        Answers::from([(200, in_text("It does.", PLAIN)), (503, waiting)]),
    ));
    let metrics = in_text("The metrics.", Metrics::CONTENT_TYPE);
    let answers = of_token(api, &[], [(200, metrics)]);
    api.operation(Operation {
        access: Access::Token,
        ..operation("GET /metrics", "readMetrics", "Read metrics", answers)
    });

    let document = tagged(in_json("The document.", &json!({ "type": "object" })));
    let answers = of_token(api, &[], [(200, document.clone()), (304, unchanged())]);
    let if_none_match = if_none_match(api);
    api.operation(Operation {
        access: Access::Token,
        parameters: vec![if_none_match.clone()],
        ..operation(
            "GET /openapi.json",
            "readDocument",
            "Read in OpenAPI what may be called",
            answers,
        )
    });
    let answers = of_token(
        api,
        &[ErrorCode::ConnectorNotFound],
        [(200, document), (304, unchanged())],
    );
    let name = json!({ "type": "string" });
    api.operation(Operation {
        access: Access::Token,
        parameters: vec![
            in_path("connector", "The connector's name.", &name),
            if_none_match,
        ],
        ..operation(
            "GET /openapi/{connector}.json",
            "readDocumentOfConnector",
            "Read in OpenAPI what may be called of a connector",
            answers,
        )
    });
}

fn operation(
    route: &'static str,
    id: &'static str,
    summary: &'static str,
    answers: Answers,
) -> Operation {
    Operation {
        route,
        id,
        tag: "Operations",
        summary,
        description: "",
        parameters: Vec::new(),
        body: None,
        may_be_empty: true,
        answers,
        access: Access::Everybody,
    }
}

fn of_token<const N: usize>(api: &mut Api, more: &[ErrorCode], good: [(u16, Value); N]) -> Answers {
    let mut answers = own(api, &Failures::of_codes(&[&TOKEN, more].concat()));
    answers.extend(good);
    answers
}
