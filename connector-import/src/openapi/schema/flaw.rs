//! What could not be kept of definitions, which holds for each operation that refers to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plugwright_sdk::Value;

use super::{MOST_NOTES, Schemas};
use crate::form::ImportedAction;
use crate::report::DocumentReport;

/// What could not be kept, by the names of definitions.
pub(super) type Flaws = BTreeMap<String, BTreeSet<String>>;

impl Schemas<'_> {
    /// Makes a definition, and remembers what could not be kept of it.
    pub(super) fn define(&mut self, key: String, make: impl FnOnce(&mut Self) -> Value) {
        let before = std::mem::take(&mut self.notes);
        let definition = make(self);
        let own = std::mem::replace(&mut self.notes, before);
        for note in &own {
            self.note(note.as_str());
        }
        if !own.is_empty() {
            self.flaws.insert(key.clone(), own);
        }
        self.definitions.insert(key, definition);
    }

    /// Says of each action what could not be kept of the definitions that it refers to, also through others.
    pub(in crate::openapi) fn degrade(
        &self,
        actions: &[ImportedAction],
        report: &mut DocumentReport,
    ) {
        if self.flaws.is_empty() {
            return;
        }
        let flaws = self.spread();
        let operations = report.operations.iter_mut();
        let operations = operations.filter(|operation| operation.name.is_some());
        for (action, operation) in actions.iter().zip(operations) {
            let mut names = Vec::new();
            references(&action.input, &mut names);
            references(&action.output, &mut names);
            for note in names.iter().filter_map(|name| flaws.get(name)).flatten() {
                let is_new = operation.reasons.iter().all(|known| known != note);
                if is_new && operation.reasons.len() < MOST_NOTES {
                    operation.degrade(note);
                }
            }
        }
    }

    /// Returns what could not be kept of each definition and of those that it refers to.
    fn spread(&self) -> HashMap<&str, BTreeSet<&str>> {
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, definition) in &self.definitions {
            let mut names = Vec::new();
            references(definition, &mut names);
            for target in names {
                users.entry(target).or_default().push(name);
            }
        }
        let own = self.flaws.iter();
        let mut waiting: Vec<(&str, &str)> = own
            .flat_map(|(name, notes)| notes.iter().map(move |note| (name.as_str(), note.as_str())))
            .collect();
        let mut flaws: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        while let Some((name, note)) = waiting.pop() {
            let known = flaws.entry(name).or_default();
            if known.len() < MOST_NOTES && known.insert(note) {
                let users = users.get(name).into_iter().flatten();
                waiting.extend(users.map(|user| (*user, note)));
            }
        }
        flaws
    }
}

/// Collects the names of the definitions that a schema refers to.
fn references<'v>(schema: &'v Value, names: &mut Vec<&'v str>) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        names.extend(target.strip_prefix("#/$defs/"));
                    }
                    member => references(member, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
