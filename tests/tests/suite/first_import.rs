//! The first import into the data directory of a gateway that runs.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{OPERATOR, Setup, send};
use reqwest::Method;

use crate::fixture;

/// Runs a command line in a directory; returns its standard output.
fn run(place: &Path, arguments: &[&str]) -> String {
    let mut command = fixture::LOCAL.command();
    command.args(arguments).current_dir(place);
    let done = command.env("PLUGWRIGHT_ADMIN_TOKEN", OPERATOR).output();
    let done = done.unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {error}");
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_gateway_notices_the_first_import_and_takes_connections_to_it() {
    let setup = Setup::new(fixture::LOCAL);
    let gateway = setup.start().await;
    let (_, token) = gateway.token("all", json!({})).await;
    let place = tempfile::tempdir().unwrap();
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Lamps", "version": "1" },
        "servers": [{ "url": "https://lamps.example.com" }],
        "paths": { "/lamps": { "get": {
            "operationId": "listLamps", "responses": { "200": { "description": "ok" } },
        } } },
        "components": { "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } } },
        "security": [{ "key": [] }],
    });
    fs::write(place.path().join("lamps.json"), document.to_string()).unwrap();
    let data = setup.data_directory().to_str().unwrap();
    run(
        place.path(),
        &[
            "import",
            "lamps.json",
            "--name",
            "lamps",
            "--data-dir",
            data,
        ],
    );

    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let request = gateway.request(Method::GET, "/v1/actions?service=lamps", &token);
        let reply = send(request).await.unwrap();
        if reply.status == 200 && reply.body["data"][0]["service"] == "lamps" {
            break;
        }
        assert!(Instant::now() < end, "{reply:?}\n{}", gateway.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    // This directory has no catalog: only the gateway knows the connector.
    fs::write(place.path().join("token"), "sesame").unwrap();
    let added = run(
        place.path(),
        &[
            "connection",
            "add",
            "lamps",
            "--gateway",
            gateway.url(),
            "--credential-file",
            "token",
            "--no-test",
            "--output",
            "json",
        ],
    );
    let added: Value = serde_json::from_str(&added).unwrap();
    assert_eq!(added["connector"], "lamps", "{added}");
}
