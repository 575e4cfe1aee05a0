//! Todoist's own client sends what our cassettes hold, and reads every answer as the connector does.
//!
//! The client is the npm package that `todoist_client/package.json` pins. It validates each answer by
//! the schemas that Todoist keeps for it, so a cassette of a wrong shape fails here.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use futures_util::FutureExt as _;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::host::Returns;
use plugwright_sdk::http::Content;
use plugwright_sdk::transport::{Replay, Request, Transport as _};
use plugwright_sdk::{Action as _, ActionContext, Cassette, Value, json, run_pages};
use plugwright_tests::{Loopback, Received, npm};
use plugwright_todoist::CONNECTOR;
use url::Url;

const CAP: usize = 1 << 20;

/// The account of the client's own tests, as the API writes it.
fn user() -> Value {
    json!({
        "id": "123456789",
        "email": "test.user@example.com",
        "full_name": "Test User",
        "avatar_big": "https://example.com/avatars/test_user_big.jpg",
        "business_account_id": null,
        "is_premium": true,
        "premium_status": "current_personal_plan",
        "date_format": 0,
        "time_format": 0,
        "weekly_goal": 100,
        "daily_goal": 10,
        "completed_count": 102_920,
        "completed_today": 12,
        "karma": 86394.0,
        "karma_trend": "up",
        "lang": "en",
        "next_week": 1,
        "start_day": 1,
        "start_page": "project?id=test_project_123",
        "tz_info": {
            "gmt_string": "+02:00",
            "hours": 2,
            "is_dst": 1,
            "minutes": 0,
            "timezone": "Europe/Madrid",
        },
        "inbox_project_id": "test_project_123",
        "days_off": [6, 7],
        "weekend_start_day": 6,
    })
}

/// A call of the connector, and what comes of it from its cassette.
async fn call(cassette: &Cassette) -> Value {
    let action = CONNECTOR
        .actions()
        .iter()
        .find(|action| action.name() == cassette.action)
        .unwrap_or_else(|| panic!("{} is no action", cassette.action));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Replay::new([cassette])))
        .credential(CONNECTOR.auth()[0].placeholder())
        .build();
    let mut pages = Vec::new();
    let input = Value::Object(cassette.call.input.clone());
    let outcome = run_pages(*action, &cx, input.clone(), |page| {
        pages.push(page.data.into_value());
        cassette.call.all_pages
    })
    .await;
    let mut call = json!({
        "action": cassette.action,
        "title": cassette.title,
        "input": input,
        "all_pages": cassette.call.all_pages,
    });
    match outcome {
        Ok(()) => {
            call["output"] = match action.returns() {
                Returns::List => pages
                    .iter()
                    .filter_map(Value::as_array)
                    .flatten()
                    .cloned()
                    .collect(),
                Returns::Single => pages.remove(0),
            };
            call["schema"] = action.output_schema();
        }
        Err(_) => {
            let answer = &cassette.exchanges.last().expect("an exchange").response;
            let Some(RecordedBody::Json(body)) = &answer.body else {
                panic!("{}: an error without a body", cassette.title)
            };
            call["error"] = json!({ "status": answer.status, "body": body });
        }
    }
    call
}

/// Answers a request from the cassettes, as a replay of the connector would be answered.
fn answer(replay: &Replay, received: &Received) -> Vec<u8> {
    let identity = CONNECTOR.identity().expect("an identity").path;
    if received.target == format!("/api/v1{identity}") {
        return reply(200, user().to_string().as_bytes());
    }
    let url = Url::parse("https://api.todoist.com").and_then(|base| base.join(&received.target));
    let (Ok(method), Ok(url)) = (received.method.parse(), url) else {
        return reply(400, b"\"no such request can be\"");
    };
    let mut request = Request::new(method, url);
    request.body.content = Content::Bytes(received.body.clone().into());
    let exchange = async {
        let response = replay.send(&request).await?;
        Ok::<_, plugwright_sdk::transport::TransportError>((
            response.status,
            response.read(CAP).await?,
        ))
    };
    // A replay waits for nothing.
    match exchange.now_or_never().expect("an answer at once") {
        Ok((status, body)) => reply(status, &body),
        Err(error) => reply(501, json!(error.to_string()).to_string().as_bytes()),
    }
}

fn reply(status: u16, body: &[u8]) -> Vec<u8> {
    let length = if body.is_empty() {
        String::new()
    } else {
        format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        )
    };
    let head = format!("HTTP/1.1 {status} Replayed\r\nconnection: close\r\n{length}\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn todoist_s_own_client_agrees_with_the_connector_on_every_cassette() {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).expect("cassettes");
    let mut calls = Vec::new();
    for cassette in &cassettes {
        calls.push(call(cassette).await);
    }
    let identity = CONNECTOR.identity().expect("an identity");
    let account = identity.account(&user()).expect("an account");
    let replay = Arc::new(Replay::new(&cassettes));
    let answers = Arc::clone(&replay);
    let server = Loopback::start(move |received| answer(&answers, received))
        .await
        .expect("a port");
    let base = format!("http://{}", server.address());

    let printed = tokio::task::spawn_blocking(move || {
        let folder = npm::install("todoist_client", env!("CARGO_TARGET_TMPDIR"));
        let file = folder.join("calls.json");
        let account = json!({ "id": account.id, "label": account.label });
        let text = json!({ "account": account, "calls": calls }).to_string();
        fs::write(&file, text).expect("the file of the calls");
        // A proxy of the machine has no business with loopback.
        npm::run(
            Command::new("node")
                .arg("check.mjs")
                .args([base.as_ref(), file.as_os_str()])
                .env("NO_PROXY", "127.0.0.1")
                .current_dir(folder),
        )
    })
    .await
    .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));

    println!("{printed}");
    assert_eq!(
        replay.unused(),
        0,
        "exchanges that the client never asked for"
    );
    let received = server.received();
    let exchanges: usize = cassettes
        .iter()
        .map(|cassette| cassette.exchanges.len())
        .sum();
    assert_eq!(
        received.len(),
        exchanges + 1,
        "requests, with that of the account"
    );
    let bearer = (
        "authorization".to_owned(),
        "Bearer a-token-of-todoist".to_owned(),
    );
    assert!(
        received
            .iter()
            .all(|request| request.headers.contains(&bearer))
    );
}
