//! A fake server of the operator's API.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::binary::{Ran, command, finish};

pub(crate) const TOKEN: &str = "operator-operator";
pub(crate) const WORK: &str = "01946b1e-7a3c-7000-8000-000000000001";
const HOME: &str = "01946b1e-7a3c-7000-8000-000000000002";
const TODO: &str = "01946b1e-7a3c-7000-8000-000000000003";
pub(crate) const CI: &str = "01946b1e-7a3c-7000-8000-000000000011";

pub(crate) const ACME: &str = "01946b1e-7a3c-7000-8000-000000000021";
pub(crate) const KEY: &str = "01946b1e-7a3c-7000-8000-000000000022";
pub(crate) const CONFIG: &str = "01946b1e-7a3c-7000-8000-000000000023";

/// A request: method, path with query, body.
pub(crate) type Asked = (String, String, Value);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Asked>>>);

/// The server, which stops when this is dropped.
pub(crate) struct Fake {
    address: SocketAddr,
    log: Log,
    _runtime: tokio::runtime::Runtime,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let log = Log::default();
        let app = Router::new().fallback(answer).with_state(log.clone());
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            log,
            _runtime: runtime,
        }
    }

    /// Returns the binary, set up to talk to this server.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .env("PLUGWRIGHT_GATEWAY", format!("http://{}/", self.address))
            .env("PLUGWRIGHT_ADMIN_TOKEN", TOKEN);
        command
    }

    /// Runs the binary with arguments separated by spaces.
    pub(crate) fn run(&self, line: &str) -> Ran {
        let arguments: Vec<_> = line.split_whitespace().collect();
        finish(&mut self.command(&arguments))
    }

    /// Returns the last request.
    pub(crate) fn last(&self) -> Asked {
        self.log.0.lock().unwrap().last().unwrap().clone()
    }

    /// Returns the number of requests.
    pub(crate) fn count(&self) -> usize {
        self.log.0.lock().unwrap().len()
    }
}

fn error(status: u16, code: &str, message: &str, hint: &str) -> Response {
    let body = json!({ "error": {
        "code": code, "message": message, "hint": hint, "status": status,
    } });
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

fn invalid(param: &str, message: &str) -> Response {
    let body = json!({ "error": {
        "code": "VALIDATION_ERROR", "message": format!("`{param}` {message}"), "hint": "fix_input",
        "status": 422, "faults": [{ "param": param, "message": message }],
    } });
    (StatusCode::UNPROCESSABLE_ENTITY, body.to_string()).into_response()
}

fn connection(id: &str, connector: &str, name: &str) -> Value {
    json!({
        "id": id, "connector": connector, "organization": "default", "name": name,
        "isDefault": id == WORK, "scheme": "bearer_token", "status": "active",
        "account": { "id": "583231", "label": "octo\u{1b}[2Jcat" }, "settings": {},
        "createdAt": "2027-01-15T08:00:00.000Z", "updatedAt": "2027-01-15T08:00:00.000Z",
    })
}

fn token() -> Value {
    json!({
        "id": CI, "name": "ci", "preview": "pw_abcd", "createdAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": null, "revokedAt": null,
        "grant": {
            "actions": ["github.*"], "blockedActions": [], "effects": ["read"], "proxies": [],
            "organizations": ["default"], "rateLimit": { "calls": 100, "perSeconds": 60 },
            "mcpTools": ["search_actions"],
        },
    })
}

fn project() -> Value {
    json!({
        "id": ACME, "name": "acme", "displayName": "Acme\u{1b}[2J", "returnUris": ["acme:"],
        "createdAt": "2027-01-15T08:00:00.000Z",
    })
}

fn key() -> Value {
    let mut key = token();
    key["id"] = json!(KEY);
    key["name"] = json!("backend");
    key["preview"] = json!("pw_proj_abcde");
    key["project"] = json!(ACME);
    key
}

fn config(id: &str, connector: &str) -> Value {
    json!({
        "id": id, "project": ACME, "connector": connector, "name": "GitHub", "active": true,
        "scopes": null, "oauthClient": oauth_client(), "createdAt": "2027-01-15T08:00:00.000Z",
    })
}

fn oauth_client() -> Value {
    json!({
        "connector": "github", "source": "store", "clientId": "Iv1.7", "hasSecret": true,
        "inUse": true, "updatedAt": "2027-01-15T08:00:00.000Z",
    })
}

/// Answers requests about end users' accounts.
fn of_accounts(method: &str, path: &str, sent: &Value) -> Option<Value> {
    let items = |items: Value| Some(json!({ "items": items }));
    let below = path
        .strip_prefix("/projects")
        .map(|rest| rest.trim_start_matches('/'));
    match (method, below) {
        ("GET", Some("")) => return items(json!([project()])),
        ("POST", Some("")) => return Some(project()),
        _ => {}
    }
    let below = below.and_then(|rest| rest.strip_prefix(ACME));
    match (method, below, path) {
        ("PATCH", Some(""), _) => Some(project()),
        ("GET", Some("/keys"), _) => items(json!([key()])),
        ("POST", Some("/keys"), _) => {
            let mut made = key();
            made["token"] = json!("pw_proj_secret");
            made["name"] = sent["name"].clone();
            Some(made)
        }
        ("GET", Some("/provider-configs"), _) => {
            items(json!([config(CONFIG, "github"), config(TODO, "todoist")]))
        }
        ("POST", Some("/provider-configs"), _) => Some(config(CONFIG, "github")),
        ("PATCH", _, path) if path.starts_with("/provider-configs/") => {
            Some(config(CONFIG, "github"))
        }
        ("GET", _, "/oauth-clients") => items(json!([oauth_client()])),
        ("PUT", _, path) if path.contains("oauth-client") => Some(oauth_client()),
        _ => None,
    }
}

fn run(number: u32) -> Value {
    json!({
        "id": format!("01946b1e-7a3c-7000-8000-0000000001{number:02}"),
        "startedAt": "2027-01-15T08:00:00.000Z", "surface": "/v1/actions",
        "principal": "admin", "organization": "default", "connector": "github",
        "action": "github.issues.list", "connection": WORK, "effect": "read", "mode": "live",
        "outcome": "ok", "message": null, "status": 200, "replayed": false, "attempts": 1,
        "durationMicros": { "total": 12345 }, "bytes": {},
    })
}

#[expect(clippy::too_many_lines, reason = "one arm for each path")]
async fn answer(
    State(log): State<Log>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let sent = if body.is_empty() {
        Value::Null
    } else {
        assert_eq!(headers["content-type"], "application/json");
        serde_json::from_slice(&body).unwrap()
    };
    log.0
        .lock()
        .unwrap()
        .push((method.to_string(), uri.to_string(), sent.clone()));
    if uri.path().starts_with("/v1/") && !headers.contains_key("authorization") {
        let body = json!({
            "success": false, "message": "send an `Authorization` header", "errorCode": "unauthorized",
            "meta": { "code": "UNAUTHORIZED", "status": 401, "hint": "auth" },
        });
        return (StatusCode::UNAUTHORIZED, body.to_string()).into_response();
    }
    if headers.get("authorization").and_then(|it| it.to_str().ok())
        != Some(&format!("Bearer {TOKEN}"))
    {
        return error(
            403,
            "ADMIN_AUTH_INVALID",
            "this is not the operator's token",
            "auth",
        );
    }
    if uri.path() == "/v1/connections/githb/connect" {
        let body = json!({
            "message": "no service is named `githb`", "errorCode": "service_not_found",
            "meta": { "code": "CONNECTOR_NOT_FOUND", "status": 404 },
        });
        return (StatusCode::NOT_FOUND, body.to_string()).into_response();
    }
    if uri.path() == "/v1/connections" {
        let organization = headers.get("x-oo-organization-name");
        return if organization.is_some_and(|name| name == "acme") {
            error(
                403,
                "CONNECTION_NOT_ALLOWED",
                "there is no organization `acme`",
                "abort",
            )
        } else {
            json!({ "data": [] }).to_string().into_response()
        };
    }
    if uri.path() == "/v1/actions" {
        let services = json!({ "data": [{ "service": "github" }] });
        return services.to_string().into_response();
    }
    let path = uri.path().strip_prefix("/admin").unwrap().to_owned();
    let query = uri.query().unwrap_or_default();
    let all = [
        connection(WORK, "github", "work"),
        connection(HOME, "github", "home"),
        connection(TODO, "todoist", "work"),
    ];
    let ok = |body: Value| body.to_string().into_response();
    if sent["connector"] == "githb" {
        return invalid("connector", "names an unknown connector, `githb`");
    }
    if path == "/oauth-clients/githb" && method == Method::PUT {
        return error(
            404,
            "CONNECTOR_NOT_FOUND",
            "no connector is named `githb`",
            "abort",
        );
    }
    if let Some(body) = of_accounts(method.as_str(), &path, &sent) {
        return ok(body);
    }
    match (method.as_str(), path.as_str()) {
        ("GET", "/tokens") => ok(json!({ "items": [token()] })),
        ("POST", "/tokens") if sent["name"] == "faulty" => {
            let faults = json!([
                { "param": "expiresAt", "message": "must be in the future" },
                { "param": "grant.organizations[0]", "message": "is unknown" },
            ]);
            let body = json!({ "error": {
                "code": "VALIDATION_ERROR", "message": "2 problems", "status": 422, "faults": faults,
            } });
            (StatusCode::UNPROCESSABLE_ENTITY, body.to_string()).into_response()
        }
        ("POST", "/organizations") if sent["name"] == "denied" => {
            error(403, "POLICY_DENIED", "not allowed", "abort")
        }
        ("GET", "/runs") if query.contains("connector=githb") => ok(json!({ "items": [] })),
        ("POST", "/tokens") => {
            let mut made = token();
            made["token"] = json!("pw_secret");
            made["name"] = sent["name"].clone();
            made["warnings"] = json!(["no action matches `githb.*`"]);
            (StatusCode::CREATED, made.to_string()).into_response()
        }
        ("PATCH", _) if path.starts_with("/tokens/") => ok(token()),
        ("DELETE", "/oauth-clients/githb") => {
            error(404, "NOT_FOUND", "no OAuth client is stored", "abort")
        }
        ("DELETE", "/organizations/acme") => error(
            409,
            "CONFLICT",
            "the organization still has connections",
            "abort",
        ),
        ("DELETE", _) => StatusCode::NO_CONTENT.into_response(),
        ("GET", "/organizations") => ok(json!({ "items": [
            { "name": "default", "createdAt": "2027-01-15T08:00:00.000Z" },
        ] })),
        ("POST", "/organizations") => ok(json!({
            "name": sent["name"], "createdAt": "2027-01-15T08:00:00.000Z",
        })),
        ("GET", "/connections") => {
            let only = query
                .split('&')
                .find_map(|it| it.strip_prefix("connector="));
            let found: Vec<_> = all
                .into_iter()
                .filter(|it| only.is_none_or(|only| it["connector"] == only))
                .collect();
            ok(json!({ "items": found }))
        }
        ("POST", "/connections") if sent["connector"] == "hackernews" => invalid(
            "connector",
            "can't be `hackernews`, which needs no connection",
        ),
        ("POST", "/connections") => match sent["credential"]["token"].as_str() {
            Some("spoilt") => invalid("credential.token", "must not be spoilt"),
            Some("away") => error(
                502,
                "UPSTREAM_UNREACHABLE",
                "can't connect to api.github.com",
                "retry",
            ),
            Some("wrong") => error(403, "AUTH_INVALID", "GitHub refuses the credential", "auth"),
            _ => ok(connection(WORK, "github", "work")),
        },
        ("GET", "/runs") => {
            let last = query.contains("cursor=next");
            ok(json!({
                "items": if last { vec![run(3)] } else { vec![run(1), run(2)] },
                "cursor": if last { Value::Null } else { json!("next") },
            }))
        }
        ("POST", "/vault/rotate") => ok(json!({
            "keyId": "k2", "resealed": 7, "unused": [], "damagedCount": 1,
            "damaged": [format!("connection {WORK}")],
        })),
        (_, path) if path.contains(WORK) => ok(connection(WORK, "github", "work")),
        ("GET", path) if path.starts_with("/runs/01946b1e") => {
            let mut run = run(1);
            run["payload"] = json!({ "input": { "repo": "o/r" }, "output": [] });
            ok(run)
        }
        _ => error(404, "NOT_FOUND", "there is no such run", "abort"),
    }
}
