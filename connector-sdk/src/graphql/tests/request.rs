use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderMap;
use serde_json::json;

use super::*;
use crate::auth::Auth;
use crate::connector::ConnectorDefinition;
use crate::context::ActionContext;
use crate::testing::{MockContext, block_on};
use crate::transport::{Response, Transport, TransportError};

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
    .base_url("https://api.example.com")
    .graphql_path("/v2/graphql")
    .auth(&[Auth::bearer_token("API token")])
    .on_error(mapped)
    .actions(&[]);

fn mapped(response: &UpstreamResponse) -> Option<ActionError> {
    let body = response.json()?;
    let is_own = body["errors"][0]["extensions"]["code"] == "OWN";
    is_own.then(|| ActionError::new(ErrorCode::Conflict, "its own"))
}

const QUERY: Operation = Operation::new("query Task($id: ID!) { task(id: $id) { title } }");
const MUTATION: Operation = Operation::new("mutation Add($id: ID) { add(id: $id) { title } }");

fn answered(answer: &Value) -> MockContext {
    MockContext::new(&CONNECTOR, [(200, answer.clone())])
}

fn fetched<T: DeserializeOwned + Send + 'static>(
    operation: Operation,
    pointer: &'static str,
    answer: &Value,
) -> Result<T> {
    let cx = answered(answer);
    block_on(cx.graphql(operation).at(pointer).fetch())
}

#[test]
fn sends_the_text_the_name_and_the_variables_that_are_given() {
    #[derive(Serialize)]
    struct Input {
        title: &'static str,
        tags: Vec<u8>,
    }
    let cx = answered(&json!({ "data": { "task": 1 } }));
    let sent = cx
        .graphql(QUERY)
        .variables(&json!({ "input": Input { title: "x", tags: vec![1] } }))
        .variable("id", 7_u32)
        .variable("absent", None::<String>)
        .enum_variable("sort", "created-at")
        .enum_variable("states", vec!["open".to_owned()])
        .at("/task");
    assert_eq!(block_on(sent.fetch::<u8>()).unwrap(), 1);
    let request = &cx.sent()[0];
    assert_eq!(request.url.as_str(), "https://api.example.com/v2/graphql");
    assert_eq!(request.method, "POST");
    let body: Value = serde_json::from_slice(&request.body.as_ref().unwrap().bytes()).unwrap();
    assert_eq!(
        body,
        json!({
            "query": QUERY.text(),
            "operationName": "Task",
            "variables": {
                "input": { "title": "x", "tags": [1] },
                "id": 7,
                "sort": "CREATED_AT",
                "states": ["OPEN"],
            },
        })
    );
}

#[test]
fn variables_are_members() {
    let cx = answered(&json!({}));
    let error = block_on(cx.graphql(QUERY).variables(&[1]).fetch::<Value>()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InternalError);
    assert!(cx.sent().is_empty());
}

#[test]
fn nothing_at_the_pointer_is_null() {
    for answer in [
        json!({ "data": { "task": null } }),
        json!({ "data": { "task": { "title": null } } }),
        json!({ "data": null }),
        json!({ "data": {} }),
    ] {
        let title = "/task/title";
        let error = fetched::<String>(QUERY, title, &answer).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound, "{answer}");
        assert_eq!(
            fetched::<Option<String>>(QUERY, title, &answer).unwrap(),
            None
        );
        fetched::<()>(QUERY, title, &answer).unwrap();
        // A mutation that returns nothing may have been done.
        let error = fetched::<String>(MUTATION, title, &answer).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid, "{answer}");
    }
}

#[test]
fn what_is_no_answer_of_graphql_is_invalid() {
    for answer in [
        json!({}),
        json!([]),
        json!({ "message": "hello" }),
        json!({ "errors": [] }),
    ] {
        let error = fetched::<Value>(QUERY, "", &answer).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid, "{answer}");
    }
    let shape = fetched::<u8>(QUERY, "/task", &json!({ "data": { "task": "x" } })).unwrap_err();
    assert_eq!(shape.code(), ErrorCode::UpstreamInvalid);
    assert!(
        shape
            .message()
            .contains("`Task` has an unexpected shape at `/task`"),
        "{shape}"
    );
}

#[test]
fn any_error_fails_unless_partial_data_is_accepted() {
    let answer = json!({
        "data": { "task": { "title": "Buy milk" } },
        "errors": [{ "type": "FORBIDDEN", "path": ["task", "price"], "message": "hidden" }],
    });
    let error = fetched::<Value>(QUERY, "/task", &answer).unwrap_err();
    assert_eq!(
        (error.code(), error.detail()),
        (ErrorCode::Forbidden, Some("task.price: hidden"))
    );

    let cx = answered(&answer);
    let partial = cx.graphql(QUERY).at("/task").accept_partial();
    assert_eq!(
        block_on(partial.fetch::<Value>()).unwrap(),
        json!({ "title": "Buy milk" })
    );
    let missing = cx.take_notes().missing;
    assert_eq!((missing.len(), missing[0].path.as_str()), (1, "task.price"));

    // Nothing is there.
    for data in [json!(null), json!({ "task": null })] {
        let nothing = json!({ "data": data, "errors": [{ "type": "RATE_LIMITED" }] });
        for pointer in ["", "/task"] {
            let cx = answered(&nothing);
            let partial = cx.graphql(QUERY).at(pointer).accept_partial();
            let error = block_on(partial.fetch::<Option<Value>>()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::RateLimited, "{data}");
            assert!(cx.take_notes().missing.is_empty());
        }
    }

    // What there is can't be read.
    let cx = answered(&json!({ "data": { "task": null }, "errors": [{ "type": "NOT_FOUND" }] }));
    let partial = cx.graphql(QUERY).at("/task/title").accept_partial();
    let error = block_on(partial.fetch::<String>()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
    assert!(cx.take_notes().missing.is_empty());
}

#[test]
fn the_connector_s_own_mapping_comes_first() {
    let own = json!({ "errors": [{ "extensions": { "code": "OWN" }, "message": "no" }] });
    let error = fetched::<Value>(QUERY, "", &own).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (ErrorCode::Conflict, "its own")
    );
}

#[test]
fn a_mutation_that_was_begun_may_have_taken_effect() {
    let failed = |operation, data: Value, kind: &str| {
        let answer = json!({ "data": data, "errors": [{ "type": kind, "message": "no" }] });
        fetched::<Value>(operation, "/add", &answer).unwrap_err()
    };
    let (null, done) = (json!({ "add": null }), json!({ "add": { "title": "x" } }));
    assert!(failed(MUTATION, null.clone(), "INTERNAL").is_ambiguous());
    assert!(failed(MUTATION, done.clone(), "FORBIDDEN").is_ambiguous());
    assert!(!failed(MUTATION, null.clone(), "FORBIDDEN").is_ambiguous());
    assert!(!failed(QUERY, done, "INTERNAL").is_ambiguous());
    let refused = json!({ "errors": [{ "type": "INTERNAL", "message": "no" }] });
    assert!(
        !fetched::<Value>(MUTATION, "/add", &refused)
            .unwrap_err()
            .is_ambiguous()
    );
}

#[test]
fn an_error_with_a_status_of_its_own_is_told_by_its_code() {
    let limited =
        json!({ "errors": [{ "message": "no", "extensions": { "code": "RATELIMITED" } }] });
    let cx = MockContext::new(
        &CONNECTOR,
        [(400, limited), (503, json!({ "message": "down" }))],
    );
    let error = block_on(cx.graphql(QUERY).fetch::<Value>()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimited);
    let error = block_on(cx.graphql(QUERY).fetch::<Value>()).unwrap_err();
    assert_eq!(
        (error.code(), error.detail()),
        (ErrorCode::UpstreamError, Some("down"))
    );
}

#[test]
fn a_page_goes_on_with_the_cursor_in_its_variable() {
    let list = |more: bool| {
        let info = json!({ "hasNextPage": more, "endCursor": "next" });
        json!({ "data": { "list": { "nodes": [1], "pageInfo": info, "totalCount": 2 } } })
    };
    let cx = MockContext::new(&CONNECTOR, [(200, list(true)), (200, list(false))]);
    let connection = Connection::at("/list").cursor("from");
    let first: Page<u8> = block_on(cx.graphql(QUERY).page(connection)).unwrap();
    assert_eq!(
        (first.cursor.as_deref(), first.total_count),
        (Some("next"), Some(2))
    );
    let rest = cx.at_cursor("next2");
    let second: Page<u8> = block_on(rest.graphql(QUERY).page(connection)).unwrap();
    assert_eq!(second.cursor, None);
    let variables = |index: usize| {
        let bytes = cx.sent()[index].body.as_ref().unwrap().bytes();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        body["variables"].clone()
    };
    assert_eq!(
        (variables(0), variables(1)),
        (json!({}), json!({ "from": "next2" }))
    );
}

/// Answers with an error as often as it asks for, and keeps what it is told.
struct Learning {
    again: usize,
    heard: Mutex<Vec<Meaning>>,
}

#[async_trait::async_trait]
impl Transport for Learning {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        assert!(request.is_safe() && request.operation().is_some());
        let is_last = self.heard.lock().unwrap().len() == self.again;
        let answer = if is_last {
            json!({ "data": { "task": 1 } })
        } else {
            json!({ "errors": [{ "type": "RATE_LIMITED", "extensions": { "retryAfter": 5 } }] })
        };
        Ok(Response::new(200, HeaderMap::new(), answer.to_string()))
    }

    fn learn(&self, _: &Request, meaning: &Meaning) -> Option<Duration> {
        let mut heard = self.heard.lock().unwrap();
        heard.push(*meaning);
        meaning.wait
    }
}

#[test]
fn a_transport_hears_what_an_answer_means_and_may_ask_for_another() {
    let transport = Arc::new(Learning {
        again: 2,
        heard: Mutex::default(),
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::clone(&transport) as _)
        .credential(crate::auth::Credential::token("token"))
        .build();
    let task: u8 = block_on(cx.graphql(QUERY).at("/task").fetch()).unwrap();
    assert_eq!(task, 1);
    let limited = Meaning {
        answered: 200,
        means: 429,
        wait: Some(Duration::from_secs(5)),
        used_up_for: None,
    };
    let good = Meaning {
        answered: 200,
        means: 200,
        wait: None,
        used_up_for: None,
    };
    assert_eq!(*transport.heard.lock().unwrap(), [limited, limited, good]);
}
