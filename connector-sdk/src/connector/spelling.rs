//! Finds the actions of a connector by any spelling of their names.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Connector;
use crate::host::{normalize, slug};

/// The spellings of the names of a connector's actions, by their hashes: a connector may have
/// thousands of actions, and a process thousands of connectors.
#[derive(Default)]
pub(super) struct Spellings {
    /// In the order of the hashes; of equal ones, names come before slugs.
    places: Vec<(u64, bool, u32)>,
}

impl Spellings {
    pub(super) fn of(connector: &Connector) -> Self {
        let mut places = Vec::with_capacity(2 * connector.action_count());
        for (index, (name, _)) in (0..).zip(connector.outline()) {
            places.push((hash(&normalize(name)), false, index));
            if let Some(slug) = slug(name) {
                places.push((hash(&normalize(&slug)), true, index));
            }
        }
        places.sort_unstable();
        Self { places }
    }

    /// Returns the place of the action that has this spelling, already brought to the common form.
    pub(super) fn find(&self, connector: &Connector, spelling: &str) -> Option<usize> {
        let hash = hash(spelling);
        let first = self.places.partition_point(|(other, ..)| *other < hash);
        let mut same = self.places[first..]
            .iter()
            .take_while(|(other, ..)| *other == hash);
        same.find_map(|(_, is_slug, index)| {
            let index = usize::try_from(*index).ok()?;
            let (name, _) = connector.outline_at(index)?;
            let own = if *is_slug {
                normalize(&slug(name)?)
            } else {
                normalize(name)
            };
            (own == spelling).then_some(index)
        })
    }
}

fn hash(spelling: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    spelling.hash(&mut hasher);
    hasher.finish()
}
