//! Where a new crate gets Plugwright from.

use std::fs;
use std::path::Path;

use plugwright_sdk::ActionError;
use serde_json::Value;

/// Where the packages of Plugwright come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// crates.io, at the version of this program.
    Registry,
    /// A checkout of the repository, by its absolute path.
    Checkout(String),
}

impl Source {
    /// Checks that a path is a checkout of the repository, or one of its packages.
    pub(super) fn checkout(path: &Path) -> Result<Self, ActionError> {
        let refused = |problem: &str| {
            let message = format!("(`{}`) {problem}", path.display());
            Err(ActionError::invalid_param("--sdk-path", message))
        };
        let Ok(mut root) = fs::canonicalize(path) else {
            return refused("can't be read");
        };
        let lacks = |root: &Path| {
            let mut packages = ["connector-sdk", "connector-cli"].into_iter();
            packages.find(|package| !root.join(package).join("Cargo.toml").is_file())
        };
        if let Some(package) = lacks(&root) {
            match root.parent() {
                Some(parent) if root.ends_with("connector-sdk") && lacks(parent).is_none() => {
                    root = parent.to_owned();
                }
                _ => {
                    return refused(&format!(
                        "is not a checkout of Plugwright's repository: it has no `{package}/Cargo.toml`"
                    ));
                }
            }
        }
        match root.to_str() {
            Some(root) if !root.contains(char::is_control) => Ok(Self::Checkout(root.to_owned())),
            _ => refused("has characters that a manifest can't contain"),
        }
    }

    /// Returns whether the checkout has a connector of this name, whose package would clash with the
    /// new one.
    pub(super) fn has_connector(&self, name: &str) -> bool {
        match self {
            Self::Registry => false,
            Self::Checkout(root) => Path::new(root).join("connectors").join(name).exists(),
        }
    }

    /// Returns the manifest's dependency on a package, by its directory in the repository.
    pub(super) fn dependency(&self, folder: &str) -> String {
        match self {
            Self::Registry => format!("version = \"{}\"", env!("CARGO_PKG_VERSION")),
            // Without control characters, a JSON string is a TOML string.
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
        let sdk = Source::checkout(&root.join("connector-sdk")).unwrap();
        assert_eq!(sdk, source);
        assert!(source.has_connector("github") && !source.has_connector("shelf"));
        for (path, reason) in [
            ("docs", "has no `connector-sdk"),
            ("connector-cli", "has no `connector-sdk"),
            ("nowhere", "can't be read"),
        ] {
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
