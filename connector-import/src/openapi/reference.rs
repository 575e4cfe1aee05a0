//! References within a document.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use plugwright_sdk::Value;

use crate::text::quoted;

/// References may lead to references so many times.
const LONGEST_CHAIN: usize = 32;

/// A document whose parts refer to one another.
#[derive(Clone, Copy)]
pub(super) struct Document<'d> {
    root: &'d Value,
}

/// A reference leads nowhere.
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

    /// Follows a reference to a schema: returns where it is in the end, and what is there.
    pub(super) fn schema(&self, reference: &str) -> Result<(String, &'d Value), BadReference> {
        let (mut pointer, mut value) = self.target(reference)?;
        for _ in 0..LONGEST_CHAIN {
            let Some(next) = reference_of(value) else {
                return Ok((pointer, value));
            };
            (pointer, value) = self.target(next)?;
        }
        Err(BadReference::Circular(quoted(reference)))
    }

    /// Finds what a reference names.
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

/// Returns the reference that a value is.
pub(super) fn reference_of(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// Writes a name as a part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
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
