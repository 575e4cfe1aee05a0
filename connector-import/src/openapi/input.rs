//! The input of an action: parameters and the members of the body, side by side.

mod file;
mod media;
mod operator;
mod style;

use std::collections::{BTreeSet, HashMap, HashSet};

use plugwright_sdk::host::headers;
use plugwright_sdk::reading::value::items;
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::path::{Open, PathTemplate};
use super::reference::Document;
use super::schema::{Members, Schemas};
use super::security::{OWN_HEADERS, is_token};
use crate::form::{
    BodyEncoding, BodySource, BodyTemplate, FieldTemplate, ParameterPlace, ParameterTemplate, Style,
};
use crate::text::{self, clean, quoted};

/// The members of a body are members of the input up to this many; more stay in one.
const MOST_FIELDS: usize = 150;

const LONGEST_NAME: usize = 64;

pub(super) struct Input<'a, 'd> {
    document: Document<'d>,
    schemas: &'a mut Schemas<'d>,
    properties: Map<String, Value>,
    /// Which number the next member of a name gets.
    numbers: HashMap<String, usize>,
    required: Vec<Value>,
    pub(super) parameters: Vec<ParameterTemplate>,
    pub(super) body: Option<BodyTemplate>,
}

/// An operation can't be called.
pub(super) type Refusal = String;

impl<'a, 'd> Input<'a, 'd> {
    pub(super) fn new(document: Document<'d>, schemas: &'a mut Schemas<'d>) -> Self {
        Self {
            document,
            schemas,
            properties: Map::new(),
            numbers: HashMap::new(),
            required: Vec::new(),
            parameters: Vec::new(),
            body: None,
        }
    }

    /// Takes the members that were added, as a schema.
    pub(super) fn schema(&mut self) -> Value {
        let properties = std::mem::take(&mut self.properties);
        let mut schema = json!({
            "type": "object",
            "properties": {},
            "additionalProperties": false,
        });
        schema["properties"] = properties.into();
        if !self.required.is_empty() {
            schema["required"] = std::mem::take(&mut self.required).into();
        }
        schema
    }

    /// Adds a member, under another name if its own is taken or not allowed.
    fn add(&mut self, name: &str, otherwise: &str, schema: Value, required: bool) -> String {
        let worded = operator::in_words(name);
        let plain: String = worded
            .as_deref()
            .unwrap_or(name)
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        let plain = plain.trim_matches('_');
        let plain = if plain.is_empty() { otherwise } else { plain };
        let plain = &plain[..plain.len().min(LONGEST_NAME - 16)];
        let mut input = plain.to_owned();
        if self.properties.contains_key(&input) {
            let other = format!("{plain}_{otherwise}");
            let number = self.numbers.entry(other.clone()).or_insert(1);
            while self.properties.contains_key(&input) {
                input = match *number {
                    1 => other.clone(),
                    number => format!("{other}_{number}"),
                };
                *number += 1;
            }
        }
        let mut schema = schema;
        if let Some(schema) = schema.as_object_mut() {
            // It is a part of the input, whatever else its schema stands for.
            schema.remove("readOnly");
            if worded.is_some() {
                let described = schema.get("description").and_then(Value::as_str);
                let described = described.unwrap_or_default();
                let description = format!("{described} Sent as {}.", quoted(name));
                schema.insert("description".into(), description.trim_start().into());
            }
        }
        self.properties.insert(input.clone(), schema);
        if required {
            self.required.push(input.as_str().into());
        }
        input
    }

    /// Adds the parameters of an operation: its own stand in place of those of its path.
    pub(super) fn parameters(
        &mut self,
        path_item: &'d Value,
        operation: &'d Value,
        template: &PathTemplate,
    ) {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for part in [operation, path_item] {
            for parameter in items(part.get("parameters")) {
                let parameter = match self.document.resolve(parameter) {
                    Ok(parameter) => parameter,
                    Err(error) => {
                        self.schemas.note(error.to_string());
                        continue;
                    }
                };
                let text = |key: &str| parameter.get(key).and_then(Value::as_str);
                let (Some(name), Some(place)) = (text("name"), text("in")) else {
                    self.schemas.note("a parameter has no name or no place");
                    continue;
                };
                if seen.insert((name, place)) {
                    found.push((name, place, parameter));
                }
            }
        }
        for (name, place, parameter) in &found {
            self.parameter(name, place, parameter, template);
        }
        for name in placeholders(&template.path) {
            self.undeclared(ParameterPlace::Path, name, name);
        }
        for Open { name, placeholder } in &template.open {
            let is_declared = |(known, place, _): &(&str, &str, _)| {
                known == placeholder && matches!(*place, "path" | "query" | "querystring")
            };
            if !found.iter().any(is_declared) {
                self.undeclared(ParameterPlace::Query, name, placeholder);
            }
        }
    }

    /// Adds what the path names and nobody declares, as a text.
    fn undeclared(&mut self, place: ParameterPlace, name: &str, placeholder: &str) {
        let is_known = |known: &ParameterTemplate| known.place == place && known.name == name;
        if self.parameters.iter().any(is_known) {
            return;
        }
        self.schemas.note(format!(
            "{} parameter {} is not declared",
            place.as_str(),
            quoted(placeholder)
        ));
        let schema = json!({ "type": "string", "minLength": 1 });
        let input = self.add(placeholder, place.as_str(), schema, true);
        let (style, explode) = style::of_parameter(place, &Value::Null);
        self.parameters.push(ParameterTemplate {
            input,
            name: name.to_owned(),
            place,
            style,
            explode,
        });
    }

    fn parameter(
        &mut self,
        name: &'d str,
        place: &str,
        parameter: &'d Value,
        template: &PathTemplate,
    ) {
        let is_in_path = placeholders(&template.path).any(|known| known == name);
        let open = template.open.iter().find(|open| open.placeholder == name);
        let open = open.filter(|_| place == "path" && !is_in_path);
        let on_wire = open.map_or(name, |open| open.name.as_str());
        let place = match place {
            "path" if open.is_some() => ParameterPlace::Query,
            "path" => ParameterPlace::Path,
            "query" | "querystring" => ParameterPlace::Query,
            "header" => ParameterPlace::Header,
            "cookie" => ParameterPlace::Cookie,
            other => {
                let note = format!("parameter {} is in {}", quoted(name), quoted(other));
                self.schemas.note(note);
                return;
            }
        };
        let required = parameter.get("required") == Some(&Value::Bool(true));
        match place {
            ParameterPlace::Path if !is_in_path => {
                self.schemas.note(format!(
                    "path parameter {} is not in the path",
                    quoted(name)
                ));
                return;
            }
            ParameterPlace::Header if !is_token(name) => {
                self.schemas
                    .note(format!("header {} has no valid name", quoted(name)));
                return;
            }
            ParameterPlace::Query if template.states(on_wire) => return,
            // The specification has these three ignored; the others are the client's.
            ParameterPlace::Header if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
                return;
            }
            ParameterPlace::Header if !headers::is_declarable(name) => {
                self.schemas.note(format!(
                    "header {} is not a parameter: it could change whose request it is, or what it does",
                    quoted(name)
                ));
                return;
            }
            ParameterPlace::Cookie if !is_token(name) => {
                self.schemas
                    .note(format!("cookie {} has no valid name", quoted(name)));
                return;
            }
            _ => {}
        }
        let content = parameter.get("content").and_then(Value::as_object);
        let content = content.and_then(|content| content.iter().next());
        let schema = match content {
            Some((_, content)) => content.get("schema"),
            None => parameter.get("schema"),
        };
        let mut converted = self.schemas.once(parameter, |schemas| {
            let mut converted = match schema {
                Some(schema) => schemas.convert(schema),
                None => json!({}),
            };
            let described = parameter.get("description").and_then(Value::as_str);
            let description = clean(described.unwrap_or_default(), text::PARAMETER);
            if !description.is_empty() {
                converted["description"] = description.into();
            }
            if parameter.get("deprecated") == Some(&Value::Bool(true)) {
                converted["deprecated"] = true.into();
            }
            converted
        });
        if place == ParameterPlace::Path
            && converted["type"] == "string"
            && converted.get("minLength").is_none()
            && converted.get("enum").is_none()
        {
            converted["minLength"] = 1.into();
        }
        // What is of another media type is the text that it is.
        let is_json = |kind: &str| kind.to_ascii_lowercase().contains("json");
        let (style, explode) = if content.is_some_and(|(kind, _)| is_json(kind)) {
            (Style::Json, false)
        } else {
            style::of_parameter(place, parameter)
        };
        let is_required = required || place == ParameterPlace::Path || open.is_some();
        let input = self.add(name, place.as_str(), converted, is_required);
        self.parameters.push(ParameterTemplate {
            input,
            name: on_wire.to_owned(),
            place,
            style,
            explode,
        });
    }

    /// Adds the body of an operation, in the content type that is written best.
    pub(super) fn body(&mut self, operation: &'d Value) -> Result<(), Refusal> {
        let Some(body) = operation.get("requestBody") else {
            return Ok(());
        };
        let body = self
            .document
            .resolve(body)
            .map_err(|error| error.to_string())?;
        let Some(content) = body.get("content").and_then(Value::as_object) else {
            self.schemas.note("the body has no content type");
            return Ok(());
        };
        let stated = body.get("required") == Some(&Value::Bool(true));
        let document = self.document;
        let ranked = || {
            content.iter().filter_map(|(name, content)| {
                let schema = content.get("schema");
                let schema = schema.and_then(|schema| document.resolve(schema).ok());
                Some((media::encoding(name, schema)?, content))
            })
        };
        let best = ranked().min_by_key(|((rank, ..), _)| *rank);
        let loses_files = best.as_ref().is_some_and(|((_, encoding, _), content)| {
            let schema = content.get("schema");
            matches!(encoding, BodyEncoding::Json | BodyEncoding::Form)
                && schema.is_some_and(|schema| self.has_files(schema))
        });
        let mut forms =
            ranked().filter(|((_, encoding, _), _)| *encoding == BodyEncoding::Multipart);
        let chosen = forms.next().filter(|_| loses_files).or(best);
        let Some(((_, encoding, media_type), content)) = chosen else {
            if content.is_empty() {
                return Ok(());
            }
            let names: Vec<_> = content.keys().map(|name| quoted(name)).take(3).collect();
            let problem = format!("bodies of {} can't be written", names.join(", "));
            if stated {
                return Err(problem);
            }
            self.schemas.note(problem);
            return Ok(());
        };
        let source = self.source(content, encoding, stated);
        self.body = Some(BodyTemplate {
            media_type,
            encoding,
            source,
            required: stated,
        });
        Ok(())
    }

    fn source(&mut self, content: &'d Value, encoding: BodyEncoding, stated: bool) -> BodySource {
        let schema = content.get("schema");
        match encoding {
            BodyEncoding::Binary => {
                let input = self.add("file", "body", file::one("The body, as a file."), stated);
                return BodySource::Member(input);
            }
            BodyEncoding::Text => {
                let text = json!({ "type": "string", "description": "The body, as text." });
                return BodySource::Member(self.add("body", "body", text, stated));
            }
            BodyEncoding::Json
            | BodyEncoding::Form
            | BodyEncoding::Multipart
            | BodyEncoding::Related => {}
        }
        let is_form = encoding != BodyEncoding::Json;
        let mut any = None;
        if let Some(schema) = schema {
            let members = Members::of(self.document, schema);
            let has_required = members.required_of_requests().next().is_some();
            let subtypes = (!is_form).then(|| self.schemas.any_subtypes(schema));
            any = subtypes.flatten();
            let spreads = any.is_none()
                && !members.is_mixed
                && !members.is_empty()
                && members.len() <= MOST_FIELDS
                && (!members.is_open || is_form)
                // A body that may be left out, with members that may not, is one thing.
                && (stated || !has_required || is_form);
            if spreads {
                return self.members(&members, content, encoding);
            }
        }
        let mut converted = match (any, schema) {
            (Some(any), _) => any,
            (None, Some(schema)) => self.schemas.convert(schema),
            (None, None) => json!({}),
        };
        if converted.get("description").is_none() {
            converted["description"] = "The body.".into();
        }
        BodySource::Member(self.add("body", "body", converted, stated))
    }

    fn member(&mut self, definitions: &[&'d Value]) -> Value {
        if let [only] = definitions
            && let Some(any) = self.schemas.any_subtypes(only)
        {
            return any;
        }
        self.schemas.convert_all(definitions)
    }

    /// Returns whether a member is an object, or a list of them.
    fn is_structured(&self, definitions: &[&'d Value]) -> bool {
        let is_object = |&schema: &&'d Value| {
            let schema = self.document.resolve(schema).ok();
            schema.is_some_and(|schema| {
                schema["type"] == "object" || schema.get("properties").is_some()
            })
        };
        definitions.iter().any(|&schema| {
            let listed = self.document.resolve(schema).ok();
            let listed = listed.and_then(|schema| schema.get("items"));
            is_object(&schema) || listed.as_ref().is_some_and(is_object)
        })
    }

    fn members(
        &mut self,
        members: &Members<'d>,
        content: &'d Value,
        encoding: BodyEncoding,
    ) -> BodySource {
        let required: BTreeSet<_> = members.required_of_requests().collect();
        let encodings = content.get("encoding");
        let is_form = encoding != BodyEncoding::Json;
        let mut fields = Vec::new();
        for keyword in &members.dropped {
            self.schemas.note(format!("`{keyword}` is not kept"));
        }
        for (name, definitions) in members.all() {
            if members.is_marked(name, "readOnly") {
                continue;
            }
            let has_files = matches!(encoding, BodyEncoding::Multipart | BodyEncoding::Related);
            let files = has_files.then(|| self.files(definitions[0])).flatten();
            let is_file = files.is_some();
            let mut converted = match files {
                Some(files) => files,
                // What a reference leads to is not changed.
                None if self.is_file_elsewhere(definitions[0]) => {
                    let target = self.plain(definitions[0]);
                    self.schemas.convert(target)
                }
                None => self.member(definitions),
            };
            if !has_files && file::as_text(&mut converted) {
                let note = format!("member {} is a file, but is sent as text", quoted(name));
                self.schemas.note(note);
            }
            let own = encodings.and_then(|encodings| encodings.get(name));
            let own = own.filter(|own| {
                let other = (is_form && !is_file && self.is_structured(definitions))
                    .then(|| media::unwritten(own))
                    .flatten();
                if let Some(kind) = other {
                    let (name, kind) = (quoted(name), quoted(kind));
                    let note = format!("member {name} is sent as JSON: {kind} can't be written");
                    self.schemas.note(note);
                }
                other.is_none()
            });
            let style = is_form.then(|| style::of_field(own));
            let input = self.add(name, "body", converted, required.contains(name));
            fields.push(FieldTemplate {
                input,
                name: name.to_owned(),
                style,
                file: is_file,
                media_type: has_files.then(|| own.and_then(media::of_part)).flatten(),
            });
        }
        for name in required {
            if members.get(name).is_some() {
                continue;
            }
            // What it is the document does not say; in a form everything is a text.
            let schema = match encoding {
                BodyEncoding::Json => json!({}),
                _ => json!({ "type": "string" }),
            };
            let input = self.add(name, "body", schema, true);
            fields.push(FieldTemplate {
                input,
                name: name.to_owned(),
                style: is_form.then_some((Style::Form, true)),
                file: false,
                media_type: None,
            });
        }
        BodySource::Members(fields)
    }
}

pub(super) fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
}
