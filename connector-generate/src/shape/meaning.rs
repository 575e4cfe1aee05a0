//! What types and members are, in words.

use crate::name;
use crate::prose;

pub(super) fn described(description: Option<&str>, hints: &[String]) -> String {
    let stated = description
        .and_then(|text| prose::sentences(text).into_iter().next())
        .filter(|text| text.split_whitespace().count() > 1);
    stated.unwrap_or_else(|| {
        let noun = hints.first().map(|hint| name::words(hint).join(" "));
        let noun = noun.filter(|noun| !noun.is_empty());
        let noun = noun.unwrap_or_else(|| "answer".to_owned());
        prose::sentence(&match name::singular(&noun) {
            Some(_) => noun,
            None => name::with_article(&noun),
        })
    })
}

pub(super) fn field_doc(
    name: &str,
    description: Option<&str>,
    values: &[String],
    format: Option<&str>,
) -> Vec<String> {
    let mut text = description
        .and_then(|text| prose::sentences(text).into_iter().next())
        .unwrap_or_else(|| meaning(name));
    let lower = text.to_lowercase();
    if !values.is_empty() && values.len() <= 8 && !values.iter().all(|value| lower.contains(value))
    {
        let quoted: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
        text = format!(
            "{} {}.",
            text.trim_end_matches('.').to_owned() + ":",
            prose::listed(&quoted, "or")
        );
    } else if format == Some("date-time") && !lower.contains("rfc") && !lower.contains("iso") {
        text = format!("{} (RFC 3339).", text.trim_end_matches('.'));
    }
    vec![text]
}

pub(crate) fn meaning(name: &str) -> String {
    let words = name.replace('_', " ");
    let of = |ending: &str| words.strip_suffix(ending).filter(|rest| !rest.is_empty());
    let text = if words == "total count" || words == "total" {
        "Number of all".to_owned()
    } else if words == "html url" {
        "URL of its page".to_owned()
    } else if words == "id" {
        "Id".to_owned()
    } else if let Some(rest) = of(" ids") {
        format!("Ids of the {}", name::plural(rest))
    } else if let Some(rest) = of(" id") {
        format!("Id of the {rest}")
    } else if let Some(rest) = of(" count") {
        format!("Number of {}", name::plural(rest))
    } else if let Some(rest) = of(" at") {
        format!("When it was {rest}")
    } else if let Some(rest) = of(" url") {
        format!("URL of the {rest}")
    } else if let Some(rest) = of(" name") {
        format!("Name of the {rest}")
    } else if let Some(rest) = words.strip_prefix("is ") {
        format!("Whether it is {rest}")
    } else if let Some(rest) = words.strip_prefix("has ") {
        format!("Whether it has {rest}")
    } else {
        capital(&words)
    };
    format!("{text}.")
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}
