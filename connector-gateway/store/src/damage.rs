//! Logs records that can't be read or opened.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Most records in the log; more have a common cause.
const MOST: usize = 1_000;

static NOTED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// Logs a damaged record when it is first found.
pub fn note(what: &str, name: &str, error: &dyn std::fmt::Display) {
    if is_new(&format!("{what} {name}")) {
        tracing::error!(
            what,
            record = name,
            %error,
            "a stored record is damaged and left out; restore it from a backup, or delete and recreate it"
        );
    }
}

fn is_new(record: &str) -> bool {
    // No panic under this lock leaves an inconsistent value.
    let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    noted.len() < MOST && noted.insert(record.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_named_once_and_not_without_end() {
        assert!(is_new("test 1"));
        assert!(!is_new("test 1"));
        let named = (0..2 * MOST).filter(|record| is_new(&format!("test of many {record}")));
        assert!(named.count() <= MOST);
    }
}
