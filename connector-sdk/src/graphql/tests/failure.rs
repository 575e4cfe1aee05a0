use http::HeaderMap;
use serde_json::json;

use super::*;
use crate::error::ErrorCode;

fn response(status: u16) -> UpstreamResponse {
    UpstreamResponse {
        status,
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
    }
}

fn failed(errors: &Value) -> ActionError {
    failed_with(errors, &json!({}), None)
}

fn failed_with(errors: &Value, params: &Value, cursor: Option<&str>) -> ActionError {
    let failure = Failure::read(errors).unwrap();
    let kind = failure.kind(200);
    failure.into_error(kind, &response(200), params.as_object().unwrap(), cursor)
}

#[test]
fn errors_of_many_servers_mean_the_same() {
    for (errors, code, hint) in [
        // GitHub
        (
            json!([{ "type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve to a Repository" }]),
            ErrorCode::NotFound,
            Hint::Abort,
        ),
        (
            json!([{ "type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "exceeded" }]),
            ErrorCode::RateLimited,
            Hint::Retry,
        ),
        (
            json!([{ "type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted" }]),
            ErrorCode::ScopeMissing,
            Hint::Auth,
        ),
        (
            json!([{ "message": "Something went wrong while executing your query." }]),
            ErrorCode::UpstreamError,
            Hint::Retry,
        ),
        (
            json!([{ "path": ["query", "x"], "extensions": { "code": "undefinedField" }, "message": "Field 'x' doesn't exist" }]),
            ErrorCode::UpstreamError,
            Hint::Abort,
        ),
        // Shopify
        (
            json!([{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }]),
            ErrorCode::RateLimited,
            Hint::Retry,
        ),
        (
            json!([{ "message": "Query cost is 1002", "extensions": { "code": "MAX_COST_EXCEEDED" } }]),
            ErrorCode::ValidationError,
            Hint::Abort,
        ),
        // Linear
        (
            json!([{ "message": "no", "extensions": { "type": "authentication error", "code": "AUTHENTICATION_ERROR", "statusCode": 400 } }]),
            ErrorCode::AuthInvalid,
            Hint::Auth,
        ),
        // NestJS: the code says nothing, the status does.
        (
            json!([{ "message": "no", "extensions": { "code": "X", "statusCode": 403 } }]),
            ErrorCode::Forbidden,
            Hint::Auth,
        ),
        // Hasura
        (
            json!([{ "message": "Uniqueness violation", "extensions": { "code": "constraint-violation" } }]),
            ErrorCode::Conflict,
            Hint::Abort,
        ),
        (
            json!([{ "message": "odd", "extensions": { "code": "ODD" } }]),
            ErrorCode::UpstreamError,
            Hint::Abort,
        ),
        (json!(["no"]), ErrorCode::UpstreamError, Hint::Retry),
        (
            json!({ "message": "no", "code": "FORBIDDEN" }),
            ErrorCode::Forbidden,
            Hint::Auth,
        ),
    ] {
        let error = failed(&errors);
        assert_eq!((error.code(), error.hint()), (code, hint), "{errors}");
    }
}

#[test]
fn what_people_would_be_shown_is_part_of_the_detail() {
    let extensions =
        json!({ "code": "INPUT_ERROR", "userPresentableMessage": "title should not be empty" });
    let error =
        failed(&json!([{ "message": "Argument Validation Error", "extensions": extensions }]));
    assert_eq!(
        error.detail(),
        Some("Argument Validation Error: title should not be empty")
    );
}

#[test]
fn the_most_telling_error_counts_and_all_are_in_the_detail() {
    let error = failed(&json!([
        { "type": "NOT_FOUND", "path": ["a", "nodes", 3, "b"], "message": "gone" },
        { "type": "NOT_FOUND", "path": ["a", "nodes", 3, "b"], "message": "gone" },
        { "type": "RATE_LIMITED", "message": "slow\ndown" },
    ]));
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(error.detail(), Some("a.nodes[3].b: gone; slow down"));
    assert!(
        error.message().ends_with("(GraphQL error `RATE_LIMITED`)"),
        "{error}"
    );
}

#[test]
fn no_errors_are_no_failure() {
    assert!(Failure::read(&json!([])).is_none());
    assert!(Failure::read(&json!(null)).is_none());
}

#[test]
fn a_refused_value_names_the_parameter_that_it_came_from() {
    let params = json!({ "per_page": 900, "discussion_id": "x" });
    for (errors, cursor, param) in [
        (
            json!([{ "message": "Variable $perPage of type Int! was provided invalid value" }]),
            None,
            "per_page",
        ),
        (
            json!([{
                "message": "Variable $input of type AddInput! was provided invalid value for discussionId",
                "extensions": { "problems": [{ "path": ["discussionId"], "explanation": "no" }] },
            }]),
            None,
            "discussion_id",
        ),
        (
            json!([{ "message": "no", "extensions": { "code": "BAD_USER_INPUT", "argumentName": "perPage" } }]),
            None,
            "per_page",
        ),
        (
            json!([{ "type": "INVALID_CURSOR_ARGUMENTS", "message": "`x` does not appear to be a valid cursor." }]),
            Some("after"),
            "cursor",
        ),
    ] {
        let error = failed_with(&errors, &params, cursor);
        assert_eq!(
            (error.code(), error.param()),
            (ErrorCode::ValidationError, Some(param)),
            "{errors}"
        );
    }
    let other = failed_with(
        &json!([{ "type": "UNPROCESSABLE", "message": "Title can't be blank" }]),
        &params,
        None,
    );
    assert_eq!(
        (other.code(), other.param()),
        (ErrorCode::ValidationError, None)
    );
}

#[test]
fn waits_are_read_in_seconds() {
    let wait = |extensions: Value| {
        let errors = json!([{ "message": "no", "extensions": extensions }]);
        Failure::read(&errors).unwrap().wait()
    };
    assert_eq!(
        wait(json!({ "retry_in_seconds": 15 })),
        Some(Duration::from_secs(15))
    );
    assert_eq!(
        wait(json!({ "retryAfter": "30" })),
        Some(Duration::from_secs(30))
    );
    assert_eq!(wait(json!({ "retryAfter": [] })), None);
}

#[test]
fn the_status_of_the_answer_says_what_no_code_does() {
    let failure = Failure::read(&json!([{ "message": "no" }])).unwrap();
    let kind = failure.kind(401);
    let error = failure.into_error(kind, &response(401), &JsonObject::new(), None);
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
    assert!(error.message().ends_with("(HTTP 401)"), "{error}");
}

mod laws {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~é\n$]{0,12}|NOT_FOUND|RATE_LIMITED".prop_map(Value::from),
        ];
        let name = "message|path|extensions|code|type|statusCode|problems|retryAfter|[a-z]{0,3}";
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_errors_make_an_error_of_one_line(errors in value()) {
            if let Some(failure) = Failure::read(&errors) {
                let kind = failure.kind(200);
                let error = failure.into_error(kind, &response(200), &JsonObject::new(), Some("after"));
                prop_assert!(!error.message().contains('\n'));
                prop_assert!(error.detail().is_none_or(|detail| detail.len() <= ActionError::LONGEST_DETAIL));
            }
        }
    }
}
