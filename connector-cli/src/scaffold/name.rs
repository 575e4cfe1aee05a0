//! Names of connectors, and names derived from them.

use plugwright_sdk::ActionError;
use plugwright_sdk::host::{RESERVED_NAMES, Registry};

/// Packages of Plugwright itself, whose names a connector can't have.
const OWN_PACKAGES: &[&str] = &[
    "bench", "catalog", "client", "egress", "engine", "examples", "gateway", "generate", "google",
    "import", "macros", "mcp", "sdk", "store", "surfaces", "tests", "tools",
];

/// The longest action name in the new crate, which tool names contain.
const LONGEST_ACTION: &str = "items.create";

const LONGEST_TOOL_NAME: usize = 64;

/// A name that is valid in the SDK and whose package name is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConnectorName(String);

impl ConnectorName {
    /// Validates a name, also against the linked connectors.
    pub(super) fn new(name: &str, registry: &Registry) -> Result<Self, ActionError> {
        let refused = |message: &str| Err(ActionError::invalid_param("name", message));
        if !is_kebab(name) {
            return refused(
                "must be lower-case letters, digits and hyphens, starting with a letter, such as `my-shop`",
            );
        }
        if RESERVED_NAMES.contains(&name) {
            return refused("is reserved by the gateway; choose another");
        }
        if OWN_PACKAGES.contains(&name) {
            return refused(&format!(
                "is taken: plugwright-{name} is a package of Plugwright; choose another"
            ));
        }
        if registry.has_connector(name) {
            return refused("is taken by a linked connector; choose another");
        }
        let longest = LONGEST_TOOL_NAME - LONGEST_ACTION.len() - 1;
        if name.len() > longest {
            return refused(&format!("must have at most {longest} characters"));
        }
        Ok(Self(name.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn package(&self) -> String {
        format!("plugwright-{}", self.0)
    }

    /// Returns the crate name in code.
    pub(super) fn library(&self) -> String {
        self.package().replace('-', "_")
    }

    /// Returns a display name: `my-shop` becomes "My shop".
    pub(super) fn title(&self) -> String {
        let words: Vec<_> = self.0.split('-').filter(|word| !word.is_empty()).collect();
        let mut title = words.join(" ");
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        title
    }
}

/// The rule that the SDK enforces at compile time.
fn is_kebab(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use plugwright_sdk::ConnectorDefinition;

    use super::*;
    use crate::fixture::SHOP;

    fn check(name: &str) -> Result<ConnectorName, String> {
        let registry = Registry::new([&SHOP]).unwrap();
        ConnectorName::new(name, &registry).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn things_are_named_after_the_connector() {
        let name = check("my-shop2").unwrap();
        assert_eq!(name.as_str(), "my-shop2");
        assert_eq!(name.package(), "plugwright-my-shop2");
        assert_eq!(name.library(), "plugwright_my_shop2");
        assert_eq!(name.title(), "My shop2");
        assert_eq!(check("a--b-").unwrap().title(), "A b");
    }

    #[test]
    fn a_name_is_refused_with_the_reason() {
        for (name, reason) in [
            ("", "lower-case"),
            ("Shop", "lower-case"),
            ("my_shop", "lower-case"),
            ("1shop", "lower-case"),
            ("-shop", "lower-case"),
            ("shöp", "lower-case"),
            ("../shop", "lower-case"),
            ("tools", "reserved"),
            ("engine", "plugwright-engine is a package"),
            ("test-shop", "linked connector"),
            (&"a".repeat(52), "at most 51"),
        ] {
            let message = check(name).unwrap_err();
            assert!(message.contains(reason), "{name}: {message}");
        }
        assert!(check(&"a".repeat(51)).is_ok());
    }

    #[test]
    fn packages_of_the_workspace_keep_their_names() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let read = |path: &Path| -> Option<toml::Table> {
            let text = std::fs::read_to_string(path.join("Cargo.toml")).ok()?;
            Some(text.parse().unwrap())
        };
        let folders = |path: &Path| {
            let entries = std::fs::read_dir(path).into_iter().flatten();
            entries.map(|entry| entry.unwrap().path())
        };
        let workspace = read(root).unwrap();
        let members = workspace["workspace"]["members"].as_array().unwrap();
        let members = members.iter().filter_map(toml::Value::as_str);
        let members = members.filter(|member| !member.starts_with("tests/"));
        let members = members.flat_map(|member| match member.strip_suffix("/*") {
            Some(folder) => folders(&root.join(folder)).collect(),
            None => vec![root.join(member)],
        });
        let names = members.filter_map(|path| {
            let name = read(&path)?["package"]["name"].as_str()?.to_owned();
            Some(name.strip_prefix("plugwright-")?.to_owned())
        });
        // Each connector is a feature of this package, and crates of tests are never published.
        let features = read(&root.join("connector-cli")).unwrap();
        let features = features["features"].as_table().unwrap();
        let own = |name: &String| !features.contains_key(name);
        let own: BTreeSet<_> = names.filter(own).collect();
        assert!(own.iter().eq(OWN_PACKAGES), "{own:?}");
    }

    /// The SDK checks names while definitions compile, and offers no function for it.
    #[test]
    fn the_rule_is_that_of_the_sdk() {
        for name in [
            "", "a", "a-", "a--b", "a1", "1a", "-a", "A", "aB", "a_b", "a.b", "a b", "é", "tools",
            "saas", "toolbox",
        ] {
            let built = std::panic::catch_unwind(|| {
                let _ = ConnectorDefinition::new(name, "", "");
            });
            assert_eq!(check(name).is_ok(), built.is_ok(), "{name}");
        }
    }
}
