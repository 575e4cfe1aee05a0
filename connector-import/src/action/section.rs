//! Inputs in sections, brought to the flat form.

use plugwright_sdk::host::Faults;
use plugwright_sdk::{ActionError, Result, Value};
use serde_json::Map;

use crate::form::{BodyEncoding, BodySource, ParameterPlace, RequestTemplate};

/// The sections that an input may be divided into, with the places that they stand for; the body is none.
const SECTIONS: [(&str, Option<ParameterPlace>); 7] = [
    ("path", Some(ParameterPlace::Path)),
    ("query", Some(ParameterPlace::Query)),
    ("header", Some(ParameterPlace::Header)),
    ("headers", Some(ParameterPlace::Header)),
    ("cookie", Some(ParameterPlace::Cookie)),
    ("cookies", Some(ParameterPlace::Cookie)),
    ("body", None),
];

/// Brings an input in sections (`{"path": {..}, "query": {..}, "body": {..}}`) to the flat form. In a
/// section, names are those that the provider has for what goes there, or those of the flat form.
///
/// # Errors
///
/// If a section has a member that does not go there, or one is given twice.
pub(super) fn flattened(
    members: Map<String, Value>,
    known: Option<&Map<String, Value>>,
    request: &RequestTemplate,
) -> Result<Map<String, Value>> {
    let is_known = |name: &str| known.is_some_and(|known| known.contains_key(name));
    let place_of = |name: &str| {
        let mut sections = SECTIONS.iter();
        sections
            .find(|(known, _)| *known == name)
            .map(|(_, place)| *place)
    };
    let is_section = |(name, value): (&String, &Value)| {
        place_of(name).is_some() && (name == "body" || (value.is_object() && !is_known(name)))
    };
    let has_section = members
        .keys()
        .any(|name| place_of(name).is_some() && !is_known(name));
    if !has_section || !members.iter().all(is_section) {
        return Ok(members);
    }
    let mut flat = Map::new();
    let mut faults = Faults::new();
    for (section, value) in members {
        let place = place_of(&section).flatten();
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

/// Returns the member of the input that is the whole body.
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
        match flattened(members, known.as_object(), request) {
            Ok(flat) => flat.into(),
            Err(error) => error
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
}
