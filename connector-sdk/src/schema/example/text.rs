//! Plausible texts for a schema.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

pub(super) fn of(schema: &Value) -> String {
    let word = |keyword| schema.get(keyword).and_then(Value::as_str);
    if let Some(text) = word("format").and_then(of_format) {
        return text.to_owned();
    }
    let count = |keyword| {
        schema
            .get(keyword)
            .and_then(Value::as_u64)
            .and_then(|count| usize::try_from(count).ok())
    };
    let text = word("pattern")
        .and_then(of_pattern)
        .unwrap_or_else(|| "text".to_owned());
    let least = count("minLength").unwrap_or(0).min(LONGEST);
    let most = count("maxLength").unwrap_or(usize::MAX);
    let padding = least.saturating_sub(text.chars().count());
    // What the pattern ends with is the likeliest to be allowed once more.
    let repeated = text.chars().last().unwrap_or('x');
    text.chars()
        .chain(std::iter::repeat_n(repeated, padding))
        .take(most)
        .collect()
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2030-01-31",
        "date-time" => "2030-01-31T08:30:00Z",
        "time" => "08:30:00Z",
        "email" => "someone@example.com",
        "uri" | "url" | "uri-reference" | "iri" => "https://example.com/",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "hostname" => "example.com",
        _ => return None,
    })
}

fn of_pattern(pattern: &str) -> Option<String> {
    let parsed = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut text = String::new();
    write(&parsed, &mut text)?;
    Some(text)
}

/// Repetitions stop here, however many a pattern asks for.
const MOST_REPEATS: u32 = 64;

/// No text is longer, however long a schema or a pattern wants it.
const LONGEST: usize = 4096;

fn write(part: &Hir, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(member(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.max(1).min(most).min(MOST_REPEATS) {
                write(&repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, text)?,
    }
    Some(())
}

/// Chooses a letter or digit of a class where it has one.
fn member(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class
            .iter()
            .map(|range| (range.start(), range.end()))
            .collect(),
        Class::Bytes(class) => class
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    };
    let has = |letter: &char| {
        ranges
            .iter()
            .any(|(start, end)| start <= letter && letter <= end)
    };
    ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .find(has)
        .or_else(|| ranges.first().map(|(start, _)| *start))
}
