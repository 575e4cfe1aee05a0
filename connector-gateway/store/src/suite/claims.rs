//! Idempotency keys.

use super::*;

pub(crate) async fn a_key_is_taken_once_and_brings_back_the_outcome(place: &dyn Place) {
    let store = place.open().await;
    let first = claim("k\0");
    assert_eq!(
        store.claim(&first, MOST).await.unwrap(),
        ClaimResult::Claimed
    );
    assert_eq!(
        store.claim(&again(&first), MOST).await.unwrap(),
        ClaimResult::Running
    );
    let other = Claim {
        fingerprint: [2; 32],
        ..again(&first)
    };
    assert_eq!(
        store.claim(&other, MOST).await.unwrap(),
        ClaimResult::Conflict
    );
    let others = Claim {
        principal: "token:2".to_owned(),
        ..again(&first)
    };
    assert_eq!(
        store.claim(&others, MOST).await.unwrap(),
        ClaimResult::Claimed
    );

    store.finish_claim(&first, &sealed("done")).await.unwrap();
    let finished = ClaimResult::Finished {
        run: first.run,
        started_at: Some(first.started_at),
        outcome: sealed("done"),
    };
    assert_eq!(store.claim(&again(&first), MOST).await.unwrap(), finished);
    assert_eq!(
        store.claim(&other, MOST).await.unwrap(),
        ClaimResult::Conflict
    );
    let store = place.open().await;
    assert_eq!(store.claim(&again(&first), MOST).await.unwrap(), finished);
}

pub(crate) async fn only_the_holder_ends_a_claim_and_once(place: &dyn Place) {
    let store = place.open().await;
    let held = claim("k");
    store.claim(&held, MOST).await.unwrap();
    for not_held in [again(&held), claim("other")] {
        let error = store
            .finish_claim(&not_held, &sealed("x"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, StoreError::Changed(RecordKind::Claim)),
            "{error:?}"
        );
        let error = store.release_claim(&not_held).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Changed(RecordKind::Claim)),
            "{error:?}"
        );
    }
    let after_a_restart = place.open().await;
    let error = after_a_restart.release_claim(&held).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Claim)),
        "{error:?}"
    );

    store.release_claim(&held).await.unwrap();
    assert_eq!(
        store.claim(&held, MOST).await.unwrap(),
        ClaimResult::Claimed
    );
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
    before.claim(&lost, MOST).await.unwrap();
    before.claim(&repeatable, MOST).await.unwrap();
    place.crash().await;

    let store = place.open().await;
    let expected = ClaimResult::Lost {
        run: lost.run,
        started_at: Some(lost.started_at),
    };
    assert_eq!(store.claim(&again(&lost), MOST).await.unwrap(), expected);
    assert_eq!(store.claim(&again(&lost), MOST).await.unwrap(), expected);
    let taken = again(&repeatable);
    assert_eq!(
        store.claim(&taken, MOST).await.unwrap(),
        ClaimResult::Claimed
    );
    assert_eq!(
        store.claim(&again(&repeatable), MOST).await.unwrap(),
        ClaimResult::Running
    );
    assert!(
        before
            .finish_claim(&repeatable, &sealed("late"))
            .await
            .is_err()
    );
    store.finish_claim(&taken, &sealed("done")).await.unwrap();
}

pub(crate) async fn a_claim_in_doubt_is_taken_over_once(place: &dyn Place) {
    let lost = claim("lost");
    let before = place.open().await;
    before.claim(&lost, MOST).await.unwrap();
    // Its call is still running.
    let early = again(&lost);
    assert!(!before.take_over_claim(&early, lost.run).await.unwrap());
    place.crash().await;

    let store = place.open().await;
    let next: Vec<_> = (0..8)
        .map(|seconds| Claim {
            started_at: lost.started_at.after(Duration::from_secs(60 + seconds)),
            ..again(&lost)
        })
        .collect();
    let other_input = Claim {
        fingerprint: [2; 32],
        ..again(&lost)
    };
    assert!(!store.take_over_claim(&other_input, lost.run).await.unwrap());
    let taking = next
        .iter()
        .map(|claim| store.take_over_claim(claim, lost.run));
    let taken = futures_util::future::try_join_all(taking).await.unwrap();
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
    let holder = &next[taken.iter().position(|taken| *taken).unwrap()];
    assert_eq!(
        store.claim(&again(&lost), MOST).await.unwrap(),
        ClaimResult::Running
    );
    assert!(before.finish_claim(&lost, &sealed("late")).await.is_err());

    // The second process dies as well.
    place.crash().await;
    let store = place.open().await;
    let expected = ClaimResult::Lost {
        run: holder.run,
        started_at: Some(lost.started_at),
    };
    assert_eq!(store.claim(&again(&lost), MOST).await.unwrap(), expected);
    let third = again(&lost);
    assert!(!store.take_over_claim(&third, lost.run).await.unwrap());
    assert!(store.take_over_claim(&third, holder.run).await.unwrap());

    // Nothing was found out, and the next call asks again.
    store
        .finish_claim(&third, &sealed("unknown"))
        .await
        .unwrap();
    let found = again(&lost);
    assert!(store.take_over_claim(&found, third.run).await.unwrap());
    store.finish_claim(&found, &sealed("done")).await.unwrap();
    let finished = ClaimResult::Finished {
        run: found.run,
        started_at: Some(lost.started_at),
        outcome: sealed("done"),
    };
    assert_eq!(store.claim(&again(&lost), MOST).await.unwrap(), finished);
}

pub(crate) async fn an_expired_claim_is_free_and_forgotten(place: &dyn Place) {
    let store = place.open().await;
    let expired = Claim {
        expires_at: Timestamp::now().before(Duration::from_secs(1)),
        ..claim("k")
    };
    store.claim(&expired, MOST).await.unwrap();
    store.finish_claim(&expired, &sealed("old")).await.unwrap();
    let next = Claim {
        fingerprint: [3; 32],
        ..claim("k")
    };
    assert_eq!(
        store.claim(&next, MOST).await.unwrap(),
        ClaimResult::Claimed
    );
    assert_eq!(store.forget_claims(Timestamp::now()).await.unwrap(), 0);
    assert_eq!(store.forget_claims(next.expires_at).await.unwrap(), 1);
    assert_eq!(
        store.claim(&claim("k"), MOST).await.unwrap(),
        ClaimResult::Claimed
    );
}

pub(crate) async fn concurrent_claims_of_one_key_take_it_once(place: &dyn Place) {
    let store = place.open().await;
    let claims: Vec<_> = (0..8).map(|_| claim("k")).collect();
    let answers =
        futures_util::future::join_all(claims.iter().map(|claim| store.claim(claim, MOST))).await;
    let taken = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(ClaimResult::Claimed)))
        .count();
    let running = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(ClaimResult::Running)))
        .count();
    assert_eq!((taken, running), (1, 7), "{answers:?}");
}

pub(crate) async fn a_principal_has_so_many_claims(place: &dyn Place) {
    let store = place.open().await;
    let claims = ["a", "b"].map(claim);
    let room = ClaimRoom { keys: 2, ..MOST };
    for claim in &claims {
        assert_eq!(
            store.claim(claim, room).await.unwrap(),
            ClaimResult::Claimed
        );
    }
    let error = store.claim(&claim("c"), room).await.unwrap_err();
    assert_eq!(error.to_string(), "too many idempotency keys");
    let others = Claim {
        principal: "token:2".to_owned(),
        ..claim("c")
    };
    assert_eq!(
        store.claim(&others, room).await.unwrap(),
        ClaimResult::Claimed
    );
    // A known key needs no room.
    store.finish_claim(&claims[0], &sealed("x")).await.unwrap();
    let finished = store.claim(&again(&claims[0]), room).await.unwrap();
    assert!(
        matches!(finished, ClaimResult::Finished { .. }),
        "{finished:?}"
    );

    store.release_claim(&claims[1]).await.unwrap();
    assert_eq!(
        store.claim(&claim("c"), room).await.unwrap(),
        ClaimResult::Claimed
    );
    // Another process counts what is stored.
    let store = place.open().await;
    let error = store.claim(&claim("d"), room).await.unwrap_err();
    assert!(matches!(error, StoreError::TooMany(_)), "{error:?}");
    store.forget_claims(claims[0].expires_at).await.unwrap();
    assert_eq!(
        store.claim(&claim("d"), room).await.unwrap(),
        ClaimResult::Claimed
    );
}

pub(crate) async fn a_principal_has_so_many_bytes_of_outcomes(place: &dyn Place) {
    let store = place.open().await;
    let room = ClaimRoom { bytes: 10, ..MOST };
    let first = claim("a");
    store.claim(&first, room).await.unwrap();
    store
        .finish_claim(&first, &sealed("123456789"))
        .await
        .unwrap();
    let second = claim("b");
    store.claim(&second, room).await.unwrap();
    store.finish_claim(&second, &sealed("1")).await.unwrap();
    // Another process counts what is stored.
    for store in [store, place.open().await] {
        let error = store.claim(&claim("c"), room).await.unwrap_err();
        assert_eq!(error.to_string(), "too many bytes of stored outcomes");
        // A known key needs no room.
        let finished = store.claim(&again(&first), room).await.unwrap();
        assert!(
            matches!(finished, ClaimResult::Finished { .. }),
            "{finished:?}"
        );
    }
    let store = place.open().await;
    store.forget_claims(second.expires_at).await.unwrap();
    assert_eq!(
        store.claim(&claim("c"), room).await.unwrap(),
        ClaimResult::Claimed
    );
}

pub(crate) async fn concurrent_claims_keep_to_the_limit(place: &dyn Place) {
    let store = place.open().await;
    let claims: Vec<_> = (0..16).map(|key| claim(&key.to_string())).collect();
    let room = ClaimRoom { keys: 5, ..MOST };
    let claiming = claims.iter().map(|claim| store.claim(claim, room));
    let results = futures_util::future::join_all(claiming).await;
    let taken = |result: &&Result<ClaimResult, _>| matches!(result, Ok(ClaimResult::Claimed));
    assert_eq!(results.iter().filter(taken).count(), 5, "{results:?}");
}
