//! `search`: finds actions.

use serde_json::Value;

use crate::args::{ListFormat, SearchArguments};
use crate::backend::Backend;
use crate::failure::Stop;
use crate::{list, output};

pub(crate) fn search(backend: &Backend, arguments: &SearchArguments) -> Result<(), Stop> {
    let found = backend.search(arguments)?;
    let text = match arguments.output {
        ListFormat::Table => {
            if found.is_empty() {
                output::note("no matching actions; `list` lists all of them");
            }
            list::table(&found)
        }
        ListFormat::Json => {
            output::json::pretty(&found.iter().map(list::summary).collect::<Value>())
        }
    };
    Ok(output::print(&text)?)
}
