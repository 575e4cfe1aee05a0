//! Projects, end users' connections, OAuth clients, requests to connect and refreshes.

use std::time::Duration;

use uuid::Uuid;

use super::{Place, connection, sealed, selection, token};
use crate::store::{
    Asked, ClientOf, Connection, ConnectionFilter, ConnectionRequest, ConnectionStatus,
    EndedConnection, Lease, OAuthClient, Organization, Owner, Project, ProviderConfig,
    RequestError, RequestStatus, SealedPlace, SealedRecord, Store, StoreError, Token,
};
use crate::time::Timestamp;

const SPAN: Duration = Duration::from_secs(20);

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

fn of_user(config: &ProviderConfig, user: &str, name: &str, created: i64) -> Connection {
    Connection {
        owner: Owner::User {
            project: config.project,
            user: user.to_owned(),
        },
        provider_config: Some(config.id),
        scheme: "oauth2".to_owned(),
        scopes: Some(vec!["repo".to_owned()]),
        expires_at: Some(Timestamp::from_millis(9)),
        refresh_at: Some(Timestamp::from_millis(8)),
        label: Some("mine".to_owned()),
        created_at: Timestamp::from_millis(created),
        ..connection(name)
    }
}

fn request(owner: Owner, store: &dyn Store) -> ConnectionRequest {
    let now = store.now();
    ConnectionRequest {
        id: Uuid::new_v4(),
        owner,
        connector: "github".to_owned(),
        connection: Uuid::new_v4(),
        asked: Asked {
            name: Some("work".to_owned()),
            return_uri: Some("https://app.example.com/done".to_owned()),
            ..Asked::default()
        },
        status: RequestStatus::Initiated,
        error: None,
        browser: None,
        expires_at: now.after(Duration::from_mins(10)),
        created_at: now,
        updated_at: now,
    }
}

async fn with_project(store: &dyn Store) -> (Project, ProviderConfig) {
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
    assert!(matches!(error, StoreError::Changed("project")), "{error:?}");
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
        matches!(error, StoreError::NotFound("project")),
        "{error:?}"
    );
    let error = store.create_connection(&account).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound("project or provider config")),
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
    let places: Vec<_> = found.iter().map(|record| &record.place).collect();
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
        let selection = crate::store::Selection {
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
            connector: None,
        };
        store.connections(&filter).await.unwrap().len()
    };
    let owner = |user| of_user(&config, user, "", 0).owner;
    assert_eq!(count(config.project, None).await, 3);
    assert_eq!(count(config.project, Some(owner("u1"))).await, 2);
    assert_eq!(count(config.project, Some(owner("u\0"))).await, 0);
    assert_eq!(count(Uuid::new_v4(), None).await, 0);
}

pub(crate) async fn a_state_is_good_once_and_in_its_browser(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let made = request(owner.clone(), &*store);
    store.create_request(&made, None).await.unwrap();
    let (state, browser) = ([1; 32], [2; 32]);
    store
        .begin_authorization(made.id, &made.asked, &browser, &state)
        .await
        .unwrap();
    let store = place.open().await;
    for (state, browser) in [([9; 32], browser), (state, [9; 32])] {
        let taken = store.take_authorization(&state, &browser).await.unwrap();
        assert_eq!(taken, None);
    }
    let taken = store.take_authorization(&state, &browser).await.unwrap();
    assert_eq!(taken.unwrap().id, made.id);
    let again = store.take_authorization(&state, &browser).await.unwrap();
    assert_eq!(again, None);
    // Who went back and began again has another state.
    store
        .begin_authorization(made.id, &made.asked, &browser, &[3; 32])
        .await
        .unwrap();

    let late = ConnectionRequest {
        expires_at: store.now().before(Duration::from_secs(1)),
        ..request(owner, &*store)
    };
    store.create_request(&late, None).await.unwrap();
    let error = store
        .begin_authorization(late.id, &late.asked, &browser, &[4; 32])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Changed(_)), "{error:?}");
    assert_eq!(store.forget_requests(store.now()).await.unwrap(), 1);
    assert_eq!(store.request(late.id).await.unwrap(), None);
}

pub(crate) async fn a_request_is_finished_once(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let superseded = request(owner.clone(), &*store);
    store.create_request(&superseded, None).await.unwrap();
    let error = RequestError {
        code: "request_superseded".to_owned(),
        message: "another one was made".to_owned(),
    };
    let made = ConnectionRequest {
        created_at: superseded.created_at.after(Duration::from_millis(1)),
        ..request(owner.clone(), &*store)
    };
    store.create_request(&made, Some(&error)).await.unwrap();
    let listed = store.requests(&owner).await.unwrap();
    assert_eq!(listed[0], made);
    assert_eq!(listed[1].status, RequestStatus::Failed);
    assert_eq!(listed[1].error.as_ref(), Some(&error));
    assert_eq!(
        store.request_for(made.connection).await.unwrap(),
        Some(made.clone())
    );

    let account = Connection {
        id: made.connection,
        ..connection("work")
    };
    let stored = store.finish_request(made.id, &account).await.unwrap();
    assert_eq!((stored.id, stored.is_default), (account.id, true));
    for error in [
        store.finish_request(made.id, &account).await.unwrap_err(),
        store.fail_request(made.id, &error).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Changed(_)), "{error:?}");
    }
    let finished = store.request(made.id).await.unwrap().unwrap();
    assert_eq!(finished.status, RequestStatus::Connected);

    // The same account is connected again.
    let again = ConnectionRequest {
        connection: account.id,
        ..request(owner.clone(), &*store)
    };
    store.create_request(&again, None).await.unwrap();
    let renewed = Connection {
        secret: sealed("new"),
        is_default: true,
        ..account.clone()
    };
    let stored = store.finish_request(again.id, &renewed).await.unwrap();
    assert_eq!(stored.secret, sealed("new"));
    assert_eq!((stored.version, stored.credential_version), (2, 2));

    // Where the name is taken nothing is half done.
    let clash = request(owner, &*store);
    store.create_request(&clash, None).await.unwrap();
    let other = Connection {
        id: clash.connection,
        ..connection("work")
    };
    let refused = store.finish_request(clash.id, &other).await.unwrap_err();
    assert!(matches!(refused, StoreError::NameTaken(_)), "{refused:?}");
    let open = store.request(clash.id).await.unwrap().unwrap();
    assert_eq!(open.status, RequestStatus::Initiated);
    store.fail_request(clash.id, &error).await.unwrap();
}

pub(crate) async fn a_deleted_connection_leaves_a_record_without_its_secret(place: &dyn Place) {
    let store = place.open().await;
    let (_, config) = with_project(&*store).await;
    let work = store.create_connection(&connection("work")).await.unwrap();
    let theirs = of_user(&config, "u1", "work", 1);
    store.create_connection(&theirs).await.unwrap();
    assert_eq!(store.ended_connection(work.id).await.unwrap(), None);
    let again = ConnectionRequest {
        connection: work.id,
        ..request(work.owner.clone(), &*store)
    };
    let widened = ConnectionRequest {
        id: Uuid::new_v4(),
        ..again.clone()
    };
    for open in [&again, &widened] {
        store.create_request(open, None).await.unwrap();
    }
    let before = store.now();
    store.delete_connection(work.id).await.unwrap();
    store.delete_connection(theirs.id).await.unwrap();

    let store = place.open().await;
    let ended = store.ended_connection(work.id).await.unwrap().unwrap();
    assert!(ended.ended_at >= before, "{ended:?}");
    assert_eq!(
        EndedConnection::of(&work, ended.ended_at),
        Some(ended.clone())
    );
    assert_eq!(store.ended_connection(theirs.id).await.unwrap(), None);

    // No request brings it back.
    for open in [again.id, widened.id] {
        let failed = store.request(open).await.unwrap().unwrap();
        assert_eq!(failed.status, RequestStatus::Failed);
        assert_eq!(failed.error, Some(RequestError::withdrawn()));
        let late = store.finish_request(open, &work).await.unwrap_err();
        assert!(matches!(late, StoreError::Changed(_)), "{late:?}");
    }

    // One that is not connected yet ends with its requests, one that is connected does not.
    let pending = request(work.owner.clone(), &*store);
    store.create_request(&pending, None).await.unwrap();
    let unnamed = EndedConnection {
        id: pending.connection,
        name: None,
        ..ended.clone()
    };
    store.end_connection(&unnamed).await.unwrap();
    let failed = store.request(pending.id).await.unwrap().unwrap();
    assert_eq!(
        (failed.status, failed.error),
        (RequestStatus::Failed, Some(RequestError::withdrawn()))
    );
    let kept = store.ended_connection(unnamed.id).await.unwrap();
    assert_eq!(kept, Some(unnamed));
    let home = store.create_connection(&connection("home")).await.unwrap();
    let late = EndedConnection {
        id: home.id,
        ..ended.clone()
    };
    let refused = store.end_connection(&late).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Changed("connection")),
        "{refused:?}"
    );

    // One that comes back and ends again has another end.
    let again = Connection {
        id: work.id,
        label: Some("again".to_owned()),
        ..connection("again")
    };
    store.create_connection(&again).await.unwrap();
    store.delete_connection(again.id).await.unwrap();
    let twice = store.ended_connection(again.id).await.unwrap().unwrap();
    assert_eq!(twice.label.as_deref(), Some("again"));

    let then = Timestamp::from_millis(before.as_millis() - 1);
    assert_eq!(store.forget_ended_connections(then).await.unwrap(), 0);
    let then = store.now();
    assert_eq!(store.forget_ended_connections(then).await.unwrap(), 2);
    assert_eq!(store.ended_connection(again.id).await.unwrap(), None);

    // It keeps no organization in place, and ends with it.
    let organization = Organization {
        name: "acme".to_owned(),
        created_at: Timestamp::from_millis(1),
    };
    store.create_organization(&organization).await.unwrap();
    let theirs = Connection {
        owner: Owner::Organization("acme".to_owned()),
        ..connection("work")
    };
    store.create_connection(&theirs).await.unwrap();
    store.delete_connection(theirs.id).await.unwrap();
    assert!(store.ended_connection(theirs.id).await.unwrap().is_some());
    store.delete_organization("acme").await.unwrap();
    assert_eq!(store.ended_connection(theirs.id).await.unwrap(), None);
}

pub(crate) async fn one_lease_at_a_time_refreshes_a_credential(place: &dyn Place) {
    let store = place.open().await;
    let stored = store.create_connection(&connection("a")).await.unwrap();
    let lease = async |version| store.lease_refresh(stored.id, version, SPAN).await.unwrap();
    let Lease::Taken { fence } = lease(1).await else {
        panic!("the first is to get it");
    };
    assert_eq!(lease(1).await, Lease::Busy);
    store.release_refresh(stored.id, fence).await.unwrap();
    let Lease::Taken { fence: next } = lease(1).await else {
        panic!("it is free again");
    };
    assert!(next > fence);
    let refreshed = Connection {
        secret: sealed("new"),
        expires_at: Some(Timestamp::from_millis(99)),
        scopes: Some(vec!["repo".to_owned()]),
        ..stored.clone()
    };
    // Another change in the meantime, which is not about the credential, is kept.
    let renamed = Connection {
        name: "renamed".to_owned(),
        ..stored.clone()
    };
    store.update_connection(&renamed).await.unwrap();
    let stored = store.finish_refresh(&refreshed, next).await.unwrap();
    assert_eq!(stored.secret, sealed("new"));
    assert_eq!(stored.name, "renamed");
    assert_eq!(stored.expires_at, refreshed.expires_at);
    assert_eq!((stored.version, stored.credential_version), (3, 2));
    assert_eq!(lease(1).await, Lease::Changed);
    let unknown = store.lease_refresh(Uuid::new_v4(), 1, SPAN).await.unwrap();
    assert_eq!(unknown, Lease::Changed);
}

pub(crate) async fn a_late_holder_of_a_lease_stores_nothing(place: &dyn Place) {
    let store = place.open().await;
    let stored = store.create_connection(&connection("a")).await.unwrap();
    let lease = async || {
        let span = Duration::from_millis(1);
        match store.lease_refresh(stored.id, 1, span).await.unwrap() {
            Lease::Taken { fence } => Some(fence),
            Lease::Busy | Lease::Changed => None,
        }
    };
    let late = lease().await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let holder = lease().await.unwrap();
    let refreshed = Connection {
        secret: sealed("late"),
        ..stored.clone()
    };
    let error = store.finish_refresh(&refreshed, late).await.unwrap_err();
    assert!(matches!(error, StoreError::Changed(_)), "{error:?}");
    store.release_refresh(stored.id, late).await.unwrap();
    // Who replaced the credential by hand is not overruled either.
    let replaced = Connection {
        secret: sealed("by hand"),
        credential_version: 2,
        ..stored.clone()
    };
    store.update_connection(&replaced).await.unwrap();
    let error = store.finish_refresh(&refreshed, holder).await.unwrap_err();
    assert!(matches!(error, StoreError::Changed(_)), "{error:?}");
    let kept = store.connection(stored.id).await.unwrap().unwrap();
    assert_eq!(kept.secret, sealed("by hand"));
}
