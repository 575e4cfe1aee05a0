//! OpenAPI 3.0 and 3.1 documents, and those of other kinds, which are brought to their form first:
//! Swagger 2.0, Google Discovery and Postman collections. Of GraphQL schemas, each query and mutation
//! becomes an action.
//!
//! Four of five public documents have mistakes. A document imports as far as it makes sense, and the
//! report says of each operation what could not be kept.

mod again;
mod discovery;
mod effect;
mod example;
mod file_types;
pub(crate) mod graphql;
mod input;
mod output;
mod paging;
mod path;
mod postman;
mod reference;
mod schema;
mod security;
mod server;
mod swagger;
mod titles;

use std::borrow::Cow;
use std::collections::HashMap;

use plugwright_sdk::Value;
use plugwright_sdk::host::{
    AuthParts, ConnectorParts, InvalidConnector, RESERVED_NAMES, Returns, SchemeParts, check_name,
};
use serde_json::Map;
use url::Url;

use crate::form::{
    ImportedAction, ImportedConnector, Operation, ParameterPlace, ParameterTemplate,
    RequestTemplate, Source,
};
use crate::name::{self, Names};
use crate::report::{DocumentReport, OperationReport, Outcome};
use crate::text::{self, clean, quoted};
pub use again::Earlier;
pub use example::{Examples, OperationExamples};
use input::Input;
use output::Output;
use path::PathTemplate;
use reference::Document;
use schema::{Schemas, budget};
pub(crate) use security::is_credential_header;
use security::{Need, Security};
use server::Servers;
pub(crate) use server::is_base;
use titles::{display_name, texts};

const MOST_OPERATIONS: usize = 50_000;

/// The longest id by which a later import knows an operation, in bytes.
const LONGEST_ID: usize = 300;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "query",
];

/// How a document is imported.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The connector's name; made of the title if there is none.
    pub name: Option<String>,
    /// What the document is called if it does not say so itself.
    pub title: Option<String>,
    /// The base URL, in place of the document's servers; the endpoint of a GraphQL API.
    pub base_url: Option<String>,
    /// Where the document is; the URLs of its servers may be relative to that.
    pub location: Option<Url>,
    /// The operations of an earlier import, whose names stay.
    pub earlier: Vec<Earlier>,
}

impl Settings {
    /// Imports under this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }
}

/// A connector with what became of the document.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The connector.
    pub connector: ImportedConnector,
    /// What became of each operation.
    pub report: DocumentReport,
    /// Outlines of the answers of which actions return only the items, for an overlay.
    pub(crate) answers: HashMap<Operation, Value>,
}

/// A document can't be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is of another kind.
    #[error(
        "it is not a supported document; expected OpenAPI 3 (`openapi: 3.x`), Swagger 2.0 \
         (`swagger: 2.0`), Google Discovery (`kind: discovery#restDescription`), a Postman \
         collection 2 (`info.schema`) or a GraphQL schema (`type Query`, or `__schema`)"
    )]
    Kind,
    /// A GraphQL schema does not say where its API is, and neither do the settings.
    #[error(
        "a GraphQL schema contains no URL: the base URL must be set, such as \
         https://api.example.com/graphql"
    )]
    Endpoint,
    /// It is a GraphQL schema of which nothing can be made.
    #[error("it is a GraphQL schema, but {0}")]
    Graphql(String),
    /// It describes nothing that can be called.
    #[error("it has no `paths`")]
    NoPaths,
    /// The name is not allowed.
    #[error(transparent)]
    Name(#[from] InvalidConnector),
    /// The base URL is none.
    #[error("base URL {0} must be an http or https URL without query and user name")]
    BaseUrl(String),
}

/// Returns the name that the connector of a document gets.
///
/// # Errors
///
/// If it is no OpenAPI document, or the name is not allowed.
pub fn name(document: &Value, settings: &Settings) -> Result<String, ImportError> {
    let name = match &settings.name {
        Some(name) => name.clone(),
        None => {
            let title = document.pointer("/info/title").and_then(Value::as_str);
            let title = title.map(Cow::Borrowed);
            let title = title
                .or_else(|| postman::title(document).map(Cow::Borrowed))
                .or_else(|| discovery::title(document).map(Cow::Owned))
                .or_else(|| settings.title.as_deref().map(Cow::Borrowed));
            let name = name::connector(&title.unwrap_or_default());
            if RESERVED_NAMES.contains(&&*name) {
                format!("{name}-api")
            } else {
                name
            }
        }
    };
    check_name(&name)?;
    Ok(name)
}

/// Returns whether a document is a GraphQL schema: a text in the schema definition language, or the answer
/// to an introspection query.
pub fn is_graphql(document: &Value) -> bool {
    graphql::is_one(document)
}

/// Imports a document.
///
/// # Errors
///
/// If it is of no known kind, or a setting is not allowed. What is wrong with single operations is in
/// the report.
pub fn import(document: &Value, settings: &Settings) -> Result<Imported, ImportError> {
    if graphql::is_one(document) {
        return graphql::import(document, settings);
    }
    // Where a collection is stored says nothing of its API.
    let location = settings.location.as_ref();
    let is_collection = postman::is_one(document);
    let location = location.filter(|_| !is_collection);
    let converted = converted(document)?;
    let document = Document::new(&converted.document);
    let root = document.root();
    let paths = path::items(root).ok_or(ImportError::NoPaths)?;
    let info = |key: &str| root.get("info").and_then(|info| info.get(key));
    let title = info("title").and_then(Value::as_str).unwrap_or_default();
    let name = self::name(root, settings)?;
    let mut servers = Servers::new(root, settings.base_url.as_deref(), location)?;
    let known = match settings.earlier.as_slice() {
        [] => Vec::new(),
        earlier => again::names(again::operations(document, &paths), earlier),
    };
    let mut importer = Importer {
        document,
        is_collection,
        names: Names::new(&name, known),
        schemas: Schemas::new(document),
        security: Security::new(document, servers.base()),
        actions: Vec::new(),
        answers: HashMap::new(),
        needs: Vec::new(),
        report: DocumentReport {
            notes: converted.notes,
            ..DocumentReport::default()
        },
    };
    for (path, item) in paths {
        importer.path(path, item, &mut servers);
    }
    importer.report.notes.append(&mut servers.notes);
    let version = match info("version") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let title = clean(title, text::TITLE);
    let described = info("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let homepage = root.pointer("/externalDocs/url").and_then(Value::as_str);
    let parts = ConnectorParts {
        display_name: display_name(&title, &name),
        name,
        version: clean(&version, 40),
        description: clean(described, text::PARAMETER),
        base_url: servers.base_url.clone(),
        hosts: servers.hosts(),
        settings: servers.settings(),
        homepage_url: homepage
            .filter(|url| url.starts_with("https://") && url.len() < 300)
            .map(|url| clean(url, 300)),
        ..ConnectorParts::default()
    };
    let source = Source {
        kind: converted.kind,
        title,
        version: clean(&version, 40),
    };
    Ok(importer.finish(source, parts, &servers))
}

/// A document of version 3, or one that was brought to that form.
struct Converted<'d> {
    document: Cow<'d, Value>,
    kind: String,
    /// What could not be brought to that form.
    notes: Vec<String>,
}

fn converted(document: &Value) -> Result<Converted<'_>, ImportError> {
    let version = |key: &str| match document.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(version) = version("openapi").filter(|version| version.starts_with('3')) {
        return Ok(Converted {
            document: Cow::Borrowed(document),
            kind: format!("openapi {}", clean(&version, 20)),
            notes: Vec::new(),
        });
    }
    let (document, kind, notes) =
        if version("swagger").is_some_and(|version| version.starts_with('2')) {
            (swagger::converted(document), "swagger 2.0", Vec::new())
        } else if discovery::is_one(document) {
            (
                discovery::converted(document),
                "google discovery",
                Vec::new(),
            )
        } else if postman::is_one(document) {
            let (document, notes) = postman::converted(document);
            (document, "postman collection", notes)
        } else {
            return Err(ImportError::Kind);
        };
    Ok(Converted {
        document: Cow::Owned(document),
        kind: kind.to_owned(),
        notes,
    })
}

struct Importer<'d> {
    document: Document<'d>,
    /// Whether it was a Postman collection.
    is_collection: bool,
    names: Names,
    schemas: Schemas<'d>,
    security: Security<'d>,
    actions: Vec<ImportedAction>,
    answers: HashMap<Operation, Value>,
    needs: Vec<Need>,
    report: DocumentReport,
}

impl<'d> Importer<'d> {
    fn path(&mut self, path: &'d str, item: &'d Value, servers: &mut Servers) {
        if path.starts_with("x-") {
            return;
        }
        let item = match self.document.resolve(item) {
            Ok(item) => item,
            Err(error) => {
                self.report
                    .notes
                    .push(format!("path {}: {error}", quoted(path)));
                return;
            }
        };
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|operation| operation.is_object()) else {
                continue;
            };
            let key = Operation {
                method: method.to_ascii_uppercase(),
                path: path.to_owned(),
            };
            let made = if self.report.operations.len() >= MOST_OPERATIONS {
                Err(format!(
                    "the document has more than {MOST_OPERATIONS} operations"
                ))
            } else if self.schemas.is_spent() {
                Err("the schemas of the operations before it exceed the size limit".to_owned())
            } else {
                self.operation(&key, item, operation, servers)
            };
            let reasons = self.schemas.notes();
            self.report.operations.push(match made {
                Ok(action) => {
                    let name = action.name.clone();
                    self.schemas.spend(budget::of(&action));
                    self.actions.push(action);
                    OperationReport {
                        method: key.method,
                        path: key.path,
                        name: Some(name),
                        outcome: if reasons.is_empty() {
                            Outcome::Imported
                        } else {
                            Outcome::Degraded
                        },
                        reasons,
                    }
                }
                Err(refusal) => OperationReport {
                    method: key.method,
                    path: key.path,
                    name: None,
                    outcome: Outcome::Refused,
                    reasons: vec![refusal],
                },
            });
        }
    }

    fn operation(
        &mut self,
        key: &Operation,
        item: &'d Value,
        operation: &'d Value,
        servers: &mut Servers,
    ) -> Result<ImportedAction, String> {
        let template = PathTemplate::of(&key.path)?;
        let text = |name: &str| operation.get(name).and_then(Value::as_str);
        let mut input = Input::new(self.document, &mut self.schemas);
        input.parameters(item, operation, &template);
        input.body(operation)?;
        let schema = input.schema();
        let (parameters, body) = (input.parameters, input.body);
        let output = Output::of(self.document, &key.method, operation);
        let defaults = constants(&parameters, &schema);
        let query = paging::Query::new(&parameters, &schema);
        let paging = paging::of(self.document, key, &output, &query, &mut self.schemas);
        let items = paging.as_ref().map_or("", |paging| &paging.items);
        let data = output.data(self.document, &mut self.schemas, items);
        if let Some(schema) = output.schema.filter(|_| !items.is_empty()) {
            let outline = paging::outline(self.document, schema);
            self.answers.insert(key.clone(), outline);
        }
        let returns = if paging.is_some() {
            Returns::List
        } else {
            Returns::Single
        };
        let mut need = self.security.operation(item, operation);
        for note in &need.notes {
            self.schemas.note(note);
        }
        let scopes = std::mem::take(&mut need.scopes);
        let any_scope = std::mem::take(&mut need.any_scope);
        self.needs.push(need);
        let tag = operation.get("tags").and_then(|tags| tags.get(0)?.as_str());
        let id = text("operationId");
        let name = self.names.name(key, id, tag);
        let verb = name.rsplit('.').next().unwrap_or_default();
        let graphql = postman::graphql_of(operation).filter(|_| self.is_collection);
        let (graphql, (effect, idempotent)) = match graphql {
            Some((template, effect)) => (Some(template), effect),
            None => {
                let own = id.map(|id| name::handler(id, key).unwrap_or(id));
                (None, effect::of(&key.method, verb, own, &key.path))
            }
        };
        let (title, description) =
            texts(text("summary"), text("description"), (&name, returns), key);
        let deprecated = operation.get("deprecated") == Some(&Value::Bool(true));
        let query = template.query_beside(&parameters, &schema);
        let (host, path) = servers.target(operation, item, &template.path);
        Ok(ImportedAction {
            name,
            title,
            description,
            effect,
            idempotent,
            auth: None,
            scopes,
            any_scope,
            deprecated: deprecated.then(|| "the provider no longer recommends it".to_owned()),
            returns,
            input: schema,
            output: data,
            request: RequestTemplate {
                method: key.method.clone(),
                host,
                path,
                query,
                accept: output.accept,
                parameters,
                file_types: file_types::of(self.document, operation, body.as_ref()),
                body,
                graphql,
            },
            response: output.kind,
            paging,
            defaults,
            fields: Vec::new(),
            own_name: None,
            operation: key.clone(),
            id: id.filter(|id| id.len() <= LONGEST_ID).map(str::to_owned),
        })
    }

    fn finish(self, source: Source, parts: ConnectorParts, servers: &Servers) -> Imported {
        let mut report = self.report;
        self.schemas.degrade(&self.actions, &mut report);
        let mut connector = ImportedConnector::new(source, parts);
        connector.definitions = self.schemas.finish();
        connector.actions = self.actions;
        let schemes = self.security.finish(&self.needs);
        schemes.give(&mut connector, &mut report);
        connector.forget_undeclared_scopes();
        note_open(&connector, servers, &mut report);
        Imported {
            connector,
            report,
            answers: self.answers,
        }
    }
}

/// Says of operations that send a credential which can be read on its way.
fn note_open(connector: &ImportedConnector, servers: &Servers, report: &mut DocumentReport) {
    let is_one = |auth: &AuthParts| !matches!(auth.scheme, SchemeParts::None);
    let schemes = &connector.parts.auth;
    let sends = |action: &ImportedAction| match &action.auth {
        Some(taken) => taken.iter().any(|own| is_one(&schemes[own.scheme])),
        None => schemes.iter().any(is_one),
    };
    let operations = report.operations.iter_mut();
    let operations = operations.filter(|operation| operation.name.is_some());
    for (action, operation) in connector.actions.iter().zip(operations) {
        if sends(action) && servers.is_open(action.request.host.as_deref()) {
            operation.degrade("credentials go unencrypted: its server is http");
        }
    }
}

/// Returns the headers that have one value, which is sent unless a caller states it.
fn constants(parameters: &[ParameterTemplate], input: &Value) -> Map<String, Value> {
    let headers = parameters
        .iter()
        .filter(|parameter| parameter.place == ParameterPlace::Header);
    headers
        .filter_map(|header| {
            let schema = &input["properties"][&header.input];
            let default = schema.get("default")?;
            let is_only = schema["enum"].as_array()?.len() == 1;
            is_only.then(|| (header.input.clone(), default.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests;
