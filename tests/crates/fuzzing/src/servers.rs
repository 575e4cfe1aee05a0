//! What reads the answers of MCP servers, over HTTP and from programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;
use std::{fs, iter};

use http::HeaderMap;
use plugwright_import::openapi::Imported;
use plugwright_import::{McpServer, ServerPlace};
use plugwright_mcp::{Servers, import, list_request};
use plugwright_sdk::http::{Body, Method};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{
    Network, Relay, Relayed, Request, Response, Transport, TransportError,
};
use plugwright_sdk::{ActionContext, ErrorCode, Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::LONGEST;
use crate::descriptions::check;
use crate::providers::with_type;

/// A server that is asked for more has not come to an end.
const MOST_REQUESTS: usize = 100;
/// No answer takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers the first lines of its input with its further arguments, a line each, and the next with
/// the file; then it ends.
const PROGRAM: &str = r#"file=$1; shift
for line; do IFS= read -r _ && printf '%s\n' "$line"; done
IFS= read -r _
exec cat "$file""#;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fn url() -> ServerPlace {
    ServerPlace::Url("https://mcp.example.com/mcp".to_owned())
}

/// How often a server answers well before it answers with the bytes: to a greeting, and to the
/// question for its tools.
const STAGES: [usize; 3] = [0, 1, 2];

/// The answer of a server that means well.
fn answer(stage: usize) -> Value {
    let result = if stage == 0 {
        json!({
            "protocolVersion": "2025-11-25", "capabilities": { "tools": {} },
            "serverInfo": { "name": "fuzzed", "version": "1" },
        })
    } else {
        json!({ "tools": [{ "name": "act", "inputSchema": { "type": "object" } }] })
    };
    json!({ "jsonrpc": "2.0", "id": stage, "result": result })
}

static ACT: LazyLock<Imported> = LazyLock::new(|| {
    let listing = &answer(1)["result"];
    import("fuzzed", &url(), Vec::new(), listing, Vec::new()).expect("a connector")
});

fn server(place: ServerPlace) -> McpServer {
    let accepted = ACT.connector.server.clone();
    let tools = accepted.map_or_else(BTreeMap::new, |server| server.tools);
    McpServer { place, tools }
}

fn message(message: &Value) -> Request {
    let address = "https://mcp.example.com/mcp".parse().expect("a URL");
    let mut request = Request::new(Method::POST, address);
    request.body = Body::new("application/json", message.to_string());
    request
}

/// Asks a server for its tools, makes actions of them, and calls the one that is known.
async fn meet(relay: Arc<dyn Relay>, network: Arc<dyn Transport>) -> Option<Imported> {
    let network = Network {
        after: Arc::clone(&network),
        during: network,
    };
    let mut found = None;
    let listed = relay.carry(&message(&list_request()), &network, "me").await;
    if let Ok(listed) = listed
        && listed.status == 200
    {
        let listing = listed.read(64 << 20).await.expect("a list in memory");
        let listing: Value = plugwright_sdk::serde_json::from_slice(&listing).expect("JSON");
        let imported = import("fuzzed", &url(), Vec::new(), &listing["result"], Vec::new());
        found = imported.ok();
    }
    let connector = ACT.connector.clone().connector().expect("a connector");
    let peer = "me".to_owned();
    let transport = Relayed {
        relay,
        network,
        peer,
    };
    let cx = ActionContext::builder(&connector, Arc::new(transport)).build();
    let mut actions = connector.actions();
    let action = actions.next().expect("one action");
    let invocation = action.decode(json!({})).expect("an input");
    if let Err(error) = invocation.run(&cx).await {
        let said = error.message().len() + error.detail().unwrap_or_default().len();
        assert!(said <= LONGEST, "an error of {said} bytes");
        assert_ne!(error.code(), ErrorCode::InternalError, "{error}");
    }
    found
}

/// An answer of a server over HTTP, after a line with its Content-Type.
pub fn server_answers(bytes: &[u8]) {
    let (headers, body) = with_type(bytes);
    for stage in STAGES {
        let (headers, body) = (headers.clone(), body.to_vec());
        let requests = AtomicUsize::new(0);
        let network = Canned::new(move |request| {
            if requests.fetch_add(1, Ordering::Relaxed) > MOST_REQUESTS {
                let message = "it is asked too much".to_owned();
                return Err(TransportError::Refused(message));
            }
            let sent = request.body.bytes().map_or(&b""[..], |bytes| bytes);
            let sent: Value = plugwright_sdk::serde_json::from_slice(sent).expect("JSON");
            let well = |stage| {
                let mut headers = HeaderMap::new();
                headers.insert("content-type", "application/json".parse().expect("a value"));
                Ok(Response::new(200, headers, answer(stage).to_string()))
            };
            match sent["method"].as_str() {
                Some("initialize") if stage > 0 => well(0),
                Some("tools/list") if stage > 1 => well(1),
                Some("notifications/initialized") => {
                    Ok(Response::new(202, HeaderMap::new(), Vec::new()))
                }
                _ => Ok(Response::new(200, headers.clone(), body.clone())),
            }
        });
        let servers = Servers::new(FOLDER.path());
        let relay = servers.relay("fuzzed", &server(url()));
        if let Some(imported) = block_on(meet(relay, Arc::new(network))) {
            check(imported);
        }
    }
}

fn program(file: &Path, stage: usize) -> ServerPlace {
    // The second line that a client writes is a notification, which has no answer.
    let answers = (0..stage).flat_map(|stage| {
        let silence = (stage == 0).then(String::new);
        iter::once(answer(stage).to_string()).chain(silence)
    });
    let file = file.display().to_string();
    let arguments = ["-c".to_owned(), PROGRAM.to_owned(), "sh".to_owned(), file];
    ServerPlace::Program {
        program: "sh".to_owned(),
        arguments: arguments.into_iter().chain(answers).collect(),
        environment: Vec::new(),
    }
}

/// What a program writes to standard output in place of an answer.
pub fn server_lines(bytes: &[u8]) {
    thread_local! {
        static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
    }
    // Programs of Rust ignore it, but the fuzzer's is none: a program that has ended would end the fuzzer.
    static PIPES: OnceLock<Signal> = OnceLock::new();
    RUNTIME.with(|runtime| {
        let _guard = runtime.enter();
        PIPES.get_or_init(|| signal(SignalKind::pipe()).expect("a handler"));
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("answer");
    fs::write(&file, bytes).expect("a file");
    for stage in STAGES {
        let found = RUNTIME.with(|runtime| {
            runtime.block_on(async {
                let servers = Servers::new(folder.path()).report(|_, _| {});
                let relay = servers.relay("fuzzed", &server(program(&file, stage)));
                let network = Canned::new(|_| {
                    let message = "a program has no network".to_owned();
                    Err(TransportError::Refused(message))
                });
                let meeting = meet(relay, Arc::new(network));
                let met = tokio::time::timeout(PATIENCE, meeting).await;
                servers.stop().await;
                met.expect("the program has ended")
            })
        });
        if let Some(imported) = found {
            check(imported);
        }
    }
}
