//! The connectors that come with the binary.

use plugwright_sdk::ConnectorDefinition;

/// The connectors that this crate's features bring, which the stock binary has.
///
/// A binary that has them beside your own:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use plugwright_sdk::{ConnectorDefinition, actions};
///
/// static CONNECTOR: ConnectorDefinition =
///     ConnectorDefinition::new("acme", "Acme", "1.0.0").base_url("https://api.example.com").actions(actions![]);
///
/// fn main() -> ExitCode {
///     plugwright::main(plugwright::BUNDLED.iter().copied().chain([&CONNECTOR]))
/// }
/// ```
pub const BUNDLED: &[&ConnectorDefinition] = &[
    #[cfg(feature = "discord")]
    &plugwright_discord::CONNECTOR,
    #[cfg(feature = "github")]
    &plugwright_github::CONNECTOR,
    #[cfg(feature = "gitlab")]
    &plugwright_gitlab::CONNECTOR,
    #[cfg(feature = "gmail")]
    &plugwright_gmail::CONNECTOR,
    #[cfg(feature = "google-calendar")]
    &plugwright_google_calendar::CONNECTOR,
    #[cfg(feature = "hackernews")]
    &plugwright_hackernews::CONNECTOR,
    #[cfg(feature = "jira")]
    &plugwright_jira::CONNECTOR,
    #[cfg(feature = "jupyter")]
    &plugwright_jupyter::CONNECTOR,
    #[cfg(feature = "linear")]
    &plugwright_linear::CONNECTOR,
    #[cfg(feature = "matrix")]
    &plugwright_matrix::CONNECTOR,
    #[cfg(feature = "notion")]
    &plugwright_notion::CONNECTOR,
    #[cfg(feature = "openai")]
    &plugwright_openai::CONNECTOR,
    #[cfg(feature = "slack")]
    &plugwright_slack::CONNECTOR,
    #[cfg(feature = "stripe")]
    &plugwright_stripe::CONNECTOR,
    #[cfg(feature = "todoist")]
    &plugwright_todoist::CONNECTOR,
];
