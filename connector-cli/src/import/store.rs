//! Where imported connectors are kept.

use std::path::{Path, PathBuf};

use plugwright_catalog::{Catalog, CatalogError, CatalogWriter, ConnectorRecord};
use plugwright_import::ImportedConnector;

use super::Done;
use crate::failure::Failure;
use crate::lookup;

/// Keeps imported connectors in a catalog, which is opened for writing when there is one to keep.
pub(super) struct Store {
    data: PathBuf,
    /// Nothing is kept, since documents are only checked.
    check: bool,
    earlier: Option<Catalog>,
    writer: Option<CatalogWriter>,
    /// Documents that could not be imported, and why.
    refused: Vec<(String, String)>,
}

impl Store {
    pub(super) fn open(data: &Path, check: bool) -> Result<Self, Failure> {
        Ok(Self {
            data: data.to_owned(),
            check,
            earlier: Catalog::open(data)?,
            writer: None,
            refused: Vec::new(),
        })
    }

    pub(super) fn records(&self) -> Result<Vec<ConnectorRecord>, Failure> {
        let records = self.earlier.as_ref().map(Catalog::records);
        Ok(records.transpose()?.unwrap_or_default())
    }

    /// Returns the connector that was imported under this name before. A damaged one is replaced.
    pub(super) fn earlier(&self, name: &str) -> Option<ImportedConnector> {
        self.earlier.as_ref()?.imported(name).ok()?
    }

    /// Keeps what became of a document.
    pub(super) fn keep(&mut self, mut done: Done) -> Result<Done, Failure> {
        if self.check {
            return Ok(done);
        }
        let name = done.document.place();
        if let Ok(imported) = &done.result {
            let writer = match &mut self.writer {
                Some(writer) => writer,
                closed => closed.insert(CatalogWriter::open(&self.data)?),
            };
            match writer.store(&imported.connector, &name, &imported.report) {
                Err(CatalogError::Connector(error)) => done.result = Err(error.to_string()),
                stored => stored?,
            }
        }
        if let Err(problem) = &done.result {
            self.refused.push((name, problem.clone()));
        }
        Ok(done)
    }

    /// Puts what was kept in place of the catalog as it was; if nothing was, that stays.
    pub(super) fn commit(self) -> Result<(), Failure> {
        let Some(mut writer) = self.writer else {
            return Ok(());
        };
        for (document, problem) in &self.refused {
            writer.refuse(document, problem);
        }
        Ok(writer.commit()?)
    }
}

/// Removes a connector, or a document that could not be imported.
pub(super) fn remove(data: &Path, name: &str) -> Result<(), Failure> {
    let Some(catalog) = Catalog::open(data)? else {
        return Err(lookup::unknown_connector(name, &[]));
    };
    let mut writer = CatalogWriter::open(data)?;
    if writer.remove(name)? {
        return Ok(writer.commit()?);
    }
    let known = catalog.records()?;
    let known: Vec<_> = known.iter().map(|record| record.name.as_str()).collect();
    Err(lookup::unknown_connector(name, &known))
}
