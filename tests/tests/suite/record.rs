//! `record` against a server on loopback: what it writes, what it refuses, and that no secret
//! gets into a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use plugwright_sdk::cassette::ProvenanceKind;
use plugwright_sdk::host::{Redactor, Registry};
use plugwright_sdk::transport::Replay;
use plugwright_sdk::{
    ActionContext, Cassette, Credential, ErrorCode, Secret, json, run, run_pages,
};
use plugwright_tests::{LOCAL, Loopback, Received};
use serde_json::Value;

use crate::fixture;

/// Has characters that each encoding changes.
const SECRET: &str = "s3cr3t/tok+en=odd&50%";

/// A folder of its own for a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("record")
        .join(name);
    // It may be left from a run before.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn answer(status: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nset-cookie: id={SECRET}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A provider that repeats the secret in every encoding.
fn provider(request: &Received) -> Vec<u8> {
    let hex: Vec<_> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let hex = hex.concat();
    let said = json!({
        "plain": format!("no, {SECRET}!"),
        "base64": (0..3).map(|offset| STANDARD.encode(format!("{}{SECRET}", "x".repeat(offset)))).collect::<Vec<_>>(),
        "url_safe": URL_SAFE_NO_PAD.encode(format!("me:{SECRET}")),
        "hex": [hex.to_uppercase(), hex],
        "query": url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>(),
        SECRET: 1,
    });
    match (request.method.as_str(), request.target.as_str()) {
        ("GET", "/things?limit=2") => answer(
            "200 OK",
            &json!({ "things": [{ "id": 1, "said": said }, { "id": 2, "owner_email": "ada@example.com" }], "next": "2" }),
        ),
        ("GET", "/things?limit=2&cursor=2") => {
            answer("200 OK", &json!({ "things": [{ "id": 3 }], "next": null }))
        }
        ("GET", "/things/7") => answer("200 OK", &json!({ "id": 7 })),
        ("GET", "/things/number") => answer("200 OK", &json!({ "id": 1_234_567 })),
        ("GET", "/things/broken") => {
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
                .to_vec()
        }
        ("POST", "/things") => answer("201 Created", &json!({ "id": 4, "said": said })),
        _ => answer("404 Not Found", &json!({ "message": said.to_string() })),
    }
}

/// Runs the binary with a token.
fn record(server: &Loopback, folder: &Path, token: &str, line: &str) -> Output {
    let base_url = format!("base_url=http://{}", server.address());
    let mut command = fixture::LOCAL.command();
    command
        .args(line.split_whitespace())
        .args(["--set", &base_url, "--dir"])
        .arg(folder)
        .env("PLUGWRIGHT_LOCAL_TOKEN", token);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

/// Reads a cassette, and checks that no secret is in the file nor in what was printed.
fn read(path: &Path, output: &Output) -> Cassette {
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{error}\n{errors}"));
    let redactor = Redactor::new([&Secret::new(SECRET)]);
    for text in [&text, errors.as_ref()] {
        assert!(
            !redactor.finds_in(text) && !text.contains("s3cr3t"),
            "{text}"
        );
    }
    Cassette::parse("a recording", &text).unwrap()
}

/// Replays a cassette as the conformance suite does.
async fn replay(cassette: &Cassette) -> Result<Vec<Value>, ErrorCode> {
    let replay = Arc::new(Replay::new([cassette]));
    let builder =
        ActionContext::builder(&LOCAL, replay.clone()).credential(LOCAL.auth()[0].placeholder());
    let settings = cassette.call.settings.iter();
    let cx = settings
        .fold(builder, |builder, (name, value)| {
            builder.setting(name, value)
        })
        .build();
    let entry = Registry::new([&LOCAL])
        .unwrap()
        .find(&format!("local.{}", cassette.action))
        .unwrap();
    let input = Value::Object(cassette.call.input.clone());
    let mut pages = Vec::new();
    let done = if cassette.call.all_pages {
        run_pages(&*entry.action, &cx, input, |page| {
            pages.push(page.data.into_value());
            true
        })
        .await
    } else {
        let result = run(&*entry.action, &cx, input).await;
        result.map(|page| pages.push(page.data.into_value()))
    };
    assert_eq!(replay.unused(), 0);
    done.map(|()| pages).map_err(|error| error.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_recorded_to_its_end_without_the_secret() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("list");

    let ran = record(
        &server,
        &folder,
        SECRET,
        "record local.things.list limit=2 --all-pages",
    );

    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let path = folder.join("things.list.json");
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout).trim(),
        path.display().to_string()
    );
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(
        said.contains("2 exchanges") && said.contains("3 items"),
        "{said}"
    );
    assert!(said.contains("things[].owner_email"), "{said}");
    let sent = server.received();
    let bearer = ("authorization".to_owned(), format!("Bearer {SECRET}"));
    assert!(sent.iter().all(|request| request.headers.contains(&bearer)));

    let cassette = read(&path, &ran);
    assert_eq!(cassette.title, "List things");
    assert_eq!(cassette.provenance.kind, ProvenanceKind::Recorded);
    let host = format!("{}, recorded on 20", server.address());
    assert!(
        cassette.provenance.source.starts_with(&host),
        "{cassette:?}"
    );
    assert_eq!(
        cassette.call.input,
        *json!({ "limit": 2 }).as_object().unwrap()
    );
    assert!(cassette.call.all_pages);
    assert_eq!(cassette.expect.items, Some(3));
    assert_eq!(cassette.exchanges.len(), 2);
    let headers: Vec<_> = cassette.exchanges[0].response.headers.keys().collect();
    assert_eq!(headers, ["content-type"]);
    let pages = replay(&cassette).await.unwrap();
    assert_eq!(pages[0][0]["said"]["plain"], "no, [redacted]!");
    assert_eq!(pages[1][0]["id"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_a_case_and_the_exit_code_says_what_it_was() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("failure");
    let line = "record local.things.get id=none --title Nothing";

    let ran = record(&server, &folder, SECRET, line);
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);

    let ran = record(
        &server,
        &folder,
        SECRET,
        &format!("{line} --case not-found"),
    );
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    let cassette = read(&folder.join("things.get.not-found.json"), &ran);
    assert_eq!(cassette.title, "Nothing");
    assert_eq!(cassette.expect.error, Some(ErrorCode::NotFound));
    assert_eq!(replay(&cassette).await, Err(ErrorCode::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cassette_is_replaced_only_by_force_and_before_anything_is_sent() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("force");
    let path = folder.join("things.create.json");
    let line = "record local.things.create name=Lamp";

    fs::write(&path, "mine").unwrap();
    let ran = record(&server, &folder, SECRET, line);
    assert_eq!(ran.status.code(), Some(4), "{ran:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    for refused in ["--case ../x", "--case X", "--force --set other=1"] {
        let ran = record(&server, &folder, SECRET, &format!("{line} {refused}"));
        assert_eq!(ran.status.code(), Some(4), "{ran:?}");
    }
    let ran = record(&server, &folder.join("nowhere"), SECRET, line);
    assert_eq!(ran.status.code(), Some(4), "{ran:?}");
    assert!(server.received().is_empty());

    let ran = record(&server, &folder, SECRET, &format!("{line} --force"));
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let cassette = read(&path, &ran);
    assert_eq!(cassette.expect.items, None);
    assert_eq!(replay(&cassette).await.unwrap()[0]["id"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_comes_back_as_a_number_is_taken_out() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("number");
    let ran = record(
        &server,
        &folder,
        "1234567",
        "record local.things.get id=number",
    );
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let written = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    let cassette = fs::read_to_string(written.path()).unwrap();
    assert!(cassette.contains("[redacted]"), "{cassette}");
    assert!(!cassette.contains("1234567"), "{cassette}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_while_a_secret_is_left() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("left");
    // Parameters are not the redactor's business.
    let line = "record local.things.create name=s3cr3t/tok+en=odd&50%";
    let ran = record(&server, &folder, SECRET, line);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("/call/input/name"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    let sent = server.received().len();
    let ran = record(&server, &folder, "short", "record local.things.get id=7");
    assert_eq!(ran.status.code(), Some(2), "{ran:?}");
    assert_eq!(server.received().len(), sent);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_not_recorded() {
    let server = Loopback::start(provider).await.unwrap();
    let folder = folder("broken");
    let line = "record local.things.get id=broken --case broken";
    let ran = record(&server, &folder, SECRET, line);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("no complete response"), "{said}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_kept_out_in_the_form_in_which_it_is_sent() {
    let server = Loopback::start(|request: &Received| {
        let sent = request
            .headers
            .iter()
            .find(|(name, _)| name == "authorization");
        let sent = sent.map(|(_, value)| value.clone());
        answer("200 OK", &json!({ "id": 7, "authorization": sent }))
    })
    .await
    .unwrap();
    let folder = folder("basic");
    let file = folder.join("credential");
    let credential = json!({ "username": "somebody", "password": SECRET });
    fs::write(&file, credential.to_string()).unwrap();
    assert!(serde_json::from_value::<Credential>(credential).is_ok());

    let line = format!(
        "record local.things.get id=7 --credential-file {}",
        file.display()
    );
    let ran = record(&server, &folder, "", &line);

    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let cassette = read(&folder.join("things.get.json"), &ran);
    let text = serde_json::to_string(&cassette).unwrap();
    assert!(
        text.contains("Basic ") && text.contains("[redacted]"),
        "{text}"
    );
    assert!(
        !text.contains(&STANDARD.encode(format!("somebody:{SECRET}"))[12..]),
        "{text}"
    );
}
