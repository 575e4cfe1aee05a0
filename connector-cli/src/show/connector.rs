//! One connector, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use plugwright_sdk::{Auth, ConnectorDefinition, Entry, Scheme};
use serde_json::{Value, json};

use crate::list;

const STRONG: Style = Style::new().bold();

pub(super) fn object(connector: &ConnectorDefinition, entries: &[Entry]) -> Value {
    let hosts: Vec<_> = connector
        .hosts()
        .iter()
        .map(|host| json!({ "name": host.name, "base_url": host.base_url }))
        .collect();
    json!({
        "name": connector.name(),
        "display_name": connector.display_name(),
        "description": connector.description(),
        "version": connector.version(),
        "base_url": connector.base_url(),
        "hosts": hosts,
        "auth": connector.auth().iter().map(scheme).collect::<Vec<_>>(),
        "categories": connector.categories(),
        "homepage_url": connector.homepage_url(),
        "availability": connector.availability(),
        "actions": entries.iter().map(|entry| list::summary(*entry)).collect::<Vec<_>>(),
    })
}

fn scheme(auth: &Auth) -> Value {
    let mut scheme = json!({ "kind": auth.kind(), "label": auth.label });
    if let Scheme::OAuth2(oauth2) = auth.scheme {
        scheme["authorization_endpoint"] = oauth2.authorization_endpoint.into();
        scheme["token_endpoint"] = oauth2.token_endpoint.into();
        let scopes = oauth2
            .scopes
            .iter()
            .map(|scope| json!({ "name": scope.name, "description": scope.description }));
        scheme["scopes"] = scopes.collect();
    }
    scheme
}

pub(super) fn text(connector: &ConnectorDefinition, entries: &[Entry]) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n{}\n\n",
        connector.display_name(),
        connector.description()
    );
    let credential: Vec<_> = connector
        .auth()
        .iter()
        .map(|auth| match auth.scheme {
            Scheme::None => "none".to_owned(),
            _ => format!("{} ({})", auth.label, auth.kind()),
        })
        .collect();
    let mut facts = vec![
        ("Name", connector.name().to_owned()),
        ("Version", connector.version().to_owned()),
        ("API", connector.base_url().to_owned()),
    ];
    for host in connector.hosts() {
        facts.push(("Host", format!("{} ({})", host.base_url, host.name)));
    }
    if let Some(url) = connector.homepage_url() {
        facts.push(("Website", url.to_owned()));
    }
    facts.push((
        "Credential",
        if credential.is_empty() {
            "none".to_owned()
        } else {
            credential.join(" or ")
        },
    ));
    for (name, fact) in facts {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<12}{fact}", format!("{name}:"));
    }
    let _ = write!(text, "\n{}", list::table(entries));
    text
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::Registry;

    use super::*;
    use crate::fixture::{REGIONAL, SHOP};

    #[test]
    fn text_has_facts_and_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        assert_eq!(
            anstream::adapter::strip_str(&text(&SHOP, registry.actions())).to_string(),
            "Test shop\n\n\n\
             Name:       test-shop\n\
             Version:    1.0.0\n\
             API:        https://shop.example.com\n\
             Credential: Shop token (bearer_token)\n\
             \n\
             ACTION                  EFFECT       TITLE\n\
             test-shop.items.list    read         List items\n\
             test-shop.items.delete  destructive  Delete items\n"
        );
        assert!(text(&REGIONAL, &[]).contains("Credential: none\n"));
    }

    #[test]
    fn json_has_schemes_and_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        let shown = object(&SHOP, registry.actions());
        assert_eq!(shown["auth"][0]["kind"], "bearer_token");
        assert_eq!(shown["actions"][1]["id"], "test-shop.items.delete");
    }
}
