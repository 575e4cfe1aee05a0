//! What requests look like: headers and forms.

use std::sync::{Arc, Mutex};

use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::{Request, TransportError};
use plugwright_sdk::{Action as _, ActionContext, Credential, ErrorCode, Value, json, run};
use plugwright_stripe::CONNECTOR;

/// The request that an action makes of an input; cassettes keep no headers of requests.
fn request(name: &str, input: Value) -> Request {
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|action| action.name() == name).unwrap();
    let sent = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&sent);
    let transport = Canned::new(move |request| {
        *seen.lock().unwrap() = Some(request.clone());
        Err(TransportError::Planned)
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("sk_test_123"))
        .idempotency_key("order-7")
        .build();
    block_on(run(*action, &cx, input)).unwrap_err();
    sent.lock().unwrap().take().unwrap()
}

fn form(request: &Request) -> String {
    String::from_utf8(request.body.bytes().unwrap().to_vec()).unwrap()
}

#[test]
fn writes_carry_the_key_of_the_call_and_reads_do_not() {
    let read = request("customers.get", json!({ "customer": "cus_1" }));
    assert_eq!(read.headers.get("idempotency-key"), None);
    assert_eq!(read.headers["stripe-version"], "2022-11-15");
    for (name, input) in [
        ("customers.create", json!({})),
        ("customers.delete", json!({ "customer": "cus_1" })),
        ("invoices.send", json!({ "invoice": "in_1" })),
        ("subscriptions.cancel", json!({ "subscription": "sub_1" })),
    ] {
        let write = request(name, input);
        assert_eq!(write.headers["idempotency-key"], "order-7", "{name}");
    }
}

#[test]
fn lists_objects_and_cleared_fields_are_written_with_brackets() {
    let update = request(
        "customers.update",
        json!({
            "customer": "cus_1",
            "email": null,
            "address": { "city": "Paris", "country": "FR" },
            "metadata": { "a b": "1", "old": "" },
        }),
    );
    assert_eq!(
        form(&update),
        "email=&address%5Bcity%5D=Paris&address%5Bcountry%5D=FR&metadata%5Ba+b%5D=1&metadata%5Bold%5D="
    );
    let items = json!([{ "id": "si_1", "deleted": true }, { "price": "price_2", "quantity": 3 }]);
    let update = request(
        "subscriptions.update",
        json!({ "subscription": "sub_1", "items": items }),
    );
    assert_eq!(
        form(&update),
        "items%5B0%5D%5Bid%5D=si_1&items%5B0%5D%5Bdeleted%5D=true\
         &items%5B1%5D%5Bprice%5D=price_2&items%5B1%5D%5Bquantity%5D=3"
    );
    let listed = request("charges.list", json!({ "created": { "gte": 1, "lt": 9 } }));
    assert_eq!(
        listed.url.query(),
        Some("created%5Bgte%5D=1&created%5Blt%5D=9")
    );
}

#[test]
fn payment_methods_are_those_of_the_account_unless_they_are_named() {
    let input = json!({ "amount": 1999, "currency": "usd" });
    let automatic = "amount=1999&currency=usd&automatic_payment_methods%5Benabled%5D=true";
    assert_eq!(form(&request("payment_intents.create", input)), automatic);
    let input = json!({ "amount": 500, "currency": "jpy", "payment_method_types": ["card"] });
    let named = "amount=500&currency=jpy&payment_method_types%5B0%5D=card";
    assert_eq!(form(&request("payment_intents.create", input)), named);
}

#[test]
fn inputs_that_stripe_would_not_understand_are_refused_unsent() {
    for (name, input, param) in [
        ("refunds.create", json!({}), "payment_intent"),
        (
            "refunds.create",
            json!({ "payment_intent": "pi_1", "charge": "ch_1" }),
            "charge",
        ),
        (
            "payment_intents.create",
            json!({ "amount": 19.99, "currency": "usd" }),
            "amount",
        ),
        (
            "payment_intents.create",
            json!({ "amount": 0, "currency": "usd" }),
            "amount",
        ),
        (
            "payment_intents.create",
            json!({ "amount": 5, "currency": "dollar" }),
            "currency",
        ),
        (
            "invoice_items.create",
            json!({ "customer": "cus_1", "amount": 5 }),
            "currency",
        ),
        (
            "subscriptions.create",
            json!({ "customer": "cus_1", "items": [] }),
            "items",
        ),
        (
            "charges.get",
            json!({ "charge": "ch_1", "expand": ["a/b"] }),
            "expand[0]",
        ),
    ] {
        let cx = MockContext::new(&CONNECTOR, [(200, json!({}))]);
        let mut actions = CONNECTOR.actions().iter();
        let action = actions.find(|action| action.name() == name).unwrap();
        let error = block_on(run(*action, &cx, input.clone())).unwrap_err();
        let found = (error.code(), error.param(), cx.sent().len());
        assert_eq!(
            found,
            (ErrorCode::ValidationError, Some(param), 0),
            "{name} {input}: {error}"
        );
    }
}

#[test]
fn expanded_objects_stand_beside_their_ids() {
    let answer = json!({
        "id": "ch_1", "amount": 1, "amount_refunded": 0, "currency": "usd", "status": "succeeded",
        "paid": true, "captured": true, "refunded": false, "created": 1, "livemode": false,
        "customer": { "id": "cus_1", "name": "Ada" }, "invoice": null,
    });
    let cx = MockContext::new(&CONNECTOR, [(200, answer)]);
    let mut actions = CONNECTOR.actions().iter();
    let action = actions
        .find(|action| action.name() == "charges.get")
        .unwrap();
    let input = json!({ "charge": "ch_1", "expand": ["customer", "invoice"] });
    let output = block_on(run(*action, &cx, input))
        .unwrap()
        .data
        .into_value();
    assert_eq!(output["customer"], "cus_1");
    assert_eq!(
        output["expanded"],
        json!({ "customer": { "id": "cus_1", "name": "Ada" } })
    );
    let query = "expand%5B0%5D=customer&expand%5B1%5D=invoice";
    assert_eq!(cx.sent()[0].url.query(), Some(query));
}

#[test]
fn paths_of_expanded_objects_lead_through_lists() {
    let answer = json!({
        "id": "ch_1", "amount": 1, "amount_refunded": 0, "currency": "usd", "status": "succeeded",
        "paid": true, "captured": true, "refunded": false, "created": 1, "livemode": false,
        "customer": { "id": "cus_1" },
        "items": { "object": "list", "data": [{ "price": { "id": "a" } }, { "price": { "id": "b" } }] },
    });
    for (path, found) in [
        ("customer", json!({ "customer": { "id": "cus_1" } })),
        (
            "items.data.price",
            json!({ "items.data.price": [{ "id": "a" }, { "id": "b" }] }),
        ),
        ("items.price.id", json!({ "items.price.id": ["a", "b"] })),
        ("invoice", json!(null)),
        ("customer.id.x", json!(null)),
    ] {
        let cx = MockContext::new(&CONNECTOR, [(200, answer.clone())]);
        let mut actions = CONNECTOR.actions().iter();
        let action = actions.find(|action| action.name() == "charges.get");
        let input = json!({ "charge": "ch_1", "expand": [path] });
        let output = block_on(run(*action.unwrap(), &cx, input)).unwrap();
        assert_eq!(output.data.into_value()["expanded"], found, "{path}");
    }
}

#[test]
fn an_account_is_known_by_the_name_in_the_dashboard() {
    let identity = CONNECTOR.identity().unwrap();
    let label = |account: Value| identity.account(&account).map(|account| account.label);
    let dashboard =
        json!({ "id": "acct_1", "settings": { "dashboard": { "display_name": "Shop" } } });
    assert_eq!(label(dashboard).as_deref(), Some("Shop"));
    let bare = json!({ "id": "acct_1", "email": null, "business_profile": { "name": "" } });
    assert_eq!(label(bare).as_deref(), Some("acct_1"));
    assert_eq!(label(json!({ "error": {} })), None);
}
