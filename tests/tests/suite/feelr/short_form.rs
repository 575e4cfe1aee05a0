//! Calls and discovery, as `curl` and scripts make them.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::send;
use reqwest::Method;

use super::{House, failed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_taken_from_either_header_or_from_the_query() {
    let house = House::open().await;
    let path = "/v1/local/things.get?id=1";
    for request in [
        house
            .asking(Method::GET, path)
            .header("X-Feelr-Key", &house.key),
        house.asking(Method::GET, path).bearer_auth(&house.key),
        house.asking(Method::GET, &format!("{path}&key={}", house.key)),
        // The header counts before the query.
        house
            .asking(Method::GET, &format!("{path}&key=other"))
            .header("X-Feelr-Key", &house.key),
    ] {
        let body = send(request).await.expect("an answer").ok();
        assert_eq!(body["data"], json!({ "id": 1 }));
        assert_eq!(house.last_target(), "/things/1");
    }
    let none = send(house.asking(Method::GET, path)).await.unwrap();
    assert_eq!(failed(&none, 401, "auth"), "AUTH_REQUIRED");
    let wrong = house.asking(Method::GET, path);
    let wrong = wrong.header("X-Feelr-Key", "fk_live_abcdefgh_0");
    let wrong = send(wrong).await.unwrap();
    assert_eq!(failed(&wrong, 401, "auth"), "AUTH_INVALID");
    assert_eq!(wrong.headers["www-authenticate"], "Bearer");
    assert!(!house.gateway.log().contains(&house.key));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_get_the_types_that_the_action_takes() {
    let house = House::open().await;
    let path = "/v1/local/things.list";
    let form = house.asking(Method::POST, path);
    let form = form
        .header("X-Feelr-Key", &house.key)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("limit=2");
    for reply in [
        house.get(&format!("{path}?limit=2")).await,
        house.post(path, &json!({ "limit": "2" })).await,
        house.post(path, &json!({ "limit": 2 })).await,
        send(form).await.unwrap(),
    ] {
        assert_eq!(reply.ok()["data"][0]["limit"], "2");
        assert_eq!(house.last_target(), "/things?limit=2");
    }
    let sent = house.upstream.received().len();
    for reply in [
        house.get(&format!("{path}?limit=many&size=3")).await,
        house
            .post(path, &json!({ "limit": "many", "size": "3" }))
            .await,
    ] {
        assert_eq!(failed(&reply, 400, "abort"), "VALIDATION_ERROR");
        let faults = reply.body["error"]["faults"].as_array().unwrap();
        let params: Vec<_> = faults.iter().map(|fault| &fault["param"]).collect();
        assert_eq!(params, ["limit", "size"]);
        let allowed = "is not a parameter; allowed: limit, cursor, raw";
        assert_eq!(faults[1]["message"], allowed);
    }
    assert_eq!(house.upstream.received().len(), sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_goes_on_where_a_page_ended() {
    let house = House::open().await;
    let path = "/v1/local/things.list";
    let first = house.get(&format!("{path}?limit=2")).await.ok();
    let meta = &first["meta"];
    assert_eq!(meta["connector"], "local");
    assert_eq!(meta["action"], "things.list");
    assert_eq!(meta["has_more"], true);
    assert!(meta["request_id"].is_string() && meta["duration_ms"].is_u64());
    let cursor = meta["cursor"].as_str().unwrap();
    // The command line puts it into a query as it is.
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
    assert!(cursor.chars().all(plain), "{cursor}");
    for reply in [
        house.get(&format!("{path}?limit=2&cursor={cursor}")).await,
        house
            .post(&format!("{path}?cursor={cursor}"), &json!({ "limit": "2" }))
            .await,
        house
            .post(path, &json!({ "limit": "2", "cursor": cursor }))
            .await,
    ] {
        let page = reply.ok();
        assert_eq!(page["data"], json!([{ "id": 2 }]));
        assert_eq!(page["meta"]["has_more"], false);
        assert_eq!(page["meta"].get("cursor"), None);
    }
    let strange = house.get(&format!("{path}?cursor=nope")).await;
    assert_eq!(failed(&strange, 400, "abort"), "VALIDATION_ERROR");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn raw_is_the_provider_s_answer_alone() {
    let house = House::open().await;
    let expected = json!({
        "things": [{ "id": 1, "limit": "2" }], "next": super::NEXT, "took": 7
    });
    for reply in [
        house.get("/v1/local/things.list?limit=2&raw=true").await,
        house
            .post("/v1/local/things.list?raw=true", &json!({ "limit": "2" }))
            .await,
    ] {
        assert_eq!(reply.ok(), expected);
    }
    let failure = house.get("/v1/local/things.get?id=denied&raw=true").await;
    assert_eq!(failed(&failure, 401, "auth"), "AUTH_INVALID");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_is_posted_and_is_not_repeated_if_it_failed() {
    let house = House::open().await;
    let made = house
        .post("/v1/local/things.create", &json!({ "name": "7" }))
        .await
        .ok();
    // A text stays one where the action takes texts.
    assert_eq!(made["data"], json!({ "id": 3, "name": "7" }));
    let broken = json!({ "name": "broken" });
    let broken = house.post("/v1/local/things.create", &broken).await;
    assert_eq!(failed(&broken, 424, "abort"), "UPSTREAM_ERROR");
    let gotten = house.get("/v1/local/things.create?name=x").await;
    assert_eq!(failed(&gotten, 405, "abort"), "METHOD_NOT_ALLOWED");
    assert_eq!(gotten.headers["allow"], "POST");
    assert_eq!(
        gotten.body["error"]["message"],
        "`local.things.create` changes something (write), and GET only reads: call it with POST"
    );

    let keyed = || {
        let request = house.asking(Method::POST, "/v1/local/things.create");
        request
            .header("X-Feelr-Key", &house.key)
            .header("Idempotency-Key", "order-17")
            .body(r#"{"name":"lamp"}"#)
    };
    let (first, again) = (send(keyed()).await.unwrap(), send(keyed()).await.unwrap());
    let (first, again) = (first.ok(), again.ok());
    assert_eq!(first["data"], again["data"]);
    assert_eq!(again["meta"]["replayed"], true);
    let received = house.upstream.received();
    let lamps = received
        .iter()
        .filter(|request| String::from_utf8_lossy(&request.body).contains("lamp"));
    assert_eq!(lamps.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_tell_what_is_left_of_a_limit() {
    let mut house = House::open().await;
    let free = house.get("/v1/local/things.get?id=1").await;
    assert!(!free.headers.contains_key("ratelimit-limit"));
    let limit = json!({ "rateLimit": { "calls": 2, "perSeconds": 60 } });
    house.key = house.gateway.token("limited", limit).await.1;
    for (status, remaining, reset) in [(200, "1", 1..=30), (200, "0", 31..=60), (429, "0", 31..=60)]
    {
        let reply = house.get("/v1/local/things.get?id=1").await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.headers["ratelimit-limit"], "2");
        assert_eq!(reply.headers["ratelimit-remaining"], remaining);
        let said = reply.headers["ratelimit-reset"].to_str().unwrap();
        let said: u64 = said.parse().unwrap();
        assert!(reset.contains(&said), "{said}");
        if status == 429 {
            assert_eq!(failed(&reply, 429, "retry"), "RATE_LIMITED");
            let wait = reply.headers["retry-after"].to_str().unwrap();
            assert!((1..=30).contains(&wait.parse::<u64>().unwrap()), "{wait}");
        }
    }
    // To look around costs nothing.
    let tools = house.get("/v1/tools").await;
    assert_eq!(tools.status, 200);
    assert_eq!(tools.headers["ratelimit-remaining"], "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tools_are_found_step_by_step_and_by_words() {
    let mut house = House::open().await;
    let connectors = house.get("/v1/tools").await.ok();
    assert_eq!(connectors["meta"]["connector"], "gateway");
    let local = json!({
        "name": "local",
        "display_name": "Local",
        "version": "1.0.0",
        "auth_type": "bearer_token",
        "action_count": 4,
    });
    let listed = connectors["data"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&local), "{connectors}");
    let actions = house.get("/v1/tools/local").await.ok();
    assert_eq!(actions["meta"]["action"], "tools.detail");
    let first = &actions["data"]["actions"][0];
    assert_eq!(first["name"], "things.list");
    assert_eq!(first["returns"], "list");
    let action = house.get("/v1/tools/local/things.list").await.ok();
    assert_eq!(action["meta"]["action"], "tools.schema");
    let param = &action["data"]["params"][0];
    assert_eq!(param["name"], "limit");
    assert_eq!(
        (&param["required"], &param["default"]),
        (&json!(false), &json!(50))
    );
    let found = house.get("/v1/tools?search=puts+a+thing").await.ok();
    assert_eq!(found["meta"]["action"], "tools.search");
    let names = |body: &Value| -> Vec<String> {
        let hits = body["data"].as_array().unwrap().iter();
        hits.map(|hit| hit["action"].as_str().unwrap().to_owned())
            .collect()
    };
    let found = names(&found);
    assert!(
        found.starts_with(&["things.put".to_owned()])
            || found.starts_with(&["things.create".to_owned()]),
        "{found:?}"
    );

    let unknown = house.get("/v1/tools/lokal").await;
    assert_eq!(failed(&unknown, 404, "abort"), "CONNECTOR_NOT_FOUND");
    let message = unknown.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("did you mean `local`?"), "{message}");
    let unknown = house.post("/v1/local/thing.list", &json!({})).await;
    assert_eq!(failed(&unknown, 404, "abort"), "ACTION_NOT_FOUND");

    let readers = json!({ "actions": ["local.*"], "effects": ["read"] });
    house.key = house.gateway.token("reader", readers).await.1;
    let connectors = house.get("/v1/tools").await.ok();
    assert_eq!(connectors["data"].as_array().unwrap().len(), 1);
    assert_eq!(connectors["data"][0]["action_count"], 2);
    let found = house.get("/v1/tools?search=thing").await.ok();
    let mut found = names(&found);
    found.sort();
    assert_eq!(found, ["things.get", "things.list"]);
    let hidden = house.get("/v1/tools/local/things.create").await;
    assert_eq!(failed(&hidden, 404, "abort"), "ACTION_NOT_FOUND");
    let lamp = json!({ "name": "lamp" });
    let denied = house.post("/v1/local/things.create", &lamp).await;
    assert_eq!(failed(&denied, 403, "abort"), "POLICY_DENIED");
}
