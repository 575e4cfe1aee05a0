#![doc = include_str!("../README.md")]

mod actions;
mod catalog;
mod manifest;
mod pack;
mod search;
mod writer;

pub use catalog::{Catalog, CatalogError};
pub use manifest::{ConnectorRecord, RefusedDocument};
pub use search::{SearchError, SearchIndex, SearchQuery};
pub use writer::CatalogWriter;
