//! Text in every script survives from the provider's answer to the output.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Report, call, context};
use crate::action::{Action, ActionDefinition};
use crate::cassette::{Cassette, RecordedBody};
use crate::connector::ConnectorDefinition;
use crate::transport::Replay;

/// Accents, other scripts, characters beyond the basic plane, right to left, and a control.
const ADDED: &str = " é漢字😀 שלום \u{7}";

pub(super) async fn check(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    cassette: &Cassette,
    report: &mut Report,
) {
    let cx = context(connector, cassette, Arc::new(Replay::new([cassette]))).build();
    let Ok(plain) = call(action, &cx, cassette).await else {
        // The replay's own check reports it.
        return;
    };
    let mut texts = BTreeSet::new();
    collect(&plain.data.value(), &mut texts);
    // Later requests with others were not recorded.
    let asked = asked_with(cassette);
    texts.retain(|text| !asked.contains(text));
    if texts.is_empty() {
        return;
    }
    let mut changed = cassette.clone();
    let bodies = changed.exchanges.iter_mut();
    for body in bodies.filter_map(|exchange| exchange.response.body.as_mut()) {
        match body {
            RecordedBody::Json(body) => extend(body, &texts),
            RecordedBody::Text(text) if texts.contains(text) => text.push_str(ADDED),
            RecordedBody::Text(_) | RecordedBody::Base64(_) => {}
        }
    }
    if changed == *cassette {
        // What comes out is made from the answer in another way, as a file's content is.
        return;
    }
    let cx = context(connector, cassette, Arc::new(Replay::new([&changed]))).build();
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

/// Returns the texts in paths and bodies of requests other than the first.
fn asked_with(cassette: &Cassette) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for exchange in cassette.exchanges.iter().skip(1) {
        let segments = exchange.request.url.path_segments().into_iter().flatten();
        let segments = segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy());
        texts.extend(segments.map(Cow::into_owned));
        if let Some(RecordedBody::Json(body)) = &exchange.request.body {
            collect(body, &mut texts);
        }
    }
    texts
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
