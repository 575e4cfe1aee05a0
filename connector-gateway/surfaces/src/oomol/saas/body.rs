//! The kinds of members that bodies for accounts have.

use std::collections::BTreeMap;

use plugwright_sdk::Secret;
use serde_json::{Map, Value, json};

use crate::members::{Kind, Members, OBJECT, SETTINGS, TEXT};
use crate::oomol::request::LONGEST_NAME;
use plugwright_engine::accounts::ProviderSelector;
use plugwright_engine::connections::name_fault;

/// Longest id of an end user, in characters.
const LONGEST_USER: usize = 256;

const USER_IS: &str =
    "your id of the user: a string of 1 to 256 characters without control characters";

/// An end user, by the project's own id.
pub(super) const USER: Kind<String> = TEXT
    .must(USER_IS)
    .schema(|_| {
        json!({
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_USER,
            "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
        })
    })
    .read(|value| match value {
        Value::String(text) if user_fault(Some(&text)).is_none() => Some(text),
        _ => None,
    })
    .about("Your id of the user.");

pub(super) fn user_fault(user: Option<&str>) -> Option<String> {
    let good = user.is_some_and(|user| {
        (1..=LONGEST_USER).contains(&user.chars().count()) && !user.chars().any(char::is_control)
    });
    (!good).then(|| format!("must be {USER_IS}"))
}

/// The name of an account.
pub(crate) const ALIAS: Kind<String> = TEXT.schema(|_| {
    json!({
        "type": "string",
        "pattern": "^([A-Za-z0-9][A-Za-z0-9_-]*)?$",
        "maxLength": LONGEST_NAME,
    })
});

/// Takes the name of an account.
pub(crate) fn alias(members: &mut Members<'_>, kind: Kind<String>) -> Option<String> {
    let alias = members.text("alias", kind)?;
    if let Some(message) = name_fault(&alias) {
        members.fault("alias", message);
    }
    Some(alias)
}

pub(crate) const SECRET: Kind<Secret> = Kind::new(
    "a string",
    |_| json!({ "type": "string", "minLength": 1 }),
    |value| value.as_str().map(Secret::new),
);

/// An object of strings, each of which is read by itself.
const TEXTS_BY_NAME: Kind<Map<String, Value>> = OBJECT
    .must("an object with string values")
    .schema(|api| SETTINGS.described(api));

/// Takes settings of a connection.
pub(crate) fn extra(members: &mut Members<'_>, about: &'static str) -> BTreeMap<String, String> {
    let given = members.optional("extra", TEXTS_BY_NAME.about(about));
    texts(members, "extra", given.unwrap_or_default()).collect()
}

/// Takes secrets, which are not supported.
pub(crate) fn no_secrets(members: &mut Members<'_>, name: &'static str) {
    let given = members.optional(
        name,
        TEXTS_BY_NAME.about("Not supported: it must be empty."),
    );
    if texts(members, name, given.unwrap_or_default()).count() > 0 {
        members.fault(name, "is not supported by any connector");
    }
}

/// Takes required secrets.
pub(crate) fn secrets(
    members: &mut Members<'_>,
    name: &'static str,
) -> Option<BTreeMap<String, Secret>> {
    let given = members.required(name, TEXTS_BY_NAME)?;
    let texts = texts(members, name, given);
    Some(
        texts
            .map(|(name, text)| (name, Secret::new(text)))
            .collect(),
    )
}

fn texts(
    members: &mut Members<'_>,
    place: &'static str,
    given: Map<String, Value>,
) -> impl Iterator<Item = (String, String)> {
    given
        .into_iter()
        .filter_map(move |(name, value)| match value {
            Value::String(text) => Some((name, text)),
            _ => {
                members.fault(&format!("{place}.{name}"), "must be a string");
                None
            }
        })
}

/// Takes the provider config, named by its id or its service.
pub(super) fn provider(members: &mut Members<'_>) -> Option<ProviderSelector> {
    let config = TEXT.about("The provider config, instead of `service`.");
    let service =
        TEXT.about("The connector, if the project has one active provider config for it.");
    let config = members
        .text("providerConfigId", config)
        .map(ProviderSelector::Config);
    let selector = with_service(members, config, service);
    let wrong = ["providerConfigId", "service"]
        .iter()
        .any(|name| members.is_wrong(name));
    if selector.is_none() && !wrong {
        members.fault("service", "or `providerConfigId` must be given");
    }
    selector
}

/// Takes the connector, which may replace the provider config.
pub(super) fn with_service(
    members: &mut Members<'_>,
    config: Option<ProviderSelector>,
    kind: Kind<String>,
) -> Option<ProviderSelector> {
    match (config, members.text("service", kind)) {
        (Some(_), Some(_)) => {
            members.fault("providerConfigId", "and `service` must not both be given");
            None
        }
        (config, service) => config.or(service.map(ProviderSelector::Service)),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use plugwright_sdk::host::Faults;
    use proptest::prelude::*;

    use super::*;
    use crate::body::Bodies;
    use crate::members::{Body, read};
    use crate::oomol::request;
    use crate::oomol::tests::headers;

    struct Given {
        user: Option<String>,
        provider: Option<ProviderSelector>,
    }

    impl Body for Given {
        fn read(members: &mut Members<'_>) -> Self {
            let user = members.required("userId", USER);
            let provider = provider(members);
            alias(members, ALIAS);
            secrets(members, "values");
            Self { user, provider }
        }
    }

    struct Provider(Option<ProviderSelector>);

    impl Body for Provider {
        fn read(members: &mut Members<'_>) -> Self {
            Self(provider(members))
        }
    }

    fn of<T: Body>(value: Value) -> (T, Faults) {
        let Value::Object(members) = value else {
            panic!("an object");
        };
        read(members)
    }

    fn params(faults: &Faults) -> Vec<&str> {
        let params = faults.iter().map(|fault| fault.param.as_str());
        params.collect()
    }

    #[test]
    fn everything_that_is_wrong_is_noted() {
        let (given, faults) = of::<Given>(json!({
            "userid": "u", "service": "a", "providerConfigId": "b", "alias": "a b",
            "values": { "x": 1, "y": "z" },
        }));
        assert_eq!((given.user, given.provider), (None, None));
        assert_eq!(
            params(&faults),
            ["userid", "userId", "providerConfigId", "alias", "values.x"]
        );
        assert!(faults[0].message.contains("did you mean `userId`?"));
    }

    #[test]
    fn one_of_service_and_provider_config_is_named() {
        let one = |value| of::<Provider>(value).0.0;
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
            let (Provider(found), faults) = of(value.clone());
            assert_eq!(found, None);
            assert_eq!(params(&faults), [param], "{value}");
        }
    }

    #[test]
    fn a_user_has_1_to_256_characters_and_no_control_characters() {
        assert!(USER_IS.contains(&format!("1 to {LONGEST_USER} characters")));
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
            drop(request::read::<Given>(&Bodies::default(), &headers, &mut bytes));
        }
    }
}
