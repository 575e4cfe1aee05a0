//! `show`: all about one action.

use std::fmt::Write as _;

use anstyle::Style;
use plugwright_sdk::{Action as _, Cassette, Entry, Registry};
use serde_json::{Value, json};

use crate::args::{ShowArguments, ShowFormat};
use crate::failure::{Failure, Stop};
use crate::{command_line, list, output, run, schema};

const STRONG: Style = Style::new().bold();

/// Shows what an action does, takes and returns.
pub(crate) fn show(registry: &Registry, arguments: &ShowArguments) -> Result<(), Stop> {
    let entry = run::find(registry, &arguments.action)?;
    let cassettes = Cassette::shipped(entry.connector.cassettes())
        .map_err(|error| Failure::internal(error.to_string()))?;
    let example = command_line::example_of(entry, &cassettes);
    let shown = match arguments.output {
        ShowFormat::Text => text(entry, &example),
        ShowFormat::Json => output::json::pretty(&object(entry, &example)),
    };
    Ok(output::print(&shown)?)
}

fn object(entry: Entry, example: &str) -> Value {
    let action = entry.action;
    let mut object = list::summary(entry);
    object["tool_name"] = entry.tool_name().into();
    object["scopes"] = action.scopes().into();
    object["params"] = json!(action.params());
    object["input_schema"] = action.input_schema();
    object["output_schema"] = action.output_schema();
    object["example"] = example.into();
    object
}

fn text(entry: Entry, example: &str) -> String {
    let action = entry.action;
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n{}\n\n",
        action.title(),
        action.description().trim()
    );
    let effect = match (action.effect().as_str(), action.idempotent()) {
        ("read", _) => "read".to_owned(),
        (effect, true) => format!("{effect}, idempotent"),
        (effect, false) => format!("{effect}, not idempotent"),
    };
    let mut facts = vec![
        ("Id", entry.id()),
        ("Tool name", entry.tool_name()),
        ("Effect", effect),
    ];
    if !action.scopes().is_empty() {
        facts.push(("Scopes", action.scopes().join(", ")));
    }
    if let Some(note) = action.deprecated() {
        facts.push(("Deprecated", note.to_owned()));
    }
    for (name, fact) in facts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<12}{fact}", format!("{name}:"));
    }
    params(&mut text, entry);
    returns(&mut text, entry);
    let _ = write!(text, "\n{STRONG}Example:{STRONG:#}\n  {example}\n");
    text
}

fn params(text: &mut String, entry: Entry) {
    let input = entry.action.input_schema();
    let params = entry.action.params();
    let _ = writeln!(
        text,
        "\n{STRONG}Parameters:{STRONG:#}{}",
        if params.is_empty() { " none" } else { "" }
    );
    for param in params {
        let property = input
            .get("properties")
            .and_then(|known| known.get(&param.name))
            .unwrap_or(&Value::Null);
        let mut rules = vec![schema::type_name(&input, property)];
        if param.required {
            rules.push("required".to_owned());
        }
        if let Some(default) = &param.default {
            rules.push(format!("default {}", output::json::compact(default)));
        }
        rules.extend(limits(&input, property));
        if property.get("deprecated") == Some(&Value::Bool(true)) {
            rules.push("deprecated".to_owned());
        }
        let _ = writeln!(
            text,
            "  {STRONG}{}{STRONG:#}  {}",
            param.name,
            rules.join(", ")
        );
        // The schema's description also says what each value of an enum means.
        let description = property
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or(&param.description);
        for line in description.lines().filter(|line| !line.is_empty()) {
            let _ = writeln!(text, "      {line}");
        }
    }
}

/// Says in words which values are allowed.
fn limits(root: &Value, property: &Value) -> Vec<String> {
    let allowed: Vec<_> = schema::allowed(root, property)
        .iter()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect();
    let mut limits = Vec::new();
    if !allowed.is_empty() {
        limits.push(format!("one of {}", allowed.join(" | ")));
    }
    let number = |keyword: &str| property.get(keyword).and_then(Value::as_f64);
    // The bounds of 32 and 53 bit integers are the type's and not worth a word.
    let telling = |bound: f64| bound.abs() < f64::from(i32::MAX);
    for (low, high, unit) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ] {
        match (number(low), number(high).filter(|bound| telling(*bound))) {
            (Some(low), Some(high)) => limits.push(format!("{low} to {high}{unit}")),
            (Some(low), None) if low != 0.0 && telling(low) => {
                limits.push(format!("at least {low}{unit}"));
            }
            (None, Some(high)) => limits.push(format!("at most {high}{unit}")),
            _ => {}
        }
    }
    if let Some(below) = number("exclusiveMaximum") {
        limits.push(format!("below {below}"));
    }
    for keyword in ["format", "pattern"] {
        if let Some(rule) = property.get(keyword).and_then(Value::as_str) {
            limits.push(format!("{keyword} {rule}"));
        }
    }
    limits
}

fn returns(text: &mut String, entry: Entry) {
    let output = entry.action.output_schema();
    let mut fields = Vec::new();
    collect(&output, &output, "", 0, &mut fields);
    let kind = match entry.action.returns() {
        plugwright_sdk::Returns::List => "a list of items with these fields",
        plugwright_sdk::Returns::Single if fields.is_empty() => "an object",
        plugwright_sdk::Returns::Single => "an object with these fields",
    };
    let _ = writeln!(
        text,
        "\n{STRONG}Returns{STRONG:#} {kind}{}",
        if fields.is_empty() { "" } else { ":" }
    );
    let widest = |column: fn(&Field) -> usize| fields.iter().map(column).max().unwrap_or_default();
    let (names, kinds) = (
        widest(|field| field.path.len()),
        widest(|field| field.kind.len()),
    );
    for field in &fields {
        let line = format!(
            "  {:<names$}  {:<kinds$}  {}",
            field.path, field.kind, field.description
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

struct Field {
    path: String,
    kind: String,
    description: String,
}

/// Fields within fields are listed this deep.
const DEEPEST: usize = 3;

/// Lists fields by the paths that `--fields` takes.
fn collect(root: &Value, place: &Value, above: &str, depth: usize, fields: &mut Vec<Field>) {
    for (name, member) in schema::properties(root, schema::element(root, place)) {
        let path = if above.is_empty() {
            name.to_owned()
        } else {
            format!("{above}.{name}")
        };
        let description = member
            .get("description")
            .or_else(|| schema::resolve(root, member).get("description"));
        fields.push(Field {
            path: path.clone(),
            kind: schema::type_name(root, member),
            description: description
                .and_then(Value::as_str)
                .unwrap_or_default()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        });
        if depth + 1 < DEEPEST {
            collect(root, member, &path, depth + 1, fields);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{ITEMS_DELETE, ITEMS_LIST, SHOP};

    #[test]
    fn text_has_what_a_caller_needs() {
        let shown = text(
            Entry {
                connector: &SHOP,
                action: ITEMS_LIST,
            },
            "run it",
        );
        assert_eq!(
            anstream::adapter::strip_str(&shown).to_string(),
            "List items\n\
             Lists the items of a shop, cheapest first.\n\
             \n\
             Items that are sold out are left out.\n\
             \n\
             Id:         test-shop.items.list\n\
             Tool name:  test_shop_items_list\n\
             Effect:     read\n\
             \n\
             Parameters:\n  \
               shop  string, required\n      \
                   The shop.\n  \
               size  integer, default 30, 1 to 100\n      \
                   Items per page.\n  \
               tags  array of string\n      \
                   Only items with these tags.\n\
             \n\
             Returns a list of items with these fields:\n  \
               number  integer          Number within the shop.\n  \
               title   string           Name.\n  \
               tags    array of string\n  \
               note    string\n\
             \n\
             Example:\n  run it\n"
        );
    }

    #[test]
    fn json_has_both_schemas() {
        let shown = object(
            Entry {
                connector: &SHOP,
                action: ITEMS_DELETE,
            },
            "run it",
        );
        assert_eq!(shown["input_schema"]["required"], json!(["shop"]));
        assert_eq!(shown["output_schema"]["type"], "object");
        assert_eq!(shown["idempotent"], true);
    }
}
