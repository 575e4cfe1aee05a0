//! Whatever organizations, projects, users and tokens do, none reaches what is another's: not by a
//! call, not by a list, and no answer tells that it is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, send, with_json};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use url::form_urlencoded;

use crate::fixture;
use crate::personal::world::text;

const ORGANIZATIONS: usize = 3;
const TOKENS: usize = 3;
const PROJECTS: usize = 2;
/// Ids of users that a careless comparison takes for each other.
const USERS: [&str; 3] = ["a", "A", "a:b"];

/// What is nobody's.
const MADE_UP: &str = "0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11";

/// Who asks: a token that names an organization, or a project's key that names a user.
#[derive(Clone, Copy, Debug)]
enum Who {
    Token { token: usize, names: usize },
    Key { project: usize, user: usize },
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Connect(Who),
    /// Calls with an account that is named, or with none.
    Call(Who, Option<Index>),
    /// Calls with one of the accounts for which somebody may act, where there are any.
    CallOwn(Who, Index),
    Read(Who, Index),
    List(Who),
    Delete(Who, Index),
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        (0..TOKENS, 0..ORGANIZATIONS).prop_map(|(token, names)| Who::Token { token, names }),
        (0..PROJECTS, 0..USERS.len()).prop_map(|(project, user)| Who::Key { project, user }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => who().prop_map(Step::Connect),
        4 => (who(), any::<Option<Index>>()).prop_map(|(who, index)| Step::Call(who, index)),
        // Of all accounts few are one's own: these calls see to it that own ones are reached.
        2 => (who(), any::<Index>()).prop_map(|(who, index)| Step::CallOwn(who, index)),
        2 => (who(), any::<Index>()).prop_map(|(who, index)| Step::Read(who, index)),
        2 => who().prop_map(Step::List),
        1 => (who(), any::<Index>()).prop_map(|(who, index)| Step::Delete(who, index)),
    ]
}

/// Which organizations each token may use, as bits; and what is done.
fn story() -> impl Strategy<Value = ([u8; TOKENS], Vec<Step>)> {
    let grants = [(); TOKENS].map(|()| 1_u8..(1 << ORGANIZATIONS));
    (grants, proptest::collection::vec(step(), 40))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Organization(usize),
    User { project: usize, user: usize },
}

#[derive(Debug)]
struct Account {
    owner: Owner,
    id: String,
    /// What the provider calls it, to whom its key is shown.
    name: String,
    is_there: bool,
}

/// What the stories share.
struct Stage {
    gateway: GatewayProcess,
    api: Arc<Loopback>,
    /// How often somebody reached what was theirs, and did not reach what was another's.
    reached: AtomicUsize,
    refused: AtomicUsize,
}

/// A story that is played.
struct Play<'a> {
    stage: &'a Stage,
    organizations: Vec<String>,
    grants: [u8; TOKENS],
    tokens: Vec<String>,
    keys: Vec<String>,
    accounts: Vec<Account>,
}

/// An API whose accounts are known by keys: `key-of-ada` is the account `ada`.
async fn api() -> Loopback {
    let api = Loopback::start(|request| {
        let header = request.headers.iter().find(|(name, _)| name == "x-key");
        let name = header.and_then(|(_, key)| key.strip_prefix("key-of-"));
        let (status, body) = match name {
            Some(name) => ("200 OK", json!({ "account": name })),
            None => ("401 Unauthorized", json!({})),
        };
        let body = body.to_string();
        let length = body.len();
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
            .into_bytes()
    });
    api.await.unwrap()
}

impl<'a> Play<'a> {
    async fn new(stage: &'a Stage, story: usize, grants: [u8; TOKENS]) -> Self {
        let admin = async |path: &str, body: Value| {
            let made = stage.gateway.admin(Method::POST, path, Some(body)).await;
            made.unwrap().ok()
        };
        let mut organizations = Vec::new();
        for number in 0..ORGANIZATIONS {
            let name = format!("org-{story}-{number}");
            admin("/organizations", json!({ "name": name })).await;
            organizations.push(name);
        }
        let mut tokens = Vec::new();
        for bits in grants {
            let granted = (0..ORGANIZATIONS).filter(|at| bits & (1 << at) != 0);
            let granted: Vec<_> = granted.map(|at| &organizations[at]).collect();
            let grant = json!({ "connect": ["keyed"], "organizations": granted });
            tokens.push(stage.gateway.token("somebody", grant).await.1);
        }
        let mut keys = Vec::new();
        for number in 0..PROJECTS {
            let name = format!("project-{story}-{number}");
            let project = admin("/projects", json!({ "name": name })).await;
            let path = format!("/projects/{}", text(&project["id"]));
            let config = json!({ "connector": "keyed" });
            admin(&format!("{path}/provider-configs"), config).await;
            let key = admin(&format!("{path}/keys"), json!({ "name": "app" })).await;
            keys.push(text(&key["token"]));
        }
        Self {
            stage,
            organizations,
            grants,
            tokens,
            keys,
            accounts: Vec::new(),
        }
    }

    /// Asks as somebody; `user` goes into the body or the query of what a key asks for.
    async fn ask(&self, who: Who, method: Method, path: &str, body: Option<Value>) -> Reply {
        let gateway = &self.stage.gateway;
        let request = match who {
            Who::Token { token, names } => {
                let request = gateway.request(method, path, &self.tokens[token]);
                // That dialect names organizations in bodies and queries.
                if path.starts_with("/api/v1") {
                    request
                } else {
                    request.header("x-oo-team-name", &self.organizations[names])
                }
            }
            Who::Key { project, .. } => gateway.request(method, path, &self.keys[project]),
        };
        let request = match body {
            Some(body) => with_json(request, &body),
            None => request,
        };
        send(request).await.unwrap()
    }

    fn has(&self, token: usize, organization: usize) -> bool {
        self.grants[token] & (1 << organization) != 0
    }

    /// Returns whether somebody may see what is an owner's.
    fn sees(&self, who: Who, owner: Owner) -> bool {
        match (who, owner) {
            (Who::Token { token, .. }, Owner::Organization(at)) => self.has(token, at),
            (Who::Key { project, user }, owner) => owner == Owner::User { project, user },
            (Who::Token { .. }, Owner::User { .. }) => false,
        }
    }

    /// Returns whether a call of somebody's is made for an owner.
    fn acts_for(&self, who: Who, owner: Owner) -> bool {
        let is_named = match who {
            Who::Token { names, .. } => owner == Owner::Organization(names),
            Who::Key { .. } => true,
        };
        is_named && self.sees(who, owner)
    }

    async fn play(&mut self, step: Step) {
        match step {
            Step::Connect(who) => self.connect(who).await,
            Step::List(who) => self.list(who).await,
            Step::Call(who, None) => self.call(who).await,
            Step::Call(who, Some(index)) if !self.accounts.is_empty() => {
                self.call_with(who, index.index(self.accounts.len())).await;
            }
            Step::CallOwn(who, index) => {
                let own = (0..self.accounts.len()).filter(|at| {
                    let account = &self.accounts[*at];
                    account.is_there && self.acts_for(who, account.owner)
                });
                let own: Vec<_> = own.collect();
                if !own.is_empty() {
                    self.call_with(who, *index.get(&own)).await;
                }
            }
            Step::Read(who, index) if !self.accounts.is_empty() => {
                self.read(who, index.index(self.accounts.len())).await;
            }
            Step::Delete(who, index) if !self.accounts.is_empty() => {
                self.delete(who, index.index(self.accounts.len())).await;
            }
            Step::Call(..) | Step::Read(..) | Step::Delete(..) => {}
        }
    }

    async fn connect(&mut self, who: Who) {
        let name = format!("{}-{}", self.organizations[0], self.accounts.len());
        let extra = json!({ "base_url": format!("http://{}", self.stage.api.address()) });
        let mut body = json!({ "apiKey": format!("key-of-{name}"), "extra": extra });
        let (path, owner) = match who {
            Who::Token { names, .. } => (
                "/v1/connections/keyed/connect/api-key",
                Owner::Organization(names),
            ),
            Who::Key { project, user } => {
                body["userId"] = json!(USERS[user]);
                body["service"] = json!("keyed");
                let path = "/v1/saas/connected-accounts/api-key";
                (path, Owner::User { project, user })
            }
        };
        let made = self.ask(who, Method::POST, path, Some(body)).await;
        if !self.acts_for(who, owner) {
            assert_eq!(
                (made.status, made.code()),
                (403, Some("connection_not_allowed")),
                "{made:?}"
            );
            return;
        }
        let made = made.ok();
        let id = ["id", "appId"].map(|member| made["data"][member].as_str());
        let id = id.into_iter().flatten().next().expect("an id").to_owned();
        self.accounts.push(Account {
            owner,
            id,
            name,
            is_there: true,
        });
    }

    /// Calls with an account by its id, or with none.
    async fn called(&self, who: Who, id: Option<&str>) -> Reply {
        match who {
            Who::Token { token, names } => {
                let gateway = &self.stage.gateway;
                let call = gateway.calling(&self.tokens[token], "keyed.me.get", &json!({}));
                let call = call.header("x-oo-team-name", &self.organizations[names]);
                let call = match id {
                    Some(id) => call.header("x-plugwright-connection-id", id),
                    None => call,
                };
                send(call).await.unwrap()
            }
            Who::Key { user, .. } => {
                let mut body = json!({ "userId": USERS[user], "input": {} });
                if let Some(id) = id {
                    body["connectedAccountId"] = json!(id);
                }
                let path = "/v1/saas/actions/keyed.me.get";
                self.ask(who, Method::POST, path, Some(body)).await
            }
        }
    }

    async fn call(&self, who: Who) {
        let reply = self.called(who, None).await;
        let own = self.accounts.iter();
        let own = own.filter(|account| account.is_there && self.acts_for(who, account.owner));
        let own: Vec<_> = own.map(|account| account.name.as_str()).collect();
        if own.is_empty() {
            assert!((400..500).contains(&reply.status), "{reply:?}");
        } else {
            let shown = shown(&reply.ok(), who);
            assert!(own.contains(&shown.as_str()), "{shown} is none of {own:?}");
        }
    }

    async fn call_with(&self, who: Who, at: usize) {
        let account = &self.accounts[at];
        let reply = self.called(who, Some(&account.id)).await;
        if account.is_there && self.acts_for(who, account.owner) {
            assert_eq!(shown(&reply.ok(), who), account.name);
            self.stage.reached.fetch_add(1, Ordering::Relaxed);
        } else {
            self.stage.refused.fetch_add(1, Ordering::Relaxed);
            let unknown = self.called(who, Some(MADE_UP)).await;
            assert!(reply.status >= 400, "{reply:?}");
            assert_eq!(masked(&reply, &account.id), masked(&unknown, MADE_UP));
        }
    }

    /// The paths at which somebody reads an account, the one at which it is deleted first.
    fn paths(who: Who, id: &str) -> Vec<String> {
        match who {
            Who::Token { .. } => vec![
                format!("/v1/connections/by-id/{id}"),
                format!("/api/v1/connections/{id}"),
            ],
            Who::Key { user, .. } => {
                vec![format!(
                    "/v1/saas/connected-accounts/{id}?{}",
                    query(USERS[user])
                )]
            }
        }
    }

    async fn read(&self, who: Who, at: usize) {
        let account = &self.accounts[at];
        let paths = Self::paths(who, &account.id);
        for (path, unknown) in paths.iter().zip(Self::paths(who, MADE_UP)) {
            let read = self.ask(who, Method::GET, path, None).await;
            let keeps_what_ended = path.starts_with("/api/v1");
            if self.sees(who, account.owner) && (account.is_there || keeps_what_ended) {
                let body = read.ok();
                if keeps_what_ended {
                    assert_eq!(body["status"] == "revoked", !account.is_there, "{body}");
                }
            } else {
                let unknown = self.ask(who, Method::GET, &unknown, None).await;
                assert_eq!(read.status, 404, "{read:?}");
                assert_eq!(masked(&read, &account.id), masked(&unknown, MADE_UP));
            }
        }
    }

    async fn delete(&mut self, who: Who, at: usize) {
        let account = &self.accounts[at];
        let path = &Self::paths(who, &account.id)[0];
        let deleted = self.ask(who, Method::DELETE, path, None).await;
        if self.sees(who, account.owner) && account.is_there {
            deleted.ok();
            self.accounts[at].is_there = false;
        } else {
            let unknown = &Self::paths(who, MADE_UP)[0];
            let unknown = self.ask(who, Method::DELETE, unknown, None).await;
            assert_eq!(deleted.status, 404, "{deleted:?}");
            assert_eq!(masked(&deleted, &account.id), masked(&unknown, MADE_UP));
        }
    }

    async fn list(&self, who: Who) {
        let paths = match who {
            Who::Token { .. } => vec![
                "/api/v1/connections".to_owned(),
                "/v1/connections".to_owned(),
                "/v1/apps".to_owned(),
            ],
            Who::Key { user, .. } => {
                vec![format!(
                    "/v1/saas/connected-accounts?{}",
                    query(USERS[user])
                )]
            }
        };
        for path in paths {
            let reply = self.ask(who, Method::GET, &path, None).await;
            let is_of_all = path.starts_with("/api/v1");
            if let Who::Token { token, names } = who
                && !is_of_all
                && !self.has(token, names)
            {
                assert!(reply.status >= 400, "{path} {reply:?}");
            }
            let body = reply.body.to_string();
            for account in &self.accounts {
                let lists = if is_of_all {
                    self.sees(who, account.owner)
                } else {
                    self.acts_for(who, account.owner)
                };
                let lists = lists && account.is_there;
                assert_eq!(body.contains(&account.id), lists, "{path} {account:?}");
                assert!(lists || !body.contains(&format!("\"{} of", account.name)));
            }
        }
    }
}

/// Returns whose key the provider was shown.
fn shown(reply: &Value, who: Who) -> String {
    let output = match who {
        Who::Token { .. } => &reply["data"],
        Who::Key { .. } => &reply["data"]["output"],
    };
    text(&output["account"])
}

/// Returns an answer without what differs between any two, and without an id.
fn masked(reply: &Reply, id: &str) -> (u16, String) {
    let mut body = reply.body.clone();
    if let Some(meta) = body.get_mut("meta").and_then(Value::as_object_mut) {
        meta.shift_remove("requestId");
        meta.shift_remove("executionId");
    }
    (reply.status, body.to_string().replace(id, "ID"))
}

fn query(user: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("userId", user)
        .finish()
}

#[test]
fn nobody_reaches_what_is_anothers_whatever_is_done() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stage = runtime.block_on(async {
        Stage {
            gateway: Setup::new(fixture::ACCOUNTS).start().await,
            api: Arc::new(api().await),
            reached: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        }
    });
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 40,
        ..ProptestConfig::default()
    };
    let stories = std::cell::Cell::new(0);
    let told = TestRunner::new(config).run(&story(), |(grants, steps)| {
        stories.set(stories.get() + 1);
        runtime.block_on(async {
            let mut play = Play::new(&stage, stories.get(), grants).await;
            for step in steps {
                play.play(step).await;
            }
        });
        Ok(())
    });
    if let Err(error) = told {
        panic!("{error}");
    }
    let counts = [&stage.reached, &stage.refused].map(|count| count.load(Ordering::Relaxed));
    assert!(counts.iter().all(|count| *count >= 5), "{counts:?}");
}
