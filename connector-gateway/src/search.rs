//! Search for actions by words.

use plugwright_sdk::{Action as _, Entry};

/// Finds actions by the words in their id, title, parameters and description.
///
/// ```
/// use plugwright_gateway::search::SearchIndex;
/// use plugwright_sdk::Registry;
///
/// let registry = Registry::new([&plugwright_github::CONNECTOR])?;
/// let index = SearchIndex::new(registry.actions());
/// let best = index.search("create issue").next();
/// assert_eq!(best.map(|entry| entry.id()).as_deref(), Some("github.issues.create"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SearchIndex {
    documents: Vec<Document>,
}

#[derive(Clone, Debug)]
struct Document {
    entry: Entry,
    id: String,
    /// The words, by how much they say about the action.
    weighted: [(u32, Vec<String>); 4],
}

impl SearchIndex {
    /// Makes an index of actions.
    pub fn new(entries: &[Entry]) -> Self {
        Self {
            documents: entries.iter().map(|entry| Document::new(*entry)).collect(),
        }
    }

    /// Returns the actions that have any of the words, or a word that begins with one: first those
    /// that have most of them, of these the ones where they say most, equal ones by id.
    pub fn search(&self, words: &str) -> impl Iterator<Item = Entry> + use<> {
        let wanted = terms(words);
        let mut scored: Vec<_> = self
            .documents
            .iter()
            .filter_map(|document| {
                let scores: Vec<_> = wanted
                    .iter()
                    .map(|word| document.score(word))
                    .filter(|score| *score > 0)
                    .collect();
                let sum = scores.iter().sum::<u32>();
                let score = (scores.len(), sum.saturating_sub(document.unasked(&wanted)));
                (score.0 > 0).then_some((score, document))
            })
            .collect();
        scored.sort_by(|(a, of_a), (b, of_b)| b.cmp(a).then_with(|| of_a.id.cmp(&of_b.id)));
        let found: Vec<_> = scored
            .into_iter()
            .map(|(_, document)| document.entry)
            .collect();
        found.into_iter()
    }
}

impl Document {
    fn new(entry: Entry) -> Self {
        let id = entry.id();
        let action = entry.action;
        let params = action
            .params()
            .iter()
            .flat_map(|param| terms(&param.name))
            .collect();
        Self {
            weighted: [
                (12, terms(&id)),
                (8, terms(&action.title())),
                (3, params),
                (2, terms(action.description())),
            ],
            entry,
            id,
        }
    }

    /// What the words of the id that nobody asked for cost: `list issues` means `issues.list` rather
    /// than `issues.list_labels`.
    fn unasked(&self, wanted: &[String]) -> u32 {
        let (weight, id) = &self.weighted[0];
        id.iter()
            .filter(|term| !wanted.iter().any(|word| term.starts_with(word)))
            .fold(0, |cost, _| cost + weight)
    }

    /// A whole word counts double.
    fn score(&self, word: &str) -> u32 {
        let in_place = |(weight, terms): &(u32, Vec<String>)| {
            if terms.iter().any(|term| term == word) {
                2 * weight
            } else if terms.iter().any(|term| term.starts_with(word)) {
                *weight
            } else {
                0
            }
        };
        self.weighted.iter().map(in_place).sum()
    }
}

/// Splits a text into words in lower case, without the `s` of plurals.
fn terms(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let word = word.to_lowercase();
            match word.strip_suffix('s') {
                Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
                _ => word,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::Registry;
    use proptest::prelude::*;

    use super::*;

    fn found(words: &str) -> Vec<String> {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let index = SearchIndex::new(registry.actions());
        index.search(words).map(|entry| entry.id()).collect()
    }

    #[test]
    fn the_name_counts_most_and_all_words_before_one() {
        assert_eq!(found("list issues")[0], "github.issues.list");
        assert_eq!(found("LIST ISSUE")[0], "github.issues.list");
        assert_eq!(found("merge pulls")[0], "github.pulls.merge");
        assert_eq!(
            found("github").len(),
            plugwright_github::CONNECTOR.actions().len()
        );
        assert!(found("xylophone").is_empty());
        assert!(found("").is_empty());
    }

    #[test]
    fn words_are_compared_in_the_singular() {
        assert_eq!(
            terms("Lists issues_labels of class"),
            ["list", "issue", "label", "of", "class"]
        );
    }

    proptest! {
        #[test]
        fn any_text_can_be_searched_for(words in any::<String>()) {
            found(&words);
        }
    }
}
