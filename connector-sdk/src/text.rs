//! Strings in const evaluation: comparison, hashing, lists and messages. And their first letter.

/// Returns a text with a capital first letter.
///
/// ```
/// use plugwright_sdk::host::capitalized;
///
/// assert_eq!(capitalized("list issues"), "List issues");
/// ```
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Splits a list with one word a line while the program is compiled.
///
/// ```
/// use plugwright_sdk::host::word_list;
///
/// const VERBS: [&str; 2] = word_list("get\nlist\n");
/// assert_eq!(VERBS, ["get", "list"]);
/// ```
///
/// # Panics
///
/// If there are not `N` lines.
pub const fn word_list<const N: usize>(text: &'static str) -> [&'static str; N] {
    let mut words = [""; N];
    let (mut rest, mut found) = (text, 0);
    while !rest.is_empty() {
        let mut end = 0;
        while rest.as_bytes()[end] != b'\n' {
            end += 1;
        }
        words[found] = rest.split_at(end).0.trim_ascii();
        rest = rest.split_at(end + 1).1;
        found += 1;
    }
    assert!(found == N, "the list has fewer words");
    words
}

pub(crate) const fn equal(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Returns what stands behind the last `::`, and there without the `r#` of a raw name.
pub(crate) const fn after_last_colon(path: &'static str) -> Option<&'static str> {
    let mut index = path.len();
    while index > 0 {
        if path.as_bytes()[index - 1] == b':' {
            let (_, last) = path.split_at(index);
            return Some(match last.as_bytes() {
                [b'r', b'#', ..] => last.split_at(2).1,
                _ => last,
            });
        }
        index -= 1;
    }
    None
}

/// Returns whether a name has two or more parts of lower-case letters, digits and `_`, each starting
/// with a letter, with dots between.
pub(crate) const fn is_action_name(name: &str) -> bool {
    let name = name.as_bytes();
    let (mut index, mut parts, mut at_start) = (0, 1, true);
    while index < name.len() {
        match name[index] {
            b'a'..=b'z' => at_start = false,
            b'0'..=b'9' | b'_' if !at_start => {}
            b'.' if !at_start => {
                parts += 1;
                at_start = true;
            }
            _ => return false,
        }
        index += 1;
    }
    parts > 1 && !at_start
}

/// Hashes a name so that all its spellings hash alike: separators count as `_` (64-bit FNV-1a).
pub(crate) const fn spelling_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        let byte = match bytes[index] {
            b'.' | b'-' => b'_',
            other => other,
        };
        hash = (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

pub(crate) const fn same_spelling(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        let separators =
            matches!(left[index], b'.' | b'-' | b'_') && matches!(right[index], b'.' | b'-' | b'_');
        if left[index] != right[index] && !separators {
            return false;
        }
        index += 1;
    }
    true
}

const LONGEST_MESSAGE: usize = 400;

/// Stops const evaluation with a message made of `parts`, cut at 400 bytes.
#[track_caller]
pub(crate) const fn fail(parts: &[&str]) -> ! {
    let mut message = [0; LONGEST_MESSAGE];
    let mut length = 0;
    let mut part = 0;
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < LONGEST_MESSAGE {
            message[length] = bytes[index];
            length += 1;
            index += 1;
        }
        part += 1;
    }
    match std::str::from_utf8(message.split_at(length).0) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("a name in the definition is not valid"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_behind_its_last_colons() {
        for (path, expected) in [
            ("github::issues.list", Some("issues.list")),
            ("a::b::r#move.to", Some("move.to")),
            ("github.list", None),
            ("a::", Some("")),
        ] {
            assert_eq!(after_last_colon(path), expected, "{path}");
        }
    }

    #[test]
    fn a_name_of_an_action_has_parts_of_plain_letters() {
        for name in ["issues.list", "a.b2_c.d", "a.b"] {
            assert!(is_action_name(name), "{name}");
        }
        for name in [
            "",
            "issues",
            "issues.",
            ".list",
            "issues.List",
            "a.2b",
            "a._b",
            "a b.c",
        ] {
            assert!(!is_action_name(name), "{name}");
        }
    }
}
