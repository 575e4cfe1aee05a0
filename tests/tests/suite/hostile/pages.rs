//! Web pages of others, in the browser of somebody who has a gateway on the same machine.

use std::fs;

use plugwright_tests::gateway::{OPERATOR, client, send};
use plugwright_tests::raw::{exchange, request};
use reqwest::Method;

use super::world::setup;

/// Hosts and origins that a careless comparison takes for this machine.
const FOREIGN_HOSTS: [&str; 8] = [
    "evil.example@127.0.0.1",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "LOCALHOST\\.evil.example",
    "localhost:80@evil.example",
    "evil.example#127.0.0.1",
    "127.0.0.1/evil.example",
    "evil.example",
];

async fn status(address: &str, headers: &[&str]) -> u16 {
    let body = br#"{"input":{"id":"1"},"options":{"mode":"mock"}}"#;
    let headers: Vec<_> = [&["content-type: application/json"], headers].concat();
    let request = request("POST", "/v1/actions/local.things.get", &headers, body);
    exchange(address, &request).await.expect("an answer").status
}

/// Makes a request with one Host of its own.
async fn status_at(address: &str, host: &str, path: &str) -> u16 {
    let text = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    exchange(address, text.as_bytes())
        .await
        .expect("an answer")
        .status
}

#[tokio::test]
async fn in_development_only_names_of_this_machine_are_taken() {
    let gateway = setup().argument("--dev").start().await;
    let address = gateway.url().trim_start_matches("http://");
    for host in FOREIGN_HOSTS {
        let told = status_at(address, host, "/v1/actions").await;
        assert!([400, 403, 421].contains(&told), "host {host}: {told}");
        for scheme in ["http", "https"] {
            let origin = format!("origin: {scheme}://{host}");
            let told = status(address, &[&origin]).await;
            assert!([400, 403].contains(&told), "{origin}: {told}");
        }
    }
    for origin in [
        "null",
        "",
        "file://",
        "http://",
        "localhost",
        "http://[::1",
        "http://127.0.0.1:99999",
    ] {
        let told = status(address, &[&format!("origin: {origin}")]).await;
        assert!([400, 403].contains(&told), "origin `{origin}`: {told}");
    }
    let two = ["origin: http://localhost", "origin: http://evil.example"];
    assert!([400, 403].contains(&status(address, &two).await));
    for host in ["127.0.0.1", "localhost", "LOCALHOST:3000", "[::1]:3000"] {
        assert_eq!(status_at(address, host, "/v1/actions").await, 200, "{host}");
        // Browsers write origins in small letters.
        let origin = format!("origin: http://{}", host.to_ascii_lowercase());
        assert_eq!(status(address, &[&origin]).await, 200, "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_others_starts_nothing_by_an_image() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("plugwright.toml");
    let text = "[connectors.signed.oauth]\nclient_id = \"client\"\n";
    fs::write(&file, text).expect("a file");
    let gateway = setup()
        .argument("--dev")
        .argument("--config")
        .argument(&file)
        .start()
        .await;
    let path = "/api/v1/connections/oauth/start?connectorSlug=signed";
    let listed = async || {
        let request = gateway.request(Method::GET, "/api/v1/connections", OPERATOR);
        let list = send(request).await.expect("an answer").ok();
        list.as_array().map_or(0, Vec::len)
    };
    let get = async |headers: &[(&str, &str)]| {
        let mut request = client().get(format!("{}{path}", gateway.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await.expect("an answer").status
    };
    let before = listed().await;
    for headers in [
        // An image, a link that a script follows, a frame: of another site, or of one that is near.
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-dest", "image"),
        ][..],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "iframe"),
        ],
        &[
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-mode", "no-cors"),
        ],
        // A browser of old, which says nothing of it.
        &[],
        &[("referer", "https://evil.example/")],
    ] {
        let told = get(headers).await;
        assert!((400..500).contains(&told), "{headers:?}: {told}");
    }
    assert_eq!(listed().await, before, "connect requests were started");
}

#[tokio::test]
async fn a_page_of_others_neither_calls_nor_reads() {
    let gateway = setup().argument("--dev").start().await;
    let address = gateway.url().trim_start_matches("http://");
    for headers in [
        &["origin: https://evil.example"][..],
        &[
            "origin: https://evil.example",
            "sec-fetch-site: cross-site",
            "sec-fetch-mode: no-cors",
        ],
    ] {
        let told = status(address, headers).await;
        assert!((400..500).contains(&told), "{headers:?}: {told}");
    }
    // Forms need no preflight, whatever they call their body.
    for kind in [
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        for from in [
            "origin: https://evil.example",
            "sec-fetch-site: cross-site",
            "sec-fetch-site: same-site",
        ] {
            let kind = format!("content-type: {kind}");
            let form = request("POST", "/v1/local/things.create", &[&kind, from], b"name=x");
            let told = exchange(address, &form).await.expect("an answer").status;
            assert!((400..500).contains(&told), "{kind}, {from}: {told}");
        }
    }
}

#[tokio::test]
async fn a_page_of_others_calls_no_action_by_an_image() {
    let provider = super::world::provider(|_| super::world::json_answer("{}")).await;
    let gateway = setup().argument("--dev").start().await;
    gateway
        .connect("main", &format!("http://{}", provider.address()))
        .await;
    let address = gateway.url().trim_start_matches("http://");
    for path in [
        "/v1/local/things.create?name=x",
        "/v1/local/things.get?id=1",
        "/status?deep=true",
    ] {
        for site in ["cross-site", "same-site"] {
            let site = format!("sec-fetch-site: {site}");
            let image = request("GET", path, &[&site, "sec-fetch-dest: image"], b"");
            let told = exchange(address, &image).await.expect("an answer").status;
            assert!((400..500).contains(&told), "{path}, {site}: {told}");
        }
    }
    assert_eq!(provider.received().len(), 0);
    // The address bar, and a page of the gateway's own.
    for site in ["none", "same-origin"] {
        let site = format!("sec-fetch-site: {site}");
        let own = request("GET", "/v1/local/things.get?id=1", &[&site], b"");
        assert_eq!(
            exchange(address, &own).await.expect("an answer").status,
            200,
            "{site}"
        );
    }
}
