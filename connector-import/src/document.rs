//! From bytes to a JSON value.

use std::thread;

use plugwright_sdk::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use crate::openapi::graphql::sdl;

/// No document may be longer, in bytes.
pub const LARGEST_DOCUMENT: usize = 128 << 20;

/// A document may have so many values, with those in lists and objects.
const MOST_NODES: usize = 8_000_000;

/// Aliases of a YAML document may repeat so many parts.
const MOST_REPEATED: usize = 500_000;

/// Lists and objects may be in one another so many times.
const DEEPEST: usize = 120;

const YAML_STACK: usize = 16 << 20;

/// A document can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is too long.
    #[error("it has {0} bytes; at most {LARGEST_DOCUMENT} are allowed")]
    TooLarge(usize),
    /// It has too many values for the memory that it would take.
    #[error("it has more than {MOST_NODES} values")]
    TooMany,
    /// It is not UTF-8.
    #[error("it is not UTF-8 text")]
    Encoding,
    /// It begins like JSON and is none.
    #[error("it is not valid JSON: {0}")]
    Json(serde_json::Error),
    /// It is neither JSON nor YAML.
    #[error("it is neither JSON nor YAML: {0}")]
    Yaml(String),
}

/// Reads a document in JSON or YAML. A GraphQL schema in its own language is the text that it is.
///
/// # Errors
///
/// If it is neither, too long, or nested too deep.
pub fn read(bytes: &[u8]) -> Result<Value, DocumentError> {
    let text = text(bytes)?;
    if sdl::is_one(text) {
        return Ok(Value::String(text.to_owned()));
    }
    if text.trim_start().starts_with(['{', '[']) {
        if nodes(text.as_bytes()) > MOST_NODES {
            return Err(DocumentError::TooMany);
        }
        // YAML in flow style begins like this too.
        return serde_json::from_str(text).or_else(|error| {
            yaml(text, DuplicateKeyPolicy::LastWins).map_err(|_| DocumentError::Json(error))
        });
    }
    yaml(text, DuplicateKeyPolicy::LastWins).map_err(DocumentError::Yaml)
}

/// Reads a document that a person wrote, in which a key that is there twice would be lost unseen.
pub(crate) fn read_unique(bytes: &[u8]) -> Result<Value, DocumentError> {
    // JSON is YAML too, and that reader knows of keys.
    yaml(text(bytes)?, DuplicateKeyPolicy::Error).map_err(DocumentError::Yaml)
}

fn text(bytes: &[u8]) -> Result<&str, DocumentError> {
    if bytes.len() > LARGEST_DOCUMENT {
        return Err(DocumentError::TooLarge(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| DocumentError::Encoding)
}

/// Counts the values of a JSON text, those in lists and objects included.
fn nodes(text: &[u8]) -> usize {
    let mut count = 1;
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            // Names are counted too, as they take as much memory.
            b'[' | b'{' | b',' | b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Reads YAML in a thread of its own, as each level takes much of the stack and the caller's may be
/// small.
fn yaml(text: &str, duplicate_keys: DuplicateKeyPolicy) -> Result<Value, String> {
    thread::scope(|scope| {
        let reading = thread::Builder::new()
            .stack_size(YAML_STACK)
            .spawn_scoped(scope, || yaml_here(text, duplicate_keys));
        let reading = reading.map_err(|error| error.to_string())?;
        reading
            .join()
            .unwrap_or_else(|_| Err("the reader panicked".to_owned()))
    })
}

fn yaml_here(text: &str, duplicate_keys: DuplicateKeyPolicy) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(LARGEST_DOCUMENT),
            max_events: 2 * MOST_NODES,
            max_nodes: MOST_NODES,
            max_depth: DEEPEST,
            max_documents: 1,
            max_total_scalar_bytes: LARGEST_DOCUMENT,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_REPEATED,
        },
        duplicate_keys: duplicate_keys,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        null_as_string: true,
        // As in YAML 1.2, where `no`, `on` and `1_000` are texts. What `0777` stands for is uncertain.
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        leading_zero_numbers_as_strings: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = error.to_string();
        message.lines().next().unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn json_and_yaml_are_read_alike() {
        let expected =
            json!({ "paths": { "/a": { "get": { "responses": { "200": null } } } }, "n": 1.5 });
        let json = expected.to_string();
        let yaml = "paths:\n  /a:\n    get:\n      responses:\n        200:\nn: 1.5\n";
        for text in [json.as_str(), &format!("\u{feff}{json}"), yaml] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn yaml_is_that_of_version_1_2() {
        let yaml = "on: [no, off, y, Yes, true, True, 0777, 007, 0, 0.5, -1, 1_000]\n";
        let expected = json!({
            "on": ["no", "off", "y", "Yes", true, true, "0777", "007", 0, 0.5, -1, "1_000"],
        });
        assert_eq!(read(yaml.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_graphql_schema_is_a_text() {
        let text = "# about: pets\ntype Query { pet: String }";
        assert_eq!(read(text.as_bytes()).unwrap(), json!(text));
    }

    #[test]
    fn what_is_no_document_is_refused_and_says_why() {
        for (bytes, part) in [
            (&b"\xff\xfe{"[..], "UTF-8"),
            (b"{\"a\": ", "not valid JSON"),
            (b"a: [1, 2", "neither JSON nor YAML"),
        ] {
            let error = read(bytes).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes()).is_err());
        assert!(read(format!("a: {deep}").as_bytes()).is_err());
    }

    #[test]
    fn values_are_counted_before_they_take_memory() {
        for (text, count) in [
            ("[]", 2),
            (r#"{"a": [1, 2], "b": ":,[{"}"#, 7),
            (r#"["\\", "\"[,"]"#, 3),
        ] {
            assert_eq!(nodes(text.as_bytes()), count, "{text}");
        }
        let many = format!("[{}0]", "0,".repeat(MOST_NODES));
        assert!(matches!(read(many.as_bytes()), Err(DocumentError::TooMany)));
        let long = vec![b' '; LARGEST_DOCUMENT + 1];
        assert!(matches!(read(&long), Err(DocumentError::TooLarge(_))));
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let list = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(text, "a{level}: &a{level} [{list}]").unwrap();
        }
        let error = read(text.as_bytes()).unwrap_err();
        assert!(matches!(error, DocumentError::Yaml(_)), "{error}");
    }
}
