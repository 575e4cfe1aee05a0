//! Declarations of TypeScript.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use heck::ToUpperCamelCase as _;
use plugwright_sdk::Value;
use plugwright_sdk::reading::value;

use super::{ActionTypes, Others, alternatives, doc, kinds, members, reference, together};

const PACKAGE: &str = "@oomol-lab/connector";

pub(super) fn write(connectors: &BTreeMap<&str, Vec<&ActionTypes>>) -> String {
    let mut writer = Writer {
        text: String::new(),
        used: BTreeSet::new(),
    };
    let mut entries = String::new();
    for action in connectors.values().flatten() {
        let stem = action.id.to_upper_camel_case();
        let input = writer.define(&format!("{stem}Input"), &action.input_schema);
        let output = writer.define(&format!("{stem}Output"), &action.output_schema);
        let mut lines = doc::lines(&action.paragraphs());
        if let Some(reason) = &action.deprecated {
            lines.push(format!("@deprecated {}", doc::plain(reason)));
        }
        let (connector, name) = (action.connector(), action.name());
        // The name that namespaces have, `client.github.issues_list`, and the id that `execute` takes.
        let names = BTreeSet::from([name.to_owned(), name.replace(['.', '-'], "_")]);
        for name in names {
            comment(&mut entries, "    ", &lines);
            let id = quoted(&format!("{connector}.{name}"));
            let _ = writeln!(entries, "    {id}: {{ input: {input}; output: {output} }};");
        }
    }
    let names: Vec<_> = connectors.keys().copied().collect();
    format!(
        "// Types of {}, by `plugwright types`. Changes will be lost.\n\nimport \"{PACKAGE}\";\n\n\
         declare module \"{PACKAGE}\" {{\n  interface ActionRegistry {{\n{entries}  }}\n}}\n{}",
        doc::plain(&names.join(", ")),
        writer.text,
    )
}

struct Writer {
    text: String,
    used: BTreeSet<String>,
}

type Definitions<'a> = HashMap<&'a str, String>;

impl Writer {
    /// Declares the type of a schema, and of its definitions, and returns its name.
    fn define(&mut self, wanted: &str, schema: &Value) -> String {
        let name = self.name(wanted);
        let defined = || value::members(schema.get("$defs"));
        let mut definitions = Definitions::new();
        for (of, _) in defined() {
            let name = self.name(&format!("{name}{}", of.to_upper_camel_case()));
            definitions.insert(of, name);
        }
        self.declare(&name, schema, &definitions);
        for (of, schema) in defined() {
            if let Some(name) = definitions.get(of.as_str()) {
                self.declare(name, schema, &definitions);
            }
        }
        name
    }

    fn name(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.used.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }

    fn declare(&mut self, name: &str, schema: &Value, definitions: &Definitions<'_>) {
        let mut text = String::from("\n");
        comment(&mut text, "", &doc::lines(&doc::paragraphs(schema)));
        let _ = writeln!(
            text,
            "export type {name} = {};",
            type_of(schema, definitions, 0).text
        );
        self.text.push_str(&text);
    }
}

fn comment(text: &mut String, margin: &str, lines: &[String]) {
    let safe = |line: &String| line.replace("*/", "*\\/");
    match lines {
        [] => {}
        [only] => {
            let _ = writeln!(text, "{margin}/** {} */", safe(only));
        }
        several => {
            let _ = writeln!(text, "{margin}/**");
            for line in several {
                let line = format!("{margin} * {}", safe(line));
                let _ = writeln!(text, "{}", line.trim_end());
            }
            let _ = writeln!(text, "{margin} */");
        }
    }
}

fn quoted(text: &str) -> String {
    // JSON's escapes are among those of ECMAScript.
    Value::from(text).to_string()
}

/// A type, and whether it needs parentheses within another.
struct Type {
    text: String,
    is_joined: bool,
}

impl Type {
    fn whole(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_joined: false,
        }
    }

    fn unknown() -> Self {
        Self::whole("unknown")
    }

    fn join(mut parts: Vec<Self>, operator: &str) -> Self {
        let mut seen = BTreeSet::new();
        parts.retain(|part| seen.insert(part.text.clone()));
        match parts.len() {
            0 => Self::whole("never"),
            1 => parts.remove(0),
            _ => {
                let parts: Vec<_> = parts.into_iter().map(Self::grouped).collect();
                Self {
                    text: parts.join(operator),
                    is_joined: true,
                }
            }
        }
    }

    fn union(parts: Vec<Self>) -> Self {
        if parts.iter().any(|part| part.text == "unknown") {
            return Self::unknown();
        }
        Self::join(parts, " | ")
    }

    fn grouped(self) -> String {
        if self.is_joined {
            format!("({})", self.text)
        } else {
            self.text
        }
    }
}

fn type_of(schema: &Value, definitions: &Definitions<'_>, depth: usize) -> Type {
    if let Some(name) = reference(schema).and_then(|name| definitions.get(name)) {
        return Type::whole(name);
    }
    let parts = together(schema).into_iter();
    let mut all: Vec<_> = parts
        .map(|part| type_of(part, definitions, depth))
        .collect();
    if let Some(parts) = alternatives(schema) {
        let parts = parts.iter().map(|part| type_of(part, definitions, depth));
        all.push(Type::union(parts.collect()));
    }
    let says_members = [
        "properties",
        "additionalProperties",
        "items",
        "enum",
        "const",
    ];
    let says_more = says_members
        .iter()
        .any(|keyword| schema.get(keyword).is_some());
    if all.is_empty() || says_more {
        all.insert(0, own_type(schema, definitions, depth));
    }
    if all.len() > 1 {
        all.retain(|part| part.text != "unknown");
    }
    Type::join(all, " & ")
}

fn own_type(schema: &Value, definitions: &Definitions<'_>, depth: usize) -> Type {
    let listed = schema.get("enum").and_then(Value::as_array).cloned();
    let listed = listed.or_else(|| schema.get("const").map(|value| vec![value.clone()]));
    if let Some(values) = listed {
        let is_plain = |value: &Value| !value.is_object() && !value.is_array();
        if !values.is_empty() && values.iter().all(is_plain) {
            return Type::union(
                values
                    .iter()
                    .map(|value| Type::whole(value.to_string()))
                    .collect(),
            );
        }
    }
    let mut kinds = kinds(schema);
    if kinds.is_empty() {
        if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() {
            kinds.push("object");
        } else if schema.get("items").is_some() {
            kinds.push("array");
        } else {
            return Type::unknown();
        }
    }
    let kinds = kinds.iter().map(|kind| match *kind {
        "string" | "boolean" | "null" => Type::whole(*kind),
        "integer" | "number" => Type::whole("number"),
        "array" => {
            let items = schema.get("items").filter(|items| items.is_object());
            let items =
                items.map_or_else(Type::unknown, |items| type_of(items, definitions, depth));
            Type::whole(format!("{}[]", items.grouped()))
        }
        "object" => Type::whole(object(schema, definitions, depth)),
        _ => Type::unknown(),
    });
    Type::union(kinds.collect())
}

fn object(schema: &Value, definitions: &Definitions<'_>, depth: usize) -> String {
    let Some(members) = members(schema) else {
        return "Record<string, unknown>".to_owned();
    };
    let others = match members.others {
        Others::None => None,
        Others::Any => Some("unknown".to_owned()),
        Others::Like(schema) => Some(type_of(schema, definitions, depth).text),
    };
    if members.known.is_empty() {
        let others = others.as_deref().unwrap_or("never");
        return format!("Record<string, {others}>");
    }
    let margin = "  ".repeat(depth + 1);
    let mut text = String::from("{\n");
    for (name, schema, is_required) in members.known {
        let mut lines = doc::lines(&doc::paragraphs(schema));
        if doc::is_deprecated(schema) {
            lines.push("@deprecated".to_owned());
        }
        comment(&mut text, &margin, &lines);
        let mark = if is_required { "" } else { "?" };
        let member = type_of(schema, definitions, depth + 1).text;
        let _ = writeln!(text, "{margin}{}{mark}: {member};", key(name));
    }
    if others.is_some() {
        // A named member may be of another type than the rest.
        let _ = writeln!(text, "{margin}[name: string]: unknown;");
    }
    let _ = write!(text, "{}}}", "  ".repeat(depth));
    text
}

fn key(name: &str) -> String {
    let begins =
        name.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '$'));
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
    if begins && name.chars().all(fits) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
