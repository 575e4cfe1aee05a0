//! Sentences: what documents say, brought to the form of doc comments.

use std::fmt::Write as _;

use plugwright_import::VERBS;
use plugwright_sdk::host::word_list;

/// Verbs that summaries begin with, and names of operations hardly ever.
const FURTHER_VERBS: &[&str] = &word_list::<52>(include_str!("../words/further_verbs.txt"));

/// A line of source has at most so many columns.
const WIDTH: usize = 100;

/// Returns the form of a verb for one who does it: `list` becomes `lists`.
pub(crate) fn third_person(verb: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| verb.ends_with(ending));
    if ends(&["s", "x", "z", "ch", "sh", "o"]) {
        format!("{verb}es")
    } else if verb.ends_with('y') && !ends(&["ay", "ey", "oy", "uy"]) {
        format!("{}ies", &verb[..verb.len() - 1])
    } else {
        format!("{verb}s")
    }
}

fn verbs() -> impl Iterator<Item = &'static str> {
    VERBS.iter().chain(FURTHER_VERBS).copied()
}

pub(crate) fn is_verb(word: &str) -> bool {
    verbs().any(|verb| verb == word)
}

/// Turns a command into a sentence about what is done: `List issues` into `Lists issues`; none for
/// what begins with no verb.
pub(crate) fn statement(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ':', '!', '…']).trim();
    let (first, rest) = text.split_once(' ')?;
    let lower = first.to_lowercase();
    let verb = if is_verb(&lower) {
        third_person(&lower)
    } else if verbs().any(|verb| third_person(verb) == lower) {
        lower
    } else {
        return None;
    };
    Some(sentence(&format!("{verb} {}", without_title_case(rest))))
}

/// Writes a phrase whose words all begin with capitals as a sentence has it.
fn without_title_case(text: &str) -> String {
    let words: Vec<_> = text.split(' ').collect();
    let is_title = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
    };
    let long: Vec<_> = words.iter().filter(|word| word.len() > 3).collect();
    if long.len() < 2 || !long.iter().all(|word| is_title(word)) {
        return text.to_owned();
    }
    let lower = words.iter().map(|word| {
        if is_title(word) {
            word.to_lowercase()
        } else {
            (*word).to_owned()
        }
    });
    lower.collect::<Vec<_>>().join(" ")
}

/// Returns a text as a sentence: with a capital and a full stop, and what is code as code.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches(['.', ',', ';', ':']).trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let rest = letters.as_str();
    // What is an identifier keeps its case.
    let word = text.split(' ').next().unwrap_or_default();
    let is_code =
        word[first.len_utf8()..].contains(|letter: char| letter.is_uppercase() || letter == '_');
    let capital: String = if is_code {
        first.to_string()
    } else {
        first.to_uppercase().collect()
    };
    let text = marked(&format!("{capital}{rest}"));
    if text.ends_with(['!', '?', '…']) {
        text
    } else {
        format!("{text}.")
    }
}

/// Puts words that Markdown would read as something else between backticks.
fn marked(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let word = without_emphasis(word);
        let bare = word.trim_matches(['(', ')', ',', '.', ';', ':', '"', '\'', '!', '?']);
        let is_code = bare.contains([
            '<', '>', '[', ']', '_', '*', '{', '}', '|', '\\', '~', '#', '$', '=',
        ]) || bare.contains("://");
        if !is_code || bare.is_empty() {
            return word.replace('`', "");
        }
        word.replacen(bare, &format!("`{}`", bare.replace('`', "")), 1)
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_emphasis(word: &str) -> &str {
    for mark in ['_', '*'] {
        let bare = word.trim_end_matches(['.', ',', ';', ':']);
        let inner = bare
            .strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark));
        let inner = inner
            .or_else(|| bare.strip_prefix(mark))
            .or_else(|| bare.strip_suffix(mark));
        if let Some(inner) = inner.filter(|inner| inner.chars().all(char::is_alphanumeric)) {
            return inner;
        }
    }
    word
}

/// Writes words of a statement that are known nouns without their capitals.
pub(crate) fn with_plain_nouns(text: &str, nouns: &[String]) -> String {
    let words = text.split(' ').enumerate().map(|(index, word)| {
        let bare = word.trim_end_matches(['.', ',']);
        let mut letters = bare.chars();
        let is_title =
            letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
        let lower = bare.to_lowercase();
        let small = [
            "a", "an", "all", "new", "the", "by", "for", "of", "existing", "id",
        ];
        if index > 0 && is_title && (nouns.contains(&lower) || small.contains(&lower.as_str())) {
            word.to_lowercase()
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Splits a text into sentences that can be kept: whole ones, without lists and tables.
pub(crate) fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest
            .match_indices(". ")
            .map(|(at, _)| at)
            .find(|at| is_end(rest, *at));
        let (head, tail) = match end {
            Some(at) => (&rest[..at], &rest[at + 2..]),
            None => (rest, ""),
        };
        if is_kept(head) {
            found.push(sentence(head));
        }
        rest = tail.trim();
    }
    found
}

fn is_end(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let abbreviated = ["e.g", "i.e", "etc", "vs", "No", "approx"];
    let follows = text[at + 2..].trim_start().chars().next();
    !abbreviated.iter().any(|word| before.ends_with(word))
        && follows.is_some_and(|letter| !letter.is_lowercase())
}

fn is_kept(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let lower = text.to_lowercase();
    (2..=40).contains(&words)
        && !text.contains(['|', '…', '→'])
        && !text.contains(" - ")
        && !text.contains(" * ")
        && !text.contains("##")
        && !text.trim_end().ends_with(':')
        && !lower.contains("deprecat")
        && !lower.contains("click here")
        && !lower.contains("send a get request")
        && !lower.contains("send a post request")
        && !lower.contains("send a put request")
        && !lower.contains("send a patch request")
        && !lower.contains("send a delete request")
        && !lower.contains("this endpoint triggers notifications")
        && !lower.starts_with(['-', '*', '#', '>', '+'])
        && !lower.contains("note:")
        && !lower.starts_with("see ")
        && !lower.starts_with("for more information")
        && !lower.starts_with("learn more")
        && text.matches('(').count() == text.matches(')').count()
        && text.matches('"').count().is_multiple_of(2)
}

pub(crate) fn doc_comment(paragraphs: &[String], indent: usize) -> String {
    comment(paragraphs, indent, "///")
}

pub(crate) fn file_comment(text: &str) -> String {
    comment(&[text.to_owned()], 0, "//!")
}

fn comment(paragraphs: &[String], indent: usize, mark: &str) -> String {
    let margin = " ".repeat(indent);
    let mut comment = String::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(comment, "{margin}{mark}");
        }
        for line in wrapped(paragraph, WIDTH - indent - mark.len() - 1) {
            let _ = writeln!(comment, "{margin}{mark} {line}");
        }
    }
    comment
}

/// Breaks a paragraph into lines, none of which begins like a list, a quote or a heading.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + 1 + word.chars().count() <= width || is_mark(word) =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn is_mark(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    word.starts_with(['-', '*', '+', '>', '#', '='])
        || (number.len() < word.len() && number.chars().all(|letter| letter.is_ascii_digit()))
}

pub(crate) fn listed(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

pub(crate) fn count(paragraphs: &[String]) -> usize {
    let words = paragraphs
        .iter()
        .map(|text| text.split_whitespace().count());
    words.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_statements() {
        for (command, expected) in [
            ("List issues", Some("Lists issues.")),
            ("Apply a label.", Some("Applies a label.")),
            (
                "Create A New Chat Message",
                Some("Creates a new chat message."),
            ),
            ("Gets one issue", Some("Gets one issue.")),
            (
                "Search repos by full_name",
                Some("Searches repos by `full_name`."),
            ),
            ("Issue details", None),
            ("Get", None),
        ] {
            assert_eq!(statement(command).as_deref(), expected, "{command}");
        }
    }

    #[test]
    fn sentences_that_are_no_prose_are_left_out() {
        let text =
            "Lists all, e.g. open ones. Needs <scope> or a[b]. See the docs. Values: - a - b";
        assert_eq!(
            sentences(text),
            ["Lists all, e.g. open ones.", "Needs `<scope>` or `a[b]`."]
        );
    }

    #[test]
    fn no_line_begins_like_a_list() {
        let text = format!("{} - then 2. more", "word ".repeat(18).trim());
        for line in doc_comment(&[text], 4).lines() {
            let line = line.trim_start().trim_start_matches("/// ");
            assert!(!line.starts_with(['-', '2']), "{line}");
        }
    }
}
