//! What writes have in common that are looked for after their answer was lost.

use plugwright_sdk::Lost;

/// How many pages of a list are looked through.
pub(crate) const MOST_PAGES: usize = 10;

/// Tells whether something may have been made by the write.
pub(crate) fn is_new(lost: &Lost, made_at: Option<&str>) -> bool {
    made_at.is_none_or(|time| lost.covers(time))
}
