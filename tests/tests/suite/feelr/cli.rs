//! Feelr's command line, byte by byte.

use plugwright_sdk::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::House;

/// Sends what the command line sends; returns status and body.
async fn sent(house: &House, request: &str, body: Option<&str>) -> (u16, Value) {
    let address = house.gateway.url().strip_prefix("http://").unwrap();
    let of_body = body.map_or_else(String::new, |body| {
        let length = body.len();
        format!("Content-Length: {length}\r\nContent-Type: application/json\r\n")
    });
    let head = format!(
        "{request} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: feelr-cli\r\n{of_body}\
         X-Feelr-Key: {}\r\nAccept-Encoding: gzip\r\n\r\n",
        house.key
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    let message = [head.as_bytes(), body.unwrap_or_default().as_bytes()].concat();
    stream.write_all(&message).await.unwrap();
    let mut answer = Vec::new();
    loop {
        if let Some((status, length, start)) = head_of(&answer)
            && answer.len() >= start + length
        {
            return (status, serde_json::from_slice(&answer[start..]).unwrap());
        }
        assert_ne!(
            stream.read_buf(&mut answer).await.unwrap(),
            0,
            "it broke off"
        );
    }
}

/// Reads status, length and start of the body, once the whole head is there.
fn head_of(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let status = head.strip_prefix("http/1.1 ")?.get(..3)?.parse().ok()?;
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "))?;
    Some((status, length.parse().ok()?, head.len() + 4))
}

/// Checks the types of what the command line reads of a success; returns the data.
fn success((status, body): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["ok"], true, "{body}");
    let meta = &body["meta"];
    for name in ["request_id", "connector", "action"] {
        assert!(meta[name].is_string(), "{name}: {body}");
    }
    assert!(meta["duration_ms"].is_u64(), "{body}");
    assert!(meta.get("cursor").is_none_or(Value::is_string), "{body}");
    assert!(meta.get("has_more").is_none_or(Value::is_boolean), "{body}");
    body["data"].clone()
}

/// Checks the types of what it reads of a failure; returns the hint, which decides how it ends.
fn failure((status, body): (u16, Value)) -> String {
    assert_eq!(body["ok"], false, "{body}");
    let error = &body["error"];
    assert_eq!(error["status"], status, "{body}");
    assert!(
        error["code"].is_string() && error["message"].is_string(),
        "{body}"
    );
    assert!(error.get("detail").is_none_or(Value::is_string), "{body}");
    error["hint"].as_str().expect("a hint").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_feelr_s_command_line_sends_is_answered_as_it_reads() {
    let house = House::open().await;
    let list = "POST /v1/local/things.list";
    let first = sent(&house, list, Some(r#"{"limit":"2"}"#)).await;
    let cursor = first.1["meta"]["cursor"].as_str().unwrap().to_owned();
    assert_eq!(success(first), json!([{ "id": 1, "limit": "2" }]));
    let next = format!("{list}?cursor={cursor}");
    let next = sent(&house, &next, Some(r#"{"limit":"2"}"#)).await;
    assert_eq!(success(next), json!([{ "id": 2 }]));
    let all = sent(&house, list, Some("{}")).await;
    assert_eq!(success(all)[0]["id"], 1);
    let made = r#"{"name":"lamp"}"#;
    let made = sent(&house, "POST /v1/local/things.create", Some(made)).await;
    assert_eq!(success(made), json!({ "id": 3, "name": "lamp" }));

    // For tables, lists are of flat objects.
    let connectors = success(sent(&house, "GET /v1/tools", None).await);
    assert!(connectors.as_array().is_some_and(|all| all.len() == 2));
    let actions = success(sent(&house, "GET /v1/tools/local", None).await);
    assert_eq!(actions["actions"].as_array().map(Vec::len), Some(4));
    let action = success(sent(&house, "GET /v1/tools/local/things.get", None).await);
    assert_eq!(action["params"][0]["name"], "id");
    let found = success(sent(&house, "GET /v1/tools?search=thing", None).await);
    assert_eq!(found.as_array().map(Vec::len), Some(5));
    let status = success(sent(&house, "GET /status", None).await);
    assert_eq!(status["connectors"]["local"]["auth_state"], "connected");
    success(sent(&house, "GET /status?deep=true", None).await);

    let unknown = sent(&house, "GET /v1/tools/lokal", None).await;
    assert_eq!(failure(unknown), "abort");
    let wrong = sent(&house, list, Some(r#"{"limit":"many"}"#)).await;
    assert_eq!(failure(wrong), "abort");
    let denied = r#"{"id":"denied"}"#;
    let denied = sent(&house, "POST /v1/local/things.get", Some(denied)).await;
    assert_eq!(failure(denied), "auth");
    let stranger = House {
        key: "fk_live_abcdefgh_0".to_owned(),
        ..house
    };
    let refused = sent(&stranger, list, Some("{}")).await;
    assert_eq!(failure(refused), "auth");
}
