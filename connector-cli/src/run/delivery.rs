//! Prints results, page by page if the output format allows it.

use std::io;

use plugwright_sdk::ActionResult;
use plugwright_sdk::host::{Data, Meta, Returns};
use serde_json::value::{RawValue, to_raw_value};

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
    Items(Vec<Data>),
    Single(Data),
    Raw(Vec<Data>),
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
        let items = items(&result.data);
        if let Some(items) = &items {
            self.items = Some(self.items.unwrap_or_default() + items.len());
        }
        if self.call.arguments.raw {
            let raw = result.raw.unwrap_or_default();
            return if lines {
                self.print(&json::line_data(&raw))
            } else {
                self.keep_raw(raw)
            };
        }
        match items {
            Some(items) if lines => {
                self.print(&items.iter().map(json::line_data).collect::<String>())
            }
            Some(items) => self.keep_items(items),
            None if lines => self.print(&json::line_data(&result.data)),
            None => {
                self.kept = Kept::Single(result.data);
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
            Kept::Raw(raw) if arguments.all_pages => {
                output::print(&json::pretty_data(&list(&raw)))?;
            }
            Kept::Raw(raw) => {
                output::print(&raw.iter().map(json::pretty_data).collect::<String>())?;
            }
            Kept::Items(items) => output::print(&render(self.call, &list(&items)))?,
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
        if arguments.all_pages && self.call.returns == Returns::Single {
            output::note("`--all-pages` had no effect: the action returns no list with pages");
            return Ok(());
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

    fn keep_raw(&mut self, raw: Data) -> bool {
        match &mut self.kept {
            Kept::Raw(kept) => kept.push(raw),
            other => *other = Kept::Raw(vec![raw]),
        }
        true
    }

    fn keep_items(&mut self, items: Vec<Data>) -> bool {
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

/// Returns the items of a list as they are written, so that numbers keep their digits.
fn items(data: &Data) -> Option<Vec<Data>> {
    let items: Vec<Box<RawValue>> = serde_json::from_str(&data.to_json()).ok()?;
    Some(items.into_iter().map(Data::from).collect())
}

fn list(items: &[Data]) -> Data {
    // JSON always serializes.
    to_raw_value(items).map(Data::from).unwrap_or_default()
}

fn render(call: &Call<'_>, data: &Data) -> String {
    let columns = || Columns::new(&call.output, call.fields.as_ref());
    match call.arguments.output {
        RunFormat::Table => table::render(&data.value(), &columns(), output::width()),
        RunFormat::Json => json::pretty_data(data),
        RunFormat::Jsonl => json::line_data(data),
        RunFormat::Minimal => minimal::render(&data.value(), &columns()),
    }
}
