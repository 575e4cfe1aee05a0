//! Which connector a document is: the one that was made of it before, and what that was trusted with.

use std::collections::{BTreeSet, HashMap, HashSet};

use plugwright_catalog::ConnectorRecord;
use plugwright_import::{ImportedAction, ImportedConnector, Overlay};
use plugwright_sdk::host::SchemeParts;

use super::source::Document;

/// The connectors of a catalog, and the documents that they were made of.
pub(super) struct Owners {
    records: Vec<ConnectorRecord>,
    documents: HashSet<String>,
    /// Connectors of other documents are replaced, and those that go elsewhere.
    replace: bool,
}

impl Owners {
    pub(super) fn new(
        records: Vec<ConnectorRecord>,
        documents: &[Document],
        replace: bool,
    ) -> Self {
        Self {
            records,
            documents: documents.iter().map(Document::place).collect(),
            replace,
        }
    }

    /// Returns the name of the connector of a document for which nobody states one: the one that it
    /// has, or this one, with a number if a connector of the binary or of this import has it.
    pub(super) fn name(
        &self,
        document: &Document,
        name: String,
        taken: &HashSet<String>,
    ) -> Result<String, String> {
        let (place, given) = (document.place(), document.to_string());
        let own = self.records.iter().filter(|record| {
            // Earlier versions kept paths as they were given.
            record.document == place || record.document == given
        });
        let own: Vec<_> = own.map(|record| &record.name).collect();
        match own.as_slice() {
            [only] if !taken.contains(*only) => return Ok((*only).clone()),
            several if several.contains(&&name) && !taken.contains(&name) => return Ok(name),
            _ => {}
        }
        let owner = |name: &str| self.records.iter().find(|record| record.name == name);
        let is_taken = |name: &str| {
            let owner = owner(name).map(|record| &record.document);
            taken.contains(name) || owner.is_some_and(|owner| self.documents.contains(owner))
        };
        let numbered = (2..=u32::MAX).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        // Fewer connectors than this fit into memory.
        let name = names
            .find(|name| !is_taken(name))
            .unwrap_or_else(|| name.clone());
        match owner(&name) {
            Some(owner) if !self.replace => Err(format!(
                "`{name}` is the connector of `{}`; state another name with `--name`, or replace it with \
                 `--name {name}`; `--replace` replaces those of several documents",
                owner.document
            )),
            _ => Ok(name),
        }
    }

    /// Checks that a connector in place of an earlier one sends credentials nowhere else, that no action
    /// does more than it did unless an overlay says so, and that an overlay is not forgotten.
    pub(super) fn check(
        &self,
        earlier: &ImportedConnector,
        now: &ImportedConnector,
        overlay: Option<&Overlay>,
    ) -> Result<(), String> {
        let mut changes = Vec::new();
        if earlier
            .parts
            .auth
            .iter()
            .any(|auth| auth.scheme != SchemeParts::None)
        {
            let new = |(before, after): (BTreeSet<String>, BTreeSet<String>)| {
                let new: Vec<_> = after.difference(&before).cloned().collect();
                (!new.is_empty()).then(|| new.join(", "))
            };
            let hosts = new((origins(earlier), origins(now)));
            changes.extend(hosts.map(|hosts| format!("its requests would go to {hosts}")));
            let ways = new((ways(earlier), ways(now)));
            changes.extend(ways.map(|ways| format!("its credentials would be used for {ways}")));
        }
        changes.extend(raised(earlier, now, overlay));
        if earlier.overlaid && !now.overlaid {
            changes.push("the overlay of the earlier import is not stated".to_owned());
        }
        if changes.is_empty() || self.replace {
            return Ok(());
        }
        Err(format!(
            "`{}` is kept as it was, since {}; `--replace` replaces it",
            now.parts.name,
            changes.join(", and ")
        ))
    }
}

/// Lets a connector in place of an earlier one keep the redirect URI that the provider knows.
pub(super) fn keep_callback(earlier: &ImportedConnector, now: &mut ImportedConnector) {
    let is_shared = earlier.parts.auth.iter().any(|auth| {
        matches!(
            auth.scheme,
            SchemeParts::OAuth2 {
                authorization_endpoint: Some(_),
                own_callback: false,
                ..
            }
        )
    });
    for auth in &mut now.parts.auth {
        if let SchemeParts::OAuth2 { own_callback, .. } = &mut auth.scheme {
            *own_callback &= !is_shared;
        }
    }
}

/// Says which actions would do more than before under their names, by which policies know them. Tools of
/// an MCP server are accepted one by one.
fn raised(
    earlier: &ImportedConnector,
    now: &ImportedConnector,
    overlay: Option<&Overlay>,
) -> Option<String> {
    const MOST_NAMED: usize = 5;
    let before = earlier.actions.iter();
    let before: HashMap<_, _> = before.map(|it| (it.name.as_str(), it.effect)).collect();
    let is_stated = |action: &ImportedAction| {
        let name = action.own_name.as_ref().unwrap_or(&action.name);
        let own = overlay.and_then(|overlay| overlay.actions.get(name));
        own.is_some_and(|own| own.effect.is_some())
    };
    let rises = |action: &&ImportedAction| {
        let before = before.get(action.name.as_str());
        before.is_some_and(|before| *before < action.effect) && !is_stated(action)
    };
    let mut raised = now.actions.iter().filter(rises);
    let named: Vec<_> = raised
        .by_ref()
        .take(MOST_NAMED)
        .map(|action| {
            let (name, effect) = (&action.name, action.effect.as_str());
            let before = before[name.as_str()].as_str();
            format!("`{name}` would be `{effect}` and was `{before}`")
        })
        .collect();
    let more = raised.count();
    let more = (more > 0).then(|| format!("{more} further actions would do more than before"));
    let named: Vec<_> = named.into_iter().chain(more).collect();
    (now.server.is_none() && !named.is_empty()).then(|| named.join(", "))
}

fn origins(connector: &ImportedConnector) -> BTreeSet<String> {
    let parts = &connector.parts;
    let further = parts.hosts.iter().map(|host| &host.base_url);
    let urls = further.chain([&parts.base_url]);
    urls.map(|url| origin(&parts.with_defaults(url))).collect()
}

fn origin(url: &str) -> String {
    let host = url.find("//").map_or(0, |at| at + 2);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    url[..end].to_ascii_lowercase()
}

fn ways(connector: &ImportedConnector) -> BTreeSet<String> {
    let schemes = connector.parts.auth.iter().map(|auth| match &auth.scheme {
        SchemeParts::None | SchemeParts::Custom { .. } => None,
        SchemeParts::ApiKeyHeader { name } => Some(format!("header `{name}`")),
        SchemeParts::ApiKeyQuery { name } => Some(format!("query parameter `{name}`")),
        SchemeParts::BearerToken { prefix } => Some(format!("`Authorization: {prefix}`")),
        SchemeParts::Basic { .. } => Some("HTTP Basic".to_owned()),
        SchemeParts::OAuth2 {
            authorization_endpoint,
            token_endpoint,
            ..
        } => Some(match authorization_endpoint {
            Some(endpoint) => format!("OAuth 2 at `{endpoint}` and `{token_endpoint}`"),
            None => format!("OAuth 2 at `{token_endpoint}`"),
        }),
    });
    let fields = connector.credential.iter();
    let fields = fields.map(|field| Some(format!("{} `{}`", field.place.as_str(), field.name)));
    schemes.chain(fields).flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use plugwright_import::openapi::{self, Settings};
    use serde_json::{Value, json};

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "it reads better in tests")]
    fn connector(server: &str, scheme: Value) -> ImportedConnector {
        let document = json!({
            "openapi": "3.0.0",
            "servers": [{ "url": server, "variables": { "v": { "default": "v1" } } }],
            "paths": { "/pets": { "get": {} } },
            "security": [{ "own": [] }],
            "components": { "securitySchemes": { "own": scheme } },
        });
        let imported = openapi::import(&document, &Settings::named("pets"));
        imported.unwrap().connector
    }

    #[test]
    fn credentials_go_nowhere_else_unasked() {
        let bearer = json!({ "type": "http", "scheme": "bearer" });
        let key = |place: &str| json!({ "type": "apiKey", "name": "q", "in": place });
        let owners = Owners::new(Vec::new(), &[], false);
        let earlier = connector("https://a.test/v1", bearer.clone());
        let check = |now: &ImportedConnector| owners.check(&earlier, now, None);
        assert_eq!(
            check(&connector("https://A.test/{v}/x", bearer.clone())),
            Ok(())
        );
        for (server, scheme, part) in [
            (
                "https://b.test/v1",
                bearer.clone(),
                "requests would go to https://b.test",
            ),
            (
                "http://a.test/v1",
                bearer.clone(),
                "requests would go to http://a.test",
            ),
            (
                "https://a.test:8443",
                bearer.clone(),
                "go to https://a.test:8443",
            ),
            (
                "https://a.test",
                key("query"),
                "used for query parameter `q`",
            ),
            ("https://a.test", key("cookie"), "used for cookie `q`"),
        ] {
            let now = connector(server, scheme);
            let problem = check(&now).unwrap_err();
            assert!(problem.contains(part), "{problem}");
            let owners = Owners::new(Vec::new(), &[], true);
            assert_eq!(owners.check(&earlier, &now, None), Ok(()));
        }
        let mut overlaid = earlier.clone();
        overlaid.overlaid = true;
        assert!(owners.check(&overlaid, &earlier, None).is_err());
        assert_eq!(owners.check(&earlier, &overlaid, None), Ok(()));
        // Nobody has a credential for it.
        let open = connector("https://b.test", Value::Null);
        assert_eq!(owners.check(&open, &earlier, None), Ok(()));
    }

    #[test]
    fn an_action_does_not_do_more_under_its_name_unasked() {
        fn check(
            replace: bool,
            earlier: &ImportedConnector,
            now: &ImportedConnector,
            overlay: Option<&Overlay>,
        ) -> Result<(), String> {
            Owners::new(Vec::new(), &[], replace).check(earlier, now, overlay)
        }
        let import = |paths: Value, earlier: &[ImportedAction]| {
            let document = json!({ "openapi": "3.0.0", "paths": paths });
            let earlier = earlier.iter().cloned().map(Into::into).collect();
            let settings = Settings {
                earlier,
                ..Settings::named("pets")
            };
            openapi::import(&document, &settings).unwrap()
        };
        let operation = json!({ "operationId": "account" });
        let earlier = import(json!({ "/a": { "get": operation } }), &[]).connector;
        let mut now = import(json!({ "/b": { "delete": operation } }), &earlier.actions);
        let name = earlier.actions[0].name.clone();
        let problem = check(false, &earlier, &now.connector, None).unwrap_err();
        let part = format!("since `{name}` would be `destructive` and was `read`; `--replace`");
        assert!(problem.contains(&part), "{problem}");
        assert_eq!(check(true, &earlier, &now.connector, None), Ok(()));
        assert_eq!(check(false, &now.connector, &earlier, None), Ok(()));
        let own = json!({ "rename": "my.account", "effect": "destructive" });
        let overlay = Overlay::from_value(json!({ "actions": { (name): own } })).unwrap();
        overlay.apply(&mut now).unwrap();
        let mut renamed = earlier;
        renamed.actions[0].name = "my.account".to_owned();
        // It is the operator who says so.
        let stated = check(false, &renamed, &now.connector, Some(&overlay));
        assert_eq!(stated, Ok(()));
        assert!(check(false, &renamed, &now.connector, None).is_err());
    }

    #[test]
    fn a_document_has_its_connector_and_takes_none_of_another() {
        let record = |name: &str, document: &str| -> ConnectorRecord {
            let record = json!({ "name": name, "display_name": "", "document": document, "imported": 0,
                "source": { "kind": "", "title": "", "version": "" }, "degraded": 0, "refused": 0,
                "actions": 0, "bytes": 0, "pack": "" });
            serde_json::from_value(record).unwrap()
        };
        let file = |name: &str| Document::File(PathBuf::from(name));
        let (a, b) = (file("/none/a.json"), file("/none/b.json"));
        let records = [
            record("internal", "/none/a.json"),
            record("internal-2", "/none/b.json"),
        ];
        let owners =
            |documents: &[Document], replace| Owners::new(records.to_vec(), documents, replace);
        let name = |owners: &Owners, document: &Document| {
            owners.name(document, "internal".to_owned(), &HashSet::new())
        };
        let alone = owners(&[file("/none/b.json")], false);
        assert_eq!(name(&alone, &b).unwrap(), "internal-2");
        let refused = name(&alone, &file("/none/c.json")).unwrap_err();
        assert!(
            refused.contains("the connector of `/none/a.json`"),
            "{refused}"
        );
        let replacing = owners(&[file("/none/c.json")], true);
        assert_eq!(name(&replacing, &file("/none/c.json")).unwrap(), "internal");
        // One more in the directory.
        let all = owners(
            &[
                file("/none/a0.json"),
                file("/none/a.json"),
                file("/none/b.json"),
            ],
            false,
        );
        assert_eq!(name(&all, &file("/none/a0.json")).unwrap(), "internal-3");
        assert_eq!(name(&all, &a).unwrap(), "internal");
    }
}
