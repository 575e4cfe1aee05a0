//! Values that are kept for a short time.

use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

const MOST: usize = 10_000;

/// Values by key, each for a time from when it was put in.
pub(super) struct Brief<K, V> {
    values: Cache<K, (Instant, V)>,
    time_to_live: Duration,
    /// When what is over was last removed: the values may be secrets.
    swept: Mutex<Instant>,
}

impl<K: Hash + Eq, V: Clone> Brief<K, V> {
    pub(super) fn new(time_to_live: Duration) -> Self {
        Self {
            values: Cache::new(MOST),
            time_to_live,
            swept: Mutex::new(Instant::now()),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        let (since, value) = self.values.get(key)?;
        self.lasts(since, Instant::now()).then_some(value)
    }

    pub(super) fn insert(&self, key: K, value: V) {
        let now = Instant::now();
        self.values.insert(key, (now, value));
        if let Ok(mut swept) = self.swept.try_lock()
            && !self.lasts(*swept, now)
        {
            *swept = now;
            self.values.retain(|_, (since, _)| self.lasts(*since, now));
        }
    }

    pub(super) fn remove(&self, key: &K) {
        self.values.remove(key);
    }

    fn lasts(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) < self.time_to_live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_neither_returned_nor_kept() {
        let brief = Brief::new(Duration::ZERO);
        brief.values.insert(1, (Instant::now(), "over"));
        assert_eq!(brief.get(&1), None);
        brief.insert(2, "over at once");
        assert_eq!(brief.values.len(), 0);
    }

    #[test]
    fn what_lasts_is_returned_until_it_is_removed() {
        let brief = Brief::new(Duration::MAX);
        brief.insert(1, "one");
        brief.insert(2, "two");
        assert_eq!((brief.get(&1), brief.get(&2)), (Some("one"), Some("two")));
        brief.remove(&1);
        assert_eq!((brief.get(&1), brief.get(&2)), (None, Some("two")));
    }
}
