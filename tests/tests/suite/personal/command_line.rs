//! `plugwright connect`, `connections` and `disconnect` at a real gateway.

use std::fs;
use std::process::{Output, Stdio};
use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests_oauth::Answer;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::fixture;
use crate::personal::world::{Person, World};

const PATIENCE: Duration = Duration::from_mins(1);

/// The command line of a person with a token, on a machine of their own.
struct Terminal<'a> {
    world: &'a World,
    token: String,
    home: TempDir,
}

impl<'a> Terminal<'a> {
    async fn new(world: &'a World) -> Self {
        Self {
            world,
            token: world.token(&["signed"], &["default"]).await,
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::from(fixture::ACCOUNTS.command());
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .args(["--gateway", self.world.gateway.url()])
            .env("PLUGWRIGHT_TOKEN", &self.token)
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path())
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        ended(self.command(arguments).spawn().unwrap()).await
    }

    /// Starts `connect` with a browser that notes where it is sent; returns the process and the page.
    #[cfg(unix)]
    async fn connects(&self, arguments: &[&str]) -> (Child, String) {
        use std::os::unix::fs::PermissionsExt as _;
        let note = self.home.path().join("page");
        drop(fs::remove_file(&note));
        let browser = self.home.path().join("browser");
        let script = format!(
            "#!/bin/sh\nprintf %s \"$1\" > {0}.new && mv {0}.new {0}\n",
            note.display()
        );
        fs::write(&browser, script).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = self.command(arguments);
        let child = command.env("BROWSER", &browser).spawn().unwrap();
        let opened = async {
            loop {
                if let Ok(page) = fs::read_to_string(&note) {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let page = timeout(PATIENCE, opened).await;
        (child, page.expect("the browser is opened"))
    }
}

async fn ended(child: Child) -> Output {
    let ended = timeout(PATIENCE, child.wait_with_output()).await;
    ended.expect("the command ends").unwrap()
}

fn json_of(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
#[tokio::test]
async fn a_person_connects_in_the_browser_and_disconnects() {
    let world = World::new().await;
    let terminal = Terminal::new(&world).await;
    let arguments = ["connect", "signed", "--name", "work", "--output", "json"];
    let (child, page) = terminal.connects(&arguments).await;
    let person = Person::new();
    let authorize = person.continues(&page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    let (status, landing) = person.get(back.as_str()).await;
    assert_eq!(status, 303, "{landing}");
    let (status, last) = person.get(&landing).await;
    assert_eq!(status, 200);
    assert!(last.contains("Your account is connected"), "{last}");
    let account = json_of(&ended(child).await);
    assert_eq!(account["alias"], "work");
    assert_eq!(account["accountLabel"], "ada of the tests");
    assert_eq!(account["scopes"], json!(["tasks.read"]));

    let listed = json_of(&terminal.run(&["connections", "--output", "json"]).await);
    assert_eq!(listed, json!([account]));
    let table = terminal.run(&["connections"]).await;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("ada of the tests"), "{table}");

    let arguments = [
        "connect",
        "signed",
        "--reconnect",
        "work",
        "--scopes",
        "tasks.read,tasks.write",
        "--output",
        "json",
    ];
    let (child, page) = terminal.connects(&arguments).await;
    let authorize = person.continues(&page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Allow)
        .await;
    person.get(back.as_str()).await;
    // The browser never comes back, and the command ends all the same.
    let again = json_of(&ended(child).await);
    assert_eq!(again["id"], account["id"]);
    assert_eq!(again["scopes"], json!(["tasks.read", "tasks.write"]));

    let unasked = terminal.run(&["disconnect", "signed/work"]).await;
    assert_eq!(unasked.status.code(), Some(4), "{unasked:?}");
    let gone = terminal.run(&["disconnect", "signed/work", "--yes"]).await;
    assert!(gone.status.success(), "{gone:?}");
    assert!(said(&gone).contains("disconnected signed/work (ada of the tests)"));
    let twice = terminal.run(&["disconnect", "signed/work", "--yes"]).await;
    assert_eq!(twice.status.code(), Some(3), "{twice:?}");
    let listed = json_of(&terminal.run(&["connections", "--output", "json"]).await);
    assert_eq!(listed, json!([]));
}

#[cfg(unix)]
#[tokio::test]
async fn who_does_not_agree_is_told_and_so_is_the_shell() {
    let world = World::new().await;
    let terminal = Terminal::new(&world).await;
    let (child, page) = terminal.connects(&["connect", "signed"]).await;
    let person = Person::new();
    let authorize = person.continues(&page).await;
    let back = world
        .server
        .authorize(&authorize, "ada", Answer::Deny)
        .await;
    let (_, landing) = person.get(back.as_str()).await;
    let (_, last) = person.get(&landing).await;
    assert!(last.contains("is not connected"), "{last}");
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        said(&output).contains("access to Signed was denied"),
        "{output:?}"
    );
}

#[tokio::test]
async fn without_a_browser_the_address_is_printed() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let world = World::new().await;
    let terminal = Terminal::new(&world).await;
    let mut command = terminal.command(&["connect", "signed", "--no-browser"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let page = line.rsplit(' ').next().unwrap();
    let last = world.walk(page, "ada", Answer::Allow).await;
    assert!(last.contains("ada of the tests"), "{last}");
    let output = ended(child).await;
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("ada of the tests"), "{printed}");
}

#[tokio::test]
async fn what_is_not_granted_or_not_there_has_its_exit_code() {
    let world = World::new().await;
    let terminal = Terminal::new(&world).await;
    let refused = terminal.run(&["connect", "keyed", "--no-browser"]).await;
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(
        said(&refused).contains("adding `keyed` to the token's `--connect` list"),
        "{refused:?}"
    );
    let unknown = terminal.run(&["connect", "sined", "--no-browser"]).await;
    assert_eq!(unknown.status.code(), Some(3), "{unknown:?}");
    let wrong = [
        "connect",
        "signed",
        "--no-browser",
        "--scopes",
        "tasks.reed",
    ];
    let wrong = terminal.run(&wrong).await;
    assert_eq!(wrong.status.code(), Some(4), "{wrong:?}");
    let problem = said(&wrong);
    assert!(
        problem.contains("`--scopes`") && problem.contains("tasks.read"),
        "{wrong:?}"
    );
}
