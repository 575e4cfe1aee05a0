//! `catalog`: what was imported.

use std::collections::BTreeMap;
use std::path::Path;

use plugwright_catalog::{Catalog, ConnectorRecord, RefusedDocument};
use serde_json::{Value, json};

use crate::args::{CatalogArguments, ListFormat};
use crate::binary;
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, count, escape, note};

pub(crate) fn show(arguments: &CatalogArguments) -> Result<(), Stop> {
    let catalog = Catalog::open(&arguments.data.directory()).map_err(Failure::from)?;
    let (records, refused, bytes) = match &catalog {
        Some(catalog) => (
            catalog.records().map_err(Failure::from)?,
            catalog.refused().map_err(Failure::from)?,
            catalog.bytes().map_err(Failure::from)?,
        ),
        None => (Vec::new(), Vec::new(), 0),
    };
    let mut waiting = BTreeMap::new();
    for record in &records {
        let found = waiting_tools(catalog.as_ref(), record, &arguments.data.directory())?;
        waiting.extend(found.map(|tools| (record.name.as_str(), tools)));
    }
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
            table(&records, &refused, &waiting)
        }
        ListFormat::Json => output::json::pretty(&json!({
            "connectors": records.iter().map(|record| object(record, &waiting)).collect::<Value>(),
            "refused": refused,
            "bytes": bytes,
        })),
    };
    Ok(output::print(&text)?)
}

type Waiting<'a> = BTreeMap<&'a str, Value>;

/// Returns which tools of a connector's MCP server wait to be accepted, if any do.
#[cfg(feature = "serve")]
fn waiting_tools(
    catalog: Option<&Catalog>,
    record: &ConnectorRecord,
    data_directory: &Path,
) -> Result<Option<Value>, Failure> {
    if record.source.kind != "mcp" {
        return Ok(None);
    }
    let Some(catalog) = catalog else {
        return Ok(None);
    };
    let imported = catalog.imported(&record.name)?;
    let Some(server) = imported.and_then(|imported| imported.server) else {
        return Ok(None);
    };
    let pending = plugwright_mcp::pending(data_directory, &record.name, &server)
        .map_err(|error| Failure::internal(error.to_string()))?;
    Ok((!pending.is_empty()).then(|| json!({ "changed": pending.changed, "new": pending.new })))
}

#[cfg(not(feature = "serve"))]
#[expect(clippy::unnecessary_wraps, reason = "fails with the feature `serve`")]
fn waiting_tools(
    _: Option<&Catalog>,
    _: &ConnectorRecord,
    _: &Path,
) -> Result<Option<Value>, Failure> {
    Ok(None)
}

fn notice(name: &str, tools: &Value) -> String {
    let named = ["changed", "new"].into_iter().filter_map(|kind| {
        let tools = tools[kind].as_array().filter(|tools| !tools.is_empty())?;
        let names = tools.iter().filter_map(Value::as_str);
        Some(format!("{kind}: {}", names.collect::<Vec<_>>().join(", ")))
    });
    let named = named.collect::<Vec<_>>().join("; ");
    format!(
        "tools wait ({named}): {} import --accept {name}",
        binary::name()
    )
}

fn table(
    records: &[ConnectorRecord],
    refused: &[RefusedDocument],
    waiting: &Waiting<'_>,
) -> String {
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
        if let Some(tools) = waiting.get(record.name.as_str()) {
            let empty = String::new;
            let notice = escape(&notice(&record.name, tools));
            grid.push([empty(), empty(), empty(), empty(), notice]);
        }
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

fn object(record: &ConnectorRecord, waiting: &Waiting<'_>) -> Value {
    let mut object = json!({
        "name": record.name,
        "display_name": record.display_name,
        "document": record.document,
        "source": record.source,
        "actions": record.actions,
        "imported": record.imported,
        "degraded": record.degraded,
        "refused": record.refused,
        "bytes": record.bytes,
    });
    if let Some(tools) = waiting.get(record.name.as_str()) {
        object["waiting"] = tools.clone();
    }
    object
}
