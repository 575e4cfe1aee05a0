//! What Stripe tells of writes, for `plugwright check --faults`.

use plugwright_sdk::{Inquiry, Value, json};

/// The events that a write causes have its key; others of the type have another one.
pub(crate) fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
    let kind = match inquiry.action {
        "customers.create" => "customer.created",
        "payment_intents.create" => "payment_intent.created",
        "payment_intents.confirm" => "payment_intent.succeeded",
        "refunds.create" => "charge.refunded",
        "products.create" => "product.created",
        "prices.create" => "price.created",
        "invoices.create" => "invoice.created",
        "invoices.send" => "invoice.sent",
        "invoice_items.create" => "invoiceitem.created",
        "subscriptions.create" => "customer.subscription.created",
        "payment_links.create" => "payment_link.created",
        _ => return None,
    };
    match inquiry.path()[..] {
        [.., "events"] => events(inquiry, kind),
        // What no action gets.
        [.., "invoiceitems" | "payment_links", id] => {
            let mut made = inquiry.applied.iter().map(|write| &write.answer);
            let made = made.find(|made| made["id"] == id)?;
            Some((200, made.clone()))
        }
        _ => None,
    }
}

fn events(inquiry: &Inquiry<'_>, kind: &str) -> Option<(u16, Value)> {
    let asked = inquiry.query("type")?;
    let is_asked = match asked.strip_suffix('*') {
        Some(prefix) => kind.starts_with(prefix),
        None => kind == asked,
    };
    let (_, others) = inquiry.recorded("events.list")?;
    let writes = inquiry.applied.iter().rev().filter(|_| is_asked);
    let events = writes.map(|write| {
        let object = match kind {
            "charge.refunded" => json!({ "id": write.answer["charge"], "object": "charge" }),
            _ => write.answer.clone(),
        };
        let mut event = others["data"][0].clone();
        event["id"] = "evt_1Nk2FpI0XSgju2urOwnEvent".into();
        event["type"] = kind.into();
        event["data"]["object"] = object;
        event["request"]["idempotency_key"] = write.header("idempotency-key").into();
        event
    });
    inquiry.recorded_with(events, "events.list", "/data")
}
