//! Sealed values and their keys.

use super::*;

pub(crate) async fn values_are_sealed_anew_if_they_are_as_before(place: &dyn Place) {
    let store = place.open().await;
    let stored = store.create_connection(&connection("a")).await.unwrap();
    let held = claim("k\0");
    store.claim(&held, MOST).await.unwrap();
    store.claim(&claim("running"), MOST).await.unwrap();
    store.finish_claim(&held, &sealed("done")).await.unwrap();
    assert!(
        store
            .sealed_with_other_keys("k1", 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.sealed_with_other_keys("k0", 1).await.unwrap().len(),
        1
    );

    let found = store.sealed_with_other_keys("k2", 10).await.unwrap();
    let records: Vec<_> = found
        .into_iter()
        .map(|found| found.record.unwrap())
        .collect();
    let places: Vec<_> = records.iter().map(|record| record.place.clone()).collect();
    let of_claim = SealedPlace::Claim {
        principal: held.principal.clone(),
        key: held.key.to_string(),
        run: held.run,
    };
    assert_eq!(places, [SealedPlace::Connection(stored.id), of_claim]);
    let anew = Sealed {
        key_id: "k2".to_owned(),
        bytes: b"anew".to_vec(),
    };
    for record in &records {
        assert!(store.reseal(record, &anew).await.unwrap());
        assert!(!store.reseal(record, &anew).await.unwrap());
    }
    assert!(
        store
            .sealed_with_other_keys("k2", 10)
            .await
            .unwrap()
            .is_empty()
    );
    let error = store.update_connection(&stored).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Connection)),
        "{error:?}"
    );
    let after = store.connection(stored.id).await.unwrap().unwrap();
    assert_eq!(after.secret, anew);
}

pub(crate) async fn the_key_check_is_set_once_and_sealed_anew(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.key_check().await.unwrap(), None);
    store.set_key_check(&sealed("check")).await.unwrap();
    let error = store.set_key_check(&sealed("other")).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::KeyCheck)),
        "{error:?}"
    );
    let record = SealedRecord {
        place: SealedPlace::Check,
        before: sealed("check"),
    };
    assert!(store.reseal(&record, &sealed("anew")).await.unwrap());
    assert!(!store.reseal(&record, &sealed("anew")).await.unwrap());
    let store = place.open().await;
    assert_eq!(store.key_check().await.unwrap(), Some(sealed("anew")));
}
