//! `catalog`: what was imported.

use plugwright_catalog::{Catalog, CatalogError, ConnectorRecord, RefusedDocument};
use serde_json::{Value, json};

use crate::args::{CatalogArguments, ListFormat};
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, count, escape, note};

/// Prints the connectors and documents of the catalog.
pub(crate) fn show(arguments: &CatalogArguments) -> Result<(), Stop> {
    let failed = |error: CatalogError| Failure::internal(error.to_string());
    let catalog = Catalog::open(&arguments.data.directory()).map_err(failed)?;
    let (records, refused, bytes) = match &catalog {
        Some(catalog) => (
            catalog.records().map_err(failed)?,
            catalog.refused().map_err(failed)?,
            catalog.bytes().map_err(failed)?,
        ),
        None => (Vec::new(), Vec::new(), 0),
    };
    let text = match arguments.output {
        ListFormat::Table => {
            let actions: usize = records.iter().map(|record| record.actions).sum();
            note(&format!(
                "{}, {}, {}, {} MB on disk",
                count(records.len(), "connector"),
                count(actions, "action"),
                count(refused.len(), "refused document"),
                bytes.div_ceil(1_000_000),
            ));
            table(&records, &refused)
        }
        ListFormat::Json => output::json::pretty(&json!({
            "connectors": records.iter().map(object).collect::<Value>(),
            "refused": refused,
            "bytes": bytes,
        })),
    };
    Ok(output::print(&text)?)
}

fn table(records: &[ConnectorRecord], refused: &[RefusedDocument]) -> String {
    if records.is_empty() && refused.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(["CONNECTOR", "ACTIONS", "DEGRADED", "REFUSED", "DOCUMENT"]);
    for record in records {
        grid.push([
            record.name.clone(),
            record.actions.to_string(),
            record.degraded.to_string(),
            record.refused.to_string(),
            escape(&record.document),
        ]);
    }
    for refused in refused {
        let status = format!("{}: {}", refused.document, refused.problem);
        let nothing = || "-".to_owned();
        grid.push([
            nothing(),
            nothing(),
            nothing(),
            "all".to_owned(),
            escape(&status),
        ]);
    }
    grid.render(output::width())
}

fn object(record: &ConnectorRecord) -> Value {
    json!({
        "name": record.name,
        "display_name": record.display_name,
        "document": record.document,
        "source": record.source,
        "actions": record.actions,
        "imported": record.imported,
        "degraded": record.degraded,
        "refused": record.refused,
        "bytes": record.bytes,
    })
}
