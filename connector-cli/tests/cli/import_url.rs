//! `import` of a URL, and references to other documents.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::binary::{Ran, command, finish};

/// A server of documents, which stops when this is dropped.
struct Server {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(move |uri: Uri| async move { answer(address, &uri) });
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            _runtime: runtime,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Imports what is at a path, with the server allowed.
    fn import(&self, folder: &Path, path: &str, more: &[&str]) -> Ran {
        let (url, allowed) = (self.url(path), self.address.to_string());
        let arguments = [&["import", &url, "--egress-allow", &allowed], more].concat();
        finish(command(&arguments).current_dir(folder))
    }
}

fn document(references: &[&str]) -> Value {
    let members: serde_json::Map<String, Value> = references
        .iter()
        .enumerate()
        .map(|(index, reference)| (format!("m{index}"), json!({ "$ref": reference })))
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "servers": [{ "url": "https://pets.example.com" }],
        "paths": { "/pets": { "post": { "operationId": "createPet", "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": { "type": "object", "properties": members } } },
        } } } },
    })
}

fn answer(own: SocketAddr, uri: &Uri) -> Response {
    let redirect = |to: String| (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
    match uri.path() {
        "/api/openapi.json" => document(&[
            "parts/pet.json#/Pet",
            "file:///etc/hostname",
            "https://pets.example.com/other.json",
            "parts/away.json",
        ])
        .to_string()
        .into_response(),
        "/api/parts/pet.json" => json!({ "Pet": { "type": "string", "enum": ["cat", "dog"] } })
            .to_string()
            .into_response(),
        "/moved" => redirect("/api/openapi.json".to_owned()),
        "/inside" => redirect("http://169.254.169.254/latest/meta-data".to_owned()),
        "/file" => redirect("file:///etc/hostname".to_owned()),
        "/loop" => redirect("/loop".to_owned()),
        "/api/parts/away.json" => redirect(format!("http://localhost:{}/pet.json", own.port())),
        "/big" => vec![b' '; 130 << 20].into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[test]
fn a_document_is_fetched_and_its_redirects_followed() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let ran = server.import(folder.path(), "/moved", &["--output", "json"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let reasons = report[0]["report"]["operations"][0]["reasons"].to_string();
    // Without leave, no reference is followed.
    for reference in ["parts/pet.json", "file:///etc/hostname", "other.json"] {
        assert!(reasons.contains(reference), "{reasons}");
    }
    let shown = finish(command(&["show", "pets.pet.create"]).current_dir(folder.path()));
    assert!(!shown.out.contains("dog"), "{}", shown.out);
}

#[test]
fn references_are_followed_within_the_origin_if_allowed() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let ran = server.import(folder.path(), "/moved", &["--allow-external-refs"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    for part in [
        "reference `file:///etc/hostname` is not followed",
        "reference `https://pets.example.com/other.json` is not followed",
        "parts/away.json`: it is redirected to another origin",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let shown = finish(command(&["show", "pets.pet.create"]).current_dir(folder.path()));
    assert!(shown.out.contains("dog"), "{}", shown.out);
}

#[test]
fn what_may_not_be_fetched_says_why() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    for (path, exit, part) in [
        ("/inside", 4, "issues machine credentials"),
        ("/file", 4, "`file` URLs can't be called"),
        ("/loop", 4, "redirected more than 5 times"),
        ("/gone", 3, "status 404"),
        ("/big", 4, "longer than 134217728 bytes"),
    ] {
        let ran = server.import(folder.path(), path, &[]);
        assert_eq!(ran.exit, exit, "{path}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{path}: {}", ran.err);
    }
    let url = server.url("/api/openapi.json");
    let ran = finish(command(&["import", &url]).current_dir(folder.path()));
    assert_eq!(ran.exit, 4, "{}", ran.out);
    assert!(ran.err.contains("--egress-allow"), "{}", ran.err);
    // Nobody listens at this port.
    let away = [
        "import",
        "http://127.0.0.1:1/a.json",
        "--egress-allow",
        "127.0.0.1",
    ];
    let ran = finish(command(&away).current_dir(folder.path()));
    assert_eq!(ran.exit, 1, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("Connection refused"), "{}", ran.err);
    assert!(!folder.path().join("data").exists());
}

#[test]
fn references_of_a_file_stay_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let api = folder.path().join("api");
    std::fs::create_dir(&api).unwrap();
    let references = [
        "pet.yaml#/Pet",
        "../secret.yaml",
        "https://pets.example.com/x.yaml",
    ];
    std::fs::write(api.join("openapi.json"), document(&references).to_string()).unwrap();
    std::fs::write(api.join("pet.yaml"), "Pet: { enum: [cat, dog] }").unwrap();
    std::fs::write(folder.path().join("secret.yaml"), "{ enum: [hunter2] }").unwrap();
    let run = |arguments: &[&str]| finish(command(arguments).current_dir(folder.path()));
    let ran = run(&["import", "api/openapi.json", "--allow-external-refs"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("outside of the document's folder"),
        "{}",
        ran.out
    );
    let shown = run(&["show", "pets.pet.create"]);
    assert!(
        shown.out.contains("dog") && !shown.out.contains("hunter2"),
        "{}",
        shown.out
    );
}
