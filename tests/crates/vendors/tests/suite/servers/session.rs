//! Calls of a connector, one after the other, and what is expected of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugwright_sdk::host::Returns;
use plugwright_sdk::{
    Action as _, ActionContext, ConnectorDefinition, Credential, ErrorCode, Value, run_pages,
    serde_json,
};
use plugwright_tests_loopback::ToLoopback;
use plugwright_tests_vendors::CONNECTORS;
use serde::Deserialize;

/// A file of `servers/`.
pub(crate) struct Session {
    connector: &'static ConnectorDefinition,
    file: PathBuf,
    script: Script,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// The URL that the server takes for its own.
    #[serde(rename = "base_url")]
    _base_url: String,
    /// What the server has at the beginning.
    #[serde(rename = "seed")]
    _seed: Value,
    credential: Account,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    username: Option<String>,
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    action: String,
    /// The input; `{name}` stands for what an earlier call kept.
    #[serde(default)]
    input: Value,
    /// Values of the output to keep, by JSON pointer.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// Values of the output, by JSON pointer.
    #[serde(default)]
    expect: BTreeMap<String, Value>,
    /// How many items a list has.
    items: Option<usize>,
    error: Option<ErrorCode>,
}

impl Session {
    pub(crate) fn read(name: &str) -> Self {
        let name = name.replace('_', "-");
        let found = CONNECTORS.iter().find(|other| other.name() == name);
        let connector = *found.unwrap_or_else(|| panic!("{name} is no connector"));
        let file = format!("servers/{name}.json");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = fs::read_to_string(&file).unwrap();
        let script = serde_json::from_str(&text);
        Self {
            connector,
            script: script.unwrap_or_else(|error| panic!("{}: {error}", file.display())),
            file,
        }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Makes all calls.
    pub(crate) fn hold(&self, server: SocketAddr) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let transport = Arc::new(ToLoopback::at(server).unwrap());
        let Account { username, token } = &self.script.credential;
        let credential = match username {
            Some(username) => Credential::Basic {
                username: username.clone(),
                password: token.as_str().into(),
            },
            None => Credential::token(token.as_str()),
        };
        let cx = ActionContext::builder(self.connector, transport)
            .credential(credential)
            .build();
        let mut kept = BTreeMap::new();
        for (index, call) in self.script.calls.iter().enumerate() {
            let place = format!("call {}, {}", index + 1, call.action);
            runtime.block_on(self.call(call, &cx, &mut kept, &place));
        }
        let actions: BTreeSet<_> = self.script.calls.iter().map(|call| &call.action).collect();
        println!(
            "{}: {} calls of {} actions",
            self.connector.name(),
            self.script.calls.len(),
            actions.len()
        );
    }

    async fn call(
        &self,
        call: &Call,
        cx: &ActionContext,
        kept: &mut BTreeMap<String, Value>,
        place: &str,
    ) {
        let mut actions = self.connector.actions().iter();
        let action = actions.find(|action| action.name() == call.action);
        let action = action.unwrap_or_else(|| panic!("{place}: no such action"));
        let schema = action.output_schema();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let mut pages = Vec::new();
        let result = run_pages(*action, cx, filled(&call.input, kept), |page| {
            pages.push(page.data.into_value());
            true
        })
        .await;
        if let Some(code) = call.error {
            let error = result.expect_err(place);
            assert_eq!(error.code(), code, "{place}: {error}");
            return;
        }
        result.unwrap_or_else(|error| panic!("{place}: {error} {:?}", error.detail()));
        for page in &pages {
            if let Err(error) = schema.validate(page) {
                panic!("{place}: at `{}`: {error}", error.instance_path());
            }
        }
        let output: Value = match action.returns() {
            Returns::List => pages
                .iter()
                .filter_map(Value::as_array)
                .flatten()
                .cloned()
                .collect(),
            Returns::Single => pages.remove(0),
        };
        let at = |pointer: &str| {
            let value = output.pointer(pointer).cloned();
            value.unwrap_or_else(|| panic!("{place}: nothing at `{pointer}` of {output:#}"))
        };
        for (name, pointer) in &call.keep {
            kept.insert(name.clone(), at(pointer));
        }
        for (pointer, value) in &call.expect {
            assert_eq!(at(pointer), filled(value, kept), "{place}: {pointer}");
        }
        if let Some(items) = call.items {
            let found = output.as_array().map(Vec::len);
            assert_eq!(found, Some(items), "{place}: {output:#}");
        }
    }
}

/// Puts what was kept in the place of its name.
fn filled(value: &Value, kept: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let name = text
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            let Some(name) = name else {
                return value.clone();
            };
            let found = kept.get(name).cloned();
            found.unwrap_or_else(|| panic!("`{name}` was not kept"))
        }
        Value::Array(items) => items.iter().map(|item| filled(item, kept)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, kept)))
            .collect(),
        _ => value.clone(),
    }
}
