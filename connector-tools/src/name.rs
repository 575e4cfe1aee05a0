//! Names of tools and of their properties.

use std::collections::HashSet;
use std::fmt::Write as _;

/// A name has at most so many characters.
pub(crate) const LONGEST: usize = 64;

/// Returns a name for the tool of each action, in the same order and none twice: letters, digits and
/// `_`, at most 64 characters, as every dialect takes them.
///
/// For actions of a Plugwright gateway they are the names that it uses for agents itself. A name that
/// is too long, or that another action has, ends with a hash of the action's id.
///
/// ```
/// assert_eq!(plugwright_tools::names(["github.issues.list", "github.issues_list"]), [
///     "github_issues_list",
///     "github_issues_list_50437005",
/// ]);
/// ```
pub fn names<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut used = HashSet::new();
    ids.into_iter()
        .map(|id| {
            let mut name = plain(id);
            if name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty() {
                name.insert(0, '_');
            }
            distinct(name, id, &mut used)
        })
        .collect()
}

pub(crate) fn property(name: &str, used: &mut HashSet<String>) -> String {
    let plain = plain(name);
    let mut made = match plain.trim_matches('_') {
        "" => plain,
        trimmed => trimmed.to_owned(),
    };
    if made.starts_with(|first: char| first.is_ascii_digit()) || made.is_empty() {
        made.insert(0, '_');
    }
    distinct(made, name, used)
}

fn plain(text: &str) -> String {
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    text.chars().map(letter).collect()
}

fn distinct(mut name: String, of: &str, used: &mut HashSet<String>) -> String {
    let mut salt = 0;
    let plain = name.clone();
    while name.len() > LONGEST || used.contains(&name) {
        let mut end = format!("_{:08x}", hash(of, salt));
        if plain.is_empty() {
            end.remove(0);
        }
        name = plain.chars().take(LONGEST - end.len()).collect();
        let _ = write!(name, "{end}");
        salt += 1;
    }
    used.insert(name.clone());
    name
}

/// 32-bit FNV-1a: the same in each build.
fn hash(text: &str, salt: u8) -> u32 {
    let bytes = text.bytes().chain((salt > 0).then_some(salt));
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_fit() {
        let long = "a".repeat(90);
        let other = format!("{}b", "a".repeat(89));
        let ids = [
            long.as_str(),
            &other,
            "x.y",
            "x-y",
            "x/y",
            "x.y",
            "",
            "7up.list",
            "ünïcode.list",
        ];
        let made = names(ids);
        let distinct: HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{made:?}");
        for name in &made {
            assert!(
                (1..=LONGEST).contains(&name.len())
                    && !name.starts_with(|first: char| first.is_ascii_digit())
                    && name
                        .chars()
                        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_'),
                "{name}"
            );
        }
        assert_eq!(made, names(ids));
        assert_eq!(&made[2..3], ["x_y"]);
        assert_eq!(&made[7..], ["_7up_list", "_n_code_list"]);
    }

    #[test]
    fn properties_keep_what_they_can_of_their_names() {
        let mut used = HashSet::new();
        assert_eq!(property("filter[name]", &mut used), "filter_name");
        assert_eq!(property("per-page", &mut used), "per_page");
        assert_eq!(property("2fa", &mut used), "_2fa");
        let again = property("filter(name)", &mut used);
        assert!(
            again.starts_with("filter_name_") && again.len() == 20,
            "{again}"
        );
        assert_eq!(property("[]", &mut used), "__");
    }
}
