//! Lists that come in pages.

use plugwright_client::ErrorCode;
use serde_json::{Value, json};

use crate::server::{Reply, Server, envelope, failure, json as reply};

fn page(items: &str, meta: &str) -> Reply {
    reply(200, "", &envelope(items, meta))
}

#[tokio::test]
async fn walks_all_pages_and_asks_for_each_when_it_is_wanted() {
    let server = Server::start(vec![
        page(
            "[1,2]",
            r#"{"cursor":"c1","totalCount":5,"executionId":"run-1"}"#,
        ),
        page("[]", r#"{"cursor":"c2"}"#),
        failure(503, "unavailable", "retry-after: 0\r\n"),
        page("[3,4,5]", r#"{"hasMore":false}"#),
    ])
    .await;
    let client = server.client();
    let action = client.action("a.list").input(json!({ "q": "x" }));
    let mut pages = action.pages::<u64>();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(
        (
            first.items,
            first.total_count,
            first.execution_id.as_deref()
        ),
        (vec![1, 2], Some(5), Some("run-1"))
    );
    assert_eq!(server.received().len(), 1);
    assert_eq!(pages.next().await.unwrap().unwrap().items, [0; 0]);
    assert_eq!(pages.next().await.unwrap().unwrap().items, [3, 4, 5]);
    assert!(pages.next().await.is_none());
    let sent = server.received();
    let bodies: Vec<_> = sent.iter().map(|request| request.body.as_str()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"input":{"q":"x"}}"#,
            r#"{"input":{"q":"x"},"options":{"cursor":"c1"}}"#,
            r#"{"input":{"q":"x"},"options":{"cursor":"c2"}}"#,
            r#"{"input":{"q":"x"},"options":{"cursor":"c2"}}"#,
        ]
    );
    let keys: Vec<_> = sent
        .iter()
        .map(|request| request.header("idempotency-key").unwrap())
        .collect();
    assert!(
        keys[0] != keys[1] && keys[1] != keys[2] && keys[2] == keys[3],
        "{keys:?}"
    );
}

#[tokio::test]
async fn items_of_all_pages_come_one_by_one_and_end_with_an_error() {
    let server = Server::start(vec![
        page("[1,2]", r#"{"cursor":"c1"}"#),
        page("[3]", r#"{"cursor":"c2"}"#),
        failure(400, "invalid_input", ""),
    ])
    .await;
    let mut items = server.client().action("a.list").items::<u64>();
    for expected in 1..=3 {
        assert_eq!(items.next().await.unwrap().unwrap(), expected);
    }
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert!(items.next().await.is_none());
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_list_that_would_never_end_and_what_is_no_list_are_errors() {
    let server = Server::start(vec![page("[1]", r#"{"cursor":"c1"}"#)]).await;
    let mut pages = server.client().action("a.list").pages::<u64>();
    assert!(pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse);
    assert!(pages.next().await.is_none());
    let server = Server::start(vec![page(r#"{"id":1}"#, "{}")]).await;
    let mut pages = server.client().action("a.get").pages::<Value>();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse);
}
