//! What people read of a connector and its actions.

use plugwright_sdk::host::capitalized;

use crate::form::Operation;
use crate::text::{self, clean};

/// Returns the name that people read: the title, or that of the connector where there is none.
pub(super) fn display_name(title: &str, name: &str) -> String {
    let shown = if title.is_empty() { name } else { title };
    shown.to_owned()
}

pub(super) fn texts(
    summary: Option<&str>,
    description: Option<&str>,
    name: &str,
    key: &Operation,
) -> (String, String) {
    let summary = clean(summary.unwrap_or_default(), text::DESCRIPTION);
    let description = clean(description.unwrap_or_default(), text::DESCRIPTION);
    let title = match clean(&summary, text::TITLE).trim_end_matches('.') {
        "" => capitalized(&name.replace(['.', '_'], " ")),
        summary => summary.to_owned(),
    };
    let description = if description.is_empty() {
        summary
    } else if summary.is_empty() || description.starts_with(summary.trim_end_matches('.')) {
        description
    } else {
        let summary = summary.trim_end_matches('.');
        clean(&format!("{summary}. {description}"), text::DESCRIPTION)
    };
    let description = if description.is_empty() {
        format!("{} {}", key.method, clean(&key.path, 200))
    } else {
        description
    };
    (title, description)
}
