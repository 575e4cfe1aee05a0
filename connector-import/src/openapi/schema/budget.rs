//! How much memory may be made of a document: small ones can refer to the same large part many times.

use std::collections::HashMap;

use plugwright_sdk::Value;

use super::Schemas;
use crate::form::ImportedAction;

/// What is made of a document may take about so many bytes of memory.
const MOST_BYTES: usize = 400 << 20;

/// About so many bytes each schema takes, beside its texts and values.
pub(super) const PART: usize = 300;

/// About so many bytes each value and each name takes, beside its text.
pub(super) const VALUE: usize = 64;

/// What was made of a part of the document, and about how many bytes that took.
type Made = (Value, usize);

/// What was made of parts that several operations have, by where they are in memory.
#[derive(Default)]
pub(super) struct Shared(HashMap<*const Value, Made>);

impl<'d> Schemas<'d> {
    /// Returns what is made of a part of the document. It is made once, unless it brings notes or
    /// definitions with it.
    pub(in crate::openapi) fn once(
        &mut self,
        part: &'d Value,
        make: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let place = std::ptr::from_ref(part);
        if !self.is_spent()
            && let Some((made, size)) = self.shared.0.get(&place)
        {
            let (made, size) = (made.clone(), *size);
            self.spend(size);
            return made;
        }
        let (spent, known) = (self.spent, self.definitions.len());
        let notes = std::mem::take(&mut self.notes);
        let made = make(self);
        let own = std::mem::replace(&mut self.notes, notes);
        if own.is_empty() && self.definitions.len() == known {
            let size = self.spent - spent;
            self.shared.0.insert(place, (made.clone(), size));
        }
        for note in own {
            self.note(note);
        }
        made
    }
}

impl Schemas<'_> {
    /// Counts bytes of memory that what is made of the document takes.
    pub(in crate::openapi) fn spend(&mut self, bytes: usize) {
        self.spent = self.spent.saturating_add(bytes);
    }

    pub(in crate::openapi) fn is_spent(&self) -> bool {
        self.spent > MOST_BYTES
    }
}

/// Returns about how many bytes of memory a value takes.
pub(in crate::openapi) fn size(value: &Value) -> usize {
    VALUE
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(size).sum(),
            Value::Object(members) => {
                let members = members.iter();
                let sizes = members.map(|(name, value)| VALUE + name.len() + size(value));
                sizes.sum()
            }
            _ => 0,
        }
}

/// Returns about how many bytes of memory an action takes, beside its schemas.
pub(in crate::openapi) fn of(action: &ImportedAction) -> usize {
    const FACTS: usize = 1000;
    const PARAMETER: usize = 200;
    let request = &action.request;
    let parameters = request.parameters.iter();
    let parameters = parameters.map(|parameter| PARAMETER + 2 * parameter.name.len());
    let scopes = action.scopes.iter().chain(&action.any_scope);
    let scopes = scopes.map(|scope| VALUE + scope.len());
    let texts = action.title.len() + action.description.len() + 4 * request.path.len();
    FACTS + texts + parameters.sum::<usize>() + scopes.sum::<usize>()
}
