//! Writes are found again by the key in Stripe's events.

use std::time::{Duration, UNIX_EPOCH};

use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::{Action as _, Cassette, Lost, Outcome, Value, json, serde_json};
use plugwright_stripe::CONNECTOR;

fn definition(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

fn cassette(name: &str) -> Cassette {
    let cassettes = Cassette::shipped(CONNECTOR.cassettes()).unwrap();
    let mut own = cassettes.into_iter().filter(|one| one.action == name);
    own.find(|one| one.expect.error.is_none()).unwrap()
}

fn answer(cassette: &Cassette) -> Value {
    let answer = cassette.exchanges.last().unwrap().response.bytes();
    serde_json::from_slice(&answer).unwrap()
}

fn event(key: &str, object: &Value) -> Value {
    json!({
        "id": "evt_1", "type": "x", "created": 1, "livemode": false, "data": { "object": object },
        "request": { "id": "req_1", "idempotency_key": key },
    })
}

fn list(items: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "data": items, "has_more": has_more })
}

fn find(name: &str, answers: Vec<Value>) -> (Outcome<Value>, MockContext) {
    let cx = MockContext::new(&CONNECTOR, answers.into_iter().map(|answer| (200, answer)));
    let input = cassette(name).call.input.into();
    let lost = Lost::new(UNIX_EPOCH + Duration::from_secs(1060), "key-1");
    let found = definition(name).reconcile(input, lost).unwrap();
    let outcome = block_on(found.unwrap().find(&cx)).unwrap();
    let outcome = outcome.try_map(|result| Ok::<_, ()>(result.data.into_value()));
    (outcome.unwrap(), cx)
}

/// Each write that is looked for, with the type of its event and the path of what it made.
const WRITES: &[(&str, &str, &str)] = &[
    ("customers.create", "customer.created", "/v1/customers/"),
    (
        "payment_intents.create",
        "payment_intent.created",
        "/v1/payment_intents/",
    ),
    (
        "payment_intents.confirm",
        "payment_intent.*",
        "/v1/payment_intents/",
    ),
    ("products.create", "product.created", "/v1/products/"),
    ("prices.create", "price.created", "/v1/prices/"),
    ("invoices.create", "invoice.created", "/v1/invoices/"),
    ("invoices.send", "invoice.sent", "/v1/invoices/"),
    (
        "invoice_items.create",
        "invoiceitem.created",
        "/v1/invoiceitems/",
    ),
    (
        "subscriptions.create",
        "customer.subscription.created",
        "/v1/subscriptions/",
    ),
    (
        "payment_links.create",
        "payment_link.created",
        "/v1/payment_links/",
    ),
];

#[test]
fn a_write_is_found_by_its_key_and_read_in_the_usual_form() {
    for (name, kind, path) in WRITES {
        let made = answer(&cassette(name));
        let events = list(&[event("other", &made), event("key-1", &made)], true);
        let (outcome, cx) = find(name, vec![events, list(&[], false), made.clone()]);
        let Outcome::Done(output) = outcome else {
            panic!("{name}: {outcome:?}");
        };
        assert_eq!(output["id"], made["id"], "{name}");
        let sent = cx.sent();
        let query = format!("type={kind}&created%5Bgte%5D=1000&limit=100");
        assert_eq!(sent[0].url.query(), Some(&*query), "{name}");
        let id = made["id"].as_str().unwrap();
        assert_eq!(sent[2].url.path(), format!("{path}{id}"), "{name}");
        assert!(sent.iter().all(|request| request.method == "GET"));
    }
}

#[test]
fn a_key_that_no_event_has_was_not_used() {
    for (name, ..) in WRITES.iter().chain(&[("refunds.create", "", "")]) {
        let events = list(&[event("other", &json!({ "id": "x" }))], false);
        assert_eq!(find(name, vec![events]).0, Outcome::NotDone, "{name}");
        let endless = vec![list(
            &[
                json!({ "id": "evt_1", "type": "x", "created": 1, "livemode": false,
            "data": { "object": {} }, "request": null }),
            ],
            false,
        )];
        assert_eq!(find(name, endless).0, Outcome::NotDone, "{name}");
    }
}

#[test]
fn a_refund_is_found_by_the_event_of_its_charge() {
    let refund = answer(&cassette("refunds.create"));
    let events = list(
        &[event("key-1", &json!({ "id": "ch_1", "object": "charge" }))],
        false,
    );
    let (outcome, cx) = find(
        "refunds.create",
        vec![events.clone(), list(std::slice::from_ref(&refund), false)],
    );
    let Outcome::Done(output) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(output["id"], refund["id"]);
    let query = "charge=ch_1&created%5Bgte%5D=1000&limit=100";
    assert_eq!(cx.sent()[1].url.query(), Some(query));
    for refunds in [list(&[], false), list(&[refund.clone(), refund], false)] {
        let (outcome, _) = find("refunds.create", vec![events.clone(), refunds]);
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    }
}

#[test]
fn every_write_is_found_again_or_can_be_repeated() {
    let mut without = CONNECTOR.actions().iter();
    let without = without.find(|action| !action.idempotent() && action.reconciles_by().is_none());
    // Stripe has no event for a new checkout session.
    assert_eq!(
        without.map(|action| action.name()),
        Some("checkout_sessions.create")
    );
}
