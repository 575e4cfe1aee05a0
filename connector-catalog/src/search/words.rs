//! Texts as words.

use std::collections::HashMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, WhitespaceTokenizer};

const MOST_WORDS: usize = 32;

const LONGEST_WORD: usize = 64;

/// The longest that the text of a search counts, in bytes.
const LONGEST_TEXT: usize = 4 << 10;

/// Words that say nothing of what is to be done.
const STOP_WORDS: &str = include_str!("stop_words.txt");

/// Words that mean the same to whoever searches: a word, a colon, and what is searched for as well.
const SYNONYMS: &str = include_str!("synonyms.txt");

static SYNONYMS_BY_STEM: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut synonyms: HashMap<String, Vec<String>> = HashMap::new();
    for line in SYNONYMS.lines() {
        let Some((word, others)) = line.split_once(':') else {
            continue;
        };
        for word in stems(word) {
            synonyms.entry(word).or_default().extend(stems(others));
        }
    }
    synonyms
});

pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(WhitespaceTokenizer::default())
        .filter(Stemmer::new(Language::English))
        .build()
}

/// Brings a text to words in lower case with blanks between. Words are split where a capital follows
/// a small letter, and stop words left out.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in split(text) {
        if is_stop_word(&word) {
            continue;
        }
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(&word);
    }
    plain
}

fn is_stop_word(word: &str) -> bool {
    static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut words: Vec<_> = STOP_WORDS.split_whitespace().collect();
        words.sort_unstable();
        words
    });
    WORDS.binary_search(&word).is_ok()
}

pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    let mut letters = text.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(letter) = letters.next() {
        if !letter.is_alphanumeric() {
            // The `s` of `user's` is no word.
            if letter == '\'' || letter == '’' {
                while letters.next_if(|letter| letter.is_alphanumeric()).is_some() {}
            }
            end(&mut word);
            before = None;
            continue;
        }
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase()
                        && letters.peek().is_some_and(|next| next.is_lowercase()))
            });
        if starts || word.len() >= LONGEST_WORD {
            end(&mut word);
        }
        word.extend(letter.to_lowercase());
        before = Some(letter);
    }
    end(&mut word);
    words
}

pub(super) fn stems(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut analyzer = analyzer();
    let mut tokens = analyzer.token_stream(&plain);
    let mut stems = Vec::new();
    tokens.process(&mut |token| stems.push(token.text.clone()));
    stems
}

pub(super) fn stem(word: &str) -> String {
    let mut analyzer = analyzer();
    let mut tokens = analyzer.token_stream(word);
    let mut stem = String::new();
    tokens.process(&mut |token| stem.clone_from(&token.text));
    stem
}

/// Returns the stems of a search, each once, as many as count.
pub(super) fn wanted(text: &str) -> Vec<String> {
    let mut wanted = Vec::new();
    for stem in stems(&text[..text.floor_char_boundary(LONGEST_TEXT)]) {
        if !wanted.contains(&stem) {
            wanted.push(stem);
        }
        if wanted.len() == MOST_WORDS {
            break;
        }
    }
    wanted
}

pub(super) fn synonyms(stem: &str) -> &'static [String] {
    SYNONYMS_BY_STEM.get(stem).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_and_words_brought_to_stems() {
        assert_eq!(
            plain("issues.listForRepo the HTTPServer's_labels"),
            "issues list repo http server labels"
        );
        assert_eq!(wanted("Listing the issues, listed issue"), ["list", "issu"]);
        assert!(wanted("-- , the of").is_empty());
    }

    #[test]
    fn a_search_has_so_many_words_of_bounded_length() {
        let many: Vec<_> = (0..1000).map(|number| format!("w{number}")).collect();
        assert_eq!(wanted(&many.join(" ")).len(), MOST_WORDS);
        let long = wanted(&"é".repeat(1 << 20));
        assert!(
            long.iter().all(|word| word.len() <= LONGEST_WORD + 3),
            "{long:?}"
        );
    }

    #[test]
    fn every_line_of_the_synonyms_is_one() {
        for line in SYNONYMS.lines() {
            let (word, others) = line.split_once(':').expect(line);
            assert_eq!(stems(word).len(), 1, "{line}");
            assert!(!stems(others).is_empty(), "{line}");
        }
    }
}
