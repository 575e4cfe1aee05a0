//! `--set`: settings of the connection, which fill in templates of base URLs.

use std::collections::BTreeMap;

use plugwright_sdk::host::Connector;
use plugwright_sdk::{ActionError, Cassette};
use serde_json::Value;

use crate::args::Setting;

/// Rejects settings that are not in the connector's base URLs, and values that these don't allow.
pub(crate) fn reject_unknown(
    connector: &Connector,
    settings: &[Setting],
) -> Result<(), ActionError> {
    let known = connector.settings();
    for setting in settings {
        let of_name = known.iter().find(|known| known.name == setting.name);
        if let Some(known) = of_name {
            if !known.allowed.is_empty() && !known.allowed.contains(&setting.value) {
                let allowed = known.allowed.join(", ");
                let message = format!("must be one of {allowed} for `{}`", setting.name);
                return Err(ActionError::invalid_param("set", message));
            }
        } else {
            let allowed = match known.as_slice() {
                [] => format!("`{}` has no settings", connector.name()),
                known => {
                    let names: Vec<_> = known.iter().map(|setting| setting.name).collect();
                    format!("`{}` has {}", connector.name(), names.join(", "))
                }
            };
            return Err(ActionError::invalid_param(
                "--set",
                format!("has no setting `{}`: {allowed}", setting.name),
            ));
        }
    }
    Ok(())
}

/// Checks that the settings complete the connector's base URL; a call may not use its other hosts.
pub(crate) fn require(connector: &Connector, settings: &[Setting]) -> Result<(), ActionError> {
    let mut required = connector
        .settings()
        .into_iter()
        .filter(|known| known.required);
    let missing = required.find(|known| settings.iter().all(|setting| setting.name != known.name));
    let base_url = connector.base_url();
    match missing.map(|missing| missing.name) {
        Some(name) if base_url.starts_with(&format!("{{{name}}}")) => {
            Err(ActionError::invalid_param(
                "--set",
                format!(
                    "is missing `{name}`: pass the URL of the service, such as --set {name}=https://example.com"
                ),
            ))
        }
        Some(name) => Err(ActionError::invalid_param(
            "--set",
            format!("is missing `{name}`: pass --set {name}=VALUE to complete {base_url}"),
        )),
        None => Ok(()),
    }
}

/// Returns the settings that an action was recorded with: by preference in a call with this input.
pub(crate) fn recorded<'a>(
    cassettes: &'a [Cassette],
    action: &str,
    input: &Value,
) -> Option<&'a BTreeMap<String, String>> {
    let own: Vec<_> = cassettes
        .iter()
        .filter(|cassette| cassette.action == action)
        .collect();
    let same = own
        .iter()
        .find(|cassette| Some(&cassette.call.input) == input.as_object());
    Some(&same.or(own.first())?.call.settings)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::ConnectorParts;
    use serde_json::json;

    use super::*;
    use crate::fixture::{REGIONAL, SHOP};

    fn setting(name: &str) -> Setting {
        Setting {
            name: name.into(),
            value: "eu".into(),
        }
    }

    #[test]
    fn asks_for_what_is_missing_and_refuses_what_is_unknown() {
        let (regional, site) = ((&REGIONAL).into(), [setting("site")]);
        assert!(reject_unknown(&regional, &site).is_ok());
        assert!(require(&regional, &site).is_ok());
        let missing = require(&regional, &[]).unwrap_err();
        assert!(missing.message().contains("--set site=VALUE"), "{missing}");
        let parts: ConnectorParts =
            serde_json::from_value(json!({ "name": "desk", "base_url": "{base_url}/api" }))
                .unwrap();
        let missing = require(&Connector::new(parts, Vec::new()).unwrap(), &[]).unwrap_err();
        assert!(
            missing
                .message()
                .contains("--set base_url=https://example.com"),
            "{missing}"
        );
        let unknown = reject_unknown(&regional, &[setting("sight")]).unwrap_err();
        assert_eq!(
            unknown.message(),
            "`--set` has no setting `sight`: `regional` has site"
        );
        assert!(reject_unknown(&(&SHOP).into(), &[setting("site")]).is_err());
    }

    #[test]
    fn values_that_are_not_allowed_are_refused() {
        let parts: ConnectorParts = serde_json::from_value(json!({
            "name": "shop", "base_url": "https://shop.test/{site}",
            "settings": [{ "name": "site", "default": "us", "allowed": ["us", "eu"] }],
        }))
        .unwrap();
        let connector = Connector::new(parts, Vec::new()).unwrap();
        assert!(reject_unknown(&connector, &[setting("site")]).is_ok());
        let mut other = setting("site");
        other.value = "../x".into();
        let refused = reject_unknown(&connector, &[other]).unwrap_err();
        assert_eq!(refused.message(), "`set` must be one of us, eu for `site`");
    }

    #[test]
    fn settings_come_from_the_recording_of_this_input() {
        let cassettes = Cassette::shipped(REGIONAL.cassettes()).unwrap();
        let site = |input| recorded(&cassettes, "items.list", &input).map(|found| &found["site"]);
        assert_eq!(site(json!({ "shop": "eight" })).unwrap(), "us");
        assert_eq!(site(json!({ "shop": "seven" })).unwrap(), "eu");
        assert_eq!(site(json!({ "shop": "nine" })).unwrap(), "eu");
        assert!(recorded(&cassettes, "items.delete", &json!({})).is_none());
    }
}
