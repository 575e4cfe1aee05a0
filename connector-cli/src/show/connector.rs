//! One connector, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use serde_json::{Value, json};

use crate::info::{ActionInfo, ConnectorInfo};
use crate::list;
use crate::output::escape;

const STRONG: Style = Style::new().bold();

pub(super) fn object(connector: &ConnectorInfo, actions: &[ActionInfo]) -> Value {
    let mut object = json!(connector);
    object["actions"] = actions.iter().map(list::summary).collect();
    object
}

pub(super) fn text(connector: &ConnectorInfo, actions: &[ActionInfo]) -> String {
    let mut text = format!(
        "{STRONG}{}{STRONG:#}\n{}\n\n",
        escape(&connector.display_name),
        escape(&connector.description)
    );
    let methods = connector.auth.iter();
    let credential: Vec<_> = methods
        .map(|method| match method.kind.as_str() {
            "none" => "none".to_owned(),
            kind => format!("{} ({kind})", method.label),
        })
        .collect();
    let mut facts = vec![
        ("Name", connector.name.clone()),
        ("Version", connector.version.clone()),
        ("API", connector.base_url.clone()),
    ];
    for host in &connector.hosts {
        facts.push(("Host", format!("{} ({})", host.base_url, host.name)));
    }
    if let Some(url) = &connector.homepage_url {
        facts.push(("Website", url.clone()));
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
        let _ = writeln!(text, "{:<12}{}", format!("{name}:"), escape(&fact));
    }
    let _ = write!(text, "\n{}", list::table(actions));
    text
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::host::{Connector, Registry};

    use super::*;
    use crate::fixture::{REGIONAL, SHOP};

    #[test]
    fn text_has_facts_and_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        let cards: Vec<_> = registry
            .own_actions()
            .iter()
            .map(ActionInfo::from)
            .collect();
        let shop = ConnectorInfo::from(&Connector::from(&SHOP));
        assert_eq!(
            anstream::adapter::strip_str(&text(&shop, &cards)).to_string(),
            "Test shop\n\n\n\
             Name:       test-shop\n\
             Version:    1.0.0\n\
             API:        https://shop.example.com\n\
             Credential: Shop token (bearer_token)\n\
             \n\
             ACTION                  EFFECT       TITLE\n\
             test-shop.items.list    read         List items\n\
             test-shop.items.delete  destructive  Delete an item\n"
        );
        assert!(
            text(&ConnectorInfo::from(&Connector::from(&REGIONAL)), &[])
                .contains("Credential: none\n")
        );
    }

    #[test]
    fn json_has_schemes_and_actions() {
        let registry = Registry::new([&SHOP]).unwrap();
        let cards: Vec<_> = registry
            .own_actions()
            .iter()
            .map(ActionInfo::from)
            .collect();
        let shown = object(&ConnectorInfo::from(&Connector::from(&SHOP)), &cards);
        assert_eq!(shown["auth"][0]["kind"], "bearer_token");
        assert_eq!(shown["actions"][1]["id"], "test-shop.items.delete");
    }
}
