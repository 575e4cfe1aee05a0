//! What is stored may be damaged: whoever needs it is told what to do, and nobody sees what is in it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use plugwright_sdk::{ActionError, ErrorCode, Hint, json};
use sqlx::SqlitePool;
use uuid::Uuid;

use super::bench::{Bench, call, settings};
use plugwright_engine::Grant;
use plugwright_engine::connect::code;
use plugwright_engine::tokens;
use plugwright_engine::{Call, Outcome, Principal};
use plugwright_store::Timestamp;
use plugwright_store::{
    ClientOf, Connection, ConnectionFilter, DatabaseUrl, OAuthClient, PostgresStore, Project,
    ProviderConfig, RequestDetails, RequestStatus, SqliteStore, Token, migrate_postgres,
};
use plugwright_tests_postgres::Server;

const HIDDEN: &str = "hunter2-hunter2";

enum Database {
    Sqlite {
        pool: SqlitePool,
        _place: tempfile::TempDir,
    },
    Postgres {
        name: String,
    },
}

impl Database {
    /// Executes a statement, in the dialect of SQLite, and returns the number of changed rows.
    async fn execute(&self, statement: &str) -> u64 {
        match self {
            Self::Sqlite { pool, .. } => {
                let query = sqlx::query(sqlx::AssertSqlSafe(statement));
                query.execute(pool).await.unwrap().rows_affected()
            }
            Self::Postgres { name } => {
                let statement = statement
                    .replace("x'00'", r"'\x00'")
                    .replace("zeroblob(100)", "decode(repeat('00', 100), 'hex')");
                let statement = format!(
                    "SET search_path TO plugwright; \
                     WITH changed AS ({statement} RETURNING 1) SELECT count(*) FROM changed"
                );
                Server::shared().run(name, &statement).parse().unwrap()
            }
        }
    }
}

struct Damaged {
    bench: Bench,
    database: Database,
}

impl Damaged {
    async fn in_sqlite() -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("plugwright.db");
        let store = Arc::new(SqliteStore::open(path.clone()).await.unwrap());
        let url = format!("sqlite:{}", path.display());
        Self {
            bench: Bench::on(settings(), store).await,
            database: Database::Sqlite {
                pool: SqlitePool::connect(&url).await.unwrap(),
                _place: place,
            },
        }
    }

    async fn in_postgres() -> Self {
        let name = Server::shared().database();
        let url: DatabaseUrl = Server::shared().url(&name).parse().unwrap();
        migrate_postgres(&url, None).await.unwrap();
        let store = Arc::new(PostgresStore::connect(&url, 5).await.unwrap());
        Self {
            bench: Bench::on(settings(), store).await,
            database: Database::Postgres { name },
        }
    }

    async fn run(&self, statement: &str) {
        let changed = self.database.execute(statement).await;
        assert_ne!(changed, 0, "{statement}");
        let state = self.bench.gateway.engine().storage().unwrap();
        state.directory.forget();
    }

    async fn call(&self, key: Option<&str>) -> Outcome {
        let principal = Arc::new(Principal::local());
        let mut call = Call::action(principal, "bank.accounts.get", json!({}));
        call.options.idempotency_key = key.map(|key| key.parse().unwrap());
        call.options.timeout = Some(Duration::from_mins(1));
        self.bench.gateway.execute(call).await
    }

    async fn connections(&self) -> Vec<Connection> {
        let filter = ConnectionFilter::default();
        self.bench.store().connections(&filter).await.unwrap()
    }
}

fn told(error: &ActionError, code: ErrorCode) {
    assert_eq!(error.code(), code, "{error}");
    assert!(error.message().contains("damaged"), "{error}");
    assert!(!format!("{error} {error:?}").contains(HIDDEN), "{error:?}");
}

/// Texts that are no JSON, and JSON that is something else.
const JSONS: [&str; 2] = [r#"{"hunter2-hunter2"#, r#""hunter2-hunter2""#];

async fn a_damaged_credential_is_connected_again(mut damaged: Damaged) {
    damaged
        .bench
        .connect("alice", RequestDetails::default())
        .await;
    for damage in [
        "secret = x'00'",
        "secret = zeroblob(100)",
        "key_id = 'another'",
        "refresh_at = 1, expires_at = 1, secret = zeroblob(100)",
    ] {
        damaged
            .run(&format!("UPDATE connections SET {damage}"))
            .await;
        let error = call(&damaged.bench.gateway, "bank.accounts.get").await;
        let error = error.result.unwrap_err();
        told(&error, ErrorCode::CredentialExpired);
        assert_eq!(error.hint(), Hint::Auth);
        assert!(error.message().contains("must be reconnected"), "{error}");

        let connections = damaged.bench.gateway.engine().connections().unwrap();
        let id = damaged.connections().await[0].id;
        let tested = connections.test(id).await;
        if let Err(error) = tested {
            told(&error, ErrorCode::CredentialExpired);
        }

        damaged
            .bench
            .connect("alice", RequestDetails::default())
            .await;
        damaged.call(None).await.result.unwrap();
    }
}

async fn a_damaged_connection_is_deleted_and_made_again(mut damaged: Damaged) {
    for column in ["settings", "scopes"] {
        for json in JSONS {
            let connection = damaged
                .bench
                .connect("alice", RequestDetails::default())
                .await;
            damaged
                .run(&format!("UPDATE connections SET {column} = '{json}'"))
                .await;
            let error = damaged.call(None).await.result.unwrap_err();
            told(&error, ErrorCode::CredentialExpired);
            assert!(error.message().contains("create it again"), "{error}");
            assert!(damaged.connections().await.is_empty());
            let store = damaged.bench.store();
            store.delete_connection(connection.id).await.unwrap();
            damaged
                .bench
                .connect("alice", RequestDetails::default())
                .await;
            damaged.call(None).await.result.unwrap();
            let id = damaged.connections().await[0].id;
            damaged.bench.store().delete_connection(id).await.unwrap();
        }
    }
}

async fn a_damaged_outcome_is_not_known(mut damaged: Damaged) {
    damaged
        .bench
        .connect("alice", RequestDetails::default())
        .await;
    damaged.call(Some("key")).await.result.unwrap();
    damaged
        .run("UPDATE claims SET outcome = zeroblob(100)")
        .await;
    let error = damaged.call(Some("key")).await.result.unwrap_err();
    told(&error, ErrorCode::OutcomeUnknown);
}

async fn a_damaged_request_is_as_if_it_were_not_there(mut damaged: Damaged) {
    for json in JSONS {
        let request = damaged.bench.ask(RequestDetails::default()).await;
        damaged
            .run(&format!(
                "UPDATE connection_requests SET details = '{json}'"
            ))
            .await;
        let path = format!("/connect/{}", request.id);
        let (status, _, page) = damaged.bench.browse(&path, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
        let store = damaged.bench.store();
        assert!(store.requests(&request.owner).await.unwrap().is_empty());
    }
    // One that failed, and whose reason is damaged.
    let request = damaged.bench.ask(RequestDetails::default()).await;
    let connect = damaged.bench.gateway.connect().unwrap();
    let ended = connect.cancel(request.clone()).await.unwrap();
    assert_eq!(ended.result.unwrap_err().code, code::CANCELLED);
    let stored = damaged.bench.store().request(request.id).await.unwrap();
    assert_eq!(stored.unwrap().status, RequestStatus::Failed);
    damaged
        .run("UPDATE connection_requests SET error = 'hunter2-hunter2'")
        .await;
    let connect = damaged.bench.gateway.connect().unwrap();
    assert!(connect.request(request.id).await.unwrap().is_none());
}

async fn what_an_operator_made_and_is_damaged_is_for_the_operator(damaged: Damaged) {
    let (store, now) = (damaged.bench.store(), Timestamp::now());
    let client = OAuthClient {
        id: Uuid::new_v4(),
        connector: "bank".to_owned(),
        provider_config: None,
        client_id: "gateway".to_owned(),
        secret: Some(plugwright_store::testing::sealed(HIDDEN)),
        updated_at: now,
    };
    store.put_oauth_client(&client).await.unwrap();
    let connect = damaged.bench.gateway.connect().unwrap();
    let connector = damaged.bench.gateway.registry().connector("bank").unwrap();
    let error = connect
        .registrations
        .find(connector, None)
        .await
        .err()
        .unwrap();
    told(&error, ErrorCode::ProviderNotConfigured);
    assert!(error.message().contains("oauth set bank"), "{error}");
    let of = ClientOf::Connector("bank");
    store.delete_oauth_client(of).await.unwrap();
    connect.registrations.find(connector, None).await.unwrap();

    let project = Project {
        id: Uuid::new_v4(),
        name: "shop".to_owned(),
        display_name: "Shop".to_owned(),
        return_uris: Vec::new(),
        version: 1,
        created_at: now,
    };
    store.create_project(&project).await.unwrap();
    let config = ProviderConfig {
        id: Uuid::new_v4(),
        project: project.id,
        connector: "bank".to_owned(),
        name: "default".to_owned(),
        active: true,
        scopes: None,
        version: 1,
        created_at: now,
    };
    store.create_provider_config(&config).await.unwrap();
    for json in JSONS {
        for table in ["projects", "provider_configs"] {
            damaged
                .run(&format!("UPDATE {table} SET details = '{json}'"))
                .await;
        }
        let error = store.project(project.id).await.unwrap_err();
        told(&error.into(), ErrorCode::ProviderNotConfigured);
        let error = store.provider_config(config.id).await.unwrap_err();
        told(&error.into(), ErrorCode::ProviderNotConfigured);
        assert!(store.projects().await.unwrap().is_empty());
        let configs = store.provider_configs(project.id).await.unwrap();
        assert!(configs.is_empty());
    }
}

async fn a_damaged_token_signs_nobody_in(damaged: Damaged) {
    let text = tokens::generate(tokens::PREFIX).unwrap();
    let token = Token {
        id: Uuid::new_v4(),
        name: "agent".to_owned(),
        hash: tokens::hash(text.expose()),
        preview: "pw_abcde".to_owned(),
        grant: Grant::default(),
        created_at: Timestamp::now(),
        expires_at: None,
        revoked_at: None,
        project: None,
    };
    damaged.bench.store().create_token(&token).await.unwrap();
    let sign_in = || damaged.bench.gateway.authenticate(Some(text.expose()));
    sign_in().await.unwrap();
    for json in JSONS {
        damaged
            .run(&format!("UPDATE tokens SET granted = '{json}'"))
            .await;
        told(&sign_in().await.unwrap_err(), ErrorCode::Unauthorized);
    }
}

macro_rules! in_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            use super::Damaged;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(Damaged::in_sqlite().await).await;
                }
            )*
        }

        mod postgres {
            use super::Damaged;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    super::$test(Damaged::in_postgres().await).await;
                }
            )*
        }
    };
}

in_both_databases! {
    a_damaged_credential_is_connected_again
    a_damaged_connection_is_deleted_and_made_again
    a_damaged_outcome_is_not_known
    a_damaged_request_is_as_if_it_were_not_there
    what_an_operator_made_and_is_damaged_is_for_the_operator
    a_damaged_token_signs_nobody_in
}
