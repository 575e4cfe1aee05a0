use serde_json::json;

use super::*;

fn received(status: u16, body: &str) -> Received {
    Received {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: None,
        request_id: Some("of-the-header".to_owned()),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

#[track_caller]
fn data(body: &str) -> Value {
    received(200, body).read::<Value>(None).unwrap().data
}

#[track_caller]
fn error(status: u16, body: &str) -> Error {
    let Err(error) = received(status, body).read::<Value>(Some("a.b")) else {
        panic!("`{body}` is a success")
    };
    error
}

#[test]
fn reads_every_form_of_a_success() {
    for (body, expected) in [
        (
            r#"{"success":true,"message":"OK","data":[1, 2],"meta":{}}"#,
            json!([1, 2]),
        ),
        (r#"{"success":true}"#, json!(null)),
        (r#"{"success":true,"data":null}"#, json!(null)),
        ("", json!(null)),
        (
            r#"{"success":"yes","data":1}"#,
            json!({ "success": "yes", "data": 1 }),
        ),
        ("[1]", json!([1])),
        ("not JSON", json!("not JSON")),
        ("\u{feff}{\"success\":true,\"data\":1}", json!(1)),
    ] {
        assert_eq!(data(body), expected, "{body}");
    }
    let latin = Received {
        body: Bytes::from_static(b"\xe9"),
        ..received(200, "")
    };
    assert_eq!(latin.read::<String>(None).unwrap().data, "\u{fffd}");
}

#[test]
fn members_of_meta_that_are_not_as_they_should_be_are_missing() {
    let body = r#"{"success":true,"data":1,"message":7,"meta":{"executionId":"x","totalCount":"many","cursor":null}}"#;
    let answer = received(200, body).read::<Value>(None).unwrap();
    assert_eq!(answer.meta.execution_id.as_deref(), Some("x"));
    assert_eq!(
        (answer.message, answer.meta.total_count, answer.meta.cursor),
        (None, None, None)
    );
    let answer = received(200, r#"{"success":true,"data":1,"meta":"none"}"#)
        .read::<Value>(None)
        .unwrap();
    assert_eq!(answer.meta.execution_id, None);
}

#[test]
fn reads_every_form_of_a_failure() {
    let body = r#"{"success":false,"message":"no","data":{"a":1},"errorCode":"conflict",
        "meta":{"requestId":"r","executionId":"e","actionId":"other","hint":"auth"}}"#;
    let failure = error(409, body);
    assert_eq!(*failure.code(), ErrorCode::Conflict);
    assert_eq!((failure.status(), failure.message()), (Some(409), "no"));
    assert_eq!(
        (failure.request_id(), failure.execution_id()),
        (Some("r"), Some("e"))
    );
    assert_eq!(
        (failure.action_id(), failure.hint()),
        (Some("a.b"), Some(Hint::Auth))
    );
    assert_eq!(failure.data(), Some(&json!({ "a": 1 })));
    assert_eq!(
        failure.to_string(),
        "`a.b` failed: no (conflict, status 409)"
    );

    for (status, body, code, message, data) in [
        (
            200,
            r#"{"success":false}"#,
            "provider_error",
            "the gateway responded with status 200",
            None,
        ),
        (
            502,
            r#"{"success":true,"data":1}"#,
            "provider_error",
            "the gateway responded with status 502",
            Some(json!(1)),
        ),
        (
            401,
            r#"{"error":{"code":"unauthorized","message":"no key"}}"#,
            "unauthorized",
            "no key",
            None,
        ),
        (
            500,
            r#"{"message":"down","id":7}"#,
            "provider_error",
            "down",
            Some(json!({ "message": "down", "id": 7 })),
        ),
        (429, "slow down", "rate_limited", "slow down", None),
        (
            502,
            "[1]",
            "provider_error",
            "the gateway responded with status 502",
            Some(json!([1])),
        ),
        (
            503,
            "",
            "provider_error",
            "the gateway responded with status 503",
            None,
        ),
    ] {
        let failure = error(status, body);
        assert_eq!(*failure.code(), code, "{body}");
        assert_eq!(
            (failure.status(), failure.message()),
            (Some(status), message)
        );
        assert_eq!(failure.data(), data.as_ref());
        assert_eq!(failure.request_id(), Some("of-the-header"));
    }
    assert_eq!(error(500, &"é".repeat(5_000)).message().len(), MOST_MESSAGE);
}
