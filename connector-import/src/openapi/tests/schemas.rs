//! What schemas of bodies mean.

use plugwright_sdk::{Value, json};

use super::{document, imported, plan, with};
use crate::report::Outcome;

/// A document of one operation, which takes a body, and of schemas.
fn posting(version: &str, body: Value, schemas: Value) -> Value {
    let content = json!({ "application/json": { "schema": body } });
    let mut document = with(
        document(json!({ "/things": { "post": {
            "operationId": "thing.send", "requestBody": { "required": true, "content": content },
        } } })),
        "/components",
        json!({ "schemas": schemas }),
    );
    document["openapi"] = version.into();
    document
}

/// Returns the body that is sent, or the parameter that is wrong.
fn sent(document: &Value, input: Value) -> Result<Value, String> {
    let planned = plan(document, "thing.send", input)
        .map_err(|error| error.param().unwrap_or_default().to_owned())?;
    Ok(serde_json::from_slice(&planned.body.unwrap().bytes()).unwrap())
}

#[test]
fn operations_that_share_a_parameter_have_the_same_of_it() {
    let parameters = json!({
        "State": { "name": "state", "in": "query", "deprecated": true, "description": "<b>State</b>",
            "schema": { "type": "string", "enum": ["open", "closed", "open"] } },
        "Odd": { "name": "odd", "in": "query", "schema": { "type": "string", "pattern": "(?<=a)b" } },
    });
    let operation = json!({ "parameters": [
        { "$ref": "#/components/parameters/State" }, { "$ref": "#/components/parameters/Odd" },
    ] });
    let paths = ["/a", "/b", "/c"].map(|path| (path.to_owned(), json!({ "get": operation })));
    let document = document(Value::Object(paths.into_iter().collect()));
    let imported = imported(&with(
        document,
        "/components",
        json!({ "parameters": parameters }),
    ));
    assert_eq!(imported.connector.actions.len(), 3);
    for action in &imported.connector.actions {
        assert_eq!(
            action.input["properties"],
            json!({
                "state": { "type": "string", "enum": ["open", "closed"], "description": "State", "deprecated": true },
                "odd": { "type": "string" },
            })
        );
    }
    for operation in &imported.report.operations {
        let reasons = &operation.reasons;
        assert!(
            reasons
                .iter()
                .any(|reason| reason == "a pattern can't be used"),
            "{reasons:?}"
        );
    }
}

#[test]
fn null_is_sent_where_it_is_allowed_and_is_nothing_elsewhere() {
    let text = json!({ "type": "string" });
    let nothing = json!({ "type": "null" });
    let pet = json!({ "$ref": "#/components/schemas/Pet" });
    let document = posting(
        "3.1.0",
        json!({ "type": "object", "properties": {
            "any": { "anyOf": [text, nothing] }, "one": { "oneOf": [nothing, text] },
            "list": { "type": ["string", "null"] }, "nothing": nothing,
            "named": { "$ref": "#/components/schemas/Maybe" },
            "pet": { "oneOf": [pet, nothing] }, "open": {}, "enum": { "enum": ["a", null] },
            "const": { "const": null }, "a/b~c": text, "plain": text, "other": pet,
        } }),
        json!({
            "Maybe": { "anyOf": [text, nothing] },
            "Pet": { "type": "object", "properties": { "name": text } },
        }),
    );
    for name in [
        "any", "one", "list", "nothing", "named", "pet", "open", "enum", "const",
    ] {
        let body = sent(&document, json!({ (name): null })).unwrap();
        assert_eq!(body, json!({ (name): null }));
    }
    for name in ["plain", "other", "a_b_c"] {
        assert_eq!(sent(&document, json!({ (name): null })).unwrap(), json!({}));
    }
    let unknown = sent(&document, json!({ "unknown": null }));
    assert_eq!(unknown.unwrap_err(), "unknown");
    for name in ["any", "one", "list", "nothing", "named", "pet"] {
        let wrong = sent(&document, json!({ (name): 5 }));
        assert_eq!(wrong.unwrap_err(), name);
    }
    let connector = imported(&document).connector.connector().unwrap();
    let params = connector.actions().next().unwrap().params();
    let kinds = params.iter().map(|param| param.kind.as_str());
    let kinds: Vec<_> = kinds.take(6).collect();
    assert_eq!(
        kinds,
        ["string", "string", "string", "null", "string", "object"]
    );
}

#[test]
fn what_stands_beside_a_reference_counts_since_3_1() {
    let text = json!({ "type": "string" });
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let extended = json!({
        "$ref": "#/components/schemas/Base", "properties": { "extra": text }, "required": ["extra"],
    });
    let schemas = json!({
        "Base": { "type": "object", "properties": { "a": text, "b": text } },
        "Alias": extended, "Code": text,
    });
    for body in [&extended, &json!({ "$ref": "#/components/schemas/Alias" })] {
        let document = posting("3.1.0", body.clone(), schemas.clone());
        let whole = json!({ "a": "x", "extra": "y" });
        assert_eq!(sent(&document, whole.clone()).unwrap(), whole);
        assert_eq!(sent(&document, json!({ "a": "x" })).unwrap_err(), "extra");
    }
    let old = posting("3.0.3", extended.clone(), schemas.clone());
    let wrong = sent(&old, json!({ "extra": "y" }));
    assert_eq!(wrong.unwrap_err(), "extra");
    let within = json!({ "type": "object", "properties": {
        "whole": { "$ref": "#/components/schemas/Base", "required": ["a"] },
        "alias": { "$ref": "#/components/schemas/Alias" },
        "code": { "$ref": "#/components/schemas/Code", "maxLength": 3, "default": "z" },
        "list": { "type": "array", "items": base },
    } });
    let document = posting("3.1.0", within, schemas);
    let good = json!({ "whole": { "a": "x" }, "alias": { "extra": "y" }, "code": "abc" });
    assert_eq!(sent(&document, good.clone()).unwrap(), good);
    for (input, place) in [
        (json!({ "whole": { "b": "x" } }), "whole.a"),
        (json!({ "alias": {} }), "alias.extra"),
        (json!({ "alias": { "a": 1, "extra": "y" } }), "alias.a"),
        (json!({ "code": "abcd" }), "code"),
    ] {
        assert_eq!(sent(&document, input).unwrap_err(), place);
    }
    assert_eq!(imported(&document).report.count(Outcome::Imported), 1);
}

#[test]
fn what_is_not_kept_of_a_definition_degrades_each_operation_that_has_it() {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let sending = |schema: Value| {
        let content = json!({ "application/json": { "schema": {
            "type": "object", "properties": { "it": schema },
        } } });
        json!({ "post": { "requestBody": { "content": content } } })
    };
    let document = document(json!({
        "/a": sending(reference("Code")), "/b": sending(reference("Code")),
        "/c": sending(reference("Item")), "/d": sending(reference("Plain")),
    }));
    let schemas = json!({
        "Code": { "type": "string", "pattern": "(?=x)" },
        "Item": { "type": "object", "properties": { "code": reference("Code"), "in": reference("Item") } },
        "Plain": { "type": "string" },
    });
    let report = imported(&with(
        document,
        "/components",
        json!({ "schemas": schemas }),
    ))
    .report;
    let reasons = report.operations.iter().map(|it| it.reasons.as_slice());
    let odd = ["a pattern can't be used".to_owned()];
    let none: &[String] = &[];
    assert_eq!(reasons.collect::<Vec<_>>(), [&odd[..], &odd, &odd, none]);
    assert_eq!(report.count(Outcome::Degraded), 3);
}

#[test]
fn an_operation_is_degraded_by_each_keyword_that_is_not_kept() {
    let rules = json!({ "if": { "required": ["a"] }, "then": { "required": ["b"] } });
    for (body, keyword) in [
        (
            json!({ "properties": { "a": {} }, "if": rules["if"], "then": rules["then"] }),
            "if",
        ),
        (
            json!({ "properties": { "a": {} }, "dependentRequired": { "a": ["b"] } }),
            "dependentRequired",
        ),
        (
            json!({ "properties": { "a": { "type": "array", "contains": {} } } }),
            "contains",
        ),
        (
            json!({ "properties": { "a": { "type": "object", "unevaluatedProperties": false } } }),
            "unevaluatedProperties",
        ),
        (
            json!({ "properties": { "a": { "$dynamicRef": "#node" } } }),
            "$dynamicRef",
        ),
    ] {
        let report = imported(&posting("3.1.0", body, json!({}))).report;
        let reasons = &report.operations[0].reasons;
        assert_eq!(reasons, &[format!("`{keyword}` is not kept")]);
    }
    let within = json!({ "properties": { "a": {
        "type": "object", "properties": { "b": {}, "c": {} }, "dependentRequired": { "b": ["c"] },
    } } });
    let document = posting("3.1.0", within, json!({}));
    assert_eq!(imported(&document).report.count(Outcome::Imported), 1);
    assert!(sent(&document, json!({ "a": { "b": 1 } })).is_err());
}

#[test]
fn a_body_that_stands_for_several_has_the_members_of_each() {
    let text = json!({ "type": "string" });
    let pet = json!({ "$ref": "#/components/schemas/Pet" });
    let cat = json!({ "$ref": "#/components/schemas/Cat" });
    let schemas = json!({
        "Pet": { "type": "object", "required": ["kind"], "properties": { "kind": text },
            "discriminator": { "propertyName": "kind" } },
        "Cat": { "allOf": [pet, { "type": "object", "properties": { "claws": { "type": "integer" } } }] },
        "Lion": { "allOf": [cat, { "type": "object", "properties": { "mane": text } }] },
    });
    let document = posting("3.0.3", pet.clone(), schemas.clone());
    let lion = json!({ "kind": "Lion", "claws": 18, "mane": "long" });
    assert_eq!(sent(&document, json!({ "body": lion })).unwrap(), lion);
    assert!(sent(&document, json!({ "body": { "claws": 18 } })).is_err());
    let input = &imported(&document).connector.actions[0].input;
    let named = |name: &str| {
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        json!({ "allOf": [reference, { "properties": { "kind": { "examples": [name] } } }] })
    };
    assert_eq!(
        input["properties"]["body"]["anyOf"],
        ["Pet", "Cat", "Lion"]
            .map(named)
            .into_iter()
            .collect::<Value>()
    );
    // Members of the body are alike, and lists of them.
    let pets = json!({ "type": "array", "minItems": 1, "items": pet });
    let document = posting(
        "3.0.3",
        json!({ "properties": { "one": pet, "several": pets, "list": { "$ref": "#/components/schemas/List" } } }),
        with(schemas.clone(), "/List", pets),
    );
    let body = json!({ "one": lion, "several": [lion], "list": [lion] });
    assert_eq!(sent(&document, body.clone()).unwrap(), body);
    let input = &imported(&document).connector.actions[0].input["properties"];
    for (place, known) in [
        ("one", &input["one"]),
        ("several", &input["several"]["items"]),
        ("list", &input["list"]["items"]),
    ] {
        assert_eq!(known["anyOf"][2], named("Lion"), "{place}");
    }
    assert_eq!(
        sent(&document, json!({ "several": [] })).unwrap_err(),
        "several"
    );
    // One of them is itself.
    let document = posting("3.0.3", cat, schemas);
    let cat = json!({ "kind": "Cat", "claws": 18 });
    assert_eq!(sent(&document, cat.clone()).unwrap(), cat);
}

#[test]
fn alternatives_are_told_apart_by_what_the_document_maps_to_them() {
    let text = json!({ "type": "string" });
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let animal = |own: &str| json!({ "type": "object", "properties": { "kind": text, own: text } });
    let kind = |schema: Value| json!({ "type": "object", "properties": { "kind": schema } });
    let schemas = json!({
        "Cat": animal("claws"), "Dog": { "allOf": [reference("Base"), animal("bark")] },
        "Base": { "type": "object", "required": ["kind"], "properties": { "kind": text } },
        "Mapped": {
            "oneOf": [reference("Cat"), reference("Dog")],
            "discriminator": { "propertyName": "kind", "mapping": {
                "cat": "#/components/schemas/Cat", "dog": "Dog", "hound": "Dog", "cow": "Cow",
            } },
        },
        "Named": {
            "oneOf": [reference("Cat"), reference("Dog"), { "type": "null" }],
            "discriminator": { "propertyName": "kind" },
        },
        "Yes": kind(json!({ "const": "yes" })), "No": kind(json!({ "enum": ["no", "never"] })),
        "Own": {
            "oneOf": [reference("Yes"), reference("No")],
            "discriminator": { "propertyName": "kind", "mapping": { "Y": "Yes", "N": "No" } },
        },
        "One": kind(json!({ "type": "integer" })), "Two": kind(json!({ "type": "integer" })),
        "Numbers": {
            "oneOf": [reference("One"), reference("Two")],
            "discriminator": { "propertyName": "kind", "mapping": { "1": "One", "2": "Two" } },
        },
    });
    let of = |name: &str, required: Value| {
        let body = json!({ "properties": { "it": reference(name) }, "required": required });
        posting("3.1.0", body, schemas.clone())
    };
    for (name, good, bad) in [
        (
            "Mapped",
            json!({ "kind": "dog", "bark": "x" }),
            json!({ "kind": "Dog" }),
        ),
        ("Mapped", json!({ "kind": "hound" }), json!({ "bark": "x" })),
        (
            "Mapped",
            json!({ "kind": "cat", "claws": "x" }),
            json!({ "kind": "cat", "claws": 1 }),
        ),
        (
            "Named",
            json!({ "kind": "doggy", "bark": "x" }),
            json!({ "kind": 1 }),
        ),
        ("Named", json!(null), json!("x")),
        ("Own", json!({ "kind": "never" }), json!({ "kind": "N" })),
        ("Numbers", json!({ "kind": 2 }), json!({ "kind": "2" })),
    ] {
        let document = of(name, json!([]));
        let good = json!({ "it": good });
        assert_eq!(sent(&document, good.clone()).unwrap(), good);
        assert_eq!(sent(&document, json!({ "it": bad })).unwrap_err(), "it");
    }
    // What is made of the schema, as in a mock, is right, and answers are checked alike.
    for name in ["Mapped", "Named", "Own"] {
        let connector = imported(&of(name, json!(["it"])))
            .connector
            .connector()
            .unwrap();
        let schema = connector.actions().next().unwrap().input_schema();
        let made = plugwright_sdk::schema::example::of(&schema);
        assert!(made["it"]["kind"].is_string(), "{made}");
        assert!(jsonschema::is_valid(&schema, &made), "{made}");
    }
    let definitions = imported(&of("Named", json!([]))).connector.definitions;
    let kind = |index: usize| &definitions["Named"]["anyOf"][index]["allOf"][1]["properties"];
    assert_eq!(kind(1)["kind"], json!({ "examples": ["Dog"] }));
}

#[test]
fn all_definitions_of_a_member_count() {
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let body = json!({ "allOf": [base, { "type": "object", "properties": {
        "state": { "enum": ["on", "off"] }, "count": { "type": "integer", "maximum": 5 },
        "name": { "type": "integer" }, "at": { "maxLength": 3 },
    } }] });
    let schemas = json!({
        "Base": { "type": "object", "properties": {
            "state": { "type": "string", "description": "The state." },
            "count": { "type": ["number", "null"], "maximum": 9 },
            "name": { "type": "string" }, "at": { "$ref": "#/components/schemas/Text" },
        } },
        "Text": { "type": "string", "minLength": 2 },
    });
    let document = posting("3.1.0", body.clone(), schemas.clone());
    let nested = posting("3.1.0", json!({ "properties": { "in": body } }), schemas);
    let good = json!({ "state": "on", "count": 5, "name": "x", "at": "abc" });
    assert_eq!(sent(&document, good.clone()).unwrap(), good);
    for (name, wrong) in [
        ("state", json!("x")),
        ("state", json!(1)),
        ("count", json!(6)),
        ("count", json!(1.5)),
        ("at", json!("a")),
        ("at", json!("abcd")),
    ] {
        let input = json!({ (name): wrong });
        assert_eq!(sent(&document, input.clone()).unwrap_err(), name);
        assert!(sent(&nested, json!({ "in": input })).is_err());
    }
    // No value is a text and a number.
    let report = imported(&document).report;
    let reasons = &report.operations[0].reasons;
    assert!(reasons[0].contains("contradict"), "{reasons:?}");
}

#[test]
fn what_only_answers_have_is_not_asked_for_wherever_it_says_so() {
    let text = json!({ "type": "string" });
    let body = json!({ "type": "object", "required": ["id", "name", "child", "other", "wrapped"], "properties": {
        "id": { "$ref": "#/components/schemas/Id" }, "name": text,
        "child": { "allOf": [{ "$ref": "#/components/schemas/Base" }, { "required": ["id", "name"] }] },
        "other": { "type": "object", "required": ["id", "name"],
            "properties": { "id": { "$ref": "#/components/schemas/Id" }, "name": text } },
        "wrapped": { "type": "object", "required": ["id", "name"], "properties": { "name": text },
            "allOf": [{ "$ref": "#/components/schemas/Base" }] },
        "key": { "allOf": [{ "$ref": "#/components/schemas/Id" }] },
    } });
    let schemas = json!({
        "Id": { "type": "string", "readOnly": true },
        "Base": { "type": "object", "properties": {
            "id": { "type": "string", "readOnly": true }, "name": text,
        } },
    });
    let document = posting("3.0.3", body, schemas.clone());
    let named = json!({ "name": "x" });
    let good = json!({ "name": "x", "child": named, "other": named, "wrapped": named });
    assert_eq!(sent(&document, good.clone()).unwrap(), good);
    let mut wrong = good.clone();
    wrong["other"] = json!({});
    assert_eq!(sent(&document, wrong).unwrap_err(), "other.name");
    for name in ["id", "key"] {
        let mut wrong = good.clone();
        wrong[name] = "x".into();
        assert_eq!(sent(&document, wrong).unwrap_err(), name);
    }
    // A parameter is a part of the request whatever its schema is used for elsewhere.
    let mut document = posting("3.0.3", json!({}), schemas);
    document["paths"] = json!({ "/things/{id}": { "get": { "operationId": "thing.send", "parameters": [
        { "name": "id", "in": "path", "required": true, "schema": { "$ref": "#/components/schemas/Id" } },
    ] } } });
    let planned = plan(&document, "thing.send", json!({ "id": "7" })).unwrap();
    assert!(planned.url.ends_with("/things/7"), "{}", planned.url);
}

#[test]
fn what_only_requests_have_is_asked_for_there_alone() {
    let text = json!({ "type": "string" });
    let secret = json!({ "type": "string", "writeOnly": true });
    let base = json!({ "$ref": "#/components/schemas/Base" });
    let user = json!({ "type": "object", "required": ["id", "name", "secret", "child"], "properties": {
        "id": { "type": "string", "readOnly": true }, "name": text, "secret": secret,
        "child": { "allOf": [base, { "required": ["id", "secret"] }] },
        "card": { "type": "object", "required": ["number", "code"], "properties": {
            "number": text, "code": { "$ref": "#/components/schemas/Code", "nullable": true } } },
    } });
    let schemas = json!({ "User": user, "Code": secret, "Base": { "type": "object", "properties": {
        "id": { "type": "string", "readOnly": true }, "secret": secret,
    } } });
    let user = json!({ "$ref": "#/components/schemas/User" });
    let mut document = posting("3.0.3", user.clone(), schemas);
    document["paths"]["/things"]["post"]["responses"] =
        json!({ "200": { "content": { "application/json": { "schema": user } } } });
    let card = json!({ "number": "1", "code": "2" });
    let good = json!({ "name": "x", "secret": "y", "child": { "secret": "y" }, "card": card });
    assert_eq!(sent(&document, good.clone()).unwrap(), good);
    for (pointer, name) in [
        ("", "secret"),
        ("/child", "child.secret"),
        ("/card", "card.code"),
    ] {
        let mut wrong = good.clone();
        let part = wrong.pointer_mut(pointer).unwrap();
        let member = name.rsplit('.').next().unwrap();
        part.as_object_mut().unwrap().shift_remove(member);
        assert_eq!(sent(&document, wrong).unwrap_err(), name);
    }
    let connector = imported(&document).connector.connector().unwrap();
    let output = connector.actions().next().unwrap().output_schema();
    let output = jsonschema::validator_for(&output).unwrap();
    let answer =
        json!({ "id": "1", "name": "x", "child": { "id": "1" }, "card": { "number": "1" } });
    assert!(output.is_valid(&answer));
    assert!(!output.is_valid(&json!({ "name": "x", "child": { "id": "1" } })));
}

#[test]
fn an_example_of_text_is_kept() {
    let mut document = posting("3.0.3", json!({}), json!({}));
    document["paths"]["/things"]["post"]["responses"] = json!({ "200": { "content": {
        "text/csv": { "schema": { "type": "string" }, "example": "a,b" },
    } } });
    let output = &imported(&document).connector.actions[0].output;
    assert_eq!(output["examples"], json!(["a,b"]));
}
