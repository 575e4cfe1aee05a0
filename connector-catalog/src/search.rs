//! Search for actions by words.

mod document;
mod index;
mod known;
mod meaning;
mod query;
mod second;
mod shape;
mod words;

use std::ops::Deref;
use std::sync::OnceLock;

use plugwright_sdk::host::{Effect, Library, Registry};

use crate::catalog::{Catalog, CatalogError};
use index::Indexes;

pub(crate) use index::{DiskIndex, IndexWriter};

/// What is searched for.
///
/// ```
/// use plugwright_catalog::SearchQuery;
///
/// let query = SearchQuery::new("close issue").connectors(&["github"]).limit(5);
/// assert_eq!(query.words, "close issue");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SearchQuery<'a> {
    /// The words, as somebody says what is to be done.
    pub words: &'a str,
    /// The only connectors; all if there are none.
    pub connectors: Option<&'a [&'a str]>,
    /// The only effects; all if there are none.
    pub effects: Option<&'a [Effect]>,
    /// The most hits.
    pub limit: usize,
}

impl<'a> SearchQuery<'a> {
    /// Searches for words.
    pub fn new(words: &'a str) -> Self {
        Self {
            words,
            connectors: None,
            effects: None,
            limit: 10,
        }
    }

    /// Only finds actions of these connectors.
    #[must_use]
    pub fn connectors(mut self, connectors: &'a [&'a str]) -> Self {
        self.connectors = Some(connectors);
        self
    }

    /// Only finds actions with these effects.
    #[must_use]
    pub fn effects(mut self, effects: &'a [Effect]) -> Self {
        self.effects = Some(effects);
        self
    }

    /// Finds so many actions at most.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// An index can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// That of the catalog, for example since it was made by another version.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Reading failed within a search.
    #[error("the search index can't be read: {0}")]
    Index(#[from] tantivy::TantivyError),
}

/// Finds actions of a registry by the words in their names, titles, paths, parameters and
/// descriptions, those of compiled connectors and those of a catalog alike.
///
/// The best by words are ranked a second time: by what the words mean, as vectors, and by what an
/// action does to its thing. If connectors are stated, actions that have none of the words are found
/// by their meaning.
///
/// ```
/// use plugwright_catalog::{SearchIndex, SearchQuery};
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions};
///
/// /// Lists the boats.
/// #[action("boats.list", read, get = "/boats")]
/// async fn list(cx: &ActionContext) -> Result<Value>;
///
/// /// Lists the flags that a boat shows.
/// #[action("boats.list_flags", read, get = "/flags")]
/// async fn list_flags(cx: &ActionContext) -> Result<Value>;
///
/// static HARBOR: ConnectorDefinition = ConnectorDefinition::new("harbor", "Harbor", "1.0.0")
///     .base_url("https://harbor.example.com")
///     .actions(actions![list, list_flags]);
///
/// let registry = Registry::new([&HARBOR])?;
/// let index = SearchIndex::new(&registry);
/// let best = |words| index.search(SearchQuery::new(words)).map(|found| found.first().cloned());
/// assert_eq!(best("list boats")?.as_deref(), Some("harbor.boats.list"));
/// assert_eq!(best("flag")?.as_deref(), Some("harbor.boats.list_flags"));
/// assert_eq!(best("whale")?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SearchIndex<R> {
    registry: R,
    /// The actions that are not in the catalog.
    own: OnceLock<DiskIndex>,
}

impl<R: Deref<Target = Registry>> SearchIndex<R> {
    /// Makes a search for the actions of a registry. Those outside a [`Catalog`] are indexed when
    /// the first search needs it.
    pub fn new(registry: R) -> Self {
        Self {
            registry,
            own: OnceLock::new(),
        }
    }

    /// Returns the ids of the actions that fit, the best first; none if no action fits.
    ///
    /// If an action is in several versions of an API, whose connectors have the same name with numbers, the others
    /// follow after all that is different.
    ///
    /// The first 32 words count, and the first 4 KiB of the text.
    ///
    /// # Errors
    ///
    /// If the index can't be read.
    pub fn search(&self, query: SearchQuery<'_>) -> Result<Vec<String>, SearchError> {
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let own = self.own()?;
        let stored = self.catalog().map(Catalog::index).transpose()?.flatten();
        let indexes = Indexes {
            own: own.clone(),
            stored,
        };
        Ok(indexes.search(query, |connector| self.registry.is_of_library(connector))?)
    }

    fn catalog(&self) -> Option<&Catalog> {
        let library: &dyn Library = &**self.registry.library()?;
        (library as &dyn std::any::Any).downcast_ref()
    }

    fn own(&self) -> Result<&DiskIndex, SearchError> {
        if let Some(own) = self.own.get() {
            return Ok(own);
        }
        let made = if self.catalog().is_some() {
            DiskIndex::of(self.registry.own_actions().iter().cloned())?
        } else {
            DiskIndex::of(self.registry.actions())?
        };
        Ok(self.own.get_or_init(|| made))
    }
}

impl<R> std::fmt::Debug for SearchIndex<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").finish_non_exhaustive()
    }
}
