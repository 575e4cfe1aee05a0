//! A gateway in a process of its own, as people run it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_sdk::transport::Live;
use plugwright_sdk::{Value, json};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::Fixture;

/// The operator's token of every gateway that is started here.
pub const OPERATOR: &str = "operator-of-the-tests";

/// The key of gateways that share a store: 32 bytes in base64.
pub const VAULT_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// How long a start or an end may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs `migrate` of a command line.
pub async fn migrate(fixture: Fixture, arguments: &[&str]) -> Output {
    let mut command = Command::from(fixture.command());
    command.arg("migrate").args(arguments).kill_on_drop(true);
    command.env_remove("PLUGWRIGHT_DATABASE_URL");
    command.output().await.expect("the binary can be run")
}

/// How a gateway is started: any number of times, on one data directory.
pub struct Setup {
    fixture: Fixture,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    data: PathBuf,
    /// Where it runs and logs to: a directory without a `plugwright.toml`. It is there for as long
    /// as this or a process that it started.
    scratch: Arc<TempDir>,
}

impl Setup {
    /// Makes a set-up on a data directory that ends with it and its processes. Loopback may be
    /// called, and no proxy of the machine is used.
    pub fn new(fixture: Fixture) -> Self {
        let scratch = tempfile::tempdir().expect("a temporary directory");
        Self {
            fixture,
            arguments: Vec::new(),
            environment: Vec::new(),
            data: scratch.path().join("data"),
            scratch: Arc::new(scratch),
        }
        .env("PLUGWRIGHT_ADMIN_TOKEN", OPERATOR)
        .env("PLUGWRIGHT_EGRESS_ALLOW", "127.0.0.1")
        .env("NO_PROXY", "127.0.0.1")
    }

    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let (name, value) = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.environment.retain(|(other, _)| *other != name);
        self.environment.push((name, value));
        self
    }

    /// Adds an argument of `serve`; a later `--listen` or `--data-dir` can't be given twice.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Uses another data directory, which stays when the set-up ends.
    #[must_use]
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = directory.into();
        self
    }

    pub fn data_directory(&self) -> &Path {
        &self.data
    }

    fn command(&self) -> Command {
        let mut command = Command::from(self.fixture.command());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PLUGWRIGHT_") {
                command.env_remove(name);
            }
        }
        command.arg("serve").args(&self.arguments);
        if !self.has("--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command
            .arg("--data-dir")
            .arg(&self.data)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.scratch.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn has(&self, flag: &str) -> bool {
        self.arguments.iter().any(|argument| argument == flag)
    }

    /// Starts the gateway and waits until it listens.
    pub async fn start(&self) -> GatewayProcess {
        let log = self.scratch.path().join("log");
        let file = File::options().create(true).append(true).open(&log);
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(file.expect("a file for the log"))
            .spawn()
            .expect("the gateway can be run");
        let mut output = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let url = timeout(PATIENCE, listening(&mut output)).await;
        let Ok(Some(url)) = url else {
            let printed = fs::read_to_string(&log).unwrap_or_default();
            panic!("the gateway does not listen:\n{printed}");
        };
        GatewayProcess {
            client: client(),
            child,
            url,
            log,
            _output: output,
            _scratch: Arc::clone(&self.scratch),
        }
    }

    /// Runs a gateway that must refuse to start; returns how it ended and what it said.
    pub async fn refused(&self) -> (ExitStatus, String) {
        let output = timeout(PATIENCE, self.command().output()).await;
        let output = output
            .expect("the gateway runs, and should have refused to")
            .expect("the gateway can be run");
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status, printed)
    }
}

/// Reads until the line that says where it listens.
async fn listening(output: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    loop {
        line.clear();
        if output.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(url) = line.trim_end().strip_prefix("listening on ") {
            return Some(url.to_owned());
        }
    }
}

/// Makes a client that goes through no proxy and never waits without end.
pub fn client() -> Client {
    Live::client_builder()
        .expect("TLS")
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .expect("an HTTP client")
}

/// A gateway that runs; it is killed when the value is dropped.
pub struct GatewayProcess {
    child: Child,
    url: String,
    client: Client,
    log: PathBuf,
    /// Open, so that the gateway can print more.
    _output: BufReader<ChildStdout>,
    /// After the process, which is killed before its directory goes.
    _scratch: Arc<TempDir>,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// Body; a text if it is not JSON.
    pub body: Value,
}

impl Reply {
    /// Returns the body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }

    /// Returns what two answers of `/v1` have in common if one brings back the other's outcome:
    /// status, code, data and run.
    pub fn outcome(&self) -> (u16, Option<&str>, &Value, &Value) {
        let run = &self.body["meta"]["executionId"];
        (self.status, self.code(), &self.body["data"], run)
    }

    /// Returns the code of a failure of `/v1`.
    pub fn code(&self) -> Option<&str> {
        self.body["errorCode"].as_str()
    }
}

impl GatewayProcess {
    /// Returns where it listens, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("the gateway runs")
    }

    /// Returns what it has logged, earlier processes of the same set-up included.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.url);
        self.client.request(method, url).bearer_auth(token)
    }

    pub async fn admin(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let mut request = self.request(method, &format!("/admin{path}"), OPERATOR);
        if let Some(body) = body {
            request = with_json(request, &body);
        }
        send(request).await
    }

    /// Makes a token with a grant; returns its id and its text.
    pub async fn token(&self, name: &str, grant: Value) -> (String, String) {
        let body = json!({ "name": name, "grant": grant });
        let reply = self.admin(Method::POST, "/tokens", Some(body)).await;
        let token = reply.expect("an answer").ok();
        (text(&token["id"]), text(&token["token"]))
    }

    /// Makes a connection to the connector `local`, whose API is at `base_url`; returns its id.
    pub async fn connect(&self, name: &str, base_url: &str) -> String {
        let body = connection(name, base_url);
        let reply = self.admin(Method::POST, "/connections", Some(body)).await;
        text(&reply.expect("an answer").ok()["id"])
    }

    /// Returns the log's last 200 runs as soon as `count` of them are of this action: records are written
    /// together, a while after their calls are answered.
    pub async fn recorded(&self, action: &str, count: usize) -> Value {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let reply = self.admin(Method::GET, "/runs?limit=200", None).await;
            let runs = reply.expect("an answer").ok();
            let items = runs["items"].as_array().expect("a list");
            if items.iter().filter(|run| run["action"] == action).count() >= count {
                return runs;
            }
            assert!(Instant::now() < end, "not {count} of `{action}`: {runs}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn calling(&self, token: &str, action: &str, input: &Value) -> RequestBuilder {
        let path = format!("/v1/actions/{action}");
        let body = json!({ "input": input });
        with_json(self.request(Method::POST, &path, token), &body)
    }

    pub async fn call(
        &self,
        token: &str,
        action: &str,
        input: &Value,
    ) -> Result<Reply, reqwest::Error> {
        send(self.calling(token, action, input)).await
    }

    pub async fn call_with_key(
        &self,
        token: &str,
        action: &str,
        input: &Value,
        key: &str,
    ) -> Result<Reply, reqwest::Error> {
        let request = self.calling(token, action, input);
        send(request.header("Idempotency-Key", key)).await
    }

    /// Returns the memory that the process has in use, in bytes.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// Returns the most memory that the process ever had in use, in bytes.
    #[cfg(target_os = "linux")]
    pub fn most_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    #[cfg(target_os = "linux")]
    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.expect("the gateway runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.expect("the kernel tells the memory in use") * 1024
    }

    /// Ends the process at once, as a crash does, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the gateway runs");
    }

    /// Tells the process to stop, as a service manager does.
    #[cfg(unix)]
    pub fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Ends the process at once, without waiting until it is gone.
    #[cfg(unix)]
    pub fn crash(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw);
        kill_process(id.expect("an id"), signal).expect("the gateway runs");
    }

    pub async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("the gateway ends").expect("it is a child")
    }
}

pub fn connection(name: &str, base_url: &str) -> Value {
    json!({
        "connector": "local",
        "name": name,
        "credential": { "token": format!("secret-of-{name}") },
        "settings": { "base_url": base_url },
    })
}

pub fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request
        .header("content-type", "application/json")
        .body(body.to_string())
}

/// Sends a request and reads the whole answer.
pub async fn send(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await?;
    Ok(Reply {
        status,
        headers,
        body: body.parse().unwrap_or(Value::String(body)),
    })
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
