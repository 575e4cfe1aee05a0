//! GraphQL requests of collections: the operation is sent as the collection states it, and its variables
//! are the parameters.

use std::collections::{BTreeMap, HashSet};

use apollo_compiler::ast::{
    Argument, Definition, OperationDefinition, OperationType, Selection, Type, Value as AstValue,
};
use apollo_compiler::parser::Parser;
use apollo_compiler::{Name, Node};
use plugwright_sdk::host::{Effect, capitalized};
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::auth::is_secret;
use super::body::with_quotes;
use super::sample::schema_of;
use super::url::filled;
use crate::form::GraphqlTemplate;
use crate::openapi::effect;

/// The member of an operation that has what is sent.
const MARK: &str = "x-plugwright-graphql";

/// No operation is longer, in bytes.
const LONGEST: usize = 64 << 10;

/// Selections may be in one another so many times.
const DEEPEST: usize = 64;

/// The operation that a request sends.
pub(super) struct Request {
    text: String,
    /// Where the result is in `data`.
    pointer: String,
    /// The fields that a mutation asks for.
    mutations: Vec<String>,
    variables: Map<String, Value>,
    required: Vec<String>,
}

/// Returns the operation that a body has, or why it can't be sent. A body in JSON has one if it has all
/// the form of one.
pub(super) fn of(body: &Value, known: &BTreeMap<&str, String>) -> Option<Result<Request, String>> {
    match body.get("mode")?.as_str()? {
        "graphql" => {
            let stated = body.get("graphql").unwrap_or(&Value::Null);
            let variables = match stated.get("variables") {
                Some(Value::String(text)) => serde_json::from_str(&with_quotes(text)).ok(),
                other => other.cloned(),
            };
            Some(Request::of(stated, variables.as_ref(), known))
        }
        "raw" => {
            const MEMBERS: [&str; 4] = ["query", "variables", "operationName", "extensions"];
            let raw = body.get("raw")?.as_str()?;
            let stated: Value = serde_json::from_str(&with_quotes(raw)).ok()?;
            let is_known = |name: &String| MEMBERS.contains(&name.as_str());
            let text = stated.get("query")?.as_str()?;
            (stated.as_object()?.keys().all(is_known) && is_operation(text))
                .then(|| Request::of(&stated, stated.get("variables"), known))
        }
        _ => None,
    }
}

/// Returns whether a text begins as an operation does, such as no query of a search.
fn is_operation(text: &str) -> bool {
    let text = text.trim_start();
    let keywords = ["query", "mutation", "subscription", "fragment"];
    let rest = keywords.iter().find_map(|word| text.strip_prefix(word));
    text.starts_with('{') || (rest.is_some_and(|rest| !rest.starts_with(':')) && text.contains('{'))
}

/// Returns what an operation of a converted collection sends, and its effect.
pub(in crate::openapi) fn stated(operation: &Value) -> Option<(GraphqlTemplate, (Effect, bool))> {
    let mark = operation.get(MARK)?;
    let text = |key: &str| mark.get(key)?.as_str().map(str::to_owned);
    let template = GraphqlTemplate {
        text: text("text")?,
        pointer: text("pointer")?,
    };
    let fields = mark.get("mutations").and_then(Value::as_array);
    let effects = fields.into_iter().flatten().filter_map(Value::as_str);
    let strongest = effects.map(effect::of_mutation).max();
    Some((template, strongest.unwrap_or((Effect::Read, true))))
}

impl Request {
    fn of(
        stated: &Value,
        variables: Option<&Value>,
        known: &BTreeMap<&str, String>,
    ) -> Result<Self, String> {
        let member = |name: &str| stated.get(name).and_then(Value::as_str).unwrap_or_default();
        let text = filled(member("query"), known);
        if text.len() > LONGEST {
            return Err(format!("its operation has more than {LONGEST} bytes"));
        }
        let parsed = Parser::new()
            .recursion_limit(DEEPEST)
            .parse_ast(text, "operation.graphql");
        let mut document = parsed.map_err(|_| "its GraphQL operation can't be read")?;
        let mut operation = chosen(&document.definitions, member("operationName"))?;
        if operation.operation_type == OperationType::Subscription {
            return Err("a subscription has no single response".to_owned());
        }
        let fields: Vec<_> = operation.selection_set.iter().map(field).collect();
        let pointer = match fields.as_slice() {
            [Some((response, _))] => format!("/{response}"),
            _ => String::new(),
        };
        let mutations: Vec<String> = if operation.operation_type == OperationType::Mutation {
            let names = fields.iter().map(|field| match field {
                Some((_, name)) => Ok(name.clone()),
                None => Err("a mutation begins with a fragment"),
            });
            names.collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        let mut parameters = Map::new();
        let mut required = Vec::new();
        for variable in &operation.variables {
            let name = variable.name.to_string();
            let sample = variables.and_then(|variables| variables.get(&name));
            parameters.insert(name.clone(), schema(&variable.ty, sample));
            if variable.ty.is_non_null() && variable.default_value.is_none() {
                required.push(name);
            }
        }
        if operation.name.is_none() {
            // A name is sent beside each operation.
            let first = fields.iter().flatten().next();
            let name = first.map_or("Operation".to_owned(), |(_, name)| capitalized(name));
            operation.make_mut().name = Name::new(&name).ok();
        }
        let used = fragments_of(&operation, &document.definitions);
        // Servers refuse fragments that nothing uses.
        document.definitions.retain(|definition| match definition {
            Definition::FragmentDefinition(fragment) => used.contains(&fragment.name),
            _ => false,
        });
        let operation = Definition::OperationDefinition(operation);
        document.definitions.insert(0, operation);
        if document.definitions.iter().any(has_secret) {
            return Err("its GraphQL operation contains a credential".to_owned());
        }
        Ok(Self {
            text: document.serialize().no_indent().to_string(),
            pointer,
            mutations,
            variables: parameters,
            required,
        })
    }

    /// Adds it to an operation, whose answers show all of `data`.
    pub(super) fn put_into(self, operation: &mut Value) {
        if !self.variables.is_empty() {
            let schema = json!({
                "type": "object", "properties": self.variables, "required": self.required,
            });
            let content = json!({ "application/json": { "schema": schema } });
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        let answers = operation["responses"].as_object_mut();
        for content in answers.into_iter().flat_map(Map::values_mut) {
            let Some(json) = content.pointer_mut("/content/application~1json") else {
                continue;
            };
            let at = self.pointer.strip_prefix('/');
            let inner = at.map_or(String::new(), |name| format!("/properties/{name}"));
            let schema = json["schema"].pointer(&format!("/properties/data{inner}"));
            let mut result = json!({ "schema": schema.cloned().unwrap_or_else(|| json!({})) });
            if let Some(example) = json["example"].pointer(&format!("/data{}", self.pointer)) {
                result["example"] = example.clone();
            }
            *json = result;
        }
        operation[MARK] = json!({
            "text": self.text, "pointer": self.pointer, "mutations": self.mutations,
        });
    }
}

/// Returns the only operation, or that of a name.
fn chosen(
    definitions: &[Definition],
    name: &str,
) -> Result<Node<OperationDefinition>, &'static str> {
    let operations = definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(operation),
            _ => None,
        });
    let operations: Vec<_> = operations.collect();
    let found = match operations.as_slice() {
        [only] => Some(*only),
        several => several.iter().copied().find(|operation| {
            let own = operation.name.as_ref();
            own.is_some_and(|own| own.as_str() == name)
        }),
    };
    let found = found.ok_or("its GraphQL text has no operation, or several")?;
    Ok(found.clone())
}

/// Returns the names of the fragments that an operation is made of.
fn fragments_of(operation: &OperationDefinition, definitions: &[Definition]) -> HashSet<Name> {
    let mut used = HashSet::new();
    let mut open: Vec<&Selection> = operation.selection_set.iter().collect();
    while let Some(selection) = open.pop() {
        match selection {
            Selection::Field(field) => open.extend(&field.selection_set),
            Selection::InlineFragment(fragment) => open.extend(&fragment.selection_set),
            Selection::FragmentSpread(spread) => {
                if used.insert(spread.fragment_name.clone()) {
                    let named = definitions
                        .iter()
                        .filter_map(|definition| match definition {
                            Definition::FragmentDefinition(it)
                                if it.name == spread.fragment_name =>
                            {
                                Some(it)
                            }
                            _ => None,
                        });
                    open.extend(named.flat_map(|fragment| &fragment.selection_set));
                }
            }
        }
    }
    used
}

/// Returns the names of a field in the answer and in the schema.
fn field(selection: &Selection) -> Option<(String, String)> {
    match selection {
        Selection::Field(field) => {
            Some((field.response_name().to_string(), field.name.to_string()))
        }
        _ => None,
    }
}

/// Returns the schema of a variable; what its type has is only known by the value that is shown.
fn schema(of: &Type, sample: Option<&Value>) -> Value {
    let mut schema = match of {
        Type::Named(name) | Type::NonNullNamed(name) => match name.as_str() {
            "ID" | "String" => json!({ "type": "string" }),
            "Int" => json!({ "type": "integer" }),
            "Float" => json!({ "type": "number" }),
            "Boolean" => json!({ "type": "boolean" }),
            _ => match sample.map(schema_of) {
                // The names of an enum's values are as texts.
                Some(known) if known["type"] != "null" => known,
                _ => json!({}),
            },
        },
        Type::List(item) | Type::NonNullList(item) => {
            let first = sample.and_then(|sample| sample.get(0));
            json!({ "type": "array", "items": self::schema(item, first) })
        }
    };
    if !of.is_non_null() && schema.get("type").is_some() {
        schema["nullable"] = true.into();
    }
    schema
}

/// Returns whether an argument that is named like a credential has a text.
fn has_secret(definition: &Definition) -> bool {
    match definition {
        Definition::OperationDefinition(operation) => {
            let mut defaults = operation.variables.iter().filter_map(|variable| {
                let default = variable.default_value.as_ref()?;
                Some(shows_secret(&variable.name, default))
            });
            defaults.any(|is_one| is_one) || any_secret(&operation.selection_set)
        }
        Definition::FragmentDefinition(fragment) => any_secret(&fragment.selection_set),
        _ => false,
    }
}

fn any_secret(selections: &[Selection]) -> bool {
    selections.iter().any(|selection| match selection {
        Selection::Field(field) => {
            let is_one = |argument: &Node<Argument>| shows_secret(&argument.name, &argument.value);
            field.arguments.iter().any(is_one) || any_secret(&field.selection_set)
        }
        Selection::InlineFragment(fragment) => any_secret(&fragment.selection_set),
        Selection::FragmentSpread(_) => false,
    })
}

fn shows_secret(name: &Name, value: &AstValue) -> bool {
    match value {
        AstValue::String(text) => is_secret(name) && !text.is_empty(),
        AstValue::Object(members) => members
            .iter()
            .any(|(name, value)| shows_secret(name, value)),
        AstValue::List(items) => items.iter().any(|item| shows_secret(name, item)),
        _ => false,
    }
}
