//! What writes have in common that are looked for after their answer was lost.

use std::time::{Duration, SystemTime};

use plugwright_sdk::{Lost, Outcome, Page};

/// How many pages of a list are looked through.
pub(crate) const MOST_PAGES: usize = 10;

/// The first moment of 2015, from which ids count milliseconds.
const EPOCH: u64 = 1_420_070_400_000;

/// The smallest id of what the write may have made: ids begin with their time. A minute is allowed for
/// clocks that differ.
pub(crate) fn first_id(lost: &Lost) -> u64 {
    let since = lost.started_at().duration_since(SystemTime::UNIX_EPOCH);
    let since = since
        .unwrap_or_default()
        .saturating_sub(Duration::from_mins(1));
    let since = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    since.saturating_sub(EPOCH).min(u64::MAX >> 22) << 22
}

/// Judges by a list of things whose names need not be unique: the only new one of the name is it.
pub(crate) fn newest<T>(
    lost: &Lost,
    things: Page<T>,
    id: impl Fn(&T) -> &str,
    is_it: impl Fn(&T) -> bool,
) -> Outcome<T> {
    let first = first_id(lost);
    let is_new = |thing: &T| id(thing).parse().is_ok_and(|id: u64| id >= first);
    let has_old = things
        .items
        .iter()
        .any(|thing| is_it(thing) && !is_new(thing));
    match Outcome::in_list(things, |thing| is_it(thing) && is_new(thing)) {
        Outcome::NotDone if has_old => Outcome::unknown("there is an older one of the same name"),
        outcome => outcome,
    }
}
