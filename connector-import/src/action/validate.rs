//! Inputs: checked against the schema, and the flat view of the schema.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, Validator};
use plugwright_sdk::host::Faults;
use plugwright_sdk::param::ParamDefinition;
use plugwright_sdk::reading::value::{items, members};
use plugwright_sdk::schema::pointer::unescape;
use plugwright_sdk::{FileInput, Param as _, Value, json};
use serde_json::Map;

use super::PATTERN_SIZE;

/// Compiles a schema; patterns are matched in linear time.
pub(super) fn compile(schema: &Value) -> Option<Validator> {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE))
        .build(schema)
        .ok()
}

/// Returns what is wrong with an input. No message repeats a value of it.
pub(super) fn faults<'e>(errors: impl IntoIterator<Item = ValidationError<'e>>) -> Faults {
    let mut faults = Faults::new();
    for error in errors {
        if faults.is_full() {
            faults.stop();
            break;
        }
        let mut path = dotted(error.instance_path().as_str());
        let message = match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                "is required".to_owned()
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for name in unexpected {
                    let at = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    faults.note(at, "is not a parameter");
                }
                continue;
            }
            ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
                "fits none of the alternatives".to_owned()
            }
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                "fits more than one of the alternatives".to_owned()
            }
            ValidationErrorKind::Enum { options } => {
                let options = options.as_array().into_iter().flatten();
                let options: Vec<_> = options.take(20).map(ToString::to_string).collect();
                format!("must be one of {}", options.join(", "))
            }
            ValidationErrorKind::Not { schema } if *schema == json!({}) => {
                "is not allowed".to_owned()
            }
            ValidationErrorKind::Pattern { pattern } if is_file(pattern) => {
                FileInput::problem(error.instance().as_str().unwrap_or_default())
            }
            _ => {
                let told = error.masked_with("it").to_string();
                match told.strip_prefix("it ") {
                    Some(told) => told.to_owned(),
                    None => told,
                }
            }
        };
        let path = if path.is_empty() { "input" } else { &path };
        faults.note(path, message);
    }
    faults
}

/// Returns whether a pattern is that of files.
fn is_file(pattern: &str) -> bool {
    let own = FileInput::schema();
    own.get("pattern").is_some_and(|own| own == pattern)
}

/// Writes a JSON pointer as `a.b[0]`.
fn dotted(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        let part = unescape(part);
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !path.is_empty() {
            path.push_str(&format!("[{part}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&part);
        }
    }
    path
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    fn hides(self) -> &'static str {
        match self {
            Self::Input => "readOnly",
            Self::Output => "writeOnly",
        }
    }
}

/// Returns a schema with the definitions that it needs, as many as there is room for; what refers to
/// others is left open. Members that the side does not have are left out and not required.
pub(super) fn closed(
    schema: &Value,
    definitions: &Map<String, Value>,
    most: usize,
    side: Side,
) -> Value {
    let kept = needed(schema, most, |name, room| {
        let definition = definitions.get(name)?;
        room.is_none_or(|room| parts(definition) <= room)
            .then_some(Cow::Borrowed(definition))
    });
    if kept.is_empty() {
        return opened(schema, &kept, side, None);
    }
    let mut closed = opened(schema, &kept, side, None);
    let mut own: Vec<_> = kept.iter().collect();
    own.sort_by_key(|(a, _)| *a);
    let own: Map<String, Value> = own
        .into_iter()
        .map(|(name, definition)| (name.clone(), opened(definition, &kept, side, None)))
        .collect();
    closed["$defs"] = own.into();
    closed
}

/// Returns the definitions that a schema needs, as many as there is room for. `find` returns the one
/// of a name, unless it has more parts than there is room for.
pub(super) fn needed<'d>(
    schema: &Value,
    most: usize,
    mut find: impl FnMut(&str, Option<usize>) -> Option<Cow<'d, Value>>,
) -> HashMap<String, Cow<'d, Value>> {
    let mut names = Vec::new();
    references(schema, &mut names);
    let mut kept = HashMap::new();
    if names.is_empty() {
        return kept;
    }
    let mut left = most.saturating_sub(parts(schema));
    let mut seen: HashSet<String> = HashSet::new();
    let mut queue: VecDeque<String> = names.into();
    while let Some(name) = queue.pop_front() {
        if !seen.insert(name.clone()) {
            continue;
        }
        // The nearest come first, so that what is left out is far away.
        let room = (!kept.is_empty()).then_some(left);
        let Some(definition) = find(&name, room) else {
            continue;
        };
        left = left.saturating_sub(parts(&definition));
        let mut names = Vec::new();
        references(&definition, &mut names);
        queue.extend(names);
        kept.insert(name, definition);
    }
    kept
}

fn reference(members: &Map<String, Value>) -> Option<&str> {
    members.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// Keywords whose values are data and no schemas.
pub(super) fn is_data(keyword: &str) -> bool {
    matches!(
        keyword,
        "enum" | "default" | "examples" | "required" | "const"
    )
}

fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            found.extend(reference(members).map(str::to_owned));
            for (keyword, part) in members {
                if !is_data(keyword) || part.is_object() {
                    references(part, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

pub(super) fn parts(schema: &Value) -> usize {
    match schema {
        Value::Object(members) => 1 + members.values().map(parts).sum::<usize>(),
        Value::Array(items) => items.iter().map(parts).sum(),
        _ => 0,
    }
}

#[derive(Default)]
struct Known<'a> {
    /// Those that the side does not have.
    hidden: HashSet<&'a str>,
    /// Those that it has.
    shown: HashSet<&'a str>,
    /// Whether there may be others, as a reference is not kept.
    is_open: bool,
}

impl<'a> Known<'a> {
    /// Returns whether the side must have a member that is required.
    fn is_asked_of(&self, name: &Value) -> bool {
        name.as_str().is_none_or(|name| {
            !self.hidden.contains(name) && (!self.is_open || self.shown.contains(name))
        })
    }

    /// Learns what a schema says itself, by its reference and by the parts of its `allOf`.
    fn learn(
        &mut self,
        schema: &'a Map<String, Value>,
        kept: &'a HashMap<String, Cow<'_, Value>>,
        side: Side,
        seen: &mut HashSet<*const Map<String, Value>>,
    ) {
        if !seen.insert(std::ptr::from_ref(schema)) {
            return;
        }
        for (name, member) in members(schema.get("properties")) {
            let names = if is_hidden(member, side) {
                &mut self.hidden
            } else {
                &mut self.shown
            };
            names.insert(name);
        }
        let parts = items(schema.get("allOf"));
        let target = reference(schema).map(|name| kept.get(name));
        self.is_open |= target == Some(None);
        let parts = parts.chain(target.flatten().map(Cow::as_ref));
        for part in parts.filter_map(Value::as_object) {
            self.learn(part, kept, side, seen);
        }
    }
}

/// Copies a schema without references to what is not kept, and without members that the side does
/// not have. What is `known` is what all parts of an `allOf` say of the members.
fn opened(
    schema: &Value,
    kept: &HashMap<String, Cow<'_, Value>>,
    side: Side,
    known: Option<&Known<'_>>,
) -> Value {
    let plain = |schema: &Value| opened(schema, kept, side, None);
    match schema {
        Value::Object(members) => {
            if let Some(name) = reference(members)
                && !kept.contains_key(name)
            {
                let rest = members.iter().filter(|(keyword, _)| *keyword != "$ref");
                return rest
                    .map(|(keyword, part)| (keyword.clone(), part.clone()))
                    .collect::<Map<_, _>>()
                    .into();
            }
            let mut own = Known::default();
            let is_about_members =
                members.contains_key("required") || members.contains_key("allOf");
            if known.is_none() && is_about_members {
                own.learn(members, kept, side, &mut HashSet::new());
            }
            let known = known.unwrap_or(&own);
            let copied = members.iter().map(|(keyword, part)| {
                let part = match (keyword.as_str(), part) {
                    ("properties", Value::Object(own)) => own
                        .iter()
                        .filter(|(_, member)| !is_hidden(member, side))
                        .map(|(name, member)| (name.clone(), plain(member)))
                        .collect::<Map<_, _>>()
                        .into(),
                    ("required", Value::Array(names)) => {
                        let asked = names.iter().filter(|name| known.is_asked_of(name));
                        asked.cloned().collect()
                    }
                    ("allOf", Value::Array(parts)) => parts
                        .iter()
                        .map(|part| opened(part, kept, side, Some(known)))
                        .collect(),
                    (_, part) => plain(part),
                };
                (keyword.clone(), part)
            });
            copied.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

fn is_hidden(member: &Value, side: Side) -> bool {
    member.get(side.hides()) == Some(&Value::Bool(true))
}

pub(super) fn params(schema: &Value, definitions: &Map<String, Value>) -> Vec<ParamDefinition> {
    let required = schema["required"].as_array();
    let is_required =
        |name: &str| required.is_some_and(|required| required.iter().any(|known| known == name));
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, member)| ParamDefinition {
            name: name.clone(),
            kind: kind(member, definitions).to_owned(),
            required: is_required(name),
            description: member["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            default: member.get("default").cloned(),
        })
        .collect()
}

fn kind<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> &'a str {
    let mut schema = schema;
    for _ in 0..8 {
        let target = schema
            .as_object()
            .and_then(reference)
            .and_then(|name| definitions.get(name))
            .or_else(|| or_null(schema));
        match target {
            Some(target) => schema = target,
            None => break,
        }
    }
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
            .unwrap_or("any"),
        _ => "any",
    }
}

/// Returns what a value may be beside null, if that is one alternative.
fn or_null(schema: &Value) -> Option<&Value> {
    let parts = schema.get("anyOf").or_else(|| schema.get("oneOf"))?;
    match parts.as_array()?.as_slice() {
        [part, null] | [null, part] if null["type"] == "null" => Some(part),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn faults_name_their_places_and_repeat_no_value() {
        let schema = json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "maxLength": 3 },
                "kind": { "enum": ["a", "b"] },
                "tags": { "type": "array", "items": { "type": "integer" } },
                "never": { "not": {} },
                "file": FileInput::schema(),
            },
            "required": ["id"],
            "additionalProperties": false,
        });
        let validator = compile(&schema).unwrap();
        let input = json!({ "name": "hunter2", "kind": "c", "tags": ["hunter2"], "nam": 1,
            "never": "hunter2", "file": "hunter2" });
        let error = plugwright_sdk::ActionError::invalid(faults(validator.iter_errors(&input)));
        let text = error.to_string();
        for part in [
            "`id` is required",
            "`nam` is not a parameter",
            "`tags[0]`",
            "one of \"a\", \"b\"",
            "`never` is not allowed",
            "`file` must be a `data:` URL such as",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn each_side_has_its_own_members() {
        let definitions = object(json!({ "Pet": { "type": "object", "properties": {
            "id": { "type": "string", "readOnly": true },
            "secret": { "type": "string", "writeOnly": true },
            "properties": { "type": "object", "properties": { "readOnly": { "type": "boolean" } } },
        } } }));
        let schema = json!({ "$ref": "#/$defs/Pet" });
        let names = |side| -> Vec<String> {
            let closed = closed(&schema, &definitions, 100, side);
            let members = closed["$defs"]["Pet"]["properties"].as_object().unwrap();
            members.keys().cloned().collect()
        };
        assert_eq!(names(Side::Input), ["secret", "properties"]);
        assert_eq!(names(Side::Output), ["id", "properties"]);
        let all = json!(["id", "secret", "far"]);
        let whole = json!({ "allOf": [schema, { "allOf": [{ "required": all }] }] });
        let required = |whole: &Value, most, side| {
            closed(whole, &definitions, most, side)["allOf"][1]["allOf"][0]["required"].clone()
        };
        let both = [Side::Input, Side::Output];
        let asked = both.map(|side| required(&whole, 100, side));
        assert_eq!(asked, [json!(["secret", "far"]), json!(["id", "far"])]);
        // Whether a side has what is out of sight is not known.
        let part = json!({ "required": all, "properties": { "far": {} } });
        let open = json!({ "allOf": [{ "$ref": "#/$defs/Nowhere" }, { "allOf": [part] }] });
        assert_eq!(
            both.map(|side| required(&open, 100, side)),
            [json!(["far"]), json!(["far"])]
        );
    }

    #[test]
    fn a_schema_brings_its_definitions_and_is_open_where_there_is_no_room() {
        let definitions = object(json!({
            "Node": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Node" }, "far": { "$ref": "#/$defs/Far" } } },
            "Far": { "type": "object", "properties": { "a": {}, "b": {}, "c": {}, "d": {}, "e": {} } },
            "Other": {},
        }));
        let schema = json!({ "$ref": "#/$defs/Node" });
        let whole = closed(&schema, &definitions, 100, Side::Input);
        assert_eq!(whole["$defs"].as_object().unwrap().len(), 2);
        let cut = closed(&schema, &definitions, 6, Side::Input);
        assert_eq!(cut["$defs"].as_object().unwrap().len(), 1);
        assert_eq!(cut["$defs"]["Node"]["properties"]["far"], json!({}));
        assert!(compile(&cut).is_some());
    }
}
