//! The URL of one server, with variables of which some are settings.

use plugwright_sdk::Value;
use plugwright_sdk::host::SettingParts;
use url::Url;

use crate::text::{quoted, scalar};

/// A URL may have so many bytes.
const LONGEST_URL: usize = 1000;

const MOST_VARIABLES: usize = 16;

const MOST_VALUES: usize = 200;

/// Longest name and longest value of a setting, in bytes.
const LONGEST_SETTING: usize = 64;

/// A URL, and the variables that are settings of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) url: String,
    pub(super) settings: Vec<SettingParts>,
    /// What of its variables could not be kept.
    pub(super) notes: Vec<String>,
}

impl Template {
    /// Makes the template of a server. A variable is a setting if it is a part of the host or has
    /// several allowed values; any other has its default. A relative URL is resolved against a base.
    pub(super) fn of(server: &Value, base: Option<&Url>) -> Option<Self> {
        let url = server.get("url")?.as_str()?.trim();
        let url = url.split(['?', '#']).next().unwrap_or_default();
        if url.len() > LONGEST_URL || url.matches('{').count() > MOST_VARIABLES {
            return None;
        }
        let mut filled = String::new();
        // What the URL is if every setting has its default.
        let mut sample = String::new();
        let mut settings: Vec<SettingParts> = Vec::new();
        let mut notes = Vec::new();
        let mut rest = url;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            sample.push_str(before);
            let (name, after) = after.split_once('}')?;
            let variable = Variable::of(server, name);
            let in_host = sample
                .split("//")
                .nth(1)
                .is_some_and(|host| !host.contains('/'));
            let after_scheme = sample.contains("//");
            let setting = variable.setting(name, in_host);
            let setting = setting.filter(|_| after_scheme);
            notes.extend(variable.problem(name, setting.is_some()));
            rest = after;
            match setting {
                Some(setting) => {
                    filled.extend(["{", name, "}"]);
                    sample.push_str(setting.default.as_deref().unwrap_or("x"));
                    if settings.iter().all(|known| known.name != name) {
                        settings.push(setting);
                    }
                }
                None => {
                    filled.push_str(&variable.default);
                    sample.push_str(&variable.default);
                    if variable.default.is_empty() && !in_host && filled.ends_with('/') {
                        // What is not there has no slash of its own.
                        rest = rest.strip_prefix('/').unwrap_or(rest);
                    }
                }
            }
        }
        filled.push_str(rest);
        sample.push_str(rest);
        if is_relative(&sample) {
            (filled, settings) = (resolved(&sample, base?)?, Vec::new());
            sample.clone_from(&filled);
        }
        let absolute = |url: String| match url.strip_prefix("//") {
            Some(host) => format!("https://{host}"),
            None => url,
        };
        let parsed = Url::parse(&absolute(sample)).ok().filter(is_base)?;
        // What stands in for a name is no host.
        (!parsed.path().contains("%7B")).then(|| Self {
            url: without_slash(&absolute(filled)),
            settings,
            notes,
        })
    }
}

/// Returns whether a URL has no host. What looks like one is none that lacks its scheme.
fn is_relative(url: &str) -> bool {
    let first = url.split('/').next().unwrap_or_default();
    let is_path = first.trim_start_matches('.').is_empty() || !first.contains(['.', ':']);
    is_path && !url.starts_with("//")
}

/// Resolves a relative URL; one that is empty is the root.
fn resolved(url: &str, base: &Url) -> Option<String> {
    let url = base.join(if url.is_empty() { "/" } else { url }).ok()?;
    Some(url.into())
}

struct Variable {
    default: String,
    allowed: Vec<String>,
    is_declared: bool,
}

impl Variable {
    fn of(server: &Value, name: &str) -> Self {
        let variable = server.get("variables").and_then(|known| known.get(name));
        let allowed = variable.and_then(|variable| variable.get("enum")?.as_array());
        let mut allowed: Vec<String> = allowed.into_iter().flatten().filter_map(scalar).collect();
        allowed.dedup();
        let stated = variable.and_then(|variable| scalar(variable.get("default")?));
        let default = match stated.filter(|text| !text.is_empty()) {
            // Secrets go there.
            Some(scheme) if scheme == "http" && allowed.iter().any(|it| it == "https") => {
                "https".to_owned()
            }
            Some(default) => default,
            None => allowed.first().cloned().unwrap_or_default(),
        };
        Self {
            default,
            allowed,
            is_declared: variable.is_some(),
        }
    }

    /// Returns the setting that the variable is, if a connection should choose.
    fn setting(&self, name: &str, in_host: bool) -> Option<SettingParts> {
        let is_name = !name.is_empty()
            && name.len() <= LONGEST_SETTING
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let is_bounded = self.allowed.len() <= MOST_VALUES;
        let is_plain = self.allowed.iter().all(|value| is_plain(value));
        let is_choice = self.allowed.len() > 1 && is_bounded && is_plain;
        let says_nothing = !self.is_declared || (in_host && says_nothing(&self.default));
        let is_setting = is_choice || says_nothing || (in_host && self.allowed.is_empty());
        if !is_name || !is_setting || !(says_nothing || self::is_plain(&self.default)) {
            return None;
        }
        let mut allowed = self.allowed.clone();
        if is_choice && !says_nothing && !allowed.contains(&self.default) {
            allowed.push(self.default.clone());
        }
        Some(SettingParts {
            name: name.to_owned(),
            default: (!says_nothing).then(|| self.default.clone()),
            allowed: if is_choice { allowed } else { Vec::new() },
        })
    }

    /// Says what could not be kept of it.
    fn problem(&self, name: &str, is_setting: bool) -> Option<String> {
        let name = quoted(name);
        if !self.is_declared {
            return Some(if is_setting {
                format!("server variable {name} is not declared, so that it is a required setting")
            } else {
                format!("server variable {name} is not declared, so that it is left out")
            });
        }
        let is_choice = self.allowed.len() > 1 && !is_setting;
        let is_lost = is_choice && self.allowed.iter().any(|value| !is_plain(value));
        is_lost.then(|| {
            let default = quoted(&self.default);
            format!(
                "server variable {name} is always its default, {default}: not all of its values can be \
                 those of a setting"
            )
        })
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_SETTING
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
        && !text.contains("..")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// Returns whether the default of a variable only shows where a value goes.
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

pub(crate) fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

pub(super) fn without_slash(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn variables_of_hosts_and_choices_are_settings() {
        let setting = |name: &str, default: Option<&str>, allowed: &[&str]| SettingParts {
            name: name.to_owned(),
            default: default.map(str::to_owned),
            allowed: allowed.iter().map(|&it| it.to_owned()).collect(),
        };
        for (server, expected) in [
            (
                json!({ "url": "https://api.test/v1/" }),
                Some(("https://api.test/v1", vec![])),
            ),
            (
                json!({ "url": "//api.test/v1" }),
                Some(("https://api.test/v1", vec![])),
            ),
            (
                json!({ "url": "https://{region}.api.test/{version}", "variables": {
                    "region": { "default": "eu" }, "version": { "default": 2 } } }),
                Some((
                    "https://{region}.api.test/2",
                    vec![setting("region", Some("eu"), &[])],
                )),
            ),
            (
                json!({ "url": "https://{region}.api.test/{version}", "variables": {
                    "region": { "default": "eu", "enum": ["eu", "us"] },
                    "version": { "default": "v1", "enum": ["v1", "v2"] } } }),
                Some((
                    "https://{region}.api.test/{version}",
                    vec![
                        setting("region", Some("eu"), &["eu", "us"]),
                        setting("version", Some("v1"), &["v1", "v2"]),
                    ],
                )),
            ),
            (
                json!({ "url": "https://{site}.api.test", "variables": { "site": { "default": "your-site" } } }),
                Some(("https://{site}.api.test", vec![setting("site", None, &[])])),
            ),
            (
                json!({ "url": "{scheme}://api.test:{port}/{base}", "variables": {
                    "scheme": { "default": "http", "enum": ["http", "https"] },
                    "port": { "default": "8443", "enum": ["8443", "443"] },
                    "base": { "default": "api/v1" } } }),
                Some((
                    "https://api.test:{port}/api/v1",
                    vec![setting("port", Some("8443"), &["8443", "443"])],
                )),
            ),
            (
                json!({ "url": "https://{host}/v1", "variables": { "host": { "default": "a.test/../x" } } }),
                Some(("https://a.test/../x/v1", vec![])),
            ),
            (
                json!({ "url": "https://api.test/{base}/v1" }),
                Some((
                    "https://api.test/{base}/v1",
                    vec![setting("base", None, &[])],
                )),
            ),
            (
                json!({ "url": "https://api.test/{base}/v1", "variables": { "base": {} } }),
                Some(("https://api.test/v1", vec![])),
            ),
            (json!({ "url": "/{base}/v1" }), None),
            (json!({ "url": "/v1" }), None),
            (json!({ "url": "file:///etc/passwd" }), None),
            (json!({ "url": "https://user:pass@api.test" }), None),
            (
                json!({ "url": format!("https://{}", "{a}".repeat(40)) }),
                None,
            ),
            (
                json!({ "url": format!("https://a.test/{}", "a".repeat(2000)) }),
                None,
            ),
        ] {
            let expected = expected.map(|(url, settings)| (url.to_owned(), settings));
            let found = Template::of(&server, None);
            let found = found.map(|template| (template.url, template.settings));
            assert_eq!(found, expected, "{server}");
        }
    }

    #[test]
    fn relative_urls_are_resolved_against_a_base() {
        let base = Url::parse("https://docs.test/a/openapi.json?x#y").unwrap();
        for (url, expected) in [
            ("", Some("https://docs.test")),
            ("/", Some("https://docs.test")),
            ("/v1/", Some("https://docs.test/v1")),
            ("v1", Some("https://docs.test/a/v1")),
            ("../v1", Some("https://docs.test/v1")),
            ("/api/{version}", Some("https://docs.test/api/2")),
            ("//api.test", Some("https://api.test")),
            ("https://api.test", Some("https://api.test")),
            ("api.test/v1", None),
            ("localhost:80/v1", None),
        ] {
            let server =
                json!({ "url": url, "variables": { "version": { "default": 2, "enum": [1, 2] } } });
            let template = Template::of(&server, Some(&base));
            let found = template.map(|template| template.url);
            assert_eq!(found.as_deref(), expected, "{url}");
        }
    }
}
