//! The files of the crate.

mod body;
mod definition;
mod model;
mod readme;
mod resource;
mod schemes;

use std::collections::BTreeSet;

use plugwright_sdk::host::word_list;

use crate::argument::Target;
use crate::pages;
use crate::param::{EnumType, ParamTypes, StructType};
use crate::plan::Plan;
use crate::prose::doc_comment;
use crate::rust::text;

/// Names of the SDK that files use.
const SDK: &[&str] = &word_list::<14>(include_str!("../words/sdk_names.txt"));

pub(crate) fn files(plan: &Plan<'_>) -> Vec<(String, String)> {
    let mut files = vec![
        ("CHANGELOG.md".to_owned(), readme::changelog(plan)),
        ("README.md".to_owned(), readme::readme(plan)),
        ("src/lib.rs".to_owned(), definition::lib(plan)),
        ("tests/contract.rs".to_owned(), contract(plan)),
        (
            "tests/cassettes/README.md".to_owned(),
            readme::cassettes(plan),
        ),
    ];
    let homes = model::Homes::of(plan);
    files.extend(model::files(plan, &homes));
    for (module, actions) in plan.modules() {
        files.push((
            format!("src/{module}.rs"),
            resource::file(plan, module, &actions),
        ));
    }
    if let Some(file) = pages_file(plan) {
        files.push(("src/pages.rs".to_owned(), file.to_owned()));
    }
    if has_brackets(plan) {
        let file = include_str!("template/brackets.rs.in").to_owned();
        files.push(("src/brackets.rs".to_owned(), file));
    }
    if plan.has_custom_auth() {
        files.push(("src/auth.rs".to_owned(), definition::auth(plan)));
    }
    files.sort();
    files
}

pub(crate) fn dependencies(plan: &Plan<'_>) -> Vec<String> {
    if pages_file(plan).is_some() {
        vec!["url = \"2\"".to_owned()]
    } else {
        Vec::new()
    }
}

fn library(plan: &Plan<'_>) -> String {
    format!("plugwright_{}", plan.connector.parts.name.replace('-', "_"))
}

fn contract(plan: &Plan<'_>) -> String {
    include_str!("template/contract.rs.in").replace("@library@", &library(plan))
}

fn strategies<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = &'p str> {
    plan.actions
        .iter()
        .filter_map(|action| action.pages.as_deref())
}

fn pages_file(plan: &Plan<'_>) -> Option<&'static str> {
    let is_used = strategies(plan).any(|code| code.starts_with("NextUrl"));
    is_used.then_some(pages::FILE)
}

fn has_brackets(plan: &Plan<'_>) -> bool {
    let mut arguments = plan.actions.iter().flat_map(|action| &action.arguments);
    arguments.any(|argument| matches!(argument.target, Target::Nested | Target::NestedForm))
}

/// Returns the identifiers of code, but for variants, and those in comments and strings.
fn identifiers(code: &str) -> BTreeSet<&str> {
    let is_between = |letter: char| !letter.is_alphanumeric() && letter != '_';
    let mut found = BTreeSet::new();
    for line in code.lines() {
        let line = line.trim();
        let is_variant = line.starts_with(char::is_uppercase)
            && line
                .strip_suffix(',')
                .is_some_and(|word| !word.contains(is_between));
        if line.starts_with("//") || is_variant {
            continue;
        }
        // Whatever is between quotes is no code; a literal never ends a line here.
        for (index, part) in line.split('"').enumerate() {
            if index % 2 == 1 {
                continue;
            }
            // What follows `::` belongs to what stands before it.
            for (index, path) in part.split("::").enumerate() {
                let mut words = path.split(is_between);
                if index > 0 {
                    words.next();
                }
                found.extend(words.filter(|word| !word.is_empty()));
            }
        }
    }
    found
}

fn sdk_imports(code: &str, extra: &[&str]) -> String {
    let used = identifiers(code);
    let mut names: Vec<&str> = SDK
        .iter()
        .copied()
        .filter(|name| used.contains(name))
        .collect();
    for (name, mark) in [
        ("action", "#[action("),
        ("model", "#[model]"),
        ("params", "params!["),
        ("path", "path!("),
    ] {
        if code.contains(mark) {
            names.push(name);
        }
    }
    names.extend(extra);
    let mut imports = String::new();
    if used.contains("BTreeMap") {
        imports.push_str("use std::collections::BTreeMap;\n\n");
    }
    let mut strategies: Vec<&str> = [
        "AfterLast",
        "CursorField",
        "LinkHeader",
        "Offset",
        "PageNumber",
        "Whole",
    ]
    .into_iter()
    .filter(|name| used.contains(name))
    .collect();
    if !strategies.is_empty() || code.contains("NextUrl(") {
        if code.contains(".items(\"") {
            strategies.push("Pagination");
            strategies.sort_unstable();
        }
        if !strategies.is_empty() {
            imports.push_str(&import("plugwright_sdk::pagination", &strategies));
        }
    }
    let http: Vec<&str> = ["Multipart", "RequestValue"]
        .into_iter()
        .filter(|name| {
            used.contains(name) || (*name == "RequestValue" && code.contains(".request_value()"))
        })
        .collect();
    if !http.is_empty() {
        imports.push_str(&import("plugwright_sdk::http", &http));
    }
    if used.contains("JsonObject") {
        imports.push_str(&import("plugwright_sdk::param", &["JsonObject"]));
    }
    if !names.is_empty() {
        imports.push_str(&import("plugwright_sdk", &names));
    }
    imports
}

fn import(path: &str, names: &[&str]) -> String {
    const WIDTH: usize = 100;
    match names {
        [only] => format!("use {path}::{only};\n"),
        names => {
            let line = format!("use {path}::{{{}}};\n", names.join(", "));
            if line.len() <= WIDTH {
                return line;
            }
            format!("use {path}::{{\n    {},\n}};\n", names.join(", "))
        }
    }
}

fn enum_type(ty: &EnumType) -> String {
    use std::fmt::Write as _;
    let mut code = doc_comment(std::slice::from_ref(&ty.doc), 0);
    let (all, plain) = cases(ty);
    code.push_str("#[allow(missing_docs, reason = \"the variants explain themselves\")]\n");
    code.push_str("#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]\n");
    if let Some(case) = all {
        let _ = writeln!(code, "#[param(rename_all = {case:?})]");
    }
    let _ = writeln!(code, "pub enum {} {{", ty.name);
    for (variant, value) in &ty.variants {
        if !plain.contains(&variant.as_str()) {
            let _ = writeln!(code, "    #[param(rename = {})]", text(value));
        }
        let _ = writeln!(code, "    {variant},");
    }
    code.push_str("}\n");
    code
}

/// Returns the case that most variants are written in, if it is not the usual one, and the variants
/// that need no name of their own.
fn cases(ty: &EnumType) -> (Option<&'static str>, Vec<&str>) {
    type Case = (Option<&'static str>, fn(&str) -> String);
    let cases: [Case; 7] = [
        (None, snake),
        (Some("kebab-case"), |variant| {
            snake(variant).replace('_', "-")
        }),
        (Some("lowercase"), str::to_lowercase),
        (Some("UPPERCASE"), str::to_uppercase),
        (Some("SCREAMING_SNAKE_CASE"), |variant| {
            snake(variant).to_uppercase()
        }),
        (Some("PascalCase"), str::to_owned),
        (Some("camelCase"), |variant| {
            let mut letters = variant.chars();
            let first = letters.next().into_iter().flat_map(char::to_lowercase);
            first.chain(letters.clone()).collect()
        }),
    ];
    let fitting = |write: fn(&str) -> String| -> Vec<&str> {
        let variants = ty
            .variants
            .iter()
            .filter(|(variant, value)| write(variant) == *value);
        variants.map(|(variant, _)| variant.as_str()).collect()
    };
    let mut best: (Option<&'static str>, Vec<&str>) = (None, fitting(snake));
    for (case, write) in cases {
        let plain = fitting(write);
        if plain.len() > best.1.len() {
            best = (case, plain);
        }
    }
    best
}

/// Writes a variant as the SDK does by itself.
fn snake(variant: &str) -> String {
    let mut snake = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn struct_type(ty: &StructType, types: &ParamTypes<'_>) -> String {
    use std::fmt::Write as _;
    let mut code = doc_comment(std::slice::from_ref(&ty.doc), 0);
    code.push_str("#[derive(Clone, Debug, Params)]\n");
    let _ = writeln!(code, "pub struct {} {{", ty.name);
    for field in &ty.fields {
        code.push_str(&doc_comment(std::slice::from_ref(&field.doc), 4));
        let mut keys = Vec::new();
        if field.wire != field.name {
            keys.push(format!("rename = {}", text(&field.wire)));
        }
        keys.extend(field.rules.keys.iter().cloned());
        if let Some(default) = field.rules.default.as_ref().filter(|_| !field.required) {
            keys.push(format!(
                "provider_default = {}",
                resource::literal(default, &field.ty, types)
            ));
        }
        if !keys.is_empty() {
            let _ = writeln!(code, "    #[param({})]", keys.join(", "));
        }
        let inner = types.written(&field.ty);
        let inner = if field.required {
            inner
        } else {
            format!("Option<{inner}>")
        };
        let _ = writeln!(code, "    pub {}: {inner},", crate::name::raw(&field.name));
    }
    code.push_str("}\n");
    code
}
