//! Requests to connect, and the end of connections.

use std::time::Duration;

use uuid::Uuid;

use super::accounts::{of_user, with_project};
use super::{Place, connection, quota, sealed};
use crate::{
    Connection, ConnectionRequest, DEFAULT_ORGANIZATION, EndedConnection, Organization, Owner,
    Quota, RecordKind, RequestDetails, RequestError, RequestStatus, Store, StoreError, Timestamp,
};

pub(super) fn request(owner: Owner, store: &dyn Store) -> ConnectionRequest {
    let now = store.now();
    ConnectionRequest {
        id: Uuid::new_v4(),
        owner,
        connector: "github".to_owned(),
        connection: Uuid::new_v4(),
        details: RequestDetails {
            name: Some("work".to_owned()),
            return_uri: Some("https://app.example.com/done".to_owned()),
            ..RequestDetails::default()
        },
        status: RequestStatus::Initiated,
        error: None,
        browser: None,
        expires_at: now.after(Duration::from_mins(10)),
        created_at: now,
        updated_at: now,
    }
}

pub(crate) async fn a_state_is_good_once_and_in_its_browser(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let made = request(owner.clone(), &*store);
    store.create_request(&made, None, quota()).await.unwrap();
    let (state, browser) = ([1; 32], [2; 32]);
    store
        .begin_authorization(made.id, &made.details, &browser, &state)
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
    // A repeated authorization has another state.
    store
        .begin_authorization(made.id, &made.details, &browser, &[3; 32])
        .await
        .unwrap();

    let late = ConnectionRequest {
        expires_at: store.now().before(Duration::from_secs(1)),
        ..request(owner, &*store)
    };
    store.create_request(&late, None, quota()).await.unwrap();
    let error = store
        .begin_authorization(late.id, &late.details, &browser, &[4; 32])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Changed(_)), "{error:?}");
    assert_eq!(store.forget_requests(store.now()).await.unwrap(), 1);
    assert_eq!(store.request(late.id).await.unwrap(), None);
}

pub(crate) async fn a_principal_has_so_many_open_requests(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let quota = Quota {
        principal: "token:3",
        most: 2,
        beside: 0,
    };
    let create = async |details: &ConnectionRequest, supersede: Option<&RequestError>| {
        store.create_request(details, supersede, quota).await
    };
    let late = ConnectionRequest {
        expires_at: store.now().before(Duration::from_secs(1)),
        ..request(owner.clone(), &*store)
    };
    create(&late, None).await.unwrap();
    let [first, second, third] = std::array::from_fn(|_| request(owner.clone(), &*store));
    create(&first, None).await.unwrap();
    create(&second, None).await.unwrap();
    let error = create(&third, None).await.unwrap_err();
    assert!(matches!(error, StoreError::TooMany(_)), "{error:?}");
    assert_eq!(error.to_string(), "too many open connect requests");
    assert_eq!(store.request(third.id).await.unwrap(), None);
    // Another principal of the same owner has its own quota.
    let others = request(owner.clone(), &*store);
    let other = Quota {
        principal: "token:4",
        ..quota
    };
    store.create_request(&others, None, other).await.unwrap();
    // Ended and superseded ones make room.
    let error = RequestError::withdrawn();
    store.fail_request(first.id, &error).await.unwrap();
    create(&third, None).await.unwrap();
    // Only the latest ended ones are kept.
    let mut made = Vec::new();
    for number in 0..quota.kept() + 5 {
        let now = store.now().after(Duration::from_secs(1 + number as u64));
        let next = ConnectionRequest {
            created_at: now,
            ..request(owner.clone(), &*store)
        };
        create(&next, Some(&error)).await.unwrap();
        made.push(next.id);
    }
    assert_eq!(store.request(first.id).await.unwrap(), None);
    assert_eq!(store.request(made[0]).await.unwrap(), None);
    assert!(store.request(made[5]).await.unwrap().is_some());
    let listed = store.requests(&owner).await.unwrap();
    // Those of the other one and the open one as well.
    assert!(listed.len() <= quota.kept() + 3, "{}", listed.len());
}

pub(crate) async fn concurrent_requests_keep_to_the_quota(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let quota = Quota {
        principal: "token:5",
        most: 3,
        beside: 0,
    };
    let made = (0..12).map(|_| {
        let (store, new) = (&store, request(owner.clone(), &*store));
        async move { store.create_request(&new, None, quota).await.is_ok() }
    });
    let made = futures_util::future::join_all(made).await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 3);
}

pub(crate) async fn a_request_is_finished_once(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let superseded = request(owner.clone(), &*store);
    store
        .create_request(&superseded, None, quota())
        .await
        .unwrap();
    let error = RequestError {
        code: "request_superseded".to_owned(),
        message: "another one was made".to_owned(),
        provider_code: None,
    };
    let made = ConnectionRequest {
        created_at: superseded.created_at.after(Duration::from_millis(1)),
        ..request(owner.clone(), &*store)
    };
    store
        .create_request(&made, Some(&error), quota())
        .await
        .unwrap();
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

    // The same account is reconnected.
    let again = ConnectionRequest {
        connection: account.id,
        ..request(owner.clone(), &*store)
    };
    store.create_request(&again, None, quota()).await.unwrap();
    let renewed = Connection {
        secret: sealed("new"),
        is_default: true,
        ..account.clone()
    };
    let stored = store.finish_request(again.id, &renewed).await.unwrap();
    assert_eq!(stored.secret, sealed("new"));
    assert_eq!((stored.version, stored.credential_version), (2, 2));

    // A name that is in use leaves nothing half done.
    let clash = request(owner, &*store);
    store.create_request(&clash, None, quota()).await.unwrap();
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

pub(crate) async fn a_principal_ends_no_requests_of_another(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let [theirs, own, next] = std::array::from_fn(|_| request(owner.clone(), &*store));
    let error = RequestError {
        code: "request_superseded".to_owned(),
        message: "another one was made".to_owned(),
        provider_code: Some("invalid_scope".to_owned()),
    };
    for (request, principal) in [(&theirs, "token:6"), (&own, "token:7"), (&next, "token:7")] {
        let quota = Quota {
            principal,
            ..quota()
        };
        let created = store.create_request(request, Some(&error), quota);
        created.await.unwrap();
    }
    for (request, status) in [
        (theirs, RequestStatus::Initiated),
        (own, RequestStatus::Failed),
        (next, RequestStatus::Initiated),
    ] {
        let stored = store.request(request.id).await.unwrap().unwrap();
        assert_eq!(stored.status, status);
    }
}

pub(crate) async fn the_latest_requests_of_an_owner_stay_open(place: &dyn Place) {
    let store = place.open().await;
    let owner = connection("").owner;
    let error = RequestError::withdrawn();
    let quota = Quota {
        principal: "project:8",
        most: 20,
        beside: 2,
    };
    let mut made = Vec::new();
    for number in 0..5 {
        let new = ConnectionRequest {
            created_at: store.now().after(Duration::from_millis(number)),
            ..request(owner.clone(), &*store)
        };
        store
            .create_request(&new, Some(&error), quota)
            .await
            .unwrap();
        made.push(new.id);
    }
    let other = ConnectionRequest {
        connector: "another".to_owned(),
        ..request(owner, &*store)
    };
    store
        .create_request(&other, Some(&error), quota)
        .await
        .unwrap();
    made.push(other.id);
    let mut open = Vec::new();
    for id in made {
        let stored = store.request(id).await.unwrap().unwrap();
        open.push(stored.status == RequestStatus::Initiated);
    }
    assert_eq!(open, [false, false, true, true, true, true]);
}

pub(crate) async fn an_organization_has_so_many_records_of_deleted_connections(place: &dyn Place) {
    let store = place.open().await;
    let now = store.now();
    let ended = |number: u64| EndedConnection {
        id: Uuid::now_v7(),
        organization: DEFAULT_ORGANIZATION.to_owned(),
        connector: "github".to_owned(),
        name: None,
        label: None,
        created_at: now,
        ended_at: now.after(Duration::from_millis(number)),
    };
    let records: Vec<_> = (0..1_002).map(ended).collect();
    for record in &records {
        store.end_connection(record).await.unwrap();
    }
    for (record, is_kept) in [(0, false), (1, false), (2, true), (1_001, true)] {
        let found = store.ended_connection(records[record].id).await.unwrap();
        assert_eq!(found.is_some(), is_kept, "{record}");
    }
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
        store.create_request(open, None, quota()).await.unwrap();
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

    // No request restores it.
    for open in [again.id, widened.id] {
        let failed = store.request(open).await.unwrap().unwrap();
        assert_eq!(failed.status, RequestStatus::Failed);
        assert_eq!(failed.error, Some(RequestError::withdrawn()));
        let late = store.finish_request(open, &work).await.unwrap_err();
        assert!(matches!(late, StoreError::Changed(_)), "{late:?}");
    }

    // An unconnected one ends with its requests, a connected one does not.
    let pending = request(work.owner.clone(), &*store);
    store.create_request(&pending, None, quota()).await.unwrap();
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
        matches!(refused, StoreError::Changed(RecordKind::Connection)),
        "{refused:?}"
    );

    // A restored one has another end.
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

    // It does not keep its organization from being deleted, and is deleted with it.
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
