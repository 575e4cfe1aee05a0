//! Decides whether two calls are the same.

use plugwright_sdk::Value;
use plugwright_store::Owner;
use ring::digest::{Context, SHA256};

use super::super::cursor::Place;
use super::super::resolve::Resolved;
use crate::call::{Call, ConnectionSelector, OwnerSelector, Target};

/// Hashes everything that determines what a call does, including its connection. The order of
/// members is irrelevant.
pub(super) fn of(call: &Call, resolved: &Resolved<'_>, place: Place<'_>) -> [u8; 32] {
    let mut hash = Fingerprint::new();
    hash.text(resolved.id());
    hash.text(&place.owner.map(Owner::key).unwrap_or_default());
    if let OwnerSelector::EndUser {
        provider_configs, ..
    } = &call.owner
    {
        hash.text("provider configs");
        hash.count(provider_configs.len());
        for config in provider_configs {
            hash.text(&config.to_string());
        }
    }
    match &call.connection {
        ConnectionSelector::Default => hash.text("default"),
        ConnectionSelector::Named(name) => hash.texts(["named", name]),
        ConnectionSelector::Id(id) => hash.texts(["id", &id.to_string()]),
        ConnectionSelector::Credential { .. } => hash.text("given"),
    }
    hash.text(&place.account.map(|id| id.to_string()).unwrap_or_default());
    match &call.target {
        Target::Action { input, .. } => {
            hash.text("action");
            hash.value(input);
        }
        Target::Proxy { request, .. } => {
            hash.texts(["proxy", request.method.as_str(), &request.endpoint]);
            hash.count(request.query.len());
            for (name, value) in &request.query {
                hash.text(name);
                hash.value(value);
            }
            hash.headers(&request.headers);
            hash.value(request.body.as_ref().unwrap_or(&Value::Null));
        }
    }
    hash.text(call.options.cursor.as_deref().unwrap_or_default());
    hash.text(if call.options.raw { "raw" } else { "" });
    hash.count(call.options.fields.len());
    for field in &call.options.fields {
        hash.text(field);
    }
    hash.headers(&call.options.headers);
    hash.finish()
}

/// A hash of strings and values.
pub(in crate::pipeline) struct Fingerprint(Context);

impl Fingerprint {
    pub(in crate::pipeline) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(in crate::pipeline) fn finish(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        bytes
    }

    /// Adds the length of a list that follows, so that no entry of it passes for one of the next.
    fn count(&mut self, entries: usize) {
        self.0.update(&entries.to_be_bytes());
    }

    /// Adds a string, prefixed by its length so that no two lists of strings look the same.
    pub(in crate::pipeline) fn text(&mut self, text: &str) {
        self.0.update(&text.len().to_be_bytes());
        self.0.update(text.as_bytes());
    }

    fn texts<const N: usize>(&mut self, texts: [&str; N]) {
        for text in texts {
            self.text(text);
        }
    }

    pub(in crate::pipeline) fn headers(&mut self, headers: &http::HeaderMap) {
        let mut pairs: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        pairs.sort_unstable();
        self.count(pairs.len());
        for (name, value) in pairs {
            self.text(name);
            self.0.update(&value.len().to_be_bytes());
            self.0.update(value);
        }
    }

    /// Adds a value; the order of members is irrelevant.
    pub(in crate::pipeline) fn value(&mut self, value: &Value) {
        match value {
            Value::Array(items) => {
                self.text("[");
                for item in items {
                    self.value(item);
                }
                self.text("]");
            }
            Value::Object(members) => {
                self.text("{");
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| name.as_str());
                for (name, member) in members {
                    self.text(name);
                    self.value(member);
                }
                self.text("}");
            }
            // Strings are hashed with their quotes, so that `"1"` and `1` differ.
            scalar => self.text(&scalar.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plugwright_sdk::host::Registry;
    use plugwright_sdk::json;

    use super::*;
    use crate::call::{CallOptions, ProxyRequest};
    use crate::catalog::{Catalog, HeldFacts};
    use crate::pipeline::resolve::resolve;
    use crate::principal::Principal;

    fn fingerprint(change: impl FnOnce(&mut Call)) -> [u8; 32] {
        let catalog = Catalog::new(Registry::new([&plugwright_github::CONNECTOR]).unwrap());
        let input = json!({ "a": 1, "b": ["x", "y"] });
        let mut call = Call::action(Arc::new(Principal::local()), "github.issues.create", input);
        change(&mut call);
        of(
            &call,
            &resolve(&catalog, &call.target, &HeldFacts::new(), |_| true).unwrap(),
            Place {
                owner: Some(&Owner::Organization("default".to_owned())),
                account: Some(uuid::Uuid::from_u128(1)),
            },
        )
    }

    /// The fingerprint of a direct request with one entry in a list.
    fn direct(change: impl FnOnce(&mut ProxyRequest, &mut CallOptions)) -> [u8; 32] {
        fingerprint(|call| {
            let mut request = ProxyRequest {
                endpoint: "/user".to_owned(),
                method: http::Method::GET,
                query: Vec::new(),
                headers: http::HeaderMap::new(),
                body: None,
            };
            change(&mut request, &mut call.options);
            call.target = Target::Proxy {
                connector: "github".to_owned(),
                request: Box::new(request),
            };
        })
    }

    fn with_input(input: Value) -> [u8; 32] {
        fingerprint(|call| {
            call.target = Target::Action {
                name: "github.issues_create".to_owned(),
                input: Arc::new(input),
            };
        })
    }

    #[test]
    fn spelling_and_order_do_not_count() {
        assert_eq!(
            fingerprint(|_| {}),
            with_input(json!({ "b": ["x", "y"], "a": 1 }))
        );
        assert_eq!(
            fingerprint(|_| {}),
            fingerprint(|call| call.options.timeout = Some(std::time::Duration::from_secs(9)))
        );
    }

    #[test]
    fn an_entry_of_one_list_is_none_of_another() {
        let one = || http::HeaderValue::from_static("1");
        let all = [
            direct(|request, _| request.query.push(("a".to_owned(), json!(1)))),
            direct(|request, _| drop(request.headers.insert("a", one()))),
            direct(|_, options| options.fields = vec!["a".to_owned(), "1".to_owned()]),
            direct(|_, options| drop(options.headers.insert("a", one()))),
        ];
        for (at, print) in all.iter().enumerate() {
            assert!(!all[..at].contains(print), "{at}");
        }
    }

    #[test]
    fn what_the_call_does_counts() {
        let same = fingerprint(|_| {});
        assert_ne!(same, with_input(json!({ "a": "1", "b": ["x", "y"] })));
        assert_ne!(same, with_input(json!({ "a": 1, "b": ["xy"] })));
        assert_ne!(same, with_input(json!({ "a": 1, "b": ["y", "x"] })));
        assert_ne!(
            same,
            fingerprint(|call| call.connection = ConnectionSelector::Named("work".to_owned()))
        );
        assert_ne!(
            same,
            fingerprint(|call| call.options.cursor = Some("2".to_owned()))
        );
    }
}
