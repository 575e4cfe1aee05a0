//! A gateway, an authorization server, and a person with a browser.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;

use crate::fixture;
pub(crate) use plugwright_tests::Person;
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, client, send, with_json};
use plugwright_tests_oauth::{Answer, AuthorizationServer, Client, Settings};
use reqwest::Method;
use tempfile::TempDir;

pub(crate) const CALLBACK: &str = "/api/v1/connections/oauth/callback";
pub(crate) const SECRET: &str = "s3cret-of-the-client";

/// A gateway whose connector `signed` belongs to an authorization server.
pub(crate) struct World {
    pub(crate) server: AuthorizationServer,
    pub(crate) gateway: GatewayProcess,
    _config: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(SECRET, |setup| setup).await
    }

    pub(crate) async fn with(secret: &str, more: impl FnOnce(Setup) -> Setup) -> Self {
        Self::lasting(Duration::from_hours(1), secret, more).await
    }

    /// `lifetime` is that of access tokens.
    pub(crate) async fn lasting(
        lifetime: Duration,
        secret: &str,
        more: impl FnOnce(Setup) -> Setup,
    ) -> Self {
        let client = Client::new("plugwright", SECRET, CALLBACK);
        let settings = Settings {
            access_token_lifetime: lifetime,
            ..Settings::new(vec![client]).scopes(&["tasks.read", "tasks.write"])
        };
        let server = AuthorizationServer::start(&settings).await;
        let config = tempfile::tempdir().unwrap();
        let file = config.path().join("plugwright.toml");
        let text = format!(
            "[connectors.signed]\nbase_url = \"{}\"\n[connectors.signed.oauth]\n\
             client_id = \"plugwright\"\nauthorization_url = \"{}\"\ntoken_url = \"{}\"\n\
             revocation_url = \"{}\"\n\
             [connectors.machine]\nbase_url = \"{}\"\n[connectors.machine.oauth]\n\
             client_id = \"plugwright\"\ntoken_url = \"{}\"\n",
            server.url("/"),
            server.authorization_endpoint(),
            server.token_endpoint(),
            server.revocation_endpoint(),
            server.url("/"),
            server.token_endpoint(),
        );
        fs::write(&file, text).unwrap();
        let setup = Setup::new(fixture::ACCOUNTS)
            .env("PLUGWRIGHT_CONNECTORS_SIGNED_OAUTH_CLIENT_SECRET", secret)
            .env("PLUGWRIGHT_CONNECTORS_MACHINE_OAUTH_CLIENT_SECRET", secret)
            .argument("--config")
            .argument(&file);
        Self {
            gateway: more(setup).start().await,
            server,
            _config: config,
        }
    }

    /// Asks with a token.
    pub(crate) async fn ask(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Reply {
        let mut request = self.gateway.request(method, path, token);
        if let Some(body) = body {
            request = with_json(request, &body);
        }
        send(request).await.unwrap()
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Reply {
        self.ask(token, Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        self.ask(token, Method::POST, path, Some(body)).await
    }

    /// Makes a token that may connect these connectors' accounts in these organizations.
    pub(crate) async fn token(&self, connect: &[&str], organizations: &[&str]) -> String {
        let grant = json!({ "connect": connect, "organizations": organizations });
        self.gateway.token("person", grant).await.1
    }

    pub(crate) async fn organization(&self, name: &str) {
        let body = Some(json!({ "name": name }));
        let made = self
            .gateway
            .admin(Method::POST, "/organizations", body)
            .await;
        made.unwrap().ok();
    }

    /// Lets a person go all the way; returns the last page.
    pub(crate) async fn walk(&self, page: &str, account: &str, answer: Answer) -> String {
        let person = Person::new();
        let authorize = person.continues(page).await;
        let back = self.server.authorize(&authorize, account, answer).await;
        person.get(back.as_str()).await.1
    }
}

/// An API that knows the key `good-key`, and whose it is.
pub(crate) async fn keyed_api() -> Arc<Loopback> {
    let api = Loopback::start(|request| {
        let good = request
            .headers
            .iter()
            .any(|(name, value)| name == "x-key" && value == "good-key");
        let (status, body) = if good {
            ("200 OK", r#"{"account":"ada"}"#)
        } else {
            ("401 Unauthorized", r#"{"error":"unknown key"}"#)
        };
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    });
    Arc::new(api.await.unwrap())
}

/// Asks without a token.
pub(crate) async fn anonymous(url: &str) -> Reply {
    send(client().get(url)).await.unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
