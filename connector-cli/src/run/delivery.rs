//! Prints results, page by page if the output format allows it.

use std::io;

use plugwright_sdk::ActionResult;
use plugwright_sdk::host::Meta;
use serde_json::Value;

use super::call::Call;
use crate::args::RunFormat;
use crate::output::table::{self, Columns};
use crate::output::{self, count, json, minimal};

pub(super) struct Delivery<'a> {
    call: &'a Call<'a>,
    kept: Kept,
    /// The number of items, for a list.
    items: Option<usize>,
    meta: Meta,
    broken: Option<io::Error>,
}

enum Kept {
    Nothing,
    Items(Vec<Value>),
    Single(Value),
    Raw(Vec<Value>),
}

impl<'a> Delivery<'a> {
    pub(super) fn new(call: &'a Call<'a>) -> Self {
        Self {
            call,
            kept: Kept::Nothing,
            items: None,
            meta: Meta::default(),
            broken: None,
        }
    }

    /// Takes the result of one page; `false` if the output is closed.
    pub(super) fn take(&mut self, result: ActionResult) -> bool {
        let mut missing = std::mem::replace(&mut self.meta, result.meta).missing;
        missing.append(&mut self.meta.missing);
        self.meta.missing = missing;
        let lines = self.call.arguments.output == RunFormat::Jsonl;
        let data = result.data.into_value();
        if let Value::Array(items) = &data {
            self.items = Some(self.items.unwrap_or_default() + items.len());
        }
        if self.call.arguments.raw {
            let raw = result.raw.unwrap_or_default();
            return if lines {
                self.print(&json::line(&raw))
            } else {
                self.keep_raw(raw)
            };
        }
        match data {
            Value::Array(items) if lines => {
                self.print(&items.iter().map(json::line).collect::<String>())
            }
            Value::Array(items) => self.keep_items(items),
            single if lines => self.print(&json::line(&single)),
            single => {
                self.kept = Kept::Single(single);
                true
            }
        }
    }

    /// Returns whether there are pages that have not been printed.
    pub(super) fn keeps_items(&self) -> bool {
        match &self.kept {
            Kept::Items(items) => !items.is_empty(),
            Kept::Raw(raw) => !raw.is_empty(),
            _ => false,
        }
    }

    /// Prints the collected results, and notes on standard error how many there are and whether
    /// there are more.
    pub(super) fn finish(self, responses: usize) -> io::Result<()> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        let arguments = self.call.arguments;
        match self.kept {
            Kept::Nothing => {}
            Kept::Raw(raw) if arguments.all_pages => output::print(&json::pretty(&raw.into()))?,
            Kept::Raw(raw) => output::print(&raw.iter().map(json::pretty).collect::<String>())?,
            Kept::Items(items) => output::print(&render(self.call, &items.into()))?,
            Kept::Single(value) => output::print(&render(self.call, &value))?,
        }
        for missing in &self.meta.missing {
            output::note(&match missing.path.as_str() {
                "" => format!("missing: {}", missing.message),
                path => format!("missing: {path}: {}", missing.message),
            });
        }
        if let Some(total) = self.meta.total_count {
            output::note(&format!("total: {total}"));
        }
        match (self.items, self.meta.cursor) {
            (Some(items), _) if arguments.all_pages => output::note(&format!(
                "{} from {}",
                count(items, "item"),
                // A generated mock has no response.
                count(responses.max(1), "response")
            )),
            (_, Some(cursor)) => output::note(&format!("more: --cursor {cursor}")),
            _ => {}
        }
        Ok(())
    }

    fn keep_raw(&mut self, raw: Value) -> bool {
        match &mut self.kept {
            Kept::Raw(kept) => kept.push(raw),
            other => *other = Kept::Raw(vec![raw]),
        }
        true
    }

    fn keep_items(&mut self, items: Vec<Value>) -> bool {
        match &mut self.kept {
            Kept::Items(kept) => kept.extend(items),
            other => *other = Kept::Items(items),
        }
        true
    }

    fn print(&mut self, text: &str) -> bool {
        match output::print(text) {
            Ok(()) => true,
            Err(error) => {
                self.broken = Some(error);
                false
            }
        }
    }
}

fn render(call: &Call<'_>, data: &Value) -> String {
    let columns = || Columns::new(&call.output, call.fields.as_ref());
    match call.arguments.output {
        RunFormat::Table => table::render(data, &columns(), output::width()),
        RunFormat::Json => json::pretty(data),
        RunFormat::Jsonl => json::line(data),
        RunFormat::Minimal => minimal::render(data, &columns()),
    }
}
