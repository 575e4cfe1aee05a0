//! What the cassettes can't show: inputs that are refused unsent, and the words of errors.

use std::time::Duration;

use plugwright_sdk::host::Registry;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{
    Action as _, ActionError, ActionResult, ErrorCode, Hint, Result, Value, json, run,
};
use plugwright_todoist::CONNECTOR;

fn call(name: &str, input: Value, answer: (u16, Value)) -> (Result<ActionResult>, usize) {
    let cx = MockContext::new(&CONNECTOR, [answer]);
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let action = registry.find(&format!("todoist.{name}")).unwrap().action;
    let result = block_on(run(&*action, &cx, input));
    (result, cx.sent().len())
}

fn answered(status: u16, body: Value) -> ActionError {
    let (result, sent) = call("tasks.get", json!({ "task_id": "1" }), (status, body));
    assert_eq!(sent, 1);
    result.unwrap_err()
}

#[test]
fn inputs_that_todoist_would_not_understand_are_refused_unsent() {
    for (name, input, param) in [
        ("comments.list", json!({}), "task_id"),
        (
            "comments.list",
            json!({ "task_id": "1", "project_id": "2" }),
            "project_id",
        ),
        ("comments.create", json!({ "content": "hello" }), "task_id"),
        ("tasks.move", json!({ "task_id": "1" }), "project_id"),
        (
            "tasks.move",
            json!({ "task_id": "1", "section_id": "2", "parent_id": "3" }),
            "parent_id",
        ),
        (
            "tasks.create",
            json!({ "content": "x", "due_string": "today", "due_date": "2030-01-31" }),
            "due_date",
        ),
        (
            "tasks.update",
            json!({ "task_id": "1", "due_string": null, "due_date": "2030-01-31" }),
            "due_date",
        ),
        (
            "tasks.create",
            json!({ "content": "x", "duration": 5 }),
            "duration_unit",
        ),
        (
            "tasks.update",
            json!({ "task_id": "1", "duration_unit": "day" }),
            "duration",
        ),
        // An empty list of ids would be left out, and so list every task.
        ("tasks.list", json!({ "ids": [] }), "ids"),
        (
            "labels.create",
            json!({ "name": "x", "color": "pink" }),
            "color",
        ),
    ] {
        let (result, sent) = call(name, input.clone(), (200, json!({})));
        let error = result.unwrap_err();
        assert_eq!(
            (error.code(), error.param(), sent),
            (ErrorCode::ValidationError, Some(param), 0),
            "{name} {input}: {error}"
        );
    }
}

#[test]
fn the_argument_at_fault_is_named() {
    let error = answered(
        400,
        json!({
            "error": "Invalid argument value",
            "error_code": 20,
            "error_extra": {
                "argument": "limit",
                "expected": "Input should be less than or equal to 200",
            },
            "error_tag": "INVALID_ARGUMENT_VALUE",
            "http_code": 400,
        }),
    );
    assert_eq!(error.code(), ErrorCode::ValidationError);
    assert_eq!(
        error.detail(),
        Some(
            "Invalid argument value: `limit`: Input should be less than or equal to 200 \
             (INVALID_ARGUMENT_VALUE)"
        )
    );
}

#[test]
fn the_tag_tells_what_a_403_is_about() {
    for (tag, code, hint) in [
        ("AUTH_INVALID_TOKEN", ErrorCode::AuthInvalid, Hint::Auth),
        ("AUTH_USER_DELETED", ErrorCode::AuthInvalid, Hint::Auth),
        (
            "AUTH_INSUFFICIENT_TOKEN_SCOPE",
            ErrorCode::Forbidden,
            Hint::Auth,
        ),
        ("MAX_ITEMS_LIMIT_REACHED", ErrorCode::Forbidden, Hint::Abort),
        ("PREMIUM_ONLY", ErrorCode::Forbidden, Hint::Abort),
        ("FORBIDDEN", ErrorCode::Forbidden, Hint::Auth),
    ] {
        let error = answered(403, json!({ "error": "no", "error_tag": tag }));
        assert_eq!((error.code(), error.hint()), (code, hint), "{tag}");
    }
}

#[test]
fn the_time_to_wait_is_read_from_the_body_where_waiting_helps() {
    let body = json!({ "error": "later", "error_extra": { "retry_after": 66 } });
    for status in [429, 503] {
        let wait = answered(status, body.clone()).retry_after();
        assert_eq!(wait, Some(Duration::from_secs(66)), "{status}");
    }
    for status in [400, 401, 403, 404] {
        assert_eq!(
            answered(status, body.clone()).retry_after(),
            None,
            "{status}"
        );
    }
}

#[test]
fn a_credential_is_known_by_its_mail_address() {
    let identity = CONNECTOR.identity().unwrap();
    assert_eq!(identity.path, "/user");
    let account = identity.account(&json!({ "id": "2671355", "email": "ada@example.com" }));
    let account = account.unwrap();
    assert_eq!(
        (account.id.as_str(), account.label.as_str()),
        ("2671355", "ada@example.com")
    );
    assert!(
        identity
            .account(&json!({ "error": "Unauthorized" }))
            .is_none()
    );
}

#[test]
fn closing_is_the_one_change_of_a_task_that_must_not_be_repeated() {
    let repeatable: Vec<_> = CONNECTOR
        .actions()
        .iter()
        .filter(|action| action.name().starts_with("tasks.") && action.idempotent())
        .map(|action| action.name())
        .collect();
    assert_eq!(
        repeatable,
        [
            "tasks.list",
            "tasks.filter",
            "tasks.get",
            "tasks.update",
            "tasks.move",
            "tasks.reopen",
            "tasks.delete",
        ]
    );
}
