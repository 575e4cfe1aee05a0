//! The spellings of names.

use crate::action::singular;

/// Brings all spellings of a name to one: words in lower case with `_` between.
pub(crate) fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        match letter {
            '.' | '-' | '/' => normal.push('_'),
            upper if upper.is_ascii_uppercase() => {
                // `setTopic` is how some systems spell `set_topic`.
                if normal
                    .chars()
                    .next_back()
                    .is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                {
                    normal.push('_');
                }
                normal.push(upper.to_ascii_lowercase());
            }
            other => normal.push(other),
        }
    }
    normal
}

/// Make the slugs of a name: `create-issues` and `create-issue` of `issues.create`.
pub(crate) const SLUGS: [fn(&str) -> Option<String>; 2] = [
    |name| {
        let (resource, verb) = name.rsplit_once('.')?;
        Some(format!("{verb}-{resource}"))
    },
    |name| {
        let (resource, verb) = name.rsplit_once('.')?;
        let one = singular(&resource.replace(['.', '_'], " "))?;
        Some(format!("{verb}-{}", one.replace(' ', "-")))
    },
];
