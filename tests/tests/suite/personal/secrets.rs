//! No secret is anywhere, however it is written down.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use plugwright_sdk::json;
use plugwright_tests::Loopback;
use plugwright_tests::gateway::OPERATOR;
use plugwright_tests_oauth::{Answer, Fault};
use reqwest::Method;
use tokio::time::sleep;

use crate::personal::world::{Person, World, text};

/// Written differently by every encoding.
const KEY: &str = "k3y \"quoted\" <&> \\ ünique-key";

/// How long an access token lives.
const LIFETIME: Duration = Duration::from_secs(3);

/// Returns the ways in which a secret may be written down.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let percent: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let json = json!(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        percent.replace('+', "%20"),
        percent,
        hex.to_uppercase(),
        hex,
        json.trim_matches('"').to_owned(),
    ];
    // Wherever in a text it starts, the characters that are not all its own left out.
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for offset in 0..3 {
            let padded = [&[0; 2][..offset], bytes].concat();
            let encoded = engine.encode(&padded);
            let start = (offset * 8).div_ceil(6);
            let whole = padded.len() * 8 / 6;
            forms.push(encoded[start..whole].to_owned());
        }
    }
    forms.into_iter().map(String::into_bytes).collect()
}

fn holds(place: &[u8], form: &[u8]) -> bool {
    let mut windows = place.windows(form.len());
    // Most differ in their first byte, which is quick to see.
    windows.any(|window| window[0] == form[0] && window == form)
}

/// Returns everything below a directory, but for the key that everything is sealed with.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found
}

#[test]
fn every_form_of_a_secret_is_looked_for() {
    for text in [
        KEY.to_owned(),
        STANDARD_NO_PAD.encode(format!("a{KEY}b")),
        URL_SAFE_NO_PAD.encode(format!("ab{KEY}c")),
        json!({ "key": KEY }).to_string(),
        url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect(),
    ] {
        let found = forms(KEY).iter().any(|form| holds(text.as_bytes(), form));
        assert!(found, "{text}");
    }
}

/// Starts a server that always says this.
async fn says(body: &'static str) -> Loopback {
    let server = Loopback::start(move |_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
        format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
    });
    server.await.unwrap()
}

/// Has a credential renewed, and then not.
async fn renew(world: &World, token: &str, shown: &mut Vec<String>) {
    let call = || {
        let (action, input) = ("signed.me.get", json!({}));
        async move { world.gateway.call(token, action, &input).await.unwrap() }
    };
    sleep(LIFETIME).await;
    shown.push(call().await.ok().to_string());
    sleep(LIFETIME).await;
    world.server.fault(Fault::Status(503), 1).await;
    let refused = call().await;
    assert!(refused.status >= 400, "{refused:?}");
    shown.push(refused.body.to_string());
}

/// Disconnects the account, whose tokens the provider then takes back.
async fn give_back(world: &World, token: &str, shown: &mut Vec<String>) {
    let listed = world.get(token, "/api/v1/connections").await.ok();
    let mut listed = listed.as_array().unwrap().iter();
    let signed = listed.find(|it| it["connectorSlug"] == "signed").unwrap();
    let path = format!("/api/v1/connections/{}", text(&signed["id"]));
    let gone = world.ask(token, Method::DELETE, &path, None).await;
    shown.push(gone.ok().to_string());
    let revoked = world.get(token, &path).await.ok();
    assert_eq!(revoked["status"], "revoked");
    shown.push(revoked.to_string());
    let events = world.server.events().await;
    assert!(events.token_requests("refresh_token", "success") > 0);
    assert!(events.revocations() > 0);
}

fn assert_nowhere(secret: &str, places: &[(String, Vec<u8>)]) {
    for form in forms(secret) {
        for (name, place) in places {
            let form_text = String::from_utf8_lossy(&form);
            assert!(!holds(place, &form), "{name} has `{form_text}`");
        }
    }
}

#[tokio::test]
async fn nothing_that_is_stored_logged_or_shown_has_a_secret() {
    let data = tempfile::tempdir().unwrap();
    let client_secret = "s3cret-of-the-client";
    let collector = says("").await;
    let endpoint = format!("http://{}", collector.address());
    let mut world = World::lasting(LIFETIME, client_secret, |setup| {
        setup
            .data(data.path())
            .env("PLUGWRIGHT_OTLP_ENDPOINT", endpoint)
            .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
    })
    .await;
    let body = json!({ "clientId": "plugwright", "clientSecret": client_secret });
    let path = "/oauth-clients/signed";
    let put = world.gateway.admin(Method::PUT, path, Some(body)).await;
    put.unwrap().ok();
    let api = says(r#"{"account":"ada"}"#).await;
    let base_url = format!("http://{}", api.address());
    let token = world.token(&["signed", "paired"], &["default"]).await;

    let mut shown = Vec::new();
    let begun = world
        .post(&token, "/v1/connections/signed/connect", json!({}))
        .await
        .ok();
    let person = Person::new();
    let authorize = person
        .continues(&text(&begun["data"]["authorizationUrl"]))
        .await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    let query = |url: &url::Url, wanted: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(name, _)| name == wanted);
        found.unwrap().1.into_owned()
    };
    let (code, state) = (query(&back, "code"), query(&authorize, "state"));
    shown.push(person.get(back.as_str()).await.1);
    shown.push(person.get(back.as_str()).await.1);

    let begun = world
        .post(&token, "/v1/connections/paired/connect", json!({}))
        .await
        .ok();
    let page = text(&begun["data"]["authorizationUrl"]);
    let (_, form) = person.get(&page).await;
    let wrong = [("credential.key", KEY), ("setting.base_url", "no URL")];
    shown.push(person.send(&page, &form, &wrong).await);
    let right = [
        ("credential.site", "acme"),
        ("credential.key", KEY),
        ("setting.base_url", base_url.as_str()),
    ];
    shown.push(person.send(&page, &form, &right).await);
    assert!(shown[3].contains("Paired is connected"), "{}", shown[3]);
    let values = json!({ "values": { "site": "acme", "key": KEY }, "extra": { "base_url": 7 } });
    let path = "/v1/connections/paired/connect/custom-credential";
    shown.push(world.post(&token, path, values).await.body.to_string());
    let input = json!({});
    for action in ["signed.me.get", "signed.tasks.change", "paired.me.get"] {
        let reply = world.gateway.call(&token, action, &input).await.unwrap();
        shown.push(reply.body.to_string());
    }
    renew(&world, &token, &mut shown).await;
    for path in [
        "/v1/connections",
        "/v1/apps",
        "/api/v1/connections",
        "/metrics",
    ] {
        shown.push(world.get(&token, path).await.body.to_string());
    }
    for path in ["/admin/runs", "/admin/oauth-clients", "/admin/connections"] {
        shown.push(world.get(OPERATOR, path).await.body.to_string());
    }

    give_back(&world, &token, &mut shown).await;
    let issued = world.server.issued().await;
    // A code, two access tokens and two refresh tokens at least.
    assert!(issued.contains(&code) && issued.len() >= 5, "{issued:?}");

    let mut places = files(data.path());
    assert!(places.iter().any(|(name, _)| name.ends_with("-wal")));
    let shown = shown.into_iter().enumerate();
    places.extend(shown.map(|(number, text)| (format!("answer {number}"), text.into_bytes())));
    // The last traces are sent at the end.
    world.gateway.terminate();
    world.gateway.ended().await;
    places.extend(files(data.path()));
    places.push(("the log".to_owned(), world.gateway.log().into_bytes()));
    let traces = collector.received().into_iter().map(|it| it.body);
    let traces: Vec<u8> = traces.flatten().collect();
    assert!(holds(&traces, b"signed.me.get"), "nothing was traced");
    places.push(("the traces".to_owned(), traces));
    let secrets = [client_secret, KEY, &token, OPERATOR, &state];
    let issued = issued.iter().map(String::as_str);
    for secret in secrets.into_iter().chain(issued) {
        assert_nowhere(secret, &places);
    }
}
