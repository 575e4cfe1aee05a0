//! Which members of an object go together, as its schema says.

use serde_json::{Map, Value};

use crate::reading::value::{items, members};

/// The rules over members that [`Rule`](crate::param::Rule) publishes.
#[derive(Debug, Default)]
pub(super) struct Together<'a> {
    /// Of each of these, one member is there.
    one_of: Vec<Vec<&'a str>>,
    /// Of each of these, not all members are there.
    apart: Vec<Vec<&'a str>>,
    /// Where the first is there, the others are.
    needs: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Together<'a> {
    /// Reads the rules of an object; nothing if it has none, or has alternatives that say more.
    pub(super) fn of(schema: &'a Value) -> Option<Self> {
        let mut rules = Self::default();
        let schema = schema.as_object()?;
        if schema.contains_key("anyOf") || !rules.read(schema) {
            return None;
        }
        for part in items(schema.get("allOf")) {
            let part = part.as_object()?;
            let only_rules = part.keys().all(|key| key == "oneOf" || key == "not");
            if !only_rules || !rules.read(part) {
                return None;
            }
        }
        for (name, others) in members(schema.get("dependentRequired")) {
            rules.needs.push((name, texts(others)?));
        }
        let is_empty = rules.one_of.is_empty() && rules.apart.is_empty() && rules.needs.is_empty();
        (!is_empty).then_some(rules)
    }

    /// Returns whether all that `oneOf` and `not` say is which members there are.
    fn read(&mut self, part: &'a Map<String, Value>) -> bool {
        if let Some(alternatives) = part.get("oneOf") {
            let names: Option<Vec<_>> = items(Some(alternatives))
                .map(
                    |alternative| match required_alone(alternative)?.as_slice() {
                        [name] => Some(*name),
                        _ => None,
                    },
                )
                .collect();
            match names {
                Some(names) => self.one_of.push(names),
                None => return false,
            }
        }
        if let Some(denied) = part.get("not") {
            match required_alone(denied) {
                Some(names) => self.apart.push(names),
                None => return false,
            }
        }
        true
    }

    /// Chooses members: those that are required, what the rules ask for, and as many of the optional
    /// ones as the rules allow.
    pub(super) fn choose(&self, required: &[&'a str], optional: &[&'a str]) -> Vec<&'a str> {
        if self.one_of.is_empty() && self.apart.is_empty() && self.needs.is_empty() {
            return [required, optional].concat();
        }
        let mut chosen = required.to_vec();
        for names in &self.one_of {
            if !names.iter().any(|name| chosen.contains(name)) {
                chosen.extend(names.iter().find(|name| self.fits(&chosen, name)));
            }
        }
        for name in optional {
            if !chosen.contains(name) && self.fits(&chosen, name) {
                chosen.push(name);
            }
        }
        // Each round adds a member or takes one away for good.
        let mut refused = Vec::new();
        while let Some((name, missing)) = self.unmet(&chosen) {
            if refused.contains(&missing) || !self.fits(&chosen, missing) {
                chosen.retain(|other| *other != name);
                refused.push(name);
            } else {
                chosen.push(missing);
            }
        }
        chosen
    }

    fn fits(&self, chosen: &[&str], name: &str) -> bool {
        let alone = |names: &&Vec<&str>| names.contains(&name);
        let mut exclusive = self.one_of.iter().filter(alone);
        let mut apart = self.apart.iter().filter(alone);
        exclusive.all(|names| !names.iter().any(|other| chosen.contains(other)))
            && apart.all(|names| {
                names
                    .iter()
                    .any(|other| *other != name && !chosen.contains(other))
            })
    }

    fn unmet(&self, chosen: &[&'a str]) -> Option<(&'a str, &'a str)> {
        self.needs.iter().find_map(|(name, others)| {
            let missing = others.iter().find(|other| !chosen.contains(other))?;
            chosen.contains(name).then_some((*name, *missing))
        })
    }
}

/// Returns the names of a schema that says nothing but `required`.
fn required_alone(schema: &Value) -> Option<Vec<&str>> {
    let schema = schema.as_object().filter(|schema| schema.len() == 1)?;
    texts(schema.get("required")?)
}

fn texts(list: &Value) -> Option<Vec<&str>> {
    list.as_array()?.iter().map(Value::as_str).collect()
}
