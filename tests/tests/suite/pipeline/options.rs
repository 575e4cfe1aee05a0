use plugwright_gateway::{Call, Grant, Mode, ProxyRequest, Target};
use plugwright_sdk::{ErrorCode, json};

use crate::pipeline::bench::{Bench, SECRET, create, list, ok, principal};

#[tokio::test]
async fn a_dry_run_shows_the_request_and_sends_nothing() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let mut call = create();
    call.options.mode = Mode::DryRun;
    let data = bench.run(call).await.result.unwrap().data.into_value();
    assert_eq!(data["requests"][0]["method"], "POST");
    assert_eq!(
        data["requests"][0]["body"],
        json!({ "json": { "name": "lamp" } })
    );
    assert!(data.to_string().contains("Bearer {{token}}"), "{data}");
    assert!(!data.to_string().contains(SECRET));
    assert!(bench.upstream.received().is_empty());
}

#[tokio::test]
async fn a_mock_makes_an_answer_up_after_the_schema() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let mut call = list();
    call.options.mode = Mode::Mock;
    assert!(
        bench
            .run(call)
            .await
            .result
            .unwrap()
            .data
            .value()
            .is_array()
    );
    assert!(bench.upstream.received().is_empty());
}

#[tokio::test]
async fn a_cursor_is_sealed_and_good_for_its_action_alone() {
    let bench = Bench::new(|request| {
        let next = if request.target.contains("cursor=two") {
            json!(null)
        } else {
            json!("two")
        };
        ok(&json!({ "things": [{ "id": 1 }], "next": next }))
    })
    .await;
    let first = bench.run(list()).await.result.unwrap();
    let cursor = first.meta.cursor.unwrap();
    assert!(!cursor.contains("two"), "{cursor}");
    let mut call = list();
    call.options.cursor = Some(cursor.clone());
    let second = bench.run(call).await.result.unwrap();
    assert_eq!(second.meta.has_more, Some(false));
    assert!(bench.upstream.received()[1].target.contains("cursor=two"));
    let mut forged = cursor;
    forged.pop();
    let mut call = list();
    call.options.cursor = Some(forged);
    assert_eq!(
        bench.run(call).await.result.unwrap_err().param(),
        Some("options.cursor")
    );
}

#[tokio::test]
async fn fields_raw_and_headers_are_what_the_caller_asks_for() {
    let bench = Bench::new(|_| {
        ok(&json!({ "things": [{ "id": 1, "name": "lamp", "echo": format!("{SECRET}-work") }], "next": null }))
    })
    .await;
    let mut call = list();
    call.options.fields = vec!["name".to_owned()];
    call.options.raw = true;
    call.options.headers.insert("x-trace", "7".parse().unwrap());
    let result = bench.run(call).await.result.unwrap();
    assert_eq!(result.data, json!([{ "name": "lamp" }]));
    let raw = result.raw.unwrap();
    assert_eq!(raw.value()["things"][0]["id"], 1);
    assert!(!raw.to_string().contains(SECRET), "{raw}");
    let headers = &bench.upstream.received()[0].headers;
    assert!(headers.contains(&("x-trace".to_owned(), "7".to_owned())));
}

fn proxy(endpoint: &str, method: http::Method) -> Call {
    let mut call = Call::action(principal(Grant::everything()), "", json!({}));
    call.surface = plugwright_gateway::Surface::Proxy;
    call.target = Target::Proxy {
        connector: "local".to_owned(),
        request: Box::new(ProxyRequest {
            endpoint: endpoint.to_owned(),
            method,
            query: vec![("a".to_owned(), json!([1, "b"]))],
            headers: http::HeaderMap::new(),
            body: None,
        }),
    };
    call
}

#[tokio::test]
async fn a_proxy_call_returns_the_answer_whatever_it_is() {
    let bench = Bench::new(|_| {
        crate::pipeline::bench::answer(404, "x-own: yes\r\n", &json!({ "message": "no" }))
    })
    .await;
    let data = bench
        .run(proxy("/any?x=1", http::Method::GET))
        .await
        .result
        .unwrap()
        .data
        .into_value();
    assert_eq!(
        (&data["status"], &data["data"]),
        (&json!(404), &json!({ "message": "no" }))
    );
    assert_eq!(data["headers"]["x-own"], "yes");
    let request = &bench.upstream.received()[0];
    assert_eq!(request.target, "/any?x=1&a=1&a=b");
    assert!(
        request
            .headers
            .iter()
            .any(|(_, value)| value.contains(SECRET))
    );
    let absolute = format!("http://{}/abs", bench.upstream.address());
    bench
        .run(proxy(&absolute, http::Method::GET))
        .await
        .result
        .unwrap();
    assert_eq!(bench.upstream.received()[1].target, "/abs?a=1&a=b");
}

#[tokio::test]
async fn a_proxy_call_leads_to_declared_hosts_alone_and_needs_a_grant() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let error = bench
        .run(proxy("http://127.0.0.1:1/x", http::Method::GET))
        .await
        .result
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::DestinationRefused);
    let mut call = proxy("/x", http::Method::GET);
    call.principal = principal(Grant::default());
    assert_eq!(
        bench.run(call).await.result.unwrap_err().code(),
        ErrorCode::PolicyDenied
    );
    assert!(bench.upstream.received().is_empty());
}
