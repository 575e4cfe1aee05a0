//! The bundled connectors, compared with what their vendors publish.

use plugwright_sdk::ConnectorDefinition;

/// Every connector of `connectors/`, by name.
pub const CONNECTORS: &[&ConnectorDefinition] = &[
    &plugwright_discord::CONNECTOR,
    &plugwright_github::CONNECTOR,
    &plugwright_gitlab::CONNECTOR,
    &plugwright_gmail::CONNECTOR,
    &plugwright_google_calendar::CONNECTOR,
    &plugwright_hackernews::CONNECTOR,
    &plugwright_jira::CONNECTOR,
    &plugwright_jupyter::CONNECTOR,
    &plugwright_linear::CONNECTOR,
    &plugwright_matrix::CONNECTOR,
    &plugwright_notion::CONNECTOR,
    &plugwright_openai::CONNECTOR,
    &plugwright_slack::CONNECTOR,
    &plugwright_stripe::CONNECTOR,
    &plugwright_todoist::CONNECTOR,
];
