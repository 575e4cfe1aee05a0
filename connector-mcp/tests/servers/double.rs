//! What the tests ask of the double.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use plugwright_import::{ImportedConnector, McpServer, ServerPlace};
use plugwright_mcp::{Servers, list_request};
use plugwright_sdk::host::{AuthParts, Connector, SchemeParts};
use plugwright_sdk::http::{Body, Method, Path};
use plugwright_sdk::transport::{
    Network, Relay, Relayed, Request, Response, Transport, TransportError,
};
use plugwright_sdk::{ActionContext, ActionError, ActionResult, Credential, Value, json};
use tempfile::TempDir;
use tokio::time::Instant;

pub(crate) const DOUBLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/double.py");

/// A program in one mode, with what uses it.
pub(crate) struct Double {
    pub(crate) folder: TempDir,
    pub(crate) servers: Servers,
    pub(crate) place: ServerPlace,
    network: Network,
}

struct NoNetwork;

#[async_trait::async_trait]
impl Transport for NoNetwork {
    async fn send(&self, _: &Request) -> Result<Response, TransportError> {
        Err(TransportError::Refused("nothing may be sent".to_owned()))
    }
}

impl Double {
    pub(crate) fn program(mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file").to_str().unwrap().to_owned();
        let place = ServerPlace::Program {
            program: "python3".to_owned(),
            arguments: vec![DOUBLE.to_owned(), mode.to_owned(), file],
            environment: vec!["CARGO_PKG_NAME".to_owned()],
        };
        Self::at(place, Arc::new(NoNetwork), folder)
    }

    pub(crate) fn at(place: ServerPlace, network: Arc<dyn Transport>, folder: TempDir) -> Self {
        Self {
            servers: Servers::new(folder.path()),
            folder,
            place,
            network: Network {
                during: Arc::clone(&network),
                after: network,
            },
        }
    }

    /// Returns what the server lists.
    pub(crate) async fn listing(&self) -> Result<Value, TransportError> {
        let relay = self.accepting(BTreeMap::new());
        let listed = self.send(&relay, &list_request()).await?;
        Ok(listed["result"].clone())
    }

    /// Returns what a server at a URL lists for a token.
    pub(crate) async fn listing_for(&self, token: &str) -> Result<Value, ActionError> {
        let (parts, path) = plugwright_mcp::parts("double", &self.place, bearer()).unwrap();
        let connector = Connector::new(parts, Vec::new()).unwrap();
        let transport = self.carried_by(&self.accepting(BTreeMap::new()));
        let cx = ActionContext::builder(&connector, Arc::new(transport))
            .credential(Credential::token(token))
            .build();
        let request = cx.post(Path::from(path.as_str())).json(&list_request());
        let listed = request.send().await?.json().unwrap();
        Ok(listed["result"].clone())
    }

    fn carried_by(&self, relay: &Arc<dyn Relay>) -> Relayed {
        Relayed {
            relay: Arc::clone(relay),
            network: self.network.clone(),
            peer: "me".to_owned(),
        }
    }

    pub(crate) fn accepting(&self, tools: BTreeMap<String, String>) -> Arc<dyn Relay> {
        let server = McpServer {
            place: self.place.clone(),
            tools,
        };
        self.servers.relay("double", &server)
    }

    /// Imports the server as it is now, and returns what carries the calls.
    pub(crate) async fn import(&self) -> (ImportedConnector, Arc<dyn Relay>) {
        let listing = self.listing().await.unwrap();
        let imported =
            plugwright_mcp::import("double", &self.place, Vec::new(), &listing, Vec::new());
        let connector = imported.unwrap().connector;
        let tools = connector.server.clone().unwrap().tools;
        let relay = self.accepting(tools);
        (connector, relay)
    }

    pub(crate) async fn call(
        &self,
        relay: &Arc<dyn Relay>,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, TransportError> {
        let params = json!({ "name": tool, "arguments": arguments });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        self.send(relay, &message).await
    }

    /// Calls the tool that each double has; returns its text.
    pub(crate) async fn act(&self, relay: &Arc<dyn Relay>) -> Result<String, TransportError> {
        let answer = self.call(relay, "act", json!({ "n": 1 })).await?;
        let text = answer["result"]["content"][0]["text"].as_str();
        Ok(text.unwrap_or_default().to_owned())
    }

    /// Calls the same tool as an action that has so much time.
    pub(crate) async fn run(
        &self,
        mut connector: ImportedConnector,
        relay: &Arc<dyn Relay>,
        patience: Duration,
    ) -> Result<ActionResult, ActionError> {
        connector.parts.auth = bearer();
        let connector = connector.connector().unwrap();
        let cx = ActionContext::builder(&connector, Arc::new(self.carried_by(relay)))
            .credential(Credential::token("right-token"))
            .deadline(Instant::now() + patience)
            .build();
        let mut actions = connector.actions();
        let act = actions.find(|action| action.name().starts_with("act"));
        act.unwrap().decode(json!({})).unwrap().run(&cx).await
    }

    async fn send(&self, relay: &Arc<dyn Relay>, message: &Value) -> Result<Value, TransportError> {
        let mut request = Request::new(Method::POST, self.url());
        request.body = Body::new("application/json", message.to_string());
        let token = "Bearer right-token".parse().unwrap();
        request.headers.insert("authorization", token);
        let answer = relay.carry(&request, &self.network, "me").await?;
        if answer.status != 200 {
            return Err(TransportError::Refused(format!("status {}", answer.status)));
        }
        let body = answer.read(64 << 20).await?;
        Ok(serde_json::from_slice(&body).unwrap())
    }

    fn url(&self) -> url::Url {
        match &self.place {
            ServerPlace::Url(url) => url.parse().unwrap(),
            ServerPlace::Program { .. } => "https://double.mcp.invalid/".parse().unwrap(),
        }
    }
}

fn bearer() -> Vec<AuthParts> {
    let prefix = "Bearer".to_owned();
    vec![AuthParts {
        label: "Token".to_owned(),
        scheme: SchemeParts::BearerToken { prefix },
    }]
}

/// Waits until something is so.
pub(crate) async fn eventually(mut is_so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come to that within 10 s");
}
