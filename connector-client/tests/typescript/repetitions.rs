//! Timeouts, lost responses, and what the gateway keeps for an idempotency key.

use std::time::Duration;

use plugwright_client::ErrorCode;
use serde_json::{Value, json};

use crate::gateway::{Fate, LOCAL, REMOTE, client, passed, relayed};

fn input() -> Value {
    json!({ "text": "once" })
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_timeout_is_that_of_each_attempt() {
    let action = client().action(LOCAL).input(input()).retries(2);
    let short = action.timeout(Duration::from_micros(1));
    let error = short.execute::<Value>().await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::ClientTimeout, None, 3)
    );
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_lost_or_late_response_comes_again_and_the_call_is_made_once() {
    const LOST: &[Fate] = &[Fate::Lost, Fate::Lost];
    const LATE: &[Fate] = &[Fate::Late(Duration::from_mins(1))];
    for fates in [LOST, LATE] {
        let (builder, log) = relayed(fates);
        let client = builder.timeout(Duration::from_secs(3)).build().unwrap();
        let result = client.execute_raw::<Value>(LOCAL, &input()).await.unwrap();
        let requests = passed(&log);
        assert_eq!(requests.len(), fates.len() + 1);
        assert!(requests[0].key.is_some());
        // One run, under one key.
        assert!(
            requests.iter().all(|request| *request == requests[0]),
            "{requests:?}"
        );
        assert_eq!(result.execution_id, requests[0].run);
    }
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_failure_that_is_kept_for_the_key_is_not_asked_for_again() {
    let (builder, log) = relayed(&[]);
    let client = builder.retries(5).build().unwrap();
    let error = client.execute::<Value>(REMOTE, &json!({})).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ProviderError, 2)
    );
    let requests = passed(&log);
    assert_eq!(requests[0], requests[1]);
    assert_eq!(error.execution_id(), requests[0].run.as_deref());

    // Without keys, each attempt is a run.
    let (builder, log) = relayed(&[]);
    let client = builder.idempotency_keys(false).build().unwrap();
    let error = client.execute::<Value>(REMOTE, &json!({})).await;
    assert_eq!(error.unwrap_err().attempts(), 3);
    let requests = passed(&log);
    assert!(requests.iter().all(|request| request.key.is_none()));
    assert!(requests[0] != requests[1] && requests[1] != requests[2]);
}

#[tokio::test]
#[ignore = "needs a TypeScript gateway"]
async fn a_key_of_another_call_is_a_conflict() {
    let client = client();
    // The gateway keeps it for a day.
    let key = format!("a-test-{:?}", std::time::SystemTime::now());
    let call = |text: &str| {
        let action = client.action(LOCAL).input(json!({ "text": text }));
        action.idempotency_key(&key).execute_raw::<Value>()
    };
    let first = call("one").await.unwrap();
    let again = call("one").await.unwrap();
    assert_eq!(first.execution_id, again.execution_id);
    let error = call("two").await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::IdempotencyKeyConflict, Some(409), 1)
    );
}
