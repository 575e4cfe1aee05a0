//! From a connector's base URL and a path to the URL of a request.

use std::collections::BTreeMap;

use url::Url;

use crate::echo::Echo;
use crate::error::Result;
use crate::provider::Provider;
use crate::url_template::{defect, fill};

pub(super) fn resolve(
    base_url: &str,
    provider: &Provider,
    settings: &BTreeMap<String, String>,
    host: Option<&str>,
    path: &str,
) -> Result<Url> {
    let template = match host {
        None => base_url,
        Some(name) => provider
            .hosts()
            .iter()
            .find(|host| host.name == name)
            .map(|host| host.base_url)
            .ok_or_else(|| {
                defect(format!(
                    "connector `{}` declares no host `{name}`",
                    provider.name()
                ))
            })?,
    };
    let mut url = fill(template, settings)?;
    if !path.starts_with('/') {
        return Err(defect(format!("path `{}` must start with `/`", Echo(path))));
    }
    // Set and not joined: joining would drop the base's own path and follow `//host`.
    let joined = [url.path().trim_end_matches('/'), path].concat();
    url.set_path(&joined);
    Ok(url)
}

pub(super) fn origins(
    base_url: &str,
    provider: &Provider,
    settings: &BTreeMap<String, String>,
) -> Vec<url::Origin> {
    std::iter::once(base_url)
        .chain(provider.hosts().iter().map(|host| host.base_url))
        .filter_map(|template| Some(fill(template, settings).ok()?.origin()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::ConnectorDefinition;
    use crate::provider::host;

    static REGIONAL: ConnectorDefinition =
        ConnectorDefinition::new("regional", "Regional", "1.0.0")
            .base_url("https://{site}.example.com/api/v2")
            .hosts(&[host("own", "{base_url}")])
            .actions(&[]);

    fn settings(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn fills_templates_and_keeps_the_base_path() {
        let url = resolve(
            REGIONAL.base_url(),
            &Provider::Compiled(&REGIONAL.provider),
            &settings("site", "eu-1"),
            None,
            "/items/a%2Fb",
        )
        .unwrap();
        assert_eq!(url.as_str(), "https://eu-1.example.com/api/v2/items/a%2Fb");
        let own = settings("base_url", "https://git.local:8443/root/");
        let url = resolve(
            REGIONAL.base_url(),
            &Provider::Compiled(&REGIONAL.provider),
            &own,
            Some("own"),
            "/items",
        )
        .unwrap();
        assert_eq!(url.as_str(), "https://git.local:8443/root/items");
    }

    #[test]
    fn refuses_values_that_lead_to_another_host() {
        for bad in [
            "evil.test/",
            "evil.test#",
            "a@evil.test",
            "evil.test?",
            "",
            "..",
            "a:80",
        ] {
            let error = resolve(
                REGIONAL.base_url(),
                &Provider::Compiled(&REGIONAL.provider),
                &settings("site", bad),
                None,
                "/x",
            )
            .unwrap_err();
            assert_eq!(error.param(), Some("site"), "{bad}");
        }
        for bad in ["file:///etc", "https://u:p@h", "h", "https://h?x=1"] {
            assert!(
                resolve(
                    REGIONAL.base_url(),
                    &Provider::Compiled(&REGIONAL.provider),
                    &settings("base_url", bad),
                    Some("own"),
                    "/x"
                )
                .is_err(),
                "{bad}"
            );
        }
        assert!(
            resolve(
                REGIONAL.base_url(),
                &Provider::Compiled(&REGIONAL.provider),
                &BTreeMap::new(),
                None,
                "/x"
            )
            .is_err()
        );
    }

    #[test]
    fn a_path_cannot_name_a_host() {
        let url = resolve(
            REGIONAL.base_url(),
            &Provider::Compiled(&REGIONAL.provider),
            &settings("site", "eu"),
            None,
            "//evil.test/x",
        )
        .unwrap();
        assert_eq!(url.host_str(), Some("eu.example.com"));
    }
}
