//! How a list is cut into pages, where an operator says it.

use plugwright_sdk::schema::{properties, resolve};
use plugwright_sdk::{Value, json};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Map;

use crate::form::{ImportedAction, PageSize, PageStyle, PagingTemplate, ParameterPlace};
use crate::text::quoted;

/// How a list is cut into pages.
#[derive(Clone, Debug)]
pub enum PagingOverlay {
    /// Not at all: it returns one thing.
    Off(bool),
    /// As stated.
    On(PagingTemplate),
}

impl<'de> Deserialize<'de> for PagingOverlay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(is_on) => Ok(Self::Off(is_on)),
            stated => {
                let template = serde_json::from_value(stated);
                template
                    .map(Self::On)
                    .map_err(|error| D::Error::custom(format_args!("`paging`: {error}")))
            }
        }
    }
}

/// Lets an action return a list; returns what does not fit it. What says where the next page is may be
/// missing in the document. `answer` is the outline of the answer, if the action returns a part of it.
pub(super) fn apply(
    paging: &PagingTemplate,
    action: &mut ImportedAction,
    answer: Option<&Value>,
    definitions: &Map<String, Value>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let (parameter, pointer, size) = match &paging.style {
        PageStyle::Whole | PageStyle::Link => (None, None, None),
        PageStyle::Url { pointer } => (None, Some(pointer), None),
        PageStyle::Cursor { parameter, pointer } => (Some(parameter), Some(pointer), None),
        PageStyle::LastItem {
            parameter, more, ..
        } => (Some(parameter), Some(more), None),
        PageStyle::Number {
            parameter, size, ..
        }
        | PageStyle::Offset { parameter, size } => (Some(parameter), None, Some(size)),
    };
    let size = size.and_then(|PageSize { parameter, .. }| parameter.as_ref());
    for name in parameter.into_iter().chain(size) {
        let mut parameters = action.request.parameters.iter();
        let is_it = |known: &crate::form::ParameterTemplate| {
            known.place == ParameterPlace::Query && known.name == *name
        };
        if !parameters.any(is_it) {
            faults.push(format!("there is no query parameter {}", quoted(name)));
        }
    }
    let pointers = [Some(&paging.items), paging.total.as_ref(), pointer];
    for pointer in pointers.into_iter().flatten() {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            faults.push(format!("{} is no JSON pointer", quoted(pointer)));
        }
    }
    let known = action.paging.as_ref();
    let mut paging = paging.clone();
    let list = match known {
        Some(known) if known.items == paging.items => {
            paging.required |= known.required;
            Some(action.output.clone())
        }
        _ => match answer {
            Some(answer) => items(answer, &paging.items),
            None => items(
                &crate::action::output(&action.output, definitions),
                &paging.items,
            ),
        },
    };
    match list {
        Some(list) => action.output = list,
        None => faults.push(format!("there is no list at {}", quoted(&paging.items))),
    }
    action.paging = Some(paging);
    faults
}

/// Returns the schema of the items at a JSON pointer, unless there is something else, or nothing where
/// members are described.
fn items(output: &Value, pointer: &str) -> Option<Value> {
    let mut schema = output;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        let members = properties(output, schema);
        match members.iter().find(|(known, _)| *known == name) {
            Some((_, member)) => schema = member,
            None if members.is_empty() && may_be(output, schema, "object") => {
                return Some(json!({ "type": "array" }));
            }
            None => return None,
        }
    }
    if resolve(output, schema).get("type").is_none() {
        return Some(json!({ "type": "array" }));
    }
    let mut list = schema.clone();
    if let Some(list) = list.as_object_mut() {
        list.shift_remove("$defs");
    }
    may_be(output, schema, "array").then_some(list)
}

fn may_be(output: &Value, schema: &Value, kind: &str) -> bool {
    match resolve(output, schema).get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|known| known == kind),
        Some(known) => known == kind,
    }
}
