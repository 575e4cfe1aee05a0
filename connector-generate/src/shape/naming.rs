//! Keys and names of the types of outputs.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::name;
use crate::schema::View;

/// Types without a definition are the same if name and schema are.
pub(super) fn inline_key(view: &View<'_>, hints: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    view.rules.to_string().hash(&mut hasher);
    let name = hints.first().map_or("", String::as_str);
    format!("{name}~{:x}", hasher.finish())
}

/// Schemas that differ in whether they may be null alone are one type.
pub(super) fn definition_key(name: &str) -> String {
    let name = name.strip_prefix("nullable-").unwrap_or(name);
    format!("#{}", name.strip_prefix("Nullable").unwrap_or(name))
}

/// Returns names for the type of a definition, the best first.
pub(super) fn definition_hints(name: &str) -> Vec<String> {
    let key = definition_key(name);
    let whole = key.trim_start_matches('#');
    let last = whole.rsplit(['.', '/']).next().unwrap_or(whole);
    let mut words = name::words(last);
    let said = [
        "response", "dto", "schema", "object", "output", "res", "result",
    ];
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| said.contains(&word.as_str()))
    {
        words.pop();
    }
    // What is named after its place in the document says nothing.
    let generic = ["items", "schema", "all", "any", "one", "root", "properties"];
    let says_nothing = |word: &String| word.chars().all(|letter| letter.is_ascii_digit());
    if words
        .first()
        .is_none_or(|word| generic.contains(&word.as_str()) || says_nothing(word))
        && words.iter().skip(1).all(says_nothing)
    {
        return Vec::new();
    }
    vec![words.join(" "), last.to_owned(), whole.to_owned()]
}

pub(super) fn one(hint: &str) -> String {
    let words = name::words(hint).join("_");
    name::singular(&words).unwrap_or(words)
}
