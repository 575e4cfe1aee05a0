//! Gateways with an authorization server, and a person with a browser.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use plugwright_egress::EgressSettings;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{
    Account, ActionContext, Auth, ConnectorDefinition, Result, Value, action, actions, json, scope,
};
use plugwright_tests_oauth::{Answer, AuthorizationServer, Client, Settings};
use tower::ServiceExt as _;
use url::Url;

use crate::connect::paths::CALLBACK;
use crate::gateway::Gateway;
use plugwright_engine::connect::NewRequest;
use plugwright_engine::oauth::{Endpoints, OAuthConfig};
use plugwright_engine::{Call, EngineSettings, Outcome, Principal};
use plugwright_store::vault::{KeySource, Vault};
use plugwright_store::{
    Connection, ConnectionRequest, DEFAULT_ORGANIZATION, Owner, RequestDetails, SqliteStore, Store,
};

pub(super) const SECRET: &str = "s3cret-of-the-client";
const PUBLIC: &str = "http://127.0.0.1:3000";

/// Tells whose the token is.
#[action("accounts.get", read, scopes = ["read"])]
async fn get(cx: &ActionContext) -> Result<Value> {
    cx.get("/api/account").fetch().await
}

/// Needs more than most agree to.
#[action("accounts.close", destructive, scopes = ["admin"])]
async fn close(cx: &ActionContext) -> Result<Value> {
    cx.get("/api/account").fetch().await
}

fn account(answer: &Value) -> Option<Account> {
    let name = answer["account"].as_str()?;
    Some(Account {
        id: name.to_owned(),
        label: name.to_owned(),
    })
}

/// A connector whose endpoints the settings replace.
static BANK: ConnectorDefinition = ConnectorDefinition::new("bank", "Bank", "1.0.0")
    .base_url("https://bank.example.com")
    .auth(&[
        Auth::bearer_token("API token"),
        Auth::oauth2(
            "https://bank.example.com/authorize",
            "https://bank.example.com/token",
            &[
                scope("read", "See your account"),
                scope("write", "Change your account"),
                scope("admin", "Close your account"),
            ],
        )
        .default_scopes(&["read", "write"]),
    ])
    .identity("/api/account", account)
    .actions(actions![get, close]);

pub(super) struct Bench {
    pub(super) server: AuthorizationServer,
    pub(super) gateway: Gateway,
    /// What the browser keeps.
    pub(super) cookie: Option<String>,
}

/// Settings of a server with the client `gateway`.
pub(super) fn settings() -> Settings {
    let client = Client::new("gateway", SECRET, CALLBACK);
    Settings::new(vec![client]).scopes(&["read", "write", "admin"])
}

/// Makes a gateway on a store.
pub(super) async fn gateway(
    server: &AuthorizationServer,
    store: Arc<dyn Store>,
    secret: &str,
) -> Gateway {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into();
    let vault = Vault::open(KeySource::Text(key), &*store).await.unwrap();
    let oauth = OAuthConfig {
        client_id: Some("gateway".to_owned()),
        client_secret: Some(secret.into()),
        endpoints: Endpoints {
            authorization: Some(server.authorization_endpoint()),
            token: Some(server.token_endpoint()),
            revocation: Some(server.revocation_endpoint()),
        },
    };
    let egress = EgressSettings {
        allow: vec!["127.0.0.1".parse().unwrap()],
        ..EgressSettings::default()
    };
    Gateway::builder(Registry::new([&BANK]).unwrap())
        .engine(EngineSettings {
            storage: Some((store, vault)),
            egress: Some(egress),
            base_urls: [("bank".to_owned(), server.url("/").into())].into(),
            oauth: [("bank".to_owned(), oauth)].into(),
            ..EngineSettings::default()
        })
        .public_url(Some(Url::parse(PUBLIC).unwrap()))
        .build()
        .unwrap()
}

impl Bench {
    pub(super) async fn new(settings: Settings) -> Self {
        let store = Arc::new(SqliteStore::in_memory().await.unwrap());
        Self::on(settings, store).await
    }

    pub(super) async fn on(settings: Settings, store: Arc<dyn Store>) -> Self {
        let server = AuthorizationServer::start(&settings).await;
        let gateway = gateway(&server, store, SECRET).await;
        Self {
            server,
            gateway,
            cookie: None,
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.gateway.engine().storage().unwrap().store
    }

    pub(super) async fn ask(&self, details: RequestDetails) -> ConnectionRequest {
        self.ask_again(details, None).await
    }

    /// Asks for an account to be connected again.
    pub(super) async fn ask_again(
        &self,
        details: RequestDetails,
        again: Option<Connection>,
    ) -> ConnectionRequest {
        let owner = Owner::Organization(DEFAULT_ORGANIZATION.to_owned());
        self.ask_of(owner, details, again).await
    }

    /// Asks for an account of another owner.
    pub(super) async fn ask_for(&self, owner: Owner, details: RequestDetails) -> ConnectionRequest {
        self.ask_of(owner, details, None).await
    }

    async fn ask_of(
        &self,
        owner: Owner,
        details: RequestDetails,
        again: Option<Connection>,
    ) -> ConnectionRequest {
        let connect = self.gateway.connect().unwrap();
        let new = NewRequest {
            budget: "token:1".to_owned(),
            owner,
            connector: (&BANK).into(),
            details,
            again,
            supersedes: None,
        };
        connect.start(new).await.unwrap()
    }

    /// Opens a page, or sends a form to it. Returns status, where it leads, and the page.
    pub(super) async fn browse(
        &mut self,
        path: &str,
        form: Option<&[(&str, &str)]>,
    ) -> (StatusCode, Option<String>, String) {
        let mut request = Request::builder().uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = match form {
            None => request.body(Body::empty()),
            Some(pairs) => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                request
                    .method(Method::POST)
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(form.into())
            }
        };
        let router = self.gateway.router();
        let response = router.oneshot(request.unwrap()).await.unwrap();
        if let Some(cookie) = response.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let location = response.headers().get(LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        (
            status,
            location,
            String::from_utf8(body.unwrap().to_vec()).unwrap(),
        )
    }

    /// Goes from the page of a request to the provider, and returns its address there.
    pub(super) async fn go_on(&mut self, request: &ConnectionRequest) -> Url {
        let path = format!("/connect/{}", request.id);
        let (status, _, page) = self.browse(&path, None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"").to_owned();
        let form = [("csrf", csrf.as_str()), ("scheme", "oauth2")];
        let (status, _, page) = self.browse(&path, Some(&form)).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let url = between(&page, "http-equiv=\"refresh\" content=\"0; url=", "\"");
        Url::parse(&url.replace("&#38;", "&").replace("&amp;", "&")).unwrap()
    }

    /// Walks through sign-in and consent, and returns what the provider sends the browser back to.
    pub(super) async fn answer(
        &mut self,
        request: &ConnectionRequest,
        account: &str,
        answer: Answer,
    ) -> String {
        let url = self.go_on(request).await;
        let back = self.server.authorize(&url, account, answer).await;
        assert_eq!(back.path(), CALLBACK);
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }

    /// Connects an account.
    pub(super) async fn connect(&mut self, account: &str, details: RequestDetails) -> Connection {
        let request = self.ask(details).await;
        let back = self.answer(&request, account, Answer::Allow).await;
        let (status, _, page) = self.browse(&back, None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let stored = self.store().request(request.id).await.unwrap().unwrap();
        let found = self.store().connection(stored.connection).await.unwrap();
        found.unwrap_or_else(|| panic!("{stored:?}: {page}"))
    }
}

pub(super) async fn call(gateway: &Gateway, action: &str) -> Outcome {
    let mut call = Call::action(Arc::new(Principal::local()), action, json!({}));
    call.options.timeout = Some(Duration::from_mins(1));
    gateway.execute(call).await
}

pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("there is no {before:?} in {text}"));
    rest.split_once(after).map_or(rest, |(found, _)| found)
}
