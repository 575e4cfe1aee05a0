//! What Slack says, and what it means.

use std::time::Duration;

use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{ActionError, ErrorCode, Hint, Value, json, run};
use plugwright_slack::CONNECTOR;

use crate::action;

fn answered(status: u16, body: Value) -> ActionError {
    let cx = MockContext::new(&CONNECTOR, [(status, body)]);
    let input = json!({ "channel": "C1", "text": "Hello" });
    block_on(run(action("messages.send"), &cx, input)).unwrap_err()
}

#[test]
fn a_word_tells_what_is_wrong_whatever_the_status() {
    use ErrorCode::{
        AuthInvalid, Conflict, Forbidden, NotFound, RateLimited, ScopeMissing, UpstreamError,
        ValidationError,
    };
    for (word, code, hint) in [
        ("token_expired", AuthInvalid, Hint::Auth),
        ("missing_scope", ScopeMissing, Hint::Auth),
        ("not_allowed_token_type", Forbidden, Hint::Auth),
        ("not_in_channel", Forbidden, Hint::Abort),
        (
            "restricted_action_read_only_channel",
            Forbidden,
            Hint::Abort,
        ),
        ("cant_invite_self", Forbidden, Hint::Abort),
        ("channel_not_found", NotFound, Hint::Abort),
        ("already_in_channel", Conflict, Hint::Abort),
        ("name_taken", Conflict, Hint::Abort),
        ("ratelimited", RateLimited, Hint::Retry),
        ("invalid_blocks", ValidationError, Hint::Abort),
        ("no_text", ValidationError, Hint::Abort),
        ("msg_too_long", ValidationError, Hint::Abort),
        ("service_unavailable", UpstreamError, Hint::Retry),
        ("a_word_of_tomorrow", UpstreamError, Hint::Abort),
    ] {
        for status in [200, 400] {
            let error = answered(status, json!({ "ok": false, "error": word }));
            if (word, status) == ("a_word_of_tomorrow", 400) {
                assert_eq!(error.code(), ValidationError);
                continue;
            }
            assert_eq!((error.code(), error.hint()), (code, hint), "{word}");
            assert_eq!(error.detail(), Some(word));
        }
    }
}

#[test]
fn a_failure_of_slack_may_have_done_a_part_of_it() {
    for word in ["fatal_error", "internal_error"] {
        let error = answered(200, json!({ "ok": false, "error": word }));
        assert!(error.is_ambiguous(), "{word}");
    }
}

#[test]
fn the_scopes_that_are_missing_are_named() {
    let error = answered(
        200,
        json!({
            "ok": false,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "channels:read,users:read",
        }),
    );
    assert_eq!(error.message(), "the credential lacks the scope chat:write");
    assert_eq!(
        error.detail(),
        Some("missing_scope (needed: chat:write; provided: channels:read,users:read)")
    );
}

#[test]
fn what_slack_says_of_arguments_is_passed_on() {
    let error = answered(
        200,
        json!({
            "ok": false,
            "error": "invalid_arguments",
            "response_metadata": {
                "messages": ["[ERROR] input must match regex pattern: ^[A-Z0-9]+$ [json-pointer:/channel]"],
            },
        }),
    );
    assert_eq!(
        error.detail(),
        Some(
            "invalid_arguments ([ERROR] input must match regex pattern: ^[A-Z0-9]+$ \
             [json-pointer:/channel])"
        )
    );
}

#[test]
fn the_time_to_wait_comes_with_the_limit() {
    let cassettes = plugwright_sdk::Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let cassette = cassettes
        .iter()
        .find(|one| one.expect.error == Some(ErrorCode::RateLimited))
        .unwrap();
    let replay = plugwright_sdk::transport::Replay::new([cassette]);
    let cx = plugwright_sdk::ActionContext::builder(&CONNECTOR, std::sync::Arc::new(replay))
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    let input = Value::Object(cassette.call.input.clone());
    let error = block_on(run(action(&cassette.action), &cx, input)).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}
