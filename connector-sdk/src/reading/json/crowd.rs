//! How many values a text has, at most.

use memchr::{memchr, memchr2, memchr3_iter};

/// Most values of a body: as values, more would take many times the memory of the text.
pub(crate) const MOST_VALUES: usize = 1_000_000;

/// Returns whether JSON has more than [`MOST_VALUES`] values, in a fraction of the time of reading it.
pub(crate) fn is_crowded(json: &[u8]) -> bool {
    // Each value but the first takes a byte, and a comma or a bracket in front of it.
    json.len() > MOST_VALUES
        && memchr3_iter(b',', b'[', b'{', json).count() >= MOST_VALUES
        && outside_strings(json) >= MOST_VALUES
}

/// Returns how many values a text that is read as JSON may have, from its commas and brackets.
pub(crate) fn most_values(json: &[u8]) -> usize {
    (1 + memchr3_iter(b',', b'[', b'{', json).count()).min(MOST_VALUES)
}

/// Counts commas and opening brackets that are no part of a string.
fn outside_strings(json: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = json;
    while let Some(quote) = memchr(b'"', rest) {
        let (before, string) = rest.split_at(quote);
        count += memchr3_iter(b',', b'[', b'{', before).count();
        rest = &string[1..];
        // To the end of the string; an escaped quote is a part of it.
        loop {
            match memchr2(b'"', b'\\', rest) {
                Some(at) if rest[at] == b'\\' => rest = rest.get(at + 2..).unwrap_or_default(),
                Some(at) => {
                    rest = &rest[at + 1..];
                    break;
                }
                None => return count,
            }
        }
    }
    count + memchr3_iter(b',', b'[', b'{', rest).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_values_and_not_what_strings_hold() {
        let list =
            |item: &str, count: usize| format!("[{}{item}]", format!("{item},").repeat(count));
        assert!(is_crowded(list("0", MOST_VALUES).as_bytes()));
        assert!(is_crowded(list("[[[]]]", MOST_VALUES / 3).as_bytes()));
        assert!(!is_crowded(list("0", MOST_VALUES / 2).as_bytes()));
        let text = format!(r#"["{}"]"#, r#",[\",\\"#.repeat(MOST_VALUES));
        assert!(!is_crowded(text.as_bytes()));
        // What ends within a string is no JSON, and is still counted.
        assert!(!is_crowded(
            format!("\"{}\\", ",".repeat(2 * MOST_VALUES)).as_bytes()
        ));
    }
}
