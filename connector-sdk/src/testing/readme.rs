//! The table of actions in a connector's README.

use crate::action::Action;
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
}
