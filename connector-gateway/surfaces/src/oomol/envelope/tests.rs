use plugwright_sdk::host::{Effect, Meta};
use plugwright_sdk::{ActionResult, json};

use super::*;
use crate::oomol::tests::{headers, shown};

fn outcome(result: Result<ActionResult, ActionError>, case: Case) -> Outcome {
    Outcome {
        execution_id: Uuid::nil(),
        target: Some("github.issues.list".to_owned()),
        effect: Some(Effect::Read),
        result,
        case,
        replayed: false,
        reconciled: false,
        sent: true,
        answers: 1,
    }
}

fn rendered(outcome: &Outcome, surface: Surface) -> Value {
    match render(outcome, surface, "github.list-issues") {
        Ok(response) => shown(response),
        Err(failure) => shown(failure),
    }
}

#[test]
fn a_success_says_which_run_it_was_and_where_the_list_goes_on() {
    let mut outcome = outcome(
        Ok(ActionResult {
            data: json!([{ "number": 1 }]).into(),
            meta: Meta {
                cursor: Some("next".to_owned()),
                has_more: Some(true),
                total_count: Some(7),
                missing: vec![Missing {
                    path: "issues.nodes[3]".to_owned(),
                    message: "no permission".to_owned(),
                }],
            },
            raw: Some(json!({ "as": "it came" }).into()),
        }),
        Case::Repeatable,
    );
    outcome.replayed = true;
    outcome.reconciled = true;
    insta::assert_json_snapshot!(rendered(&outcome, Surface::Action));
}

#[test]
fn a_success_without_more_to_say_has_little_meta() {
    let outcome = outcome(
        Ok(ActionResult::new(json!({ "status": 200 }))),
        Case::Repeatable,
    );
    assert_eq!(
        rendered(&outcome, Surface::Proxy)["body"]["meta"],
        json!({ "executionId": Uuid::nil(), "service": "github.issues.list" })
    );
}

#[test]
fn a_failure_says_what_the_provider_said_and_how_long_to_wait() {
    let error = ActionError::new(ErrorCode::UpstreamError, "github answered 502")
        .with_detail("Bad Gateway")
        .with_retry_after(Duration::from_millis(2500));
    insta::assert_json_snapshot!(rendered(
        &outcome(Err(error), Case::Repeatable),
        Surface::Action
    ));
}

#[test]
fn a_write_in_doubt_is_a_conflict() {
    let error = ActionError::new(ErrorCode::UpstreamTimeout, "no answer in time");
    let answer = rendered(&outcome(Err(error), Case::DoubtfulWrite), Surface::Proxy);
    assert_eq!(answer["status"], 409);
    assert_eq!(answer["body"]["errorCode"], "outcome_unknown");
    assert_eq!(answer["body"]["meta"]["service"], "github.issues.list");
}

#[test]
fn whoever_calls_too_often_learns_when_to_come_back_in_whole_seconds() {
    for (code, wait, expected) in [
        (ErrorCode::RateLimited, None, "1"),
        (ErrorCode::Unavailable, None, "1"),
        (ErrorCode::RateLimited, Some(Duration::ZERO), "1"),
        (
            ErrorCode::RateLimited,
            Some(Duration::from_millis(1001)),
            "2",
        ),
        (ErrorCode::Conflict, Some(Duration::from_secs(3)), "3"),
    ] {
        let mut error = ActionError::new(code, "not now");
        if let Some(wait) = wait {
            error = error.with_retry_after(wait);
        }
        let answer = shown(Failure::from(error));
        assert_eq!(answer["headers"]["retry-after"], expected, "{code}");
        assert_eq!(
            answer["body"]["meta"]["retryAfterSeconds"].to_string(),
            expected
        );
    }
    let answer = shown(Failure::from(ActionError::new(
        ErrorCode::Conflict,
        "taken",
    )));
    assert!(answer["headers"].get("retry-after").is_none());
}

#[test]
fn what_is_wrong_with_an_input_is_listed() {
    let faults = vec![plugwright_sdk::host::Fault {
        param: "repo".to_owned(),
        message: "is missing".to_owned(),
    }];
    insta::assert_json_snapshot!(shown(Failure::invalid(faults)));
}

#[test]
fn who_must_sign_in_is_told_how() {
    let answer = shown(Failure::from(ActionError::new(
        ErrorCode::Unauthorized,
        "no token",
    )));
    assert_eq!(answer["status"], 401);
    assert_eq!(answer["headers"]["www-authenticate"], "Bearer");
    assert_eq!(answer["body"]["errorCode"], "unauthorized");
}

#[test]
fn the_source_of_a_defect_stays_inside() {
    let error = ActionError::new(ErrorCode::InternalError, "a defect").with_source("pw_secret");
    let answer = shown(Failure::from(error)).to_string();
    assert!(!answer.contains("pw_secret"), "{answer}");
    assert_eq!(shown(Failure::defect())["status"], 500);
}

#[test]
fn a_caller_that_has_the_answer_gets_none() {
    let data = json!(["a"]);
    let first = shown(revalidated(&HeaderMap::new(), &data).unwrap());
    assert_eq!(first["status"], 200);
    assert_eq!(
        first["body"],
        json!({ "success": true, "message": "OK", "data": ["a"], "meta": {} })
    );
    let tag = first["headers"]["etag"].as_str().unwrap();
    for given in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let request = headers(&[("if-none-match", &given)]);
        let again = shown(revalidated(&request, &data).unwrap());
        assert_eq!(again["status"], 304, "{given}");
        assert_eq!(again["body"], Value::Null);
        assert_eq!(again["headers"]["etag"], tag);
    }
    let request = headers(&[("if-none-match", "\"x\"")]);
    assert_eq!(shown(revalidated(&request, &data).unwrap())["status"], 200);
}
