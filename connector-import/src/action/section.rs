//! Inputs in sections, brought to the flat form.

use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, Result, Value};
use serde_json::Map;

use crate::form::{BodyEncoding, BodySource, ParameterPlace, RequestTemplate};

/// The sections that an input may be divided into, with the places that they stand for; the body is none.
static SECTIONS: [(&str, Option<ParameterPlace>); 7] = [
    ("path", Some(ParameterPlace::Path)),
    ("query", Some(ParameterPlace::Query)),
    ("header", Some(ParameterPlace::Header)),
    ("headers", Some(ParameterPlace::Header)),
    ("cookie", Some(ParameterPlace::Cookie)),
    ("cookies", Some(ParameterPlace::Cookie)),
    ("body", None),
];

#[derive(Debug)]
pub(super) enum Form {
    Flat,
    /// In sections; brought to the flat form.
    Sections(Result<Map<String, Value>>),
    /// Either: also as sections it may be right.
    Either(Result<Map<String, Value>>),
}

/// Tells an input in sections (`{"path": {..}, "query": {..}, "body": {..}}`) from a flat one, and brings
/// it to the flat form. In a section, names are those that the provider has for what goes there, or those
/// of the flat form. There may also be parameters of the names of sections.
///
/// The flat form is an error if a section has a member that does not go there, or one is given twice.
pub(super) fn form(
    members: &Map<String, Value>,
    known: Option<&Map<String, Value>>,
    request: &RequestTemplate,
) -> Form {
    let is_whole = |name: &str| whole(request).is_some_and(|(input, _)| input == name);
    let mut is_certain = false;
    let mut may_be = false;
    for (name, value) in members {
        if section_of(name).is_none() || (name != "body" && !value.is_object()) {
            return Form::Flat;
        }
        match known.and_then(|known| known.get(name)) {
            None => is_certain = true,
            // What the body is as a section it is as a member too.
            Some(_) if !value.is_object() || is_whole(name) => {}
            Some(schema) if takes_objects(schema) => may_be = true,
            Some(_) => is_certain = true,
        }
    }
    match (is_certain, may_be) {
        (true, _) => Form::Sections(flattened(members, request)),
        (false, true) => Form::Either(flattened(members, request)),
        (false, false) => Form::Flat,
    }
}

fn section_of(name: &str) -> Option<&'static (&'static str, Option<ParameterPlace>)> {
    SECTIONS.iter().find(|(known, _)| *known == name)
}

fn takes_objects(schema: &Value) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        _ => true,
    }
}

fn flattened(
    members: &Map<String, Value>,
    request: &RequestTemplate,
) -> Result<Map<String, Value>> {
    let mut flat = Map::new();
    let mut faults = Faults::new();
    for (section, value) in members.clone() {
        let place = section_of(&section).and_then(|(_, place)| *place);
        let inner = match (whole(request).filter(|_| place.is_none()), value) {
            // A file is a text, so that an object can only have it.
            (Some((_, BodyEncoding::Binary)), Value::Object(inner)) => inner,
            (Some((input, _)), value) => Map::from_iter([(input.to_owned(), value)]),
            (_, Value::Object(inner)) => inner,
            (_, value) => {
                flat.insert(section, value);
                continue;
            }
        };
        let names = names(request, place);
        for (name, value) in inner {
            let at = || format!("{section}.{name}");
            match input_of(&names, place, &name) {
                None => faults.note(at(), "is not a parameter"),
                Some(input) if flat.contains_key(input) => faults.note(at(), "is given twice"),
                Some(input) => {
                    flat.insert(input.to_owned(), value);
                }
            }
            if faults.is_full() {
                faults.stop();
                break;
            }
        }
    }
    if faults.is_empty() {
        Ok(flat)
    } else {
        Err(ActionError::invalid(faults))
    }
}

fn whole(request: &RequestTemplate) -> Option<(&str, BodyEncoding)> {
    let body = request.body.as_ref()?;
    match &body.source {
        BodySource::Member(input) => Some((input, body.encoding)),
        BodySource::Members(_) => None,
    }
}

/// Returns the names that the provider has for what goes into a section, each with that in the input.
fn names(request: &RequestTemplate, place: Option<ParameterPlace>) -> Vec<(&str, &str)> {
    let body = request.body.as_ref().map(|body| &body.source);
    match (place, body) {
        (Some(place), _) => {
            let parameters = request.parameters.iter();
            parameters
                .filter(|parameter| parameter.place == place)
                .map(|parameter| (parameter.name.as_str(), parameter.input.as_str()))
                .collect()
        }
        (None, Some(BodySource::Members(fields))) => fields
            .iter()
            .map(|field| (field.name.as_str(), field.input.as_str()))
            .collect(),
        (None, Some(BodySource::Member(input))) => vec![(input, input)],
        (None, None) => Vec::new(),
    }
}

fn input_of<'a>(
    names: &[(&'a str, &'a str)],
    place: Option<ParameterPlace>,
    name: &str,
) -> Option<&'a str> {
    let is_named = |known: &str| match place {
        Some(ParameterPlace::Header) => known.eq_ignore_ascii_case(name),
        _ => known == name,
    };
    let on_wire = names.iter().find(|(known, _)| is_named(known));
    let found = on_wire.or_else(|| names.iter().find(|(_, input)| *input == name));
    found.map(|(_, input)| *input)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    fn request(path: Value) -> RequestTemplate {
        serde_json::from_value(path).unwrap()
    }

    /// Returns the flat form, or what is wrong.
    fn flat(input: Value, known: &Value, request: &RequestTemplate) -> Value {
        let Value::Object(members) = input else {
            panic!("it is no object");
        };
        match form(&members, known.as_object(), request) {
            Form::Flat => members.into(),
            Form::Sections(Ok(flat)) | Form::Either(Ok(flat)) => flat.into(),
            Form::Sections(Err(error)) | Form::Either(Err(error)) => error
                .faults()
                .iter()
                .map(|fault| Value::from(fault.param.as_str()))
                .collect(),
        }
    }

    #[test]
    fn a_name_in_a_section_is_that_of_its_place() {
        let parameter = |input: &str, name: &str, place: &str| json!({ "input": input, "name": name, "place": place, "style": "simple", "explode": false });
        let request = request(json!({
            "method": "POST", "path": "/accounts/{id}/close",
            "parameters": [
                parameter("id", "id", "path"),
                parameter("id_query", "id", "query"),
                parameter("X-Id", "X-Id", "header"),
            ],
            "body": { "media_type": "application/json", "encoding": "json", "required": true, "source": { "members": [
                { "input": "id_body", "name": "id" }, { "input": "why", "name": "why" },
            ] } },
        }));
        let known = json!({ "id": {}, "id_query": {}, "X-Id": {}, "id_body": {}, "why": {} });
        let sections = json!({
            "path": { "id": "1" }, "query": { "id": "2" }, "headers": { "x-id": "3" },
            "body": { "id": "request-77", "why": "x" },
        });
        let expected = json!({
            "id": "1", "id_query": "2", "X-Id": "3", "id_body": "request-77", "why": "x",
        });
        assert_eq!(flat(sections, &known, &request), expected);
        let named = json!({ "path": { "id": "1" }, "body": { "id_body": "4" } });
        let expected = json!({ "id": "1", "id_body": "4" });
        assert_eq!(flat(named, &known, &request), expected);
        for (wrong, expected) in [
            (json!({ "path": { "id": "1", "why": "x" } }), "path.why"),
            (json!({ "query": { "X-Id": "1" } }), "query.X-Id"),
            (
                json!({ "body": { "id": "1", "id_body": "2" } }),
                "body.id_body",
            ),
            (
                json!({ "header": { "X-Id": "1" }, "headers": { "x-id": "2" } }),
                "headers.x-id",
            ),
        ] {
            let faults = flat(wrong, &known, &request);
            assert_eq!(faults, json!([expected]));
        }
        for same in [
            json!({ "id": 1 }),
            json!({ "path": "x" }),
            json!({ "path": {}, "id": 1 }),
            json!({}),
        ] {
            assert_eq!(flat(same.clone(), &known, &request), same);
        }
    }

    #[test]
    fn a_body_that_is_one_member_is_its_section() {
        let of = |input: &str, encoding: &str| {
            request(json!({
                "method": "POST", "path": "/{id}",
                "parameters": [
                    { "input": "id", "name": "id", "place": "path", "style": "simple", "explode": false },
                ],
                "body": { "media_type": "a/b", "encoding": encoding, "required": true, "source": { "member": input } },
            }))
        };
        for (input, encoding, body, expected) in [
            ("body", "json", json!({ "a": 1 }), json!({ "a": 1 })),
            ("body", "json", json!([1]), json!([1])),
            ("file", "binary", json!("data:,x"), json!("data:,x")),
            (
                "file",
                "binary",
                json!({ "file": "data:,x" }),
                json!("data:,x"),
            ),
        ] {
            let known = json!({ "id": {}, input: {} });
            let given = json!({ "path": { "id": 1 }, "body": body });
            let expected = json!({ "id": 1, input: expected });
            assert_eq!(flat(given, &known, &of(input, encoding)), expected);
        }
    }

    #[test]
    fn parameters_may_have_the_names_of_sections() {
        let request = request(json!({
            "method": "POST", "path": "/", "parameters": [
                { "input": "query", "name": "query", "place": "query", "style": "form", "explode": true },
            ],
            "body": { "media_type": "application/json", "encoding": "json", "required": true, "source": { "members": [
                { "input": "title", "name": "title" }, { "input": "body", "name": "body" },
            ] } },
        }));
        let is = |kind: &str, body: Value| {
            let known = json!({ "query": { "type": kind }, "body": { "type": kind }, "title": {} });
            let members = body.as_object().unwrap();
            match form(members, known.as_object(), &request) {
                Form::Flat => json!("flat"),
                Form::Sections(flat) => flat.unwrap().into(),
                Form::Either(flat) => json!([flat.ok()]),
            }
        };
        let sections = json!({ "query": { "query": "x" }, "body": { "title": "t", "body": "b" } });
        let flat = json!({ "query": "x", "title": "t", "body": "b" });
        assert_eq!(is("string", sections.clone()), flat);
        assert_eq!(is("object", sections), json!([flat]));
        assert_eq!(
            is("object", json!({ "query": { "match": {} } })),
            json!([null])
        );
        let same = json!({ "query": "x", "body": "b" });
        assert_eq!(is("string", same), json!("flat"));
        let with_path = json!({ "path": {}, "query": { "query": {} } });
        assert_eq!(is("object", with_path), json!({ "query": {} }));
    }
}
