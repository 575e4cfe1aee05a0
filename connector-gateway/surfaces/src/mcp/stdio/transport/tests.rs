use plugwright_sdk::host::Registry;
use plugwright_sdk::json;
use rmcp::ServiceExt as _;
use tokio::io::{AsyncReadExt as _, DuplexStream, ReadHalf, WriteHalf};

use super::*;
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::mcp::server::{self as mcp, Server};
use crate::mcp::tools::Tools;
use plugwright_engine::Principal;
use plugwright_engine::{EngineSettings, Limits};

#[tokio::test]
async fn lines_are_read_up_to_a_bound_and_longer_ones_skipped() {
    let long = "x".repeat(100_000);
    let text = format!("one\n{long}\n\ntwo\r\n12345\n123456\n{long}{long}\nthree\nhalf");
    let mut lines = Lines::new(text.as_bytes(), 5);
    let mut read = Vec::new();
    while let Some(line) = lines.next().await.unwrap() {
        assert!(lines.line.capacity() <= 5 * 2, "{}", lines.line.capacity());
        read.push(match line {
            Line::Whole(line) => String::from_utf8(line).unwrap(),
            Line::TooLong => "too long".to_owned(),
        });
    }
    let too_long = "too long";
    assert_eq!(
        read,
        [
            "one", too_long, "", "two\r", "12345", too_long, too_long, "three"
        ]
    );
}

/// A client on the other side.
struct Client {
    output: WriteHalf<DuplexStream>,
    input: BufReader<ReadHalf<DuplexStream>>,
}

impl Client {
    fn of(limits: Limits) -> Self {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let settings = EngineSettings {
            limits,
            ..EngineSettings::default()
        };
        let gateway = Gateway::builder(registry).engine(settings).build().unwrap();
        let (here, there) = tokio::io::duplex(1 << 16);
        let bodies = gateway.inner().bodies.clone();
        let tools = Arc::new(Tools::new(gateway.registry()));
        let caller = Caller {
            gateway,
            principal: Arc::new(Principal::local()),
        };
        let only = Arc::new(mcp::Client::new(caller, None));
        let server = Server {
            tools,
            running: Arc::default(),
            only_client: Some(Arc::clone(&only)),
        };
        tokio::spawn(async move {
            let (input, output) = tokio::io::split(there);
            let transport = Transport::new(input, output, bodies, only);
            server.serve(transport).await.unwrap().waiting().await
        });
        let (input, output) = tokio::io::split(here);
        Self {
            output,
            input: BufReader::new(input),
        }
    }

    async fn write(&mut self, text: &str) {
        self.output.write_all(text.as_bytes()).await.unwrap();
    }

    async fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.input.read_line(&mut line).await.unwrap();
        line.parse().unwrap()
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.write(&format!("{message}\n")).await;
        self.answer().await
    }

    async fn refused(&mut self) -> String {
        let answer = self.answer().await;
        assert_eq!(answer["id"], Value::Null, "{answer}");
        assert_eq!(answer["error"]["code"], -32600, "{answer}");
        answer["error"]["message"].as_str().unwrap().to_owned()
    }

    async fn begin(&mut self) {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let answer = self.ask("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
        let done = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        self.write(&format!("\u{feff}{done}\r\n")).await;
    }

    async fn search(&mut self) -> Value {
        let arguments = json!({ "query": "issue", "limit": 1 });
        let params = json!({ "name": "search_actions", "arguments": arguments });
        self.ask("tools/call", params).await
    }
}

#[tokio::test]
async fn a_line_that_is_too_long_is_refused_and_the_next_one_served() {
    let limits = Limits {
        request_body: 1 << 20,
        ..Limits::default()
    };
    let mut client = Client::of(limits);
    // Before anything else, too.
    client.write(&("[".repeat(3 << 20) + "\n")).await;
    assert_eq!(client.refused().await, BodyError::TOO_LONG);
    client.begin().await;
    client.write(&("x".repeat(3 << 20) + "\n")).await;
    assert_eq!(client.refused().await, BodyError::TOO_LONG);
    let found = client.search().await;
    let actions = &found["result"]["structuredContent"]["actions"];
    assert_eq!(actions.as_array().map(Vec::len), Some(1), "{found}");
}

#[tokio::test]
async fn values_depth_and_names_are_bounded_as_over_http() {
    let mut client = Client::of(Limits::default());
    client.begin().await;
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let most = Limits::default().json_values;
    let wide = format!("[{}0]", "0,".repeat(most));
    let too_many = format!("must not have more than {most} values");
    let name = format!("\"{}\"", "n".repeat(1000));
    for (name, input, problem) in [
        ("\"a\"", &*nested, "must not be nested more than 100 levels"),
        ("\"a\"", &wide, &too_many),
        (&name, "{}", "`params.name` must have at most 100 bytes"),
    ] {
        let params = format!(r#"{{"name":{name},"arguments":{{"input":{input}}}}}"#);
        let line = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}{}"#,
            "\n"
        );
        client.write(&line).await;
        let said = client.refused().await;
        assert!(said.contains(problem), "{said}");
    }
    let long = "y".repeat(2 << 20);
    let arguments = json!({ "action": "github.issues.list", "input": { "repo": long } });
    let params = json!({ "name": "run_action", "arguments": arguments });
    let refused = client.ask("tools/call", params).await["result"].take();
    let said = refused["content"][0]["text"].as_str().unwrap();
    assert!(said.contains("takes no file"), "{said}");
}

#[tokio::test]
async fn what_is_no_message_is_refused_or_left_out() {
    let mut client = Client::of(Limits::default());
    client.begin().await;
    client.write("no JSON\n\n{\"method\":\"$/other\"}\n").await;
    client.write("{\"id\":1}\n[]\n").await;
    let answer = client.answer().await;
    let error = json!({ "code": -32600, "message": "Invalid request" });
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": 1, "error": error }));
    assert_eq!(client.refused().await, "Invalid request");
    assert!(client.search().await["result"].is_object());
    client.output.shutdown().await.unwrap();
    let mut rest = String::new();
    client.input.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "");
}
