//! Parts that many answers of the GraphQL API have.

use plugwright_sdk::model;
use plugwright_sdk::serde::{Deserialize, Deserializer};

#[model]
#[serde(rename_all = "camelCase")]
struct Total {
    total_count: u64,
}

/// Reads how many items a list has.
pub(super) fn total_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Total::deserialize(deserializer)?.total_count)
}

#[model]
struct Named {
    name: String,
}

/// Reads the name of something.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Named::deserialize(deserializer)?.name)
}

/// A repository by its name.
#[model]
#[serde(rename_all = "camelCase")]
pub(super) struct RepositoryName {
    pub(super) name_with_owner: String,
}

/// A list in an object, of which items may be missing.
#[model]
pub(crate) struct Nodes<T> {
    pub(super) nodes: Option<Vec<Option<T>>>,
}

impl<T> Nodes<T> {
    pub(crate) fn present(self) -> impl Iterator<Item = T> {
        self.nodes.into_iter().flatten().flatten()
    }
}
