//! Tests of what is told of parameters and members in the wrong place.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::selectors::{answer, gateway};

/// Sends a request; returns the status, and each fault as its parameter and message.
async fn faults(path: &str, body: Option<&Value>) -> (StatusCode, Vec<(String, String)>) {
    let (status, text) = answer(&gateway(), path, body, &[]).await;
    let body: Value = serde_json::from_str(&text).unwrap();
    let text = |fault: &Value, name: &str| fault[name].as_str().map(str::to_owned);
    let faults = body["data"].as_array().into_iter().flatten();
    let faults = faults.filter_map(|it| Some((text(it, "param")?, text(it, "message")?)));
    (status, faults.collect())
}

#[tokio::test]
async fn a_flat_body_is_told_once_for_each_name_where_it_belongs() {
    let flat = json!({ "repo": "o/r", "issue_number": 7, "cursor": "c" });
    let (status, told) = faults("/v1/actions/github.issues.get", Some(&flat)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let told: Vec<_> = told
        .iter()
        .map(|(param, text)| (&**param, &**text))
        .collect();
    assert_eq!(
        told,
        [
            ("repo", "belongs in `input`"),
            ("issue_number", "belongs in `input`"),
            ("cursor", "belongs in `options`"),
        ]
    );
}

#[tokio::test]
async fn a_parameter_that_a_list_does_not_have_is_refused() {
    for (path, param) in [
        ("/v1/actions?services=github", "services"),
        ("/v1/actions/search?q=issues&efect=write", "efect"),
        ("/v1/providers?services=github", "services"),
        ("/v1/apps?service=github", "service"),
        ("/v1/apps/services/github?status=active", "status"),
        ("/v1/apps/authenticated?services=github", "services"),
    ] {
        let (status, told) = faults(path, None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        let told: Vec<_> = told.iter().map(|(param, _)| &**param).collect();
        assert_eq!(told, [param], "{path}");
    }
    for path in [
        "/v1/actions?service=github",
        "/v1/actions/search?query=issues&service=github&limit=1",
        "/v1/providers?service=github&service=slack&q=hub",
        "/v1/apps/authenticated?service=github&service=slack",
    ] {
        assert_eq!(faults(path, None).await.0, StatusCode::OK, "{path}");
    }
}
