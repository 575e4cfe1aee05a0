//! Rows of shelves, with types of the modules above.

use super::super::things;

/// What a row is filled with.
#[derive(Clone, Debug, plugwright_sdk::Params)]
pub struct Filling {
    /// State of the things.
    pub state: super::super::things::State,
    /// Numbers of the things.
    pub numbers: Vec<things::Number>,
}

/// Fills a row of a shelf with things.
#[plugwright_sdk::action("shelves.rows.fill", write, idempotent)]
pub async fn fill(
    cx: &super::ActionContext,
    /// Where.
    place: things::Place,
    /// What it is filled with.
    filling: Option<Filling>,
    /// State of what stands there.
    #[param(default = super::super::things::State::InUse)]
    state: super::super::things::State,
) -> super::Result<super::Shelf> {
    cx.put("/rows")
        .field("place", place)
        .field("filling", filling)
        .field("state", state)
        .fetch()
        .await
}
