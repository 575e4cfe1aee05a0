//! Calls of actions, and of connectors' APIs.

use plugwright_client::{CallOptions, ErrorCode, ProxyRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::{LOCAL, REMOTE, client, connect};

#[derive(Deserialize)]
struct Picture {
    url: String,
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn an_output_is_read_as_the_caller_s_type_and_as_a_stream() {
    let client = client();
    let input = json!({ "text": "Grüße 🎈", "size": 200 });
    let picture: Picture = client.execute(LOCAL, &input).await.unwrap();
    let expected = "https://quickchart.io/qr?text=Gr%C3%BC%C3%9Fe+%F0%9F%8E%88&size=200";
    assert_eq!(picture.url, expected);
    let raw = client.execute_raw::<Picture>(LOCAL, &input).await.unwrap();
    assert_eq!(raw.data.url, expected);
    assert_eq!(raw.action_id, LOCAL);
    assert_eq!(raw.message.as_deref(), Some("OK"));
    assert!(raw.execution_id.is_some() && !raw.replayed);
    let stream = client.action(LOCAL).input(&input).execute_stream();
    let mut stream = stream.await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = stream.next().await {
        text.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(
        serde_json::from_slice::<Value>(&text).unwrap(),
        json!({ "url": expected })
    );
    let error = client.execute::<Vec<u64>>(LOCAL, &input).await.unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse);
    assert!(error.execution_id().is_some());
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_failure_of_the_provider_has_its_code_status_and_data() {
    let client = client().using(CallOptions::new().retries(0));
    let error = client.execute::<Value>(REMOTE, &json!({})).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::ProviderError, Some(500), 1)
    );
    assert_eq!(error.data(), Some(&json!({ "status": 502 })));
    assert_eq!(error.action_id(), Some(REMOTE));
    assert!(error.execution_id().is_some() && error.is_retryable());
    // It gives none.
    assert_eq!((error.hint(), error.request_id()), (None, None));
    assert_eq!(error.retry_after(), None);

    let request = ProxyRequest::get("/v0/topstories.json");
    let error = client.proxy::<Value>("hackernews", &request).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.data()),
        (
            &ErrorCode::ProviderError,
            Some(500),
            Some(&json!({ "status": 502 }))
        )
    );
    let error = client.proxy::<Value>("nope", &request).await.unwrap_err();
    assert_eq!(
        (error.code(), error.status()),
        (&ErrorCode::InvalidInput, Some(404))
    );
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_wrong_input_is_refused_with_the_fields() {
    let client = client();
    let error = client
        .execute::<Value>(LOCAL, &json!({ "size": "large" }))
        .await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::InvalidInput, Some(400), 1)
    );
    assert!(!error.is_retryable());
    let faults = error.data().unwrap().as_array().unwrap();
    let has = |place: &str, text: &str| {
        faults.iter().any(|fault| {
            let error = fault["error"].as_str().unwrap_or_default();
            fault["instanceLocation"] == place && error.contains(text)
        })
    };
    assert!(has("#", "\"text\"") && has("#/size", "type"), "{faults:?}");
    let error = client.execute::<Value>("nope.nope", &json!({})).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.action_id()),
        (&ErrorCode::UnknownAction, Some(404), Some("nope.nope"))
    );
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn the_connection_is_chosen_by_its_name() {
    let client = client().using(CallOptions::new().retries(0));
    connect("dune", "work").await;
    let call = async |action: &str, connection: &str| {
        let input = match action {
            "dune.get_query" => json!({ "queryId": 1 }),
            _ => json!({ "owner": "a", "repo": "b", "issueNumber": 1, "assignees": ["c"] }),
        };
        let action = client.action(action).connection_name(connection);
        action.input(input).execute::<Value>().await.unwrap_err()
    };
    // With the connection, the provider is asked.
    let error = call("dune.get_query", "work").await;
    assert_eq!(*error.code(), ErrorCode::ProviderError, "{error:?}");
    for (action, connection, code, status) in [
        ("dune.get_query", "nope", ErrorCode::ConnectionNotFound, 404),
        (
            "dune.get_query",
            "not a name",
            ErrorCode::InvalidConnectionName,
            400,
        ),
        (
            "github.add_issue_assignees",
            "",
            ErrorCode::AuthorizationFailed,
            403,
        ),
    ] {
        let error = call(action, connection).await;
        assert_eq!(
            (error.code(), error.status(), error.attempts()),
            (&code, Some(status), 1),
            "{error:?}"
        );
        assert!(error.execution_id().is_some());
    }
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn what_it_would_do_otherwise_is_not_sent() {
    let client = client();
    let action = || client.action(LOCAL).input(json!({ "text": "x" }));
    let unsupported = [
        action().dry_run().await.map(|_| ()),
        action().mock().execute::<Value>().await.map(|_| ()),
        action()
            .connection_id("c")
            .execute::<Value>()
            .await
            .map(|_| ()),
        action()
            .header("x-a", "b")
            .execute::<Value>()
            .await
            .map(|_| ()),
    ];
    for result in unsupported {
        let error = result.unwrap_err();
        assert_eq!(
            (error.code(), error.attempts()),
            (&ErrorCode::ClientUnsupported, 0),
            "{error:?}"
        );
    }
}
