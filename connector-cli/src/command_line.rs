//! Command lines that are ready to paste.

use plugwright_sdk::cassette::Cassette;
use plugwright_sdk::host::coerce;
use plugwright_sdk::schema as schemas;
use serde_json::{Map, Value};

use crate::info::ActionInfo;
use crate::{binary, schema};

/// Returns an example: a recorded call, which `--replay` answers, or one with sample values for what
/// has to be given.
pub(crate) fn example_of(info: &ActionInfo, cassettes: &[Cassette]) -> String {
    let recorded = cassettes
        .iter()
        .find(|cassette| cassette.action == info.name && cassette.expect.error.is_none());
    if let Some(cassette) = recorded {
        return replay_of(info, cassette);
    }
    run(info, &schemas::example::smallest(&info.input_schema), &[])
}

/// Returns the command that replays a recorded call.
pub(crate) fn replay_of(info: &ActionInfo, cassette: &Cassette) -> String {
    let cursor = cassette
        .call
        .cursor
        .as_ref()
        .map(|cursor| format!("--cursor={cursor}"));
    let all_pages = cassette.call.all_pages.then_some("--all-pages");
    let flags: Vec<_> = cursor
        .as_deref()
        .into_iter()
        .chain(all_pages)
        .chain(["--replay"])
        .collect();
    run(info, &cassette.call.input, &flags)
}

fn run(info: &ActionInfo, input: &Map<String, Value>, flags: &[&str]) -> String {
    let schema = &info.input_schema;
    let mut words = vec![binary::name(), "run".to_owned(), info.id()];
    words.extend(
        input
            .iter()
            .map(|(name, value)| quote(&assignment(schema, name, value))),
    );
    words.extend(flags.iter().map(|flag| quote(flag)));
    words.join(" ")
}

/// Writes a parameter as `name=text` if that reads back as the same value, else as JSON. A file that only an
/// attachment holds is one that the caller has.
fn assignment(schema: &Value, name: &str, value: &Value) -> String {
    let is_attached = |value: &Value| {
        value
            .as_str()
            .is_some_and(|it| it.starts_with("attachment:"))
    };
    let files = schema["properties"].get(name);
    let takes_files = files.is_some_and(|files| schema::takes_files(schema, files));
    let mut items = value.as_array().into_iter().flatten();
    if takes_files && (is_attached(value) || items.any(is_attached)) {
        return format!("{name}=@FILE");
    }
    let texts = match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
            items.map(|items| items.join(","))
        }
        Value::Object(_) => None,
        other => Some(other.to_string()),
    };
    if let Some(text) = texts {
        let read = coerce::object(schema, [(name, text.as_str())]);
        if read.faults.is_empty() && read.members.get(name) == Some(value) {
            // One `@` would be that of a file.
            let at = if value.is_string() && text.starts_with('@') {
                "@"
            } else {
                ""
            };
            return format!("{name}={at}{text}");
        }
    }
    format!("{name}:={value}")
}

/// Quotes a word for POSIX shells if necessary.
pub(crate) fn quote(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@+%".contains(letter);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::Action as _;
    use plugwright_sdk::host::{ActionDefinition, Entry};
    use serde_json::json;

    use super::*;
    use crate::fixture::{ITEMS_DELETE, ITEMS_LIST, SHOP};

    fn info(action: &'static ActionDefinition) -> ActionInfo {
        ActionInfo::from(&Entry {
            connector: (&SHOP).into(),
            action: action.into(),
        })
    }

    fn without_program(command: &str) -> &str {
        command.split_once(' ').map_or("", |(_, rest)| rest)
    }

    #[test]
    fn a_recorded_call_is_the_best_example() {
        let cassettes = Cassette::shipped(SHOP.cassettes()).unwrap();
        assert_eq!(
            without_program(&example_of(&info(ITEMS_LIST), &cassettes)),
            "run test-shop.items.list shop=seven tags=a,b --all-pages --replay"
        );
        assert_eq!(
            without_program(&example_of(&info(ITEMS_DELETE), &cassettes)),
            "run test-shop.items.delete shop=text"
        );
    }

    #[test]
    fn values_read_back_as_they_were() {
        let schema = ITEMS_LIST.input_schema();
        for (name, value, expected) in [
            ("shop", json!("it's"), r"'shop=it'\''s'"),
            ("shop", json!("7"), "shop=7"),
            ("shop", json!("@me"), "shop=@@me"),
            ("size", json!(7), "size=7"),
            ("tags", json!(["a", "b"]), "tags=a,b"),
            ("tags", json!(["a,b"]), r#"'tags:=["a,b"]'"#),
            ("tags", json!([]), "tags="),
        ] {
            assert_eq!(quote(&assignment(&schema, name, &value)), expected);
        }
    }

    #[test]
    fn files_are_given_by_their_paths() {
        let file = json!({ "type": "string", "contentMediaType": "image/png" });
        let schema = json!({ "type": "object", "properties": {
            "file": file, "files": { "type": "array", "items": file }, "text": { "type": "string" },
        } });
        for (name, value, expected) in [
            ("file", json!("attachment:a"), "file=@FILE"),
            ("files", json!(["attachment:a"]), "files=@FILE"),
            ("text", json!("attachment:a"), "text=attachment:a"),
            ("file", json!("data:,x"), "file=data:,x"),
        ] {
            assert_eq!(assignment(&schema, name, &value), expected);
        }
    }
}
