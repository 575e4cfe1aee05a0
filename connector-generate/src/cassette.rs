//! Cassettes: examples of the document, or traffic made after its schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use plugwright_import::openapi::{Examples, OperationExamples};
use plugwright_import::{ImportedAction, ImportedConnector, PageStyle, ParameterPlace};
use plugwright_sdk::cassette::{
    Exchange, Expectation, Provenance, ProvenanceKind, RecordedBody, RecordedCall, RecordedRequest,
    RecordedResponse,
};
use plugwright_sdk::host::{AuthParts, Connector, SchemeParts};
use plugwright_sdk::transport::{Plan as Dry, PlannedRequest};
use plugwright_sdk::{ActionContext, Auth, Cassette, Value, json};
use serde_json::Map;
use url::Url;

use crate::Settings;
use crate::action::Action;
use crate::answer::Answer;
use crate::argument::{Argument, Target};
use crate::plan::Plan;
use crate::report::ActionReport;

/// Longer examples are left out, in bytes of JSON.
const LONGEST_EXAMPLE: usize = 32 << 10;

/// A setting in cassettes that has no value of its own, as the conformance suite fills it in.
const SETTING: &str = "example";

const BASE_URL: &str = "https://example.test";

/// Makes the cassettes; actions whose request can't be made are left out.
pub(crate) fn write(
    plan: &mut Plan<'_>,
    examples: &Examples<'_>,
    settings: &Settings,
) -> Vec<(String, String)> {
    let license = examples.license().and_then(spdx);
    let mut files = Vec::new();
    let actions = std::mem::take(&mut plan.actions);
    for action in actions {
        match cassette(plan, &action, settings, license.as_deref()) {
            Ok(cassette) => {
                let has_example = cassette.provenance.kind == ProvenanceKind::VendorExample;
                let mut text = serde_json::to_string_pretty(&cassette).unwrap_or_default();
                text.push('\n');
                files.push((format!("tests/cassettes/{}.json", action.name.full()), text));
                plan.report.actions.push(ActionReport {
                    name: action.name.full(),
                    operation: operation(action.source),
                    left_out: action.left_out.clone(),
                    has_example,
                });
                plan.actions.push(action);
            }
            Err(reason) => {
                let left_out = (operation(action.source), reason);
                plan.report.left_out.push(left_out);
            }
        }
    }
    files
}

fn operation(action: &ImportedAction) -> String {
    format!("{} {}", action.operation.method, action.operation.path)
}

fn cassette(
    plan: &Plan<'_>,
    action: &Action<'_>,
    settings: &Settings,
    license: Option<&str>,
) -> Result<Cassette, String> {
    let none = OperationExamples::default();
    let shown = plan.examples(action).unwrap_or(&none);
    let values: Vec<(&Argument, Value)> = action
        .arguments
        .iter()
        .filter_map(|argument| Some((argument, value(plan, argument, shown)?)))
        .collect();
    let filled = filled(plan.connector);
    let request = request(plan.connector, action.source, &values, &filled)?;
    let (response, kind, items) = response(plan, action, shown, &request.url);
    let operation = operation(action.source);
    let source = match kind {
        ProvenanceKind::VendorExample => {
            format!("{}: the example of {operation}", settings.document)
        }
        _ => format!(
            "{}: made after the schemas of {operation}",
            settings.document
        ),
    };
    Ok(Cassette {
        action: action.name.full(),
        title: action
            .title
            .clone()
            .unwrap_or_else(|| action.doc[0].trim_end_matches('.').to_owned()),
        provenance: Provenance {
            kind,
            source,
            license: license.map(str::to_owned),
        },
        call: RecordedCall {
            input: values
                .into_iter()
                .map(|(argument, value)| (argument.public.clone(), value))
                .collect(),
            settings: filled,
            ..RecordedCall::default()
        },
        expect: Expectation { items, error: None },
        exchanges: vec![Exchange { request, response }],
    })
}

/// Returns the value of an argument: the document's example, or one that is made if there has to be
/// one.
fn value(plan: &Plan<'_>, argument: &Argument, shown: &OperationExamples) -> Option<Value> {
    let place = match argument.target {
        Target::Path | Target::Segments => Some(ParameterPlace::Path),
        Target::Query | Target::Joined(_) | Target::Nested => Some(ParameterPlace::Query),
        Target::Header => Some(ParameterPlace::Header),
        _ => None,
    };
    let stated = match (place, argument.target, &shown.body) {
        (Some(place), _, _) => shown
            .parameters
            .iter()
            .find(|(known, name, _)| *known == place && *name == argument.wire)
            .map(|(_, _, value)| value),
        (None, Target::Body, body) => body.as_ref(),
        (None, _, body) => body.as_ref().and_then(|body| body.get(&argument.wire)),
    };
    let is_text = !matches!(argument.target, Target::Path | Target::Segments)
        || stated
            .and_then(Value::as_str)
            .is_none_or(|text| !matches!(text, "" | "." | ".."));
    let stated = stated
        .filter(|_| is_text)
        .and_then(|value| plan.types.fit(&argument.ty, &argument.rules, value));
    stated.or_else(|| {
        argument.required.then(|| {
            plan.types
                .sample(&argument.ty, &argument.rules, &argument.name)
        })
    })
}

fn filled(connector: &ImportedConnector) -> BTreeMap<String, String> {
    let hosts = connector.parts.hosts.iter().map(|host| &host.base_url);
    let mut filled = BTreeMap::new();
    for url in std::iter::once(&connector.parts.base_url).chain(hosts) {
        let mut rest = url.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            let whole = before.is_empty() && rest.len() == url.len();
            let mut known = connector.parts.settings.iter();
            let stated = known
                .find(|setting| setting.name == name)
                .and_then(|setting| setting.default.as_ref().or(setting.allowed.first()));
            let made = if whole { BASE_URL } else { SETTING };
            let value = stated.map_or(made, String::as_str);
            filled.insert(name.to_owned(), value.to_owned());
            rest = after;
        }
    }
    filled
}

/// Makes the request that the imported action sends, which the written one sends as well.
fn request(
    connector: &ImportedConnector,
    action: &ImportedAction,
    values: &[(&Argument, Value)],
    settings: &BTreeMap<String, String>,
) -> Result<RecordedRequest, String> {
    let mut action = action.clone();
    "recorded.call".clone_into(&mut action.name);
    let inputs: Map<String, Value> = values
        .iter()
        .map(|(argument, value)| (argument.input.clone(), value.clone()))
        .collect();
    // What the arguments take was checked already, by stricter rules.
    let known: Map<String, Value> = inputs
        .keys()
        .map(|name| (name.clone(), json!({})))
        .collect();
    action.input = json!({ "type": "object", "properties": known });
    action.scopes.clear();
    action.any_scope.clear();
    action.auth = None;
    action.defaults.clear();
    action.request.file_types.clear();
    let mut one = connector.clone();
    one.actions = vec![action];
    // Other credentials are added where requests are recorded without them.
    let is_custom = |auth: &AuthParts| matches!(auth.scheme, SchemeParts::Custom { .. });
    one.parts.auth.truncate(1);
    one.parts.auth.retain(is_custom);
    one.parts.identity = None;
    let one: Connector = one.connector().map_err(|error| error.to_string())?;
    let action = one.actions().next().ok_or("it is no action")?;
    let invocation = action
        .decode(inputs.into())
        .map_err(|error| error.to_string())?;
    let dry = Arc::new(Dry::new());
    let placeholder = one.auth().first().map(Auth::placeholder);
    let cx = ActionContext::builder(&one, dry.clone())
        .credential(placeholder.unwrap_or_default())
        .settings(settings.clone())
        .run_id("check")
        .build();
    let result = invocation.run(&cx).now_or_never();
    let Some(PlannedRequest {
        method, url, body, ..
    }) = dry.requests().into_iter().next()
    else {
        return Err(match result {
            Some(Err(error)) => error.to_string(),
            _ => "it sends nothing".to_owned(),
        });
    };
    let url = Url::parse(&url).map_err(|error| format!("its URL is none: {error}"))?;
    Ok(RecordedRequest { method, url, body })
}

fn response(
    plan: &Plan<'_>,
    action: &Action<'_>,
    shown: &OperationExamples,
    url: &Url,
) -> (RecordedResponse, ProvenanceKind, Option<usize>) {
    let status = shown
        .status
        .filter(|status| (200..300).contains(status))
        .unwrap_or(200);
    let with = |content_type: &str, body: RecordedBody| RecordedResponse {
        status: if status == 204 { 200 } else { status },
        headers: [("content-type".to_owned(), content_type.to_owned())].into(),
        body: Some(body),
    };
    let (sample, content_type) = match &action.answer {
        Answer::Nothing => {
            let response = RecordedResponse {
                status,
                headers: BTreeMap::new(),
                body: None,
            };
            return (response, ProvenanceKind::Constructed, None);
        }
        Answer::Text => (RecordedBody::Text("text".to_owned()), "text/plain"),
        Answer::File => (
            RecordedBody::Text("content of the file".to_owned()),
            "application/octet-stream",
        ),
        answer => {
            let example = shown.answer.as_ref().filter(|example| {
                answer.fits(&plan.shapes, example)
                    && example.to_string().len() <= LONGEST_EXAMPLE
                    && !leads_away(action.source, example, url)
                    && !is_refused(plan, example)
            });
            let (body, kind) = match example {
                Some(example) => (example.clone(), ProvenanceKind::VendorExample),
                None => (
                    answer.sample(&plan.shapes).unwrap_or_default(),
                    ProvenanceKind::Constructed,
                ),
            };
            let items = match answer {
                Answer::List(..) => answer.part(&body).and_then(Value::as_array).map(Vec::len),
                _ => None,
            };
            return (
                with("application/json", RecordedBody::Json(body)),
                kind,
                items,
            );
        }
    };
    (
        with(content_type, sample),
        ProvenanceKind::Constructed,
        None,
    )
}

/// Returns whether an example's next page is on another host, or is the same page.
fn leads_away(action: &ImportedAction, example: &Value, url: &Url) -> bool {
    let Some(PageStyle::Url { pointer }) = action.paging.as_ref().map(|paging| &paging.style)
    else {
        return false;
    };
    let Some(next) = example.pointer(pointer).and_then(Value::as_str) else {
        return false;
    };
    url.join(next)
        .map_or(true, |next| next.host() != url.host() || next == *url)
}

/// Returns whether an example is of an error that comes with a success's status.
fn is_refused(plan: &Plan<'_>, example: &Value) -> bool {
    plan.errors == Some(crate::error::ErrorMapping::NotOk) && example["ok"] == false
}

fn spdx(name: &str) -> Option<String> {
    let plain = name.trim();
    Some(match plain {
        "Apache 2.0" | "Apache License 2.0" | "Apache License, Version 2.0" => {
            "Apache-2.0".to_owned()
        }
        "MIT License" => "MIT".to_owned(),
        _ if !plain.is_empty()
            && plain.len() < 30
            && !plain.contains(char::is_whitespace)
            && plain
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "-.+".contains(letter)) =>
        {
            plain.to_owned()
        }
        _ => return None,
    })
}
