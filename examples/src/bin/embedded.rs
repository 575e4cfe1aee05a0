//! An axum application with a gateway in it: its handlers call actions without a network between, and the
//! same port serves the gateway's API to others.
//!
//! ```sh
//! cargo run -p plugwright-examples --bin embedded
//! curl 'http://127.0.0.1:8080/titles?repo=octocat/Hello-World'
//! ```
//!
//! Responses are recorded ones, so this needs no account. For live calls, leave out `recorded` and connect
//! accounts.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use plugwright_client::Connector;
use plugwright_gateway::{
    DataDirectory, EngineSettings, Gateway, KeySource, Principal, SqliteStore, Store, Vault,
};
use plugwright_sdk::host::Registry;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct Issue {
    title: String,
}

#[derive(Deserialize)]
struct Asked {
    repo: String,
}

/// Lists the titles of a repository's issues.
async fn titles(
    State(client): State<Connector>,
    Query(Asked { repo }): Query<Asked>,
) -> Result<Json<Vec<String>>, (StatusCode, String)> {
    let input = json!({ "repo": repo });
    let issues = client
        .execute::<Vec<Issue>>("github.issues.list", &input)
        .await;
    let issues = issues.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    Ok(Json(issues.into_iter().map(|issue| issue.title).collect()))
}

/// Makes the gateway, with its store in a directory. Keep the directory as long as the gateway.
async fn gateway(directory: &DataDirectory) -> Result<Gateway, Box<dyn Error>> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&directory.database()).await?);
    let vault = Vault::open(KeySource::File(directory.vault_key()), &*store).await?;
    let registry = Registry::new([&plugwright_github::CONNECTOR])?;
    let settings = EngineSettings {
        storage: Some((store, vault)),
        recorded: true,
        ..EngineSettings::default()
    };
    Ok(Gateway::builder(registry).engine(settings).build()?)
}

/// Makes the application.
fn app(gateway: &Gateway) -> Result<Router, Box<dyn Error>> {
    let service = gateway.in_process(Principal::local());
    let client = Connector::builder().service(service).build()?;
    let own = Router::new()
        .route("/titles", get(titles))
        .with_state(client);
    Ok(own.merge(gateway.router()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = DataDirectory::open(Path::new("data").to_owned())?;
    let app = app(&gateway(&directory).await?)?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn answer(app: &Router, path: &str) -> (u16, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test]
    async fn the_application_calls_actions_and_serves_the_gateway() {
        let temporary = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(temporary.path().join("data")).unwrap();
        let app = app(&gateway(&directory).await.unwrap()).unwrap();
        let (status, titles) = answer(&app, "/titles?repo=octocat/Hello-World").await;
        let titles: Vec<String> = serde_json::from_str(&titles).unwrap();
        assert_eq!((status, titles.is_empty()), (200, false));
        let (status, error) = answer(&app, "/titles?repo=nobody").await;
        assert!(
            status == 502 && error.contains("`repo`"),
            "{status} {error}"
        );
        assert_eq!(answer(&app, "/healthz").await.0, 200);
        assert_eq!(answer(&app, "/v1/actions").await.0, 401);
    }
}
