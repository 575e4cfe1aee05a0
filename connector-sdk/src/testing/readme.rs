//! The tables in a connector's README, and in that of its cassettes.

use std::collections::BTreeMap;

use crate::action::Action;
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;

const HEAD: &str = "| Action | Effect |";

/// Checks that the table of actions in a README, which starts with `| Action | Effect |`, names each
/// action with its effect, in the order of the definition.
///
/// ```
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions};
///
/// /// Lists tasks.
/// #[action("tasks.list", read, get = "/tasks")]
/// async fn list(cx: &ActionContext) -> Result<Value>;
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![list]);
///
/// plugwright_sdk::testing::check_readme(&CONNECTOR, "
/// | Action | Effect | What it does |
/// | --- | --- | --- |
/// | `tasks.list` | read | Lists tasks |
/// ");
/// ```
///
/// # Panics
///
/// If the table is not what the definition says.
pub fn check_readme(connector: &ConnectorDefinition, readme: &str) {
    let listed: Vec<_> = readme
        .lines()
        .skip_while(|line| !line.starts_with(HEAD))
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, rest)| (name, rest.split(" | ").next().unwrap_or_default()))
        .collect();
    let defined: Vec<_> = connector
        .actions()
        .iter()
        .map(|action| (action.name(), action.effect().as_str()))
        .collect();
    assert_eq!(
        listed,
        defined,
        "the table of actions (left) is not what connector `{}` defines (right)",
        connector.name()
    );
}

/// Checks that a README's table of cassettes, with lines such as ``| `recorded` | 58 | .. |``, counts the
/// cassettes of each provenance.
///
/// # Panics
///
/// If the table is not what the cassettes say, or if one can't be read.
pub fn check_cassettes_readme(connector: &ConnectorDefinition, readme: &str) {
    let mut counted = BTreeMap::new();
    for cassette in Cassette::shipped(connector.cassettes()).expect("cassettes can be read") {
        *counted
            .entry(cassette.provenance.kind.as_str())
            .or_insert(0_usize) += 1;
    }
    let stated: BTreeMap<_, usize> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .filter_map(|(kind, rest)| Some((kind, rest.split(" | ").next()?.parse().ok()?)))
        .collect();
    assert_eq!(
        stated,
        counted,
        "the table of cassettes (left) is not what connector `{}` has (right)",
        connector.name()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    static EMPTY: ConnectorDefinition =
        ConnectorDefinition::new("empty", "Empty", "1.0.0").actions(&[]);

    #[test]
    fn other_tables_do_not_count() {
        check_readme(
            &EMPTY,
            "| Scope | What |\n| --- | --- |\n| `read` | all |\n",
        );
    }

    #[test]
    #[should_panic(expected = "is not what connector `empty` defines")]
    fn a_line_too_many_is_told() {
        check_readme(
            &EMPTY,
            "| Action | Effect |\n| --- | --- |\n| `a.b` | read |\n",
        );
    }

    #[test]
    #[should_panic(expected = "is not what connector `empty` has")]
    fn a_wrong_count_of_cassettes_is_told() {
        check_cassettes_readme(&EMPTY, "| `recorded` | 1 | the provider sent it |\n");
    }
}
