//! One action, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use plugwright_sdk::host::Returns;
use serde_json::{Value, json};

use crate::facts::{self, Field, Limit};
use crate::info::ActionInfo;
use crate::output::escape;
use crate::{list, schema};

const STRONG: Style = Style::new().bold();

pub(super) fn object(info: &ActionInfo, example: &str) -> Value {
    let mut object = list::summary(info);
    object["tool_name"] = info.tool_name().into();
    object["scopes"] = info.scopes.iter().map(|names| any_of(names)).collect();
    object["params"] = flat(info);
    object["input_schema"] = info.input_schema.clone();
    object["output_schema"] = info.output_schema.clone();
    object["example"] = example.into();
    object
}

/// Returns a scope, or those of which any one is enough.
fn any_of(names: &[String]) -> Value {
    match names {
        [only] => only.as_str().into(),
        several => several.into(),
    }
}

fn flat(info: &ActionInfo) -> Value {
    let input = &info.input_schema;
    let properties = input.get("properties").and_then(Value::as_object);
    let param = |(name, property): (&String, &Value)| {
        let mut param = json!({
            "name": name,
            "type": schema::kind(input, property),
            "required": schema::requires(input, name),
            "description": property.get("description").and_then(Value::as_str).unwrap_or_default(),
        });
        if let Some(default) = property.get("default") {
            param["default"] = default.clone();
        }
        param
    };
    properties.into_iter().flatten().map(param).collect()
}

pub(super) fn text(info: &ActionInfo, example: &str) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n{}\n\n",
        escape(&info.title),
        lines(info.description.trim())
    );
    let mut facts = vec![
        ("Id", escape(&info.id())),
        ("Tool name", info.tool_name()),
        ("Effect", facts::effect(info)),
    ];
    if !info.scopes.is_empty() {
        facts.push(("Scopes", facts::scopes(info, escape)));
    }
    if let Some(note) = &info.deprecated {
        facts.push(("Deprecated", escape(note)));
    }
    for (name, fact) in facts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<12}{fact}", format!("{name}:"));
    }
    params(&mut text, info);
    returns(&mut text, info);
    let _ = write!(text, "\n{STRONG}Example:{STRONG:#}\n  {example}\n");
    text
}

/// Escapes each line, since text from a gateway is untrusted.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escape).collect();
    lines.join("\n")
}

fn params(text: &mut String, info: &ActionInfo) {
    let params = facts::parameters(info);
    let _ = writeln!(
        text,
        "\n{STRONG}Parameters:{STRONG:#}{}",
        if params.is_empty() { " none" } else { "" }
    );
    for param in params {
        let mut rules = vec![if param.kind.ends_with("file") {
            format!("{} ({}=@FILE)", param.kind, param.name)
        } else {
            param.kind
        }];
        if param.required {
            rules.push("required".to_owned());
        }
        if let Some(default) = &param.default {
            rules.push(format!("default {default}"));
        }
        rules.extend(param.limits.into_iter().map(|limit| match limit {
            Limit::OneOf(values) => format!("one of {}", values.join(" | ")),
            Limit::Words(words) => words,
            Limit::Keyword(keyword, value) => format!("{keyword} {value}"),
        }));
        if param.deprecated {
            rules.push("deprecated".to_owned());
        }
        let _ = writeln!(
            text,
            "  {STRONG}{}{STRONG:#}  {}",
            escape(&param.name),
            escape(&rules.join(", "))
        );
        for line in param.description.lines() {
            let _ = writeln!(text, "      {}", escape(line));
        }
    }
    if let Some(rules) = facts::rules(info) {
        let _ = writeln!(text, "\n{}", escape(rules));
    }
}

fn returns(text: &mut String, info: &ActionInfo) {
    let fields = facts::fields(info);
    let kind = match info.returns {
        Returns::List => "a list of items with these fields",
        Returns::Single if fields.is_empty() => "an object",
        Returns::Single => "an object with these fields",
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
            field.path,
            field.kind,
            field.description.lines().next().unwrap_or_default()
        );
        let _ = writeln!(text, "{}", escape(line.trim_end()));
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::Entry;

    use super::*;
    use crate::fixture::{ITEMS_DELETE, ITEMS_LIST, SHOP};

    #[test]
    fn text_has_what_a_caller_needs() {
        let shown = text(
            &ActionInfo::from(&Entry {
                connector: (&SHOP).into(),
                action: ITEMS_LIST.into(),
            }),
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
            &ActionInfo::from(&Entry {
                connector: (&SHOP).into(),
                action: ITEMS_DELETE.into(),
            }),
            "run it",
        );
        assert_eq!(shown["input_schema"]["required"], json!(["shop"]));
        assert_eq!(shown["output_schema"]["type"], "object");
        assert_eq!(shown["idempotent"], true);
    }
}
