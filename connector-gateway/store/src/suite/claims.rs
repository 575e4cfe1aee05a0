//! Idempotency keys.

use super::*;

pub(crate) async fn a_key_is_taken_once_and_brings_back_the_outcome(place: &dyn Place) {
    let store = place.open().await;
    let first = claim("k\0");
    assert_eq!(store.claim(&first).await.unwrap(), Claimed::Taken);
    assert_eq!(store.claim(&again(&first)).await.unwrap(), Claimed::Running);
    let other = Claim {
        fingerprint: [2; 32],
        ..again(&first)
    };
    assert_eq!(store.claim(&other).await.unwrap(), Claimed::Conflict);
    let others = Claim {
        principal: "token:2".to_owned(),
        ..again(&first)
    };
    assert_eq!(store.claim(&others).await.unwrap(), Claimed::Taken);

    store.finish_claim(&first, &sealed("done")).await.unwrap();
    let finished = Claimed::Finished {
        run: first.run,
        outcome: sealed("done"),
    };
    assert_eq!(store.claim(&again(&first)).await.unwrap(), finished);
    assert_eq!(store.claim(&other).await.unwrap(), Claimed::Conflict);
    let store = place.open().await;
    assert_eq!(store.claim(&again(&first)).await.unwrap(), finished);
}

pub(crate) async fn only_the_holder_ends_a_claim_and_once(place: &dyn Place) {
    let store = place.open().await;
    let held = claim("k");
    store.claim(&held).await.unwrap();
    for not_held in [again(&held), claim("other")] {
        let error = store
            .finish_claim(&not_held, &sealed("x"))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Changed("claim")), "{error:?}");
        let error = store.release_claim(&not_held).await.unwrap_err();
        assert!(matches!(error, StoreError::Changed("claim")), "{error:?}");
    }
    let after_a_restart = place.open().await;
    let error = after_a_restart.release_claim(&held).await.unwrap_err();
    assert!(matches!(error, StoreError::Changed("claim")), "{error:?}");

    store.release_claim(&held).await.unwrap();
    assert_eq!(store.claim(&held).await.unwrap(), Claimed::Taken);
    store.finish_claim(&held, &sealed("done")).await.unwrap();
    assert!(store.finish_claim(&held, &sealed("again")).await.is_err());
    assert!(store.release_claim(&held).await.is_err());
}

pub(crate) async fn a_claim_of_an_ended_process_is_lost_or_taken_again(place: &dyn Place) {
    let (lost, repeatable) = (
        claim("lost"),
        Claim {
            repeatable: true,
            ..claim("again")
        },
    );
    let before = place.open().await;
    before.claim(&lost).await.unwrap();
    before.claim(&repeatable).await.unwrap();
    place.crash().await;

    let store = place.open().await;
    let expected = Claimed::Lost { run: lost.run };
    assert_eq!(store.claim(&again(&lost)).await.unwrap(), expected);
    assert_eq!(store.claim(&again(&lost)).await.unwrap(), expected);
    let taken = again(&repeatable);
    assert_eq!(store.claim(&taken).await.unwrap(), Claimed::Taken);
    assert_eq!(
        store.claim(&again(&repeatable)).await.unwrap(),
        Claimed::Running
    );
    assert!(
        before
            .finish_claim(&repeatable, &sealed("late"))
            .await
            .is_err()
    );
    store.finish_claim(&taken, &sealed("done")).await.unwrap();
}

pub(crate) async fn an_expired_claim_is_free_and_forgotten(place: &dyn Place) {
    let store = place.open().await;
    let expired = Claim {
        expires_at: Timestamp::now().before(Duration::from_secs(1)),
        ..claim("k")
    };
    store.claim(&expired).await.unwrap();
    store.finish_claim(&expired, &sealed("old")).await.unwrap();
    let next = Claim {
        fingerprint: [3; 32],
        ..claim("k")
    };
    assert_eq!(store.claim(&next).await.unwrap(), Claimed::Taken);
    assert_eq!(store.forget_claims(Timestamp::now()).await.unwrap(), 0);
    assert_eq!(store.forget_claims(next.expires_at).await.unwrap(), 1);
    assert_eq!(store.claim(&claim("k")).await.unwrap(), Claimed::Taken);
}

pub(crate) async fn concurrent_claims_of_one_key_take_it_once(place: &dyn Place) {
    let store = place.open().await;
    let claims: Vec<_> = (0..8).map(|_| claim("k")).collect();
    let answers =
        futures_util::future::join_all(claims.iter().map(|claim| store.claim(claim))).await;
    let taken = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(Claimed::Taken)))
        .count();
    let running = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(Claimed::Running)))
        .count();
    assert_eq!((taken, running), (1, 7), "{answers:?}");
}
