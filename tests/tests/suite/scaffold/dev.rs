//! `dev`: a real crate is built, served, and built again whenever a file is saved.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use plugwright_sdk::json;
use plugwright_sdk::transport::Live;
use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::annex::Annex;
use super::{compiler, new};
use crate::fixture;

/// Long enough for a first build of all dependencies.
const BUILD: Duration = Duration::from_mins(10);

/// A running `plugwright dev`.
struct Dev {
    process: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Dev {
    fn start(krate: &Path) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut process = fixture::LOCAL
            .command()
            .args(["dev", "--listen", "127.0.0.1:0"])
            .current_dir(krate)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true")
            .envs(compiler())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            process,
            lines,
            seen: Vec::new(),
        }
    }

    /// Waits for a line that has this text.
    fn line(&mut self, text: &str) -> String {
        let end = Instant::now() + BUILD;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line has `{text}`: {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits until a build is served, and returns its URL.
    fn served(&mut self, verb: &str) -> String {
        let line = self.line(" s, serving on ");
        assert!(line.starts_with(&format!("{verb} in ")), "{line}");
        line.split_once("serving on ").unwrap().1.to_owned()
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the processes that run in a directory.
fn processes_in(directory: &Path) -> Vec<PathBuf> {
    let directory = fs::canonicalize(directory).unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|process| fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == directory))
        .collect()
}

fn no_process_is_left(directory: &Path) {
    let end = Instant::now() + Duration::from_secs(10);
    while !processes_in(directory).is_empty() {
        assert!(Instant::now() < end, "{:?}", processes_in(directory));
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn edit(file: &Path, from: &str, to: &str) {
    let before = fs::read_to_string(file).unwrap();
    assert!(before.contains(from), "{from}");
    fs::write(file, before.replace(from, to)).unwrap();
}

async fn metadata(client: &Client, url: &str) -> Value {
    let url = format!("{url}/v1/actions/try-dev.items.list");
    let answer = client.get(url).send().await.unwrap();
    let text = answer.text().await.unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["data"].take()
}

async fn names(client: &Client, url: &str) -> Vec<String> {
    let url = format!("{url}/v1/actions/try-dev.items.list");
    let body = json!({ "input": {} }).to_string();
    let request = client.post(url).header("content-type", "application/json");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap();
    let items = answer["data"].as_array().unwrap().iter();
    items
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_file_is_served_and_nothing_is_left_behind() {
    let annex = Annex::new("dev", &[]);
    let folder = annex.further();
    let checkout = annex.root().display().to_string();
    let made = new(
        &folder,
        &["try-dev", "--auth", "bearer_token", "--sdk-path", &checkout],
    );
    assert!(made.status.success(), "{made:?}");
    let krate = folder.join("plugwright-try-dev");
    annex.join(&krate);
    let source = krate.join("src/items.rs");
    let client = Live::client_builder().unwrap();
    let client = client.pool_max_idle_per_host(0).build().unwrap();

    let mut dev = Dev::start(&krate);
    let url = dev.served("built");
    let first = metadata(&client, &url).await;
    assert!(
        first["description"]
            .as_str()
            .unwrap()
            .starts_with("Lists all items")
    );
    // Without a credential, from the cassette.
    assert_eq!(names(&client, &url).await, ["Lamp", "Chair"]);

    edit(&source, "Lists all items", "Lists every item");
    assert_eq!(dev.served("rebuilt"), url);
    let second = metadata(&client, &url).await;
    assert!(
        second["description"]
            .as_str()
            .unwrap()
            .starts_with("Lists every item")
    );
    assert_ne!(second["digest"], first["digest"]);

    // What does not compile is shown as Cargo shows it, and the last build goes on serving.
    edit(
        &source,
        "use crate::model::Item;",
        "use crate::model::Itme;",
    );
    dev.line("error[E0432]: unresolved import `crate::model::Itme`");
    dev.line("still serving the last build");
    assert_eq!(metadata(&client, &url).await, second);

    edit(
        &source,
        "use crate::model::Itme;",
        "use crate::model::Item;",
    );
    dev.served("rebuilt");
    edit(
        &krate.join("tests/cassettes/items.list.json"),
        "Lamp",
        "Rug",
    );
    assert_eq!(dev.served("rebuilt"), url);
    assert_eq!(names(&client, &url).await, ["Rug", "Chair"]);

    // One data directory serves all builds: the operator's token was made once.
    let tokens = dev
        .seen
        .iter()
        .filter(|line| line.starts_with("operator token"));
    assert_eq!(tokens.count(), 1, "{:#?}", dev.seen);
    assert!(krate.join("data").is_dir());

    let served = dev
        .seen
        .iter()
        .filter(|line| line.contains(" s, serving on "));
    served.for_each(|line| println!("{line}"));

    assert!(processes_in(&krate).len() > 1);
    dev.signal(Signal::INT);
    assert!(dev.process.wait().unwrap().success());
    no_process_is_left(&krate);
    assert!(client.get(&url).send().await.is_err());

    // Nor is anything left if it has no chance to stop the gateway.
    let mut dev = Dev::start(&krate);
    dev.served("built");
    assert!(processes_in(&krate).len() > 1);
    dev.signal(Signal::KILL);
    dev.process.wait().unwrap();
    no_process_is_left(&krate);
}
