//! `--set`: settings of the connection, which fill in templates of base URLs.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::Connector;

use crate::args::Setting;

/// Checks settings against those in the connector's base URLs.
///
/// Only those of the main base URL are required, since a call may not use the other hosts.
pub(crate) fn check(connector: &Connector, settings: &[Setting]) -> Result<(), ActionError> {
    let known = connector.settings();
    for setting in settings {
        if known.iter().all(|known| known.name != setting.name) {
            let allowed = match known.as_slice() {
                [] => format!("`{}` has none", connector.name()),
                known => {
                    let names: Vec<_> = known.iter().map(|setting| setting.name).collect();
                    format!("`{}` has {}", connector.name(), names.join(", "))
                }
            };
            return Err(ActionError::invalid_param(
                "set",
                format!("has no setting `{}`: {allowed}", setting.name),
            ));
        }
    }
    match known
        .iter()
        .filter(|known| known.required)
        .map(|known| known.name)
        .find(|name| settings.iter().all(|setting| setting.name != *name))
    {
        Some(name) => Err(ActionError::invalid_param(
            "set",
            format!(
                "is missing `{name}`: pass --set {name}=VALUE to complete {}",
                connector.base_url()
            ),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
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
        assert!(check(&(&REGIONAL).into(), &[setting("site")]).is_ok());
        let missing = check(&(&REGIONAL).into(), &[]).unwrap_err();
        assert!(missing.message().contains("--set site=VALUE"), "{missing}");
        let unknown = check(&(&REGIONAL).into(), &[setting("sight")]).unwrap_err();
        assert_eq!(
            unknown.message(),
            "`set` has no setting `sight`: `regional` has site"
        );
        assert!(check(&(&SHOP).into(), &[setting("site")]).is_err());
    }
}
