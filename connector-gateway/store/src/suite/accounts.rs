//! Projects, end users' connections and OAuth clients.

use plugwright_sdk::auth::SchemeKind;
use uuid::Uuid;

use super::{Place, connection, sealed, selection, token};
use crate::{
    ClientOf, Connection, ConnectionFilter, ConnectionStatus, OAuthClient, Owner, Project,
    ProviderConfig, RecordKind, SealedPlace, SealedRecord, Store, StoreError, Timestamp, Token,
};

fn project(name: &str) -> Project {
    Project {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        display_name: "Acme".to_owned(),
        return_uris: vec!["https://app.example.com/".to_owned()],
        version: 1,
        created_at: Timestamp::from_millis(5),
    }
}

fn config(project: &Project) -> ProviderConfig {
    ProviderConfig {
        id: Uuid::new_v4(),
        project: project.id,
        connector: "github".to_owned(),
        name: "GitHub".to_owned(),
        active: true,
        scopes: Some(vec!["repo".to_owned()]),
        version: 1,
        created_at: Timestamp::from_millis(6),
    }
}

pub(super) fn of_user(config: &ProviderConfig, user: &str, name: &str, created: i64) -> Connection {
    Connection {
        owner: Owner::User {
            project: config.project,
            user: user.to_owned(),
        },
        provider_config: Some(config.id),
        scheme: SchemeKind::OAuth2,
        scopes: Some(vec!["repo".to_owned()]),
        expires_at: Some(Timestamp::from_millis(9)),
        refresh_at: Some(Timestamp::from_millis(8)),
        label: Some("mine".to_owned()),
        created_at: Timestamp::from_millis(created),
        ..connection(name)
    }
}

pub(super) async fn with_project(store: &dyn Store) -> (Project, ProviderConfig) {
    let project = project("acme");
    store.create_project(&project).await.unwrap();
    let config = config(&project);
    store.create_provider_config(&config).await.unwrap();
    (project, config)
}

pub(crate) async fn a_project_goes_with_its_keys_and_not_with_connections(place: &dyn Place) {
    let store = place.open().await;
    let (acme, config) = with_project(&*store).await;
    let error = store.create_project(&project("acme")).await.unwrap_err();
    assert!(matches!(error, StoreError::NameTaken(_)), "{error:?}");
    let renamed = Project {
        display_name: "Acme Ltd".to_owned(),
        ..acme.clone()
    };
    let stored = store.update_project(&renamed).await.unwrap();
    assert_eq!(stored.version, 2);
    let error = store.update_project(&renamed).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Project)),
        "{error:?}"
    );
    let inactive = ProviderConfig {
        active: false,
        ..config.clone()
    };
    let inactive = store.update_provider_config(&inactive).await.unwrap();
    let key = Token {
        project: Some(acme.id),
        ..token("key", 1)
    };
    store.create_token(&key).await.unwrap();
    let account = of_user(&config, "u1", "work", 1);
    store.create_connection(&account).await.unwrap();

    let store = place.open().await;
    let listed = store.projects().await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&stored));
    assert_eq!(store.project(acme.id).await.unwrap(), Some(stored));
    assert_eq!(store.provider_configs(acme.id).await.unwrap(), [inactive]);
    assert_eq!(store.token_by_hash(&key.hash).await.unwrap().unwrap(), key);
    for error in [
        store.delete_project(acme.id).await.unwrap_err(),
        store.delete_provider_config(config.id).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::NotEmpty), "{error:?}");
    }
    assert!(store.token_by_hash(&key.hash).await.unwrap().is_some());
    store.delete_connection(account.id).await.unwrap();
    store.delete_project(acme.id).await.unwrap();
    assert_eq!(store.token_by_hash(&key.hash).await.unwrap(), None);
    assert_eq!(store.provider_config(config.id).await.unwrap(), None);
    let error = store.delete_project(acme.id).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Project)),
        "{error:?}"
    );
    let error = store.create_connection(&account).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::ProviderConfig)),
        "{error:?}"
    );
}

pub(crate) async fn an_oauth_client_is_replaced_and_sealed_anew(place: &dyn Place) {
    let store = place.open().await;
    let (_, config) = with_project(&*store).await;
    let client = |provider_config, client_id: &str| OAuthClient {
        id: Uuid::new_v4(),
        connector: "github".to_owned(),
        provider_config,
        client_id: client_id.to_owned(),
        secret: Some(sealed(client_id)),
        updated_at: Timestamp::from_millis(7),
    };
    let own = client(Some(config.id), "own");
    for client in [client(None, "first"), client(None, "second"), own.clone()] {
        store.put_oauth_client(&client).await.unwrap();
    }
    let of_operator = ClientOf::Connector("github");
    let stored = store.oauth_client(of_operator).await.unwrap().unwrap();
    assert_eq!(stored.client_id, "second");
    assert_eq!(
        store.oauth_client(own.of()).await.unwrap(),
        Some(own.clone())
    );
    assert_eq!(
        store.oauth_clients().await.unwrap(),
        [stored.clone(), own.clone()]
    );

    let found = store.sealed_with_other_keys("k2", 10).await.unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|found| &found.record.as_ref().unwrap().place)
        .collect();
    assert!(
        places.contains(&&SealedPlace::OAuthClient(stored.id)),
        "{places:?}"
    );
    let record = SealedRecord {
        place: SealedPlace::OAuthClient(stored.id),
        before: sealed("second"),
    };
    assert!(store.reseal(&record, &sealed("anew")).await.unwrap());
    assert!(!store.reseal(&record, &sealed("anew")).await.unwrap());
    store.delete_oauth_client(of_operator).await.unwrap();
    let error = store.delete_oauth_client(of_operator).await.unwrap_err();
    assert!(matches!(error, StoreError::NotFound(_)), "{error:?}");
    store.delete_provider_config(config.id).await.unwrap();
    assert_eq!(store.oauth_clients().await.unwrap(), []);
}

pub(crate) async fn the_latest_working_account_of_a_user_is_found(place: &dyn Place) {
    let store = place.open().await;
    let (_, config) = with_project(&*store).await;
    let found = async |user: &str, name: Option<&str>, provider_config| {
        let owner = of_user(&config, user, "", 0).owner;
        let selection = crate::Selection {
            provider_config,
            ..selection(&owner, name)
        };
        let found = store.find_connection(&selection).await.unwrap();
        found.map(|connection| connection.name)
    };
    let older = of_user(&config, "u1", "older", 1);
    let latest = of_user(&config, "u1", "latest", 2);
    for account in [&older, &latest] {
        let stored = store.create_connection(account).await.unwrap();
        assert!(!stored.is_default);
        assert_eq!(stored, *account);
    }
    assert_eq!(found("u1", None, None).await.unwrap(), "latest");
    assert_eq!(found("u1", None, Some(config.id)).await.unwrap(), "latest");
    assert_eq!(found("u1", None, Some(Uuid::new_v4())).await, None);
    assert_eq!(found("u1", Some("older"), None).await.unwrap(), "older");
    for (user, name) in [
        ("u2", None),
        ("u", None),
        ("u1:", None),
        ("u2", Some("older")),
        ("u\0", None),
    ] {
        assert_eq!(found(user, name, None).await, None, "{user:?}");
    }
    let broken = Connection {
        status: ConnectionStatus::ReauthRequired,
        ..latest
    };
    store.update_connection(&broken).await.unwrap();
    assert_eq!(found("u1", None, None).await.unwrap(), "older");
    let error = store
        .create_connection(&of_user(&config, "u1", "older", 3))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NameTaken(_)), "{error:?}");
    store
        .create_connection(&of_user(&config, "u2", "older", 3))
        .await
        .unwrap();
    let count = async |project, owner| {
        let filter = ConnectionFilter {
            owner,
            project: Some(project),
            ..ConnectionFilter::default()
        };
        store.connections(&filter).await.unwrap().len()
    };
    let owner = |user| of_user(&config, user, "", 0).owner;
    assert_eq!(count(config.project, None).await, 3);
    assert_eq!(count(config.project, Some(owner("u1"))).await, 2);
    assert_eq!(count(config.project, Some(owner("u\0"))).await, 0);
    for (user, number) in [("u1", 2), ("u2", 1), ("u3", 0), ("u\0", 0)] {
        let counted = store.count_connections(&owner(user)).await.unwrap();
        assert_eq!(counted, number, "{user:?}");
    }
    assert_eq!(count(Uuid::new_v4(), None).await, 0);
    assert_eq!(store.count_accounts(config.project).await.unwrap(), 3);
    assert_eq!(store.count_accounts(Uuid::new_v4()).await.unwrap(), 0);
}
