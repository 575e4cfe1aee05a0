//! Refusals to start, as people see them.

use std::fs;
use std::net::TcpListener;

use plugwright_tests::gateway::Setup;

use super::setup;
use crate::fixture;

/// Runs a gateway that must refuse, and checks that it says so in one line, with each of `words`.
async fn refuses(setup: &Setup, code: i32, words: &[&str]) {
    let (status, printed) = setup.refused().await;
    assert_eq!(status.code(), Some(code), "{printed}");
    for word in words {
        assert!(printed.contains(word), "`{word}` is not in: {printed}");
    }
    assert!(!printed.contains("panicked"), "{printed}");
}

#[tokio::test]
async fn refuses_a_data_directory_that_is_in_use() {
    let setup = setup();
    let first = setup.start().await;
    let directory = setup.data_directory().display().to_string();
    refuses(&setup, 1, &["in use by another process", &directory]).await;
    first.kill().await;
    // A process that was killed leaves nothing that keeps the next one out.
    setup.start().await.kill().await;
}

#[tokio::test]
async fn refuses_a_port_that_is_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let setup = setup().argument("--listen").argument(&address);
    refuses(&setup, 1, &[&address, "can't listen on", "in use"]).await;
}

#[test]
fn a_first_start_that_fails_makes_no_operators_token() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let directory = tempfile::tempdir().expect("a folder");
    let output = fixture::GITHUB
        .command()
        .args(["serve", "--listen", &address, "--data-dir"])
        .arg(directory.path())
        .env_remove("PLUGWRIGHT_ADMIN_TOKEN")
        .output()
        .expect("the gateway can be run");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(!printed.contains("operator token"), "{printed}");
}

#[tokio::test]
async fn refuses_anonymous_calls_from_other_machines() {
    let setup = setup()
        .argument("--dev")
        .argument("--listen")
        .argument("0.0.0.0:0");
    refuses(&setup, 4, &["`--dev`", "0.0.0.0:0", "loopback"]).await;
}

#[tokio::test]
async fn refuses_stored_credentials_without_their_key() {
    let setup = setup();
    let gateway = setup.start().await;
    gateway.connect("first", "http://127.0.0.1:9").await;
    gateway.kill().await;
    let key = setup.data_directory().join("vault.key");
    let kept = fs::read(&key).expect("the key file");

    fs::remove_file(&key).expect("the key file");
    refuses(&setup, 1, &["key", "vault.key"]).await;
    assert!(!key.exists(), "no new key takes the place of a lost one");

    let other = super::setup();
    other.start().await.kill().await;
    let wrong = other.data_directory().join("vault.key");
    fs::copy(wrong, &key).expect("a key file");
    refuses(&setup, 1, &["key"]).await;

    fs::write(&key, kept).expect("a key file");
    let gateway = setup.start().await;
    let listed = gateway.admin(reqwest::Method::GET, "/connections", None);
    let listed = listed.await.expect("an answer").ok();
    assert_eq!(listed["items"][0]["name"], "first");
}

#[tokio::test]
async fn refuses_a_database_of_a_newer_version() {
    use sqlx::{Connection as _, SqliteConnection};
    let setup = setup();
    setup.start().await.kill().await;
    let path = setup.data_directory().join("plugwright.db");
    let url = format!("sqlite://{}", path.display());
    let mut database = SqliteConnection::connect(&url).await.expect("the database");
    sqlx::query("PRAGMA user_version = 4000")
        .execute(&mut database)
        .await
        .expect("a change");
    database.close().await.expect("a clean end");
    refuses(
        &setup,
        1,
        &["newer version", "schema 4000", "plugwright.db"],
    )
    .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_it_was_started_with_is_not_for_others_to_read() {
    use std::os::unix::fs::MetadataExt as _;

    let setup = setup().env("PLUGWRIGHT_VAULT_KEY", plugwright_tests::gateway::VAULT_KEY);
    let gateway = setup.start().await;
    let process = std::path::PathBuf::from(format!("/proc/{}", gateway.id()));
    // The files of a process that is not dumpable belong to root, whoever runs it.
    let owner = fs::metadata(process.join("environ"))
        .expect("a process")
        .uid();
    assert_eq!(owner, 0);
    let limits = fs::read_to_string(process.join("limits")).expect("limits");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core = core.expect("a limit").split_whitespace().nth(4);
    assert_eq!(core, Some("0"));
    gateway.kill().await;
}

#[tokio::test]
async fn refuses_files_that_another_user_could_have_planted() {
    let setup = setup();
    setup.start().await.kill().await;
    for name in [
        "plugwright.db",
        "plugwright.db-wal",
        "runs.db",
        "vault.key",
        "lock",
    ] {
        let path = setup.data_directory().join(name);
        let kept = setup.data_directory().join("kept");
        let existed = path.exists();
        if existed {
            fs::rename(&path, &kept).expect("a file of ours");
        } else {
            fs::write(&kept, "").expect("a file of ours");
        }
        std::os::unix::fs::symlink(&kept, &path).expect("a link");
        refuses(&setup, 1, &[name, "is a symbolic link"]).await;
        fs::remove_file(&path).expect("the link");
        if existed {
            fs::rename(&kept, &path).expect("the file");
        }
    }
    setup.start().await.kill().await;
}
