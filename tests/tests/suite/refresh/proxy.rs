//! What stands between a gateway and the token endpoint: it passes everything on, and kills the
//! gateway where that is planned.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use plugwright_sdk::Value;
use tokio::net::TcpListener;
use tokio::time::sleep;
use url::Url;

use crate::refresh::kills::{Kind, Plan};
use crate::refresh::process::Process;
use crate::refresh::world::Shared;

/// A request that waited longer is not passed on: its gateway may have given up.
const FRESH: Duration = Duration::from_secs(5);

/// A commit that does not come within this will not come.
const COMMIT: Duration = Duration::from_mins(1);

/// Starts the proxy of a process; returns its address.
pub(crate) async fn start(shared: Arc<Shared>, process: Arc<Process>) -> Url {
    let proxy = Proxy { shared, process };
    let router = Router::new()
        .route("/{life}/token", post(token))
        .with_state(proxy);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).expect("a URL")
}

#[derive(Clone)]
struct Proxy {
    shared: Arc<Shared>,
    process: Arc<Process>,
}

async fn token(
    State(proxy): State<Proxy>,
    Path(life): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request {
        life,
        arrived: Instant::now(),
        headers,
        body,
    };
    let shared = Arc::clone(&proxy.shared);
    // It goes on if the gateway dies, as the provider does.
    let passed = tokio::spawn(async move { proxy.pass(request).await });
    match passed.await {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            shared.book.violation(format!("a proxy broke off: {error}"));
            Answer::none().into_response()
        }
    }
}

struct Request {
    life: u64,
    arrived: Instant,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    fn field(&self, name: &str) -> Option<String> {
        let mut fields = url::form_urlencoded::parse(&self.body);
        let (_, value) = fields.find(|(field, _)| field == name)?;
        Some(value.into_owned())
    }
}

struct Answer {
    status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// Nobody gets this: whoever asked is dead, or asks again.
    fn none() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            body: Bytes::new(),
        }
    }

    fn field(&self, name: &str) -> Option<String> {
        let value: Value = serde_json::from_slice(&self.body).ok()?;
        value[name].as_str().map(str::to_owned)
    }

    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        (self.status, kind, self.body).into_response()
    }
}

impl Proxy {
    async fn pass(self, request: Request) -> Answer {
        let Some(token) = request.field("refresh_token") else {
            let answer = self.send(&request).await;
            self.learn(&answer).await;
            return answer;
        };
        let owner = self.shared.book.owner(&token);
        let account = owner.expect("the token was issued through a proxy");
        let quiet = self.shared.book.is_quiet(&account);
        match self.shared.plan.take_for(quiet) {
            Some(plan) => self.kill(&request, &token, &account, plan).await,
            None => self.refresh(&request, &token, &account).await,
        }
    }

    /// Returns whether the gateway that sent a request still waits for its answer.
    fn is_awaited(&self, request: &Request) -> bool {
        request.life == self.process.life()
            && self.process.is_running()
            && request.arrived.elapsed() < FRESH
    }

    async fn refresh(self, request: &Request, token: &str, account: &str) -> Answer {
        let whole = Arc::clone(&self.process.whole).read_owned().await;
        if !self.is_awaited(request) {
            return Answer::none();
        }
        let before = self.version(account).await;
        let answer = self.attempt(request, token, account).await;
        if answer.status.is_success() {
            let account = account.to_owned();
            tokio::spawn(async move {
                self.committed(&account, before).await;
                drop(whole);
            });
        }
        answer
    }

    /// Kills the process at the planned moment. If that does not come now, the plan stays.
    async fn kill(self, request: &Request, token: &str, account: &str, plan: Plan) -> Answer {
        let whole = Arc::clone(&self.process.whole).write_owned().await;
        if !self.is_awaited(request) {
            self.shared.plan.put(plan);
            return Answer::none();
        }
        if plan.kind == Kind::Before {
            self.process.kill().await;
            plan.done(&self.process, account);
            return Answer::none();
        }
        let before = self.version(account).await;
        let answer = self.attempt(request, token, account).await;
        if !answer.status.is_success() {
            self.shared.plan.put(plan);
            return answer;
        }
        if plan.kind == Kind::Window {
            self.shared.book.lose(account, token);
            self.process.kill().await;
            plan.done(&self.process, account);
            return Answer::none();
        }
        let account = account.to_owned();
        tokio::spawn(async move {
            self.committed(&account, before).await;
            self.process.kill().await;
            plan.done(&self.process, &account);
            drop(whole);
        });
        answer
    }

    async fn version(&self, account: &str) -> usize {
        self.shared.database().connection(account).await.version
    }

    /// Waits until a refreshed credential is stored.
    async fn committed(&self, account: &str, before: usize) {
        let begun = Instant::now();
        while self.version(account).await == before {
            if begun.elapsed() > COMMIT {
                let what = format!("a refresh of {account} was never committed");
                self.shared.book.violation(what);
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets the provider refresh, and notes what it says.
    async fn attempt(&self, request: &Request, token: &str, account: &str) -> Answer {
        let begun = Instant::now();
        let answer = self.send(request).await;
        let book = &self.shared.book;
        if answer.status.is_success() {
            book.accept(account, begun);
            let next = answer.field("refresh_token");
            book.issued(&next.expect("refresh tokens rotate"), account);
        } else {
            book.refuse(account, token, &String::from_utf8_lossy(&answer.body));
        }
        answer
    }

    async fn send(&self, request: &Request) -> Answer {
        let url = self.shared.server.token_endpoint();
        let mut sending = self.shared.http.post(url).body(request.body.clone());
        for name in [header::AUTHORIZATION, header::CONTENT_TYPE] {
            if let Some(value) = request.headers.get(&name) {
                sending = sending.header(name, value);
            }
        }
        let response = sending.send().await.expect("the provider answers");
        Answer {
            status: response.status(),
            body: response.bytes().await.expect("a whole answer"),
        }
    }

    /// Notes whose account a code was for.
    async fn learn(&self, answer: &Answer) {
        let (Some(access), Some(refresh)) =
            (answer.field("access_token"), answer.field("refresh_token"))
        else {
            return;
        };
        let url = self.shared.server.url("/api/me");
        let asking = self.shared.http.get(url).bearer_auth(access);
        let response = asking.send().await.expect("the provider answers");
        let body = response.bytes().await.expect("a whole answer");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let account = body["account"].as_str().expect("an account");
        self.shared.book.grant(account);
        self.shared.book.issued(&refresh, account);
    }
}
