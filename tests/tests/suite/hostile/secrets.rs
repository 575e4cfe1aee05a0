//! No value of a credential leaves the gateway, wherever the provider, a fault or the machine puts it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{OPERATOR, Setup, VAULT_KEY, send, with_json};
use plugwright_tests::raw::exchange;
use plugwright_tests::{Connectors, Fixture, Person, Received};
use plugwright_tests_oauth::Answer;
use reqwest::Method;
use sqlx::{Connection as _, SqliteConnection};

use crate::fixture;
use crate::personal::world as accounts;

use super::world::{World, answer, connect, json_answer, provider, setup};

const SECRET: &str = "sk-live/0123+456=\"789&abc";

/// Returns the ways in which a provider may write a secret down.
fn forms(secret: &str) -> Vec<String> {
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let json = json!(secret).to_string();
    let html = |ampersand, quote| secret.replace('&', ampersand).replace('"', quote);
    vec![
        secret.to_owned(),
        percent,
        json.trim_matches('"').to_owned(),
        html("&amp;", "&quot;"),
        html("&#38;", "&#34;"),
        STANDARD.encode(secret),
        STANDARD.encode(format!("{secret}:")),
    ]
}

#[track_caller]
fn assert_without(what: &str, text: &str, secret: &str) {
    for form in forms(secret) {
        assert!(!text.contains(&form), "{what}: {form} is in {text}");
    }
}

/// Asserts that no file below a directory, but the vault's key, has the secret in it.
fn assert_stored_nowhere(directory: &Path, secret: &str) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_file() && path.file_name().is_some_and(|name| name != "vault.key") {
            let text = fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&text);
            for form in forms(secret) {
                assert!(!text.contains(&form), "{} has {form}", path.display());
            }
        }
    }
}

/// A provider that repeats what it was sent: as a text, in a sentence, as a key and encoded.
fn parrot(status: &'static str) -> impl Fn(&Received) -> Vec<u8> + Send + Sync {
    move |request| {
        let sent = request
            .headers
            .iter()
            .find(|(name, _)| name == "authorization");
        let sent = sent.map_or("", |(_, value)| value.as_str());
        let inner = sent.split_once(' ').map_or(sent, |(_, inner)| inner);
        let decoded = STANDARD.decode(inner).unwrap_or_default();
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        let user = decoded.split(':').next().unwrap_or_default().to_owned();
        let text = if user.is_empty() {
            inner.to_owned()
        } else {
            user
        };
        let body = json!({
            "account": text,
            "sent": sent,
            "message": format!("the key {text} is not one of ours"),
            "deep": [{ "authorization": [sent, { "basic": STANDARD.encode(&text) }] }],
            &text: true,
            "things": [text],
        });
        answer(
            &format!(
                "{status}\r\ncontent-type: application/json\r\nx-key: {}",
                STANDARD.encode(&text)
            ),
            body.to_string().as_bytes(),
        )
    }
}

/// Calls at every surface; returns all that is said.
async fn everywhere(world: &World) -> Vec<(&'static str, String)> {
    let raw = async |what, request: Vec<u8>| {
        let reply = exchange(world.address(), &request)
            .await
            .expect("an answer");
        (what, format!("{}\n{}", reply.head, reply.text()))
    };
    let id = world.gateway.admin(Method::GET, "/connections", None).await;
    let listed = id.expect("an answer").ok();
    let mut listed = listed["items"].as_array().expect("a list").iter();
    let odd = listed.rfind(|item| item["connector"] == "odd");
    let odd = odd.expect("a connection");
    let id = odd["id"].as_str().expect("an id");
    let test = format!("/connections/{id}/test");
    let tested = world.gateway.admin(Method::POST, &test, None).await;
    let shown = world.gateway.admin(Method::GET, "/connections", None).await;
    vec![
        raw(
            "action",
            world.post("/v1/actions/odd.anything.get", b"{\"input\":{}}"),
        )
        .await,
        raw(
            "raw",
            world.post(
                "/v1/actions/odd.anything.get",
                b"{\"input\":{},\"options\":{\"raw\":true}}",
            ),
        )
        .await,
        raw("short form", world.get("/v1/odd/anything.get")).await,
        raw(
            "page",
            world.post("/v1/actions/odd.pages.list", b"{\"input\":{}}"),
        )
        .await,
        raw(
            "typed",
            world.post("/v1/actions/odd.amounts.get", b"{\"input\":{}}"),
        )
        .await,
        raw(
            "file",
            world.post("/v1/actions/odd.files.get", b"{\"input\":{}}"),
        )
        .await,
        raw(
            "proxy",
            world.post("/v1/proxy/odd", b"{\"endpoint\":\"/x\"}"),
        )
        .await,
        raw(
            "MCP",
            world.tool("run_action", r#"{"action":"odd.anything.get"}"#),
        )
        .await,
        raw("MCP's accounts", world.tool("list_connections", "{}")).await,
        raw("status", world.get("/status?deep=true")).await,
        ("test", format!("{:?}", tested.expect("an answer"))),
        ("connections", format!("{:?}", shown.expect("an answer"))),
    ]
}

/// Connects an account on the pages of the gateway; returns all pages that a browser gets.
async fn pages(world: &World) -> Vec<(&'static str, String)> {
    let grant = json!({ "connect": ["odd"], "organizations": ["default"] });
    let (_, token) = world.gateway.token("person", grant).await;
    let path = "/v1/connections/odd/connect";
    let request = world.gateway.request(Method::POST, path, &token);
    let begun = send(with_json(request, &json!({}))).await;
    let begun = begun.expect("an answer").ok();
    let page = begun["data"]["authorizationUrl"].as_str().expect("a page");
    let person = Person::new();
    let (_, first) = person.get(page).await;
    let base_url = format!("http://{}", world.provider.address());
    let fill = async |base_url: &str| {
        let fields = [("credential.token", SECRET), ("setting.base_url", base_url)];
        person.send(page, &first, &fields).await
    };
    let wrong = fill("no URL").await;
    assert!(wrong.contains("<form"), "{wrong}");
    let right = fill(&base_url).await;
    assert!(right.contains("<h1>"), "{right}");
    let (_, again) = person.get(page).await;
    let (_, viewer) = person.get(&format!("{}/docs", world.gateway.url())).await;
    assert!(viewer.contains("<html"), "{viewer}");
    vec![
        ("page", first),
        ("page with a mistake", wrong),
        ("page at the end", right),
        ("page after the end", again),
        ("page of the API", viewer),
    ]
}

async fn never_said(credential: Value, status: &'static str) {
    never_said_of(credential, status, "info", parrot(status)).await;
}

/// Calls everywhere, with a provider that answers so, and looks everywhere for the secret.
async fn never_said_of(
    credential: Value,
    status: &str,
    filter: &str,
    answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
) {
    let place = tempfile::tempdir().expect("a directory");
    let data = place.path().join("data");
    let collector = provider(|_| json_answer("{}")).await;
    let endpoint = format!("http://{}", collector.address());
    let setup = setup()
        .env("PLUGWRIGHT_OTLP_ENDPOINT", endpoint)
        .env("PLUGWRIGHT_RUN_LOG_PAYLOADS", "true")
        .env("PLUGWRIGHT_LOG_FILTER", filter)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .data(&data);
    let mut world = World::with(setup, answer).await;
    let url = format!("http://{}", world.provider.address());
    let body = json!({
        "connector": "odd", "name": "secret", "default": true, "test": false,
        "credential": credential, "settings": { "base_url": url },
    });
    let made = world
        .gateway
        .admin(Method::POST, "/connections", Some(body))
        .await;
    made.expect("an answer").ok();
    let said = [everywhere(&world).await, pages(&world).await].concat();
    for (what, said) in said {
        assert_without(&format!("{what}, {status}"), &said, SECRET);
    }
    assert!(!world.provider.received().is_empty());
    let runs = world.gateway.recorded("odd.anything.get", 1).await;
    assert_without("runs", &runs.to_string(), SECRET);
    let metrics = world.gateway.request(Method::GET, "/metrics", OPERATOR);
    let metrics = metrics.send().await.expect("an answer").text().await;
    assert_without("metrics", &metrics.expect("a text"), SECRET);
    // The last spans are sent at the end.
    world.gateway.terminate();
    assert!(world.gateway.ended().await.success());
    assert_without(&format!("log, {status}"), &world.gateway.log(), SECRET);
    let spans = collector.received().into_iter().flat_map(|it| it.body);
    let spans: Vec<u8> = spans.collect();
    let spans = String::from_utf8_lossy(&spans);
    assert!(spans.contains("odd.anything.get"), "nothing was traced");
    assert_without(&format!("spans, {status}"), &spans, SECRET);
    assert_stored_nowhere(&data, SECRET);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_repeats_a_token_repeats_nothing_to_callers() {
    never_said(json!({ "token": SECRET }), "200 OK").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_repeats_a_token_in_an_error_repeats_nothing_to_callers() {
    never_said(json!({ "token": SECRET }), "401 Unauthorized").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_name_that_is_the_secret_is_one() {
    never_said(json!({ "username": SECRET, "password": "" }), "200 OK").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_name_that_is_the_secret_is_one_in_errors() {
    never_said(
        json!({ "username": SECRET, "password": "" }),
        "403 Forbidden",
    )
    .await;
}

/// Returns how a provider may tell a secret without a body that is read.
fn asides() -> [(&'static str, Vec<u8>); 6] {
    let percent: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let whole = |head: String| answer(&head, SECRET.as_bytes());
    [
        ("a reason", whole(format!("500 {SECRET}"))),
        (
            "headers",
            whole(format!(
                "429 Too Many\r\nretry-after: {SECRET}\r\nwww-authenticate: {SECRET}\r\nlink: <{SECRET}>"
            )),
        ),
        (
            "a place on the same host",
            whole(format!(
                "302 Found\r\nlocation: /moved/{percent}?key={percent}"
            )),
        ),
        (
            "a place elsewhere",
            whole(format!(
                "307 Moved\r\nlocation: http://{percent}.invalid/{percent}#{percent}"
            )),
        ),
        (
            "no HTTP",
            format!("{SECRET}\r\n{SECRET}\r\n\r\n").into_bytes(),
        ),
        (
            "half an answer",
            format!("HTTP/1.1 200 {SECRET}\r\ncontent-length: 1000\r\n\r\n{{\"{SECRET}")
                .into_bytes(),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_most_talkative_log_says_no_secret() {
    let credential = json!({ "token": SECRET });
    for status in ["200 OK", "400 Bad Request"] {
        never_said_of(credential.clone(), status, "trace", parrot(status)).await;
    }
    for (what, bytes) in asides() {
        let answer = move |_: &Received| bytes.clone();
        never_said_of(credential.clone(), what, "trace", answer).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_with_a_refresh_token_can_be_tested() {
    let world = accounts::World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed" });
    let begun = world.post(&token, "/api/v1/connections", body).await.ok();
    let page = accounts::text(&begun["oauthUrl"]);
    world.walk(&page, "ada", Answer::Allow).await;
    let id = accounts::text(&begun["connection"]["id"]);
    let test = format!("/connections/{id}/test");
    let tested = world.gateway.admin(Method::POST, &test, None).await;
    let tested = tested.expect("an answer");
    assert_eq!(tested.status, 200, "{tested:?}");
    let deep = world.get(OPERATOR, "/status?deep=true").await;
    assert_eq!(deep.status, 200, "{deep:?}");
    let said = deep.body.to_string();
    assert!(
        !said.contains("degraded") && !said.contains("vault"),
        "{said}"
    );
}

#[tokio::test]
async fn a_header_value_that_is_none_is_the_callers_fault() {
    let world = World::new().await;
    for note in ["a\r\nx-more: 1", "a\nb", "a\rb", "a\0b", "\u{7f}"] {
        let reply = world.call("odd.notes.send", json!({ "note": note })).await;
        assert_eq!(reply.status, 400, "{note:?}: {reply:?}");
        let short = json!({ "note": note });
        let request = world
            .gateway
            .request(Method::POST, "/v1/odd/notes.send", &world.token);
        let reply = send(with_json(request, &short)).await.expect("an answer");
        assert_eq!(reply.status, 400, "{note:?}: {reply:?}");
        let headers = json!({ "endpoint": "/x", "headers": { "x-note": note } });
        let reply = world.proxy(&world.token, "odd", headers).await;
        assert_eq!(reply.status, 400, "{note:?}: {reply:?}");
        let url = format!("http://{}", world.provider.address());
        let credential = json!({ "token": format!("key{note}") });
        let reply = connect(&world.gateway, "mail", &url, credential).await;
        assert_eq!(reply.status, 400, "{note:?}: {reply:?}");
        let text = json!(note).to_string();
        let call = world.tool(
            "run_action",
            &format!(r#"{{"action":"odd.notes.send","input":{{"note":{text}}}}}"#),
        );
        let reply = exchange(world.address(), &call).await.expect("an answer");
        assert!(
            !reply.text().contains("internal"),
            "{note:?}: {}",
            reply.text()
        );
    }
    assert_eq!(world.provider.received().len(), 0);
    let fine = world
        .call("odd.notes.send", json!({ "note": "a\tb, c" }))
        .await;
    assert_eq!(fine.status, 200, "{fine:?}");
}

#[tokio::test]
async fn a_damaged_record_keeps_nobody_else_from_their_accounts() {
    let setup = setup();
    let gateway = setup.start().await;
    let provider = provider(|_| json_answer("{}")).await;
    let url = format!("http://{}", provider.address());
    let damaged = gateway.connect("damaged", &url).await;
    gateway.connect("fine", &url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    gateway.kill().await;

    let path = setup.data_directory().join("plugwright.db");
    let database = format!("sqlite://{}", path.display());
    for change in ["key_id = 'nobody'", "key_id = ''"] {
        let mut database = SqliteConnection::connect(&database)
            .await
            .expect("the database");
        let change = format!("UPDATE connections SET {change} WHERE name = 'damaged'");
        sqlx::query(sqlx::AssertSqlSafe(change))
            .execute(&mut database)
            .await
            .expect("a change");
        database.close().await.expect("an end");
        let gateway = setup.start().await;
        assert!(gateway.log().contains(&damaged), "{}", gateway.log());
        let call = async |name: &str| {
            let body = json!({ "input": { "name": "x" }, "connectionName": name });
            let path = "/v1/actions/local.things.create";
            let request = gateway.request(Method::POST, path, &token);
            send(with_json(request, &body)).await.expect("an answer")
        };
        call("fine").await.ok();
        let refused = call("damaged").await;
        assert!(refused.status >= 400, "{refused:?}");
        assert!(
            refused.body.to_string().contains("`damaged`"),
            "{refused:?}"
        );
        gateway.kill().await;
    }
}

/// Runs the gateway as a user that is not root; nothing if there is no way to.
fn as_somebody(place: &Path) -> Option<Setup> {
    let data = place.join("data");
    fs::create_dir(&data).ok()?;
    fs::set_permissions(place, fs::Permissions::from_mode(0o711)).ok()?;
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).ok()?;
    chown(&data, Some(SOMEBODY), Some(SOMEBODY)).ok()?;
    let script = place.join("somebody");
    let binary = fixture::HOSTILE.binary();
    let text = format!(
        "#!/bin/sh\nexec setpriv --reuid={SOMEBODY} --regid={SOMEBODY} --clear-groups '{binary}' \"$@\"\n"
    );
    fs::write(&script, text).ok()?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).ok()?;
    let script: &'static str = script.to_str()?.to_owned().leak();
    Some(Setup::new(Fixture::new(script, Connectors::Hostile)).data(data))
}

const SOMEBODY: u32 = 65_534;

#[tokio::test]
async fn only_root_reads_the_environment_of_the_process_and_no_core_is_written() {
    let place = tempfile::tempdir().expect("a directory");
    let setup = as_somebody(place.path());
    let is_somebody = setup.is_some();
    let setup = setup.unwrap_or_else(super::world::setup);
    let gateway = setup.env("PLUGWRIGHT_VAULT_KEY", VAULT_KEY).start().await;
    let process = |file: &str| format!("/proc/{}/{file}", gateway.id());
    let limits = fs::read_to_string(process("limits")).expect("the gateway runs");
    let mut limits = limits.lines();
    let core = limits.find(|line| line.starts_with("Max core file size"));
    let soft = core.and_then(|line| line.split_whitespace().nth(4));
    assert_eq!(soft, Some("0"), "{core:?}");
    if !is_somebody {
        println!("only root can run a process as somebody else: not tried");
        return;
    }
    let status = fs::read_to_string(process("status")).expect("the gateway runs");
    assert!(status.contains(&format!("Uid:\t{SOMEBODY}")), "{status}");
    // The files of a process that is not dumpable belong to root, and are for nobody else.
    for file in ["environ", "mem", "maps"] {
        let owner = fs::metadata(process(file)).expect("the gateway runs").uid();
        assert_eq!(owner, 0, "{file}");
    }
}
