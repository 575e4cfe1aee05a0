//! Where a new crate takes Plugwright from.

use std::fs;
use std::path::Path;

use plugwright_sdk::ActionError;
use serde_json::Value;

/// Where the packages of Plugwright come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The registry, in the version of this program.
    Registry,
    /// A checkout of the repository, by its absolute path.
    Checkout(String),
}

impl Source {
    /// Checks that a path is a checkout of the repository.
    pub(super) fn checkout(path: &Path) -> Result<Self, ActionError> {
        let refused = |problem: &str| {
            let message = format!("is `{}`, which {problem}", path.display());
            Err(ActionError::invalid_param("sdk-path", message))
        };
        let Ok(root) = fs::canonicalize(path) else {
            return refused("does not exist or can't be read");
        };
        for package in ["connector-sdk", "connector-cli"] {
            if !root.join(package).join("Cargo.toml").is_file() {
                return refused(&format!(
                    "is no checkout of Plugwright's repository: it has no `{package}/Cargo.toml`"
                ));
            }
        }
        match root.to_str() {
            Some(root) if !root.contains(char::is_control) => Ok(Self::Checkout(root.to_owned())),
            _ => refused("can't be written in a manifest"),
        }
    }

    /// Tells whether the checkout has a connector of this name, whose package a manifest can't tell
    /// from a new one.
    pub(super) fn has_connector(&self, name: &str) -> bool {
        match self {
            Self::Registry => false,
            Self::Checkout(root) => Path::new(root).join("connectors").join(name).exists(),
        }
    }

    /// Returns what a manifest says of a package, by its folder in the repository.
    pub(super) fn dependency(&self, folder: &str) -> String {
        match self {
            Self::Registry => format!("version = \"{}\"", env!("CARGO_PKG_VERSION")),
            // Without control characters, a text of JSON is one of TOML.
            Self::Checkout(root) => format!("path = {}", Value::from(format!("{root}/{folder}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_has_the_sdk_and_the_command_line() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let source = Source::checkout(&root.join("docs/..")).unwrap();
        let path = root.join("connector-sdk");
        assert_eq!(
            source.dependency("connector-sdk"),
            format!("path = {:?}", path.canonicalize().unwrap())
        );
        assert!(source.has_connector("github") && !source.has_connector("shelf"));
        for (path, reason) in [("docs", "has no `connector-sdk"), ("nowhere", "not exist")] {
            let error = Source::checkout(&root.join(path)).unwrap_err();
            assert!(error.message().contains(reason), "{error}");
        }
    }

    #[test]
    fn a_path_is_quoted_for_the_manifest() {
        let source = Source::Checkout(r#"/a "b"\c"#.to_owned());
        assert_eq!(source.dependency("x"), r#"path = "/a \"b\"\\c/x""#);
    }
}
