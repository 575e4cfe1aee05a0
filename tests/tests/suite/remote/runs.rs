//! `run`.

use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::Setup;
use reqwest::Method;

use super::{Lab, ran, read};
use crate::fixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_are_printed_alike() {
    let lab = Lab::open().await;
    for line in [
        "run|local.things.get|id=1",
        "run|local_things_get|id=1|--output|json",
        "run|local.things.get|id=1|--raw",
        "run|local.things.list|--all-pages",
        "run|local.things.list|limit=2|--all-pages|--output|jsonl|--fields|name",
        "run|local.things.list|--all-pages|--output|minimal|--fields|id,name",
        "run|local.things.list|--all-pages|--raw|--output|json",
        "run|local.things.create|name=7",
        "run|local.things.create|--input|{\"name\": \"lamp\"}|--output|json",
        "run|local.things.put|id=9|name=x|--output|json",
    ] {
        let here = lab.here(line).await;
        let there = lab.there(line).await;
        assert_eq!(there, here, "{line}");
    }
    let requests = lab.upstream.received();
    let (here, there): (Vec<_>, Vec<_>) = requests
        .iter()
        .filter(|request| request.target == "/things/1")
        .map(|request| {
            request
                .headers
                .iter()
                .find(|(name, _)| name == "authorization")
        })
        .enumerate()
        .partition(|(index, _)| index % 2 == 0);
    assert_eq!(here.len(), 3);
    let values = |side: Vec<(usize, Option<&(String, String)>)>| -> Vec<Option<(String, String)>> {
        side.into_iter()
            .map(|(_, header)| header.cloned())
            .collect()
    };
    assert_eq!(values(here), values(there));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_leads_to_the_next() {
    let lab = Lab::open().await;
    let first = lab.there("run|local.things.list|--output|jsonl").await;
    assert_eq!(first.out.lines().count(), 2);
    let cursor = first.err.trim().strip_prefix("more: --cursor ");
    let line = format!(
        "run|local.things.list|--output|json|--cursor|{}",
        cursor.expect("a cursor")
    );
    let second: Value = lab.there(&line).await.out.parse().unwrap();
    assert_eq!(second, json!([{ "id": 3, "name": "bell" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_told_alike() {
    let lab = Lab::open().await;
    for line in [
        "run|local.things.get|id=denied",
        "run|local.things.get|id=nothing",
        "run|local.things.get|id=broken",
        "run|local.things.create|name=odd",
        "run|local.things.create|name=cut off",
        "run|local.things.list|limit=101",
        "run|local.things.list|limit=many|size=3",
        "run|local.things.list|limit=many|--input|[1]",
        "run|local.things.create",
        "run|local.things.crate|name=x",
        "run|local.things.get|id=1|--save|x",
        // The last, since the gateway asks no more for as long as it is told.
        "run|local.things.get|id=busy",
    ] {
        let line = format!("{line}|--output|json");
        let (mut here, there) = (lab.here(&line).await, lab.there(&line).await);
        assert_ne!(here.exit, 0, "{line}");
        if line.contains("cut off") {
            // How a connection was lost is told by the side that had it.
            let mut told: Value = here.err.parse().expect("JSON");
            let cause = told.as_object_mut().and_then(|it| it.remove("detail"));
            assert!(cause.is_some(), "{told}");
            here.err = format!("{told}\n");
        }
        assert_eq!(there, here, "{line}");
        let told: Value = there.err.parse().expect("JSON");
        for part in ["code", "message", "hint", "status"] {
            assert!(told.get(part).is_some(), "{part}: {told}");
        }
    }
    for line in [
        "run|local.things.list|limit=101",
        "run|local.things.list|limit=many|size=3",
        "run|local.things.crate|name=x",
    ] {
        let (here, there) = (lab.here(line).await, lab.there(line).await);
        assert_eq!(there, here, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nothing_is_sent_for_is_told_alike() {
    let lab = Lab::open().await;
    let sent = lab.upstream.received().len();
    let line = "run|local.things.create|name=x|--dry-run|--output|json";
    let there = lab.there(line).await;
    assert_eq!(there, lab.here(line).await);
    assert!(there.out.contains("Bearer {{token}}"), "{}", there.out);
    let line = "run|local.things.create|name=x|--mock|--output|json";
    let (here, there) = (lab.here(line).await, lab.there(line).await);
    assert_eq!((there.exit, &there.out), (0, &here.out), "{}", there.err);
    assert_eq!(lab.upstream.received().len(), sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_of_the_gateway_is_named() {
    let lab = Lab::open().await;
    let provider = format!("http://{}", lab.upstream.address());
    let id = lab.gateway.connect("home", &provider).await;
    for connection in ["home", &id] {
        let line = format!("run|local.things.get|id=1|--connection|{connection}");
        assert_eq!(lab.there(&line).await.exit, 0);
        let received = lab.upstream.received();
        let headers = &received.last().unwrap().headers;
        let authorization = headers.iter().find(|(name, _)| name == "authorization");
        assert_eq!(authorization.unwrap().1, "Bearer secret-of-home");
    }
    let line = "run|local.things.get|id=1|--connection|nope|--output|json";
    let there = lab.there(line).await;
    assert_eq!(there.exit, 3, "{}", there.err);
    assert!(there.err.contains("CONNECTION_NOT_FOUND"), "{}", there.err);
    let here = lab
        .here("run|local.things.get|id=1|--connection|home")
        .await;
    assert_eq!(here.exit, 4, "{}", here.err);
    for own in ["--replay", "--set|base_url=x", "--credential-file|x"] {
        let line = format!("run|local.things.get|id=1|{own}");
        let refused = lab.there(&line).await;
        assert_eq!(refused.exit, 4, "{line}");
        assert!(refused.err.contains("--local"), "{}", refused.err);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_travel_within_calls() {
    let bytes: Vec<u8> = (0..=255).collect();
    let served = bytes.clone();
    let provider = Loopback::start(move |_| {
        let length = served.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), &served].concat()
    });
    let provider = provider.await.unwrap();
    let lab = Lab::open().await;
    let settings = lab.file("gateway.toml");
    let base_url = format!(
        "[connectors.github]\nbase_url = \"http://{}\"\n",
        provider.address()
    );
    std::fs::write(&settings, base_url).unwrap();
    let gateway = Setup::new(fixture::GITHUB)
        .argument("--config")
        .argument(settings)
        .start()
        .await;
    let connection = json!({
        "connector": "github", "credential": { "token": "secret-of-github" }, "test": false,
    });
    let made = gateway.admin(Method::POST, "/connections", Some(connection));
    made.await.unwrap().ok();
    let token = gateway.token("full", json!({})).await.1;
    let saved = lab.file("app.bin");
    let mut save = lab.command(&[
        "run",
        "github.releases.download_asset",
        "repo=octocat/Hello-World",
        "asset_id=1",
        "--save",
        &saved,
        "--output",
        "json",
        "--gateway",
        gateway.url(),
        "--token",
        &token,
    ]);
    let done = ran(&mut save).await;
    assert_eq!(done.exit, 0, "{}", done.err);
    assert_eq!(std::fs::read(&saved).unwrap(), bytes);
    let shown: Value = done.out.parse().unwrap();
    assert_eq!((&shown["size"], shown.get("content")), (&json!(256), None));

    let mut plan = lab.command(&[
        "run",
        "github.releases.upload_asset",
        "repo=octocat/Hello-World",
        "release_id=1",
        "name=app.bin",
        &format!("content=@{saved}"),
        "--dry-run",
        "--gateway",
        gateway.url(),
        "--token",
        &token,
    ]);
    let planned = ran(&mut plan).await;
    assert_eq!(planned.exit, 0, "{}", planned.err);
    assert!(planned.out.contains("(256 bytes)"), "{}", planned.out);
    assert!(!read(lab.file("gateway.toml")).is_empty());
}
