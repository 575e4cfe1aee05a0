//! Servers: the base URL of a connector, those of its further hosts, and their variables.

mod template;

use std::collections::BTreeMap;

use plugwright_sdk::Value;
use plugwright_sdk::host::{HostParts, SettingParts};
use url::Url;

use super::ImportError;
pub(crate) use template::is_base;
use template::{Template, without_slash};

/// The setting that is the base URL where a document names none.
const BASE_URL: &str = "{base_url}";

/// Of a list of servers so many are looked at.
const MOST_SERVERS: usize = 50;

/// A connector has so many further hosts.
const MOST_HOSTS: usize = 100;

/// A connection has so many settings.
const MOST_SETTINGS: usize = 32;

/// The servers of a document.
pub(super) struct Servers {
    /// The base URL, perhaps a template over settings.
    pub(super) base_url: String,
    /// The path below a base URL that is a setting.
    prefix: String,
    /// Names of further hosts, by their URLs.
    hosts: BTreeMap<String, String>,
    settings: Vec<SettingParts>,
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
            settings: Vec::new(),
            is_given: given.is_some(),
            notes: Vec::new(),
        };
        if let Some(given) = given {
            let url = Url::parse(given).ok().filter(is_base);
            let url = url.ok_or_else(|| ImportError::BaseUrl(crate::text::quoted(given)))?;
            servers.base_url = without_slash(url.as_str());
            return Ok(servers);
        }
        match listed(document).find_map(Template::of) {
            Some(template) => servers.base_url = servers.settled(template),
            None => {
                let path = listed(document).find_map(|server| {
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
        let settings = self.settings.iter();
        let filled = settings.fold(self.base_url.clone(), |url, setting| {
            let default = setting.default.as_deref();
            url.replace(&format!("{{{}}}", setting.name), default.unwrap_or("x"))
        });
        Url::parse(&filled).ok()
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
        let own = |part| listed(part).find_map(Template::of);
        let template = own(operation).or_else(|| own(path_item))?;
        let url = self.settled(template);
        if url == self.base_url {
            return None;
        }
        if let Some(name) = self.hosts.get(&url) {
            return Some(name.clone());
        }
        if self.hosts.len() >= MOST_HOSTS {
            self.note(format!("operations name more than {MOST_HOSTS} servers"));
            return None;
        }
        let name = self.host_name(&url);
        self.hosts.insert(url, name.clone());
        Some(name)
    }

    fn host_name(&self, url: &str) -> String {
        let host = url.split("//").nth(1).unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let plain = |letter: char| match letter.to_ascii_lowercase() {
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '-',
        };
        let name: String = host.chars().map(plain).collect();
        let name = name.trim_matches('-');
        if self.hosts.values().any(|known| known == name) {
            format!("{name}-{}", self.hosts.len() + 1)
        } else {
            name.to_owned()
        }
    }

    /// Adds the settings of a template, and returns its URL. A variable that means something else
    /// elsewhere has its default.
    fn settled(&mut self, template: Template) -> String {
        let mut url = template.url;
        for setting in template.settings {
            let known = self
                .settings
                .iter()
                .find(|known| known.name == setting.name);
            let is_other = known.is_some_and(|known| *known != setting);
            if !is_other && known.is_some() {
                continue;
            }
            match setting.default {
                Some(default) if is_other || self.settings.len() >= MOST_SETTINGS => {
                    url = url.replace(&format!("{{{}}}", setting.name), &default);
                }
                _ if is_other => {}
                _ => self.settings.push(setting),
            }
        }
        url
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
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

    /// Returns the variables that a connection sets.
    pub(super) fn settings(&self) -> Vec<SettingParts> {
        self.settings.clone()
    }
}

/// Returns the servers that a part of a document lists.
fn listed(part: &Value) -> impl Iterator<Item = &Value> {
    let servers = part.get("servers").and_then(Value::as_array);
    servers.into_iter().flatten().take(MOST_SERVERS)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

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

    #[test]
    fn operations_and_paths_have_servers_of_their_own() {
        let region = |default: &str| {
            json!({ "servers": [{ "url": "https://{region}.files.test",
                "variables": { "region": { "default": default, "enum": ["eu", "us"] } } }] })
        };
        let document = json!({ "servers": [{ "url": "https://{region}.api.test",
            "variables": { "region": { "default": "eu", "enum": ["eu", "us"] } } }] });
        let mut servers = Servers::new(&document, None).unwrap();
        let none = json!({});
        assert_eq!(servers.host(&none, &none), None);
        assert_eq!(servers.host(&document, &region("eu")), None);
        let name = servers.host(&none, &region("eu")).unwrap();
        assert_eq!(servers.host(&region("eu"), &none), Some(name));
        // Another default for the same name can't be a setting too.
        servers.host(&region("us"), &none).unwrap();
        let urls: Vec<_> = servers
            .hosts()
            .into_iter()
            .map(|host| host.base_url)
            .collect();
        assert_eq!(
            urls,
            ["https://us.files.test", "https://{region}.files.test"]
        );
        assert_eq!(servers.settings().len(), 1);
        assert_eq!(servers.base().unwrap().as_str(), "https://eu.api.test/");
        for number in 0..2 * MOST_HOSTS {
            let other = json!({ "servers": [{ "url": format!("https://h{number}.test") }] });
            servers.host(&other, &none);
        }
        assert_eq!(servers.hosts().len(), MOST_HOSTS);
        assert_eq!(servers.notes.len(), 1);
    }
}
