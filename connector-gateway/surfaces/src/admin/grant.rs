//! Grants in requests.

use std::sync::LazyLock;

use plugwright_sdk::host::Faults;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::members::{Kind, unknown};
use crate::request::reason;
use plugwright_engine::Grant;
use plugwright_engine::tokens::GrantChange;

/// A grant. Every member is optional.
pub(super) const GRANT: Kind<Value> = Kind::new(
    "an object",
    |api| or_null(&api.schema("GrantInput", SCHEMA.clone())),
    Some,
);

pub(super) const CHANGE: Kind<Value> = GRANT.schema(|api| {
    let mut change = SCHEMA.clone();
    change["description"] = json!("What is to be changed. A member that is left out stays.");
    if let Some(members) = change["properties"].as_object_mut() {
        for member in members.values_mut().filter_map(Value::as_object_mut) {
            member.shift_remove("default");
        }
    }
    or_null(&api.schema("GrantChange", change))
});

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .for_deserialize()
        .into_generator();
    generator.into_root_schema_for::<Grant>().to_value()
});

fn or_null(reference: &Value) -> Value {
    json!({ "anyOf": [reference, { "type": "null" }] })
}

const RATE_LIMIT: &str = "must be an object with `calls` and `perSeconds`, both whole numbers from 1 \
                          to 4294967295";

/// Reads a grant, each member by itself, to find all faults.
pub(super) fn read(given: Value, faults: &mut Faults) -> Option<GrantChange> {
    let Value::Object(members) = given else {
        faults.note("grant", "must be an object");
        return None;
    };
    let known = SCHEMA["properties"].as_object();
    let known: Vec<_> = known
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let before = faults.len();
    for (member, value) in &members {
        if faults.is_full() {
            faults.stop();
            break;
        }
        let place = format!("grant.{member}");
        if !known.contains(&member.as_str()) {
            unknown(faults, place, member, &known);
            continue;
        }
        let alone = Map::from_iter([(member.clone(), value.clone())]);
        if let Err(error) = serde_json::from_value::<Grant>(alone.into()) {
            if member == "rateLimit" {
                faults.note(place, RATE_LIMIT);
            } else {
                faults.note(place, not_valid(&error));
            }
        }
    }
    if faults.len() > before {
        return None;
    }
    let names = members.keys().cloned().collect();
    match serde_json::from_value(members.into()) {
        Ok(given) => Some(GrantChange::new(given, names)),
        Err(error) => {
            faults.note("grant", not_valid(&error));
            None
        }
    }
}

/// The parser's message repeats its input, and is cut.
fn not_valid(error: &serde_json::Error) -> String {
    format!("is not valid: {}", reason(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;
    use plugwright_store::Patterns;
    use plugwright_store::RateLimit;

    #[test]
    fn every_member_of_a_grant_is_known() {
        let grant = Grant {
            connections: Some(Vec::new()),
            rate_limit: Some(RateLimit {
                calls: NonZeroU32::MIN,
                per_seconds: NonZeroU32::MIN,
            }),
            mcp_tools: Some(Patterns::default()),
            ..Grant::default()
        };
        let given = serde_json::to_value(&grant).unwrap();
        let mut faults = Faults::new();
        let change = read(given, &mut faults).unwrap();
        assert_eq!(
            (change.of(&Grant::everything()), faults),
            (grant, Faults::new())
        );
    }

    proptest! {
        #[test]
        fn no_grant_makes_the_reader_panic(text in r#"[\[\]{}":,a-z0-9 null]{0,60}"#) {
            if let Ok(value) = serde_json::from_str(&text) {
                drop(read(value, &mut Faults::new()));
            }
        }
    }
}
