//! Members of a form that are files.

use plugwright_sdk::{FileInput, Param as _, Value};

use super::Input;

const DEEPEST: usize = 8;

/// What a file is if nothing describes it.
const A_FILE: &str = "A file.";

/// The schema of a file, as the SDK's own.
pub(super) fn one(description: &str) -> Value {
    let mut schema = FileInput::schema();
    schema.insert("description".into(), description.into());
    schema.into()
}

impl<'d> Input<'_, 'd> {
    pub(super) fn files(&mut self, member: &'d Value) -> Option<Value> {
        let plain = self.plain(member);
        let items = plain.get("items").map(|items| self.plain(items));
        let file = self.schemas.convert(items.unwrap_or(plain));
        if file["contentMediaType"] != "application/octet-stream" {
            return None;
        }
        let described = |part: &Value| part["description"].as_str().map(str::to_owned);
        let own = described(&self.schemas.convert(member));
        if items.is_none() {
            return Some(one(&own.or(described(&file)).unwrap_or(A_FILE.to_owned())));
        }
        let mut list = self.schemas.convert(plain);
        list["items"] = one(&described(&file).unwrap_or(A_FILE.to_owned()));
        // A list of no files is none.
        list["type"] = "array".into();
        if let Some(text) = own {
            list["description"] = text.into();
        }
        Some(list)
    }

    /// Returns what a schema is but for references and null.
    fn plain(&self, schema: &'d Value) -> &'d Value {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            schema = self.document.resolve(schema).unwrap_or(schema);
            let alternatives = ["anyOf", "oneOf", "allOf"].iter();
            let mut alternatives =
                alternatives.filter_map(|keyword| schema.get(keyword)?.as_array());
            let parts = alternatives.next().into_iter().flatten();
            let mut parts = parts.filter(|part| part["type"] != "null");
            match (parts.next(), parts.next()) {
                (Some(only), None) => schema = only,
                _ => break,
            }
        }
        schema
    }
}
