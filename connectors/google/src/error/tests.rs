use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::json;

use super::*;

fn answered(status: u16, body: &Value) -> ActionError {
    let response = UpstreamResponse {
        status,
        headers: HeaderMap::new(),
        body: body.to_string().into(),
    };
    error(&response).unwrap()
}

/// An error in the form of the older APIs.
fn with_reason(status: u16, reason: &str, message: &str) -> ActionError {
    let body = json!({ "error": {
        "code": status,
        "message": message,
        "errors": [{ "domain": "usageLimits", "reason": reason, "message": message }],
    } });
    answered(status, &body)
}

#[test]
fn a_reason_tells_what_a_403_is_about() {
    for (reason, code, hint) in [
        ("rateLimitExceeded", ErrorCode::RateLimited, Hint::Retry),
        ("userRateLimitExceeded", ErrorCode::RateLimited, Hint::Retry),
        ("quotaExceeded", ErrorCode::RateLimited, Hint::Retry),
        (
            "insufficientPermissions",
            ErrorCode::ScopeMissing,
            Hint::Auth,
        ),
        ("accessNotConfigured", ErrorCode::Forbidden, Hint::Abort),
        ("domainPolicy", ErrorCode::Forbidden, Hint::Abort),
        ("forbidden", ErrorCode::Forbidden, Hint::Auth),
    ] {
        let error = with_reason(403, reason, "No");
        assert_eq!((error.code(), error.hint()), (code, hint), "{reason}");
        assert_eq!(error.detail(), Some(&*format!("No ({reason})")));
    }
}

#[test]
fn details_of_newer_apis_are_read_too() {
    let error = answered(
        403,
        &json!({ "error": {
            "code": 403,
            "message": "Request had insufficient authentication scopes.",
            "status": "PERMISSION_DENIED",
            "errors": [{ "reason": "insufficientPermissions", "message": "Insufficient Permission" }],
            "details": [{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
            }],
        } }),
    );
    assert_eq!(error.code(), ErrorCode::ScopeMissing);
    assert_eq!(
        error.detail(),
        Some(
            "Request had insufficient authentication scopes. \
             (insufficientPermissions, ACCESS_TOKEN_SCOPE_INSUFFICIENT)"
        )
    );

    let error = answered(
        429,
        &json!({ "error": {
            "code": 429,
            "message": "Quota exceeded",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                { "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED" },
                { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s" },
            ],
        } }),
    );
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(3500)));
}

#[test]
fn invalid_fields_are_named() {
    let error = answered(
        400,
        &json!({ "error": {
            "code": 400,
            "message": "Request contains an invalid argument.",
            "status": "INVALID_ARGUMENT",
            "details": [{
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    { "field": "max_results", "description": "must be at most 500" },
                    { "field": "page_token" },
                ],
            }],
        } }),
    );
    assert_eq!(error.code(), ErrorCode::ValidationError);
    assert_eq!(
        error.detail(),
        Some(
            "Request contains an invalid argument.; `max_results`: must be at most 500; \
             `page_token`: is not valid"
        )
    );
}

#[test]
fn the_time_to_wait_may_be_in_the_message() {
    let error = with_reason(
        429,
        "userRateLimitExceeded",
        "User-rate limit exceeded.  Retry after 2020-01-31T08:30:00.000Z",
    );
    // It is past.
    assert_eq!(error.retry_after(), Some(Duration::ZERO));
    let error = with_reason(429, "userRateLimitExceeded", "User-rate limit exceeded.");
    assert_eq!(error.retry_after(), None);
}

#[test]
fn any_other_body_is_judged_by_its_status() {
    for (status, code) in [
        (401, ErrorCode::AuthInvalid),
        (403, ErrorCode::Forbidden),
        (404, ErrorCode::NotFound),
        (409, ErrorCode::Conflict),
        (429, ErrorCode::RateLimited),
        (503, ErrorCode::UpstreamError),
    ] {
        for body in [json!({}), json!({ "error": "invalid_grant" }), json!([])] {
            assert_eq!(answered(status, &body).code(), code, "{status} {body}");
        }
    }
    let success = UpstreamResponse {
        status: 200,
        headers: HeaderMap::new(),
        body: "{}".into(),
    };
    assert!(error(&success).is_none());
}
