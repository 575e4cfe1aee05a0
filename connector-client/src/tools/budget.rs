//! Results within a budget of tokens.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// Longest text within a value that was shortened, in characters, and most items of a list within it:
/// the first at which the whole fits.
const LIMITS: [(usize, usize); 5] = [(2_000, 100), (500, 30), (150, 10), (50, 4), (20, 2)];

pub(super) struct Shown {
    pub(super) text: String,
    /// What is not, if something is not.
    pub(super) left_out: Option<String>,
}

/// Shows the items of a list, as many as fit.
pub(super) fn list(data: Value, more: Map<String, Value>, tokens: usize) -> Shown {
    let Value::Array(items) = data else {
        return value(&data, tokens);
    };
    let count = items.len();
    let mut tail = String::new();
    for (name, value) in &more {
        tail.extend([
            ",",
            &Value::from(name.as_str()).to_string(),
            ":",
            &value.to_string(),
        ]);
    }
    let mut text = String::from("{\"items\":[");
    let mut used = self::tokens(&text) + self::tokens(&tail) + 2;
    let mut shown = 0;
    for item in &items {
        let item = item.to_string();
        used += self::tokens(&item) + 1;
        if used > tokens {
            break;
        }
        if shown > 0 {
            text.push(',');
        }
        text.push_str(&item);
        shown += 1;
    }
    if shown == 0 && count > 0 {
        let mut members = Map::new();
        members.insert("items".to_owned(), Value::Array(items));
        members.extend(more);
        return value(&Value::Object(members), tokens);
    }
    text.push(']');
    text.push_str(&tail);
    text.push('}');
    let left_out = (shown < count).then(|| {
        let mut said = format!("{shown} of {count} items are shown, to save tokens");
        if more.contains_key("cursor") {
            said.push_str("; `cursor` continues after the last of all items");
        }
        said
    });
    Shown { text, left_out }
}

/// Shows a value; if it is too long, with shorter texts and lists in it.
pub(super) fn value(data: &Value, tokens: usize) -> Shown {
    let write = |data: &Value| match data {
        // A text speaks for itself.
        Value::String(text) => text.clone(),
        data => data.to_string(),
    };
    let mut text = write(data);
    if self::tokens(&text) <= tokens {
        return Shown {
            text,
            left_out: None,
        };
    }
    let left_out = Some("shortened, to save tokens".to_owned());
    if !data.is_string() {
        for (characters, items) in LIMITS {
            let short = write(&shortened(data, characters, items));
            if self::tokens(&short) <= tokens {
                return Shown {
                    text: short,
                    left_out,
                };
            }
        }
    }
    cut(&mut text, tokens);
    Shown { text, left_out }
}

fn shortened(data: &Value, characters: usize, most: usize) -> Value {
    match data {
        Value::String(text) => match text.char_indices().nth(characters) {
            None => data.clone(),
            Some((end, _)) => {
                let more = text[end..].chars().count();
                format!("{}… ({more} more characters)", &text[..end]).into()
            }
        },
        Value::Array(items) => {
            let shown = items.iter().take(most);
            let mut shown: Vec<_> = shown
                .map(|item| shortened(item, characters, most))
                .collect();
            if items.len() > most {
                shown.push(json!(format!("… ({} more items)", items.len() - most)));
            }
            Value::Array(shown)
        }
        Value::Object(members) => {
            let members = members.iter();
            let shown =
                members.map(|(name, value)| (name.clone(), shortened(value, characters, most)));
            Value::Object(shown.collect())
        }
        _ => data.clone(),
    }
}

pub(super) fn cut(text: &mut String, tokens: usize) {
    let mut counter = Counter::default();
    let fits = |(_, character): &(usize, char)| {
        counter.add(*character);
        counter.tokens <= tokens
    };
    let end = text.char_indices().take_while(fits).last();
    let end = end.map_or(0, |(start, character)| start + character.len_utf8());
    if end < text.len() {
        text.truncate(end);
        // Writing to a string cannot fail.
        let _ = write!(text, "…");
    }
}

/// Estimates how many tokens a text is, rather too many than too few. Vocabularies of models differ, so
/// this knows none of them.
pub(super) fn tokens(text: &str) -> usize {
    let mut counter = Counter::default();
    for character in text.chars() {
        counter.add(character);
    }
    counter.tokens
}

/// Counts the tokens of a text that is read character by character.
#[derive(Default)]
struct Counter {
    tokens: usize,
    kind: Kind,
    /// Characters of the kind in a row.
    run: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Space,
    Lower,
    Upper,
    Digit,
    Mark,
    Other,
}

impl Counter {
    fn add(&mut self, character: char) {
        let kind = match character {
            ' ' | '\n' | '\r' | '\t' => Kind::Space,
            'a'..='z' => Kind::Lower,
            'A'..='Z' => Kind::Upper,
            '0'..='9' => Kind::Digit,
            '!'..='~' => Kind::Mark,
            _ => Kind::Other,
        };
        // A word goes on after its capital.
        let goes_on = kind == self.kind || (kind == Kind::Lower && self.kind == Kind::Upper);
        self.run = if goes_on { self.run + 1 } else { 1 };
        let before = std::mem::replace(&mut self.kind, kind);
        let run = self.run;
        self.tokens += match kind {
            // One space is part of the word that follows, and not of a number.
            Kind::Space => usize::from(run.is_multiple_of(2)),
            Kind::Lower => usize::from(!goes_on || run % 3 == 1),
            Kind::Digit => usize::from(run % 3 == 1) + usize::from(before == Kind::Space),
            Kind::Upper | Kind::Mark => 1,
            Kind::Other => character.len_utf8().div_ceil(2),
        };
    }
}

#[cfg(test)]
mod tests;
