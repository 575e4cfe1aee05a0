//! Gateways, a provider, and all who are around them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use plugwright_sdk::json;
use plugwright_tests::gateway::{OPERATOR, Setup, client, send, with_json};
use plugwright_tests_oauth::{AuthorizationServer, Client, Settings};
use reqwest::Method;
use url::Url;

use crate::refresh::book::{Book, LIFETIME};
use crate::refresh::callers::{self, Tally};
use crate::refresh::clocks::{AGREED, apart};
use crate::refresh::database::Database;
use crate::refresh::kills::{self, Planned};
use crate::refresh::people;
use crate::refresh::process::{Process, SECRET};
use crate::refresh::proxy;

/// Where the gateways have the browser sent back to.
const CALLBACK: &str = "/api/v1/connections/oauth/callback";

/// On a machine that does much else a token may expire on its way to the provider, which is no fault
/// of the gateway.
const LEEWAY: Duration = Duration::from_secs(15);

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) expiries: usize,
    pub(crate) kills: usize,
    pub(crate) accounts: usize,
    pub(crate) callers: usize,
}

/// What the proxies know too.
pub(crate) struct Shared {
    pub(crate) server: AuthorizationServer,
    pub(crate) http: reqwest::Client,
    pub(crate) book: Book,
    pub(crate) plan: Planned,
    database: OnceLock<Database>,
}

impl Shared {
    pub(crate) fn database(&self) -> &Database {
        self.database.get().expect("the gateways have made it")
    }
}

pub(crate) struct World {
    pub(crate) shared: Arc<Shared>,
    pub(crate) processes: Vec<Arc<Process>>,
    proxies: Vec<Url>,
    pub(crate) accounts: Vec<String>,
    pub(crate) counts: Counts,
    token: String,
    over: AtomicBool,
}

impl World {
    /// Starts a gateway of each set-up, and connects the accounts. The database can be opened once
    /// gateways run.
    pub(crate) async fn start(
        setups: Vec<Setup>,
        counts: Counts,
        database: impl AsyncFnOnce() -> Database,
    ) -> Arc<Self> {
        let provider = Settings {
            access_token_lifetime: LIFETIME,
            leeway: LEEWAY,
            ..Settings::new(vec![Client::new("plugwright", SECRET, CALLBACK)])
                .scopes(&["tasks.read", "tasks.write"])
        };
        let shared = Arc::new(Shared {
            server: AuthorizationServer::start(&provider).await,
            http: client(),
            book: Book::default(),
            plan: Planned::default(),
            database: OnceLock::new(),
        });
        let mut world = Self {
            shared: Arc::clone(&shared),
            processes: Vec::new(),
            proxies: Vec::new(),
            accounts: (0..counts.accounts)
                .map(|number| format!("account-{number}"))
                .collect(),
            counts,
            token: String::new(),
            over: AtomicBool::new(false),
        };
        for setup in setups {
            let process = Arc::new(Process::new(setup));
            let proxy = proxy::start(Arc::clone(&shared), Arc::clone(&process)).await;
            process.start(&shared.server, &proxy).await;
            world.processes.push(process);
            world.proxies.push(proxy);
        }
        let opened = shared.database.set(database().await);
        assert!(opened.is_ok(), "it is opened once");
        world.token = token(&world.processes[0]).await;
        let world = Arc::new(world);
        for account in &world.accounts {
            people::connect(&world, account, false).await;
        }
        world
    }

    pub(crate) async fn start_again(&self, process: &Arc<Process>) {
        let mut all = self.processes.iter().zip(&self.proxies);
        let found = all.find(|(other, _)| Arc::ptr_eq(other, process));
        let (_, proxy) = found.expect("it is one of these");
        process.start(&self.shared.server, proxy).await;
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Lets callers call and processes die, and then counts.
    pub(crate) async fn run(self: Arc<Self>) {
        let callers: Vec<_> = (0..self.counts.callers)
            .map(|number| tokio::spawn(callers::run(Arc::clone(&self), number)))
            .collect();
        kills::run(&self).await;
        self.over.store(true, Ordering::Relaxed);
        let mut tally = Tally::default();
        for ended in join_all(callers).await {
            tally += ended.expect("the caller goes on");
        }
        // What is still refreshed is committed, and nothing more is begun.
        let mut still = Vec::new();
        for process in &self.processes {
            still.push(process.whole.write().await);
        }
        self.check(tally).await;
    }

    async fn check(&self, tally: Tally) {
        let events = self.shared.server.events().await;
        let stored = self.shared.database().connections().await;
        let watched = self.shared.database().watched().await;
        let accounts = self.shared.book.accounts();
        let [mut accepted, mut window_kills, mut commits] = [0; 3];
        let mut wrong = self.shared.book.violations();
        for (name, account) in &accounts {
            let stored = &stored[name];
            // The first credential, and each of those that the person gave, was no refresh.
            let committed = stored.version - 1 - account.reconnected;
            let lost = watched.iter().filter(|other| *other == name).count();
            if !stored.active {
                wrong.push(format!("{name} ends as one that has to be connected again"));
            }
            if apart(stored.until, SystemTime::now()) > AGREED {
                wrong.push(format!("{name} goes by a clock that is wrong: {stored:?}"));
            }
            let counts = (account.accepted, lost, account.reconnected);
            let expected = (
                committed + account.window_kills,
                account.window_kills,
                account.window_kills,
            );
            if counts != expected {
                wrong.push(format!(
                    "{name}: {account:?}, {stored:?}, lost {lost} times"
                ));
            }
            accepted += account.accepted;
            window_kills += account.window_kills;
            commits += committed;
        }
        let says = |outcome| {
            let count = events.token_requests("refresh_token", outcome);
            usize::try_from(count).expect("a count")
        };
        let revoked = usize::try_from(events.revoked_grants()).expect("a count");
        println!(
            "{} expiries of {} accounts in {} process(es): {accepted} accepted refreshes, {commits} \
             commits, {window_kills} kills in the window, {} other kills, {} reauth_required, \
             {revoked} grants revoked, {} refreshes refused; {} calls of {} callers answered, {} \
             broken off and made again, {} put off, {} refused while their account was lost",
            self.counts.expiries,
            self.counts.accounts,
            self.processes.len(),
            self.counts.kills - window_kills,
            watched.len(),
            self.shared.book.refused(),
            tally.answered,
            self.counts.callers,
            tally.retried,
            tally.put_off,
            tally.refused,
        );
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(says("success"), accepted, "the provider counts the same");
        assert_eq!(says("invalid_grant"), self.shared.book.refused());
        assert_eq!(accepted, commits + window_kills);
        assert_eq!(watched.len(), window_kills);
        assert_eq!(revoked, window_kills);
        assert_eq!(window_kills, self.counts.kills.div_ceil(kills::KINDS.len()));
        assert!(accepted >= self.counts.expiries, "{accepted}");
    }
}

/// Makes a token for all: of the person who connects, and of the callers.
async fn token(process: &Process) -> String {
    let body = json!({
        "name": "all",
        "grant": { "connect": ["signed"], "organizations": ["default"] },
    });
    let asking = process.with(|gateway| {
        with_json(
            gateway.request(Method::POST, "/admin/tokens", OPERATOR),
            &body,
        )
    });
    let made = send(asking.expect("it runs"))
        .await
        .expect("an answer")
        .ok();
    made["token"].as_str().expect("a token").to_owned()
}
