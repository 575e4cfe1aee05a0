//! The gateway answers as its OpenAPI documents say, and they are what OpenAPI 3.1 says.
//!
//! The documents come from gateways in processes of their own. `openapi-spec-validator` compares
//! them with the description of OpenAPI, and Schemathesis makes requests of them, good ones and
//! bad ones, and compares the answers; both are packages of PyPI, as
//! `openapi/requirements.txt` pins them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Setup, send};
use plugwright_tests::{Loopback, Received, count, npm, python};
use reqwest::Method;
use tempfile::TempDir;

use crate::fixture;
use crate::project_client::furnish;

/// The provider: everything is there and may be done.
fn answer(request: &Received) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    let thing = json!({ "id": "1", "name": "ball" });
    let body = match (request.method.as_str(), path) {
        ("GET", "/things") => json!({ "things": [thing], "next": "2" }),
        _ => thing,
    };
    let body = match request.method.as_str() {
        "HEAD" => String::new(),
        _ => body.to_string(),
    };
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A gateway with a connection, and the provider that it leads to.
struct Furnished {
    gateway: GatewayProcess,
    token: String,
    _provider: Loopback,
    folder: TempDir,
}

async fn furnished() -> Furnished {
    let provider = Loopback::start(answer).await.expect("a port");
    let url = format!("http://{}", provider.address());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gateway.toml");
    let settings = format!("[connectors.free]\nbase_url = \"{url}\"\n");
    fs::write(&file, settings).expect("a configuration file");
    let gateway = Setup::new(fixture::LOCAL)
        .argument("--config")
        .argument(file)
        .start()
        .await;
    gateway.connect("main", &url).await;
    let grant = json!({ "proxies": ["local"] });
    let token = gateway.token("schemathesis", grant).await.1;
    Furnished {
        gateway,
        token,
        _provider: provider,
        folder,
    }
}

/// Gets a document into a file.
async fn save(gateway: &GatewayProcess, path: &str, token: &str, folder: &Path) -> PathBuf {
    let reply = send(gateway.request(Method::GET, path, token)).await;
    let document = reply.expect("an answer").ok();
    assert_eq!(document["openapi"], "3.1.0");
    let file = folder.join(format!("{}.json", path.replace('/', "-")));
    fs::write(&file, document.to_string()).expect("a file");
    file
}

/// Runs a program of the environment; returns what it printed.
async fn run(arguments: Vec<String>) -> String {
    let running = tokio::task::spawn_blocking(move || {
        let python = python::install("openapi", env!("CARGO_TARGET_TMPDIR"));
        npm::run(
            Command::new(python)
                .args(arguments)
                // A proxy of the machine has no business with loopback.
                .env("NO_PROXY", "127.0.0.1")
                .env("SCHEMATHESIS_HOOKS", beside("hooks.py"))
                .current_dir(env!("CARGO_TARGET_TMPDIR")),
        )
    });
    running
        .await
        .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn beside(file: &str) -> String {
    format!("{}/tests/suite/openapi/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// Makes requests of the document that a token's holder gets.
async fn try_out(gateway: &GatewayProcess, token: &str, more: &[&str]) -> String {
    let mut arguments: Vec<_> = ["-m", "schemathesis.cli", "--config-file"]
        .map(str::to_owned)
        .into();
    arguments.push(beside("schemathesis.toml"));
    arguments.extend(["run".to_owned(), format!("{}/openapi.json", gateway.url())]);
    arguments.extend([
        "--header".to_owned(),
        format!("Authorization: Bearer {token}"),
        // Each boundary is tried all the same; these are the ones made up at random.
        "--max-examples".to_owned(),
        count("OPENAPI_EXAMPLES", 10).to_string(),
    ]);
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    run(arguments).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_what_openapi_3_1_says() {
    let Furnished {
        gateway,
        token,
        folder,
        ..
    } = furnished().await;
    let folder = folder.path();
    let github = Setup::new(fixture::GITHUB).start().await;
    let files = [
        save(&gateway, "/openapi/local.json", &token, folder).await,
        save(&gateway, "/openapi.json", OPERATOR, folder).await,
        save(&github, "/openapi/github.json", OPERATOR, folder).await,
    ];
    let files = files.map(|file| file.to_string_lossy().into_owned());
    let arguments = [&[beside("validate.py")][..], &files].concat();
    let printed = run(arguments).await;
    assert_eq!(printed.lines().count(), files.len(), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_answered_as_the_document_says() {
    let Furnished { gateway, token, .. } = &furnished().await;
    let printed = try_out(gateway, token, &[]).await;
    println!("{printed}");
    let document = send(gateway.request(Method::GET, "/openapi.json", token)).await;
    let mut operations = operations(&document.expect("an answer").ok());
    // Schemathesis has asked for the document itself already.
    operations.retain(|path| path != "/openapi.json");
    assert_selected(&printed, &operations);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_is_answered_as_the_document_says() {
    let Furnished { gateway, .. } = &furnished().await;
    let printed = try_out(gateway, OPERATOR, &["--include-path-regex", "^/admin/"]).await;
    println!("{printed}");
    let document = send(gateway.request(Method::GET, "/openapi.json", OPERATOR)).await;
    let mut operations = operations(&document.expect("an answer").ok());
    operations.retain(|path| path.starts_with("/admin/"));
    assert_selected(&printed, &operations);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projects_are_answered_as_the_document_says() {
    let place = furnish::Place::new().await;
    let gateway = &place.setup().start().await;
    let key = place.acme["key"].as_str().expect("a key");
    let printed = try_out(gateway, key, &["--include-path-regex", "^/v1/saas/"]).await;
    println!("{printed}");
    let document = send(gateway.request(Method::GET, "/openapi.json", key)).await;
    let document = document.expect("an answer").ok();
    assert!(document["paths"].get("/admin/tokens").is_none());
    let file = place.scratch().join("project.json");
    fs::write(&file, document.to_string()).expect("a file");
    let file = file.to_string_lossy().into_owned();
    run(vec![beside("validate.py"), file]).await;
    let mut operations = operations(&document);
    operations.retain(|path| path.starts_with("/v1/saas/"));
    let selected = format!("Tested: {}\n", operations.len());
    assert!(operations.len() == 10, "{operations:?}");
    assert!(
        printed.contains(&selected),
        "{selected} is not in\n{printed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_and_the_guide_are_served() {
    let Furnished { gateway, token, .. } = &furnished().await;
    let get = async |path: &str| {
        let reply = send(gateway.request(Method::GET, path, token)).await;
        reply.expect("an answer")
    };
    let page = get("/docs").await;
    let html = page.body.as_str().expect("a page");
    for file in [
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/docs/viewer.js",
    ] {
        assert!(html.contains(&format!("\"{file}\"")), "{html}");
        assert_eq!(get(file).await.status, 200, "{file}");
    }
    let guide = get("/v1/actions/local.things.create/guide.md").await;
    assert_eq!(
        guide.headers["content-type"],
        "text/markdown; charset=utf-8"
    );
    let text = guide.body.as_str().expect("a text");
    assert!(text.starts_with("# local.things.create\n"), "{text}");
    let unknown = get("/v1/actions/local.things.made/guide.md").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, Some("unknown_action"))
    );
}

/// Returns the path of each operation.
fn operations(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").len();
        std::iter::repeat_n(path.clone(), methods)
    });
    each.collect()
}

#[track_caller]
fn assert_selected(printed: &str, operations: &[String]) {
    assert!(operations.len() >= 15, "{operations:?}");
    let selected = format!("Tested: {}\n", operations.len());
    assert!(
        printed.contains(&selected),
        "{selected} of {operations:?} is not in\n{printed}"
    );
}
