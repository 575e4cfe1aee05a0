//! Leases for the refresh of credentials.

use std::time::Duration;

use uuid::Uuid;

use super::{Place, connection, sealed};
use crate::{Connection, Lease, StoreError, Timestamp};

const SPAN: Duration = Duration::from_secs(20);

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
    // A concurrent change that does not affect the credential is kept.
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
    // A manually replaced credential is kept as well.
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
