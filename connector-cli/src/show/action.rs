//! One action, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use plugwright_sdk::{Action as _, Entry, Returns};
use serde_json::{Value, json};

use crate::facts::{self, Field, Limit};
use crate::list;

const STRONG: Style = Style::new().bold();

pub(super) fn object(entry: Entry, example: &str) -> Value {
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

pub(super) fn text(entry: Entry, example: &str) -> String {
    let action = entry.action;
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n{}\n\n",
        action.title(),
        action.description().trim()
    );
    let mut facts = vec![
        ("Id", entry.id()),
        ("Tool name", entry.tool_name()),
        ("Effect", facts::effect(entry)),
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
    let params = facts::parameters(entry);
    let _ = writeln!(
        text,
        "\n{STRONG}Parameters:{STRONG:#}{}",
        if params.is_empty() { " none" } else { "" }
    );
    for param in params {
        let mut rules = vec![param.kind];
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
            param.name,
            rules.join(", ")
        );
        for line in param.description.lines() {
            let _ = writeln!(text, "      {line}");
        }
    }
}

fn returns(text: &mut String, entry: Entry) {
    let fields = facts::fields(entry);
    let kind = match entry.action.returns() {
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
        let _ = writeln!(text, "{}", line.trim_end());
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
