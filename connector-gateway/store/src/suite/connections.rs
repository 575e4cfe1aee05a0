//! Connections and their organizations.

use super::requests::request;
use super::*;
use crate::RequestError;
use plugwright_sdk::auth::SchemeKind;

pub(crate) async fn an_organization_with_connections_stays(place: &dyn Place) {
    let store = place.open().await;
    let acme = Organization {
        name: "acme".to_owned(),
        created_at: Timestamp::from_millis(5),
    };
    let theirs = Connection {
        owner: Owner::Organization("acme".to_owned()),
        ..connection("work")
    };
    let error = store.create_connection(&theirs).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Organization)),
        "{error:?}"
    );

    store.create_organization(&acme).await.unwrap();
    let error = store.create_organization(&acme).await.unwrap_err();
    assert_eq!(error.to_string(), "`acme` is in use");
    let names: Vec<_> = store
        .organizations()
        .await
        .unwrap()
        .into_iter()
        .map(|organization| organization.name)
        .collect();
    assert_eq!(names, ["acme", "default"]);

    store.create_connection(&theirs).await.unwrap();
    for name in ["acme", DEFAULT_ORGANIZATION] {
        let error = store.delete_organization(name).await.unwrap_err();
        assert!(matches!(error, StoreError::NotEmpty), "{name}: {error:?}");
    }
    store.delete_connection(theirs.id).await.unwrap();
    store.delete_organization("acme").await.unwrap();
    let error = store.delete_organization("acme").await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Organization)),
        "{error:?}"
    );
}

pub(crate) async fn a_new_organization_of_an_old_name_has_none_of_its_tokens_and_requests(
    place: &dyn Place,
) {
    let store = place.open().await;
    let acme = Organization {
        name: "acme".to_owned(),
        created_at: Timestamp::from_millis(5),
    };
    let owner = Owner::Organization(acme.name.clone());
    store.create_organization(&acme).await.unwrap();
    let other = request(connection("").owner, &*store);
    let open = request(owner.clone(), &*store);
    for request in [&other, &open] {
        store.create_request(request, None, quota()).await.unwrap();
    }
    let token = Token {
        grant: Grant {
            organizations: vec![DEFAULT_ORGANIZATION.to_owned(), acme.name.clone()],
            ..Grant::default()
        },
        ..token("theirs", 1)
    };
    store.create_token(&token).await.unwrap();
    store.delete_organization("acme").await.unwrap();
    let is_withdrawn = async |id| {
        let request = store.request(id).await.unwrap().unwrap();
        request.error == Some(RequestError::withdrawn())
    };
    assert!(is_withdrawn(open.id).await);
    assert!(!is_withdrawn(other.id).await);

    // One that was stored too late.
    let late = request(owner, &*store);
    store.create_request(&late, None, quota()).await.unwrap();
    let error = store.create_organization(&acme).await.unwrap_err();
    assert!(matches!(error, StoreError::Named), "{error:?}");
    let known = store.organizations().await.unwrap();
    assert!(known.iter().all(|known| known.name != "acme"), "{known:?}");
    assert!(!is_withdrawn(late.id).await);
    let revoked = Token {
        revoked_at: Some(Timestamp::from_millis(6)),
        ..token.clone()
    };
    store.update_token(&token, &revoked).await.unwrap();
    store.create_organization(&acme).await.unwrap();
    assert!(is_withdrawn(late.id).await);
    assert!(!is_withdrawn(other.id).await);
}

pub(crate) async fn one_connection_of_an_owner_is_the_default(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let default = async || {
        store
            .find_connection(&selection(&owner, None))
            .await
            .unwrap()
            .map(|connection| connection.name)
    };
    let first = store.create_connection(&connection("b")).await.unwrap();
    assert!(first.is_default);
    assert_eq!(
        Connection {
            is_default: false,
            ..first.clone()
        },
        Connection {
            id: first.id,
            ..connection("b")
        }
    );
    let second = store.create_connection(&connection("a")).await.unwrap();
    assert!(!second.is_default);
    let third = Connection {
        is_default: true,
        ..connection("c")
    };
    let third = store.create_connection(&third).await.unwrap();
    assert_eq!(default().await.as_deref(), Some("c"));

    // A change based on the state before that.
    let error = store.update_connection(&first).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Connection)),
        "{error:?}"
    );

    let second = Connection {
        is_default: true,
        ..second
    };
    let second = store.update_connection(&second).await.unwrap();
    assert_eq!(default().await.as_deref(), Some("a"));
    let second = Connection {
        is_default: false,
        ..second
    };
    store.update_connection(&second).await.unwrap();
    assert_eq!(default().await, None);

    let third = store.connection(third.id).await.unwrap().unwrap();
    let third = Connection {
        is_default: true,
        ..third
    };
    store.update_connection(&third).await.unwrap();
    store.delete_connection(third.id).await.unwrap();
    assert_eq!(default().await.as_deref(), Some("b"), "the oldest");
    let error = store.delete_connection(third.id).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Connection)),
        "{error:?}"
    );
}

pub(crate) async fn connections_are_found_and_listed_in_order(place: &dyn Place) {
    let store = place.open().await;
    for (connector, name) in [("slack", "a"), ("github", "b"), ("github", "a")] {
        let connection = Connection {
            connector: connector.to_owned(),
            ..connection(name)
        };
        store.create_connection(&connection).await.unwrap();
    }
    let names = async |filter| {
        let connections = store.connections(&filter).await.unwrap();
        connections
            .iter()
            .map(|connection| format!("{}/{}", connection.connector, connection.name))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        names(ConnectionFilter::default()).await,
        "github/a github/b slack/a"
    );
    let of_slack = ConnectionFilter {
        connector: Some("slack".to_owned()),
        owner: Some(connection("").owner),
        ..ConnectionFilter::default()
    };
    assert_eq!(names(of_slack).await, "slack/a");
    for (name, found) in [("a", "github/a slack/a"), ("c", ""), ("\0", "")] {
        let of_name = ConnectionFilter {
            name: Some(name.to_owned()),
            ..ConnectionFilter::default()
        };
        assert_eq!(names(of_name).await, found);
    }
    let of_others = ConnectionFilter {
        owner: Some(Owner::Organization("acme".to_owned())),
        ..ConnectionFilter::default()
    };
    assert_eq!(names(of_others).await, "");
    let owner = connection("").owner;
    let found = store
        .find_connection(&selection(&owner, Some("a")))
        .await
        .unwrap();
    assert_eq!(found.unwrap().secret, sealed("a"));
    let found = store
        .find_connection(&selection(&owner, Some("c")))
        .await
        .unwrap();
    assert_eq!(found, None);
    let found = store
        .find_connection(&selection(&owner, Some("\0")))
        .await
        .unwrap();
    assert_eq!(found, None, "no name has this character");
}

pub(crate) async fn a_change_states_the_version_that_it_saw(place: &dyn Place) {
    let store = place.open().await;
    let stored = store.create_connection(&connection("a")).await.unwrap();
    store.create_connection(&connection("b")).await.unwrap();
    let taken = Connection {
        name: "b".to_owned(),
        ..stored.clone()
    };
    let error = store.update_connection(&taken).await.unwrap_err();
    assert_eq!(error.to_string(), "`b` is in use");
    let error = store.create_connection(&connection("a")).await.unwrap_err();
    assert_eq!(error.to_string(), "`a` is in use");

    let changed = Connection {
        name: "c".to_owned(),
        scheme: SchemeKind::Basic,
        status: ConnectionStatus::ReauthRequired,
        account: None,
        settings: BTreeMap::new(),
        secret: sealed("other"),
        ..stored.clone()
    };
    let updated = store.update_connection(&changed).await.unwrap();
    assert!(updated.updated_at > stored.updated_at || updated.version == 2);
    assert_eq!(
        updated,
        Connection {
            version: stored.version + 1,
            updated_at: updated.updated_at,
            ..changed.clone()
        }
    );
    let error = store.update_connection(&changed).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Connection)),
        "{error:?}"
    );
    let store = place.open().await;
    assert_eq!(store.connection(stored.id).await.unwrap(), Some(updated));
    let error = store.update_connection(&connection("z")).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Connection)),
        "{error:?}"
    );
}
