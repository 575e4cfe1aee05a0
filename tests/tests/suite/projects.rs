//! The operator sets up projects by the command line, at a gateway in a process of its own; and
//! what a project's key may do there, before anything is connected.

use std::path::Path;
use std::process::{Output, Stdio};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Reply, Setup, send};
use reqwest::Method;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::fixture;

/// The secrets of OAuth clients that are given here: by file, by variable, by pipe, and to the
/// gateway itself.
const SECRETS: [&str; 4] = [
    "hunter2-by-file",
    "hunter2-by-variable",
    "hunter2-by-pipe",
    "hunter2-of-the-gateway",
];

struct Lab {
    setup: Setup,
    gateway: GatewayProcess,
}

/// What a command left behind.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.exit, 0, "{}", self.err);
        self.out
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.ok()).expect("JSON")
    }
}

impl Lab {
    async fn open() -> Self {
        let setup = Setup::new(fixture::GITHUB)
            .env(
                "PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_ID",
                "of-the-gateway",
            )
            .env(
                "PLUGWRIGHT_CONNECTORS_GITHUB_OAUTH_CLIENT_SECRET",
                SECRETS[3],
            );
        let gateway = setup.start().await;
        Self { setup, gateway }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::from(fixture::GITHUB.command());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PLUGWRIGHT_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .env(
                "PLUGWRIGHT_CONFIG_DIR",
                self.setup.data_directory().with_file_name("cli"),
            )
            .env("PLUGWRIGHT_GATEWAY", self.gateway.url())
            .env("PLUGWRIGHT_ADMIN_TOKEN", OPERATOR)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a line; words are split at blanks.
    async fn run(&self, line: &str) -> Ran {
        let arguments: Vec<_> = line.split_whitespace().collect();
        ran(self
            .command(&arguments)
            .output()
            .await
            .expect("it can be run"))
    }

    async fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} --output json")).await.json()
    }

    async fn get(&self, path: &str, token: &str) -> Reply {
        let request = self.gateway.request(Method::GET, path, token);
        send(request).await.expect("an answer")
    }
}

fn ran(output: Output) -> Ran {
    let ran = Ran {
        exit: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    };
    for secret in SECRETS {
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret));
    }
    ran
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_sets_up_a_project_by_the_command_line() {
    let lab = Lab::open().await;
    let made = lab
        .json("project add acme --display-name Acme --return-uri https://App.acme.example,acme:")
        .await;
    assert_eq!(
        made["returnUris"],
        json!(["https://app.acme.example/", "acme:"])
    );
    let shown = lab.json("projects show acme").await;
    assert_eq!(shown, made);
    let changed = lab.json("project update acme --return-uri none").await;
    assert_eq!(changed["returnUris"], json!([]));
    assert_eq!(changed["displayName"], "Acme");
    let wrong = lab
        .run("project update acme --return-uri javascript:alert(1)")
        .await;
    assert_eq!(wrong.exit, 4, "{}", wrong.err);
    assert!(wrong.err.contains("not `javascript`"), "{}", wrong.err);

    let config = lab
        .json("project config add acme github --scopes read:org")
        .await;
    assert_eq!(config["name"], "GitHub");
    assert_eq!(config["oauthClient"]["clientId"], "of-the-gateway");
    let unknown = lab
        .run("project config add acme github --scopes read:orgs")
        .await;
    assert!(
        unknown.err.contains("did you mean `read:org`?"),
        "{}",
        unknown.err
    );
    let off = lab
        .json("project config update acme github --active false --scopes none")
        .await;
    assert_eq!(
        (&off["active"], &off["scopes"]),
        (&json!(false), &Value::Null)
    );
    let table = lab.run("project config list acme").await.ok();
    assert!(
        table.starts_with("CONNECTOR  NAME    ACTIVE  SCOPES  OAUTH CLIENT"),
        "{table}"
    );

    lab.run("project remove acme").await.ok();
    let gone = lab.run("project show acme").await;
    assert_eq!(gone.exit, 3);
    assert!(
        gone.err.contains("no project is named `acme`"),
        "{}",
        gone.err
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_projects_key_acts_for_nobody_else() {
    let lab = Lab::open().await;
    lab.run("project add acme").await.ok();
    let key = lab
        .run("project key add acme --name backend --effects read")
        .await
        .ok();
    let key = key.trim_end();
    assert!(
        key.starts_with("pw_proj_") && key.len() == 51,
        "{}",
        key.len()
    );
    let keys = lab.json("project key list acme").await;
    assert_eq!(keys[0]["grant"]["effects"], json!(["read"]));
    assert_eq!(keys[0]["grant"]["connect"], json!(["*"]));
    let tokens = lab.json("token list").await;
    assert_eq!(tokens[0]["project"], keys[0]["project"]);
    assert!(!tokens.to_string().contains(key));

    let input = json!({ "repo": "o/r" });
    let call = lab.gateway.call(key, "github.issues.list", &input).await;
    let call = call.expect("an answer");
    assert_eq!(
        (call.status, call.code()),
        (403, Some("connection_not_allowed")),
        "{call:?}"
    );
    let own = lab.get("/v1/apps", key).await;
    assert_eq!(own.status, 403, "{own:?}");
    let token = lab
        .gateway
        .token("ordinary", json!({ "connect": ["*"] }))
        .await
        .1;
    for stranger in [key, &token] {
        for path in ["projects", "oauth-clients", "tokens", "connections"] {
            let reply = lab.get(&format!("/admin/{path}"), stranger).await;
            assert_eq!(reply.status, 403, "{path}: {reply:?}");
            assert_eq!(reply.body["error"]["code"], "ADMIN_AUTH_INVALID");
        }
    }

    lab.run("project key revoke acme backend").await.ok();
    let call = lab.gateway.call(key, "github.issues.list", &input).await;
    assert_eq!(call.expect("an answer").status, 401);
    let second = lab.run("project key add acme --name second").await.ok();
    lab.run("project remove acme").await.ok();
    let call = lab
        .gateway
        .call(second.trim_end(), "github.issues.list", &input)
        .await;
    assert_eq!(call.expect("an answer").status, 401);
    let log = lab.gateway.log();
    assert!(!log.contains(key) && !log.contains(second.trim_end()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_of_an_oauth_client_is_nowhere_to_be_read() {
    let lab = Lab::open().await;
    lab.run("project add acme").await.ok();
    lab.run("project config add acme github").await.ok();
    let file = lab.setup.data_directory().with_file_name("client-secret");
    std::fs::write(&file, format!("{}\n", SECRETS[0])).expect("a file");
    let by_file = format!(
        "oauth set github --client-id one --secret-file {}",
        file.display()
    );
    assert_eq!(lab.json(&by_file).await["hasSecret"], true);
    std::fs::remove_file(&file).expect("the file");

    let mut by_variable = lab.command(&["oauth", "set", "github", "--client-id", "two"]);
    by_variable.env("PLUGWRIGHT_OAUTH_CLIENT_SECRET", SECRETS[1]);
    ran(by_variable.output().await.expect("it can be run")).ok();

    let words = "oauth set github --project acme --client-id own --secret-file -";
    let arguments: Vec<_> = words.split(' ').collect();
    let mut by_pipe = lab.command(&arguments);
    let mut child = by_pipe
        .stdin(Stdio::piped())
        .spawn()
        .expect("it can be run");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(SECRETS[2].as_bytes())
        .await
        .expect("it reads");
    drop(pipe);
    ran(child.wait_with_output().await.expect("it ends")).ok();

    let missing = lab.run("oauth set github --client-id three").await;
    assert_eq!(missing.exit, 4);
    assert!(missing.err.contains("--secret-file"), "{}", missing.err);
    let clients = lab.json("oauth list").await;
    let clients: Vec<_> = clients
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| format!("{} {} {}", it["clientId"], it["source"], it["inUse"]).replace('"', ""))
        .collect();
    assert_eq!(
        clients,
        [
            "two store true",
            "of-the-gateway configuration false",
            "own store true"
        ]
    );
    let config = lab.json("project config list acme").await;
    assert_eq!(config[0]["oauthClient"]["clientId"], "own");
    lab.run("oauth remove github --project acme").await.ok();
    lab.run("oauth remove github").await.ok();
    let nothing = lab.run("oauth remove github").await;
    assert_eq!(nothing.exit, 3, "{}", nothing.err);
    let config = lab.json("project config list acme").await;
    assert_eq!(config[0]["oauthClient"]["source"], "configuration");

    let public = lab.json("oauth set github --client-id four --public").await;
    assert_eq!(public["hasSecret"], false);
    let Lab { setup, gateway } = lab;
    let log = gateway.log();
    gateway.kill().await;
    for secret in SECRETS {
        assert!(!log.contains(secret));
        assert_nowhere(setup.data_directory(), secret);
    }
}

/// Looks into every file below a directory.
#[track_caller]
fn assert_nowhere(directory: &Path, secret: &str) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            assert_nowhere(&path, secret);
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes
            .windows(secret.len())
            .any(|it| it == secret.as_bytes());
        assert!(!found, "{}", path.display());
    }
}
