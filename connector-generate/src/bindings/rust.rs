//! Structs and functions of Rust.

mod model;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use plugwright_sdk::Value;

use self::model::{Direction, Module};
use super::{ActionTypes, doc};
use crate::name::{pascal, raw, singular, snake, words};
use crate::rust::text as literal;

pub(super) fn write(connectors: &BTreeMap<&str, Vec<&ActionTypes>>) -> String {
    let mut text = String::from(
        "// Types of actions, by `plugwright types`. Changes will be lost.\n\
         //\n\
         // Needs the crates `plugwright-client`, `serde` with its feature `derive`, and `serde_json`.\n",
    );
    for (connector, actions) in connectors {
        let _ = writeln!(text, "\n/// Actions of `{}`.", doc::plain(connector));
        // A program calls few of them, and their texts are the vendors'.
        text.push_str("#[allow(dead_code, clippy::all, clippy::pedantic, rustdoc::all)]\n");
        let _ = writeln!(text, "pub mod {} {{", identifier(connector));
        let mut resources: BTreeMap<String, Vec<&ActionTypes>> = BTreeMap::new();
        for action in actions {
            let (resource, _) = split(action.name());
            resources
                .entry(identifier(&resource))
                .or_default()
                .push(action);
        }
        for (index, (resource, actions)) in resources.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            module(&mut text, resource, actions);
        }
        text.push_str("}\n");
    }
    text
}

fn split(name: &str) -> (String, &str) {
    match name.rsplit_once('.') {
        Some((resource, verb)) => (resource.replace('.', "_"), verb),
        None => ("root".to_owned(), name),
    }
}

fn identifier(name: &str) -> String {
    raw(&snake(name).unwrap_or_else(|| "unnamed".to_owned()))
}

fn module(text: &mut String, resource: &str, actions: &[&ActionTypes]) {
    let mut module = Module::default();
    let mut functions = String::new();
    let mut used = BTreeSet::new();
    for action in actions {
        let (_, verb) = split(action.name());
        let verb = distinct(
            &snake(verb).unwrap_or_else(|| "call".to_owned()),
            &mut used,
            "_",
        );
        let stem = pascal(&verb).unwrap_or_default();
        let (input, output) = (&action.input_schema, &action.output_schema);
        let input = module.root(&format!("{stem}Input"), input, Direction::Input, &verb);
        let output = module.root(&format!("{stem}Output"), output, Direction::Output, &verb);
        let constant = verb.to_uppercase();
        let _ = write!(
            functions,
            "\n        /// Id of the action that [`{verb}`]({}()) calls.\n        pub const {constant}: &str = {};\n\n",
            raw(&verb),
            literal(&action.id),
        );
        comment(&mut functions, 8, &doc::lines(&action.paragraphs()));
        functions.push_str(
            "        ///\n        /// # Errors\n        ///\n        /// If the call fails.\n",
        );
        if let Some(reason) = &action.deprecated {
            let _ = writeln!(
                functions,
                "        #[deprecated(note = {})]",
                literal(&doc::plain(reason))
            );
        }
        // An `async fn` would be compiled with all that reads its answer, even where nobody calls it.
        let _ = write!(
            functions,
            "        #[inline]\n        pub fn {}<'a>(\n            client: &'a plugwright_client::Connector,\n            input: &'a {input},\n        ) \
             -> impl ::core::future::Future<Output = Result<{output}, plugwright_client::Error>> + 'a {{\n            client.execute({constant}, input)\n        }}\n",
            raw(&verb),
        );
    }
    let _ = writeln!(
        text,
        "    /// Actions of `{}`.",
        resource.trim_start_matches("r#")
    );
    let _ = writeln!(text, "    pub mod {resource} {{");
    text.push_str(functions.trim_start_matches('\n'));
    text.push_str(&module.text);
    text.push_str("    }\n");
}

fn distinct(wanted: &str, used: &mut BTreeSet<String>, between: &str) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while !used.insert(name.clone()) {
        name = format!("{wanted}{between}{number}");
        number += 1;
    }
    name
}

/// Writes documentation; Rust would take code blocks of other languages for its own.
fn comment(text: &mut String, indent: usize, lines: &[String]) {
    let margin = " ".repeat(indent);
    for line in lines {
        let line = line.replace("```", "~~~");
        // Four blanks would make code.
        let line = line.trim_start();
        if line.starts_with("~~~") && line.len() == 3 {
            let _ = writeln!(text, "{margin}/// ~~~text");
        } else {
            let _ = writeln!(
                text,
                "{}",
                format!("{margin}/// {}", escaped(line)).trim_end()
            );
        }
    }
}

/// Escapes what Markdown would read as markup of HTML, or as a link to an item of Rust.
fn escaped(line: &str) -> String {
    let has_links = line.contains("](");
    let mut is_code = false;
    line.chars()
        .fold(String::with_capacity(line.len()), |mut text, letter| {
            is_code ^= letter == '`';
            let is_markup = letter == '<' || (letter == '[' && !has_links);
            if is_markup && !is_code && !text.ends_with('\\') {
                text.push('\\');
            }
            text.push(letter);
            text
        })
}

fn integer(schema: &Value) -> &'static str {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    match bound("minimum").or(bound("exclusiveMinimum")) {
        Some(0..) => "u64",
        _ => "i64",
    }
}

fn item_name(list: &str) -> String {
    let noun = words(list).pop().unwrap_or_default();
    match singular(&noun) {
        Some(one) if list.to_lowercase().ends_with(&noun) => {
            format!(
                "{}{}",
                &list[..list.len() - noun.len()],
                pascal(&one).unwrap_or_default()
            )
        }
        _ => format!("{list}Item"),
    }
}

fn doc_code(text: &str) -> String {
    let is_plain = !text.is_empty() && !text.contains('`') && doc::plain(text) == text;
    if is_plain {
        format!("`{text}`")
    } else {
        "A value.".to_owned()
    }
}
