//! Names of connections and organizations.

use plugwright_store::Connection;

/// Longest name, in characters.
pub const LONGEST: usize = 64;

/// Returns what is wrong with a name.
pub fn fault(name: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let good = name.len() <= LONGEST
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(allowed);
    (!good).then(|| {
        format!(
            "must have 1 to {LONGEST} letters, digits, `_` and `-`, the first of them a letter or digit"
        )
    })
}

/// Returns `default`, or the first of `default-2`, `default-3`... that is free.
pub(super) fn free(taken: &[Connection]) -> String {
    let is_free = |name: &String| taken.iter().all(|connection| connection.name != *name);
    std::iter::once("default".to_owned())
        .chain((2..=taken.len() + 1).map(|number| format!("default-{number}")))
        .find(is_free)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugwright_store::testing::connection;

    #[test]
    fn names_are_plain_and_short() {
        let longest = "a".repeat(64);
        for good in ["a", "A-1_b", "0", longest.as_str()] {
            assert_eq!(fault(good), None, "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "-a", "_", "a b", "ä", "a/b", "a\n", long.as_str()] {
            assert!(fault(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn the_first_free_name_is_taken() {
        assert_eq!(free(&[]), "default");
        let taken = ["default", "default-3", "work"].map(connection);
        assert_eq!(free(&taken), "default-2");
    }
}
