//! What a database must be for a gateway to serve from it, and with which rights.

use std::fs;

use plugwright_sdk::json;
use plugwright_tests::gateway::Setup;
use reqwest::Method;
use tokio::process::Command;

use super::{Place, VAULT_KEY, migrate, replica};
use crate::faults::provider::Provider;
use crate::fixture;

async fn refuses(setup: &Setup, words: &[&str]) {
    let (status, printed) = setup.refused().await;
    assert_eq!(status.code(), Some(1), "{printed}");
    for word in words {
        assert!(printed.contains(word), "`{word}` is not in: {printed}");
    }
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[tokio::test]
async fn a_role_without_rights_to_the_schema_serves_and_nothing_is_written_to_the_disk() {
    let place = Place::empty().await;
    place
        .run("CREATE ROLE gateway LOGIN PASSWORD 'hunter2'")
        .await;
    let serving = place.server.url_of("gateway:hunter2", &place.database);
    let setup = replica(&serving);
    refuses(&setup, &["is empty", "plugwright migrate"]).await;

    let migrated = migrate(&["--database-url", &serving]).await;
    let said = String::from_utf8_lossy(&migrated.stderr).into_owned();
    assert_eq!(migrated.status.code(), Some(1), "{said}");
    assert!(said.contains("permission denied"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");

    let owner = place.url();
    let arguments = ["--database-url", &owner, "--grant-to", "gateway"];
    let migrated = migrate(&[&arguments[..], &["--output", "json"]].concat()).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let done: plugwright_sdk::Value = String::from_utf8_lossy(&migrated.stdout).parse().unwrap();
    assert_eq!(done["from"], 0);
    assert_eq!(migrate(&arguments).await.status.code(), Some(0), "again");

    let gateway = setup.start().await;
    let provider = Provider::start(std::time::Duration::ZERO).await;
    gateway.connect("main", &provider.url).await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let input = json!({ "name": "one" });
    let reply = gateway
        .call_with_key(&token, "local.things.create", &input, "one")
        .await;
    reply.unwrap().ok();
    gateway.terminate();
    let mut gateway = gateway;
    assert!(gateway.ended().await.success(), "{}", gateway.log());
    assert!(!setup.data_directory().exists());
    assert!(!gateway.log().contains("hunter2"), "{}", gateway.log());
    assert_eq!(place.run("SELECT count(*) FROM plugwright.runs").await, "1");
    assert_eq!(
        place.run("SELECT count(*) FROM plugwright.processes").await,
        "0"
    );
}

#[tokio::test]
async fn another_schema_another_key_and_a_database_that_is_away_are_refused() {
    let place = Place::new().await;
    place
        .run("INSERT INTO plugwright.migrations (step) VALUES (1000)")
        .await;
    refuses(&place.replica(), &["newer version", "schema 1000"]).await;
    place
        .run("DELETE FROM plugwright.migrations WHERE step > 1")
        .await;
    refuses(&place.replica(), &["has schema 1", "plugwright migrate"]).await;
    let place = Place::new().await;
    place.replica().start().await.kill().await;
    let other = VAULT_KEY.replace("AAEC", "AQEC");
    let setup = place.replica().env("PLUGWRIGHT_VAULT_KEY", other);
    refuses(&setup, &["PLUGWRIGHT_VAULT_KEY"]).await;
    // A key file of its own is no key of the others either.
    let setup = place.replica().env("PLUGWRIGHT_VAULT_KEY", "");
    refuses(&setup, &["vault.key", "is missing"]).await;
    place.server(plugwright_tests_postgres::Server::stop).await;
    refuses(&place.replica(), &["can't be reached"]).await;
}

#[tokio::test]
async fn one_gateway_keeps_its_key_in_its_directory_and_serves_again() {
    let place = Place::new().await;
    let setup = place.replica().env("PLUGWRIGHT_VAULT_KEY", "");
    let gateway = setup.start().await;
    let id = gateway.connect("main", "http://127.0.0.1:9").await;
    let rotated = gateway.admin(Method::POST, "/vault/rotate", None).await;
    assert_eq!(rotated.unwrap().ok()["resealed"], 1);
    gateway.kill().await;
    let names = fs::read_dir(setup.data_directory()).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["lock", "vault.key"]);
    let gateway = setup.start().await;
    let path = format!("/connections/{id}");
    let shown = gateway.admin(Method::GET, &path, None).await;
    shown.unwrap().ok();
}

#[tokio::test]
async fn the_settings_show_the_database_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::from(fixture::LOCAL.command())
        .args(["config", "--output", "json"])
        .env(
            "PLUGWRIGHT_DATABASE_URL",
            "postgres://me:hunter2@db.example.com/plugwright",
        )
        .current_dir(folder.path())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("postgres://me:***@db.example.com/plugwright"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
}
