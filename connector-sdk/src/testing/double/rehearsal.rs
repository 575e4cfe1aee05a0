//! Calls that are made against doubles.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use futures_util::FutureExt as _;
use serde_json::Value;

use super::Double;
use super::recorded::{Read, Recorded, Target, creates};
use crate::action::{Action, ActionDefinition, Effect};
use crate::auth::Credential;
use crate::cassette::{Cassette, RecordedResponse};
use crate::connector::ConnectorDefinition;
use crate::context::ActionContext;
use crate::data::JsonObject;
use crate::error::ErrorCode;
use crate::result::Returns;
use crate::run::run;
use crate::schema;
use crate::testing::cassette_call;
use crate::transport::{Plan, PlannedRequest};

/// A recorded call of an action, to be made against [doubles](Double) of the provider.
///
/// A double answers the requests of the call as they were recorded, whatever their query and body
/// say. What a write made also shows in the connector's other reads of it: those that return the same
/// type, alone or in a list, with the values of the parameters that both have. What a write deletes no
/// longer shows in the read of the same path. In a list, what was made comes
/// first. Fields of the same name are as the request set them, texts that it leaves out are empty, and
/// the members `.._at`, `..At`, `.._time` and `created` are the present time. To what the recorded call does
/// not ask, the connector's [`evidence`](crate::host::ConnectorBuilder::evidence) answers first.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::pagination::LinkHeader;
/// use plugwright_sdk::testing::{Cut, Rehearsal, block_on};
/// use plugwright_sdk::{
///     ActionContext, Cassette, ConnectorDefinition, ErrorCode, Page, Result, action, actions, json, model, run,
/// };
///
/// /// Something to do.
/// #[model]
/// pub struct Task {
///     /// Its id.
///     id: u64,
///     /// What is to be done.
///     content: String,
/// }
///
/// /// Lists tasks.
/// #[action("tasks.list", read, get = "/tasks", page = LinkHeader)]
/// async fn list(cx: &ActionContext) -> Result<Page<Task>>;
///
/// /// Adds a task.
/// #[action("tasks.create", write, post = "/tasks", json)]
/// async fn create(
///     cx: &ActionContext,
///     /// What is to be done.
///     content: String,
/// ) -> Result<Task>;
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .cassettes(&[
///         ("tasks.create.json", r#"{
///             "action": "tasks.create",
///             "provenance": { "kind": "constructed", "source": "the documentation" },
///             "call": { "input": { "content": "Buy milk" } },
///             "exchanges": [{
///                 "request": { "method": "POST", "url": "https://api.example.com/tasks" },
///                 "response": { "status": 201, "body": { "json": { "id": 2, "content": "Buy milk" } } }
///             }]
///         }"#),
///         ("tasks.list.json", r#"{
///             "action": "tasks.list",
///             "provenance": { "kind": "constructed", "source": "the documentation" },
///             "call": {},
///             "exchanges": [{
///                 "request": { "method": "GET", "url": "https://api.example.com/tasks" },
///                 "response": { "status": 200, "body": { "json": [{ "id": 1, "content": "Sleep" }] } }
///             }]
///         }"#),
///     ])
///     .actions(actions![list, create]);
///
/// let [list, create] = CONNECTOR.actions() else { unreachable!() };
/// let cassettes = Cassette::shipped(CONNECTOR.cassettes())?;
/// let rehearsal = Rehearsal::new(&CONNECTOR, create, &cassettes).unwrap();
/// let double = Arc::new(rehearsal.double());
/// double.cut_at(0, Cut::TimedOut);
///
/// let cx = rehearsal.context(double.clone());
/// let error = block_on(run(*create, &cx, rehearsal.input())).unwrap_err();
/// assert_eq!(error.code(), ErrorCode::UpstreamTimeout);
/// // The task was made, and is the first of the list.
/// let tasks = block_on(run(*list, &cx, json!({})))?.data.into_value();
/// assert_eq!(tasks[0]["content"], "Buy milk");
/// assert_eq!(tasks[1]["content"], "Sleep");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rehearsal {
    connector: &'static ConnectorDefinition,
    cassette: Cassette,
    recorded: Recorded,
}

impl Rehearsal {
    /// Prepares the first of the connector's cassettes that is of a call of the action which succeeds;
    /// nothing if there is none.
    pub fn new(
        connector: &'static ConnectorDefinition,
        action: &'static ActionDefinition,
        cassettes: &[Cassette],
    ) -> Option<Self> {
        let cassette = succeeding(action, cassettes)?.clone();
        let exchanges = cassette.exchanges.clone();
        let mut recorded = Recorded {
            used: vec![false; exchanges.len()],
            left_out: left_out(action, &cassette),
            keys: Vec::new(),
            creates: creates(&exchanges, action.idempotent()),
            exchanges,
            reads: reads(connector, action, &cassette, cassettes),
            made: Vec::new(),
            connector,
            action: action.name(),
            input: cassette.call.input.clone(),
            applied: Vec::new(),
        };
        recorded.keys = keys(connector, action, &cassette, &recorded);
        Some(Self {
            connector,
            cassette,
            recorded,
        })
    }

    /// Returns the recorded input.
    pub fn input(&self) -> Value {
        Value::Object(self.cassette.call.input.clone())
    }

    /// Returns the settings of the connection: those that were recorded, and a value for each other
    /// placeholder of the base URLs.
    pub fn settings(&self) -> BTreeMap<String, String> {
        cassette_call::settings(self.connector, &self.cassette)
    }

    /// Returns the placeholder of a credential.
    pub fn credential(&self) -> Credential {
        cassette_call::placeholder(self.connector, &self.cassette)
    }

    /// Makes a double of the provider as it is before the call.
    pub fn double(&self) -> Double {
        Double::new(self.recorded.clone())
    }

    /// Returns the recorded path of a request that the call makes, whatever id of the call it has in it.
    pub fn recorded_path(&self, request: &PlannedRequest) -> Option<&str> {
        let url = request.url.parse().ok()?;
        let target = Target::new(&request.method, &url, request.body.as_ref());
        self.recorded.path_of(&target)
    }

    /// Makes a context for calls against a double.
    pub fn context(&self, double: Arc<Double>) -> ActionContext {
        cassette_call::context(self.connector, &self.cassette, double).build()
    }
}

/// Returns the parts of the paths of a call's requests that are made of the call's id: with another id,
/// nothing is recorded for these requests.
fn keys(
    connector: &'static ConnectorDefinition,
    write: &ActionDefinition,
    call: &Cassette,
    recorded: &Recorded,
) -> Vec<String> {
    let mut recorded = recorded.clone();
    for _ in 0..recorded.exchanges.len() {
        let double = Arc::new(Double::new(recorded.clone()));
        let cx = cassette_call::context(connector, call, double.clone())
            .run_id("another")
            .build();
        // A double waits for nothing.
        drop(run(write, &cx, Value::Object(call.call.input.clone())).now_or_never());
        let unknown = double.unknown();
        let Some((method, rest)) = unknown.last().and_then(|line| line.split_once(' ')) else {
            break;
        };
        let url = rest.split(' ').next().unwrap_or_default();
        let keys = recorded.keys_of(method, url);
        if keys.is_empty() {
            break;
        }
        recorded.keys.extend(keys);
    }
    recorded.keys
}

/// Returns the parameters for free text that a call leaves out.
fn left_out(action: &ActionDefinition, cassette: &Cassette) -> Vec<String> {
    let schema = action.input_schema();
    let params = schema::properties(&schema, &schema);
    let is_text = |schema: &Value| {
        schema["type"] == "string" && schema.get("enum").is_none() && schema.get("format").is_none()
    };
    let left_out = params
        .into_iter()
        .filter(|(name, schema)| is_text(schema) && !cassette.call.input.contains_key(*name));
    left_out.map(|(name, _)| name.to_owned()).collect()
}

fn succeeding<'a>(action: &ActionDefinition, cassettes: &'a [Cassette]) -> Option<&'a Cassette> {
    let mut own = cassettes
        .iter()
        .filter(|cassette| cassette.action == action.name());
    own.find(|cassette| cassette.expect.error.is_none())
}

/// Returns the reads that show what a write made or removed: they return the same type, or read where it
/// deletes.
fn reads(
    connector: &'static ConnectorDefinition,
    write: &'static ActionDefinition,
    cassette: &Cassette,
    cassettes: &[Cassette],
) -> Vec<Read> {
    let members = members(write);
    let makes = !members.is_empty() && write.returns() != Returns::List;
    let removed: Vec<_> = removed(cassette).collect();
    let mut reads = connector.actions().to_vec();
    reads.retain(|read| read.effect() == Effect::Read);
    let reads = reads.into_iter().filter_map(|read| {
        let shows_made = makes && self::members(read) == members;
        if !shows_made && removed.is_empty() {
            return None;
        }
        let recorded = succeeding(read, cassettes)?;
        let last = recorded.exchanges.last()?;
        let (at, open) = target(connector, read, cassette, recorded)?;
        let is_of_removed = !shows_made
            && open.is_empty()
            && read.returns() == Returns::Single
            && removed.iter().any(|removed| removed.removes(&at));
        (shows_made || is_of_removed).then(|| Read {
            at,
            open,
            returns: read.returns(),
            answer: last.response.clone(),
            absent: absent(read, cassettes),
            is_of_removed,
        })
    });
    reads.collect()
}

fn removed(call: &Cassette) -> impl Iterator<Item = Target> {
    let requests = call.exchanges.iter().map(|exchange| &exchange.request);
    let deletes = requests.filter(|request| request.method.eq_ignore_ascii_case("delete"));
    deletes.map(|request| Target::new(&request.method, &request.url, request.body.as_ref()))
}

/// Returns the names of the members of what an action returns. Each rehearsal asks for those of all
/// reads, and making a schema takes long.
fn members(action: &'static ActionDefinition) -> Arc<[String]> {
    static KNOWN: LazyLock<Mutex<HashMap<usize, Arc<[String]>>>> = LazyLock::new(Mutex::default);
    let place = std::ptr::from_ref(action).addr();
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(members) = known().get(&place) {
        return Arc::clone(members);
    }
    let output = action.output_schema();
    let one = schema::element(&output, &output);
    let members = schema::properties(&output, one).into_iter();
    let members: Arc<[String]> = members.map(|(name, _)| name.to_owned()).collect();
    known().insert(place, Arc::clone(&members));
    members
}

fn absent(read: &ActionDefinition, cassettes: &[Cassette]) -> Option<RecordedResponse> {
    let mut own = cassettes
        .iter()
        .filter(|cassette| cassette.action == read.name());
    let cassette = own.find(|cassette| cassette.expect.error == Some(ErrorCode::NotFound))?;
    Some(cassette.exchanges.last()?.response.clone())
}

/// Returns where a read asks for what a call made, and the parts of its path that the call does not
/// know. GraphQL says that by its operation; elsewhere the parameters decide.
fn target(
    connector: &'static ConnectorDefinition,
    read: &ActionDefinition,
    call: &Cassette,
    recorded: &Cassette,
) -> Option<(Target, Vec<String>)> {
    let request = &recorded.exchanges.last()?.request;
    let at = Target::new(&request.method, &request.url, request.body.as_ref());
    if at.is_graphql() {
        return Some((at, Vec::new()));
    }
    let params = read.params();
    let takes = |name: &String| params.iter().any(|param| param.name == *name);
    let mut shared = call.call.input.clone();
    shared.retain(|name, _| takes(name));
    if let Some(at) = plan(connector, read, call, shared.clone()) {
        return Some((at, Vec::new()));
    }
    // It has parameters that the call has not.
    let mut input = recorded.call.input.clone();
    let others = input.iter().filter(|(name, _)| !shared.contains_key(*name));
    let open = others.map(|(_, value)| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let open = open.collect();
    input.extend(shared);
    Some((plan(connector, read, call, input)?, open))
}

/// Returns where an action sends its first request; nothing if it refuses the input.
fn plan(
    connector: &'static ConnectorDefinition,
    action: &ActionDefinition,
    call: &Cassette,
    input: JsonObject,
) -> Option<Target> {
    let plan = Arc::new(Plan::new());
    let cx = cassette_call::context(connector, call, plan.clone()).build();
    // The plan stops the action at its first request, so it waits for nothing.
    drop(run(action, &cx, Value::Object(input)).now_or_never());
    let planned = plan.requests().into_iter().next()?;
    let url = planned.url.parse().ok()?;
    Some(Target::new(&planned.method, &url, planned.body.as_ref()))
}
