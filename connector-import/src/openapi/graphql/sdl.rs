//! Schemas in the schema definition language.

use apollo_compiler::ast::{
    Definition, Directive, DirectiveList, FieldDefinition, InputValueDefinition, Type as AstType,
    Value as AstValue,
};
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::{ComponentName, ExtendedType};
use apollo_compiler::validation::WithErrors;
use apollo_compiler::{Name, Node};
use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use serde_json::{Map, Number};

use super::ImportError;
use super::schema::{Argument, Field, Kind, Notes, Schema, Type, TypeRef, is_name};
use crate::text::{clean, quoted};

const LARGEST: usize = 16 << 20;

/// A schema may have so many words, numbers and signs.
const MOST_TOKENS: usize = 1_500_000;

/// Lists and objects may be in one another so many times.
const DEEPEST: usize = 64;

const STACK: usize = 16 << 20;

/// Of a default value so many bytes are read.
const LONGEST_DEFAULT: usize = 4 << 10;

/// Longest message about a problem, in characters.
const MESSAGE: usize = 200;

/// What definitions begin with.
const KEYWORDS: [&str; 9] = word_list(include_str!("../../../words/sdl_keywords.txt"));

/// Returns whether a text is of this language: it begins with a definition.
pub(crate) fn is_one(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',']);
        let skipped = if rest.starts_with('#') {
            rest.find(['\n', '\r'])
        } else if let Some(text) = rest.strip_prefix("\"\"\"") {
            text.find("\"\"\"").map(|end| end + 6)
        } else if let Some(text) = rest.strip_prefix('"') {
            text.find('"').map(|end| end + 2)
        } else {
            break;
        };
        match skipped {
            Some(length) => rest = &rest[length..],
            None => return false,
        }
    }
    let end = rest.find(|letter: char| !letter.is_ascii_alphabetic());
    let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let follows = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    let is_apart = rest.len() > follows.len() || follows.starts_with(['{', '@']);
    KEYWORDS.contains(&word)
        && is_apart
        && follows
            .starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '_' | '{' | '@'))
}

/// Reads a schema in a thread of its own, as each level takes much of the stack and the caller's may
/// be small.
pub(super) fn read(text: &str) -> Result<Schema, ImportError> {
    let refused = ImportError::Graphql;
    if text.len() > LARGEST {
        let length = text.len();
        return Err(refused(format!(
            "it has {length} bytes; at most {LARGEST} are allowed"
        )));
    }
    std::thread::scope(|scope| {
        let reading = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || here(text));
        let reading = reading.map_err(|error| refused(error.to_string()))?;
        let read = reading.join();
        read.unwrap_or_else(|_| Err("the reader panicked".to_owned()))
            .map_err(refused)
    })
}

fn here(text: &str) -> Result<Schema, String> {
    let builder = apollo_compiler::Schema::builder()
        .adopt_orphan_extensions()
        .ignore_builtin_redefinitions();
    let mut parser = Parser::new()
        .recursion_limit(DEEPEST)
        .token_limit(MOST_TOKENS);
    // A document with mistakes is read as far as it makes sense.
    let mut notes = Notes::default();
    let ast = partial(parser.parse_ast(text, "schema.graphql"), &mut notes);
    if parser.tokens_reached() >= MOST_TOKENS {
        return Err(format!("it has more than {MOST_TOKENS} tokens"));
    }
    let is_operation = |part: &Definition| {
        matches!(
            part,
            Definition::OperationDefinition(_) | Definition::FragmentDefinition(_)
        )
    };
    if ast.definitions.iter().all(is_operation) {
        return Err(match notes.into_list().into_iter().next() {
            Some(note) => format!("it defines no type: {note}"),
            None => "it defines no type".to_owned(),
        });
    }
    let source = partial(builder.add_ast(&ast).build(), &mut notes);
    Ok(converted(&source, notes))
}

/// Returns what could be read, and notes what could not.
fn partial<T>(read: Result<T, WithErrors<T>>, notes: &mut Notes) -> T {
    read.unwrap_or_else(|failed| {
        for problem in failed.errors.iter() {
            notes.add(|| clean(&problem.error.to_string(), MESSAGE));
        }
        failed.partial
    })
}

fn converted(source: &apollo_compiler::Schema, notes: Notes) -> Schema {
    let definition = &source.schema_definition;
    let root = |name: Option<&ComponentName>| name.map(|name| name.as_str().to_owned());
    let mut schema = Schema {
        description: text(definition.description.as_ref()),
        query: root(definition.query.as_ref()),
        mutation: root(definition.mutation.as_ref()),
        subscription: root(definition.subscription.as_ref()),
        notes,
        ..Schema::default()
    };
    for (name, own) in &source.types {
        if !is_name(name) {
            if !name.starts_with("__") {
                schema.notes.add(|| format!("{} is too long", quoted(name)));
            }
            continue;
        }
        let kind = match own {
            ExtendedType::Scalar(_) => Kind::Scalar,
            ExtendedType::Enum(own) => Kind::Enum(
                own.values
                    .keys()
                    .map(|name| name.as_str().to_owned())
                    .collect(),
            ),
            ExtendedType::Object(own) => {
                Kind::Object(own.fields.values().filter_map(|it| field(it)).collect())
            }
            ExtendedType::Interface(own) => Kind::Interface {
                fields: own.fields.values().filter_map(|it| field(it)).collect(),
                possible: Vec::new(),
            },
            ExtendedType::Union(own) => Kind::Union(
                own.members
                    .iter()
                    .map(|it| it.as_str().to_owned())
                    .collect(),
            ),
            ExtendedType::InputObject(own) => Kind::Input {
                fields: own.fields.values().filter_map(|it| argument(it)).collect(),
                one_of: own.directives.get("oneOf").is_some(),
            },
        };
        let description = text(own.description());
        let known = Type { description, kind };
        schema.types.insert(name.as_str().to_owned(), known);
    }
    for (name, own) in &source.types {
        let ExtendedType::Object(own) = own else {
            continue;
        };
        for interface in &own.implements_interfaces {
            let known = schema.types.get_mut(interface.as_str());
            if let Some(Kind::Interface { possible, .. }) = known.map(|known| &mut known.kind) {
                possible.push(name.as_str().to_owned());
            }
        }
    }
    schema.complete();
    schema
}

fn text(description: Option<&Node<str>>) -> String {
    description.map(ToString::to_string).unwrap_or_default()
}

/// Returns why a part should no longer be used.
fn deprecation(directives: &DirectiveList) -> Option<String> {
    let directive: &Node<Directive> = directives.get("deprecated")?;
    let reason = directive.specified_argument_by_name("reason");
    let reason = reason.and_then(|reason| reason.as_str());
    Some(reason.unwrap_or_default().to_owned())
}

fn field(field: &FieldDefinition) -> Option<Field> {
    let arguments = field.arguments.iter();
    is_name(&field.name).then(|| Field {
        name: field.name.as_str().to_owned(),
        description: text(field.description.as_ref()),
        arguments: arguments.filter_map(|own| argument(own)).collect(),
        of: reference(&field.ty),
        deprecated: deprecation(&field.directives),
    })
}

fn argument(argument: &InputValueDefinition) -> Option<Argument> {
    let default = argument.default_value.as_ref();
    is_name(&argument.name).then(|| Argument {
        name: argument.name.as_str().to_owned(),
        description: text(argument.description.as_ref()),
        of: reference(&argument.ty),
        default: default.map(|value| literal(value).unwrap_or_default()),
        is_deprecated: deprecation(&argument.directives).is_some(),
    })
}

fn reference(of: &AstType) -> TypeRef {
    let named = |name: &Name| TypeRef::Named(name.as_str().to_owned());
    match of {
        AstType::Named(name) => named(name),
        AstType::NonNullNamed(name) => TypeRef::NonNull(Box::new(named(name))),
        AstType::List(item) => TypeRef::List(Box::new(reference(item))),
        AstType::NonNullList(item) => {
            TypeRef::NonNull(Box::new(TypeRef::List(Box::new(reference(item)))))
        }
    }
}

pub(super) fn value(text: &str) -> Option<Value> {
    if text.len() > LONGEST_DEFAULT {
        return None;
    }
    let document = format!("input A {{ a: A = {text}\n}}");
    let mut parser = Parser::new().recursion_limit(DEEPEST);
    let ast = parser.parse_ast(document, "value.graphql").ok()?;
    match ast.definitions.as_slice() {
        [Definition::InputObjectTypeDefinition(own)] => match own.fields.as_slice() {
            [field] => literal(field.default_value.as_ref()?),
            _ => None,
        },
        _ => None,
    }
}

fn literal(value: &AstValue) -> Option<Value> {
    Some(match value {
        AstValue::Null => Value::Null,
        AstValue::Boolean(value) => Value::Bool(*value),
        AstValue::Enum(name) => name.as_str().into(),
        AstValue::String(text) => text.as_str().into(),
        AstValue::Int(number) => number.as_str().parse::<Number>().ok()?.into(),
        AstValue::Float(number) => number.as_str().parse::<Number>().ok()?.into(),
        AstValue::List(items) => items
            .iter()
            .map(|item| literal(item))
            .collect::<Option<Vec<_>>>()?
            .into(),
        AstValue::Object(members) => members
            .iter()
            .map(|(name, value)| Some((name.as_str().to_owned(), literal(value)?)))
            .collect::<Option<Map<_, _>>>()?
            .into(),
        AstValue::Variable(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn texts_that_begin_with_a_definition_are_schemas() {
        for text in [
            "type Query { a: Int }",
            "\u{feff}# a comment: with a colon\n\nschema { query: Q }",
            "schema@a { query: Q }",
            "\"\"\"\nAbout: \"it\"\n\"\"\"\ndirective @a on FIELD",
            "\"one line\" scalar Date",
            "extend type Query\n{ a: Int }",
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            "",
            "# openapi\nopenapi: 3.0.0",
            "type: object",
            "schema: {a: 1}",
            "types A",
            "{\"data\": {}}",
            "query A { a }",
            "\"\"\"unclosed",
            "input",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }

    #[test]
    fn values_are_read_as_json() {
        for (text, expected) in [
            ("10", json!(10)),
            ("-1.5e3", json!(-1500.0)),
            ("\"a\\\"b\"", json!("a\"b")),
            ("[ASC, null]", json!(["ASC", null])),
            (
                "{field: NAME, deep: {a: true}}",
                json!({ "field": "NAME", "deep": { "a": true } }),
            ),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        for text in ["", "1 } type B { b: Int = 2", "1 b: B = 2", "$a", "[", "{"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
