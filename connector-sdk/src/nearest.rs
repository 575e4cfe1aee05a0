//! Names that a caller may have meant.

use std::fmt::{Display, Write as _};

/// The longest name that anything has, in bytes. A longer one is not looked for.
pub const LONGEST_NAME: usize = 256;

/// Names are compared as far as this, in characters: the comparison is quadratic.
const COMPARED: usize = 64;

const MOST_COMPARED: usize = 4096;

const ALIKE: f64 = 0.8;

/// The most names that a message lists, and their length in bytes.
const LISTED: usize = 50;
const LONGEST_LIST: usize = 1 << 10;

/// Returns up to `most` of `known` that look like `name`, the likeliest first; upper and lower case
/// are alike.
///
/// A name of more than [`LONGEST_NAME`] bytes looks like nothing, so that this is cheap whatever was
/// sent.
///
/// ```
/// use plugwright_sdk::host::nearest;
///
/// assert_eq!(nearest::names("githb", ["gitlab", "github", "slack"], 1), ["github"]);
/// assert!(nearest::names("stripe", ["gitlab", "github"], 1).is_empty());
/// ```
pub fn names<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let mut search = Search::new(name);
    let mut scored: Vec<_> = known
        .into_iter()
        .filter_map(|candidate| Some((search.score(candidate)?, candidate)))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.truncate(most);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Asks, at the end of a message about an unknown name, whether the known one that looks most like
/// it was meant.
///
/// ```
/// use plugwright_sdk::host::nearest;
///
/// let question = nearest::did_you_mean("githb", ["gitlab", "github"]);
/// assert_eq!(question.as_deref(), Some("; did you mean `github`?"));
/// assert_eq!(nearest::did_you_mean("stripe", ["gitlab", "github"]), None);
/// ```
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    question(&names(name, known, 1))
}

/// Asks, at the end of a message, whether one of these names was meant. `None` if there are none.
///
/// ```
/// use plugwright_sdk::host::nearest;
///
/// let question = nearest::question(&["get", "list", "lock"]);
/// assert_eq!(question.as_deref(), Some("; did you mean `get`, `list` or `lock`?"));
/// ```
pub fn question(names: &[impl Display]) -> Option<String> {
    let (last, others) = names.split_last()?;
    let others: Vec<_> = others.iter().map(|name| format!("`{name}`")).collect();
    let or = if others.is_empty() { "" } else { " or " };
    Some(format!("; did you mean {}{or}`{last}`?", others.join(", ")))
}

/// Lists names as messages do, the first 50 of them.
///
/// ```
/// assert_eq!(plugwright_sdk::host::nearest::list(["open", "closed"]), "open, closed");
/// ```
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut list = String::new();
    let mut names = names.into_iter();
    for (index, name) in names.by_ref().enumerate() {
        if index == LISTED || list.len() + name.len() > LONGEST_LIST {
            // Writing to a string cannot fail.
            let _ = write!(list, " and {} more", 1 + names.count());
            break;
        }
        if index > 0 {
            list.push_str(", ");
        }
        list.push_str(name);
    }
    list
}

struct Search {
    name: String,
    length: usize,
    letters: Letters,
    compared: usize,
}

impl Search {
    fn new(name: &str) -> Self {
        let name = if name.len() > LONGEST_NAME {
            String::new()
        } else {
            folded(name)
        };
        Self {
            length: name.chars().count(),
            letters: Letters::of(&name),
            name,
            compared: 0,
        }
    }

    fn score(&mut self, candidate: &str) -> Option<f64> {
        if self.length == 0 || candidate.len() > LONGEST_NAME || self.compared >= MOST_COMPARED {
            return None;
        }
        // Most names are ruled out without a copy.
        if self.best(candidate) <= ALIKE {
            return None;
        }
        self.compared += 1;
        let score = strsim::jaro_winkler(&self.name, &folded(candidate));
        (score > ALIKE).then_some(score)
    }

    /// Returns what the score is at most, by the letters that both have and the prefix that counts.
    fn best(&self, candidate: &str) -> f64 {
        let length = candidate.chars().take(COMPARED).count();
        let common = self.letters.common(&Letters::of(candidate));
        if length == 0 || common == 0 {
            return 0.0;
        }
        let [common, own, other] =
            [common, self.length, length].map(|count| u16::try_from(count).map_or(0.0, f64::from));
        let jaro = (common / own).min(1.0) + (common / other).min(1.0) + 1.0;
        let jaro = jaro / 3.0;
        let alike = self
            .name
            .chars()
            .zip(candidate.chars().flat_map(char::to_lowercase))
            .take(4)
            .take_while(|(a, b)| a == b)
            .count();
        let prefix = [0.0, 0.1, 0.2, 0.3, 0.4][alike];
        jaro + prefix * (1.0 - jaro)
    }
}

/// How often each letter stands in a name: upper and lower case, and letters beyond ASCII, may share
/// a place, so that there are at least as many common ones as there really are.
struct Letters([u8; 32]);

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0_u8; 32];
        for letter in name.chars().take(COMPARED) {
            let place = if letter.is_ascii() {
                u32::from(letter) & 31
            } else {
                0
            };
            counts[place as usize] = counts[place as usize].saturating_add(1);
        }
        Self(counts)
    }

    fn common(&self, other: &Self) -> usize {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(a, b)| usize::from(*a.min(b))).sum()
    }
}

fn folded(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase);
    letters.take(COMPARED).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_that_nothing_can_have_is_not_compared() {
        let mut search = Search::new(&"github.".repeat(1_000_000));
        assert_eq!(search.score("github.issues.list"), None);
        assert_eq!(search.compared, 0);
        let mut search = Search::new(&"g".repeat(LONGEST_NAME));
        assert_eq!(search.score(&"g".repeat(LONGEST_NAME + 1)), None);
        assert_eq!((search.compared, search.length), (0, COMPARED));
    }

    #[test]
    fn few_names_are_compared_closely() {
        let known: Vec<_> = (0..100_000)
            .map(|index| format!("github.issues.list{index}"))
            .collect();
        let mut search = Search::new("github.issues.lists");
        for name in &known {
            search.score(name);
        }
        assert_eq!(search.compared, MOST_COMPARED);
        let mut search = Search::new("stripe");
        for name in &known {
            assert_eq!(search.score(name), None);
        }
        assert_eq!(search.compared, 0);
    }

    #[test]
    fn a_list_has_an_end() {
        let names: Vec<_> = (0..1000).map(|index| format!("n{index}")).collect();
        let listed = list(names.iter().map(String::as_str));
        assert!(listed.ends_with("n49 and 950 more"), "{listed}");
        let long: Vec<_> = (0..100).map(|_| "x".repeat(200)).collect();
        assert!(list(long.iter().map(String::as_str)).len() < LONGEST_LIST + 20);
    }

    proptest! {
        #[test]
        fn no_name_is_lost_by_looking_at_letters_first(name in "[a-dA-DäÖ._]{0,12}", known in "[a-dA-DäÖ._]{0,12}") {
            let alike = strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase()) > ALIKE;
            prop_assert_eq!(!names(&name, [&*known], 1).is_empty(), alike && !name.is_empty() && !known.is_empty());
        }
    }
}
