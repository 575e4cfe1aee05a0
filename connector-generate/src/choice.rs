//! The operations that become actions, and their names.

use std::collections::BTreeMap;

use plugwright_import::openapi::{Examples, OperationExamples};
use plugwright_import::{ImportedAction, ImportedConnector, ParameterPlace};
use plugwright_sdk::Value;

use crate::answer::inferred;
use crate::name;
use crate::resource::{ActionName, ActionNames};
use crate::schema::{Definitions, Kind};
use crate::{GenerateError, Settings};

const LONGEST_NAME: usize = 64;

pub(crate) struct Chosen<'a> {
    pub(crate) action: &'a ImportedAction,
    pub(crate) name: ActionName,
    pub(crate) examples: OperationExamples,
    /// The schema of the output, if it had to be made of an example.
    pub(crate) inferred: Option<Value>,
}

impl Chosen<'_> {
    pub(crate) fn noun(&self) -> String {
        let resource = &self.name.resource;
        if matches!(resource.as_str(), "me" | "myself" | "whoami") {
            return "account".to_owned();
        }
        name::singular(resource).unwrap_or_else(|| resource.clone())
    }
}

pub(crate) fn choose<'a>(
    connector: &'a ImportedConnector,
    examples: &Examples<'_>,
    settings: &Settings,
) -> Result<Vec<Chosen<'a>>, GenerateError> {
    let longest = LONGEST_NAME.saturating_sub(connector.parts.name.len() + 1);
    let mut names = ActionNames::default();
    let mut chosen = Vec::new();
    let mut known = BTreeMap::new();
    for action in &connector.actions {
        let name = names.name(action, longest);
        *known.entry(name.resource.clone()).or_insert(0_usize) += 1;
        if !settings.takes(&name.full(), action) {
            continue;
        }
        let shown = examples.of(&action.operation);
        let example = shown.answer.as_ref().filter(|example| {
            let definitions = Definitions(&connector.definitions);
            let kind = definitions.view(&action.output).kind;
            action.paging.is_none()
                && (matches!(kind, Kind::Any | Kind::Map(None))
                    || definitions.contradicts(&action.output, example))
        });
        let inferred = example
            .filter(|example| example.is_object() || example.is_array())
            .map(inferred);
        chosen.push(Chosen {
            action,
            name,
            examples: shown,
            inferred,
        });
    }
    if chosen.is_empty() {
        return Err(GenerateError::Nothing(resources(&known)));
    }
    if chosen.len() > crate::MOST_ACTIONS {
        return Err(GenerateError::TooMany(chosen.len(), resources(&known)));
    }
    let mut order: Vec<String> = Vec::new();
    for one in &chosen {
        if !order.contains(&one.name.resource) {
            order.push(one.name.resource.clone());
        }
    }
    chosen.sort_by_key(|one| {
        let place = order.iter().position(|known| *known == one.name.resource);
        (place, rank(&one.name.verb))
    });
    Ok(chosen)
}

/// Names the resources of a document with most operations first.
fn resources(known: &BTreeMap<String, usize>) -> String {
    const NAMED: usize = 12;
    let mut known: Vec<_> = known.iter().collect();
    known.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
    let named: Vec<_> = known
        .iter()
        .take(NAMED)
        .map(|(name, count)| format!("{name} ({count})"))
        .collect();
    named.join(", ")
}

fn rank(verb: &str) -> usize {
    let order = ["list", "search", "get", "create", "update", "replace"];
    let place = order
        .iter()
        .position(|known| verb.split('_').next() == Some(*known));
    match place {
        Some(place) => place,
        None if verb.starts_with("delete") => order.len() + 1,
        None => order.len(),
    }
}

/// Returns headers that have one value in all actions that have them, and are in most.
pub(crate) fn constants(chosen: &[Chosen<'_>]) -> Vec<(String, String)> {
    let mut found: BTreeMap<String, (usize, Option<String>)> = BTreeMap::new();
    for one in chosen {
        for parameter in &one.action.request.parameters {
            if parameter.place != ParameterPlace::Header {
                continue;
            }
            let schema = &one.action.input["properties"][&parameter.input];
            let only = schema["enum"].as_array().filter(|values| values.len() == 1);
            let stated = schema.get("default").or_else(|| only?.first());
            let shown = one.examples.parameters.iter().find(|(place, name, _)| {
                *place == ParameterPlace::Header && *name == parameter.name
            });
            let is_version = parameter.name.to_ascii_lowercase().contains("version");
            let shown = shown.map(|(_, _, value)| value).filter(|_| is_version);
            let value = stated.or(shown).and_then(Value::as_str).map(str::to_owned);
            let entry = found
                .entry(parameter.name.to_ascii_lowercase())
                .or_default();
            entry.0 += 1;
            entry.1 = value.or_else(|| entry.1.take());
        }
    }
    let common = found
        .into_iter()
        .filter(|(_, (count, _))| count * 2 > chosen.len());
    common
        .filter_map(|(name, (_, value))| Some((name, value?)))
        .collect()
}
