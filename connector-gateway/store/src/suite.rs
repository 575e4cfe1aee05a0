//! The behavior of every store. A store runs all tests with `store_suite!(open)`, where `open`
//! returns a [`Place`].

mod accounts;
mod claims;
mod connections;
mod leases;
mod requests;
mod sealing;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

pub(crate) use crate::testing::{connection, quota, sealed};
use crate::{
    Claim, ClaimResult, ClaimRoom, Connection, ConnectionFilter, ConnectionStatus,
    DEFAULT_ORGANIZATION, Grant, McpSession, Organization, Owner, RecordKind, Sealed, SealedPlace,
    SealedRecord, Selection, Store, StoreError, Timestamp, Token,
};
pub(crate) use accounts::{
    a_project_goes_with_its_keys_and_not_with_connections,
    an_oauth_client_is_replaced_and_sealed_anew, the_latest_working_account_of_a_user_is_found,
};
pub(crate) use claims::{
    a_claim_in_doubt_is_taken_over_once, a_claim_of_an_ended_process_is_lost_or_taken_again,
    a_key_is_taken_once_and_brings_back_the_outcome, a_principal_has_so_many_bytes_of_outcomes,
    a_principal_has_so_many_claims, an_expired_claim_is_free_and_forgotten,
    concurrent_claims_keep_to_the_limit, concurrent_claims_of_one_key_take_it_once,
    only_the_holder_ends_a_claim_and_once,
};
pub(crate) use connections::{
    a_change_states_the_version_that_it_saw,
    a_new_organization_of_an_old_name_has_none_of_its_tokens_and_requests,
    an_organization_with_connections_stays, connections_are_found_and_listed_in_order,
    one_connection_of_an_owner_is_the_default,
};
pub(crate) use leases::{
    a_late_holder_of_a_lease_stores_nothing, one_lease_at_a_time_refreshes_a_credential,
};
pub(crate) use requests::{
    a_deleted_connection_leaves_a_record_without_its_secret,
    a_principal_ends_no_requests_of_another, a_principal_has_so_many_open_requests,
    a_request_is_finished_once, a_state_is_good_once_and_in_its_browser,
    an_organization_has_so_many_records_of_deleted_connections,
    concurrent_requests_keep_to_the_quota, the_latest_requests_of_an_owner_stay_open,
};
pub(crate) use sealing::{
    the_key_check_is_set_once_and_sealed_anew, values_are_sealed_anew_if_they_are_as_before,
};

/// The place of a store's data; it can be opened again, as after a crash.
#[async_trait]
pub(crate) trait Place: Send + Sync {
    /// Opens the store.
    async fn open(&self) -> Box<dyn Store>;

    /// Makes the processes of all opened stores look crashed.
    async fn crash(&self);
}

pub(crate) fn selection(owner: &Owner, name: Option<&str>) -> Selection {
    Selection {
        owner: owner.clone(),
        connector: "github".to_owned(),
        provider_config: None,
        name: name.map(str::to_owned),
    }
}

pub(crate) fn token(name: &str, created: i64) -> Token {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    Token {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        hash,
        preview: "pw_abcde".to_owned(),
        grant: Grant::everything(),
        created_at: Timestamp::from_millis(created),
        expires_at: None,
        revoked_at: None,
        project: None,
    }
}

/// More claims than any test creates.
pub(crate) const MOST: ClaimRoom = ClaimRoom {
    keys: 1_000,
    bytes: 1_000,
};

pub(crate) fn claim(key: &str) -> Claim {
    Claim {
        principal: "token:1".to_owned(),
        key: key.parse().unwrap(),
        fingerprint: [1; 32],
        run: Uuid::new_v4(),
        started_at: Timestamp::now(),
        ends_by: None,
        repeatable: false,
        expires_at: Timestamp::now().after(Duration::from_mins(1)),
    }
}

fn again(claim: &Claim) -> Claim {
    Claim {
        run: Uuid::new_v4(),
        ..claim.clone()
    }
}

pub(crate) async fn tokens_are_found_changed_and_listed(place: &dyn Place) {
    let store = place.open().await;
    let (older, newer) = (token("a", 1), token("b", 2));
    store.create_token(&older).await.unwrap();
    store.create_token(&newer).await.unwrap();
    let changed = Token {
        name: "c".to_owned(),
        grant: Grant::default(),
        expires_at: Some(Timestamp::from_millis(5)),
        revoked_at: Some(Timestamp::from_millis(6)),
        ..older.clone()
    };
    store.update_token(&older, &changed).await.unwrap();
    let not_revoked = Token {
        revoked_at: None,
        ..changed.clone()
    };
    // A change based on the state before the revocation.
    let error = store.update_token(&older, &not_revoked).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::Token)),
        "{error:?}"
    );

    let store = place.open().await;
    assert_eq!(
        store.token_by_hash(&older.hash).await.unwrap().unwrap(),
        changed
    );
    assert_eq!(store.token_by_hash(&[9; 32]).await.unwrap(), None);
    assert_eq!(store.tokens().await.unwrap(), [newer, changed]);
    let unknown = token("d", 1);
    let error = store.update_token(&unknown, &unknown).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound(RecordKind::Token)),
        "{error:?}"
    );
}

pub(crate) async fn the_operators_token_is_set_once(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.operator_token().await.unwrap(), None);
    store.set_operator_token(&[1; 32]).await.unwrap();
    let error = store.set_operator_token(&[2; 32]).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Changed(RecordKind::OperatorToken)),
        "{error:?}"
    );
    assert_eq!(
        place.open().await.operator_token().await.unwrap(),
        Some([1; 32])
    );
}

pub(crate) async fn an_mcp_session_is_found_until_it_ends(place: &dyn Place) {
    let store = place.open().await;
    let session = |expires_at| McpSession {
        id: Uuid::new_v4(),
        principal: "token:1".to_owned(),
        expires_at,
    };
    let now = Timestamp::now();
    let open = session(Timestamp::from_millis(now.as_millis() + 60_000));
    let over = session(Timestamp::from_millis(now.as_millis() - 1));
    for session in [&open, &over] {
        store.create_mcp_session(session, 100).await.unwrap();
    }
    assert_eq!(
        store.mcp_session(open.id).await.unwrap(),
        Some(open.clone())
    );
    assert_eq!(store.mcp_session(over.id).await.unwrap(), None);
    assert_eq!(store.forget_mcp_sessions(now).await.unwrap(), 1);
    store.delete_mcp_session(open.id).await.unwrap();
    assert_eq!(store.mcp_session(open.id).await.unwrap(), None);
    // Ending it again is no error: a client may not have received the response.
    store.delete_mcp_session(open.id).await.unwrap();
}

pub(crate) async fn a_principals_oldest_mcp_sessions_end(place: &dyn Place) {
    let store = place.open().await;
    let now = store.now();
    let session = |principal: &str, seconds| McpSession {
        id: Uuid::new_v4(),
        principal: principal.to_owned(),
        expires_at: now.after(Duration::from_secs(seconds)),
    };
    let others = session("token:2", 60);
    store.create_mcp_session(&others, 3).await.unwrap();
    let mut made = Vec::new();
    for number in 0..5 {
        let new = session("token:1", 60 + number);
        let ended = store.create_mcp_session(&new, 3).await.unwrap();
        let expected: Vec<_> = match number {
            0..3 => Vec::new(),
            _ => vec![made[made.len() - 3]],
        };
        assert_eq!(ended, expected, "{number}");
        made.push(new.id);
    }
    for (number, id) in made.into_iter().enumerate() {
        let found = store.mcp_session(id).await.unwrap();
        assert_eq!(found.is_some(), number >= 2, "{number}");
    }
    assert!(store.mcp_session(others.id).await.unwrap().is_some());
    // Concurrent ones don't exceed it either.
    let at_once = (0..8).map(|_| {
        let (store, new) = (&store, session("token:1", 100));
        async move { store.create_mcp_session(&new, 1).await.map(|_| new.id) }
    });
    let at_once = futures_util::future::try_join_all(at_once).await.unwrap();
    let mut left = 0;
    for id in at_once {
        left += usize::from(store.mcp_session(id).await.unwrap().is_some());
    }
    assert_eq!(left, 1);
}

pub(crate) async fn it_answers_until_it_is_closed(place: &dyn Place) {
    let store = place.open().await;
    store.ping(Duration::from_secs(5)).await.unwrap();
    store.close().await;
    let error = store.ping(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store is not available: it is closed"
    );
    let error = store.claim(&claim("k"), MOST).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

/// Defines a test for each of the above.
macro_rules! store_suite {
    ($open:expr) => {
        store_suite!($open;
            tokens_are_found_changed_and_listed
            the_operators_token_is_set_once
            an_organization_with_connections_stays
            a_new_organization_of_an_old_name_has_none_of_its_tokens_and_requests
            one_connection_of_an_owner_is_the_default
            connections_are_found_and_listed_in_order
            a_change_states_the_version_that_it_saw
            a_key_is_taken_once_and_brings_back_the_outcome
            only_the_holder_ends_a_claim_and_once
            a_claim_of_an_ended_process_is_lost_or_taken_again
            a_claim_in_doubt_is_taken_over_once
            an_expired_claim_is_free_and_forgotten
            concurrent_claims_of_one_key_take_it_once
            a_principal_has_so_many_claims
            a_principal_has_so_many_bytes_of_outcomes
            concurrent_claims_keep_to_the_limit
            an_mcp_session_is_found_until_it_ends
            a_principals_oldest_mcp_sessions_end
            a_principal_has_so_many_open_requests
            concurrent_requests_keep_to_the_quota
            a_project_goes_with_its_keys_and_not_with_connections
            an_oauth_client_is_replaced_and_sealed_anew
            the_latest_working_account_of_a_user_is_found
            a_state_is_good_once_and_in_its_browser
            a_request_is_finished_once
            a_principal_ends_no_requests_of_another
            the_latest_requests_of_an_owner_stay_open
            a_deleted_connection_leaves_a_record_without_its_secret
            an_organization_has_so_many_records_of_deleted_connections
            one_lease_at_a_time_refreshes_a_credential
            a_late_holder_of_a_lease_stores_nothing
            values_are_sealed_anew_if_they_are_as_before
            the_key_check_is_set_once_and_sealed_anew
            it_answers_until_it_is_closed
        );
    };
    ($open:expr; $($behaviour:ident)*) => {
        $(
            #[tokio::test]
            async fn $behaviour() {
                $crate::suite::$behaviour(&$open).await;
            }
        )*
    };
}

pub(crate) use store_suite;
