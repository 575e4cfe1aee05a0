//! Rows of the clients for own connections.

use std::future::{Ready, ready};
use std::time::Duration;

use plugwright_client::{
    CallOptions, Connector, ConnectorBuilder, Error, ProviderQuery, ProxyRequest, SearchQuery,
};
use plugwright_sdk::{Value, json};

use super::recorder::Reply::{Cut, Silence, Whole};
use super::row::{Row, row};

type Own = Row<Connector, ConnectorBuilder>;

const LATER: Duration = Duration::from_millis(700);

/// Ends a call early, as whoever drops its future does.
async fn cancelled<T>(call: impl Future<Output = Result<T, Error>>) -> Result<Value, Error> {
    match tokio::time::timeout(Duration::from_millis(200), call).await {
        Ok(ended) => ended.map(|_| Value::Null),
        Err(_) => Ok(json!("cancelled")),
    }
}

/// Only makes a client.
fn built(client: Result<Connector, Error>) -> Ready<Result<(), Error>> {
    ready(client.map(drop))
}

macro_rules! own {
    ($($row:tt)*) => {
        row!(Connector, ConnectorBuilder; $($row)*)
    };
}

pub(super) fn methods() -> Vec<Own> {
    vec![
        own!(r#"client.execute("local.things.get", { id: "1" })"#,
            |client| client.execute::<Value>("local.things.get", &json!({ "id": "1" }))),
        own!(r#"client.executeRaw("local.things.get", { id: "1" })"#,
            |client| client.execute_raw::<Value>("local.things.get", &json!({ "id": "1" }))),
        own!(r#"client.local.things_create({ name: "Grüße 🎈" })"#,
            |client| client.action("local.things_create").input(json!({ "name": "Grüße 🎈" })).execute::<Value>()),
        own!(r#"client.execute("local.things.list")"#,
            |client| client.action("local.things.list").execute::<Value>()),
        own!(r#"client.execute("local/things.get", { id: "1" })"#,
            |client| client.execute::<Value>("local/things.get", &json!({ "id": "1" }))),
        own!(r#"client.using({ connectionName: "second" }).execute("local.things.get", { id: "who" })"#,
            |client| client.using(CallOptions::new().connection_name("second"))
                .execute::<Value>("local.things.get", &json!({ "id": "who" }))),
        own!(r#"client.proxy("local", { endpoint: "/echo?a=1", method: "POST", query: { b: ["2", 3] }, headers: { "x-trace": "t1" }, body: { some: "text" } })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::post("/echo?a=1")
                .query("b", json!(["2", 3])).header("x-trace", "t1").json(json!({ "some": "text" })))),
        own!(r#"client.proxy("local", { endpoint: "/method", method: "GET" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::get("/method"))),
        own!(r#"client.proxy("local", { endpoint: "/method", method: "PUT" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::put("/method"))),
        own!(r#"client.proxy("local", { endpoint: "/method", method: "PATCH" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::patch("/method"))),
        own!(r#"client.proxy("local", { endpoint: "/method", method: "DELETE" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::delete("/method"))),
        own!(r#"client.proxy("local", { endpoint: "/bytes", method: "GET" })"#,
            |client| client.proxy::<String>("local", &ProxyRequest::get("/bytes"))),
        own!(r#"client.catalog.action("local.things.create")"#,
            |client| client.catalog().action("local.things.create")),
        own!(r#"client.catalog.action("a.b")"#, |client| client.catalog().action("a.b"))
            .answered(&[Whole(200, "", r#"{"success":true,"data":{"id":"a.b","service":"a","name":"B","inputSchema":{},"outputSchema":{},"followUpActions":[{"actionId":"a.c"}]}}"#)])
            .differs("`follow_up_actions` are ids, however the gateway writes them", |npm, rust| {
                assert_eq!(npm.requests, rust.requests);
                assert_eq!(npm.outcome["data"]["followUpActions"], json!([{ "actionId": "a.c" }]));
                assert_eq!(rust.outcome["data"]["followUpActions"], json!(["a.c"]));
            }),
        own!(r#"client.catalog.actions("local")"#,
            |client| client.catalog().actions("local")),
        own!("client.catalog.providers()",
            |client| client.catalog().providers(&ProviderQuery::new())),
        own!(r#"client.catalog.providers({ service: ["local", "free"], q: "no auth&" })"#,
            |client| client.catalog().providers(&ProviderQuery::new().service("local").service("free").text("no auth&"))),
        own!("client.apps.list()",
            |client| client.apps().list()),
        own!("open.health()", |client| client.health()),
        own!("open.catalog.services()", |client| client.catalog().services()),
        own!(r#"open.catalog.search("put a thing", { service: "local", limit: 2 })"#,
            |client| client.catalog().search("put a thing", &SearchQuery::new().service("local").limit(2))),
        own!(r#"open.catalog.search("thing")"#,
            |client| client.catalog().search("thing", &SearchQuery::new())),
        own!(r#"open.apps.listByService("local")"#, |client| client.apps().list_by_service("local")),
        own!(r#"open.apps.authenticated(["local", "free"])"#,
            |client| client.apps().authenticated(&["local", "free"])),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn options() -> Vec<Own> {
    vec![
        own!(
            r#"new Connector({ ...options, apiKey: "wrong" }).apps.list()"#,
            |client, builder| builder.api_key("wrong").build()?.apps().list()
        ),
        own!(
            r#"new Connector({ ...options, apiKey: "" })"#,
            |client, builder| built(builder.api_key("").build())
        ),
        own!(
            "new Connector({ baseUrl: options.baseUrl })",
            |client, _builder| built(Connector::builder().base_url(client.base_url()).build())
        ),
        own!(
            "new OpenConnector({ baseUrl: options.baseUrl.slice(0, -3) }).catalog.services()",
            |client, builder| builder.without_api_key().build()?.catalog().services()
        ),
        own!(
            "new Connector({ ...options, baseUrl: `${options.baseUrl}///` }).apps.list()",
            |client, builder| builder
                .base_url(format!("{}///", client.base_url()))
                .build()?
                .apps()
                .list()
        ),
        own!(
            r#"new Connector({ ...options, team: "acme" }).execute("local.things.get", { id: "who" })"#,
            |client, builder| builder
                .team("acme")
                .build()?
                .execute::<Value>("local.things.get", &json!({ "id": "who" }))
        ),
        own!(
            r#"client.execute("local.things.get", { id: "who" }, { team: "acme" })"#,
            |client| client
                .action("local.things.get")
                .input(json!({ "id": "who" }))
                .team("acme")
                .execute::<Value>()
        ),
        own!(
            r#"client.using({ team: "nope" }).using({ connectionName: "second" }).execute("local.things.get", { id: "who" }, { team: "" })"#,
            |client| client
                .using(CallOptions::new().team("nope"))
                .using(CallOptions::new().connection_name("second"))
                .action("local.things.get")
                .input(json!({ "id": "who" }))
                .team("")
                .execute::<Value>()
        ),
        own!(
            r#"new Connector({ ...options, connectionName: "second" }).apps.list()"#,
            |client, builder| builder.connection_name("second").build()?.apps().list()
        ),
        own!(
            r#"new Connector({ ...options, connectionName: "second" }).execute("local.things.get", { id: "who" }, { connectionName: "" })"#,
            |client, builder| builder
                .connection_name("second")
                .build()?
                .action("local.things.get")
                .input(json!({ "id": "who" }))
                .connection_name("")
                .execute::<Value>()
        ),
        own!(
            r#"client.catalog.providers({}, { team: "acme", connectionName: "first" })"#,
            |client| client
                .using(CallOptions::new().team("acme").connection_name("first"))
                .catalog()
                .providers(&ProviderQuery::new())
        ),
        own!(
            r#"client.execute("local.things.list", {}, { team: "a\r\nb" })"#,
            |client| client
                .action("local.things.list")
                .team("a\r\nb")
                .execute::<Value>()
        )
        .differs("the error names the action here", |npm, rust| {
            assert_eq!(
                (npm.code(), rust.code()),
                ("client_invalid_request", "client_invalid_request")
            );
            assert!(npm.requests.is_empty() && rust.requests.is_empty());
            assert_eq!(rust.error()["actionId"], "local.things.list");
        }),
        own!(
            r#"client.execute("local.things.list", {}, { connectionName: "é", retries: 0 })"#,
            |client| client
                .action("local.things.list")
                .input(json!({}))
                .connection_name("é")
                .retries(0)
                .execute::<Value>()
        ),
        own!(
            r#"client.execute("local.things.list", {}, { team: "团队", retries: 0 })"#,
            |client| client
                .action("local.things.list")
                .team("团队")
                .retries(0)
                .execute::<Value>()
        )
        .differs(
            "`client_network_error` there, `client_invalid_request` here; nothing is sent",
            |npm, rust| {
                assert_eq!(
                    (npm.code(), rust.code()),
                    ("client_network_error", "client_invalid_request")
                );
                assert!(npm.requests.is_empty() && rust.requests.is_empty());
            },
        ),
        own!(
            "new Connector({ ...options, timeoutMs: 150, maxRetries: 1 }).apps.list()",
            |client, builder| builder
                .timeout(Duration::from_millis(150))
                .retries(1)
                .build()?
                .apps()
                .list()
        )
        .answered(&[Silence(LATER), Silence(LATER)]),
        own!(
            "client.apps.list({ timeoutMs: 150, retries: 0 })",
            |client| client
                .using(
                    CallOptions::new()
                        .timeout(Duration::from_millis(150))
                        .retries(0)
                )
                .apps()
                .list()
        )
        .answered(&[Silence(LATER)]),
        own!("client.apps.list({ retries: -1 })", |client| client
            .using(CallOptions::new().retries(0))
            .apps()
            .list())
        .answered(&[Whole(503, "", "")]),
        own!(
            "new Connector({ ...options, fetch: (url, init) => fetch(url, init) }).apps.list()",
            |client, builder| builder
                .http_client(plugwright_tests::gateway::client())
                .build()?
                .apps()
                .list()
        ),
        own!(
            r#"client.execute("local.things.list", {}, { signal: AbortSignal.timeout(200) })"#,
            |client| cancelled(client.execute::<Value>("local.things.list", &json!({})))
        )
        .answered(&[Silence(LATER)])
        .differs("dropping the future cancels the call", |npm, rust| {
            assert_eq!(npm.requests, rust.requests);
            assert_eq!(npm.error()["name"], "TimeoutError");
            assert_eq!(rust.outcome["data"], "cancelled");
        }),
    ]
}

pub(super) fn retries() -> Vec<Own> {
    vec![
        own!(r#"client.execute("a.b", { n: 1 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 1 })))
            .answered(&[Whole(429, "", ""), Whole(503, "", "down"), Whole(200, "", r#"{"success":true,"data":1}"#)]),
        own!(r#"client.execute("a.b", { n: 2 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 2 })))
            .answered(&[Cut(0), Cut(40), Whole(200, "", r#"{"success":true,"data":1}"#)]),
        own!(r#"client.execute("a.b", { n: 3 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 3 })))
            .answered(&[Cut(0), Cut(10), Cut(50)]),
        own!(r#"client.execute("a.b", { n: 4 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 4 })))
            .answered(&[Whole(501, "retry-after: 0\r\n", r#"{"success":false,"errorCode":"proxy_not_supported","message":"no","data":null}"#); 3]),
        own!(r#"client.execute("a.b", { n: 5 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 5 })))
            .answered(&[Whole(409, "retry-after: 0\r\n", r#"{"success":false,"errorCode":"request_in_progress","message":"wait","data":null}"#),
                Whole(200, "", r#"{"success":false,"errorCode":"rate_limited","message":"wait","data":null}"#),
                Whole(200, "", r#"{"success":true,"data":1}"#)]),
        own!(r#"client.execute("a.b", { n: 6 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 6 })))
            .answered(&[Whole(408, "retry-after: 0\r\n", r#"{"success":false,"errorCode":"strange","message":"late","data":null}"#)]),
        own!(r#"client.execute("a.b", { n: 7 })"#, |client| client.execute::<Value>("a.b", &json!({ "n": 7 })))
            .answered(&[Whole(409, "retry-after: 0\r\n", r#"{"success":false,"errorCode":"idempotency_request_in_progress","message":"wait","data":null}"#),
                Whole(200, "", r#"{"success":true,"data":1}"#)])
            .differs("`idempotency_request_in_progress` is waited for, no longer than all attempts may take", |npm, rust| {
                assert_eq!((npm.code(), npm.requests.len()), ("idempotency_request_in_progress", 1));
                assert_eq!((&rust.outcome["data"], rust.requests.len()), (&json!(1), 2));
            }),
    ]
}

pub(super) fn errors() -> Vec<Own> {
    vec![
        own!(r#"client.execute("local.things.gat", {})"#, |client| client
            .execute::<Value>("local.things.gat", &json!({}))),
        own!(r#"client.execute("nope.a", {})"#, |client| client
            .execute::<Value>("nope.a", &json!({}))),
        own!(
            r#"client.execute("local.things.list", { limit: 1000, page: 1 })"#,
            |client| client
                .execute::<Value>("local.things.list", &json!({ "limit": 1000, "page": 1 }))
        ),
        own!(
            r#"client.execute("local.things.get", { id: "1" }, { connectionName: "nope" })"#,
            |client| client
                .action("local.things.get")
                .input(json!({ "id": "1" }))
                .connection_name("nope")
                .execute::<Value>()
        ),
        own!(
            r#"client.execute("local.things.get", { id: "broken" }, { retries: 0 })"#,
            |client| client
                .action("local.things.get")
                .input(json!({ "id": "broken" }))
                .retries(0)
                .execute::<Value>()
        ),
        own!(
            r#"client.proxy("local", { endpoint: "/things/missing", method: "GET" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::get("/things/missing"))
        ),
        own!(
            r#"client.execute("local.things.create", { name: "broken" })"#,
            |client| client.execute::<Value>("local.things.create", &json!({ "name": "broken" }))
        ),
        own!(
            r#"client.execute("local.things.get", { id: "missing" })"#,
            |client| client.execute::<Value>("local.things.get", &json!({ "id": "missing" }))
        ),
        own!(
            r#"client.execute("local.things.create", { name: "cut off" })"#,
            |client| client.execute::<Value>("local.things.create", &json!({ "name": "cut off" }))
        ),
        own!(r#"client.catalog.action("search term/x")"#, |client| client
            .catalog()
            .action("search term/x")),
        own!(r#"client.catalog.actions("lokal")"#, |client| client
            .catalog()
            .actions("lokal")),
        own!(
            r#"client.proxy("lokal", { endpoint: "/x", method: "GET" })"#,
            |client| client.proxy::<Value>("lokal", &ProxyRequest::get("/x"))
        ),
        own!(
            r#"client.proxy("local", { endpoint: "/../x", method: "GET" })"#,
            |client| client.proxy::<Value>("local", &ProxyRequest::get("/../x"))
        ),
        own!(r#"client.execute("..", {})"#, |client| client
            .execute::<Value>("..", &json!({})))
        .differs(
            "sends `POST /v1/` there; `client_invalid_request` here, and nothing is sent",
            |npm, rust| {
                assert_eq!(
                    (npm.requests[0].line.as_str(), npm.code()),
                    ("POST /v1/", "not_found")
                );
                assert_eq!(
                    (rust.requests.len(), rust.code()),
                    (0, "client_invalid_request")
                );
            },
        ),
    ]
}

pub(super) fn bodies() -> Vec<Own> {
    vec![
        own!(r#"client.execute("a.empty", {})"#, |client| client.execute::<Value>("a.empty", &json!({})))
            .answered(&[Whole(200, "", "")]),
        own!(r#"client.execute("a.bare", {})"#, |client| client.execute::<Value>("a.bare", &json!({})))
            .answered(&[Whole(200, "", r#"{"status":"ok","data":[1]}"#)]),
        own!(r#"client.execute("a.text", {})"#, |client| client.execute::<Value>("a.text", &json!({})))
            .answered(&[Whole(200, "content-type: application/json\r\n", "only text")]),
        own!(r#"client.executeRaw("a.no_message", {})"#, |client| client.execute_raw::<Value>("a.no_message", &json!({})))
            .answered(&[Whole(200, "", r#"{"success":true,"data":null,"meta":{"actionId":"b.c"}}"#)]),
        own!(r#"client.executeRaw("a.no_meta", {})"#, |client| client.execute_raw::<Value>("a.no_meta", &json!({})))
            .answered(&[Whole(200, "", r#"{"success":true,"data":{"id":"1"}}"#)]),
        own!(r#"client.execute("a.runtime", {})"#, |client| client.execute::<Value>("a.runtime", &json!({})))
            .answered(&[Whole(401, "", r#"{"error":{"code":"unauthorized","message":"no token"}}"#)]),
        own!(r#"client.execute("a.other", {})"#, |client| client.execute::<Value>("a.other", &json!({})))
            .answered(&[Whole(400, "", r#"{"message":"strange","id":7}"#)]),
        own!(r#"client.execute("a.html", {})"#, |client| client.execute::<Value>("a.html", &json!({})))
            .answered(&[Whole(404, "content-type: text/html\r\n", "<h1>nothing here</h1>")]),
        own!(r#"client.execute("a.nothing", {})"#, |client| client.execute::<Value>("a.nothing", &json!({})))
            .answered(&[Whole(404, "", "")]),
        own!(r#"client.execute("a.failed", {})"#, |client| client.execute::<Value>("a.failed", &json!({})))
            .answered(&[Whole(424, "", r#"{"success":false,"message":"no","data":{"a":[1]},"errorCode":"provider_error","meta":{"requestId":"r","executionId":"e","actionId":"other"}}"#)]),
        own!(r#"client.execute("a.new", {})"#, |client| client.execute::<Value>("a.new", &json!({})))
            .answered(&[Whole(418, "", r#"{"success":false,"message":"no","errorCode":"a_new_code"}"#)]),
        own!("client.apps.list()", |client| client.apps().list())
            .answered(&[Whole(200, "", r#"{"success":true,"data":null}"#)]),
        own!("client.apps.list({})", |client| client.apps().list())
            .answered(&[Whole(200, "", r#"{"success":true,"data":{"items":[]}}"#)])
            .differs("a `TypeError` there, `client_invalid_response` here", |npm, rust| {
                assert_eq!((&npm.error()["name"], rust.code()), (&json!("TypeError"), "client_invalid_response"));
            }),
        own!(r#"client.execute("a.redirect", {})"#, |client| client.execute::<Value>("a.redirect", &json!({})))
            .answered(&[Whole(302, "location: /v1/health\r\n", "")])
            .differs("follows redirects there, with a GET; here a redirect is an error", |npm, rust| {
                assert_eq!(npm.requests[1].line, "GET /v1/health");
                assert_eq!((rust.requests.len(), &rust.error()["status"]), (1, &json!(302)));
            }),
    ]
}
