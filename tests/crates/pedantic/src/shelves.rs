//! Shelves.

pub mod rows;

use plugwright_sdk::{ActionContext, Page, Result, action, model};

use crate::things::Limits;

/// A shelf.
#[model]
pub struct Shelf {
    /// Name.
    pub name: String,
}

/// Lists shelves.
#[action("shelves.list", read)]
pub async fn list(_cx: &ActionContext, #[param(flatten)] limits: Limits) -> Result<Page<Shelf>> {
    let shelf = Shelf {
        name: limits.per_page.to_string(),
    };
    Ok(Page::new(vec![shelf]))
}
