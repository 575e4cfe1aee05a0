//! Arguments of tools, read with every fault noted.

use plugwright_sdk::host::{Faults, nearest};
use plugwright_sdk::{ActionError, Value};
use serde_json::Map;

/// The arguments of a call of a tool. What is read is taken out; what is left is not known.
pub(super) struct Arguments {
    members: Map<String, Value>,
    known: Vec<&'static str>,
    faults: Faults,
}

impl Arguments {
    pub(super) fn new(members: Option<Map<String, Value>>) -> Self {
        Self {
            members: members.unwrap_or_default(),
            known: Vec::new(),
            faults: Faults::new(),
        }
    }

    /// Takes an argument, or notes what it must be. `null` is as if it were not there.
    fn take<T>(
        &mut self,
        name: &'static str,
        must: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let value = self.members.remove(name).filter(|value| !value.is_null())?;
        let value = read(value);
        if value.is_none() {
            self.fault(name, must);
        }
        value
    }

    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.note(name, message.into());
    }

    /// Takes a text that may be left out.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name, "must be a text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// Takes a text that must be there.
    pub(super) fn required_text(&mut self, name: &'static str) -> String {
        let before = self.faults.len();
        let text = self.text(name).filter(|text| !text.trim().is_empty());
        if text.is_none() && self.faults.len() == before {
            self.fault(name, "is missing");
        }
        text.unwrap_or_default()
    }

    /// Takes a whole number from 1 to `most`.
    pub(super) fn count(&mut self, name: &'static str, most: usize) -> Option<usize> {
        let range = format!("must be a whole number from 1 to {most}");
        self.take(name, &range, |value| {
            let number = usize::try_from(value.as_u64()?).ok()?;
            (1..=most).contains(&number).then_some(number)
        })
    }

    /// Takes an object; without it there is an empty one.
    pub(super) fn object(&mut self, name: &'static str) -> Value {
        self.take(name, "must be an object", |value| {
            value.is_object().then_some(value)
        })
        .unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// Takes a list of texts.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.take(name, "must be a list of texts", |value| {
            let Value::Array(items) = value else {
                return None;
            };
            let text = |item: Value| item.as_str().map(str::to_owned);
            items.into_iter().map(text).collect()
        })
        .unwrap_or_default()
    }

    /// Refuses the call if anything was wrong, or is left that is not known.
    pub(super) fn finish(mut self) -> Result<(), ActionError> {
        let mut left = self.members.len();
        for name in self.members.keys() {
            if self.faults.is_full() {
                break;
            }
            left -= 1;
            let near = nearest::did_you_mean(name, self.known.iter().copied()).unwrap_or_default();
            let list = match self.faults.list(self.known.iter().copied()) {
                Some(list) if near.is_empty() => format!("; allowed: {list}"),
                Some(list) => format!(" allowed: {list}"),
                None => String::new(),
            };
            self.faults
                .note(name, format_args!("is not known here{near}{list}"));
        }
        self.faults.count(left);
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ActionError::invalid(self.faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arguments(value: Value) -> Arguments {
        let Value::Object(members) = value else {
            panic!("an object");
        };
        Arguments::new(Some(members))
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut arguments =
            arguments(json!({ "query": "", "limit": 51, "fields": ["a", 1], "inptu": {} }));
        arguments.required_text("query");
        arguments.count("limit", 50);
        arguments.texts("fields");
        arguments.object("input");
        let error = arguments.finish().unwrap_err();
        let params: Vec<_> = error.faults().iter().map(|fault| &*fault.param).collect();
        assert_eq!(params, ["query", "limit", "fields", "inptu"]);
        assert!(error.message().contains("did you mean `input`?"), "{error}");
    }

    #[test]
    fn null_is_as_if_it_were_not_there() {
        let mut arguments = arguments(json!({ "cursor": null, "input": null }));
        assert_eq!(arguments.text("cursor"), None);
        assert_eq!(arguments.object("input"), json!({}));
        arguments.finish().unwrap();
    }
}
