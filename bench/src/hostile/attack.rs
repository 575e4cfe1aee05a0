//! The kinds of hostile calls and connections, made beforehand.

use std::fmt::Write as _;

use crate::http;

pub(super) enum Attack {
    Request {
        name: &'static str,
        bytes: Vec<u8>,
    },
    /// Connections that are held open: they send something at once, then bytes one by one, and read
    /// nothing.
    Hold {
        name: &'static str,
        first: Vec<u8>,
        drip: Vec<u8>,
        connections: usize,
    },
}

impl Attack {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Request { name, .. } | Self::Hold { name, .. } => name,
        }
    }
}

pub(super) fn all(token: &str) -> Vec<Attack> {
    let mut all = requests(token);
    all.extend(connections(token));
    all
}

/// The last header of a request that ends its connection.
const CLOSE: &str = "connection: close\r\n";

fn http(line: &str, kind: &str, token: &str, body: &[u8]) -> Vec<u8> {
    let headers = format!("content-type: {kind}\r\n{CLOSE}");
    http::request(line, token, &headers, body)
}

fn mcp(token: &str, tool: &str, arguments: &str) -> Vec<u8> {
    http::mcp("/mcp", token, ("tools/call", Some(tool)), arguments, CLOSE)
}

/// Makes an object with so many members that nobody knows.
fn members(count: usize) -> String {
    let mut text = String::from("{");
    for number in 0..count {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, r#"{comma}"x{number:05}":1"#);
    }
    text + "}"
}

fn requests(token: &str) -> Vec<Attack> {
    const ACTION: &str = "POST /v1/actions/bench.items.list";
    let json = |body: &str| http(ACTION, "application/json", token, body.as_bytes());
    let input = |value: &str| json(&format!(r#"{{"input":{value}}}"#));
    let run = |value: &str| {
        let arguments = format!(r#"{{"action":"bench.items.list","input":{value}}}"#);
        mcp(token, "run_action", &arguments)
    };
    let (huge, many) = (members(900_000), members(20_000));
    let name = "n".repeat(9_000_000);
    let middling = "bench.items.lis".repeat(20_000);
    let words = "items list ".repeat(600_000);
    let form = |count| {
        let form = (0..count).fold(String::new(), |mut form, number| {
            let _ = write!(form, "n{number}=1&");
            form
        });
        let kind = "application/x-www-form-urlencoded";
        http("POST /v1/bench/items.list", kind, token, form.as_bytes())
    };
    let deep = "[".repeat(9_900_000);
    let levels = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
    let wide = format!("[{}[]]", "[],".repeat(300_000));
    let headers = |count| {
        let headers = members(count).replace("\":1", "\":\"1\"");
        json(&format!(
            r#"{{"input":{{}},"options":{{"headers":{headers}}}}}"#
        ))
    };
    let named = |name| format!(r#"{{"action":"{name}"}}"#);
    let search = format!(
        "GET /v1/actions/search?q={}",
        words[..60_000].replace(' ', "+")
    );
    let search = http(&search, "text/plain", token, b"");
    [
        ("900,000 unknown members", input(&huge)),
        ("20,000 unknown members", input(&many)),
        ("20,000 unknown members over MCP", run(&many)),
        ("900,000 unknown members over MCP", run(&huge)),
        ("a name of 9 MB", mcp(token, "run_action", &named(&name))),
        (
            "a name of 300 kB",
            mcp(token, "run_action", &named(&middling)),
        ),
        (
            "describing a name of 300 kB",
            mcp(token, "describe_action", &named(&middling)),
        ),
        (
            "a search of 1.2 million words",
            mcp(
                token,
                "search_actions",
                &format!(r#"{{"query":"{words}"}}"#),
            ),
        ),
        ("a search of 11,000 words", search),
        ("a form of 110,000 names", form(110_000)),
        ("a form of 20,000 names", form(20_000)),
        ("JSON of 9.9 million levels", input(&deep)),
        ("JSON of 400,000 levels", input(&levels)),
        ("JSON of 400,000 levels over MCP", run(&levels)),
        ("JSON of 300,000 lists", input(&wide)),
        ("JSON of 300,000 lists over MCP", run(&wide)),
        ("40,000 headers", headers(40_000)),
        ("101 headers", headers(101)),
    ]
    .into_iter()
    .map(|(name, bytes)| Attack::Request { name, bytes })
    .collect()
}

/// What a client of HTTP/2 begins with, and SETTINGS without parameters.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// HEADERS of the first stream with `:method: GET` and no end.
const HALF_HEADERS: &[u8] = &[0, 0, 1, 1, 1, 0, 0, 0, 1, 0x82];

fn connections(token: &str) -> Vec<Attack> {
    let head = format!(
        "POST /v1/actions/bench.items.list HTTP/1.1\r\nhost: 127.0.0.1\r\n\
         authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: 1000\r\n\r\n"
    );
    let unread = http::request("GET /openapi.json", token, "", b"").repeat(100);
    let opening = [PREFACE, SETTINGS].concat();
    let none: &[u8] = b"";
    [
        ("the letter P", b"P".to_vec(), none, 200),
        ("half a preface", PREFACE[..12].to_vec(), none, 200),
        ("preface and settings", opening.clone(), none, 200),
        (
            "half of the headers of HTTP/2",
            [&opening, HALF_HEADERS].concat(),
            none,
            200,
        ),
        (
            "a head byte by byte",
            b"GET / HTTP/1.1\r\nx: ".to_vec(),
            b"a",
            200,
        ),
        ("a body byte by byte", head.into_bytes(), b" ", 200),
        ("answers that nobody reads", unread, none, 50),
        ("10,000 idle connections", Vec::new(), none, 10_000),
    ]
    .into_iter()
    .map(|(name, first, drip, connections)| Attack::Hold {
        name,
        first,
        drip: drip.to_vec(),
        connections,
    })
    .collect()
}
