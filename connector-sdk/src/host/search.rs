//! Search for actions by words.

use std::collections::HashMap;

use super::registry::Entry;

/// Finds actions by the words in their id, title, parameters and description.
///
/// ```
/// use plugwright_sdk::host::search::SearchIndex;
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions};
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
    /// The actions, in the order of their ids.
    documents: Vec<Document>,
    /// All words in order, so that those which begin with a word stand together.
    terms: Vec<(String, Vec<Posting>)>,
}

#[derive(Clone, Debug)]
struct Document {
    entry: Entry,
    /// How many words its id has.
    words: u32,
}

/// A word in a place of a document.
#[derive(Clone, Copy, Debug)]
struct Posting {
    document: u32,
    place: u8,
    /// How often the word stands there.
    count: u8,
}

/// How much a word says about an action: in its id, its title, its parameters, its description.
const WEIGHTS: [u32; 4] = [12, 8, 3, 2];

/// The most words of a search that count.
const MOST_WORDS: usize = 32;

/// The longest that a word counts, in characters.
const LONGEST_WORD: usize = 64;

/// The longest that the text of a search counts, in bytes.
const LONGEST_TEXT: usize = 4 << 10;

/// What a search has found out about a document.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// How many of the words it has.
    words: u32,
    score: u32,
    /// How many words of the id were asked for.
    asked: u32,
    /// The word that is looked at, counted from 1, and the places where the document has it.
    word: u32,
    places: u8,
}

impl SearchIndex {
    /// Makes an index of actions.
    pub fn new(entries: &[Entry]) -> Self {
        let mut entries: Vec<_> = entries
            .iter()
            .map(|entry| (entry.id(), entry.clone()))
            .collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut documents = Vec::with_capacity(entries.len());
        let mut by_term: HashMap<String, Vec<Posting>> = HashMap::new();
        for (index, (id, entry)) in (0..).zip(entries) {
            let texts = texts(&id, &entry);
            documents.push(Document {
                entry,
                words: u32::try_from(terms(&texts[0]).count()).unwrap_or(u32::MAX),
            });
            for (place, text) in (0..).zip(&texts) {
                for term in terms(text) {
                    let postings = by_term.entry(term).or_default();
                    match postings.last_mut() {
                        Some(last) if (last.document, last.place) == (index, place) => {
                            last.count = last.count.saturating_add(1);
                        }
                        _ => postings.push(Posting {
                            document: index,
                            place,
                            count: 1,
                        }),
                    }
                }
            }
        }
        let mut terms: Vec<_> = by_term.into_iter().collect();
        terms.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self { documents, terms }
    }

    /// Returns the actions that have any of the words, or a word that begins with one: first those
    /// that have most of them, of these the ones where they say most, equal ones by id.
    ///
    /// The first 32 words count, and the first 4 KiB of the text.
    pub fn search(&self, words: &str) -> impl Iterator<Item = Entry> + use<> {
        let mut tallies = vec![Tally::default(); self.documents.len()];
        let mut asked = vec![false; self.terms.len()];
        for (word, number) in wanted(words).iter().zip(1..) {
            let first = self.terms.partition_point(|(term, _)| term < word);
            let terms = self.terms[first..].iter().zip(&mut asked[first..]);
            // The word itself comes before those that begin with it.
            for ((term, postings), asked) in
                terms.take_while(|((term, _), _)| term.starts_with(word.as_str()))
            {
                let is_whole = term == word;
                for posting in postings {
                    tallies[posting.document as usize].add(*posting, number, is_whole, !*asked);
                }
                *asked = true;
            }
        }
        let found = tallies.iter().zip(&self.documents);
        let mut found: Vec<_> = found
            .filter(|(tally, _)| tally.words > 0)
            .map(|(tally, document)| {
                // What the words of the id that nobody asked for cost: `list issues` means
                // `issues.list` rather than `issues.list_labels`.
                let unasked = WEIGHTS[0] * document.words.saturating_sub(tally.asked);
                let score = (tally.words, tally.score.saturating_sub(unasked));
                (score, document.entry.clone())
            })
            .collect();
        // Equal ones stay in the order of their ids.
        found.sort_by(|(a, _), (b, _)| b.cmp(a));
        found.into_iter().map(|(_, entry)| entry)
    }
}

impl Tally {
    /// Adds a place where a word stands; a whole word counts double.
    fn add(&mut self, posting: Posting, word: u32, is_whole: bool, is_new: bool) {
        if self.word != word {
            (self.word, self.places) = (word, 0);
            self.words += 1;
        }
        if posting.place == 0 && is_new {
            self.asked += u32::from(posting.count);
        }
        let place = 1 << posting.place;
        if self.places & place == 0 {
            self.places |= place;
            let weight = WEIGHTS[usize::from(posting.place)];
            self.score += if is_whole { 2 * weight } else { weight };
        }
    }
}

/// Returns the texts that say what an action is, by [their weights](WEIGHTS).
fn texts(id: &str, entry: &Entry) -> [String; 4] {
    let action = &entry.action;
    let params = action.params();
    let params: Vec<_> = params.iter().map(|param| param.name.as_str()).collect();
    [
        id.to_owned(),
        action.title().into_owned(),
        params.join(" "),
        action.description().to_owned(),
    ]
}

/// Returns the words of a search, each once, as many as count.
fn wanted(text: &str) -> Vec<String> {
    let mut wanted = Vec::new();
    for mut word in terms(&text[..text.floor_char_boundary(LONGEST_TEXT)]) {
        if let Some((cut, _)) = word.char_indices().nth(LONGEST_WORD) {
            word.truncate(cut);
        }
        if !wanted.contains(&word) {
            wanted.push(word);
        }
        if wanted.len() == MOST_WORDS {
            break;
        }
    }
    wanted
}

/// Splits a text into words in lower case, without the `s` of plurals.
fn terms(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let word = word.to_lowercase();
            match word.strip_suffix('s') {
                Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
                _ => word,
            }
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::host::Registry;
    use crate::{ActionContext, ConnectorDefinition, Result, Value, action, actions, path};

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
            terms("Lists issues_labels of class").collect::<Vec<_>>(),
            ["list", "issue", "label", "of", "class"]
        );
    }

    #[test]
    fn a_search_has_so_many_words_each_once() {
        let many: Vec<_> = (0..1000).map(|number| format!("w{number}")).collect();
        assert_eq!(wanted(&many.join(" ")).len(), MOST_WORDS);
        assert_eq!(wanted(&"boats boat ".repeat(1000)), ["boat"]);
        let long = wanted(&"é".repeat(1 << 20));
        assert_eq!(long[0].chars().count(), LONGEST_WORD);
        assert!(found(&"-".repeat(1 << 20)).is_empty());
    }

    /// What the index stands for, word by word and document by document.
    fn found_one_by_one(text: &str) -> Vec<String> {
        let registry = Registry::new([&HARBOR]).unwrap();
        let words = wanted(text);
        let mut scored: Vec<_> = registry
            .actions()
            .iter()
            .map(|entry| {
                let texts = texts(&entry.id(), entry).map(|text| terms(&text).collect::<Vec<_>>());
                let score = |word: &String| {
                    let places = texts.iter().zip(WEIGHTS);
                    places
                        .map(|(terms, weight)| {
                            if terms.contains(word) {
                                2 * weight
                            } else if terms.iter().any(|term| term.starts_with(word.as_str())) {
                                weight
                            } else {
                                0
                            }
                        })
                        .sum::<u32>()
                };
                let scores: Vec<_> = words.iter().map(score).filter(|score| *score > 0).collect();
                let unasked = texts[0]
                    .iter()
                    .filter(|term| !words.iter().any(|word| term.starts_with(word.as_str())))
                    .count();
                let unasked = WEIGHTS[0] * u32::try_from(unasked).unwrap();
                let sum = scores.iter().sum::<u32>().saturating_sub(unasked);
                ((scores.len(), sum), entry.id())
            })
            .filter(|((words, _), _)| *words > 0)
            .collect();
        scored.sort_by(|(a, of_a), (b, of_b)| b.cmp(a).then_with(|| of_a.cmp(of_b)));
        scored.into_iter().map(|(_, id)| id).collect()
    }

    proptest! {
        #[test]
        fn finds_what_looking_at_each_action_finds(
            words in prop::collection::vec(
                prop_oneof![
                    "[a-z]{1,3}", Just("boats".to_owned()), Just("list".to_owned()), Just("flag".to_owned()),
                    Just("harbor".to_owned()), Just("captain".to_owned()), Just("launches".to_owned())
                ],
                0..6,
            ),
        ) {
            let words = words.join(" ");
            prop_assert_eq!(found(&words), found_one_by_one(&words));
        }

        #[test]
        fn any_text_can_be_searched_for(words in any::<String>()) {
            found(&words);
        }
    }
}
