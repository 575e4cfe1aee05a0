//! What an operator does before callers can call: a token for them, and a connection.

use anyhow::{Context as _, Result, bail};
use plugwright_sdk::transport::Live;
use serde_json::{Value, json};

use super::connector::UPSTREAM_TOKEN;
use super::servers::OPERATOR_TOKEN;

pub(crate) async fn make_token(origin: &str) -> Result<String> {
    let answer = post(origin, "tokens", &json!({ "name": "load" })).await?;
    let token = answer["token"].as_str();
    Ok(token
        .context("the new token is not in the answer")?
        .to_owned())
}

pub(crate) async fn make_connection(origin: &str, upstream: &str) -> Result<()> {
    let connection = json!({
        "connector": "bench",
        "credential": { "token": UPSTREAM_TOKEN },
        "settings": { "origin": upstream },
        "test": false,
    });
    post(origin, "connections", &connection).await?;
    Ok(())
}

pub(crate) async fn metadata(origin: &str, action: &str, token: &str) -> Result<Vec<u8>> {
    let response = client()?
        .get(format!("{origin}/v1/actions/{action}"))
        .bearer_auth(token)
        .send()
        .await?;
    Ok(response.error_for_status()?.bytes().await?.into())
}

async fn post(origin: &str, what: &str, body: &Value) -> Result<Value> {
    let response = client()?
        .post(format!("{origin}/admin/{what}"))
        .bearer_auth(OPERATOR_TOKEN)
        .json(body)
        .send()
        .await?;
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        bail!("POST /admin/{what}: {status}: {text}");
    }
    Ok(serde_json::from_str(&text)?)
}

fn client() -> Result<reqwest::Client> {
    Ok(Live::client_builder()?.no_proxy().build()?)
}
