//! What a caller may not reach by what it adds to a call, by an earlier call, or by other callers.

use std::sync::Arc;

use plugwright_gateway::{
    Call, ConnectionSelector, Grant, Principal, ProxyRequest, Surface, Target,
};
use plugwright_sdk::host::Effect;
use plugwright_sdk::{ErrorCode, Value, json};

use super::bench::{Bench, answer, create, gateway, list, ok, principal};

fn reader() -> Grant {
    Grant {
        effects: vec![Effect::Read],
        ..Grant::everything()
    }
}

fn proxy(grant: Grant, change: impl FnOnce(&mut ProxyRequest)) -> Call {
    let mut request = ProxyRequest {
        endpoint: "/any".to_owned(),
        method: http::Method::GET,
        query: Vec::new(),
        headers: http::HeaderMap::new(),
        body: None,
    };
    change(&mut request);
    let mut call = Call::action(principal(grant), "", json!({}));
    call.surface = Surface::Proxy;
    call.target = Target::Proxy {
        connector: "local".to_owned(),
        request: Box::new(request),
    };
    call
}

fn named(mut call: Call, id: &str, grant: Grant) -> Call {
    call.principal = Arc::new(Principal {
        id: id.to_owned(),
        grant,
        ..Principal::local()
    });
    call
}

#[tokio::test]
async fn an_unknown_name_is_near_to_those_that_the_token_may_call_alone() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let refusal = async |grant: Grant, name: &str| {
        let call = Call::action(principal(grant), name, json!({}));
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ActionNotFound);
        error.message().to_owned()
    };
    let message = refusal(Grant::everything(), "local.things.gett").await;
    assert!(message.contains("`local.things.get`"), "{message}");
    let grant = json!({ "actions": ["local.things.list"] });
    let grant: Grant = serde_json::from_value(grant).unwrap();
    let message = refusal(grant, "local.things.gett").await;
    assert_eq!(
        message,
        "no action is named `local.things.gett`; did you mean `local.things.list`?"
    );
    let grant = Grant {
        proxies: ["git*".parse().unwrap()].into_iter().collect(),
        ..Grant::default()
    };
    let mut call = proxy(grant, |_| {});
    if let Target::Proxy { connector, .. } = &mut call.target {
        "locl".clone_into(connector);
    }
    let error = bench.run(call).await.result.unwrap_err();
    assert_eq!(error.message(), "no connector is named `locl`");
}

#[tokio::test]
async fn a_reader_makes_no_provider_see_another_method() {
    let bench = Bench::new(|_| ok(&json!({ "things": [], "next": null }))).await;
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "x_http_method_override",
        "x-original-method",
        "x-rewrite-url",
        "x-original-url",
        "x-forwarded-host",
        "forwarded",
        "x-real-ip",
        "content-encoding",
    ] {
        let mut call = list();
        call.principal = principal(reader());
        call.options.headers.insert(name, "DELETE".parse().unwrap());
        let error = bench.run(call).await.result.unwrap_err();
        let param = format!("options.headers.{name}");
        assert_eq!(error.param(), Some(&*param), "{error}");
        let call = proxy(reader(), |request| {
            request.headers.insert(name, "DELETE".parse().unwrap());
        });
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.param(), Some(&*format!("headers.{name}")), "{error}");
    }
    for endpoint in [
        "/any?_method=DELETE",
        "/any?a=1&%5Fmethod=DELETE",
        "/any?_method[]=DELETE",
        "/any;_method=DELETE",
        "/any?X-HTTP-Method-Override=DELETE",
        "/any?method=delete",
        "/any?user[_method]=delete",
        "/any?method=GET&_method=DELETE",
    ] {
        let call = proxy(reader(), |request| {
            endpoint.clone_into(&mut request.endpoint);
        });
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.param(), Some("endpoint"), "{endpoint}: {error}");
    }
    for (name, value) in [
        ("_method", json!("DELETE")),
        ("_METHOD[]", json!(["DELETE"])),
        ("method", json!("delete")),
        ("method", json!(["a", "delete"])),
        ("x_http_method_override", json!("DELETE")),
    ] {
        let call = proxy(reader(), |request| {
            request.query.push((name.to_owned(), value));
        });
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.param(), Some(&*format!("query.{name}")), "{error}");
    }
    assert!(bench.upstream.received().is_empty());
    let call = proxy(reader(), |request| {
        "/any?q=_method&payment_method=card".clone_into(&mut request.endpoint);
        request
            .headers
            .insert("notion-version", "1".parse().unwrap());
    });
    bench.run(call).await.result.unwrap();
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_write_is_not_made_a_deletion_by_its_body() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let writer = || Grant {
        effects: vec![Effect::Read, Effect::Write],
        ..Grant::everything()
    };
    let post = |grant: Grant, body: Value| {
        proxy(grant, |request| {
            request.method = http::Method::POST;
            request.body = Some(body);
        })
    };
    for body in [
        json!({ "_method": "DELETE" }),
        json!({ "thing": { "_method": "DELETE" } }),
        json!("name=x&_method=DELETE"),
        json!("{\"_method\":\"DELETE\"}"),
        json!({ "method": "DELETE" }),
        json!({ "method": "POST", "_method": "DELETE" }),
        json!([[{ "_method": "DELETE" }]]),
        json!({ "graphs": [{ "compositeRequest": [{ "method": "DELETE" }] }] }),
        json!("batch=[{\"method\":\"DELETE\",\"relative_url\":\"1\"}]"),
        json!({ "batch": "[{\"method\":\"DELETE\",\"relative_url\":\"1\"}]" }),
        json!("{=1&_method=DELETE"),
        json!("{\"_method\":\"DELETE\",\"x\":\"\\ud800\"}"),
    ] {
        let error = bench
            .run(post(writer(), body.clone()))
            .await
            .result
            .unwrap_err();
        assert_eq!(error.param(), Some("body"), "{body}: {error}");
    }
    let mut as_form = post(writer(), json!({ "name": "&_method=DELETE&" }));
    if let Target::Proxy { request, .. } = &mut as_form.target {
        let form = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers.insert("content-type", form);
    }
    let error = bench.run(as_form).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::PolicyDenied, "{error}");
    let in_query = proxy(writer(), |request| {
        request.method = http::Method::POST;
        let batch = json!("[{\"method\":\"DELETE\"}]");
        request.query.push(("batch".to_owned(), batch));
    });
    let error = bench.run(in_query).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::PolicyDenied, "{error}");
    assert!(bench.upstream.received().is_empty());
    // Data that names a method which the caller may use anyway.
    for (grant, body) in [
        (Grant::everything(), json!({ "method": "DELETE" })),
        (
            writer(),
            json!({ "method": "PUT", "url": "https://a.example" }),
        ),
        (writer(), json!({ "payment_method": "card" })),
        (
            writer(),
            json!({ "graphs": [{ "compositeRequest": [{ "method": "PATCH" }] }] }),
        ),
    ] {
        bench.run(post(grant, body)).await.result.unwrap();
    }
}

#[tokio::test]
async fn a_stored_outcome_is_for_who_could_make_the_call_now() {
    let bench = Bench::new(|_| ok(&json!({ "id": 7 }))).await;
    let other = bench.connect("other").await;
    let work = bench.connect("mine").await;
    let keyed = |grant: Grant| {
        let mut call = named(create(), "token:1", grant);
        call.connection = ConnectionSelector::Id(work.id);
        call.options.idempotency_key = Some("k".parse().unwrap());
        call
    };
    let all = Grant::default();
    assert!(!bench.run(keyed(all.clone())).await.replayed);
    assert!(bench.run(keyed(all.clone())).await.replayed);
    let narrowed = Grant {
        connections: Some(vec![other.id]),
        ..Grant::default()
    };
    let outcome = bench.run(keyed(narrowed)).await;
    assert!(!outcome.replayed);
    assert_eq!(
        outcome.result.unwrap_err().code(),
        ErrorCode::ConnectionNotAllowed
    );
    let reads = Grant {
        effects: vec![Effect::Read],
        ..Grant::default()
    };
    let outcome = bench.run(keyed(reads)).await;
    assert_eq!(outcome.result.unwrap_err().code(), ErrorCode::PolicyDenied);
    assert!(bench.run(keyed(all.clone())).await.replayed);
    assert_eq!(bench.upstream.received().len(), 1);

    bench.store.delete_connection(work.id).await.unwrap();
    // Another process, which has read nothing yet.
    let gateway = gateway(&bench.store, &bench.vault, |_| {});
    let outcome = gateway.execute(keyed(all)).await;
    assert!(!outcome.replayed);
    assert_eq!(
        outcome.result.unwrap_err().code(),
        ErrorCode::ConnectionNotFound
    );
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_cursor_goes_with_the_input_that_it_came_from() {
    let bench = Bench::new(|request| {
        let is_second = request.target.contains("cursor=two");
        let next = (!is_second).then_some("two");
        ok(&json!({ "things": [{ "id": 1 }], "next": next }))
    })
    .await;
    let listing = |input: Value| {
        let mut call = list();
        call.target = Target::Action {
            name: "local.things.list".to_owned(),
            input: Arc::new(input),
        };
        call
    };
    let first = bench
        .run(listing(json!({ "limit": 2 })))
        .await
        .result
        .unwrap();
    let cursor = first.meta.cursor.unwrap();
    let next = |input: Value| {
        let mut call = listing(input);
        call.options.cursor = Some(cursor.clone());
        call
    };
    for input in [json!({ "limit": 3 }), json!({})] {
        let error = bench.run(next(input)).await.result.unwrap_err();
        assert_eq!(error.param(), Some("options.cursor"));
        assert!(error.message().contains("another input"), "{error}");
    }
    assert_eq!(bench.upstream.received().len(), 1);
    bench.run(next(json!({ "limit": 2 }))).await.result.unwrap();
    bench.connect("later").await;
    let mut call = next(json!({ "limit": 2 }));
    call.connection = ConnectionSelector::Named("later".to_owned());
    let error = bench.run(call).await.result.unwrap_err();
    assert_eq!(error.param(), Some("options.cursor"));
    assert!(error.message().contains("another connection"), "{error}");
}

#[tokio::test]
async fn one_callers_failures_suspend_no_host_for_others() {
    let bench = Bench::new(|request| match request.target.as_str() {
        "/things/bad" => answer(500, "", &json!({})),
        _ => ok(&json!({ "id": "1", "name": "lamp" })),
    })
    .await;
    let get = |id: &str, caller: &str| {
        let input = json!({ "id": id });
        let mut call = Call::action(principal(Grant::default()), "local.things.get", input);
        call.options.retries = Some(0);
        named(call, caller, Grant::default())
    };
    for _ in 0..20 {
        let error = bench.run(get(&"x".repeat(70_000), "token:evil")).await;
        let error = error.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError, "{error}");
        assert_eq!(error.param(), Some("id"));
    }
    assert!(bench.upstream.received().is_empty());
    for _ in 0..20 {
        bench
            .run(get("bad", "token:evil"))
            .await
            .result
            .unwrap_err();
    }
    assert_eq!(bench.upstream.received().len(), 5);
    let error = bench.run(get("1", "token:evil")).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamSuspended);
    bench.run(get("1", "token:good")).await.result.unwrap();
}
