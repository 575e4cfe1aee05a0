//! From a connector's base URL and a path to the URL of a request.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};

use url::Url;

use crate::connector::ConnectorDefinition;
use crate::echo::Echo;
use crate::error::{ActionError, ErrorCode, Result};

pub(super) fn resolve(
    base_url: &str,
    connector: &ConnectorDefinition,
    settings: &BTreeMap<String, String>,
    host: Option<&str>,
    path: &str,
) -> Result<Url> {
    let template = match host {
        None => base_url,
        Some(name) => connector
            .hosts()
            .iter()
            .find(|host| host.name == name)
            .map(|host| host.base_url)
            .ok_or_else(|| {
                defect(format!(
                    "connector `{}` declares no host `{name}`",
                    connector.name()
                ))
            })?,
    };
    let mut url = base(template, settings)?;
    if !path.starts_with('/') {
        return Err(defect(format!("path `{}` must start with `/`", Echo(path))));
    }
    // Set and not joined: joining would drop the base's own path and follow `//host`.
    let joined = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&joined);
    Ok(url)
}

/// Returns the origins that credentials may go to.
pub(super) fn origins(
    base_url: &str,
    connector: &ConnectorDefinition,
    settings: &BTreeMap<String, String>,
) -> Vec<url::Origin> {
    std::iter::once(base_url)
        .chain(connector.hosts().iter().map(|host| host.base_url))
        .filter_map(|template| Some(base(template, settings).ok()?.origin()))
        .collect()
}

/// Fills a template with settings.
pub(crate) fn base(template: &str, settings: &BTreeMap<String, String>) -> Result<Url> {
    if let Some(name) = whole_setting(template) {
        return whole_url(name, setting(settings, name)?);
    }
    let base = expand(template, settings)?;
    parse(&base)
        .map_err(|error| defect(format!("`{}` is not a URL", Echo(&base))).with_source(error))
}

/// So many parsed base URLs are kept.
const MOST_PARSED: usize = 1024;

/// Parses a base URL. Calls come with the same ones again and again, and a copy is cheaper.
fn parse(base: &str) -> Result<Url, url::ParseError> {
    static PARSED: LazyLock<RwLock<HashMap<String, Url>>> = LazyLock::new(RwLock::default);
    let known = PARSED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(url) = known.get(base) {
        return Ok(url.clone());
    }
    drop(known);
    let url: Url = base.parse()?;
    let mut known = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_PARSED {
        known.clear();
    }
    known.insert(base.to_owned(), url.clone());
    Ok(url)
}

/// Returns the name of the setting that is all of a template.
fn whole_setting(template: &str) -> Option<&str> {
    let name = template.strip_prefix('{')?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

fn setting<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    let value = settings.get(name).ok_or_else(|| {
        ActionError::invalid_param(
            name,
            "is a setting that this connector needs; the connection has none",
        )
    })?;
    Ok(value)
}

/// Fills a template such as `https://{site}.example.com` or `{base_url}`.
fn expand(template: &str, settings: &BTreeMap<String, String>) -> Result<String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        url.push_str(before);
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| defect(format!("the URL `{template}` has an open brace")))?;
        let value = setting(settings, name)?;
        if url.is_empty() {
            whole_url(name, value)?;
            url.push_str(value.trim_end_matches('/'));
        } else {
            url.push_str(host_part(name, value)?);
        }
        rest = after;
    }
    url.push_str(rest);
    Ok(url)
}

/// Returns what is wrong with the value of a setting, where the template has it.
pub(crate) fn fault(template: &str, name: &str, value: &str) -> Option<String> {
    let (before, _) = template.split_once(&format!("{{{name}}}"))?;
    let error = if before.is_empty() {
        whole_url(name, value).err()?
    } else {
        host_part(name, value).err()?
    };
    error.faults().first().map(|fault| fault.message.clone())
}

fn whole_url(name: &str, value: &str) -> Result<Url> {
    let url = parse(value).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    url.ok_or_else(|| {
        ActionError::invalid_param(
            name,
            "must be an http or https URL without user, query and fragment, such as https://git.example.com",
        )
    })
}

fn host_part<'a>(name: &str, value: &'a str) -> Result<&'a str> {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if plain
        && !value.is_empty()
        && !value.starts_with(['-', '.'])
        && !value.ends_with(['-', '.'])
        && !value.contains("..")
    {
        Ok(value)
    } else {
        Err(ActionError::invalid_param(
            name,
            "must be a host name or a part of one: letters, digits, hyphens and dots",
        ))
    }
}

fn defect(message: String) -> ActionError {
    ActionError::new(ErrorCode::InternalError, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::host;

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
            &REGIONAL,
            &settings("site", "eu-1"),
            None,
            "/items/a%2Fb",
        )
        .unwrap();
        assert_eq!(url.as_str(), "https://eu-1.example.com/api/v2/items/a%2Fb");
        let own = settings("base_url", "https://git.local:8443/root/");
        let url = resolve(REGIONAL.base_url(), &REGIONAL, &own, Some("own"), "/items").unwrap();
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
                &REGIONAL,
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
                    &REGIONAL,
                    &settings("base_url", bad),
                    Some("own"),
                    "/x"
                )
                .is_err(),
                "{bad}"
            );
        }
        assert!(resolve(REGIONAL.base_url(), &REGIONAL, &BTreeMap::new(), None, "/x").is_err());
    }

    #[test]
    fn a_path_cannot_name_a_host() {
        let url = resolve(
            REGIONAL.base_url(),
            &REGIONAL,
            &settings("site", "eu"),
            None,
            "//evil.test/x",
        )
        .unwrap();
        assert_eq!(url.host_str(), Some("eu.example.com"));
    }
}
