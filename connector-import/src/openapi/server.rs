//! Servers: the base URL of a connector, those of its further hosts, and their variables.

mod template;

use std::collections::BTreeMap;

use plugwright_sdk::host::{HostParts, SettingParts};
use plugwright_sdk::reading::value::items;
use plugwright_sdk::{Value, json};
use url::{Host, Url};

use super::ImportError;
pub(crate) use template::is_base;
use template::{Template, without_slash};

/// The setting that is the base URL where a document names none.
const BASE_URL: &str = "{base_url}";

const MOST_SERVERS: usize = 50;

const MOST_HOSTS: usize = 100;

const MOST_SETTINGS: usize = 32;

pub(super) struct Servers {
    /// The base URL, perhaps a template over settings.
    pub(super) base_url: String,
    /// The path below a base URL that is a setting.
    prefix: String,
    /// Names of further hosts, by their URLs.
    hosts: BTreeMap<String, String>,
    settings: Vec<SettingParts>,
    is_given: bool,
    /// Where the document is, to which relative URLs of servers refer.
    location: Option<Url>,
    pub(super) notes: Vec<String>,
}

impl Servers {
    /// Reads the servers of a document; a base URL that is given stands in place of them.
    pub(super) fn new(
        document: &Value,
        given: Option<&str>,
        location: Option<&Url>,
    ) -> Result<Self, ImportError> {
        let mut servers = Self {
            base_url: BASE_URL.to_owned(),
            prefix: String::new(),
            hosts: BTreeMap::new(),
            settings: Vec::new(),
            is_given: given.is_some(),
            location: location.cloned(),
            notes: Vec::new(),
        };
        if let Some(given) = given {
            let url = Url::parse(given).ok().filter(is_base);
            let url = url.ok_or_else(|| ImportError::BaseUrl(crate::text::quoted(given)))?;
            servers.base_url = without_slash(url.as_str());
            return Ok(servers);
        }
        let is_silent = listed(document).next().is_none();
        let root = json!({ "servers": [{ "url": "/" }] });
        let stated = if is_silent { &root } else { document };
        let template = listed(stated).find_map(|server| Template::of(server, location));
        if let Some(template) = template {
            servers.base_url = servers.settled(encrypted(template, stated, location));
            if is_silent {
                let base_url = &servers.base_url;
                servers.notes.push(format!(
                    "the document names no server, so that calls go where it is: {base_url}"
                ));
            }
            return Ok(servers);
        }
        let path = listed(document).find_map(|server| path_of(server, "/"));
        let problem = match &path {
            Some(_) => "the servers of the document have no host",
            None if is_silent => "the document names no server",
            None => "no server of the document is a valid http or https URL without a user name",
        };
        servers.prefix = path.unwrap_or_default();
        servers.notes.push(format!(
            "{problem}, so that the base URL is a setting of the connection"
        ));
        Ok(servers)
    }

    pub(super) fn base(&self) -> Option<Url> {
        self.filled(&self.base_url)
    }

    fn filled(&self, url: &str) -> Option<Url> {
        let settings = self.settings.iter();
        let filled = settings.fold(url.to_owned(), |url, setting| {
            let default = setting.default.as_deref();
            url.replace(&format!("{{{}}}", setting.name), default.unwrap_or("x"))
        });
        Url::parse(&filled).ok()
    }

    /// Returns where an operation goes: the further host, if it or its path names a server of its own,
    /// and the path there.
    pub(super) fn target(
        &mut self,
        operation: &Value,
        path_item: &Value,
        path: &str,
    ) -> (Option<String>, String) {
        let own = [operation, path_item];
        let mut own = own.iter().filter(|_| !self.is_given);
        let Some(own) = own.find_map(|part| self.own(part)) else {
            return (None, format!("{}{path}", self.prefix));
        };
        match own {
            Own::Url(template) => {
                let url = self.settled(template);
                (self.host(url), path.to_owned())
            }
            Own::Path(prefix) if self.base_url == BASE_URL => (None, format!("{prefix}{path}")),
            Own::Path(prefix) => {
                let (scheme, rest) = self.base_url.split_once("//").unwrap_or_default();
                let host = rest.split('/').next().unwrap_or_default();
                let url = format!("{scheme}//{host}{prefix}");
                (self.host(url), path.to_owned())
            }
        }
    }

    fn own(&self, part: &Value) -> Option<Own> {
        let location = self.location.as_ref();
        listed(part).find_map(|server| {
            let template = Template::of(server, location);
            let url = template.map(|template| Own::Url(encrypted(template, part, location)));
            url.or_else(|| {
                let base = self.base();
                let base = base.as_ref().map_or("/", Url::path);
                path_of(server, base).map(Own::Path)
            })
        })
    }

    /// Returns whether what is sent to a further host, or to the base URL, can be read on its way: its URL
    /// in the document is http, and in no private network.
    pub(super) fn is_open(&self, host: Option<&str>) -> bool {
        let further = self
            .hosts
            .iter()
            .find(|(_, name)| Some(name.as_str()) == host);
        let url = further.map_or(&self.base_url, |(url, _)| url);
        let is_given = self.is_given && further.is_none();
        let url = self.filled(url).filter(|url| url.scheme() == "http");
        !is_given && url.is_some_and(|url| !is_private(&url))
    }

    fn host(&mut self, url: String) -> Option<String> {
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
        for note in template.notes {
            self.note(note);
        }
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

    pub(super) fn hosts(&self) -> Vec<HostParts> {
        let hosts = self.hosts.iter();
        hosts
            .map(|(base_url, name)| HostParts {
                name: name.clone(),
                base_url: base_url.clone(),
            })
            .collect()
    }

    pub(super) fn settings(&self) -> Vec<SettingParts> {
        self.settings.clone()
    }
}

enum Own {
    Url(Template),
    /// A path at the host of the document's servers.
    Path(String),
}

/// Returns the path of a server that has no host, which is relative to another.
fn path_of(server: &Value, base: &str) -> Option<String> {
    const NOWHERE: &str = "https://nowhere.invalid";
    let base = Url::parse(&format!("{NOWHERE}{base}")).ok()?;
    let template = Template::of(server, Some(&base))?;
    template.url.strip_prefix(NOWHERE).map(str::to_owned)
}

/// Returns a template, or one that is the same with encryption if that is listed too.
fn encrypted(template: Template, part: &Value, location: Option<&Url>) -> Template {
    let Some(plain) = rest_of(&template.url, "http://", ":80") else {
        return template;
    };
    let others = listed(part).filter_map(|server| Template::of(server, location));
    let mut same =
        others.filter(|other| rest_of(&other.url, "https://", ":443").as_ref() == Some(&plain));
    same.next().unwrap_or(template)
}

/// Returns host and path of a URL with this scheme, without the usual port.
fn rest_of(url: &str, scheme: &str, port: &str) -> Option<String> {
    let rest = url.strip_prefix(scheme)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    Some(format!("{}{path}", host.strip_suffix(port).unwrap_or(host)))
}

/// Returns whether the host of a URL is this machine or in a private network, by its address or name.
fn is_private(url: &Url) -> bool {
    const NAMES: [&str; 5] = ["home.arpa", "internal", "lan", "local", "localhost"];
    match url.host() {
        Some(Host::Ipv4(address)) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Some(Host::Domain(name)) => {
            let is_below = |of: &str| {
                let rest = name.strip_suffix(of);
                rest.is_some_and(|rest| rest.ends_with('.'))
            };
            !name.contains('.') || NAMES.iter().any(|of| is_below(of))
        }
        None => true,
    }
}

fn listed(part: &Value) -> impl Iterator<Item = &Value> {
    items(part.get("servers")).take(MOST_SERVERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(servers: &mut Servers, operation: &Value, item: &Value) -> Option<String> {
        servers.target(operation, item, "/x").0
    }

    #[test]
    fn a_document_without_servers_leaves_the_base_url_to_the_connection() {
        let servers =
            Servers::new(&json!({ "servers": [{ "url": "/api/v2/" }] }), None, None).unwrap();
        assert_eq!(
            (servers.base_url.as_str(), servers.prefix.as_str()),
            ("{base_url}", "/api/v2")
        );
        assert_eq!(servers.notes.len(), 1);
        let given = Servers::new(&json!({}), Some("https://own.test/"), None).unwrap();
        assert_eq!(given.base_url, "https://own.test");
        assert!(Servers::new(&json!({}), Some("ftp://own.test/"), None).is_err());
    }

    #[test]
    fn a_server_is_taken_with_encryption_if_it_is_listed_so() {
        let listing = |urls: &[&str]| {
            let servers = urls.iter().map(|url| json!({ "url": url }));
            json!({ "servers": servers.collect::<Vec<_>>() })
        };
        for (urls, expected, is_open) in [
            (
                vec!["http://a.test/v1", "https://a.test/v1/"],
                "https://a.test/v1",
                false,
            ),
            (
                vec!["http://a.test:80", "https://a.test:443"],
                "https://a.test:443",
                false,
            ),
            (
                vec!["http://a.test/v1", "https://a.test/v2"],
                "http://a.test/v1",
                true,
            ),
            (
                vec!["http://a.test", "https://b.test"],
                "http://a.test",
                true,
            ),
            (vec!["http://192.168.0.9"], "http://192.168.0.9", false),
            (
                vec!["http://api.localhost:80"],
                "http://api.localhost:80",
                false,
            ),
            (vec!["http://pets/v1"], "http://pets/v1", false),
            (vec!["https://a.test"], "https://a.test", false),
        ] {
            let document = listing(&urls);
            let servers = Servers::new(&document, None, None).unwrap();
            assert_eq!(servers.base_url, expected);
            assert_eq!(servers.is_open(None), is_open, "{expected}");
            // Those of an operation are no different.
            let mut servers = Servers::new(&listing(&["https://c.test"]), None, None).unwrap();
            let name = host(&mut servers, &document, &json!({})).unwrap();
            assert_eq!(servers.hosts()[0].base_url, expected);
            assert_eq!(servers.is_open(Some(&name)), is_open, "{expected}");
        }
        let given = Servers::new(&json!({}), Some("http://a.test"), None).unwrap();
        assert!(!given.is_open(None));
    }

    #[test]
    fn servers_that_can_not_be_taken_as_they_are_stated_are_noted() {
        for (server, part) in [
            (
                json!({ "url": "https://user:pass@a.test" }),
                "no server of the document is a valid",
            ),
            (
                json!({ "url": "https://a.test b/v1" }),
                "no server of the document is a valid",
            ),
            (
                json!({ "url": "https://a.test/{base}/v1" }),
                "`base` is not declared",
            ),
            (
                json!({ "url": "https://a.test/{path}", "variables": {
                    "path": { "default": "a/b", "enum": ["a/b", "c/d"] } } }),
                "`path` is always its default",
            ),
        ] {
            let document = json!({ "servers": [server] });
            let servers = Servers::new(&document, None, None).unwrap();
            assert!(servers.notes[0].contains(part), "{:?}", servers.notes);
        }
    }

    #[test]
    fn operations_and_paths_have_servers_of_their_own() {
        let region = |default: &str| {
            json!({ "servers": [{ "url": "https://{region}.files.test",
                "variables": { "region": { "default": default, "enum": ["eu", "us"] } } }] })
        };
        let document = json!({ "servers": [{ "url": "https://{region}.api.test",
            "variables": { "region": { "default": "eu", "enum": ["eu", "us"] } } }] });
        let mut servers = Servers::new(&document, None, None).unwrap();
        let none = json!({});
        assert_eq!(host(&mut servers, &none, &none), None);
        assert_eq!(host(&mut servers, &document, &region("eu")), None);
        let name = host(&mut servers, &none, &region("eu")).unwrap();
        assert_eq!(host(&mut servers, &region("eu"), &none), Some(name));
        // Another default for the same name can't be a setting too.
        host(&mut servers, &region("us"), &none).unwrap();
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
            host(&mut servers, &other, &none);
        }
        assert_eq!(servers.hosts().len(), MOST_HOSTS);
        assert_eq!(servers.notes.len(), 1);
    }

    #[test]
    fn servers_without_a_host_are_at_that_of_the_document_or_of_the_others() {
        let server = |url: &str| json!({ "servers": [{ "url": url, "variables": { "version": { "default": "v3" } } }] });
        let none = json!({});
        let location = Url::parse("https://docs.test/a/openapi.json").unwrap();
        // The document's server, that of the operation, where the document is, and what is called.
        for (document, operation, is_located, expected) in [
            ("https://api.test/v1", None, false, "https://api.test/v1 /x"),
            (
                "https://api.test/v1",
                Some("/v2"),
                false,
                "https://api.test/v2 /x",
            ),
            (
                "https://api.test/v1",
                Some("/v1"),
                false,
                "https://api.test/v1 /x",
            ),
            (
                "https://api.test/v1",
                Some("/v2"),
                true,
                "https://docs.test/v2 /x",
            ),
            ("/api/{version}", None, false, "{base_url} /api/v3/x"),
            ("/api/{version}", Some("/b"), false, "{base_url} /b/x"),
            (
                "/api/{version}",
                Some("https://own.test"),
                false,
                "https://own.test /x",
            ),
            ("/api/{version}", None, true, "https://docs.test/api/v3 /x"),
            ("v1", None, true, "https://docs.test/a/v1 /x"),
        ] {
            let location = is_located.then_some(&location);
            let mut servers = Servers::new(&server(document), None, location).unwrap();
            let operation = operation.map_or(none.clone(), server);
            let (host, path) = servers.target(&operation, &none, "/x");
            let hosts = servers.hosts();
            let mut hosts = hosts.iter();
            let host = host.map(|name| hosts.find(|host| host.name == name).unwrap());
            let url = host.map_or(&servers.base_url, |host| &host.base_url);
            assert_eq!(format!("{url} {path}"), expected, "{document}");
        }
        let silent = Servers::new(&none, None, Some(&location)).unwrap();
        assert_eq!(silent.base_url, "https://docs.test");
        assert!(
            silent.notes[0].contains("https://docs.test"),
            "{:?}",
            silent.notes
        );
        let hostless = Servers::new(&server("/v1"), None, None).unwrap();
        assert!(
            hostless.notes[0].contains("no host"),
            "{:?}",
            hostless.notes
        );
    }
}
