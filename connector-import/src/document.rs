//! From bytes to a JSON value.

use plugwright_sdk::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

/// No document may be longer, in bytes.
pub const LARGEST_DOCUMENT: usize = 128 << 20;

/// A YAML document may have so many nodes.
const MOST_NODES: usize = 8_000_000;

/// Aliases of a YAML document may repeat so many parts.
const MOST_REPEATED: usize = 500_000;

/// Lists and objects may be in one another so many times.
const DEEPEST: usize = 120;

/// A document can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is too long.
    #[error("it has {0} bytes; at most {LARGEST_DOCUMENT} are allowed")]
    TooLarge(usize),
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

/// Reads a document in JSON or YAML.
///
/// # Errors
///
/// If it is neither, too long, or nested too deep.
pub fn read(bytes: &[u8]) -> Result<Value, DocumentError> {
    if bytes.len() > LARGEST_DOCUMENT {
        return Err(DocumentError::TooLarge(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| DocumentError::Encoding)?;
    if text.trim_start().starts_with(['{', '[']) {
        // YAML in flow style begins like this too.
        return serde_json::from_str(text)
            .or_else(|error| yaml(text).map_err(|_| DocumentError::Json(error)));
    }
    yaml(text).map_err(DocumentError::Yaml)
}

fn yaml(text: &str) -> Result<Value, String> {
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
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        null_as_string: true,
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
