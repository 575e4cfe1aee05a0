//! Imported operations as actions.

mod check;
mod graphql;
mod patterns;
mod request;
mod section;
mod style;
mod tool;
mod validate;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use plugwright_sdk::auth::NeededScope;
use plugwright_sdk::host::fields::Fields;
use plugwright_sdk::host::{Effect, Faults, Invocation, Returns, coerce};
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::schema::Schema;
use plugwright_sdk::{Action, ActionError, ActionResult, Result, Value};
use serde_json::Map;

use crate::form::{CredentialPlace, ImportedAction};
use check::Check;
use section::Form;
pub use tool::tool_output;
use validate::Side;

/// A compiled pattern may take so many bytes.
pub(crate) const PATTERN_SIZE: usize = 2 << 20;

/// The schemas of an action have so many parts at most; what is further away is left open.
const MOST_PARTS: usize = 3000;

/// Returns at least the shared definitions that an action's output needs. They can be large and are seldom
/// asked for, so that they need not be read with the action.
pub type OutputDefinitions = Box<dyn Fn(&ImportedAction) -> Arc<Map<String, Value>> + Send + Sync>;

/// Is told how many bytes the patterns of an action's input take at most, once they are compiled.
pub type OnCompiled = Box<dyn Fn(usize) + Send + Sync>;

pub(crate) struct OperationAction {
    /// What an invocation takes with it.
    operation: Arc<Operation>,
    /// At least the shared definitions that the input needs.
    definitions: Arc<Map<String, Value>>,
    check: OnceLock<Option<Check>>,
    on_compiled: OnCompiled,
}

struct Operation {
    action: ImportedAction,
    output_definitions: OutputDefinitions,
    /// The fields that are returned, if not all.
    fields: Option<Fields>,
    credential: Arc<[CredentialPlace]>,
    /// The places of the auth schemes that it takes, if not all.
    schemes: Option<Vec<usize>>,
}

impl Operation {
    fn output(&self) -> Schema {
        let definitions = (self.output_definitions)(&self.action);
        output(&self.action.output, &definitions)
    }

    fn sends(&self, field: &str) -> bool {
        self.action.auth.as_ref().is_none_or(|ways| {
            ways.iter()
                .any(|way| way.fields.iter().any(|own| own == field))
        })
    }
}

pub(crate) fn output(schema: &Value, definitions: &Map<String, Value>) -> Value {
    validate::closed(schema, definitions, MOST_PARTS, Side::Output)
}

pub(crate) fn takes(
    member: &Map<String, Value>,
    definitions: &Map<String, Value>,
    value: &Value,
) -> bool {
    let member = Value::Object(member.clone());
    let schema = validate::closed(&member, definitions, MOST_PARTS, Side::Input);
    Check::of(&schema).is_none_or(|check| check.takes(value))
}

/// Returns how large a schema is: the number of its parts.
pub fn schema_parts(schema: &Value) -> usize {
    validate::parts(schema)
}

impl ImportedAction {
    /// Returns the shared definitions that the input's schema needs. `find` reads one by name, unless it has
    /// more [parts](schema_parts) than the number that it is given.
    pub fn input_definitions(
        &self,
        find: impl FnMut(&str, Option<usize>) -> Option<Value>,
    ) -> Map<String, Value> {
        definitions(&self.input, find)
    }

    /// Returns the shared definitions that the output's schema needs; `find` is as for the input's.
    pub fn output_definitions(
        &self,
        find: impl FnMut(&str, Option<usize>) -> Option<Value>,
    ) -> Map<String, Value> {
        definitions(&self.output, find)
    }

    /// Makes the action that a connector takes, with at least the definitions of its input. What its first
    /// call compiles, it tells.
    pub fn into_action(
        self,
        definitions: Map<String, Value>,
        output_definitions: OutputDefinitions,
        credential: Arc<[CredentialPlace]>,
        on_compiled: OnCompiled,
    ) -> Arc<dyn Action> {
        Arc::new(OperationAction {
            on_compiled,
            ..OperationAction::new(self, Arc::new(definitions), output_definitions, credential)
        })
    }
}

fn definitions(
    schema: &Value,
    mut find: impl FnMut(&str, Option<usize>) -> Option<Value>,
) -> Map<String, Value> {
    let find = |name: &str, room| find(name, room).map(Cow::Owned);
    let needed = validate::needed(schema, MOST_PARTS, find).into_iter();
    needed
        .map(|(name, definition)| (name, definition.into_owned()))
        .collect()
}

fn fields(action: &ImportedAction, definitions: &OutputDefinitions) -> Option<Fields> {
    if action.fields.is_empty() {
        return None;
    }
    // An overlay checks them.
    Fields::parse(
        &action.fields,
        &output(&action.output, &definitions(action)),
    )
    .ok()
}

impl OperationAction {
    pub(crate) fn new(
        action: ImportedAction,
        definitions: Arc<Map<String, Value>>,
        output_definitions: OutputDefinitions,
        credential: Arc<[CredentialPlace]>,
    ) -> Self {
        Self {
            operation: Arc::new(Operation {
                fields: fields(&action, &output_definitions),
                schemes: action
                    .auth
                    .as_ref()
                    .map(|ways| ways.iter().map(|way| way.scheme).collect()),
                action,
                output_definitions,
                credential,
            }),
            definitions,
            check: OnceLock::new(),
            on_compiled: Box::new(|_| ()),
        }
    }

    fn action(&self) -> &ImportedAction {
        &self.operation.action
    }

    fn read(&self, members: Map<String, Value>) -> (Value, Faults) {
        let check = self.check();
        let mut members = match check {
            Some(check) => check.without_nulls(members),
            None => members,
        };
        for (name, value) in &self.action().defaults {
            members
                .entry(name.as_str())
                .or_insert_with(|| value.clone());
        }
        let input = Value::Object(members);
        let faults = check.map_or_else(Faults::new, |check| check.faults(&input));
        (input, faults)
    }

    /// Returns what checks inputs; none if the schema can't be compiled.
    fn check(&self) -> Option<&Check> {
        let make = || {
            let mut schema = self.input_schema();
            let bytes = patterns::bound(&mut schema);
            let check = Check::of(&schema)?;
            (self.on_compiled)(bytes);
            Some(check)
        };
        self.check.get_or_init(make).as_ref()
    }
}

impl Action for OperationAction {
    fn name(&self) -> &str {
        &self.action().name
    }

    fn title(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.action().title)
    }

    fn description(&self) -> &str {
        &self.action().description
    }

    fn effect(&self) -> Effect {
        self.action().effect
    }

    fn idempotent(&self) -> bool {
        self.action().idempotent
    }

    fn scopes(&self) -> Vec<NeededScope<'_>> {
        let action = self.action();
        let scopes = action.scopes.iter().map(|scope| NeededScope::one(scope));
        let any = (!action.any_scope.is_empty()).then_some(&action.any_scope);
        scopes
            .chain(any.map(|any| NeededScope::any_stored(any)))
            .collect()
    }

    fn schemes(&self) -> Option<&[usize]> {
        self.operation.schemes.as_deref()
    }

    fn returns(&self) -> Returns {
        self.action().returns
    }

    fn deprecated(&self) -> Option<&str> {
        self.action().deprecated.as_deref()
    }

    fn params(&self) -> Vec<ParamDefinition> {
        validate::params(&self.action().input, &self.definitions)
    }

    fn input_schema(&self) -> Schema {
        let input = &self.action().input;
        validate::closed(input, &self.definitions, MOST_PARTS, Side::Input)
    }

    fn output_schema(&self) -> Schema {
        let mut schema = self.operation.output();
        patterns::remove(&mut schema);
        schema
    }

    fn decode(&self, input: Value) -> Result<Invocation> {
        let members = match input {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            _ => {
                return Err(ActionError::invalid_param(
                    "input",
                    "must be an object of parameters",
                ));
            }
        };
        let known = self.action().input["properties"].as_object();
        let (mut input, faults) = match section::form(&members, known, &self.action().request) {
            Form::Flat => self.read(members),
            Form::Sections(flat) => self.read(flat?),
            Form::Either(flat) => match flat.map(|flat| self.read(flat)) {
                Ok((input, faults)) if faults.is_empty() => (input, faults),
                _ => self.read(members),
            },
        };
        if !faults.is_empty() {
            return Err(ActionError::invalid(faults));
        }
        coerce::integers(|| self.input_schema(), &mut input).map_err(ActionError::invalid)?;
        let Value::Object(members) = input else {
            return Err(ActionError::invalid_param("input", "must be an object"));
        };
        let operation = Arc::clone(&self.operation);
        Ok(Invocation::new(move |cx| {
            Box::pin(async move {
                let result = request::run(&operation, cx, members).await?;
                Ok(match &operation.fields {
                    Some(fields) => ActionResult {
                        data: fields.project_data(result.data),
                        ..result
                    },
                    None => result,
                })
            })
        }))
    }
}
