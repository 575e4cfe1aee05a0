//! Calls with a credential that the caller sends in a header: by the Rust client, over HTTP, to compiled
//! connectors, imported ones and MCP servers.

use std::fs;
use std::path::Path;

use plugwright_client::{Connector, ConnectorOptions};
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, send, with_json};
use plugwright_tests::{Loopback, Received};
use reqwest::Method;
use tempfile::TempDir;

use crate::fixture;
use crate::mcp_servers::double::{Double, SCRIPT};

const OWN: &str = "0wn-t0ken-of-the-caller";

/// Repeats what authorized a request; a request for something bad fails with it.
fn parrot(request: &Received) -> Vec<u8> {
    let said = ["authorization", "x-lamp-key"].map(|name| request.header(name));
    let status = if request.target.contains("bad") {
        "422 Unprocessable"
    } else {
        "200 OK"
    };
    let body = json!({ "id": "1", "message": format!("no {said:?}"), "said": said }).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Calls an action with headers for the provider.
async fn call(
    gateway: &GatewayProcess,
    token: &str,
    action: &str,
    input: Value,
    headers: Value,
) -> Reply {
    let body = json!({ "input": input, "options": { "headers": headers, "raw": true } });
    let request = gateway.request(Method::POST, &format!("/v1/actions/{action}"), token);
    send(with_json(request, &body)).await.unwrap()
}

/// Imports a connector; returns the name of the action that an operation or a tool became.
fn import(data: &Path, operation: &str, arguments: &[&str]) -> String {
    let mut command = fixture::LOCAL.command();
    command
        .args(["import", "--output", "json", "--data-dir"])
        .arg(data);
    command
        .args(arguments)
        .env("PLUGWRIGHT_REMOTE_TOKEN", "right-token");
    let done = command.output().unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {error}");
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    let operations = report[0]["report"]["operations"].as_array().unwrap();
    let found = operations.iter().find(|other| other["path"] == operation);
    found.unwrap()["name"].as_str().unwrap().to_owned()
}

/// Fails if a file below a directory holds the text.
fn assert_nowhere(directory: &Path, text: &str) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_nowhere(&path, text);
        } else {
            let bytes = fs::read(&path).unwrap();
            let found = bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes());
            assert!(!found, "{} holds `{text}`", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiled_connector_gets_the_callers_header_and_nobody_else_sees_it() {
    let upstream = Loopback::start(parrot).await.unwrap();
    let setup = Setup::new(fixture::LOCAL)
        .env("PLUGWRIGHT_RUN_LOG_PAYLOADS", "true")
        .env("PLUGWRIGHT_LOG_FILTER", "trace");
    let mut gateway = setup.start().await;
    let base_url = format!("http://{}", upstream.address());
    gateway.connect("main", &base_url).await;
    let other = gateway.connect("other", &base_url).await;
    let (_, token) = gateway.token("caller", json!({ "proxies": ["*"] })).await;

    let authorization = format!("Bearer {OWN}");
    let client = Connector::builder()
        .api_key(&*token)
        .base_url(format!("{}/v1", gateway.url()))
        .build()
        .unwrap();
    let options = ConnectorOptions::new()
        .header("Authorization", &*authorization)
        .credential_id(other);
    let instance = client.instance("local-main").using(options);
    let input = json!({ "id": "1" });
    let got = instance.call::<Value>("things.get", &input).await.unwrap();
    assert_eq!(got.data["said"][0], "[redacted]");
    let error = instance
        .call::<Value>("things.get", &json!({ "id": "bad" }))
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.data());
    assert!(
        shown.contains("redacted") && !shown.contains(OWN),
        "{shown}"
    );
    assert!(!format!("{instance:?}").contains(OWN));

    let headers = json!({ "authorization": authorization });
    for id in ["1", "bad"] {
        let input = json!({ "id": id });
        let reply = call(&gateway, &token, "local.things.get", input, headers.clone()).await;
        let body = reply.body.to_string();
        assert!(body.contains("redacted") && !body.contains(OWN), "{body}");
    }
    let received = upstream.received();
    assert_eq!(received.len(), 4);
    for request in received {
        assert_eq!(request.header("authorization"), Some(&*authorization));
        let everything = format!("{request:?}");
        assert!(!everything.contains(&token) && !everything.contains("x-plugwright"));
    }
    let forbidden = json!({ "cookie": "a=b", "x-forwarded-for": "10.0.0.1" });
    let reply = call(
        &gateway,
        &token,
        "local.things.get",
        json!({ "id": "1" }),
        forbidden,
    )
    .await;
    assert_eq!((reply.status, reply.code()), (400, Some("invalid_input")));
    let request = gateway.request(Method::POST, "/v1/proxy/local", &token);
    let body = json!({ "endpoint": "/things/1", "method": "GET", "headers": headers });
    let direct = send(with_json(request, &body)).await.unwrap();
    assert_eq!(direct.status, 400, "{direct:?}");
    assert_eq!(upstream.received().len(), 4);

    let runs = gateway.recorded("local.things.get", 4).await;
    assert!(!runs.to_string().contains(OWN), "{runs}");
    gateway.terminate();
    gateway.ended().await;
    assert!(!gateway.log().contains(OWN));
    assert_nowhere(setup.data_directory(), OWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_connector_gets_the_callers_header_without_a_connection() {
    let upstream = Loopback::start(parrot).await.unwrap();
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let get = |security: Value| {
        json!({
            "summary": "Gets a lamp.", "security": security,
            "responses": { "200": { "description": "A lamp.", "content": { "application/json": { "schema": { "type": "object" } } } } },
        })
    };
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Lamps", "version": "1" },
        "servers": [{ "url": format!("http://{}", upstream.address()) }],
        "components": { "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Lamp-Key" } } },
        "paths": {
            "/lamps/first": { "get": get(json!([{ "key": [] }])) },
            "/free/first": { "get": get(json!([])) },
        },
    });
    let file = folder.path().join("lamps.json");
    fs::write(&file, document.to_string()).unwrap();
    let arguments = ["--name", "lamps", file.to_str().unwrap()];
    let keyed = import(&data, "/lamps/first", &arguments);
    let keyed = format!("lamps.{keyed}");
    let gateway = Setup::new(fixture::LOCAL).data(&data).start().await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let request = gateway.request(Method::GET, "/v1/actions?service=lamps", &token);
    let listed = send(request).await.unwrap().ok();
    let ids = listed["data"].as_array().unwrap().iter();
    let ids: Vec<_> = ids.map(|action| action["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    let refused = gateway.call(&token, &keyed, &json!({})).await.unwrap();
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert!(upstream.received().is_empty());

    for id in &ids {
        for headers in [
            json!({ "X-Lamp-Key": OWN }),
            json!({ "authorization": OWN }),
        ] {
            let reply = call(&gateway, &token, id, json!({}), headers.clone())
                .await
                .ok();
            assert!(!reply.to_string().contains(OWN), "{reply}");
            let request = upstream.received().pop().unwrap();
            let sent = ["x-lamp-key", "authorization"].map(|name| request.header(name));
            let expected = if headers.get("authorization").is_some() {
                [None, Some(OWN)]
            } else {
                [Some(OWN), None]
            };
            assert_eq!(sent, expected, "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_mcp_server_gets_the_callers_header_in_a_session_of_its_own() {
    let folder = TempDir::new().unwrap();
    let double = Double::start("plain", &folder.path().join("told"));
    let data = folder.path().join("data");
    let arguments = [
        "--mcp",
        "--name",
        "remote",
        "--auth",
        "bearer",
        "--egress-allow",
        "127.0.0.1",
        &double.url,
    ];
    let act = import(&data, "act", &arguments);
    let (remote, program) = (format!("remote.{act}"), format!("program.{act}"));
    let arguments = [
        "--mcp", "--name", "program", "--", "python3", SCRIPT, "plain",
    ];
    import(&data, "act", &arguments);
    let gateway = Setup::new(fixture::LOCAL).data(&data).start().await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let own = json!({ "authorization": "Bearer right-token" });
    let wrong = json!({ "authorization": "Bearer wrong-token" });
    // The first session was the import's.
    for _ in 0..2 {
        let said = call(&gateway, &token, &remote, json!({}), own.clone()).await;
        let said = said.ok();
        let text = said["data"]["text"].as_str().unwrap();
        assert!(text.ends_with("in session-1"), "{said}");
        let refused = call(&gateway, &token, &remote, json!({}), wrong.clone()).await;
        assert!((400..500).contains(&refused.status), "{refused:?}");
    }
    let refused = call(&gateway, &token, &program, json!({}), own).await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert!(refused.body.to_string().contains("program"), "{refused:?}");
    gateway
        .call(&token, &program, &json!({}))
        .await
        .unwrap()
        .ok();
}
