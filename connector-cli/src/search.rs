//! `search`: actions by words.

use plugwright_sdk::{Action as _, Entry, Registry};
use serde_json::Value;

use crate::args::{ListFormat, SearchArguments};
use crate::failure::Stop;
use crate::{list, output};

/// Ranks actions by words.
pub(crate) fn search(registry: &Registry, arguments: &SearchArguments) -> Result<(), Stop> {
    let mut found = rank(registry.actions(), &arguments.words);
    found.truncate(arguments.limit);
    let text = match arguments.output {
        ListFormat::Table => {
            if found.is_empty() {
                output::note("no action matches; `list` shows all");
            }
            list::table(&found)
        }
        ListFormat::Json => {
            output::json::pretty(&found.into_iter().map(list::summary).collect::<Value>())
        }
    };
    Ok(output::print(&text)?)
}

/// Returns the actions that have any of the words, the best first; equal ones by id.
fn rank(entries: &[Entry], words: &[String]) -> Vec<Entry> {
    let wanted: Vec<_> = words.iter().flat_map(|word| terms(word)).collect();
    let mut scored: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            let places = Places::of(*entry);
            let scores: Vec<_> = wanted
                .iter()
                .map(|word| places.score(word))
                .filter(|score| *score > 0)
                .collect();
            // How many of the words are there counts before how well each fits.
            (!scores.is_empty()).then(|| {
                (
                    (scores.len(), scores.iter().sum::<u32>()),
                    entry.id(),
                    *entry,
                )
            })
        })
        .collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, _, entry)| entry).collect()
}

/// The words of an action, by how much they say about it.
struct Places {
    weighted: [(u32, Vec<String>); 4],
}

impl Places {
    fn of(entry: Entry) -> Self {
        let action = entry.action;
        let params = action
            .params()
            .into_iter()
            .flat_map(|param| terms(&param.name))
            .collect();
        Self {
            weighted: [
                (12, terms(&entry.id())),
                (8, terms(&action.title())),
                (3, params),
                (2, terms(action.description())),
            ],
        }
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
    use super::*;
    use crate::fixture::SHOP;

    fn found(words: &[&str]) -> Vec<String> {
        let registry = Registry::new([&SHOP]).unwrap();
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        rank(registry.actions(), &words)
            .into_iter()
            .map(|entry| entry.id())
            .collect()
    }

    #[test]
    fn the_name_counts_most_and_all_words_before_one() {
        assert_eq!(found(&["delete"]), ["test-shop.items.delete"]);
        assert_eq!(
            found(&["item", "tags"]),
            ["test-shop.items.list", "test-shop.items.delete"]
        );
        assert_eq!(found(&["cheap"]), ["test-shop.items.list"]);
        assert_eq!(
            found(&["Test-Shop"]),
            ["test-shop.items.delete", "test-shop.items.list"]
        );
        assert!(found(&["nothing"]).is_empty());
    }

    #[test]
    fn words_are_compared_in_the_singular() {
        assert_eq!(
            terms("Lists issues_labels of class"),
            ["list", "issue", "label", "of", "class"]
        );
    }
}
