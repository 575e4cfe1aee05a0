//! Calls of a connector, one after the other, and what is expected of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugwright_sdk::cassette::{Expectation, RecordedCall};
use plugwright_sdk::host::Returns;
use plugwright_sdk::transport::Record;
use plugwright_sdk::{
    Action as _, ActionContext, Cassette, ConnectorDefinition, Credential, ErrorCode, Value,
    run_pages, serde_json,
};
use plugwright_tests_loopback::ToLoopback;
use plugwright_tests_vendors::CONNECTORS;
use serde::Deserialize;

use super::recording;

/// A file of `servers/`.
pub(crate) struct Session {
    connector: &'static ConnectorDefinition,
    file: PathBuf,
    script: Script,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// The URL that an emulator takes for its own.
    #[serde(rename = "base_url")]
    _base_url: Option<String>,
    /// What an emulator has at the beginning.
    #[serde(rename = "seed")]
    _seed: Option<Value>,
    /// What an emulator knows; a product's server says it itself.
    credential: Option<Account>,
    /// The connection's settings.
    #[serde(default)]
    settings: BTreeMap<String, String>,
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
    /// Who calls, if the server knows several accounts; the first if it is not said.
    r#as: Option<String>,
    /// What the cassette shows that is written of it; without one, none is.
    title: Option<String>,
    /// The cassette's case, if it is not the main one of the action.
    case: Option<String>,
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

    /// The credential that the emulator knows.
    pub(crate) fn credential(&self) -> Credential {
        let Account { username, token } = self.script.credential.as_ref().expect("a credential");
        match username {
            Some(username) => Credential::Basic {
                username: username.clone(),
                password: token.as_str().into(),
            },
            None => Credential::token(token.as_str()),
        }
    }

    /// Makes all calls. Accounts of the server have names; the first is who calls if none is stated.
    pub(crate) fn hold(&self, server: SocketAddr, accounts: &[(String, Credential)]) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut kept = BTreeMap::new();
        for (index, call) in self.script.calls.iter().enumerate() {
            let place = format!("call {}, {}", index + 1, call.action);
            let who = call.r#as.as_ref();
            let mut accounts = accounts.iter();
            let account = accounts.find(|(name, _)| who.is_none_or(|who| who == name));
            let (_, credential) = account.unwrap_or_else(|| panic!("{place}: no such account"));
            let transport = ToLoopback::at(server).unwrap();
            let transport = Arc::new(Record::new(transport, credential.redactor()));
            let cx = ActionContext::builder(self.connector, transport.clone())
                .credential(credential.clone())
                // Whatever carries an id of its call must be the same when the cassette replays.
                .run_id(match call.title {
                    Some(_) => Cassette::RUN_ID.to_owned(),
                    None => format!("call-{index}"),
                });
            let settings = self.script.settings.iter();
            let cx = settings.fold(cx, |cx, (name, value)| cx.setting(name, value));
            let input = filled(&call.input, &kept);
            let expect = runtime.block_on(self.call(call, &cx.build(), &input, &mut kept, &place));
            if let Some(title) = &call.title {
                let recorded = RecordedCall {
                    input: input.as_object().cloned().unwrap_or_default(),
                    cursor: None,
                    all_pages: expect.items.is_some(),
                    settings: self.script.settings.clone(),
                };
                let cassette = Cassette {
                    action: call.action.clone(),
                    title: title.clone(),
                    provenance: recording::provenance(self.connector),
                    call: recorded,
                    expect,
                    exchanges: transport.exchanges(),
                };
                recording::keep(self.connector, &cassette, call.case.as_deref());
            }
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
        input: &Value,
        kept: &mut BTreeMap<String, Value>,
        place: &str,
    ) -> Expectation {
        let mut actions = self.connector.actions().iter();
        let action = actions.find(|action| action.name() == call.action);
        let action = action.unwrap_or_else(|| panic!("{place}: no such action"));
        let schema = action.output_schema();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let mut pages = Vec::new();
        let result = run_pages(*action, cx, input.clone(), |page| {
            pages.push(page.data.into_value());
            true
        })
        .await;
        if let Some(code) = call.error {
            let error = result.expect_err(place);
            assert_eq!(error.code(), code, "{place}: {error} {:?}", error.detail());
            return Expectation {
                items: None,
                error: Some(code),
            };
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
        let items = match action.returns() {
            Returns::List => output.as_array().map(Vec::len),
            Returns::Single => None,
        };
        if call.items.is_some() {
            assert_eq!(items, call.items, "{place}: {output:#}");
        }
        Expectation { items, error: None }
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
