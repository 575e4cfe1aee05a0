//! Two projects with keys and provider configs, and the providers that they lead to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use plugwright_gateway::{
    Backend, ConnectionRequest, DataDirectory, Grant, Owner, Patterns, Project, ProviderConfig,
    Quota, RequestDetails, RequestStatus, SqliteStore, Store, Timestamp, Token,
};
use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::Setup;
use plugwright_tests_oauth::{AuthorizationServer, Client, Settings};
use ring::digest::{SHA256, digest};
use tempfile::TempDir;
use uuid::Uuid;

use crate::fixture;
use crate::project_client::provider::provider;

/// Where providers send browsers back to.
const CALLBACK: &str = "/api/v1/connections/oauth/callback";

/// A data directory with two projects, their providers, and a configuration that leads to them.
pub(crate) struct Place {
    folder: TempDir,
    mail: Loopback,
    desk: AuthorizationServer,
    /// The first project, as scripts are told of it.
    pub(crate) acme: Value,
    /// The other one.
    pub(crate) globex: Value,
}

impl Place {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mail = Loopback::start(provider()).await.expect("a port");
        let client = Client::new("gateway", "secret-of-the-gateway", CALLBACK);
        let settings = Settings::new(vec![client]).scopes(&["desk.read", "desk.write"]);
        let desk = AuthorizationServer::start(&settings).await;
        let file = folder.path().join("gateway.toml");
        let text = format!(
            "[connectors.desk]\nbase_url = \"{}\"\n\n[connectors.desk.oauth]\n\
             client_id = \"gateway\"\nauthorization_url = \"{}\"\ntoken_url = \"{}\"\n\
             revocation_url = \"{}\"\n",
            desk.url("/"),
            desk.authorization_endpoint(),
            desk.token_endpoint(),
            desk.revocation_endpoint(),
        );
        fs::write(file, text).expect("a configuration file");
        let directory = DataDirectory::open(folder.path().join("data")).expect("a data directory");
        let store = SqliteStore::open(directory.database()).await;
        let store = store.expect("a database");
        let acme = project(&store, "acme", "Acme Support").await;
        let globex = project(&store, "globex", "Globex").await;
        store.close().await;
        Self {
            folder,
            mail,
            desk,
            acme,
            globex,
        }
    }

    pub(crate) fn setup(&self) -> Setup {
        Setup::new(fixture::PEOPLE)
            .data(self.folder.path().join("data"))
            .argument("--config")
            .argument(self.folder.path().join("gateway.toml"))
            .env(
                "PLUGWRIGHT_CONNECTORS_DESK_OAUTH_CLIENT_SECRET",
                "secret-of-the-gateway",
            )
            .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
    }

    pub(crate) fn scratch(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn mail_url(&self) -> String {
        format!("http://{}", self.mail.address())
    }

    pub(crate) fn issuer(&self) -> String {
        self.desk.url("/").to_string()
    }
}

/// Makes a project with a provider config for each connector: two for CRM, and one for the free
/// connector, which needs none. Returns what apps are told: its id, its keys, the configs.
async fn project(store: &dyn Store, name: &str, display_name: &str) -> Value {
    let project = Project {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        return_uris: vec!["https://app.example.com/connected".to_owned()],
        version: 1,
        created_at: Timestamp::now(),
    };
    store.create_project(&project).await.expect("a project");
    let mut configs = json!({});
    for (name, connector, active) in [
        ("desk", "desk", true),
        ("mail", "mail", true),
        ("crm", "crm", true),
        ("crm_other", "crm", true),
        ("crm_off", "crm", false),
        ("free", "free", true),
    ] {
        let config = ProviderConfig {
            id: Uuid::new_v4(),
            project: project.id,
            connector: connector.to_owned(),
            name: name.to_owned(),
            active,
            scopes: None,
            version: 1,
            created_at: Timestamp::now(),
        };
        let made = store.create_provider_config(&config).await;
        made.expect("a provider config");
        configs[name] = json!(config.id);
    }
    let grant = Grant {
        proxies: Patterns::all(),
        connect: Patterns::all(),
        ..Grant::default()
    };
    let all = key(store, &project, "app", grant).await;
    let caller = key(store, &project, "caller", Grant::default()).await;
    let expired = expired(project.id);
    let quota = Quota {
        principal: "furnish",
        most: 1,
        beside: 0,
    };
    let made = store.create_request(&expired, None, quota).await;
    made.expect("a request");
    json!({
        "id": project.id, "key": all, "caller": caller, "configs": configs, "expired": expired.id,
    })
}

/// Makes a key of a project.
async fn key(store: &dyn Store, project: &Project, name: &str, grant: Grant) -> String {
    let text = format!("pw_proj_of-{}-for-its-{name}-and-long-enough", project.name);
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    let token = Token {
        id: Uuid::now_v7(),
        name: name.to_owned(),
        hash,
        preview: "pw_proj_".to_owned(),
        grant,
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
        project: Some(project.id),
    };
    store.create_token(&token).await.expect("a key");
    text
}

/// A request whose time was over a minute ago.
fn expired(project: Uuid) -> ConnectionRequest {
    let made = Timestamp::now().before(Duration::from_mins(11));
    ConnectionRequest {
        id: Uuid::new_v4(),
        owner: Owner::User {
            project,
            user: "user_late".to_owned(),
        },
        connector: "desk".to_owned(),
        connection: Uuid::new_v4(),
        details: RequestDetails::default(),
        status: RequestStatus::Initiated,
        error: None,
        browser: None,
        expires_at: made.after(Duration::from_mins(10)),
        created_at: made,
        updated_at: made,
    }
}
