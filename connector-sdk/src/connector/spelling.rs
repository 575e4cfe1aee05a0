//! Finds the actions of a connector by any spelling of their names.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Connector;
use crate::host::{SLUGS, normalize};

/// The spellings of the names of a connector's actions, by their hashes: a connector may have
/// thousands of actions, and a process thousands of connectors.
#[derive(Default)]
pub(super) struct Spellings {
    /// In the order of the hashes; of equal ones, names (0) come before slugs, by their number.
    places: Vec<(u64, u8, u32)>,
}

impl Spellings {
    pub(super) fn of(connector: &Connector) -> Self {
        let mut places = Vec::with_capacity((1 + SLUGS.len()) * connector.action_count());
        for (index, (name, _)) in (0..).zip(connector.outline()) {
            places.push((hash(&normalize(name)), 0, index));
            for (number, make) in (1..).zip(SLUGS) {
                if let Some(slug) = make(name) {
                    places.push((hash(&normalize(&slug)), number, index));
                }
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
        same.find_map(|(_, number, index)| {
            let index = usize::try_from(*index).ok()?;
            let (name, _) = connector.outline_at(index)?;
            let own = match usize::from(*number).checked_sub(1) {
                Some(slug) => normalize(&SLUGS[slug](name)?),
                None => normalize(name),
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
