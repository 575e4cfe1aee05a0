//! `search`: actions by words.

use plugwright_sdk::Registry;
use plugwright_sdk::search::SearchIndex;
use serde_json::Value;

use crate::args::{ListFormat, SearchArguments};
use crate::failure::Stop;
use crate::{list, output};

/// Ranks actions by words.
pub(crate) fn search(registry: &Registry, arguments: &SearchArguments) -> Result<(), Stop> {
    let found: Vec<_> = SearchIndex::new(registry.actions())
        .search(&arguments.words.join(" "))
        .take(arguments.limit)
        .collect();
    let text = match arguments.output {
        ListFormat::Table => {
            if found.is_empty() {
                output::note("no action matches; `list` shows all");
            }
            list::table(&found)
        }
        ListFormat::Json => {
            output::json::pretty(&found.into_iter().map(list::summary).collect::<Value>())
        }
    };
    Ok(output::print(&text)?)
}
