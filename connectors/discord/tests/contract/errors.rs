//! What Discord says, and what it means.

use std::time::Duration;

use plugwright_discord::CONNECTOR;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{ActionError, ErrorCode, Hint, Value, json, run};

use crate::action;

fn answered(status: u16, body: Value) -> ActionError {
    let cx = MockContext::new(&CONNECTOR, [(status, body)]);
    let input = json!({ "channel_id": "1", "content": "Hello" });
    block_on(run(action("messages.send"), &cx, input)).unwrap_err()
}

#[test]
fn each_field_at_fault_is_named_with_its_place() {
    let error = answered(
        400,
        json!({
            "code": 50035,
            "message": "Invalid Form Body",
            "errors": {
                "content": {
                    "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length." }],
                },
                "embeds": { "0": { "fields": { "12": { "name": {
                    "_errors": [{ "code": "BASE_TYPE_REQUIRED", "message": "This field is required" }],
                } } } } },
                "_errors": [{ "code": "APPLICATION", "message": "It can't be empty" }],
            },
        }),
    );
    assert_eq!(error.code(), ErrorCode::ValidationError);
    assert_eq!(
        error.detail(),
        Some(
            "Invalid Form Body; `content`: Must be 2000 or fewer in length.; \
             `embeds[0].fields[12].name`: This field is required; It can't be empty (50035)"
        )
    );
}

#[test]
fn a_code_tells_that_another_token_would_not_help() {
    for (status, code, hint) in [
        (403, 50_001, Hint::Abort),
        (403, 50_013, Hint::Abort),
        (400, 30_013, Hint::Abort),
        (403, 40_001, Hint::Auth),
    ] {
        let error = answered(status, json!({ "message": "no", "code": code }));
        assert_eq!(
            (error.code(), error.hint()),
            (ErrorCode::Forbidden, hint),
            "{code}"
        );
        assert_eq!(error.detail(), Some(format!("no ({code})").as_str()));
    }
}

#[test]
fn the_time_to_wait_is_read_from_the_body_to_the_millisecond() {
    let limited =
        json!({ "message": "You are being rate limited.", "retry_after": 0.529, "global": true });
    let error = answered(429, limited);
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(529)));
    for odd in [json!(-1), json!(1e300), json!("soon")] {
        let error = answered(429, json!({ "message": "later", "retry_after": odd }));
        assert_eq!(
            (error.code(), error.retry_after()),
            (ErrorCode::RateLimited, None)
        );
    }
}
