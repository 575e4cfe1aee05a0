//! JSON with a budget: parsing stops at the first value that exceeds it.

use std::cell::{Cell, RefCell};

use plugwright_sdk::host::strict::{Strict, Watch};
use serde::de::{DeserializeSeed as _, Error};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// How many values are parsed between two checks for a disconnected client.
const STRIDE: usize = 4096;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Most values of any type, nested ones included.
    pub(crate) values: usize,
    /// Most levels of lists and objects.
    pub(crate) depth: usize,
}

#[derive(Debug)]
pub(crate) enum JsonError {
    Syntax(serde_json::Error),
    Values,
    /// It is nested too deeply, in this member of the outermost object if in any.
    Depth(Option<String>),
    /// An object has a member of this name twice.
    Repeated(String),
    Stopped,
}

/// Parses JSON, and returns it with its number of values. Members that are repeated are refused: others
/// that read the text may take another of them.
pub(crate) fn read(
    bytes: &[u8],
    budget: Budget,
    stop: Option<&CancellationToken>,
) -> Result<(Value, usize), JsonError> {
    let meter = Meter {
        budget,
        spent: Cell::new(0),
        stop,
        end: RefCell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let made = Strict::new(&meter)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match (made, meter.end.into_inner()) {
        (Ok(value), _) => Ok((value, meter.spent.get())),
        (Err(_), Some(end)) => Err(end),
        (Err(error), None) => Err(JsonError::Syntax(error)),
    }
}

struct Meter<'a> {
    budget: Budget,
    spent: Cell<usize>,
    stop: Option<&'a CancellationToken>,
    /// Why parsing stopped, unless it was a syntax error.
    end: RefCell<Option<JsonError>>,
}

impl Meter<'_> {
    fn end_with<E: Error>(&self, end: JsonError) -> E {
        *self.end.borrow_mut() = Some(end);
        E::custom("over budget")
    }
}

impl Watch for Meter<'_> {
    fn value<E: Error>(&self) -> Result<(), E> {
        let spent = self.spent.get();
        if spent >= self.budget.values {
            return Err(self.end_with(JsonError::Values));
        }
        self.spent.set(spent + 1);
        let is_stopped = CancellationToken::is_cancelled;
        if spent % STRIDE == STRIDE - 1 && self.stop.is_some_and(is_stopped) {
            return Err(self.end_with(JsonError::Stopped));
        }
        Ok(())
    }

    fn enter<E: Error>(&self, depth: usize) -> Result<(), E> {
        if depth > self.budget.depth {
            return Err(self.end_with(JsonError::Depth(None)));
        }
        Ok(())
    }

    /// Records the member of the outermost object that is nested too deeply.
    fn failed_in(&self, name: &str, depth: usize) {
        if depth == 0
            && let Some(JsonError::Depth(place @ None)) = &mut *self.end.borrow_mut()
        {
            // An empty name would not help.
            *place = Some(name.to_owned()).filter(|name| !name.is_empty());
        }
    }

    fn repeated<E: Error>(&self, name: &str) -> E {
        self.end_with(JsonError::Repeated(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
