//! What writes have in common that are looked for after their answer was lost.

use plugwright_sdk::{ErrorCode, Outcome, Result};

/// How many pages of a list are looked through.
pub(crate) const MOST_PAGES: usize = 10;

/// Tells whether two texts are the same, as GitHub keeps them: ends of lines and white space at the end
/// may differ, and an empty text is none.
pub(crate) fn same_text(one: Option<&str>, other: Option<&str>) -> bool {
    fn lines(text: Option<&str>) -> impl Iterator<Item = &str> {
        text.unwrap_or_default().trim_end().lines()
    }
    lines(one).eq(lines(other))
}

/// Judges by the one thing that has a name: if it can't be found, the write was not done.
pub(crate) fn by_name<T>(
    found: Result<T>,
    judge: impl FnOnce(T) -> Outcome<T>,
) -> Result<Outcome<T>> {
    match found {
        Ok(found) => Ok(judge(found)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(Outcome::NotDone),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::same_text;

    #[test]
    fn texts_are_the_same_with_other_ends_of_lines() {
        assert!(same_text(None, Some("")));
        assert!(same_text(Some("a\r\nb\n"), Some("a\nb")));
        assert!(!same_text(Some("a\n\nb"), Some("a\nb")));
        assert!(!same_text(Some("a"), None));
    }
}
