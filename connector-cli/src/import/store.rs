//! Where imported connectors are kept.

use std::path::Path;

use plugwright_catalog::{Catalog, CatalogError, CatalogWriter};
use plugwright_import::ImportedConnector;

use super::Done;
use crate::failure::Failure;

/// Where imported connectors are kept.
pub(super) enum Store {
    /// In the catalog.
    Catalog(Box<CatalogWriter>),
    /// Nowhere, since documents are only checked.
    None(Option<Catalog>),
}

impl Store {
    pub(super) fn open(data: &Path, check: bool) -> Result<Self, Failure> {
        Ok(if check {
            Self::None(Catalog::open(data).map_err(failed)?)
        } else {
            Self::Catalog(Box::new(CatalogWriter::open(data).map_err(failed)?))
        })
    }

    /// Returns the connector that was imported under this name before. A damaged one is replaced.
    pub(super) fn earlier(&self, name: &str) -> Option<ImportedConnector> {
        let found = match self {
            Self::Catalog(writer) => writer.imported(name),
            Self::None(Some(catalog)) => catalog.imported(name),
            Self::None(None) => return None,
        };
        found.ok()?
    }

    /// Keeps what became of a document.
    pub(super) fn keep(&mut self, done: Done) -> Result<Done, Failure> {
        let Self::Catalog(writer) = self else {
            return Ok(done);
        };
        let name = done.document.to_string();
        let result = match done.result {
            Ok(imported) => match writer.store(&imported.connector, &name, &imported.report) {
                Ok(()) => Ok(imported),
                Err(CatalogError::Connector(error)) => Err(error.to_string()),
                Err(error) => return Err(failed(error)),
            },
            Err(problem) => Err(problem),
        };
        if let Err(problem) = &result {
            writer.refuse(&name, problem);
        }
        Ok(Done { result, ..done })
    }

    /// Puts what was kept in place of the catalog as it was.
    pub(super) fn commit(self) -> Result<(), Failure> {
        match self {
            Self::Catalog(writer) => writer.commit().map_err(failed),
            Self::None(_) => Ok(()),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function of `map_err`"
)]
fn failed(error: CatalogError) -> Failure {
    Failure::internal(error.to_string())
}
