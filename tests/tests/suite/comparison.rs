//! One connector in several frameworks: what each does with the same calls and the same API.
//!
//! The book's page about it is what is seen here.

mod peer;
mod rmcp;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use plugwright_sdk::{Value, json};
use plugwright_tests::{Loopback, Received, SHELF};

use peer::{Peer, Tool};

/// What the API is asked for with.
const TOKEN: &str = "correct-horse-battery";

/// Where the book has the page.
const PAGE: &str = "../docs/src/comparison.md";

/// Set, it lets the test write the page before it looks at it.
const WRITE: &str = "PLUGWRIGHT_WRITE_PAGES";

/// A call, and how the API answers it.
struct Case {
    /// The row of the table.
    name: &'static str,
    tool: Tool,
    input: fn() -> Value,
    /// What the API says to the request, instead of its own answer.
    answer: Option<fn() -> (u16, Value)>,
    /// Whether the API says so only once.
    once: bool,
    /// What is written of the outcome.
    cell: fn(&Outcome) -> String,
}

/// What came of a call.
struct Outcome {
    failed: bool,
    /// All that the caller got.
    text: String,
    /// What the API received.
    requests: Vec<Received>,
}

impl Outcome {
    fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Says whether the call was refused before anything was sent.
    fn refusal(&self) -> String {
        match (self.failed, self.requests.is_empty()) {
            (true, true) => "refused".to_owned(),
            (true, false) => "sent, and failed".to_owned(),
            (false, true) => "nothing was sent".to_owned(),
            (false, false) => "**sent**".to_owned(),
        }
    }
}

const CASES: [Case; 11] = [
    Case {
        name: "a call that is right: `list` with `limit` 2",
        tool: Tool::List,
        input: || json!({ "limit": 2 }),
        answer: None,
        once: false,
        cell: |outcome| {
            assert!(!outcome.failed, "{}", outcome.text);
            assert!(outcome.says("Lamp"), "{}", outcome.text);
            assert_eq!(outcome.requests[0].target, "/items?limit=2");
            "2 items".to_owned()
        },
    },
    Case {
        name: "a parameter that does not exist, `limt`",
        tool: Tool::List,
        input: || json!({ "limt": 2 }),
        answer: None,
        once: false,
        cell: |outcome| {
            if outcome.failed && outcome.says("`limit`") {
                "refused, names `limit`".to_owned()
            } else {
                outcome.refusal()
            }
        },
    },
    Case {
        name: "a text for a number, `limit` \"many\"",
        tool: Tool::List,
        input: || json!({ "limit": "many" }),
        answer: None,
        once: false,
        cell: Outcome::refusal,
    },
    Case {
        name: "a number out of its range, `limit` 1000",
        tool: Tool::List,
        input: || json!({ "limit": 1000 }),
        answer: None,
        once: false,
        cell: Outcome::refusal,
    },
    Case {
        name: "no `name` in `create`",
        tool: Tool::Create,
        input: || json!({ "note": "for books" }),
        answer: None,
        once: false,
        cell: Outcome::refusal,
    },
    Case {
        name: "an id that leads elsewhere, `../admin`",
        tool: Tool::Get,
        input: || json!({ "id": "../admin" }),
        answer: None,
        once: false,
        cell: |outcome| match outcome.requests.first() {
            None => "refused".to_owned(),
            Some(request) if request.target.starts_with("/items/") => {
                format!("`GET {}`", request.target)
            }
            Some(request) => format!("**`GET {}`**", request.target),
        },
    },
    Case {
        name: "the API is not available for a moment (503), `list`",
        tool: Tool::List,
        input: || json!({}),
        answer: Some(|| (503, json!({ "message": "try again" }))),
        once: true,
        cell: |outcome| {
            if outcome.failed {
                "**an error**".to_owned()
            } else {
                format!("asked {} times, 2 items", outcome.requests.len())
            }
        },
    },
    Case {
        name: "the same for `create`, which may have created something",
        tool: Tool::Create,
        input: || json!({ "name": "Vase" }),
        answer: Some(|| (503, json!({ "message": "try again" }))),
        once: true,
        cell: |outcome| match (outcome.failed, outcome.requests.len()) {
            (true, 1) => "an error, sent once".to_owned(),
            (_, times) => format!("**sent {times} times**"),
        },
    },
    Case {
        name: "the API refuses the name of an item",
        tool: Tool::Create,
        input: || json!({ "name": "Lamp" }),
        answer: Some(|| {
            (
                422,
                json!({ "code": "name_taken", "message": "there is a Lamp" }),
            )
        }),
        once: false,
        cell: |outcome| {
            assert!(outcome.failed, "{}", outcome.text);
            assert!(outcome.says("there is a Lamp"), "{}", outcome.text);
            if outcome.says("CONFLICT") {
                "the API's words, and the code `CONFLICT`".to_owned()
            } else {
                "the API's words".to_owned()
            }
        },
    },
    Case {
        name: "the API's answer has no `id`",
        tool: Tool::Get,
        input: || json!({ "id": "1" }),
        answer: Some(|| (200, json!({ "name": "Lamp", "note": null }))),
        once: false,
        cell: |outcome| {
            let names_it = ["`id`", "'id'", r"\nid\n"];
            match (outcome.failed, names_it.iter().any(|id| outcome.says(id))) {
                (true, true) => "an error that names `id`".to_owned(),
                (true, false) => "an error".to_owned(),
                (false, _) => "**passed on**".to_owned(),
            }
        },
    },
    Case {
        name: "the API says the token in an error",
        tool: Tool::Create,
        input: || json!({ "name": "Lamp" }),
        answer: Some(|| {
            let text = format!("{TOKEN} may not create items");
            (422, json!({ "code": "name_taken", "message": text }))
        }),
        once: false,
        cell: |outcome| {
            if outcome.says(TOKEN) {
                "**the caller sees the token**".to_owned()
            } else {
                "redacted".to_owned()
            }
        },
    },
];

/// The API; what is put into `answer` is said in place of its own words.
struct Api {
    server: Loopback,
    answer: Arc<std::sync::Mutex<Option<(u16, Value, bool)>>>,
}

impl Api {
    async fn start() -> Self {
        let answer: Arc<std::sync::Mutex<Option<(u16, Value, bool)>>> = Arc::default();
        let said = Arc::clone(&answer);
        let server = Loopback::start(move |request| {
            let mut said = said.lock().expect("nobody panicked");
            let (status, body) = match said.clone() {
                Some((status, body, once)) => {
                    if once {
                        *said = None;
                    }
                    (status, body)
                }
                None => own(request),
            };
            let body = body.to_string();
            format!(
                "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        })
        .await
        .expect("a port");
        Self { server, answer }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }
}

/// The API's own words.
fn own(request: &Received) -> (u16, Value) {
    let lamp = json!({ "id": "1", "name": "Lamp", "note": "for the desk" });
    let chair = json!({ "id": "2", "name": "Chair", "note": null });
    match (request.method.as_str(), request.target.split('?').next()) {
        ("GET", Some("/items")) => (200, json!({ "items": [lamp, chair], "next_cursor": null })),
        ("POST", Some("/items")) => (201, json!({ "id": "3", "name": "Vase", "note": null })),
        ("GET", _) => (200, lamp),
        _ => (404, json!({ "message": "there is nothing" })),
    }
}

async fn outcome(case: &Case, peer: &mut Peer, api: &Api) -> Outcome {
    let told = case.answer.map(|answer| answer());
    *api.answer.lock().expect("nobody panicked") =
        told.map(|(status, body)| (status, body, case.once));
    let before = api.server.received().len();
    let (failed, text) = peer.call(case.tool, (case.input)()).await;
    let requests = api.server.received().split_off(before);
    Outcome {
        failed,
        text,
        requests,
    }
}

#[test]
fn the_connector_that_is_compared_conforms() {
    plugwright_sdk::testing::check(&SHELF);
}

#[tokio::test]
async fn the_book_says_what_each_framework_does() {
    let api = Api::start().await;
    let mut peers = Peer::all(&api.url(), TOKEN).await;
    let mut table = "| |".to_owned();
    for peer in &peers {
        write!(table, " {} |", peer.name()).expect("a text");
    }
    table.push_str("\n| --- |");
    table.push_str(&" --- |".repeat(peers.len()));
    table.push_str("\n| lines that are not empty |");
    for peer in &peers {
        write!(table, " {} |", peer.lines()).expect("a text");
    }
    for case in &CASES {
        write!(table, "\n| {} |", case.name).expect("a text");
        for peer in &mut peers {
            let outcome = outcome(case, peer, &api).await;
            println!(
                "{} / {}: {} {}",
                case.name,
                peer.name(),
                outcome.failed,
                outcome.text
            );
            let cell = if peer.is_silent_of(case.once) {
                "by its server, not run here".to_owned()
            } else {
                (case.cell)(&outcome)
            };
            write!(table, " {cell} |").expect("a text");
        }
    }
    table.push('\n');
    for peer in &peers {
        write!(table, "\n<details><summary>{}</summary>\n", peer.name()).expect("a text");
        for file in peer.files() {
            let name = Path::new(file)
                .file_name()
                .expect("a file's name")
                .display();
            let language = match Path::new(file).extension().and_then(OsStr::to_str) {
                Some("py") => "python",
                Some("ts") => "typescript",
                _ => "rust,ignore",
            };
            let text = fs::read_to_string(file).expect("a file of the comparison");
            write!(table, "\n`{name}`:\n\n```{language}\n{text}```\n").expect("a text");
        }
        table.push_str("\n</details>\n");
    }
    in_the_book(&table);
}

/// Holds the page to a table.
fn in_the_book(table: &str) {
    const BEGIN: &str = "<!-- comparison:begin -->\n\n";
    const END: &str = "\n<!-- comparison:end -->";
    let path = Path::new(PAGE);
    let page = fs::read_to_string(path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the table's begin");
    let (found, after) = rest.split_once(END).expect("the table's end");
    if std::env::var_os(WRITE).is_some() {
        fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).expect("the page");
        return;
    }
    assert_eq!(found, table, "run the test with {WRITE}=1 to write it");
}
