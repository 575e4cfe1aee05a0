//! What servers say in ways of their own.

use std::time::Duration;

use plugwright_matrix::{CONNECTOR, users};
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, ActionError, ErrorCode, Value, json, run};

fn answered(status: u16, body: Value) -> ActionError {
    let cx = MockContext::new(&CONNECTOR, [(status, body)]);
    block_on(users::me(&cx)).unwrap_err()
}

#[test]
fn codes_tell_more_than_a_status() {
    for (status, code, meaning) in [
        (400, "M_ROOM_IN_USE", ErrorCode::Conflict),
        (400, "M_DUPLICATE_ANNOTATION", ErrorCode::Conflict),
        (401, "M_UNKNOWN_TOKEN", ErrorCode::AuthInvalid),
        (403, "M_USER_DEACTIVATED", ErrorCode::AuthInvalid),
        (403, "M_FORBIDDEN", ErrorCode::Forbidden),
        (404, "M_NOT_FOUND", ErrorCode::NotFound),
    ] {
        let error = answered(status, json!({ "errcode": code, "error": "some words" }));
        assert_eq!(
            (error.code(), error.detail()),
            (meaning, Some("some words")),
            "{code}"
        );
    }
}

#[test]
fn the_time_to_wait_is_in_the_body() {
    let body = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1500 });
    let error = answered(429, body);
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
}

#[test]
fn a_public_list_goes_on_where_it_ended() {
    let page = |next: Option<&str>| json!({ "chunk": [{ "room_id": "!a", "num_joined_members": 7 }], "next_batch": next, "total_room_count_estimate": 2 });
    let mut actions = CONNECTOR.actions().iter();
    let list = actions.find(|it| it.name() == "rooms.list_public").unwrap();
    let cx = MockContext::new(&CONNECTOR, [(200, page(Some("n1"))), (200, page(None))]);
    let first = block_on(run(*list, &cx, json!({}))).unwrap();
    let cursor = first.meta.cursor.unwrap();
    let second = block_on(run(*list, &cx.at_cursor(cursor), json!({}))).unwrap();
    assert_eq!(second.meta.cursor, None);
    let body = cx.sent()[1].body.as_ref().unwrap().bytes();
    assert_eq!(body, r#"{"limit":20,"since":"n1"}"#);
}
