//! References within a document.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use plugwright_sdk::reading::value::items;
use plugwright_sdk::schema::pointer::escape;

use crate::text::quoted;

const LONGEST_CHAIN: usize = 32;

#[derive(Clone, Copy)]
pub(super) struct Document<'d> {
    root: &'d Value,
}

/// Keywords that say something of a value, and so count beside a reference.
const CONSTRAINTS: [&str; 24] = word_list(include_str!("../../words/constraint_keywords.txt"));

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadReference {
    #[error("reference {0} points outside the document")]
    External(String),
    #[error("reference {0} can't be resolved")]
    Missing(String),
    #[error("reference {0} refers to itself")]
    Circular(String),
}

impl<'d> Document<'d> {
    pub(super) fn new(root: &'d Value) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &'d Value {
        self.root
    }

    /// Returns whether a schema is a reference and more: until version 3.1, what stands beside one does not
    /// count.
    pub(super) fn is_extended(&self, schema: &Value) -> bool {
        let version = self.root.get("openapi").and_then(Value::as_str);
        reference_of(schema).is_some()
            && version
                .is_some_and(|version| version.starts_with('3') && !version.starts_with("3.0"))
            && CONSTRAINTS
                .iter()
                .any(|keyword| schema.get(keyword).is_some())
    }

    pub(super) fn is_marked(&self, schema: &'d Value, flag: &str) -> bool {
        const DEEPEST: usize = 3;
        const MOST_PARTS: usize = 8;
        fn of<'d>(document: Document<'d>, schema: &'d Value, flag: &str, depth: usize) -> bool {
            let is_so = |schema: &Value| schema.get(flag) == Some(&Value::Bool(true));
            let target = document.resolve(schema).unwrap_or(schema);
            let mut parts = items(target.get("allOf")).take(MOST_PARTS);
            is_so(schema)
                || is_so(target)
                || (depth < DEEPEST && parts.any(|part| of(document, part, flag, depth + 1)))
        }
        of(*self, schema, flag, 0)
    }

    /// Follows references until there is something else.
    pub(super) fn resolve(&self, value: &'d Value) -> Result<&'d Value, BadReference> {
        let mut value = value;
        let mut first = None;
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = reference_of(value) else {
                return Ok(value);
            };
            first.get_or_insert(reference);
            value = self.target(reference)?.1;
        }
        Err(BadReference::Circular(quoted(first.unwrap_or_default())))
    }

    /// Follows a reference to a schema: returns where it is in the end, and what is there, which may be
    /// an extended reference.
    pub(super) fn schema(&self, reference: &str) -> Result<(String, &'d Value), BadReference> {
        let (mut pointer, mut value) = self.target(reference)?;
        for _ in 0..LONGEST_CHAIN {
            let Some(next) = reference_of(value).filter(|_| !self.is_extended(value)) else {
                return Ok((pointer, value));
            };
            (pointer, value) = self.target(next)?;
        }
        Err(BadReference::Circular(quoted(reference)))
    }

    fn target(&self, reference: &str) -> Result<(String, &'d Value), BadReference> {
        let pointer = self.pointer(reference)?;
        self.root
            .pointer(&pointer)
            .map(|value| (pointer, value))
            .ok_or_else(|| BadReference::Missing(quoted(reference)))
    }

    fn pointer(&self, reference: &str) -> Result<String, BadReference> {
        let external = || BadReference::External(quoted(reference));
        if let Some(fragment) = reference.strip_prefix('#') {
            let decoded: Cow<'_, str> = percent_decode_str(fragment).decode_utf8_lossy();
            return Ok(match decoded.strip_prefix('/') {
                Some(_) => decoded.into_owned(),
                None if decoded.is_empty() => String::new(),
                // A slash is often forgotten.
                None => format!("/{decoded}"),
            });
        }
        // A bare name often stands for a schema.
        let named = format!("/components/schemas/{}", escape(reference));
        if self.root.pointer(&named).is_some() {
            return Ok(named);
        }
        Err(external())
    }
}

pub(super) fn reference_of(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn references_are_followed_within_the_document_only() {
        let root = json!({
            "a b": { "$ref": "#/c~1d" },
            "c/d": { "found": true },
            "loop": { "$ref": "#/loop" },
            "components": { "schemas": { "Pet": { "type": "object" } } },
        });
        let document = Document::new(&root);
        assert_eq!(document.schema("#/a%20b").unwrap().1["found"], true);
        assert_eq!(document.resolve(&root["a b"]).unwrap()["found"], true);
        assert!(document.resolve(&root["loop"]).is_err());
        assert_eq!(document.schema("Pet").unwrap().1["type"], "object");
        assert_eq!(
            document.schema("#components/schemas/Pet").unwrap().0,
            "/components/schemas/Pet"
        );
        for (reference, part) in [
            ("#/nope", "can't be resolved"),
            ("#/loop", "refers to itself"),
            ("file:///etc/passwd", "points outside the document"),
            (
                "http://169.254.169.254/latest",
                "points outside the document",
            ),
            ("../other.yaml#/Pet", "points outside the document"),
        ] {
            let error = document.schema(reference).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
