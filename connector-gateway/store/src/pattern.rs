//! Patterns of action ids and connector names.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use plugwright_sdk::host::Echo;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A pattern of action ids or connector names: letters, digits, `.`, `_`, `-`, and `*` for any
/// text.
///
/// ```
/// use plugwright_store::Pattern;
///
/// let pattern: Pattern = "github.issues.*".parse()?;
/// assert!(pattern.matches("github.issues.list"));
/// assert!(!pattern.matches("github.repos.list"));
/// # Ok::<(), plugwright_store::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// The text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a pattern: write an action's id, with `*` for any text, such as `github.*`")]
pub struct PatternError(String);

/// Longer patterns are rejected; no id is as long.
const LONGEST: usize = 128;

impl Pattern {
    /// Returns whether `id` matches.
    pub fn matches(&self, id: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(rest) = parts.next().and_then(|first| id.strip_prefix(first)) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        let Some(mut rest) = rest.strip_suffix(last) else {
            return false;
        };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        true
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-*".contains(&byte);
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(allowed) {
            return Err(PatternError(Echo(text).to_string()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl JsonSchema for Pattern {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z0-9._*-]+$",
            "maxLength": LONGEST,
        })
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A list of patterns, one of which must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Most patterns in a list from outside: each call is compared with all of them.
    pub const MOST: usize = 200;

    /// Returns the list that matches everything.
    pub fn all() -> Self {
        Self(vec![Pattern("*".to_owned())])
    }

    /// Returns whether it is the list that matches everything.
    pub fn is_all(&self) -> bool {
        matches!(self.0.as_slice(), [only] if only.0 == "*")
    }

    /// Returns whether a pattern of the list matches.
    pub fn matches(&self, id: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(id))
    }

    /// Returns the number of patterns.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[expect(
    clippy::into_iter_without_iter,
    reason = "`for` loops are the only use"
)]
impl<'a> IntoIterator for &'a Patterns {
    type Item = &'a Pattern;
    type IntoIter = std::slice::Iter<'a, Pattern>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Pattern> for Patterns {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        Self(patterns.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, id: &str) -> bool {
        pattern.parse::<Pattern>().unwrap().matches(id)
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("*", "github.issues.list"));
        assert!(matches("github.*", "github.issues.list"));
        assert!(matches("*.list", "github.issues.list"));
        assert!(matches("g*.i*s.l*t", "github.issues.list"));
        assert!(matches("github.issues.list", "github.issues.list"));
        assert!(!matches("github.*", "githubx.issues.list"));
        assert!(!matches("github.issues", "github.issues.list"));
        assert!(!matches("ab*ba", "aba"));
    }

    #[test]
    fn refuses_what_no_id_can_be() {
        for bad in ["", "a b", "a/b", "ä", &"a".repeat(129)] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Pattern>("\"a b\"").is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_a_regular_expression(pattern in "[ab.*]{1,8}", id in "[ab.]{0,12}") {
            let expression = format!("^{}$", pattern.replace('.', r"\.").replace('*', ".*"));
            let expected = regex::Regex::new(&expression).unwrap().is_match(&id);
            prop_assert_eq!(matches(&pattern, &id), expected);
        }
    }
}
