//! Operators in names: `DateSent<` stands beside `DateSent` and `DateSent>`.

/// Operators, with words that are right for numbers and times; longer ones come first.
const WORDS: [(&str, &str); 9] = [
    ("<=", "at_most"),
    (">=", "at_least"),
    ("!=", "not"),
    ("<>", "not"),
    ("==", "equal"),
    ("<", "less_than"),
    (">", "greater_than"),
    ("!", "not"),
    ("=", "equal"),
];

/// Returns a name with a word for the operator at its end or beginning, if it has one.
pub(super) fn in_words(name: &str) -> Option<String> {
    let name = name.trim_end_matches([']', ')']);
    WORDS.iter().find_map(|(operator, word)| {
        let is_named = |rest: &str| rest.contains(|letter: char| letter.is_ascii_alphanumeric());
        // `<id>` and `List<String>` are no comparisons.
        let is_pair = |rest: &str| rest.contains(['<', '>']);
        let fits = |rest: &&str| is_named(rest) && !is_pair(rest);
        let before = name.strip_suffix(operator).filter(fits);
        let before = before.map(|rest| {
            let rest = rest.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            format!("{rest}_{word}")
        });
        before.or_else(|| {
            let rest = name.strip_prefix(operator).filter(fits)?;
            Some(format!("{word}_{rest}"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_at_the_ends_of_names_are_words() {
        for (name, expected) in [
            ("DateSent<", Some("DateSent_less_than")),
            ("DateSent>", Some("DateSent_greater_than")),
            ("size<=", Some("size_at_most")),
            ("size>=", Some("size_at_least")),
            ("filter[size][>]", Some("filter[size_greater_than")),
            ("name!", Some("name_not")),
            ("!name", Some("not_name")),
            ("name=", Some("name_equal")),
            ("<id>", None),
            ("List<String>", None),
            ("<", None),
            ("name", None),
            ("filter[size]", None),
        ] {
            assert_eq!(in_words(name).as_deref(), expected, "{name}");
        }
    }
}
