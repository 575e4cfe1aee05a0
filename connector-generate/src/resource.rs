//! Names of actions: the resource, which is the file, and the verb, which is the function.

use std::collections::BTreeSet;

use plugwright_import::{ImportedAction, Operation, is_version};
use plugwright_sdk::host::Returns;

use crate::name;
use crate::prose::is_verb;

/// Files of the crate that no resource can have.
const OWN_FILES: &[&str] = &[
    "account", "auth", "brackets", "error", "lib", "main", "model", "pages",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ActionName {
    pub(crate) resource: String,
    pub(crate) verb: String,
    /// The file, without its extension.
    pub(crate) module: String,
    pub(crate) function: String,
}

impl ActionName {
    fn new(resource: String, verb: String) -> Self {
        let module = if OWN_FILES.contains(&resource.as_str()) || name::is_keyword(&resource) {
            format!("{resource}_actions")
        } else {
            resource.clone()
        };
        let function = if name::is_keyword(&verb) {
            let one = name::singular(&resource).unwrap_or_else(|| resource.clone());
            format!("{verb}_{one}")
        } else {
            verb.clone()
        };
        Self {
            resource,
            verb,
            module,
            function,
        }
    }

    pub(crate) fn full(&self) -> String {
        format!("{}.{}", self.resource, self.verb)
    }

    /// Returns whether the name has to be stated, since module and function say another.
    pub(crate) fn is_stated(&self) -> bool {
        self.module != self.resource || self.function != self.verb
    }
}

#[derive(Default)]
pub(crate) struct ActionNames(BTreeSet<String>);

impl ActionNames {
    /// Names an action; `longest` is how many characters the name may have.
    pub(crate) fn name(&mut self, action: &ImportedAction, longest: usize) -> ActionName {
        let own = action
            .name
            .split_once('.')
            .unwrap_or(("root", &action.name));
        let own = (own.0.to_owned(), own.1.replace('.', "_"));
        let (resource, verb) = improved(action, &own);
        let mut number = 2;
        let mut candidates = vec![(resource, verb), own.clone()];
        loop {
            for (resource, verb) in candidates.drain(..) {
                let name = ActionName::new(resource, verb);
                let spelling = name.full().replace('.', "_");
                if name.full().len() <= longest && self.0.insert(spelling) {
                    return name;
                }
            }
            let mut verb = own.1.clone();
            verb.truncate(longest.saturating_sub(own.0.len() + 4).max(1));
            candidates.push((
                own.0.clone(),
                format!("{}_{number}", verb.trim_end_matches('_')),
            ));
            number += 1;
        }
    }
}

fn improved(action: &ImportedAction, own: &(String, String)) -> (String, String) {
    let operation = &action.operation;
    let methods = ["get", "post", "put", "patch", "delete"];
    let segments = segments(&operation.path);
    let named: Vec<String> = segments.iter().flatten().cloned().collect();
    let from_path: Vec<&str> = named
        .iter()
        .flat_map(|segment| segment.split('_'))
        .collect();
    let own_words: Vec<&str> = own.0.split('_').chain(own.1.split('_')).collect();
    let is_generated = methods.contains(&own.1.as_str())
        || own
            .1
            .split('_')
            .next()
            .is_some_and(|verb| methods.contains(&verb) && own_words.len() > 3);
    if is_generated && from_path.iter().all(|word| own_words.contains(word)) && !named.is_empty() {
        return by_path(operation, &segments, action.returns);
    }
    let mut resource = without_articles(&own.0);
    let mut verb = without_articles(&own.1);
    // What the resource says, the verb need not repeat.
    for prefix in [
        resource.clone(),
        name::singular(&resource).unwrap_or_default(),
    ] {
        let rest = verb.strip_prefix(&format!("{prefix}_"));
        if let Some(rest) = rest.filter(|rest| !prefix.is_empty() && !rest.is_empty()) {
            verb = String::from(rest);
        }
    }
    if let Some((first, rest)) = verb.split_once('_')
        && named.iter().any(|segment| segment == first)
        && rest.split('_').next().is_some_and(is_verb)
    {
        (resource, verb) = (first.to_owned(), rest.to_owned());
    }
    let many = name::plural(&resource);
    if named.contains(&many) {
        resource = many;
    }
    let verb = match (verb.as_str(), operation.method.as_str()) {
        ("fetch" | "retrieve" | "read" | "show", "GET") => "get".to_owned(),
        ("get", "GET") if action.returns == Returns::List => "list".to_owned(),
        ("post" | "insert", "POST") => "create".to_owned(),
        ("put", "PUT") => "replace".to_owned(),
        ("patch" | "edit", "PATCH") => "update".to_owned(),
        ("destroy", "DELETE") => "delete".to_owned(),
        _ => verb,
    };
    let starts_well = |text: &str| text.starts_with(|letter: char| letter.is_ascii_lowercase());
    if starts_well(&resource) && starts_well(&verb) {
        (resource, verb)
    } else {
        own.clone()
    }
}

fn without_articles(text: &str) -> String {
    let words = text
        .split('_')
        .filter(|word| !matches!(*word, "a" | "an" | "the"));
    let kept = words.collect::<Vec<_>>().join("_");
    if kept.is_empty() {
        text.to_owned()
    } else {
        kept
    }
}

/// Returns the segments of a path that say what is meant; a parameter is none.
fn segments(path: &str) -> Vec<Option<String>> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .filter_map(|segment| {
            if segment.contains('{') {
                return Some(None);
            }
            let plain = segment.strip_suffix(".json").unwrap_or(segment);
            let snake = name::words(plain).join("_");
            (!is_version(&snake) && snake != "api" && snake != "rest" && !snake.is_empty())
                .then_some(Some(snake))
        })
        .collect()
}

fn by_path(
    operation: &Operation,
    segments: &[Option<String>],
    returns: Returns,
) -> (String, String) {
    let ends_with_parameter = segments.last().is_some_and(Option::is_none);
    let named: Vec<(usize, &String)> = segments
        .iter()
        .enumerate()
        .filter_map(|(index, segment)| Some((index, segment.as_ref()?)))
        .collect();
    let resource_of = |last: usize| -> String {
        let (index, name) = named[last];
        match last.checked_sub(1).map(|before| named[before]) {
            Some((before, parent)) if index - before > 1 => {
                let parent = name::singular(parent).unwrap_or_else(|| parent.clone());
                format!("{parent}_{name}")
            }
            _ => name.clone(),
        }
    };
    let last = named.len() - 1;
    let word = named[last].1;
    let does = word.split('_').next().is_some_and(is_verb);
    if does && last > 0 && !ends_with_parameter && operation.method != "GET" {
        return (resource_of(last - 1), word.clone());
    }
    let resource = resource_of(last);
    let is_list = returns == Returns::List || name::singular(&resource).is_some();
    let verb = match operation.method.as_str() {
        "GET" if ends_with_parameter || !is_list => "get",
        "GET" => "list",
        "POST" if ends_with_parameter => "update",
        "POST" => "create",
        "PUT" => "replace",
        "PATCH" => "update",
        "DELETE" => "delete",
        _ => "call",
    };
    (resource, verb.to_owned())
}

#[cfg(test)]
mod tests {
    use plugwright_import::openapi::{Settings, import};
    use plugwright_sdk::json;

    use super::*;

    fn named(method: &str, path: &str, id: &str) -> String {
        let parameters: Vec<_> = path
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        let document = json!({
            "openapi": "3.0.0",
            "info": { "title": "Hub" },
            "paths": { path: { method: {
                "operationId": id, "tags": [id.split('_').next()], "parameters": parameters, "responses": {},
            } } },
        });
        let imported = import(&document, &Settings::named("hub")).unwrap();
        ActionNames::default()
            .name(&imported.connector.actions[0], 50)
            .full()
    }

    #[test]
    fn resources_are_plural_and_verbs_repeat_nothing() {
        for (method, path, id, expected) in [
            ("get", "/pets/{id}", "getPet", "pets.get"),
            (
                "get",
                "/v1/customers/{customer}",
                "GetCustomersCustomer",
                "customers.get",
            ),
            ("post", "/v1/customers", "PostCustomers", "customers.create"),
            (
                "post",
                "/v1/customers/{customer}",
                "PostCustomersCustomer",
                "customers.update",
            ),
            (
                "post",
                "/v1/charges/{charge}/capture",
                "PostChargesChargeCapture",
                "charges.capture",
            ),
            (
                "get",
                "/v1/customers/{customer}/sources",
                "GetCustomersCustomerSources",
                "customer_sources.list",
            ),
            (
                "post",
                "/chat.postMessage",
                "chat_postMessage",
                "chat.post_message",
            ),
            (
                "get",
                "/v1/pages/{id}",
                "retrieve-a-page",
                "pages_actions.get",
            ),
            (
                "get",
                "/Accounts/{AccountSid}/Messages/{Sid}.json",
                "FetchMessage",
                "messages.get",
            ),
        ] {
            let expected = expected.replace("_actions", "");
            assert_eq!(named(method, path, id), expected, "{id}");
        }
    }

    #[test]
    fn names_that_are_taken_stay_apart() {
        let name = ActionName::new("pages".to_owned(), "move".to_owned());
        assert_eq!(
            (name.module.as_str(), name.function.as_str()),
            ("pages_actions", "move_page")
        );
        assert!(name.is_stated());
    }
}
