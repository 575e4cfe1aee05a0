//! A store that can't be written: what needs it is refused, the rest goes on.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use plugwright_sdk::json;
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Reply, connection};
use reqwest::Method;
use sqlx::{Connection as _, SqliteConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::provider::Provider;
use super::setup;

const CREATE: &str = "local.things.create";

async fn keyed(gateway: &GatewayProcess, token: &str, name: &str) -> Reply {
    let input = json!({ "name": name });
    let reply = gateway.call_with_key(token, CREATE, &input, name).await;
    reply.expect("an answer")
}

async fn plain(gateway: &GatewayProcess, token: &str, name: &str) -> Reply {
    let reply = gateway.call(token, CREATE, &json!({ "name": name })).await;
    reply.expect("an answer")
}

async fn connect(gateway: &GatewayProcess, name: &str, url: &str) -> Reply {
    let body = connection(name, url);
    let reply = gateway
        .admin(Method::POST, "/connections", Some(body))
        .await;
    reply.expect("an answer")
}

fn assert_unavailable(reply: &Reply) {
    assert_eq!(reply.status, 503, "{reply:?}");
    let wait = reply
        .headers
        .get("retry-after")
        .and_then(|wait| wait.to_str().ok()?.parse().ok());
    assert!(wait.is_some_and(|seconds: u64| seconds >= 1), "{reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_store_refuses_changes_and_recovers_by_itself() {
    let provider = Provider::start(Duration::from_millis(300)).await;
    let setup = setup();
    let gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let path = setup.data_directory().join("plugwright.db");
    let url = format!("sqlite://{}", path.display());
    let mut other = SqliteConnection::connect(&url).await.expect("the database");

    // Locked while the provider works: the outcome is stored as soon as that can be.
    let (reply, ()) = tokio::join!(keyed(&gateway, &token, "on its way"), async {
        while provider.created("on its way") == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        lock(&mut other, "BEGIN EXCLUSIVE").await;
        sleep(Duration::from_secs(2)).await;
        lock(&mut other, "ROLLBACK").await;
    });
    assert_eq!(reply.status, 200, "{reply:?}");
    let again = keyed(&gateway, &token, "on its way").await;
    assert_eq!(again.outcome(), reply.outcome());

    lock(&mut other, "BEGIN EXCLUSIVE").await;
    let (change, claim, reads) = tokio::join!(
        connect(&gateway, "second", &provider.url),
        keyed(&gateway, &token, "refused"),
        async {
            for number in 0..5 {
                plain(&gateway, &token, &format!("plain {number}"))
                    .await
                    .ok();
                sleep(Duration::from_secs(1)).await;
            }
            gateway.admin(Method::GET, "/connections", None).await
        },
    );
    assert_unavailable(&change);
    assert_unavailable(&claim);
    reads.expect("an answer").ok();
    assert_eq!(
        provider.created("refused"),
        0,
        "refused, and sent all the same"
    );
    lock(&mut other, "ROLLBACK").await;

    connect(&gateway, "second", &provider.url).await.ok();
    keyed(&gateway, &token, "refused").await.ok();
    assert_eq!(provider.created("refused"), 1);
}

async fn lock(database: &mut SqliteConnection, statement: &'static str) {
    let done = sqlx::raw_sql(statement).execute(database).await;
    done.expect("the lock is taken and given back");
}

/// A file system of 64 megabytes; it is unmounted at the end.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Result<Self, String> {
        fs::create_dir(at).map_err(|error| error.to_string())?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs"]);
        let output = mount.arg(at).output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(Self(at.to_owned()))
    }

    /// Leaves no room; returns what is to be deleted for some.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).expect("a file");
        for size in [64 << 10, 4 << 10, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // What keeps it busy ends with the test, so it may go a little later.
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
    }
}

/// Returns the value of a metric.
async fn metric(gateway: &GatewayProcess, name: &str) -> u64 {
    let request = gateway.request(Method::GET, "/metrics", OPERATOR);
    let answer = request.send().await;
    let text = answer.expect("an answer").text().await.expect("a text");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|value| value.trim().parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in {text}"))
}

/// Makes calls that reach no provider, as fast as can be.
async fn burst(gateway: &GatewayProcess, token: &str, calls: usize) {
    let address = gateway.url().trim_start_matches("http://");
    let request = |last: bool| {
        let connection = if last { "close" } else { "keep-alive" };
        format!(
            "POST /v1/actions/local.nothing HTTP/1.1\r\nhost: gateway\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             connection: {connection}\r\ncontent-length: 2\r\n\r\n{{}}"
        )
    };
    let (mut from, mut to) = TcpStream::connect(address)
        .await
        .expect("a connection")
        .into_split();
    let all = request(false).repeat(calls - 1) + request(true).as_str();
    let send = async { to.write_all(all.as_bytes()).await };
    let mut answers = Vec::new();
    let (writing, reading) = tokio::join!(send, from.read_to_end(&mut answers));
    writing.expect("requests");
    reading.expect("answers");
    let answers = String::from_utf8_lossy(&answers);
    assert_eq!(answers.matches("HTTP/1.1 404 ").count(), calls);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_costs_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = match Small::mount(&folder.path().join("small")) {
        Ok(small) => small,
        Err(reason) => {
            println!("skipped, as no small file system can be mounted: {reason}");
            return;
        }
    };
    let provider = Provider::start(Duration::ZERO).await;
    let setup = setup().data(small.0.join("data"));
    let gateway = setup.start().await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let kept = keyed(&gateway, &token, "kept").await;
    assert_eq!(kept.status, 200);

    let filler = small.fill();
    // The journal may have room for some more.
    let mut number = 0;
    let refused = loop {
        let name = format!("full {number}");
        let reply = keyed(&gateway, &token, &name).await;
        match reply.status {
            200 => assert_eq!(provider.created(&name), 1),
            // The claim found room and the outcome did not: nobody may take it for a refusal.
            409 => assert_eq!(
                (reply.code(), provider.created(&name)),
                (Some("outcome_unknown"), 1)
            ),
            _ => break (name, reply),
        }
        number += 1;
        assert!(number < 5_000, "the disk does not become full");
    };
    assert_unavailable(&refused.1);
    assert_eq!(
        provider.created(&refused.0),
        0,
        "refused, and sent all the same"
    );
    assert_unavailable(&connect(&gateway, "late", &provider.url).await);
    plain(&gateway, &token, "no key").await.ok();
    let again = keyed(&gateway, &token, "kept").await;
    assert_eq!(again.outcome(), kept.outcome());

    // More records than may wait are dropped and counted.
    for _ in 0..8 {
        burst(&gateway, &token, 4_300).await;
    }
    let dropped = metric(&gateway, "plugwright_run_log_dropped_total").await;
    let waiting = metric(&gateway, "plugwright_run_log_waiting").await;
    assert!(
        dropped > 0 && waiting > 0,
        "{dropped} dropped, {waiting} waiting"
    );

    fs::remove_file(filler).expect("the filler");
    keyed(&gateway, &token, &refused.0).await.ok();
    assert_eq!(provider.created(&refused.0), 1);
    let began = Instant::now();
    let written = timeout(Duration::from_secs(30), async {
        while metric(&gateway, "plugwright_run_log_waiting").await > 100 {
            sleep(Duration::from_millis(50)).await;
        }
    });
    written
        .await
        .expect("the run log is written as soon as there is room");
    println!(
        "disk full: {number} keyed calls still had room, {dropped} records dropped, {waiting} \
         waited and were written within {:?}",
        began.elapsed()
    );
    gateway.kill().await;
    let gateway = setup.start().await;
    let again = keyed(&gateway, &token, "kept").await;
    assert_eq!(again.outcome(), kept.outcome());
    gateway.kill().await;
}
