//! GraphQL schemas: each query and mutation is an action, with a bounded selection of its result.
//!
//! A schema says neither where its API is nor how calls authenticate. The endpoint is a setting of the
//! import.

mod connection;
mod input;
mod introspection;
mod name;
mod narrow;
mod scalar;
mod schema;
pub(crate) mod sdl;
mod selection;

use std::collections::HashMap;

use plugwright_sdk::host::{AuthParts, ConnectorParts, Effect, Returns, SchemeParts, capitalized};
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::reference::Document;
use super::schema::Schemas;
use super::server::Servers;
use super::{ImportError, Imported, Settings, effect, texts};
use crate::authentication::Authentication;
use crate::form::{
    BodyEncoding, BodySource, BodyTemplate, FieldTemplate, GraphqlTemplate, ImportedAction,
    ImportedConnector, Operation, PageStyle, PagingTemplate, RequestTemplate, ResponseKind, Source,
};
use crate::name::Names;
use crate::report::{DocumentReport, OperationReport, Outcome};
use crate::text::{self, clean};
use connection::{paged, takes_first};
use name::Naming;
pub(crate) use narrow::narrow;
use schema::{Field, Schema, TypeRef};
use selection::Selector;

const MOST_OPERATIONS: usize = 2000;

/// The arguments that are about pages; the cursor of a call stands in place of them.
const PAGING: [&str; 3] = ["after", "before", "last"];

/// How many items a page has if neither the caller nor the schema says so. Some providers refuse lists
/// without it.
const PAGE: u32 = 30;

pub(super) fn is_one(document: &Value) -> bool {
    match document {
        Value::String(text) => sdl::is_one(text),
        document => introspection::schema_of(document).is_some(),
    }
}

pub(crate) fn endpoint(url: &str) -> (String, String) {
    let start = url.find("://").map_or(0, |at| at + 3);
    // Some servers know their endpoint with a slash at its end only.
    let stem = url.strip_suffix('/').unwrap_or(url);
    match stem.get(start..).and_then(|rest| rest.rfind('/')) {
        Some(at) => {
            let (base, path) = url.split_at(start + at);
            (base.to_owned(), path.to_owned())
        }
        None => (stem.to_owned(), "/".to_owned()),
    }
}

pub(super) fn import(document: &Value, settings: &Settings) -> Result<Imported, ImportError> {
    let name = super::name(document, settings)?;
    let given = settings.base_url.as_deref().ok_or(ImportError::Endpoint)?;
    let url = Servers::new(&Value::Null, Some(given), None)?.base_url;
    let slash = if given.ends_with('/') { "/" } else { "" };
    let (base_url, path) = endpoint(&format!("{url}{slash}"));
    let mut schema = match document {
        Value::String(text) => sdl::read(text)?,
        document => match introspection::schema_of(document) {
            Some(schema) => introspection::read(schema),
            None => return Err(ImportError::Kind),
        },
    };
    let notes = std::mem::take(&mut schema.notes).into_list();
    let roots = roots(&schema);
    let is_left_out =
        |(root, fields): &(Root, &[Field])| *root == Root::Subscription || fields.is_empty();
    if roots.iter().all(is_left_out) {
        return Err(ImportError::Graphql(
            "it has neither queries nor mutations".to_owned(),
        ));
    }
    let (mut made, mut inputs, mut outputs) = (Vec::new(), Vec::new(), Vec::new());
    for (root, fields) in roots {
        for field in fields {
            let mut operation = if made.len() < MOST_OPERATIONS {
                root.operation(&schema, field)
            } else {
                Err(format!(
                    "the schema has more than {MOST_OPERATIONS} operations"
                ))
            };
            let parts = operation.as_mut().map(|made| {
                let (input, output) = (&mut made.input, &mut made.output);
                (std::mem::take(input), std::mem::take(output))
            });
            let (input, output) = parts.unwrap_or_default();
            inputs.push(input);
            outputs.push(output);
            made.push((root, field, operation));
        }
    }
    // They are brought to the one form with all its limits.
    let mut root = Map::new();
    let components = json!({ "schemas": input::components(&schema) });
    root.insert("components".to_owned(), components);
    root.insert("inputs".to_owned(), inputs.into());
    root.insert("outputs".to_owned(), outputs.into());
    let root = Value::Object(root);
    let naming = Naming::of(schema.mutation.as_deref().map(|name| schema.fields(name)));
    let known = made.iter().map(|(root, field, _)| (root.key(field), None));
    let mut importer = Importer {
        schemas: Schemas::new(Document::new(&root)),
        names: Names::new(
            &name,
            super::again::names(known.collect(), &settings.earlier),
        ),
        naming,
        path,
        actions: Vec::new(),
        report: DocumentReport {
            notes,
            ..DocumentReport::default()
        },
    };
    for (index, (root_of, field, made)) in made.into_iter().enumerate() {
        let (input, output) = (&root["inputs"][index], &root["outputs"][index]);
        importer.operation(root_of, field, made, (input, output));
    }
    let title = clean(settings.title.as_deref().unwrap_or_default(), text::TITLE);
    let parts = ConnectorParts {
        display_name: super::titles::display_name(&title, &name),
        name,
        description: clean(&schema.description, text::PARAMETER),
        base_url,
        auth: auth(),
        ..ConnectorParts::default()
    };
    let source = Source {
        kind: "graphql".to_owned(),
        title,
        version: String::new(),
    };
    Ok(importer.finish(source, parts))
}

fn auth() -> Vec<AuthParts> {
    let mut schemes = Authentication::Bearer.parts();
    schemes.push(AuthParts {
        label: "No authentication".to_owned(),
        scheme: SchemeParts::None,
    });
    schemes
}

fn roots(schema: &Schema) -> Vec<(Root, &[Field])> {
    let roots = [
        (Root::Query, &schema.query),
        (Root::Mutation, &schema.mutation),
        (Root::Subscription, &schema.subscription),
    ];
    let named = roots.into_iter().filter_map(|(root, name)| {
        let fields = schema.fields(name.as_deref()?);
        Some((root, fields))
    });
    named.collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Query,
    Mutation,
    Subscription,
}

struct Made {
    text: String,
    variables: Vec<FieldTemplate>,
    input: Value,
    output: Value,
    paging: Option<PagingTemplate>,
    defaults: Map<String, Value>,
    notes: Vec<String>,
}

impl Root {
    fn method(self) -> &'static str {
        match self {
            Self::Query => "QUERY",
            Self::Mutation => "MUTATION",
            Self::Subscription => "SUBSCRIPTION",
        }
    }

    fn operation(self, schema: &Schema, field: &Field) -> Result<Made, String> {
        if self == Self::Subscription {
            return Err("a subscription has no single response".to_owned());
        }
        let page = paged(schema, field);
        let skips: &[&str] = if page.is_some() { &PAGING } else { &[] };
        let mut arguments = input::arguments(schema, field, skips)?;
        let mut selector = Selector::new(schema);
        // What a mutation returns has the object that it is about in it.
        let full = if self == Self::Mutation { 2 } else { 1 };
        let selected = match &page {
            Some(page) => selector.page(page)?,
            None => selector.result(&field.of, full)?,
        };
        if selector.is_cut {
            arguments
                .notes
                .push("not all types of the result can be told apart".to_owned());
        }
        let mut variables: Vec<(&str, &TypeRef)> = Vec::new();
        for own in &arguments.kept {
            let of = match own.default {
                // The default holds if the variable is left out.
                Some(_) => own.of.nullable(),
                None => &own.of,
            };
            variables.push((own.name.as_str(), of));
        }
        let mut defaults = Map::new();
        let paging = page.map(|page| {
            let name = &field.name;
            variables.extend(field.argument("after").map(|own| ("after", &own.of)));
            let first = field.argument("first").filter(|_| takes_first(field));
            if first.is_some_and(|first| first.default.is_none()) {
                defaults.insert("first".to_owned(), PAGE.into());
                arguments.schema["properties"]["first"]["default"] = PAGE.into();
                let required = arguments.schema.get_mut("required");
                if let Some(required) = required.and_then(Value::as_array_mut) {
                    required.retain(|name| name != "first");
                }
            }
            PagingTemplate {
                items: format!("/{name}/{}", page.items.name),
                required: true,
                total: page.has_total.then(|| format!("/{name}/totalCount")),
                style: PageStyle::Cursor {
                    parameter: "after".to_owned(),
                    pointer: format!("/{name}/pageInfo/endCursor"),
                },
            }
        });
        let member = |own: &&schema::Argument| FieldTemplate {
            input: own.name.clone(),
            name: own.name.clone(),
            style: None,
            file: false,
            media_type: None,
        };
        Ok(Made {
            text: self.text(field, &variables, &selected.text),
            variables: arguments.kept.iter().map(member).collect(),
            input: arguments.schema,
            output: selected.schema,
            paging,
            defaults,
            notes: arguments.notes,
        })
    }

    fn text(self, field: &Field, variables: &[(&str, &TypeRef)], selection: &str) -> String {
        let keyword = self.method().to_ascii_lowercase();
        let list = |write: fn(&(&str, &TypeRef)) -> String| match variables {
            [] => String::new(),
            variables => {
                let parts: Vec<_> = variables.iter().map(write).collect();
                format!("({})", parts.join(", "))
            }
        };
        let declared = list(|(name, of)| format!("${name}: {of}"));
        let given = list(|(name, _)| format!("{name}: ${name}"));
        let name = capitalized(&field.name);
        format!(
            "{keyword} {name}{declared} {{ {}{given}{selection} }}",
            field.name
        )
    }

    fn key(self, field: &Field) -> Operation {
        Operation {
            method: self.method().to_owned(),
            path: field.name.clone(),
        }
    }

    fn effect(self, field: &Field) -> (Effect, bool) {
        match self {
            Self::Query => (Effect::Read, true),
            _ => effect::of_mutation(&field.name),
        }
    }
}

struct Importer<'d> {
    schemas: Schemas<'d>,
    names: Names,
    naming: Naming,
    path: String,
    actions: Vec<ImportedAction>,
    report: DocumentReport,
}

impl<'d> Importer<'d> {
    fn operation(
        &mut self,
        root: Root,
        field: &Field,
        made: Result<Made, String>,
        (input, output): (&'d Value, &'d Value),
    ) {
        let key = root.key(field);
        let (name, outcome, reasons) = match made {
            Ok(made) => {
                for note in &made.notes {
                    self.schemas.note(note);
                }
                let input = self.schemas.convert(input);
                let output = self.schemas.convert(output);
                let action = self.action(root, field, &key, made, (input, output));
                let reasons = self.schemas.notes();
                let name = Some(action.name.clone());
                self.actions.push(action);
                let outcome = if reasons.is_empty() {
                    Outcome::Imported
                } else {
                    Outcome::Degraded
                };
                (name, outcome, reasons)
            }
            Err(refusal) => (None, Outcome::Refused, vec![refusal]),
        };
        self.report.operations.push(OperationReport {
            method: key.method,
            path: key.path,
            name,
            outcome,
            reasons,
        });
    }

    fn action(
        &mut self,
        root: Root,
        field: &Field,
        key: &Operation,
        made: Made,
        (input, output): (Value, Value),
    ) -> ImportedAction {
        let is_many = made.paging.is_some() || field.of.is_list();
        let id = match root {
            Root::Query => name::of_query(&field.name, is_many),
            _ => self.naming.of_mutation(&field.name),
        };
        let name = self.names.name(key, Some(&id), None);
        let (effect, idempotent) = root.effect(field);
        let returns = match made.paging {
            Some(_) => Returns::List,
            None => Returns::Single,
        };
        let (title, description) = texts(None, Some(&field.description), (&name, returns), key);
        let deprecated = field.deprecated.as_deref().map(|reason| {
            let reason = clean(reason, text::PARAMETER);
            match reason.as_str() {
                "" | "No longer supported" => "the provider no longer recommends it".to_owned(),
                _ => reason,
            }
        });
        let body = BodyTemplate {
            media_type: "application/json".to_owned(),
            encoding: BodyEncoding::Json,
            source: BodySource::Members(made.variables),
            required: true,
        };
        ImportedAction {
            title: clean(&title, text::TITLE),
            description,
            effect,
            idempotent,
            auth: None,
            scopes: Vec::new(),
            any_scope: Vec::new(),
            deprecated,
            returns,
            input,
            output,
            request: RequestTemplate {
                method: "POST".to_owned(),
                host: None,
                path: self.path.clone(),
                query: Vec::new(),
                accept: None,
                parameters: Vec::new(),
                file_types: Vec::new(),
                body: Some(body),
                graphql: Some(GraphqlTemplate {
                    text: made.text,
                    pointer: format!("/{}", field.name),
                }),
            },
            response: ResponseKind::Json,
            paging: made.paging,
            defaults: made.defaults,
            fields: Vec::new(),
            own_name: None,
            id: None,
            operation: key.clone(),
            name,
        }
    }

    fn finish(mut self, source: Source, parts: ConnectorParts) -> Imported {
        self.schemas.degrade(&self.actions, &mut self.report);
        let mut connector = ImportedConnector::new(source, parts);
        connector.definitions = self.schemas.finish();
        connector.actions = self.actions;
        Imported {
            connector,
            report: self.report,
            answers: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn an_endpoint_is_a_base_url_and_a_path() {
        for (url, base, path) in [
            ("https://api.test/graphql", "https://api.test", "/graphql"),
            (
                "https://api.test/v1/graphql",
                "https://api.test/v1",
                "/graphql",
            ),
            ("https://api.test", "https://api.test", "/"),
            ("https://api.test/", "https://api.test", "/"),
            ("https://api.test/graphql/", "https://api.test", "/graphql/"),
            (
                "https://{shop}.test/a.json",
                "https://{shop}.test",
                "/a.json",
            ),
            ("{base_url}", "{base_url}", "/"),
        ] {
            assert_eq!(endpoint(url), (base.to_owned(), path.to_owned()), "{url}");
        }
    }
}
