//! Servers: the base URL of a connector, and those of its further hosts.

use std::collections::BTreeMap;

use plugwright_sdk::Value;
use plugwright_sdk::host::HostParts;
use url::Url;

use super::ImportError;

/// The setting that is the base URL where a document names none.
const BASE_URL: &str = "{base_url}";

/// The servers of a document.
pub(super) struct Servers {
    /// The base URL, perhaps a template over settings.
    pub(super) base_url: String,
    /// The path below a base URL that is a setting.
    prefix: String,
    hosts: BTreeMap<String, String>,
    is_given: bool,
    pub(super) notes: Vec<String>,
}

impl Servers {
    /// Reads the servers of a document; a base URL that is given stands in place of them.
    pub(super) fn new(document: &Value, given: Option<&str>) -> Result<Self, ImportError> {
        let mut servers = Self {
            base_url: BASE_URL.to_owned(),
            prefix: String::new(),
            hosts: BTreeMap::new(),
            is_given: given.is_some(),
            notes: Vec::new(),
        };
        if let Some(given) = given {
            let url = Url::parse(given).ok().filter(is_base);
            let url = url.ok_or_else(|| ImportError::BaseUrl(crate::text::quoted(given)))?;
            servers.base_url = without_slash(url.as_str());
            return Ok(servers);
        }
        let stated = document.get("servers").and_then(Value::as_array);
        let stated: Vec<_> = stated.into_iter().flatten().collect();
        match stated.iter().find_map(|server| template(server)) {
            Some(url) => servers.base_url = url,
            None => {
                let path = stated.iter().find_map(|server| {
                    let path = server.get("url")?.as_str()?;
                    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
                });
                servers.prefix = without_slash(path.unwrap_or_default());
                servers.notes.push(
                    "the document names no server, so that the base URL is a setting of the connection"
                        .to_owned(),
                );
            }
        }
        Ok(servers)
    }

    /// Returns the base URL for resolving relative URLs of the document.
    pub(super) fn base(&self) -> Option<Url> {
        Url::parse(&self.base_url).ok()
    }

    /// Returns what stands before the paths of operations.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the further host that an operation goes to, if it or its path names a server of its
    /// own.
    pub(super) fn host(&mut self, operation: &Value, path_item: &Value) -> Option<String> {
        if self.is_given {
            return None;
        }
        let own = |part: &Value| {
            let servers = part.get("servers")?.as_array()?;
            servers.iter().find_map(template)
        };
        let url = own(operation).or_else(|| own(path_item))?;
        if url == self.base_url {
            return None;
        }
        if let Some(name) = self.hosts.get(&url) {
            return Some(name.clone());
        }
        let host = url.split("//").nth(1).unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let mut name: String = host
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .collect();
        if self.hosts.values().any(|known| *known == name) {
            name = format!("{name}-{}", self.hosts.len() + 1);
        }
        self.hosts.insert(url, name.clone());
        Some(name)
    }

    /// Returns the further hosts.
    pub(super) fn hosts(&self) -> Vec<HostParts> {
        let hosts = self.hosts.iter();
        hosts
            .map(|(base_url, name)| HostParts {
                name: name.clone(),
                base_url: base_url.clone(),
            })
            .collect()
    }
}

fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn without_slash(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// Makes the template of a server: variables have their defaults, but for those of the host that
/// say nothing, which become settings.
fn template(server: &Value) -> Option<String> {
    let url = server.get("url")?.as_str()?.trim();
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let mut filled = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}')?;
        let variable = server.get("variables").and_then(|known| known.get(name));
        let default = match variable.and_then(|variable| variable.get("default")) {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => String::new(),
        };
        let chosen = variable
            .and_then(|variable| variable.get("enum")?.as_array()?.first()?.as_str())
            .unwrap_or_default();
        let default = if default.is_empty() { chosen } else { &default };
        let in_host = filled
            .split("//")
            .nth(1)
            .is_some_and(|host| !host.contains('/'));
        if in_host && says_nothing(default) && is_setting(name) {
            filled.extend(["{", name, "}"]);
        } else {
            filled.push_str(default);
        }
        rest = after;
    }
    filled.push_str(rest);
    let filled = match filled.strip_prefix("//") {
        Some(host) => format!("https://{host}"),
        None => filled,
    };
    let sample = filled.replace(['{', '}'], "");
    let parsed = Url::parse(&sample).ok().filter(is_base)?;
    // What stands in for a name is no host.
    (!parsed.path().contains("%7B")).then(|| without_slash(&filled))
}

/// Tells whether the default of a variable only shows where a value goes.
fn says_nothing(default: &str) -> bool {
    let text = default.to_ascii_lowercase();
    text.is_empty()
        || [
            "your",
            "example",
            "tenant",
            "company",
            "subdomain",
            "my-",
            "<",
            "xxx",
        ]
        .iter()
        .any(|part| text.contains(part))
}

fn is_setting(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn variables_have_their_defaults_and_unknown_hosts_are_settings() {
        for (server, expected) in [
            (
                json!({ "url": "https://api.test/v1/" }),
                Some("https://api.test/v1"),
            ),
            (
                json!({ "url": "//api.test/v1" }),
                Some("https://api.test/v1"),
            ),
            (
                json!({ "url": "https://{region}.api.test/{version}", "variables": {
                    "region": { "default": "eu" }, "version": { "default": 2 } } }),
                Some("https://eu.api.test/2"),
            ),
            (
                json!({ "url": "https://{site}.api.test", "variables": { "site": { "default": "your-site" } } }),
                Some("https://{site}.api.test"),
            ),
            (json!({ "url": "/v1" }), None),
            (json!({ "url": "file:///etc/passwd" }), None),
            (json!({ "url": "https://user:pass@api.test" }), None),
        ] {
            assert_eq!(template(&server).as_deref(), expected, "{server}");
        }
    }

    #[test]
    fn a_document_without_servers_leaves_the_base_url_to_the_connection() {
        let servers = Servers::new(&json!({ "servers": [{ "url": "/api/v2/" }] }), None).unwrap();
        assert_eq!(
            (servers.base_url.as_str(), servers.prefix()),
            ("{base_url}", "/api/v2")
        );
        assert_eq!(servers.notes.len(), 1);
        let given = Servers::new(&json!({}), Some("https://own.test/")).unwrap();
        assert_eq!(given.base_url, "https://own.test");
        assert!(Servers::new(&json!({}), Some("ftp://own.test/")).is_err());
    }
}
