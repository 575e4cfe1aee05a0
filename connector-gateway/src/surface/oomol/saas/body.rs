//! Members of bodies and queries: which there are, and what each must be.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use plugwright_sdk::{Fault, Secret};
use serde_json::{Map, Value};

use crate::accounts::ProviderSelector;
use crate::connections::name_fault;
use crate::surface::oomol::envelope::Failure;
use crate::surface::oomol::request::{self, fault};

/// Longest id of an end user, in characters.
pub(super) const LONGEST_USER: usize = 256;

/// A body, and what is wrong with it.
pub(in crate::surface::oomol) struct Body {
    members: Map<String, Value>,
    pub(in crate::surface::oomol) faults: Vec<Fault>,
}

impl Body {
    /// Reads a body with these members.
    pub(in crate::surface::oomol) fn read(
        headers: &HeaderMap,
        bytes: &[u8],
        known: &[&str],
    ) -> Result<Self, Failure> {
        let members = request::object(headers, bytes)?;
        let mut faults = Vec::new();
        request::only(known, &members, "", &mut faults);
        Ok(Self { members, faults })
    }

    /// Returns the members that nobody took, and what is wrong so far.
    pub(in crate::surface::oomol) fn rest(self) -> (Map<String, Value>, Vec<Fault>) {
        (self.members, self.faults)
    }

    /// Notes a fault.
    pub(in crate::surface::oomol) fn fault(&mut self, param: &str, message: impl Into<String>) {
        self.faults.push(fault(param, message));
    }

    /// Takes a member; null is as if it were not there.
    pub(in crate::surface::oomol) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text; an empty one is as if it were not there.
    pub(in crate::surface::oomol) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            _ => {
                self.fault(name, "must be a text");
                None
            }
        }
    }

    /// Takes an object of texts.
    pub(in crate::surface::oomol) fn texts(
        &mut self,
        name: &str,
    ) -> Option<BTreeMap<String, String>> {
        let Value::Object(members) = self.take(name)? else {
            self.fault(name, "must be an object with texts as values");
            return None;
        };
        let mut texts = BTreeMap::new();
        for (key, value) in members {
            match value {
                Value::String(text) => {
                    texts.insert(key, text);
                }
                _ => self.fault(&format!("{name}.{key}"), "must be a text"),
            }
        }
        Some(texts)
    }

    /// Takes the end user.
    pub(in crate::surface::oomol) fn user(&mut self) -> String {
        let given = self.take("userId");
        let user = given.as_ref().and_then(Value::as_str);
        if let Some(message) = user_fault(user) {
            self.fault("userId", message);
        }
        user.unwrap_or_default().to_owned()
    }

    /// Takes the name of an account.
    pub(in crate::surface::oomol) fn alias(&mut self) -> Option<String> {
        let alias = self.text("alias")?;
        if let Some(message) = name_fault(&alias) {
            self.fault("alias", message);
        }
        Some(alias)
    }

    /// Takes a secret text, which must be there.
    pub(in crate::surface::oomol) fn secret(&mut self, name: &str) -> Option<Secret> {
        if let Some(Value::String(text)) = self.take(name) {
            return Some(Secret::new(text));
        }
        self.fault(name, "must be a text");
        None
    }

    /// Takes an object of secret texts, which must be there.
    pub(in crate::surface::oomol) fn secrets(
        &mut self,
        name: &str,
    ) -> Option<BTreeMap<String, Secret>> {
        let before = self.faults.len();
        let texts = self.texts(name);
        if texts.is_none() && self.faults.len() == before {
            self.fault(name, "must be an object with texts as values");
        }
        let secret = |(name, text): (String, String)| (name, Secret::new(text));
        Some(texts?.into_iter().map(secret).collect())
    }

    /// Takes the provider config, if it is named, by one of its two names.
    pub(in crate::surface::oomol) fn selector(&mut self) -> Option<ProviderSelector> {
        let config = self.text("providerConfigId");
        let service = self.text("service");
        match (config, service) {
            (Some(_), Some(_)) => {
                self.fault("providerConfigId", "and `service` must not both be given");
                None
            }
            (Some(id), None) => Some(ProviderSelector::Config(id)),
            (None, Some(service)) => Some(ProviderSelector::Service(service)),
            (None, None) => None,
        }
    }

    /// Takes the provider config, which must be named.
    pub(in crate::surface::oomol) fn provider(&mut self) -> Option<ProviderSelector> {
        let before = self.faults.len();
        let selector = self.selector();
        if selector.is_none() && self.faults.len() == before {
            self.fault("service", "or `providerConfigId` must be given");
        }
        selector
    }
}

/// Returns what is wrong with an end user's id.
pub(in crate::surface::oomol) fn user_fault(user: Option<&str>) -> Option<String> {
    let good = user.is_some_and(|user| {
        (1..=LONGEST_USER).contains(&user.chars().count()) && !user.chars().any(char::is_control)
    });
    (!good).then(|| {
        format!(
            "must be your id of the user: a text of 1 to {LONGEST_USER} characters, none of them a \
             control character"
        )
    })
}
