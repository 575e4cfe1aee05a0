//! Search for actions by words.

use crate::action::Action as _;
use crate::registry::Entry;

/// Finds actions by the words in their id, title, parameters and description.
///
/// ```
/// use plugwright_sdk::search::SearchIndex;
/// use plugwright_sdk::{
///     ActionContext, ConnectorDefinition, Registry, Result, Value, action, actions,
/// };
///
/// /// Lists the boats.
/// #[action("boats.list", read, get = "/boats")]
/// async fn list(cx: &ActionContext) -> Result<Value>;
///
/// /// Lists the flags that a boat shows.
/// #[action("boats.list_flags", read, get = "/flags")]
/// async fn list_flags(cx: &ActionContext) -> Result<Value>;
///
/// static HARBOR: ConnectorDefinition = ConnectorDefinition::new("harbor", "Harbor", "1.0.0")
///     .base_url("https://harbor.example.com")
///     .actions(actions![list, list_flags]);
///
/// let registry = Registry::new([&HARBOR])?;
/// let index = SearchIndex::new(registry.actions());
/// let best = |words| index.search(words).next().map(|entry| entry.id());
/// assert_eq!(best("list boats").as_deref(), Some("harbor.boats.list"));
/// assert_eq!(best("flag").as_deref(), Some("harbor.boats.list_flags"));
/// assert_eq!(best("whale"), None);
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
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ActionContext, ConnectorDefinition, Registry, Result, Value, action, actions, path,
    };

    /// Lists the boats that lie here.
    #[action("boats.list", read, get = "/boats")]
    async fn list(cx: &ActionContext) -> Result<Value>;

    /// Lists the flags that a boat shows.
    #[action("boats.list_flags", read)]
    async fn list_flags(
        cx: &ActionContext,
        /// Name of the boat.
        boat: String,
    ) -> Result<Value> {
        cx.get(path!("/boats/{boat}/flags")).fetch().await
    }

    /// Sends a boat to sea.
    #[action("boats.launch", write, post = "/launches", json)]
    async fn launch(
        cx: &ActionContext,
        /// Whether the captain is aboard.
        captain: bool,
    ) -> Result<Value>;

    static HARBOR: ConnectorDefinition = ConnectorDefinition::new("harbor", "Harbor", "1.0.0")
        .base_url("https://harbor.example.com")
        .actions(actions![list, list_flags, launch]);

    fn found(words: &str) -> Vec<String> {
        let registry = Registry::new([&HARBOR]).unwrap();
        let index = SearchIndex::new(registry.actions());
        index.search(words).map(|entry| entry.id()).collect()
    }

    #[test]
    fn all_words_count_before_one_and_the_name_before_the_rest() {
        assert_eq!(found("launch list boat")[0], "harbor.boats.list");
        assert_eq!(found("boat sea")[0], "harbor.boats.launch");
        assert_eq!(found("captain"), ["harbor.boats.launch"]);
        assert_eq!(found("lie"), ["harbor.boats.list"]);
    }

    #[test]
    fn a_name_that_says_more_than_was_asked_for_comes_later() {
        assert_eq!(
            found("list boats"),
            [
                "harbor.boats.list",
                "harbor.boats.list_flags",
                "harbor.boats.launch"
            ]
        );
        assert_eq!(found("LIST BOAT FLAG")[0], "harbor.boats.list_flags");
    }

    #[test]
    fn equals_are_in_the_order_of_their_ids() {
        assert_eq!(found("harbor").len(), 3);
        assert_eq!(
            found("harbor")[..2],
            ["harbor.boats.launch", "harbor.boats.list"]
        );
    }

    #[test]
    fn no_words_find_nothing() {
        assert!(found("").is_empty());
        assert!(found("-- ,").is_empty());
        assert!(found("xylophone").is_empty());
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
