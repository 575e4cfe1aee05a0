//! The dialects, and what each of them can say.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

/// How a model's API wants its tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// OpenAI, chat completions.
    OpenAi,
    /// OpenAI, chat completions, with `strict`.
    OpenAiStrict,
    /// OpenAI, responses.
    OpenAiResponses,
    /// OpenAI, responses, with `strict`.
    OpenAiResponsesStrict,
    /// Anthropic, messages.
    Anthropic,
    /// Gemini, function declarations.
    Gemini,
}

/// A text that is the name of no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", Dialect::ALL.map(Dialect::as_str).join(", "))]
pub struct UnknownDialect;

/// Formats that OpenAI's structured outputs know.
const STRICT_FORMATS: [&str; 9] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "time",
    "uuid",
];

impl Dialect {
    /// All dialects.
    pub const ALL: [Self; 6] = [
        Self::OpenAi,
        Self::OpenAiStrict,
        Self::OpenAiResponses,
        Self::OpenAiResponsesStrict,
        Self::Anthropic,
        Self::Gemini,
    ];

    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenAiStrict => "openai-strict",
            Self::OpenAiResponses => "openai-responses",
            Self::OpenAiResponsesStrict => "openai-responses-strict",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
        }
    }

    /// Returns what a request has as `tools`: the definitions in a list, for Gemini within
    /// `functionDeclarations`.
    ///
    /// ```
    /// use plugwright_tools::Dialect;
    /// use serde_json::json;
    ///
    /// let tools = [json!({ "name": "now" })];
    /// assert_eq!(Dialect::Gemini.request(tools), json!([{ "functionDeclarations": [{ "name": "now" }] }]));
    /// ```
    pub fn request(self, definitions: impl IntoIterator<Item = Value>) -> Value {
        let definitions: Vec<_> = definitions.into_iter().collect();
        match self {
            Self::Gemini => json!([{ "functionDeclarations": definitions }]),
            _ => definitions.into(),
        }
    }

    /// Returns whether every object is closed and gives all of its properties.
    pub(crate) const fn is_strict(self) -> bool {
        matches!(self, Self::OpenAiStrict | Self::OpenAiResponsesStrict)
    }

    pub(crate) const fn is_gemini(self) -> bool {
        matches!(self, Self::Gemini)
    }

    pub(crate) const fn is_openai(self) -> bool {
        !matches!(self, Self::Anthropic | Self::Gemini)
    }

    pub(crate) const fn is_open(self) -> bool {
        !self.is_strict() && !self.is_gemini()
    }

    /// Returns how many objects and lists may be within each other.
    pub(crate) const fn deepest(self) -> usize {
        if self.is_strict() { 10 } else { 32 }
    }

    pub(crate) const fn longest_description(self) -> Option<usize> {
        if self.is_openai() { Some(1024) } else { None }
    }

    pub(crate) fn takes_name(self, name: &str) -> bool {
        let dots = !self.is_gemini();
        let fits = |letter: char| {
            letter.is_ascii_alphanumeric() || letter == '_' || (dots && matches!(letter, '.' | '-'))
        };
        let begins = dots || !name.starts_with(|first: char| first.is_ascii_digit());
        (1..=64).contains(&name.len()) && begins && name.chars().all(fits)
    }

    pub(crate) fn says(self, kind: &str, keyword: &str, value: &Value) -> bool {
        let text = value.as_str().unwrap_or_default();
        if self.is_gemini() {
            return match keyword {
                "format" => text == "date-time",
                "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => false,
                _ => is_limit(kind, keyword),
            };
        }
        match keyword {
            "format" => STRICT_FORMATS.contains(&text),
            "pattern" => is_regular(text),
            "minLength" | "maxLength" | "minProperties" | "maxProperties" => false,
            _ => is_limit(kind, keyword),
        }
    }
}

fn is_limit(kind: &str, keyword: &str) -> bool {
    let known: &[&str] = match kind {
        "string" => &["minLength", "maxLength", "pattern"],
        "integer" | "number" => &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
        "array" => &["minItems", "maxItems"],
        "object" => &["minProperties", "maxProperties"],
        _ => &[],
    };
    known.contains(&keyword)
}

/// Returns whether a pattern has neither look-around nor back-references, which a grammar can't have.
fn is_regular(pattern: &str) -> bool {
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('b' | 'B' | 'k' | 'p' | 'P' | '1'..='9') | None => return false,
                Some(_) => {}
            },
            '(' if letters.peek() == Some(&'?') => {
                letters.next();
                if letters.next() != Some(':') {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|dialect| dialect.as_str() == text)
            .ok_or(UnknownDialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert_eq!(
            "gpt".parse::<Dialect>().unwrap_err().to_string(),
            "must be one of openai, openai-strict, openai-responses, openai-responses-strict, \
             anthropic, gemini"
        );
    }

    #[test]
    fn patterns_with_look_around_or_references_are_no_grammar() {
        for (pattern, regular) in [
            ("^[a-z]{2}(?:-[0-9]+)?$", true),
            (r"^\d+\.\d+$", true),
            ("^(?!x)", false),
            ("(?<=a)b", false),
            (r"(a)\1", false),
            (r"\bword", false),
            (r"\\b", true),
        ] {
            assert_eq!(is_regular(pattern), regular, "{pattern}");
        }
    }
}
