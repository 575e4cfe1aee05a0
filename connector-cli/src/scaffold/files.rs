//! The files of a new crate.

use super::name::ConnectorName;
use super::scheme::Parts;
use super::source::Source;
use crate::args::AuthScheme;

/// Path and template of each file, with placeholders such as `@name@`.
const TEMPLATES: &[(&str, &str)] = &[
    (".gitignore", include_str!("template/gitignore.in")),
    ("CHANGELOG.md", include_str!("template/CHANGELOG.md.in")),
    ("Cargo.toml", include_str!("template/Cargo.toml.in")),
    ("README.md", include_str!("template/README.md.in")),
    ("build.rs", include_str!("template/build.rs.in")),
    ("src/items.rs", include_str!("template/items.rs.in")),
    ("src/lib.rs", include_str!("template/lib.rs.in")),
    ("src/main.rs", include_str!("template/main.rs.in")),
    ("src/model.rs", include_str!("template/model.rs.in")),
    (
        "tests/cassettes/items.create.json",
        include_str!("template/items.create.json.in"),
    ),
    (
        "tests/cassettes/items.create.name-taken.json",
        include_str!("template/items.create.name-taken.json.in"),
    ),
    (
        "tests/cassettes/items.list.json",
        include_str!("template/items.list.json.in"),
    ),
    ("tests/contract.rs", include_str!("template/contract.rs.in")),
];

/// The files that do not depend on the actions.
const AROUND: &[&str] = &[".gitignore", "Cargo.toml", "build.rs", "src/main.rs"];

pub(super) fn files(
    name: &ConnectorName,
    scheme: AuthScheme,
    base_url: &str,
    source: &Source,
) -> Vec<(String, String)> {
    let parts = Parts::of(scheme, name, base_url);
    let mut values = of_manifest(name, &name.title(), source, &[]);
    values.extend([
        ("name", name.as_str().to_owned()),
        ("base_url", base_url.to_owned()),
        ("imports", parts.imports.to_owned()),
        ("model_imports", parts.model_imports.to_owned()),
        ("auth", parts.auth),
        ("identity", parts.identity.to_owned()),
        ("account", parts.account.to_owned()),
        ("read_scope", parts.read_scope.to_owned()),
        ("write_scope", parts.write_scope.to_owned()),
        ("credential", parts.credential),
    ]);
    TEMPLATES
        .iter()
        .map(|(path, template)| ((*path).to_owned(), fill(template, &values)))
        .collect()
}

/// Returns the files around the source of a connector.
pub(super) fn around(
    name: &ConnectorName,
    title: &str,
    source: &Source,
    dependencies: &[String],
) -> Vec<(String, String)> {
    let values = of_manifest(name, title, source, dependencies);
    let is_around = |path: &str| AROUND.contains(&path);
    TEMPLATES
        .iter()
        .filter(|(path, _)| is_around(path))
        .map(|(path, template)| ((*path).to_owned(), fill(template, &values)))
        .collect()
}

fn of_manifest(
    name: &ConnectorName,
    title: &str,
    source: &Source,
    dependencies: &[String],
) -> Vec<(&'static str, String)> {
    let lines = dependencies.iter().map(|line| format!("{line}\n"));
    vec![
        ("package", name.package()),
        ("library", name.library()),
        ("title", title.to_owned()),
        ("rust_version", env!("CARGO_PKG_RUST_VERSION").to_owned()),
        ("plugwright", source.dependency("connector-cli")),
        ("sdk", source.dependency("connector-sdk")),
        ("dependencies", lines.collect()),
    ]
}

/// Fills a template in one pass, so that values may look like placeholders.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('@') {
        text.push_str(before);
        let found = after.split_once('@').and_then(|(key, after)| {
            let (_, value) = values.iter().find(|(name, _)| *name == key)?;
            Some((value, after))
        });
        rest = match found {
            Some((value, after)) => {
                text.push_str(value);
                after
            }
            None => {
                text.push('@');
                after
            }
        };
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use plugwright_sdk::Cassette;
    use plugwright_sdk::host::Registry;

    use super::*;

    fn made(scheme: AuthScheme) -> Vec<(String, String)> {
        let registry = Registry::default();
        let name = ConnectorName::new("my-shop", &registry).unwrap();
        files(
            &name,
            scheme,
            "https://api.example.com/v1",
            &Source::Registry,
        )
    }

    #[test]
    fn every_placeholder_is_filled_for_every_scheme() {
        for scheme in AuthScheme::value_variants() {
            for (path, text) in made(*scheme) {
                assert!(!text.contains('@'), "{scheme:?} {path}:\n{text}");
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
            }
        }
    }

    #[test]
    fn cassettes_can_be_read_and_one_is_of_an_error() {
        let cassettes: Vec<_> = made(AuthScheme::None)
            .into_iter()
            .filter(|(path, _)| path.starts_with("tests/cassettes/"))
            .map(|(path, text)| Cassette::parse(&path, &text).unwrap())
            .collect();
        assert_eq!(cassettes.len(), 3);
        let errors = cassettes
            .iter()
            .filter(|cassette| cassette.expect.error.is_some());
        assert_eq!(errors.count(), 1);
        assert!(cassettes.iter().all(|cassette| {
            let url = &cassette.exchanges[0].request.url;
            url.as_str().starts_with("https://api.example.com/v1/items")
        }));
    }

    #[test]
    fn values_are_not_filled_again_and_a_lone_sign_stays() {
        let values = [("a", "@b@".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("@a@ @b@ x@y @ @c@", &values), "@b@ 2 x@y @ @c@");
    }
}
