//! Public documents, imported and compared with what others make of them.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    reason = "helpers of tests go by their names, and fail where a test would"
)]

pub mod google;
pub mod graphql;
pub mod judge;
pub mod postman;
pub mod sources;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plugwright_import::openapi::{self, Imported, Settings};
use plugwright_sdk::host::{Connector, Entry};
use plugwright_sdk::schema::example;
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use plugwright_sdk::{ActionContext, Auth, Value};

/// Imports the document of a file.
pub fn import(path: &Path) -> Imported {
    let document = sources::read(path);
    openapi::import(&document, &Settings::named("sample"))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns values for the settings of a connector that have no default.
pub fn settings(connector: &Connector) -> BTreeMap<String, String> {
    let made_up = |name: &str| {
        if connector.base_url() == format!("{{{name}}}") {
            "https://setting.test"
        } else {
            "setting"
        }
    };
    let settings = connector.settings().into_iter();
    settings
        .filter(|setting| setting.default.is_none())
        .map(|setting| {
            let first = setting.allowed.first().map(String::as_str);
            let value = first.unwrap_or_else(|| made_up(setting.name));
            (setting.name.to_owned(), value.to_owned())
        })
        .collect()
}

/// Puts files in place of the names of attachments.
fn give_files(input: &mut Value) {
    match input {
        Value::String(text) if text.starts_with("attachment:") => {
            *input = "data:text/plain;base64,aGVsbG8=".into();
        }
        Value::Array(items) => items.iter_mut().for_each(give_files),
        Value::Object(members) => members.values_mut().for_each(give_files),
        _ => {}
    }
}

/// Makes an input after the schema of an action, and returns it with what would be sent.
///
/// # Errors
///
/// If the action refuses the input, or sends nothing.
pub fn planned(
    entry: &Entry,
    settings: &BTreeMap<String, String>,
) -> Result<(Value, PlannedRequest), String> {
    let schema = entry.action.input_schema();
    let decode = |mut input: Value| {
        give_files(&mut input);
        let invocation = entry.action.decode(input.clone());
        invocation.map(|invocation| (input, invocation))
    };
    // What is too deep for an example of everything is left out of a small one.
    let (input, invocation) = decode(example::of(&schema))
        .or_else(|_| decode(example::smallest(&schema).into()))
        .map_err(|error| format!("the schema refuses its example: {error}"))?;
    let plan = Arc::new(Plan::new());
    let placeholder = entry.schemes().next().map(Auth::placeholder);
    let cx = ActionContext::builder(&entry.connector, plan.clone())
        .credential(placeholder.unwrap_or_default())
        .settings(settings.clone())
        .build();
    let result = block_on(invocation.run(&cx));
    match (plan.requests().into_iter().next(), result) {
        (Some(request), _) => Ok((input, request)),
        (None, Err(error)) => Err(format!("there is no request: {error}")),
        (None, Ok(_)) => Err("there is no request".to_owned()),
    }
}
