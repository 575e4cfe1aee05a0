//! Step `pages`: the book's pages about connectors are what their definitions say.

use anyhow::Result;

pub(super) fn run() -> Result<()> {
    crate::pages::check_all()
}
