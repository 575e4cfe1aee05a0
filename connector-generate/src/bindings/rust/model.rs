//! The types of a resource.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use plugwright_sdk::Value;
use plugwright_sdk::schema::merge;

use super::super::{Members, Others, alternatives, doc, kinds, members, reference, together};
use super::{comment, distinct, doc_code, integer, item_name};
use crate::name::{pascal, raw, snake};
use crate::rust::text as literal;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Input,
    Output,
}

#[derive(Default)]
pub(super) struct Module {
    pub(super) text: String,
    used: BTreeSet<String>,
    /// Types by their schemas, so that actions that return the same thing share one.
    known: HashMap<(String, Direction), String>,
}

struct Scope<'a> {
    definitions: HashMap<&'a str, (String, bool)>,
    direction: Direction,
    /// The name of the whole, and the function that it belongs to.
    root: &'a str,
    function: &'a str,
}

impl Direction {
    /// Returns the traits of what is sent, or received and perhaps passed on. Thousands of types have
    /// them, so each costs time to compile.
    fn derived(self) -> &'static str {
        match self {
            Self::Input => "serde::Serialize",
            Self::Output => "serde::Deserialize, serde::Serialize",
        }
    }
}

impl Scope<'_> {
    /// Returns what a type without documentation is.
    fn otherwise(&self, name: &str) -> String {
        let what = match self.direction {
            Direction::Input => "Input",
            Direction::Output => "Output",
        };
        let function = self.function;
        if name == self.root {
            format!("{what} of [`{function}`]({function}()).")
        } else {
            format!(
                "Part of the {} of [`{function}`]({function}()).",
                what.to_lowercase()
            )
        }
    }
}

impl Module {
    /// Writes the types of an input or an output, and returns the name of the whole.
    pub(super) fn root(
        &mut self,
        wanted: &str,
        schema: &Value,
        direction: Direction,
        function: &str,
    ) -> String {
        let defined = schema.get("$defs").and_then(Value::as_object);
        let mut scope = Scope {
            definitions: HashMap::new(),
            direction,
            root: wanted,
            function,
        };
        for (of, definition) in defined.into_iter().flatten() {
            let is_object = members(definition).is_some_and(|members| !members.known.is_empty());
            let name = distinct(
                &format!("{wanted}{}", pascal(of).unwrap_or_default()),
                &mut self.used,
                "",
            );
            scope.definitions.insert(of, (name, is_object));
        }
        for (of, definition) in defined.into_iter().flatten() {
            let Some((name, is_object)) = scope.definitions.get(of.as_str()).cloned() else {
                continue;
            };
            if is_object {
                self.object(&name, definition, &scope);
            } else {
                let of = self.type_of(&format!("{name}Value"), definition, &scope);
                self.alias(&name, &of, definition, &scope);
            }
        }
        let of = self.type_of(wanted, schema, &scope);
        if of != wanted {
            let name = distinct(wanted, &mut self.used, "");
            self.alias(&name, &of, schema, &scope);
            return name;
        }
        of
    }

    fn alias(&mut self, name: &str, of: &str, schema: &Value, scope: &Scope<'_>) {
        self.text.push('\n');
        let lines = described(schema, &scope.otherwise(name));
        comment(&mut self.text, 8, &lines);
        let _ = writeln!(self.text, "        pub type {name} = {of};");
    }

    fn type_of(&mut self, wanted: &str, schema: &Value, scope: &Scope<'_>) -> String {
        if let Some((name, is_object)) =
            reference(schema).and_then(|name| scope.definitions.get(name))
        {
            // Definitions that are left are recursive, or large.
            return if *is_object {
                format!("Box<{name}>")
            } else {
                name.clone()
            };
        }
        let parts = together(schema);
        if !parts.is_empty() {
            return match merged(schema, &parts, scope) {
                Some(merged) => self.type_of(wanted, &merged, scope),
                None => "serde_json::Value".to_owned(),
            };
        }
        if let Some(parts) = alternatives(schema) {
            return self.union(wanted, schema, parts, scope);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            let nulls = values.iter().filter(|value| value.is_null()).count();
            if !texts.is_empty() && texts.len() + nulls == values.len() {
                let name = self.values(wanted, schema, &texts, scope);
                return if nulls > 0 {
                    format!("Option<{name}>")
                } else {
                    name
                };
            }
        }
        let all = kinds(schema);
        let named: Vec<_> = all.iter().copied().filter(|kind| *kind != "null").collect();
        let of = match named.as_slice() {
            ["string"] => "String".to_owned(),
            ["boolean"] => "bool".to_owned(),
            ["integer"] => integer(schema).to_owned(),
            ["number"] | ["integer", "number"] | ["number", "integer"] => "f64".to_owned(),
            ["array"] => {
                let items = schema.get("items").filter(|items| items.is_object());
                let wanted = item_name(wanted);
                let of = items.map_or_else(
                    || "serde_json::Value".to_owned(),
                    |items| self.type_of(&wanted, items, scope),
                );
                // A list needs no box.
                let of = of
                    .strip_prefix("Box<")
                    .and_then(|of| of.strip_suffix('>'))
                    .unwrap_or(&of);
                format!("Vec<{of}>")
            }
            ["object"] => self.object_or_map(wanted, schema, scope),
            [] if schema.get("properties").is_some() => self.object_or_map(wanted, schema, scope),
            _ => return "serde_json::Value".to_owned(),
        };
        if all.contains(&"null") {
            format!("Option<{of}>")
        } else {
            of
        }
    }

    fn object_or_map(&mut self, wanted: &str, schema: &Value, scope: &Scope<'_>) -> String {
        let Some(members) = members(schema) else {
            return "serde_json::Map<String, serde_json::Value>".to_owned();
        };
        match members {
            Members {
                known,
                others: Others::Any,
            } if known.is_empty() => "serde_json::Map<String, serde_json::Value>".to_owned(),
            Members {
                known,
                others: Others::Like(values),
            } if known.is_empty() => {
                let of = self.type_of(&format!("{wanted}Value"), values, scope);
                let of = of
                    .strip_prefix("Box<")
                    .and_then(|of| of.strip_suffix('>'))
                    .unwrap_or(&of);
                format!("std::collections::BTreeMap<String, {of}>")
            }
            _ => self.shared(wanted, schema, scope, |module, name| {
                module.object(name, schema, scope);
            }),
        }
    }

    fn shared(
        &mut self,
        wanted: &str,
        schema: &Value,
        scope: &Scope<'_>,
        write: impl FnOnce(&mut Self, &str),
    ) -> String {
        // References are those of one action.
        let is_whole = !schema.to_string().contains("\"$ref\"");
        let key = (schema.to_string(), scope.direction);
        if is_whole && let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let name = distinct(wanted, &mut self.used, "");
        if is_whole {
            self.known.insert(key, name.clone());
        }
        write(self, &name);
        name
    }

    fn object(&mut self, name: &str, schema: &Value, scope: &Scope<'_>) {
        let Some(Members { known, others }) = members(schema) else {
            return;
        };
        let mut fields = String::new();
        let mut used = BTreeSet::new();
        let mut required = Vec::new();
        let mut are_all_optional = true;
        for (member, of, is_required) in known {
            let field = distinct(
                &snake(member).unwrap_or_else(|| "unnamed".to_owned()),
                &mut used,
                "_",
            );
            let wanted = format!("{name}{}", pascal(member).unwrap_or_default());
            let mut of_field = self.type_of(&wanted, of, scope);
            let mut rules = Vec::new();
            if field != *member {
                rules.push(format!("rename = {}", literal(member)));
            }
            if is_required {
                are_all_optional = false;
                required.push((raw(&field), of_field.clone()));
            } else {
                // In a type that says `null` too, absent is another thing.
                of_field = format!("Option<{of_field}>");
                if scope.direction == Direction::Output {
                    rules.push("default".to_owned());
                }
                rules.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            }
            comment(
                &mut fields,
                12,
                &described(
                    of,
                    &format!("Member `{}`.", doc::plain(member).replace('`', "")),
                ),
            );
            if doc::is_deprecated(of) {
                fields.push_str("            ///\n            /// Deprecated.\n");
            }
            if !rules.is_empty() {
                let _ = writeln!(fields, "            #[serde({})]", rules.join(", "));
            }
            let _ = writeln!(fields, "            pub {}: {of_field},", raw(&field));
        }
        let others = match others {
            Others::None => None,
            Others::Any => Some("serde_json::Value".to_owned()),
            Others::Like(schema) => Some(self.type_of(&format!("{name}Other"), schema, scope)),
        };
        if let Some(others) = others.filter(|_| scope.direction == Direction::Input) {
            let field = distinct("others", &mut used, "_");
            fields.push_str("            /// Other members.\n            #[serde(flatten)]\n");
            let _ = writeln!(
                fields,
                "            pub {field}: std::collections::BTreeMap<String, {others}>,"
            );
            required.push((
                field,
                format!("std::collections::BTreeMap<String, {others}>"),
            ));
        }
        self.text.push('\n');
        comment(
            &mut self.text,
            8,
            &described(schema, &scope.otherwise(name)),
        );
        let default = if are_all_optional { "Default, " } else { "" };
        let derived = scope.direction.derived();
        let _ = writeln!(
            self.text,
            "        #[derive(Clone, Debug, {default}PartialEq, {derived})]\n        pub struct {name} {{\n{fields}        }}"
        );
        if scope.direction == Direction::Input && !are_all_optional {
            self.constructor(name, &required, &used);
        }
    }

    fn constructor(
        &mut self,
        name: &str,
        required: &[(String, String)],
        fields: &BTreeSet<String>,
    ) {
        let given: Vec<_> = required
            .iter()
            .map(|(field, of)| match of.as_str() {
                "String" => format!("{field}: impl Into<String>"),
                _ => format!("{field}: {of}"),
            })
            .collect();
        let values = fields.iter().map(|field| {
            let field = raw(field);
            match required.iter().find(|(name, _)| *name == field) {
                Some((_, of)) if of == "String" => format!("{field}: {field}.into()"),
                Some(_) => field,
                None => format!("{field}: None"),
            }
        });
        let values: Vec<_> = values.collect();
        let _ = write!(
            self.text,
            "\n        impl {name} {{\n            /// Creates a value from its required members.\n            #[inline]\n            pub fn new({}) -> Self {{\n                Self {{ {} }}\n            }}\n        }}\n",
            given.join(", "),
            values.join(", "),
        );
    }

    fn values(
        &mut self,
        wanted: &str,
        schema: &Value,
        texts: &[&str],
        scope: &Scope<'_>,
    ) -> String {
        self.shared(wanted, schema, scope, |module, name| {
            let mut used = BTreeSet::from(["Other".to_owned()]);
            let mut variants = String::new();
            for text in texts {
                let variant = distinct(&pascal(text).unwrap_or_else(|| "Unnamed".to_owned()), &mut used, "");
                let _ = writeln!(
                    variants,
                    "            /// {}\n            #[serde(rename = {})]\n            {variant},",
                    doc_code(text),
                    literal(text)
                );
            }
            if scope.direction == Direction::Output {
                variants.push_str(
                    "            /// Another value.\n            #[serde(untagged)]\n            Other(String),\n",
                );
            }
            module.text.push('\n');
            comment(&mut module.text, 8, &described(schema, &scope.otherwise(name)));
            let derived = scope.direction.derived();
            let _ = writeln!(
                module.text,
                "        #[derive(Clone, Debug, PartialEq, Eq, {derived})]\n        pub enum {name} {{\n{variants}        }}"
            );
        })
    }

    fn union(
        &mut self,
        wanted: &str,
        schema: &Value,
        parts: &[Value],
        scope: &Scope<'_>,
    ) -> String {
        let is_null = |part: &&Value| kinds(part) == ["null"];
        let has_null = parts.iter().any(|part| is_null(&part));
        let parts: Vec<_> = parts.iter().filter(|part| !is_null(part)).collect();
        let of = match parts.as_slice() {
            [only] => self.type_of(wanted, only, scope),
            _ if schema.get("properties").is_some() => "serde_json::Value".to_owned(),
            _ => self.shared(wanted, schema, scope, |module, name| {
                module.variants(name, schema, &parts, scope);
            }),
        };
        if has_null {
            format!("Option<{of}>")
        } else {
            of
        }
    }

    fn variants(&mut self, name: &str, schema: &Value, parts: &[&Value], scope: &Scope<'_>) {
        let mut used = BTreeSet::new();
        let mut variants = String::new();
        for part in parts {
            let wanted = match reference(part) {
                Some(of) => pascal(of).unwrap_or_default(),
                None => match kinds(part).as_slice() {
                    ["string"] => "Text".to_owned(),
                    ["integer"] => "Integer".to_owned(),
                    ["number"] => "Number".to_owned(),
                    ["boolean"] => "Flag".to_owned(),
                    ["array"] => "List".to_owned(),
                    ["object"] => "Object".to_owned(),
                    _ => "Other".to_owned(),
                },
            };
            let variant = distinct(&wanted, &mut used, "");
            let of = self.type_of(&format!("{name}{variant}"), part, scope);
            comment(&mut variants, 12, &described(part, "One of the forms."));
            let _ = writeln!(variants, "            {variant}({of}),");
        }
        self.text.push('\n');
        comment(
            &mut self.text,
            8,
            &described(schema, &scope.otherwise(name)),
        );
        let derived = scope.direction.derived();
        let _ = writeln!(
            self.text,
            "        #[derive(Clone, Debug, PartialEq, {derived})]\n        #[serde(untagged)]\n        pub enum {name} {{\n{variants}        }}"
        );
    }
}

/// Puts the parts of `allOf` into one object; `None` if one of them is none.
fn merged(schema: &Value, parts: &[&Value], scope: &Scope<'_>) -> Option<Value> {
    let mut whole = schema.as_object()?.clone();
    whole.shift_remove("allOf");
    for part in parts {
        if reference(part).is_some_and(|name| scope.definitions.contains_key(name)) {
            return None;
        }
        merge(&mut whole, part.as_object()?);
    }
    Some(whole.into())
}

fn described(schema: &Value, otherwise: &str) -> Vec<String> {
    let lines = doc::lines(&doc::paragraphs(schema));
    if lines.is_empty() {
        vec![otherwise.to_owned()]
    } else {
        lines
    }
}
