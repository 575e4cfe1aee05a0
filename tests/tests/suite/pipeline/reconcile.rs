use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugwright_gateway::{Call, Case, Grant, Outcome};
use plugwright_sdk::{ErrorCode, Value, json};
use plugwright_tests::Received;

use crate::pipeline::bench::{Bench, answer, ok, principal};

/// A shop whose answers are lost.
#[derive(Default)]
struct Shop {
    orders: Vec<Value>,
    /// How many of the next orders are taken, and the answer lost.
    lost_after: usize,
    /// How many of the next orders are lost before they are taken.
    lost_before: usize,
    /// Answers to the next questions for orders, the next one last.
    refusals: Vec<u16>,
    /// Whether an order shows only after the next question.
    shows_late: bool,
}

type Shared = Arc<Mutex<Shop>>;

fn reply(shop: &Shared, request: &Received) -> Vec<u8> {
    let mut shop = shop.lock().unwrap();
    // The connection is closed.
    let nothing = Vec::new();
    if request.method == "GET" {
        if let Some(status) = shop.refusals.pop() {
            return answer(status, "", &json!({ "message": "not now" }));
        }
        if std::mem::take(&mut shop.shows_late) {
            return ok(&json!([]));
        }
        let (_, wanted) = request.target.split_once('?').unwrap();
        let (name, value) = wanted.split_once('=').unwrap();
        let value = value.replace("%3A", ":");
        let found = shop.orders.iter().filter(|order| order[name] == *value);
        return ok(&json!(found.collect::<Vec<_>>()));
    }
    if shop.lost_before > 0 {
        shop.lost_before -= 1;
        return nothing;
    }
    let mut order: Value = serde_json::from_slice(&request.body).unwrap();
    order["id"] = shop.orders.len().into();
    shop.orders.push(order.clone());
    if shop.lost_after > 0 {
        shop.lost_after -= 1;
        return nothing;
    }
    ok(&order)
}

async fn bench(shop: Shop) -> (Bench, Shared) {
    let shop = Arc::new(Mutex::new(shop));
    let shared = Arc::clone(&shop);
    let reply = move |request: &Received| reply(&shared, request);
    let bench = Bench::with(reply, |settings| {
        settings.limits.reconcile_grace = Duration::from_millis(200);
        settings.limits.reconcile_timeout = Duration::from_secs(2);
    })
    .await;
    (bench, shop)
}

fn order(action: &str, key: Option<&str>) -> Call {
    let input = json!({ "name": "lamp" });
    let mut call = Call::action(principal(Grant::default()), action, input);
    call.options.idempotency_key = key.map(|key| key.parse().unwrap());
    call
}

const NATURAL: &str = "orders.orders.create";
const BY_KEY: &str = "orders.orders.create_with_key";

fn id(outcome: Outcome) -> Value {
    outcome.result.unwrap().data.into_value()["id"].take()
}

fn count(shop: &Shared) -> usize {
    shop.lock().unwrap().orders.len()
}

#[tokio::test]
async fn a_write_whose_response_was_lost_has_its_result_all_the_same() {
    for (action, key) in [
        (NATURAL, None),
        (NATURAL, Some("a")),
        (BY_KEY, None),
        (BY_KEY, Some("a")),
    ] {
        let shop = Shop {
            lost_after: 1,
            ..Shop::default()
        };
        let (bench, shop) = bench(shop).await;
        let outcome = bench.run(order(action, key)).await;
        assert!(outcome.reconciled && outcome.sent && !outcome.replayed);
        assert_eq!(outcome.case, Case::Repeatable);
        let run = outcome.execution_id;
        assert_eq!(id(outcome), 0, "{action}");
        assert_eq!(count(&shop), 1, "{action}");
        if key.is_some() {
            let again = bench.run(order(action, key)).await;
            assert!(again.replayed);
            assert_eq!((again.execution_id, id(again)), (run, json!(0)));
        }
        let metrics = bench.gateway.engine().metrics().render().unwrap();
        let counted = r#"plugwright_reconciliations_total{connector="orders",outcome="done"} 1"#;
        assert!(metrics.contains(counted), "{metrics}");
    }
}

#[tokio::test]
async fn an_order_that_shows_late_is_not_made_twice() {
    let (bench, shop) = bench(Shop {
        lost_after: 1,
        shows_late: true,
        ..Shop::default()
    })
    .await;
    let outcome = bench.run(order(NATURAL, None)).await;
    assert!(outcome.reconciled);
    assert_eq!((id(outcome), count(&shop)), (json!(0), 1));
}

#[tokio::test]
async fn a_write_that_did_not_take_effect_is_made_once_more() {
    for lost_after in [0, 1] {
        let (bench, shop) = bench(Shop {
            lost_before: 1,
            lost_after,
            ..Shop::default()
        })
        .await;
        let outcome = bench.run(order(BY_KEY, None)).await;
        assert!(!outcome.replayed);
        let run = outcome.execution_id.to_string();
        assert_eq!((id(outcome), count(&shop)), (json!(0), 1));
        assert_eq!(shop.lock().unwrap().orders[0]["key"], run);
    }
    // Not again and again.
    let (bench, shop) = bench(Shop {
        lost_before: 9,
        ..Shop::default()
    })
    .await;
    let outcome = bench.run(order(NATURAL, None)).await;
    assert_eq!(outcome.case, Case::DoubtfulWrite);
    let error = outcome.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::OutcomeUnknown);
    assert_eq!((count(&shop), shop.lock().unwrap().lost_before), (0, 7));
}

#[tokio::test]
async fn what_can_not_be_found_out_is_unknown_until_a_call_with_the_key_finds_it() {
    let (bench, shop) = bench(Shop {
        lost_after: 1,
        refusals: vec![403, 403],
        ..Shop::default()
    })
    .await;
    let mut detail = String::new();
    for _ in 0..2 {
        let outcome = bench.run(order(NATURAL, Some("a"))).await;
        assert!(!outcome.reconciled && !outcome.replayed);
        let error = outcome.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::OutcomeUnknown);
        detail = error.detail().unwrap().to_owned();
    }
    assert!(
        detail.contains("403") || detail.contains("FORBIDDEN"),
        "{detail}"
    );
    let found = bench.run(order(NATURAL, Some("a"))).await;
    assert!(found.reconciled && !found.replayed);
    let run = found.execution_id;
    assert_eq!(id(found), 0);
    let again = bench.run(order(NATURAL, Some("a"))).await;
    assert!(again.replayed);
    assert_eq!((again.execution_id, id(again)), (run, json!(0)));
    assert_eq!(count(&shop), 1);
}

#[tokio::test]
async fn a_provider_that_is_busy_is_asked_again() {
    let (bench, shop) = bench(Shop {
        lost_after: 1,
        refusals: vec![503; 2],
        ..Shop::default()
    })
    .await;
    let outcome = bench.run(order(NATURAL, None)).await;
    assert!(outcome.reconciled, "{outcome:?}");
    assert_eq!(count(&shop), 1);
}

#[tokio::test]
async fn several_matches_and_refusals_are_no_result() {
    let (bench, shop) = bench(Shop {
        orders: vec![json!({ "name": "lamp", "id": 0 })],
        lost_after: 1,
        ..Shop::default()
    })
    .await;
    let error = bench.run(order(NATURAL, None)).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::OutcomeUnknown);
    assert!(
        error.detail().unwrap().contains("several things match"),
        "{error:?}"
    );
    assert_eq!(count(&shop), 2);

    let refusing = Bench::new(|request| match request.method.as_str() {
        "POST" => answer(422, "", &json!({ "message": "no" })),
        _ => ok(&json!([])),
    })
    .await;
    let outcome = refusing.run(order(NATURAL, None)).await;
    assert_eq!(outcome.case, Case::FailedWrite);
    assert_eq!(refusing.upstream.received().len(), 1);
}

#[tokio::test]
async fn callers_with_one_key_settle_it_once() {
    let (bench, shop) = bench(Shop {
        lost_after: 1,
        refusals: vec![403],
        ..Shop::default()
    })
    .await;
    let first = bench.run(order(NATURAL, Some("a"))).await;
    assert_eq!(first.case, Case::DoubtfulWrite);
    shop.lock().unwrap().orders.clear();
    let calls = (0..6).map(|_| bench.run(order(NATURAL, Some("a"))));
    let outcomes = futures_util::future::join_all(calls).await;
    let done = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_ok())
        .count();
    assert!(done >= 1, "{outcomes:?}");
    for outcome in outcomes {
        if let Err(error) = outcome.result {
            assert_eq!(error.code(), ErrorCode::IdempotencyKeyInUse);
        }
    }
    assert_eq!(count(&shop), 1);
}
