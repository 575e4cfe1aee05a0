//! Names: identifiers of Rust made of the names of a document.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use plugwright_sdk::host::word_list;

/// Nouns with a plural of their own, which comes first.
const IRREGULAR: &[(&str, &str)] = &[
    ("children", "child"),
    ("indices", "index"),
    ("people", "person"),
];

/// Nouns that end like plurals, or are the same for one thing and many.
const UNCOUNTED: &[&str] = &word_list::<16>(include_str!("../words/uncounted_nouns.txt"));

/// Words that can't be plain identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Words that can't even be raw identifiers.
const NEVER: &[&str] = &["crate", "self", "super"];

pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || NEVER.contains(&word)
}

pub(crate) fn words(text: &str) -> Vec<String> {
    let snake = plain(text).to_snake_case();
    let words = snake.split('_').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn plain(text: &str) -> String {
    let signed = match text.strip_prefix(['+', '-']) {
        Some(rest) if rest.starts_with(|letter: char| letter.is_ascii_digit()) => {
            let sign = if text.starts_with('+') {
                "plus"
            } else {
                "minus"
            };
            format!("{sign} {rest}")
        }
        _ => text.to_owned(),
    };
    let letters = signed.chars();
    letters
        .filter(|letter| !matches!(letter, '\'' | '’'))
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                ' '
            }
        })
        .collect()
}

/// Returns the name of a variable or field, without the `r#` of a keyword; none if nothing is left.
pub(crate) fn snake(text: &str) -> Option<String> {
    let name = words(text).join("_");
    let name = match name.chars().next()? {
        'a'..='z' => name,
        _ => format!("n{name}"),
    };
    Some(if NEVER.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    })
}

/// Returns the name of a type or variant; none if nothing is left.
pub(crate) fn pascal(text: &str) -> Option<String> {
    let name = plain(text).to_upper_camel_case();
    Some(match name.chars().next()? {
        'A'..='Z' if name == "Self" => "SelfValue".to_owned(),
        'A'..='Z' => name,
        _ => format!("N{name}"),
    })
}

/// Writes an identifier: a keyword as a raw one.
pub(crate) fn raw(name: &str) -> String {
    if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// Returns what one thing of a plural is called; none for what is no plural.
pub(crate) fn singular(word: &str) -> Option<String> {
    let (before, last) = last_word(word);
    if UNCOUNTED.contains(&last) {
        return None;
    }
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == last) {
        return Some(format!("{before}{one}"));
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
    let (cut, added) = if last.len() < 4 || !last.ends_with('s') || ends(&["ss", "us", "is"]) {
        return None;
    } else if ends(&["ies"]) {
        (3, "y")
    } else if ends(&["sses", "shes", "ches", "xes", "zes"]) {
        (2, "")
    } else {
        (1, "")
    };
    Some(format!("{before}{}{added}", &last[..last.len() - cut]))
}

pub(crate) fn plural(word: &str) -> String {
    let (before, last) = last_word(word);
    if UNCOUNTED.contains(&last) || singular(last).is_some() {
        return word.to_owned();
    }
    if let Some((many, _)) = IRREGULAR.iter().find(|(_, one)| *one == last) {
        return format!("{before}{many}");
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
    if ends(&["ay", "ey", "oy", "uy"]) {
        format!("{word}s")
    } else if let Some(stem) = word.strip_suffix('y') {
        format!("{stem}ies")
    } else if ends(&["s", "x", "z", "ch", "sh"]) {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

fn last_word(text: &str) -> (&str, &str) {
    text.rfind(['_', ' '])
        .map_or(("", text), |at| text.split_at(at + 1))
}

pub(crate) fn with_article(noun: &str) -> String {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|text| noun.starts_with(text));
    let vowel = starts(&["a", "e", "i", "o", "u", "hour"])
        && !starts(&["eu", "one", "uni", "url", "use", "ut"]);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_made_of_any_name() {
        for (name, expected) in [
            ("perPage", "per_page"),
            ("AccountSid", "account_sid"),
            ("filter[status]", "filter_status"),
            ("+1", "plus_1"),
            ("24h", "n24h"),
            ("self", "self_"),
            ("type", "type"),
        ] {
            assert_eq!(snake(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(snake("日本"), None);
        assert_eq!(pascal("simple-user").as_deref(), Some("SimpleUser"));
        assert_eq!(pascal("2fa").as_deref(), Some("N2fa"));
        assert_eq!((raw("type"), raw("kind")), ("r#type".into(), "kind".into()));
    }

    #[test]
    fn nouns_have_plurals() {
        for (one, many) in [
            ("issue", "issues"),
            ("pull_policy", "pull_policies"),
            ("branch", "branches"),
            ("key", "keys"),
            ("person", "people"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many);
            assert_eq!(singular(many).as_deref(), Some(one));
            assert_eq!(singular(one), None);
        }
        assert_eq!(plural("metadata"), "metadata");
    }
}
