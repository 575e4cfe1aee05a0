//! Settings of a connection: what the templates of base URLs name.

use std::collections::BTreeMap;

use super::{Host, Provider, ProviderDefinition, Setting, SettingParts};
use crate::auth::{Auth, OAuth2, Scheme};
use crate::error::Faults;
use crate::nearest;
use crate::url_template;

#[derive(Clone, Copy)]
pub(crate) struct Templates<'a> {
    connector: &'a str,
    base_url: &'a str,
    hosts: &'a [Host<'a>],
    auth: &'a [Auth<'a>],
    known: &'a [SettingParts],
    defaults: &'a [(&'a str, &'a str)],
}

impl ProviderDefinition {
    pub(crate) fn templates(&self) -> Templates<'static> {
        Templates {
            connector: self.name,
            base_url: self.base_url,
            hosts: self.hosts,
            auth: self.auth,
            known: &[],
            defaults: self.setting_defaults,
        }
    }
}

impl Provider {
    pub(crate) fn templates(&self) -> Templates<'_> {
        Templates {
            connector: self.name(),
            base_url: self.base_url(),
            hosts: self.hosts(),
            auth: self.auth(),
            known: self.setting_parts(),
            defaults: self.setting_defaults(),
        }
    }
}

impl<'a> Templates<'a> {
    /// Returns the settings of a connection where `base_url` may replace the connector's own: what only
    /// that has in it is no setting then.
    pub(crate) fn settings(self, base_url: &str) -> Vec<Setting<'a>> {
        let own = names(self.base_url).filter(|name| names(base_url).any(|other| other == *name));
        let setting = |name, required| {
            let known = self.known.iter().find(|known| known.name == name);
            let compiled = self.defaults.iter().find(|(known, _)| *known == name);
            let default = known
                .and_then(|known| known.default.as_deref())
                .or(compiled.map(|(_, default)| *default));
            Setting {
                name,
                required: required && default.is_none(),
                default,
                allowed: known.map_or(&[], |known| &known.allowed),
            }
        };
        let own = own.map(|name| setting(name, true));
        let others = self
            .others()
            .flat_map(names)
            .filter(|name| !OAuth2::fills(name))
            .map(|name| setting(name, false));
        let mut settings: Vec<Setting<'a>> = Vec::new();
        for setting in own.chain(others) {
            if settings.iter().all(|known| known.name != setting.name) {
                settings.push(setting);
            }
        }
        settings
    }

    /// Returns the templates other than the base URL: those of hosts and of OAuth 2 endpoints.
    fn others(self) -> impl Iterator<Item = &'a str> {
        let hosts = self.hosts.iter().map(|host| host.base_url);
        let endpoints = self.auth.iter().filter_map(|auth| match auth.scheme {
            Scheme::OAuth2(oauth2) => Some(oauth2.endpoints()),
            _ => None,
        });
        hosts.chain(endpoints.flatten())
    }

    /// Returns what is wrong with settings where `base_url` may replace the connector's own.
    pub(crate) fn check(self, base_url: &str, settings: &BTreeMap<String, String>) -> Faults {
        let known = self.settings(base_url);
        let mut faults = Faults::new();
        for name in settings.keys() {
            if known.iter().any(|setting| setting.name == name) {
                continue;
            }
            if faults.is_full() {
                faults.count(1);
                continue;
            }
            if names(self.base_url).any(|own| own == name) {
                faults.note(name, "is not needed: the configuration sets the base URL");
                continue;
            }
            let listed = || known.iter().map(|setting| setting.name);
            let advice = nearest::did_you_mean(name, listed()).unwrap_or_else(|| {
                if known.is_empty() {
                    return "; it has no settings".to_owned();
                }
                let list = faults.list(listed());
                list.map_or_else(String::new, |list| format!("; it has {list}"))
            });
            faults.note(
                name,
                format_args!("is not a setting of `{}`{advice}", self.connector),
            );
        }
        for setting in known {
            match settings.get(setting.name) {
                None if setting.required => {
                    faults.note(setting.name, missing(base_url, &setting));
                }
                None => {}
                Some(value) if !setting.allowed.is_empty() && !setting.allowed.contains(value) => {
                    let listed = nearest::list(setting.allowed.iter().map(String::as_str));
                    faults.note(setting.name, format_args!("must be one of {listed}"));
                }
                Some(value) => {
                    let fault = |template: &str| url_template::fault(template, setting.name, value);
                    if let Some(problem) = fault(base_url).or_else(|| self.others().find_map(fault))
                    {
                        faults.note(setting.name, problem);
                    }
                }
            }
        }
        faults
    }
}

/// Says what to give for a setting that a base URL needs.
fn missing(base_url: &str, setting: &Setting<'_>) -> String {
    let place = format!("{{{}}}", setting.name);
    if base_url.starts_with(&place) {
        return "is missing: give the URL of the service, such as `https://example.com`".to_owned();
    }
    let example = setting.allowed.first().map_or("acme", String::as_str);
    format!("is missing: give what stands for `{place}` in {base_url}, such as `{example}`")
}

fn names(template: &str) -> impl Iterator<Item = &str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Revocation;
    use crate::connector::{Connector, ConnectorDefinition};
    use crate::provider::host;

    static DESK: ConnectorDefinition = ConnectorDefinition::new("desk", "Desk", "1.0.0")
        .base_url("https://{site}.example.com/{site}")
        .hosts(&[
            host("files", "{files_url}"),
            host("own", "https://files.{site}.example.com"),
        ])
        .auth(&[Auth::oauth2(
            "https://{site}.example.com/authorize",
            "https://login.example.com/{tenant}/token",
            &[],
        )
        .revocation(Revocation::delete(
            "https://{site}.example.com/tokens/{client_id}",
        ))])
        .actions(&[]);

    fn faults(settings: &[(&str, &str)]) -> Vec<String> {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        DESK.check_settings(&settings)
            .into_iter()
            .map(|fault| format!("{} {}", fault.param, fault.message))
            .collect()
    }

    #[test]
    fn settings_are_what_templates_name_each_once() {
        let settings: Vec<_> = DESK
            .settings()
            .into_iter()
            .map(|setting| (setting.name, setting.required))
            .collect();
        assert_eq!(
            settings,
            [("site", true), ("files_url", false), ("tenant", false)]
        );
    }

    #[test]
    fn a_setting_with_a_default_may_be_left_out() {
        static GIT: ConnectorDefinition = ConnectorDefinition::new("git", "Git", "1.0.0")
            .base_url("{base_url}/api")
            .setting_defaults(&[("base_url", "https://git.example.com")])
            .actions(&[]);

        assert!(GIT.check_settings(&BTreeMap::new()).is_empty());
        let mut settings = BTreeMap::new();
        Provider::Compiled(&GIT.provider).add_default_settings(&mut settings);
        assert_eq!(settings["base_url"], "https://git.example.com");

        let own = BTreeMap::from([("base_url".to_owned(), "https://git.acme.test".to_owned())]);
        assert!(GIT.check_settings(&own).is_empty());
        let mut settings = own.clone();
        Provider::Compiled(&GIT.provider).add_default_settings(&mut settings);
        assert_eq!(settings, own);
        assert!(
            Connector::from(&GIT)
                .settings_at("https://git.acme.test")
                .is_empty()
        );
    }

    #[test]
    fn another_base_url_needs_no_settings_of_the_connectors_own() {
        static ANYWHERE: ConnectorDefinition = ConnectorDefinition::new("any", "Any", "1.0.0")
            .base_url("{base_url}")
            .actions(&[]);

        let base_url = "https://desk.example.org";
        let desk = Connector::from(&DESK);
        let settings = desk.settings_at(base_url);
        // Other templates may still need it.
        let names: Vec<_> = settings.iter().map(|it| (it.name, it.required)).collect();
        assert_eq!(
            names,
            [("files_url", false), ("site", false), ("tenant", false)]
        );
        assert!(
            desk.check_settings_at(base_url, &BTreeMap::new())
                .is_empty()
        );
        let anywhere = Connector::from(&ANYWHERE);
        assert!(anywhere.settings_at(base_url).is_empty());
        let given = BTreeMap::from([("base_url".to_owned(), "https://x.test".to_owned())]);
        assert_eq!(
            anywhere.check_settings_at(base_url, &given)[0].message,
            "is not needed: the configuration sets the base URL"
        );
        assert_eq!(
            ANYWHERE.check_settings(&BTreeMap::new())[0].message,
            "is missing: give the URL of the service, such as `https://example.com`"
        );
    }

    #[test]
    fn names_and_values_are_checked_together() {
        assert_eq!(
            faults(&[]),
            [
                "site is missing: give what stands for `{site}` in https://{site}.example.com/{site}, such as `acme`"
            ]
        );
        assert!(faults(&[("site", "eu")]).is_empty());
        assert!(faults(&[("site", "eu"), ("files_url", "https://f.test")]).is_empty());
        assert!(faults(&[("site", "eu"), ("tenant", "acme.test")]).is_empty());
        assert_eq!(faults(&[("site", "eu"), ("tenant", "a/../b")]).len(), 1);
        let found = faults(&[("site", "evil.test/"), ("files_url", "f"), ("zone", "eu")]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(
            found[0],
            "zone is not a setting of `desk`; it has site, files_url, tenant"
        );
        assert!(
            found[1].starts_with("site must be a host name"),
            "{found:?}"
        );
        assert!(
            found[2].starts_with("files_url must be an http or https URL"),
            "{found:?}"
        );
    }
}
