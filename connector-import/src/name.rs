//! Names of actions: readable, at most 64 characters with the connector's, stable from one import
//! to the next.

mod framework;

use std::collections::{HashMap, HashSet};

use plugwright_sdk::host::word_list;

use crate::form::Operation;
pub(crate) use framework::handler;
use framework::{controller, numbered};

/// The connector's name, a dot and the action's name may have so many characters.
const LONGEST: usize = 64;

/// Verbs that the names of operations say what they do with.
pub const VERBS: &[&str] = &word_list::<99>(include_str!("../words/verbs.txt"));

pub(crate) struct Names {
    longest: usize,
    taken: HashSet<String>,
    known: HashMap<Operation, String>,
}

impl Names {
    pub(crate) fn new(
        connector: &str,
        earlier: impl IntoIterator<Item = (Operation, String)>,
    ) -> Self {
        let longest = LONGEST.saturating_sub(connector.len() + 1);
        let known: HashMap<_, _> = earlier
            .into_iter()
            .filter(|(_, name)| name.len() <= longest)
            .collect();
        Self {
            longest,
            taken: known.values().map(|name| spelling(name)).collect(),
            known,
        }
    }

    pub(crate) fn name(
        &mut self,
        operation: &Operation,
        id: Option<&str>,
        tag: Option<&str>,
    ) -> String {
        if let Some(name) = self.known.get(operation) {
            return name.clone();
        }
        let made = id.and_then(|id| of_framework(id, tag, operation));
        let is_made = made.is_some();
        let of_whole = || id.and_then(|id| of_id(id, tag, operation));
        let made = made.or_else(of_whole);
        let (mut resource, mut verb) = made.unwrap_or_else(|| of_path(operation));
        let mut name = self.fitted(&resource, &verb, operation);
        if is_made && self.taken.contains(&spelling(&name)) {
            // The whole id tells it from handlers of the same name, a number says nothing.
            match id.and_then(numbered) {
                Some(_) => resource = of_path(operation).0,
                None => (resource, verb) = of_whole().unwrap_or((resource, verb)),
            }
            name = self.fitted(&resource, &verb, operation);
        }
        if !self.taken.insert(spelling(&name)) {
            // The name of the one that came first stays as it is.
            name = self.cut(&resource, &verb, &mark(operation));
            while !self.taken.insert(spelling(&name)) {
                name = self.cut(&resource, &verb, &mark_text(&name));
            }
        }
        name
    }

    fn fitted(&self, resource: &str, verb: &str, operation: &Operation) -> String {
        if resource.len() + 1 + verb.len() <= self.longest {
            return format!("{resource}.{verb}");
        }
        self.cut(resource, verb, &mark(operation))
    }

    /// Shortens a name and marks it, so that others that are as long stay apart from it.
    fn cut(&self, resource: &str, verb: &str, mark: &str) -> String {
        let room = self.longest.saturating_sub(mark.len() + 2).max(2);
        let verb_room = verb.len().min((room - 1).max(room / 2));
        let verb = verb[..verb_room].trim_end_matches('_');
        let resource_room = resource.len().min(room - verb.len());
        let resource = resource[..resource_room.max(1)].trim_end_matches('_');
        format!("{resource}.{verb}_{mark}")
    }
}

fn spelling(name: &str) -> String {
    name.replace('.', "_")
}

/// Returns six characters that stand for an operation.
fn mark(operation: &Operation) -> String {
    mark_text(&format!("{} {}", operation.method, operation.path))
}

fn mark_text(text: &str) -> String {
    // 64-bit FNV-1a: stable from one build to the next.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:06x}", hash & 0x00ff_ffff)
}

/// Makes resource and verb of an id that a framework made.
fn of_framework(id: &str, tag: Option<&str>, operation: &Operation) -> Option<(String, String)> {
    if let Some((class, method)) = controller(id) {
        let words = words(method);
        let verb = bare_verb(&words).unwrap_or_else(|| words.join("_"));
        return Some((identifier(&self::words(class).join("_")), identifier(&verb)));
    }
    if let Some(method) = numbered(id) {
        return of_id(method, tag, operation);
    }
    handler(id, operation).map(|handler| of_handler(handler, tag, operation))
}

/// Makes resource and verb of a handler's name.
fn of_handler(handler: &str, tag: Option<&str>, operation: &Operation) -> (String, String) {
    let words = words(handler);
    let of_path = of_path(operation);
    match words.as_slice() {
        [verb] if VERBS.contains(&verb.as_str()) => (of_path.0, verb.clone()),
        words if words.join("_") == of_path.0 => of_path,
        words => of_words(words, tag, operation),
    }
}

fn of_id(id: &str, tag: Option<&str>, operation: &Operation) -> Option<(String, String)> {
    // Generated ids repeat method and path; the path says it better.
    let groups: Vec<Vec<String>> = id
        .split(['/', '.', ':', '#'])
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    match groups.as_slice() {
        [] => None,
        [only] => Some(of_words(only, tag, operation)),
        [resource @ .., verb] => {
            let resource: Vec<_> = resource.iter().map(|words| words.join("_")).collect();
            Some((identifier(&resource.join("_")), identifier(&verb.join("_"))))
        }
    }
}

fn of_words(words: &[String], tag: Option<&str>, operation: &Operation) -> (String, String) {
    let is_verb = |word: &String| VERBS.contains(&word.as_str());
    let of_others = || {
        let resource = tag.map(of_tag).filter(|resource| !resource.is_empty());
        resource.unwrap_or_else(|| of_path(operation).0)
    };
    if let Some(verb) = bare_verb(words) {
        return (identifier(&of_others()), verb);
    }
    let (verb, resource) = match words {
        [verb, rest @ ..] if is_verb(verb) && !rest.is_empty() => (verb.clone(), rest.join("_")),
        [rest @ .., verb] if is_verb(verb) && !rest.is_empty() => (verb.clone(), rest.join("_")),
        words => (words.join("_"), of_others()),
    };
    (identifier(&resource), identifier(&verb))
}

/// Returns the resource that a tag names; springdoc's are the classes of controllers.
fn of_tag(tag: &str) -> String {
    let words = words(tag);
    match words.as_slice() {
        [class @ .., last] if last == "controller" && !class.is_empty() => class.join("_"),
        words => words.join("_"),
    }
}

/// Returns the verb of words that say nothing of the resource, such as `getAll` and `deleteById`.
fn bare_verb(words: &[String]) -> Option<String> {
    const LOOKING: [&str; 8] = [
        "fetch", "find", "get", "list", "query", "read", "retrieve", "show",
    ];
    let (verb, rest) = words.split_first()?;
    if !VERBS.contains(&verb.as_str()) {
        return None;
    }
    match rest.join("_").as_str() {
        "" | "one" | "by_id" | "one_by_id" => Some(verb.clone()),
        "all" if LOOKING.contains(&verb.as_str()) => Some("list".to_owned()),
        "all" => Some(format!("{verb}_all")),
        _ => None,
    }
}

fn of_path(operation: &Operation) -> (String, String) {
    let path = operation.path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_parameter = |part: &&str| part.contains('{');
    let ends_with_parameter = segments.last().is_some_and(is_parameter);
    let named: Vec<_> = segments
        .iter()
        .filter(|part| !is_parameter(part))
        .map(|part| words(part).join("_"))
        .filter(|part| !part.is_empty() && !is_version(part))
        .collect();
    let resource = if named.is_empty() {
        "root".to_owned()
    } else {
        named.join("_")
    };
    let verb = match (operation.method.as_str(), ends_with_parameter) {
        ("GET", true) => "get",
        ("GET", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "replace",
        ("PATCH", _) => "update",
        ("DELETE", _) => "delete",
        ("HEAD", _) => "check",
        ("OPTIONS", _) => "options",
        _ => "call",
    };
    (identifier(&resource), verb.to_owned())
}

/// Returns whether a part of a path or of a name is a version, such as `v2` or `2024_01`.
pub fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').unwrap_or(word);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '_')
}

/// Splits a text into words of lower-case ASCII letters and digits; `HTTPServerId` is three.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().take(300).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, &letter) in text.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = index.checked_sub(1).map(|index| text[index]);
        let after = text.get(index + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter.to_ascii_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Makes a part of an action's name, which starts with a letter.
fn identifier(text: &str) -> String {
    match text.chars().next() {
        Some('a'..='z') => text.to_owned(),
        Some(_) => format!("n{text}"),
        None => "call".to_owned(),
    }
}

pub(crate) fn connector(text: &str) -> String {
    const LONGEST: usize = 24;
    let says_something = |part: &&str| {
        let plain = part.trim_matches(|letter: char| !letter.is_alphanumeric());
        !["api", "apis", "openapi", "swagger"]
            .iter()
            .any(|word| plain.eq_ignore_ascii_case(word))
    };
    let text: String = text.chars().take(300).collect();
    let parts = text.split_whitespace().filter(says_something);
    let mut name = String::new();
    for word in parts.flat_map(words) {
        if is_version(&word) {
            continue;
        }
        if !name.is_empty() && name.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word);
    }
    name.truncate(LONGEST);
    match name.chars().next() {
        Some('a'..='z') => name,
        Some(_) => format!("n{name}"),
        None => "api".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, path: &str) -> Operation {
        Operation {
            method: method.to_owned(),
            path: path.to_owned(),
        }
    }

    fn name(method: &str, path: &str, id: Option<&str>, tag: Option<&str>) -> String {
        Names::new("hub", []).name(&operation(method, path), id, tag)
    }

    #[test]
    fn names_are_resource_and_verb() {
        for (id, tag, expected) in [
            ("listPets", None, "pets.list"),
            ("repos/list-for-org", None, "repos.list_for_org"),
            ("chat_postMessage", Some("chat"), "chat.chat_post_message"),
            ("GetCustomersCustomer", None, "customers_customer.get"),
            ("users.info", None, "users.info"),
            ("issueCreate", None, "issue.create"),
            (
                "HTTPServerId",
                Some("Web Hooks"),
                "web_hooks.http_server_id",
            ),
            ("123", None, "a.n123"),
            ("日本", None, "a.get"),
        ] {
            assert_eq!(name("GET", "/a/{b}", Some(id), tag), expected, "{id}");
        }
    }

    #[test]
    fn ids_that_frameworks_make_are_cut_to_the_handler() {
        for (method, path, id, expected) in [
            (
                "POST",
                "/items/{item_id}",
                "create_item_items__item_id__post",
                "item.create",
            ),
            ("PUT", "/two", "two_two_put", "two.replace"),
            ("GET", "/d", "dele_d_get", "d.dele"),
            ("POST", "/query", "query_query_post", "query.query"),
            ("GET", "/", "read_root__get", "root.read"),
            ("GET", "/pets/{pet_id}", "PetsPetIdGetPet", "pet.get"),
            ("GET", "/lg", "LgLg", "lg.list"),
            ("POST", "/analyze", "AnalyzeImage", "analyze.analyze_image"),
            ("GET", "/balance", "BalanceGet", "balance.get"),
        ] {
            assert_eq!(name(method, path, Some(id), None), expected, "{id}");
        }
        let mut names = Names::new("hub", []);
        let mut named = |path: &str, id| names.name(&operation("GET", path), Some(id), None);
        assert_eq!(named("/pets", "read_new_pets_get"), "new.read");
        assert_eq!(named("/toys", "read_new_toys_get"), "new_toys_get.read");
        assert_eq!(named("/hats", "read_all_hats_get"), "hats.list");
    }

    #[test]
    fn numbers_and_controllers_of_ids_are_left_out() {
        let orders = Some("order-controller");
        for (method, path, id, tag, expected) in [
            ("DELETE", "/orders/{id}", "delete_1", orders, "order.delete"),
            ("DELETE", "/orders/{id}", "delete_1", None, "orders.delete"),
            ("GET", "/orders", "getAll_1", orders, "order.list"),
            ("GET", "/orders/{id}", "getById_12", orders, "order.get"),
            ("PUT", "/orders/{id}", "update_2", orders, "order.update"),
            ("GET", "/orders", "findByState_1", orders, "by_state.find"),
            ("GET", "/users", "getAll", None, "users.list"),
            ("DELETE", "/users", "deleteAll", None, "users.delete_all"),
            ("GET", "/cats", "CatsController_findAll", None, "cats.list"),
            (
                "GET",
                "/cats/{id}",
                "CatsController_findOne",
                None,
                "cats.find",
            ),
            (
                "POST",
                "/cats",
                "CatsController_create",
                None,
                "cats.create",
            ),
            ("GET", "/cats/me", "CatsController_me", None, "cats.me"),
            ("GET", "/a", "Controller_x", Some("b"), "b.controller_x"),
            ("GET", "/a", "chart_2024", Some("b"), "b.chart_2024"),
        ] {
            assert_eq!(name(method, path, Some(id), tag), expected, "{id}");
        }
        let mut names = Names::new("hub", []);
        let mut named = |path: &str, id| names.name(&operation("GET", path), Some(id), orders);
        assert_eq!(named("/orders", "getAll"), "order.list");
        assert_eq!(named("/old", "getAll_1"), "old.list");
    }

    #[test]
    fn without_an_id_method_and_path_make_the_name() {
        for (method, path, expected) in [
            ("GET", "/v1/pets/{id}/toys", "pets_toys.list"),
            ("GET", "/v1/pets/{id}", "pets.get"),
            ("POST", "/2.0/pets", "pets.create"),
            ("DELETE", "/", "root.delete"),
            ("PUT", "/../../etc/passwd", "etc_passwd.replace"),
        ] {
            assert_eq!(name(method, path, None, None), expected, "{path}");
        }
    }

    #[test]
    fn names_are_unique_short_and_stable() {
        let mut names = Names::new("hub", []);
        let long = "x".repeat(200);
        let operations = [
            operation("GET", "/a"),
            operation("GET", "/b"),
            operation("GET", "/c"),
        ];
        let made: Vec<_> = operations
            .iter()
            .map(|operation| names.name(operation, Some(&long), Some("tag")))
            .collect();
        let distinct: HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), 3, "{made:?}");
        assert!(made.iter().all(|name| name.len() + 4 <= 64), "{made:?}");
        // Another order, and one more: those that were there keep their names.
        let earlier = operations.iter().cloned().zip(made.clone());
        let mut names = Names::new("hub", earlier);
        let new = names.name(&operation("GET", "/d"), Some(&long), Some("tag"));
        assert!(!made.contains(&new));
        assert_eq!(names.name(&operations[2], Some("other"), None), made[2]);
    }

    #[test]
    fn connectors_are_named_after_titles() {
        for (title, expected) in [
            ("Swagger Petstore - OpenAPI 3.0", "petstore"),
            ("GitHub v3 REST API", "git-hub-rest"),
            ("../../etc/passwd", "etc-passwd"),
            ("1Password Connect", "password-connect"),
            ("", "api"),
        ] {
            assert_eq!(connector(title), expected, "{title}");
        }
    }
}
