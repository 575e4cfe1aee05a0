//! Members of bodies and queries: which there are, and what each must be.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use plugwright_sdk::Secret;
use plugwright_sdk::host::Faults;
use serde_json::{Map, Value};

use crate::body::{Bodies, Received};
use crate::oomol::envelope::Failure;
use crate::oomol::request;
use plugwright_engine::accounts::ProviderSelector;
use plugwright_engine::connections::name_fault;

/// Longest id of an end user, in characters.
pub(in super::super) const LONGEST_USER: usize = 256;

/// A body, and what is wrong with it.
pub(in crate::oomol) struct Body {
    members: Map<String, Value>,
    pub(in crate::oomol) faults: Faults,
}

impl Body {
    /// Reads a body with these members.
    pub(in crate::oomol) fn read(
        bodies: &Bodies,
        headers: &HeaderMap,
        body: &mut Received,
        known: &[&str],
    ) -> Result<Self, Failure> {
        let members = request::object(bodies, headers, body)?;
        let mut faults = Faults::new();
        request::only(known, &members, "", &mut faults);
        Ok(Self { members, faults })
    }

    /// Returns the members that nobody took, and what is wrong so far.
    pub(in crate::oomol) fn rest(self) -> (Map<String, Value>, Faults) {
        (self.members, self.faults)
    }

    /// Notes a fault.
    pub(in crate::oomol) fn fault(&mut self, param: &str, message: impl Into<String>) {
        self.faults.note(param, message.into());
    }

    /// Takes a member; null is as if it were not there.
    pub(in crate::oomol) fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text; an empty one is as if it were not there.
    pub(in crate::oomol) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            _ => {
                self.fault(name, "must be a text");
                None
            }
        }
    }

    /// Takes an object of texts.
    pub(in crate::oomol) fn texts(&mut self, name: &str) -> Option<BTreeMap<String, String>> {
        let Value::Object(members) = self.take(name)? else {
            self.fault(name, "must be an object with texts as values");
            return None;
        };
        let mut texts = BTreeMap::new();
        for (key, value) in members {
            if self.faults.is_full() {
                self.faults.stop();
                break;
            }
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
    pub(in crate::oomol) fn user(&mut self) -> String {
        let given = self.take("userId");
        let user = given.as_ref().and_then(Value::as_str);
        if let Some(message) = user_fault(user) {
            self.fault("userId", message);
        }
        user.unwrap_or_default().to_owned()
    }

    /// Takes the name of an account.
    pub(in crate::oomol) fn alias(&mut self) -> Option<String> {
        let alias = self.text("alias")?;
        if let Some(message) = name_fault(&alias) {
            self.fault("alias", message);
        }
        Some(alias)
    }

    /// Takes a secret text, which must be there.
    pub(in crate::oomol) fn secret(&mut self, name: &str) -> Option<Secret> {
        if let Some(Value::String(text)) = self.take(name) {
            return Some(Secret::new(text));
        }
        self.fault(name, "must be a text");
        None
    }

    /// Takes an object of secret texts, which must be there.
    pub(in crate::oomol) fn secrets(&mut self, name: &str) -> Option<BTreeMap<String, Secret>> {
        let before = self.faults.len();
        let texts = self.texts(name);
        if texts.is_none() && self.faults.len() == before {
            self.fault(name, "must be an object with texts as values");
        }
        let secret = |(name, text): (String, String)| (name, Secret::new(text));
        Some(texts?.into_iter().map(secret).collect())
    }

    /// Takes the provider config, if it is named, by one of its two names.
    pub(in crate::oomol) fn selector(&mut self) -> Option<ProviderSelector> {
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
    pub(in crate::oomol) fn provider(&mut self) -> Option<ProviderSelector> {
        let before = self.faults.len();
        let selector = self.selector();
        if selector.is_none() && self.faults.len() == before {
            self.fault("service", "or `providerConfigId` must be given");
        }
        selector
    }
}

/// Returns what is wrong with an end user's id.
pub(in crate::oomol) fn user_fault(user: Option<&str>) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use plugwright_sdk::json;
    use proptest::prelude::*;

    use super::*;
    use crate::oomol::testing::headers;

    const KNOWN: [&str; 5] = ["userId", "service", "providerConfigId", "alias", "values"];

    fn body(value: &Value) -> Body {
        let headers = headers(&[("content-type", "application/json")]);
        let mut bytes = Bytes::from(value.to_string()).into();
        Body::read(&Bodies::default(), &headers, &mut bytes, &KNOWN).unwrap()
    }

    fn params(body: &Body) -> Vec<&str> {
        let params = body.faults.iter().map(|fault| fault.param.as_str());
        params.collect()
    }

    #[test]
    fn everything_that_is_wrong_is_noted() {
        let mut body = body(&json!({
            "userid": "u", "service": "a", "providerConfigId": "b", "alias": "a b",
            "values": { "x": 1, "y": "z" },
        }));
        assert_eq!(body.user(), "");
        assert_eq!(body.provider(), None);
        body.alias();
        assert!(body.secrets("values").is_some());
        assert_eq!(
            params(&body),
            ["userid", "userId", "providerConfigId", "alias", "values.x"]
        );
        assert!(body.faults[0].message.contains("did you mean `userId`?"));
    }

    #[test]
    fn one_of_service_and_provider_config_is_named() {
        let one = |value| body(&value).provider();
        let service = ProviderSelector::Service("a".to_owned());
        assert_eq!(one(json!({ "service": "a" })), Some(service));
        let config = ProviderSelector::Config("b".to_owned());
        assert_eq!(
            one(json!({ "providerConfigId": "b", "service": null })),
            Some(config)
        );
        for (value, param) in [
            (json!({}), "service"),
            (json!({ "service": "" }), "service"),
            (json!({ "service": 1 }), "service"),
        ] {
            let mut body = body(&value);
            assert_eq!(body.provider(), None);
            assert_eq!(params(&body), [param], "{value}");
        }
        let mut free = body(&json!({}));
        assert_eq!((free.selector(), free.faults.len()), (None, 0));
    }

    #[test]
    fn a_user_has_1_to_256_characters_and_no_control_characters() {
        let longest = "\u{1f431}".repeat(256);
        for good in ["u", " ", "a:b", "\u{e4}", longest.as_str()] {
            assert_eq!(user_fault(Some(good)), None, "{good}");
        }
        let long = "x".repeat(257);
        for bad in [None, Some(""), Some("a\n"), Some("\u{85}"), Some(&long)] {
            assert!(user_fault(bad).is_some(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_body_is_too_odd(text in any::<String>()) {
            let headers = headers(&[("content-type", "application/json")]);
            let mut bytes = Bytes::from(text).into();
            drop(Body::read(&Bodies::default(), &headers, &mut bytes, &KNOWN));
        }
    }
}
