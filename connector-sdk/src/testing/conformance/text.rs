//! Text in every script survives from the provider's answer to the output.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Contexts;
use crate::action::{Action, ActionDefinition};
use crate::cassette::{Cassette, RecordedBody, RecordedRequest};
use crate::testing::Report;
use crate::testing::cassette_call::call;
use crate::transport::Replay;

/// Accents, other scripts, characters beyond the basic plane, right to left, and a control.
const ADDED: &str = " é漢字😀 שלום \u{7}";

pub(super) async fn check(
    contexts: &Contexts,
    action: &ActionDefinition,
    cassette: &Cassette,
    report: &mut Report,
) {
    let cx = contexts
        .of(cassette, Arc::new(Replay::new([cassette])))
        .build();
    let Ok(plain) = call(action, &cx, cassette).await else {
        // The replay's own check reports it.
        return;
    };
    let mut texts = BTreeSet::new();
    collect(&plain.data.value(), &mut texts);
    // What a later request repeats is an id, and with another id the request was not recorded.
    let later = cassette.exchanges.iter().skip(1);
    let later: Vec<_> = later.map(|exchange| asked(&exchange.request)).collect();
    texts.retain(|text| !later.iter().any(|asked| asked.contains(text.as_str())));
    if texts.is_empty() {
        return;
    }
    let mut changed = cassette.clone();
    // What earlier answers say may be a part of later requests. Of a list that goes on, the call reads the
    // first page.
    let first = match plain.meta.cursor {
        Some(_) => 0,
        None => changed.exchanges.len().saturating_sub(1),
    };
    for exchange in changed.exchanges.iter_mut().skip(first) {
        match &mut exchange.response.body {
            Some(RecordedBody::Json(body)) => extend(body, &texts),
            Some(RecordedBody::Text(text)) if texts.contains(text) => text.push_str(ADDED),
            _ => {}
        }
    }
    if changed == *cassette {
        // What comes out is made from the answer in another way, as a file's content is.
        return;
    }
    let cx = contexts
        .of(cassette, Arc::new(Replay::new([&changed])))
        .build();
    let name = Some(action.name());
    match call(action, &cx, cassette).await {
        Ok(result) => {
            let mut seen = BTreeSet::new();
            collect(&result.data.value(), &mut seen);
            if !seen.iter().any(|text| text.ends_with(ADDED)) {
                report.find(name, "text", "text beyond ASCII does not reach the output");
            }
        }
        Err(error) => report.find(
            name,
            "text",
            format!("text beyond ASCII makes it fail: {error}"),
        ),
    }
}

fn asked(request: &RecordedRequest) -> String {
    let body = request.body.as_ref().map(RecordedBody::bytes);
    let body = body.unwrap_or_default();
    format!("{} {}", request.url, String::from_utf8_lossy(&body))
}

fn collect(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
        _ => {}
    }
}

fn extend(value: &mut Value, texts: &BTreeSet<String>) {
    match value {
        Value::String(text) if texts.contains(text) => text.push_str(ADDED),
        Value::Array(items) => items.iter_mut().for_each(|item| extend(item, texts)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| extend(member, texts)),
        _ => {}
    }
}
