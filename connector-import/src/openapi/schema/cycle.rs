//! Definitions that are made of themselves or of too many others, which no value could be checked
//! against.

use std::collections::HashMap;

use plugwright_sdk::reading::value::items;
use plugwright_sdk::{Value, json};
use serde_json::Map;

/// A value may be checked against so many definitions at one place.
const MOST_IN_PLACE: u64 = 1000;

/// Keywords whose schemas are about the same value as the schema around them.
const IN_PLACE: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Removes references by which a definition leads to itself without going down into the value, and
/// those to definitions that are made of too many others.
pub(super) fn cut(definitions: &mut Map<String, Value>) {
    for (name, target) in back_edges(&graph(definitions)) {
        if let Some(schema) = definitions.get_mut(&name) {
            remove(schema, &target);
        }
    }
    let graph = graph(definitions);
    let mut costs = HashMap::new();
    for name in graph.keys() {
        cost(&graph, name, &mut costs);
    }
    for (name, targets) in &graph {
        let costly = |target: &&String| costs.get(target.as_str()) >= Some(&MOST_IN_PLACE);
        for target in targets.iter().filter(costly) {
            if let Some(schema) = definitions.get_mut(name) {
                remove(schema, target);
            }
        }
    }
}

/// Returns the references of each definition that are about the value itself.
fn graph(definitions: &Map<String, Value>) -> HashMap<String, Vec<String>> {
    let of = |schema: &Value| {
        let mut found = Vec::new();
        references(schema, &mut found);
        found
    };
    definitions
        .iter()
        .map(|(name, schema)| (name.clone(), of(schema)))
        .filter(|(_, found)| !found.is_empty())
        .collect()
}

/// Works out how many definitions one definition is made of, each as often as it is referred to. There
/// are no circles, and the stack is this function's own.
fn cost<'g>(
    graph: &'g HashMap<String, Vec<String>>,
    name: &'g str,
    costs: &mut HashMap<&'g str, u64>,
) {
    let mut stack = vec![name];
    while let Some(name) = stack.last().copied() {
        let targets = graph.get(name).map_or(&[][..], Vec::as_slice);
        let unknown = targets
            .iter()
            .find(|target| !costs.contains_key(target.as_str()));
        if let (Some(target), false) = (unknown, costs.contains_key(name)) {
            stack.push(target);
            continue;
        }
        stack.pop();
        let sum = targets
            .iter()
            .map(|target| costs.get(target.as_str()).copied().unwrap_or(MOST_IN_PLACE))
            .fold(1, u64::saturating_add);
        costs.insert(name, sum);
    }
}

fn target_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn references(schema: &Value, found: &mut Vec<String>) {
    found.extend(target_of(schema).map(str::to_owned));
    for keyword in IN_PLACE {
        for part in items(schema.get(keyword)) {
            references(part, found);
        }
    }
    if let Some(part) = schema.get("not") {
        references(part, found);
    }
}

/// Finds the references that close a circle, by a search in depth that keeps its own stack.
fn back_edges(graph: &HashMap<String, Vec<String>>) -> Vec<(String, String)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        Open,
        Done,
    }
    let mut marks: HashMap<&str, Mark> = HashMap::new();
    let mut closing = Vec::new();
    let mut starts: Vec<_> = graph.keys().map(String::as_str).collect();
    starts.sort_unstable();
    for start in starts {
        if marks.contains_key(start) {
            continue;
        }
        marks.insert(start, Mark::Open);
        let mut stack = vec![(start, 0)];
        while let Some((name, next)) = stack.pop() {
            let targets = graph.get(name).map_or(&[][..], Vec::as_slice);
            let Some(target) = targets.get(next) else {
                marks.insert(name, Mark::Done);
                continue;
            };
            stack.push((name, next + 1));
            match marks.get(target.as_str()) {
                Some(Mark::Open) => closing.push((name.to_owned(), target.clone())),
                Some(Mark::Done) => {}
                None => {
                    marks.insert(target, Mark::Open);
                    stack.push((target, 0));
                }
            }
        }
    }
    closing
}

fn remove(schema: &mut Value, target: &str) {
    let is_it = |part: &Value| target_of(part) == Some(target);
    if is_it(schema) {
        *schema = json!({});
        return;
    }
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    for keyword in IN_PLACE {
        let Some(parts) = members.get_mut(keyword).and_then(Value::as_array_mut) else {
            continue;
        };
        // What leads back adds nothing to what there is.
        parts.retain(|part| !is_it(part));
        for part in &mut *parts {
            remove(part, target);
        }
        if parts.is_empty() {
            members.shift_remove(keyword);
        }
    }
    if let Some(part) = members.get_mut("not") {
        remove(part, target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_circles_in_place_are_cut() {
        let Value::Object(mut definitions) = json!({
            "Tree": { "type": "object", "properties": { "left": { "$ref": "#/$defs/Tree" } } },
            "Self": { "allOf": [{ "$ref": "#/$defs/Self" }, { "type": "object" }] },
            "A": { "anyOf": [{ "$ref": "#/$defs/B" }] },
            "B": { "oneOf": [{ "$ref": "#/$defs/A" }, { "type": "string" }] },
        }) else {
            panic!("an object");
        };
        let tree = definitions["Tree"].clone();
        cut(&mut definitions);
        assert_eq!(definitions["Tree"], tree);
        assert_eq!(definitions["Self"]["allOf"], json!([{ "type": "object" }]));
        let schema = json!({ "$ref": "#/$defs/A", "$defs": definitions });
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&json!("text")));
        assert!(!validator.is_valid(&json!(7)));
    }

    #[test]
    fn what_is_made_of_too_many_others_is_cut() {
        let mut definitions = Map::new();
        definitions.insert("L0".to_owned(), json!({ "type": "string" }));
        for level in 1..100 {
            let part = json!({ "$ref": format!("#/$defs/L{}", level - 1) });
            let schema = json!({ "allOf": [part, { "not": { "not": part } }] });
            definitions.insert(format!("L{level}"), schema);
        }
        cut(&mut definitions);
        let schema = json!({ "$ref": "#/$defs/L99", "$defs": definitions });
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&json!("text")));
        assert!(!definitions["L5"]["allOf"].as_array().unwrap().is_empty());
    }
}
