//! Members of a form that are files.

use plugwright_sdk::{FileInput, Param as _, Value};

use super::Input;
use crate::openapi::reference::reference_of;
use crate::openapi::schema::{Members, is_file};

const DEEPEST: usize = 8;

/// What a file is if nothing describes it.
const A_FILE: &str = "A file.";

/// The schema of a file, as the SDK's own.
pub(super) fn one(description: &str) -> Value {
    let mut schema = FileInput::schema();
    schema.insert("description".into(), description.into());
    schema.into()
}

/// Makes a file, or a list of them, the text that it is sent as; returns whether it was one.
pub(super) fn as_text(schema: &mut Value) -> bool {
    let is_own = |schema: &mut Value| {
        let schema = schema.as_object_mut();
        schema.is_some_and(|schema| schema.shift_remove("contentMediaType").is_some())
    };
    let is_list = schema.get_mut("items").is_some_and(is_own);
    is_own(schema) || is_list
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

    /// Returns whether a body has members that are files, or lists of files.
    pub(super) fn has_files(&self, body: &'d Value) -> bool {
        let members = Members::of(self.document, body);
        members
            .iter()
            .any(|(name, member)| self.takes_files(member) && !members.is_marked(name, "readOnly"))
    }

    /// Returns whether a member is a reference to what is a file.
    pub(super) fn is_file_elsewhere(&self, member: &'d Value) -> bool {
        reference_of(member).is_some() && self.takes_files(member)
    }

    fn takes_files(&self, member: &'d Value) -> bool {
        let plain = self.plain(member);
        is_file(plain.get("items").map_or(plain, |items| self.plain(items)))
    }

    /// Returns what a schema is but for references and null.
    pub(super) fn plain(&self, schema: &'d Value) -> &'d Value {
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
